//! RSA by both providers: the same verdict on signatures with one flaw each, on those of OpenSSL, and on whatever these are changed into.

use crate::auth_signatures::{Fixture, HASHES, hash, hex, scheme};
use ikev2::auth::{AuthError, PublicKey, SignatureScheme};
use ikev2::error::CryptoError;
use ikev2::provider::Provider;
use ikev2::registry::{AuthMethod, HashAlgorithm};
use ikev2::wire::Auth;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a provider says of a signature by method 14.
fn outcome(fixture: &Fixture, provider: &Provider, spki: &[u8], scheme: SignatureScheme, signature: &[u8]) -> Result<(), AuthError> {
    let key = PublicKey::parse(spki)?;
    let algorithm = scheme.algorithm_identifier().unwrap();
    let data = [&[u8::try_from(algorithm.len()).unwrap()], algorithm, signature].concat();
    let auth = Auth { method: AuthMethod::DIGITAL_SIGNATURE, data: &data };
    fixture.octets().verify(provider, &auth, &key, &HASHES).map(|verified| assert_eq!(verified, scheme))
}

/// What both say.
fn both(fixture: &Fixture, spki: &[u8], scheme: SignatureScheme, signature: &[u8]) -> Result<(), AuthError> {
    let [ring, rsa] = [Provider::ring(), Provider::rustcrypto()].map(|provider| outcome(fixture, &provider, spki, scheme, signature));
    assert_eq!(ring, rsa, "{scheme}");
    rsa
}

fn of_row(row: &Value) -> SignatureScheme {
    let hash = hash(row["hash"].as_str().unwrap());
    let salt = |salt_len| SignatureScheme::RsaPss { hash, mgf: hash, salt_len };
    match (row["scheme"].as_str().unwrap(), hash) {
        ("pkcs1", _) => SignatureScheme::RsaPkcs1(hash),
        ("pss", HashAlgorithm::SHA2_256) => salt(32),
        ("pss", HashAlgorithm::SHA2_384) => salt(48),
        ("pss", HashAlgorithm::SHA2_512) => salt(64),
        _ => panic!("{row}"),
    }
}

#[test]
fn a_signature_with_one_flaw_is_refused_by_both() {
    let fixture = Fixture::new();
    let file: Value = serde_json::from_str(include_str!("../data/rsa-made/signatures.json")).unwrap();
    let mut counted = BTreeMap::new();
    for row in file["signatures"].as_array().unwrap() {
        let spki = hex(&file["keys"][row["key"].as_str().unwrap()]);
        let outcome = both(&fixture, &spki, of_row(row), &hex(&row["signature"]));
        let (what, of) = (&row["what"], &row["key"]);
        let kind = match outcome {
            Ok(()) => "verified",
            Err(AuthError::Failed(CryptoError)) => "wrong",
            Err(AuthError::KeySize(bits)) => {
                assert!(!(2048..=8192).contains(&bits), "{what} by {of}");
                "size"
            }
            Err(AuthError::Malformed(_)) => "malformed",
            Err(error) => panic!("{what} by {of}: {error}"),
        };
        assert_eq!(outcome.is_ok(), row["valid"].as_bool().unwrap(), "{what} by {of}, {}: {outcome:?}", of_row(row));
        *counted.entry(kind).or_insert(0) += 1;
    }
    assert_eq!(counted.into_iter().collect::<Vec<_>>(), [("malformed", 6), ("size", 9), ("verified", 31), ("wrong", 121)]);
}

/// A good signature of each scheme by each key of OpenSSL's.
fn good(fixture: &Fixture) -> Vec<(Vec<u8>, SignatureScheme, Vec<u8>)> {
    let mut found = Vec::new();
    for row in fixture.file["signatures"].as_array().unwrap().iter().filter(|row| row["method"] == 14) {
        let (spki, scheme, data) = (fixture.spki(row["key"].as_str().unwrap()), scheme(row), hex(&row["data"]));
        let Some(algorithm) = scheme.algorithm_identifier() else { continue };
        let signature = data[1 + algorithm.len()..].to_vec();
        if matches!(scheme, SignatureScheme::RsaPkcs1(_) | SignatureScheme::RsaPss { .. }) && row["key"] != "rsa1024" {
            assert_eq!(both(fixture, &spki, scheme, &signature), Ok(()), "{row}");
            found.push((spki, scheme, signature));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Octets of the signature, of the key, of what is signed; a signature taken for another scheme's; ends cut off.
    #[test]
    fn whatever_is_changed_both_say_the_same(
        which in any::<prop::sample::Index>(),
        part in 0..5_u8,
        at in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 1..3),
        other in any::<prop::sample::Index>(),
    ) {
        let mut fixture = Fixture::new();
        let all = good(&fixture);
        let (mut spki, mut made, mut signature) = all[which.index(all.len())].clone();
        let change = |octets: &mut Vec<u8>| at.iter().for_each(|(place, bits)| {
            let place = place.index(octets.len());
            octets[place] ^= bits;
        });
        let before = (spki.clone(), made, signature.clone(), fixture.message.clone());
        match part {
            0 => change(&mut signature),
            1 => change(&mut spki),
            2 => change(&mut fixture.message),
            3 => made = all[other.index(all.len())].1,
            _ => signature.truncate(at[0].0.index(signature.len() + 1)),
        }
        let same = before == (spki.clone(), made, signature.clone(), fixture.message.clone());
        let outcome = both(&fixture, &spki, made, &signature);
        // A changed key may be the same key: an octet of its AlgorithmIdentifier, for one.
        prop_assert!(part == 1 || outcome.is_ok() == same, "{} {:?}", part, outcome);
    }
}

/// Each octet of a key by itself, in every bit: ring and rsa read the same keys.
#[test]
fn both_read_the_same_keys() {
    let fixture = Fixture::new();
    let (spki, scheme, signature) = good(&fixture).swap_remove(0);
    let mut accepted = Vec::new();
    for at in 0..spki.len() {
        for bit in 0..8 {
            let mut changed = spki.clone();
            changed[at] ^= 1 << bit;
            if both(&fixture, &changed, scheme, &signature).is_ok() {
                accepted.push(at);
            }
        }
    }
    // SEQUENCE (4 octets), AlgorithmIdentifier with the OID (2 + 11 octets) and NULL, which nothing reads.
    assert_eq!(accepted, [[17; 8], [18; 8]].concat());
}
