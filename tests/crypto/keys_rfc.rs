//! The functions against the vectors of the RFCs that define them, and the rules for lengths.

use crate::kit::exchanges::{METHODS, initial, secrets, updated};
use ikev2::error::CryptoError;
use ikev2::ke::KeyExchangeError;
use ikev2::keys::{ChildKeys, IkeKeys, KeyLengths, Nonces, PrfFunction, Skeyseed};
use ikev2::provider::Provider;
use ikev2::registry;
use ikev2::wire::IkeSpis;

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn counted(len: u8) -> Vec<u8> {
    (0..len).collect()
}

#[track_caller]
fn check(id: registry::Prf, key: &[u8], data: &[u8], expected: &str) {
    for prf in of_each_provider(id) {
        let output = prf.compute(key, &[data]);
        assert_eq!(output.as_octets(), hex(expected));
        assert_eq!(output.as_octets().len(), prf.output_len());
        // However the data are cut.
        for cut in [0, 1, 16, 64] {
            let (head, tail) = data.split_at(cut.min(data.len()));
            assert!(prf.compute(key, &[head, &[], tail]).ct_eq(output.as_octets()));
        }
    }
}

/// The function as each provider of the build has it; at least one does.
fn of_each_provider(id: registry::Prf) -> Vec<PrfFunction> {
    let providers = [
        #[cfg(feature = "ring")]
        Provider::ring(),
        Provider::rustcrypto(),
    ];
    let found: Vec<_> = providers.iter().filter_map(|provider| PrfFunction::new(provider, id).ok()).collect();
    assert!(!found.is_empty(), "no provider has {id}");
    found
}

