//! The same published vectors, and the same rules, for every provider of the build.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test fails by panicking")]

pub(crate) mod key_exchanges;
mod macs;
mod rsa;

use super::{Provider, features};
use crate::error::Algorithm;
use crate::registry::{Encr, HashAlgorithm, Integ, KeMethod, Prf};
use crate::signature::{EcdsaForm, KeyType, SignatureScheme};
use alloc::string::ToString;
use alloc::vec::Vec;

pub(crate) fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter(|d| !d.is_ascii_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| core::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// Every provider that this build has, each alone.
pub(crate) fn providers() -> Vec<Provider> {
    [
        #[cfg(feature = "ring")]
        Provider::ring(),
        Provider::rustcrypto(),
    ]
    .to_vec()
}

/// Every feature of this build that brings algorithms.
fn enabled() -> Vec<&'static str> {
    let features = [
        ("ring", cfg!(feature = "ring")),
        ("aes-gcm", cfg!(feature = "aes-gcm")),
        ("aes-ccm", cfg!(feature = "aes-ccm")),
        ("chacha20poly1305", cfg!(feature = "chacha20poly1305")),
        ("aes-cbc", cfg!(feature = "aes-cbc")),
        ("aes-ctr", cfg!(feature = "aes-ctr")),
        ("camellia", cfg!(feature = "camellia")),
        ("hmac-sha", cfg!(feature = "hmac-sha")),
        ("aes-mac", cfg!(feature = "aes-mac")),
        ("legacy", cfg!(feature = "legacy")),
        ("ecc", cfg!(feature = "ecc")),
        ("rsa", cfg!(feature = "rsa")),
        ("ke-x25519", cfg!(feature = "ke-x25519")),
        ("ke-ecp", cfg!(feature = "ke-ecp")),
        ("ke-modp", cfg!(feature = "ke-modp")),
        ("ke-ml-kem", cfg!(feature = "ke-ml-kem")),
    ];
    features.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect()
}

#[test]
fn the_features_named_are_those_that_bring_an_algorithm() {
    let on = enabled();
    let brought = |algorithm| features::of(algorithm).iter().any(|feature| on.contains(feature));
    let builtin = Provider::builtin();
    for encr in Encr::ASSIGNED {
        for bits in [0, 128, 192, 256] {
            let named = Algorithm::Encr(*encr, Some(bits).filter(|bits| *bits != 0));
            // A cipher of one key length is also named without it.
            let unnamed = bits == 0 && matches!(*encr, Encr::ENCR_3DES | Encr::ENCR_CHACHA20_POLY1305);
            assert!(unnamed || builtin.has_cipher(*encr, bits) == brought(named), "{named}");
        }
    }
    for integ in Integ::ASSIGNED {
        assert_eq!(builtin.has_mac(*integ), brought(Algorithm::Integ(*integ)), "{integ}");
    }
    for prf in Prf::ASSIGNED {
        assert_eq!(builtin.has_prf(*prf), brought(Algorithm::Prf(*prf)), "{prf}");
    }
    for method in KeMethod::ASSIGNED {
        assert_eq!(builtin.has_key_exchange(*method), brought(Algorithm::Ke(*method)), "{method}");
    }
    assert_eq!(builtin.sha1().is_ok(), on.contains(&"ring") || on.contains(&"hmac-sha"));
    let p521 = (SignatureScheme::Ecdsa(HashAlgorithm::SHA2_512), KeyType::EcdsaP521);
    assert_eq!(builtin.has_verifier(p521.0, p521.1, EcdsaForm::Der), on.contains(&"ecc"));
    assert_eq!(features::of_verifier(p521.0, p521.1), Some("ecc"));
    for hash in HashAlgorithm::ASSIGNED {
        let pss = [
            (32, KeyType::Rsa),
            (48, KeyType::Rsa),
            (64, KeyType::Rsa),
            (32, KeyType::RsaPss),
            (48, KeyType::RsaPss),
            (64, KeyType::RsaPss),
        ];
        let pss = pss.map(|(salt, key)| (SignatureScheme::pss(*hash, salt), key));
        for (scheme, key) in pss.into_iter().chain([(SignatureScheme::RsaPkcs1(*hash), KeyType::Rsa)]) {
            let named = features::of_verifier(scheme, key);
            assert!(matches!(named, None | Some("rsa")), "{scheme}");
            for (provider, feature) in [(builtin, "rsa"), (builtin, "ring"), (Provider::rustcrypto(), "rsa")] {
                let has = provider.has_verifier(scheme, key, EcdsaForm::Der);
                assert!(!on.contains(&feature) || has == named.is_some(), "{scheme} by {key}");
            }
            assert!(on.contains(&"rsa") || on.contains(&"ring") || !builtin.has_verifier(scheme, key, EcdsaForm::Der), "{scheme}");
        }
    }
    assert_eq!(builtin.has_verifier(SignatureScheme::Ed25519, KeyType::Ed25519, EcdsaForm::Der), on.contains(&"ring"));
    assert_eq!(features::of_verifier(SignatureScheme::Ed448, KeyType::Ed448), None);
    let long_salt = SignatureScheme::pss(HashAlgorithm::SHA2_256, 99);
    assert_eq!(features::of_verifier(long_salt, KeyType::Rsa), None);
}

#[test]
fn an_unsupported_algorithm_says_what_would_bring_it() {
    let none = Provider::new(&[]);
    let text = |result: Result<(), crate::error::Unsupported>| result.unwrap_err().to_string();
    let of = |encr, bits| text(none.aead(encr, bits).map(drop));
    assert_eq!(
        of(Encr::ENCR_AES_GCM_16, 128),
        "ENCR_AES_GCM_16 (20) with a key of 128 bits is not supported by this provider; cargo features `ring` and `aes-gcm` have it"
    );
    assert_eq!(text(none.mode(Encr::ENCR_CAST, 128).map(drop)), "ENCR_CAST (6) with a key of 128 bits is not supported");
    assert_eq!(
        text(none.mac(Integ::AUTH_AES_XCBC_96).map(drop)),
        "AUTH_AES_XCBC_96 (5) is not supported by this provider; cargo feature `aes-mac` has it"
    );
    assert_eq!(
        text(none.key_exchange(KeMethod::CURVE25519).map(drop)),
        "Curve25519 (31) is not supported by this provider; cargo feature `ke-x25519` has it"
    );
    assert_eq!(text(none.key_exchange(KeMethod::CURVE448).map(drop)), "Curve448 (32) is not supported");
    assert!(text(none.sha1().map(drop)).starts_with("SHA1 (1) is not supported"));
}

#[test]
fn the_first_set_that_has_an_algorithm_serves_it() {
    let names: Vec<_> = Provider::builtin().names().collect();
    assert_eq!(names.first().copied() == Some("ring"), cfg!(feature = "ring"));
    assert!(Provider::rustcrypto().names().all(|name| name.starts_with("rustcrypto: ")));
    assert_eq!(Provider::rustcrypto().names().count(), enabled().iter().filter(|feature| **feature != "ring").count());
}