/// RFC 2202 section 2: all seven cases of HMAC-MD5.
#[test]
fn rfc_2202_md5() {
    let id = registry::Prf::PRF_HMAC_MD5;
    check(id, &[0x0b; 16], b"Hi There", "9294727a3638bb1c13f48ef8158bfc9d");
    check(id, b"Jefe", b"what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738");
    check(id, &[0xaa; 16], &[0xdd; 50], "56be34521d144c88dbb8c733f0e8b3f6");
    check(id, &counted(26)[1..], &[0xcd; 50], "697eaf0aca3a3aea3a75164746ffaa79");
    check(id, &[0x0c; 16], b"Test With Truncation", "56461ef2342edc00f9bab995690efd4c");
    check(id, &[0xaa; 80], b"Test Using Larger Than Block-Size Key - Hash Key First", "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
    let data = b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data";
    check(id, &[0xaa; 80], data, "6f630fad67cda0ee1fb1f562db3aa53e");
}

/// RFC 2202 section 3: all seven cases of HMAC-SHA-1.
#[test]
fn rfc_2202_sha1() {
    let id = registry::Prf::PRF_HMAC_SHA1;
    check(id, &[0x0b; 20], b"Hi There", "b617318655057264e28bc0b6fb378c8ef146be00");
    check(id, b"Jefe", b"what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    check(id, &[0xaa; 20], &[0xdd; 50], "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
    check(id, &counted(26)[1..], &[0xcd; 50], "4c9007f4026250c6bc8414f9bf50c86c2d7235da");
    check(id, &[0x0c; 20], b"Test With Truncation", "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04");
    check(id, &[0xaa; 80], b"Test Using Larger Than Block-Size Key - Hash Key First", "aa4ae5e15272d00e95705637ce8a3b55ed402112");
    let data = b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data";
    check(id, &[0xaa; 80], data, "e8e99d0f45237d786d6bbaa7965c7808bbff1a91");
}

/// RFC 4868 section 2.7.1: the PRF test cases 1 to 6.
#[test]
fn rfc_4868() {
    let long = b"This is a test using a larger than block-size key and a larger than block-size data. \
        The key needs to be hashed before being used by the HMAC algorithm.";
    let cases: [(&[u8], &[u8], [&str; 3]); 6] = [
        (&[0x0b; 20], b"Hi There", SHA2_1),
        (b"Jefe", b"what do ya want for nothing?", SHA2_2),
        (&[0xaa; 20], &[0xdd; 50], SHA2_3),
        (&counted(26)[1..], &[0xcd; 50], SHA2_4),
        (&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First", SHA2_5),
        (&[0xaa; 131], long, SHA2_6),
    ];
    for (key, data, [sha256, sha384, sha512]) in cases {
        check(registry::Prf::PRF_HMAC_SHA2_256, key, data, sha256);
        check(registry::Prf::PRF_HMAC_SHA2_384, key, data, sha384);
        check(registry::Prf::PRF_HMAC_SHA2_512, key, data, sha512);
    }
}

const SHA2_1: [&str; 3] = [
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
];
const SHA2_2: [&str; 3] = [
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
];
const SHA2_3: [&str; 3] = [
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27",
    "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
];
const SHA2_4: [&str; 3] = [
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb",
    "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
];
const SHA2_5: [&str; 3] = [
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
    "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
];
const SHA2_6: [&str; 3] = [
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e",
    "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
];

/// RFC 4434 section 3: keys of 16, 10 and 18 octets.
#[test]
fn rfc_4434() {
    let id = registry::Prf::PRF_AES128_XCBC;
    check(id, &counted(16), &counted(20), "47f51b4564966215b8985c63055ed308");
    check(id, &counted(10), &counted(20), "0fa087af7d866e7653434e602fdde835");
    check(id, &[&counted(16)[..], &[0xed, 0xcb]].concat(), &counted(20), "8cd3c93ae598a9803006ffb67c40e9e4");
}

/// RFC 4615 section 4: keys of 18, 16 and 10 octets.
#[test]
fn rfc_4615() {
    let id = registry::Prf::PRF_AES128_CMAC;
    check(id, &[&counted(16)[..], &[0xed, 0xcb]].concat(), &counted(20), "84a348a4a45d235babfffc0d2b4da09a");
    check(id, &counted(16), &counted(20), "980ae87b5f4c9c5214f5b6a8455e4c2d");
    check(id, &counted(10), &counted(20), "290d9e112edb09ee141fcf64c0b72f3d");
}

/// RFC 7296 section 2.13, against prf+ built block by block; section 2.14's rule for AES in keying SKEYSEED.
#[test]
fn prf_plus_is_its_definition_and_ends_at_255_outputs() {
    let known = registry::Prf::ASSIGNED.iter().filter(|id| Provider::builtin().has_prf(**id));
    let mut functions = 0;
    for prf in known.flat_map(|id| of_each_provider(*id)) {
        functions += 1;
        let (mut expected, mut previous) = (Vec::new(), Vec::new());
        for number in 1..=255 {
            previous = prf.compute(b"key", &[&previous, b"seed", &[number]]).as_octets().to_vec();
            expected.extend_from_slice(&previous);
        }
        for len in [0, 1, prf.output_len() - 1, prf.output_len(), prf.output_len() + 1, expected.len()] {
            let mut out = vec![0; len];
            prf.prf_plus(b"key", &[b"se", b"", b"ed"], &mut out).unwrap();
            assert_eq!(out, expected[..len]);
        }
        let mut out = vec![7; expected.len() + 1];
        assert_eq!(prf.prf_plus(b"key", &[b"seed"], &mut out), Err(CryptoError));
        assert!(out.iter().all(|octet| *octet == 7));
    }
    assert_eq!(functions, if cfg!(feature = "ring") { 11 } else { 7 });
}

#[test]
fn skeyseed_is_keyed_with_half_nonces_for_aes_only() {
    let (ni, nr) = ([1; 20], [2; 24]);
    let nonces = Nonces { initiator: &ni, responder: &nr };
    let seen = registry::Prf::ASSIGNED.iter().filter_map(|id| PrfFunction::new(&Provider::builtin(), *id).ok()).map(|prf| {
        let half = matches!(prf.id(), registry::Prf::PRF_AES128_XCBC | registry::Prf::PRF_AES128_CMAC);
        let key = if half { [&ni[..8], &nr[..8]].concat() } else { [&ni[..], &nr].concat() };
        assert_eq!(initial(prf, nonces, b"g").unwrap().as_octets(), prf.compute(&key, &[b"g"]).as_octets());
        // A rekey uses whole nonces, as data.
        let rekeyed = updated(prf, b"sk_d", nonces, b"g").unwrap();
        assert_eq!(rekeyed.as_octets(), prf.compute(b"sk_d", &[b"g", &ni, &nr]).as_octets());
    });
    assert_eq!(seen.count(), 7);
}

/// tests/HOSTILE.md 31: a key exchange that a peer made come out as nothing or zero makes no keys.
#[test]
fn hostile_31_an_empty_or_zero_secret_is_refused() {
    let prf = PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256).unwrap();
    let nonces = Nonces { initiator: &[1; 16], responder: &[2; 16] };
    for bad in [&[][..], &[0], &[0; 32], &[0; 512]] {
        assert_eq!(initial(prf, nonces, bad).unwrap_err(), KeyExchangeError::Unusable(METHODS[0]));
        assert_eq!(updated(prf, &[3; 32], nonces, bad).unwrap_err(), KeyExchangeError::Unusable(METHODS[1]));
        let mut pending = crate::kit::exchanges::exchanges(2).start();
        assert_eq!(pending.add_secret(METHODS[0], bad), Err(KeyExchangeError::Unusable(METHODS[0])));
        pending.add_secret(METHODS[0], &[1]).unwrap();
        assert_eq!(pending.add_secret(METHODS[1], bad), Err(KeyExchangeError::Unusable(METHODS[1])));
        assert_eq!(pending.finish().unwrap_err(), KeyExchangeError::Missing(METHODS[1]));
    }
    // A rekey of an IKE SA cannot do without a key exchange.
    assert_eq!(Skeyseed::rekeyed(prf, &[3; 32], nonces, &secrets(&[])).unwrap_err(), CryptoError);
    let mut almost = [0; 32];
    almost[31] = 0x80;
    assert!(initial(prf, nonces, &almost).is_ok());
}

#[test]
fn lengths_that_prf_plus_cannot_give_are_refused_before_anything_is_allocated() {
    let prf = PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256).unwrap();
    let nonces = Nonces { initiator: &[1; 16], responder: &[2; 16] };
    let skeyseed = initial(prf, nonces, &[3; 32]).unwrap();
    let spis = IkeSpis { initiator: 1, responder: 2 };
    let limit = 255 * 32;
    for (encr, integ, good) in
        [((limit - 96) / 2, 0, true), ((limit - 96) / 2 + 1, 0, false), (usize::MAX, 1, false), (0, usize::MAX / 2, false)]
    {
        let lengths = KeyLengths { encr, integ };
        assert_eq!(IkeKeys::derive(prf, &skeyseed, nonces, spis, lengths).is_ok(), good, "{lengths:?}");
    }
    assert!(ChildKeys::derive(prf, &[3; 32], nonces, &secrets(&[]), KeyLengths { encr: usize::MAX, integ: usize::MAX }).is_err());
    let most = KeyLengths { encr: limit / 2, integ: 0 };
    assert_eq!(ChildKeys::derive(prf, &[3; 32], nonces, &secrets(&[]), most).unwrap().encr_r().len(), limit / 2);
}

#[test]
fn debug_shows_no_key() {
    let prf = PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256).unwrap();
    let nonces = Nonces { initiator: &[1; 16], responder: &[2; 16] };
    let made = secrets(&[&[0x5a; 32], &[0x5b; 32]]);
    let skeyseed = Skeyseed::rekeyed(prf, &[3; 32], nonces, &made).unwrap();
    let lengths = KeyLengths { encr: 36, integ: 0 };
    let keys = IkeKeys::derive(prf, &skeyseed, nonces, IkeSpis { initiator: 1, responder: 2 }, lengths).unwrap();
    let child = ChildKeys::derive(prf, keys.sk_d(), nonces, &secrets(&[]), lengths).unwrap();
    assert_eq!(format!("{made:?}"), "KeyExchangeSecrets(2)");
    assert_eq!(format!("{skeyseed:?}"), "Skeyseed(PrfOutput(32 octets))");
    let keys = format!("{keys:?}");
    assert_eq!(keys, "IkeKeys { prf: Prf(5 PRF_HMAC_SHA2_256), lengths: KeyLengths { encr: 36, integ: 0 }, .. }");
    assert_eq!(format!("{child:?}"), "ChildKeys { lengths: KeyLengths { encr: 36, integ: 0 }, .. }");
}

#[test]
fn what_no_feature_brings_says_so() {
    let error = PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_TIGER).unwrap_err();
    assert_eq!(error.to_string(), "PRF_HMAC_TIGER (3) is not supported");
    assert!(PrfFunction::new(&Provider::builtin(), registry::Prf(65535)).is_err());
}
