//! Key exchanges against Wycheproof, and MODP against Python's arithmetic: `data/key-exchanges/make.py` says where each vector is from.

use ikev2::error::CryptoError;
use ikev2::provider::{Provider, Random};
use ikev2::registry::KeMethod;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// Gives what it was told to, once.
struct Told(Vec<u8>);

impl Random for Told {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        let told = std::mem::take(&mut self.0);
        assert_eq!(told.len(), octets.len());
        octets.copy_from_slice(&told);
        Ok(())
    }
}

fn hex(value: &Value) -> Option<Vec<u8>> {
    let digits = value.as_str()?;
    Some((0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect())
}

#[test]
fn every_vector_has_its_secret_or_is_refused() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("../data/key-exchanges/vectors.json")).unwrap();
    let mut counted = BTreeMap::<_, [u32; 2]>::new();
    for row in &rows {
        let method = KeMethod(row["method"].as_u64().unwrap().try_into().unwrap());
        let mut random = Told(hex(&row["random"]).unwrap());
        let (data, secret) = (hex(&row["data"]).unwrap(), hex(&row["secret"]));
        let function = Provider::rustcrypto().key_exchange(method).unwrap();
        let found = match row["call"].as_str().unwrap() {
            "finish" => {
                let begun = function.begin(&mut random).unwrap();
                assert!(hex(&row["public"]).is_none_or(|public| public == begun.public()), "{}", row["source"]);
                begun.finish(&data)
            }
            _ => function.respond(&mut random, &data).map(|(answer, secret)| {
                assert_eq!(Some(answer), hex(&row["answer"]), "{}", row["source"]);
                secret
            }),
        };
        counted.entry(method.0).or_default()[usize::from(secret.is_none())] += 1;
        assert_eq!(found.ok().map(|secret| secret.as_octets().to_vec()), secret, "{}", row["source"]);
    }
    assert_eq!(counted.len(), 14);
    assert!(counted.values().all(|[shared, refused]| *shared >= 4 && *refused >= 2), "{counted:?}");
}

/// Octets of no end.
struct Varied(u64);

impl Random for Varied {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        for octet in octets {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *octet = self.0.to_be_bytes()[0];
        }
        Ok(())
    }
}

/// The methods whose arithmetic is quick.
const METHODS: [KeMethod; 8] = [
    KeMethod::CURVE25519,
    KeMethod::ECP_256,
    KeMethod::ECP_384,
    KeMethod::ECP_521,
    KeMethod::MODP_1024,
    KeMethod::ML_KEM_512,
    KeMethod::ML_KEM_768,
    KeMethod::ML_KEM_1024,
];

/// Octets as a peer may send them: of any length, and of the right one.
fn hostile() -> impl Strategy<Value = (KeMethod, bool, Vec<u8>)> {
    let any_len = proptest::collection::vec(any::<u8>(), 0..1700);
    let cut = (any::<[u8; 4]>(), any::<u8>());
    (0..METHODS.len(), any::<bool>(), any_len, cut, 0..4_u8).prop_map(|(method, response, octets, (head, fill), how)| {
        let method = METHODS[method];
        let (from_initiator, from_responder) = method.data_len().unwrap();
        let due = if response { from_responder } else { from_initiator };
        let mut octets = octets;
        match how {
            0 => {}
            1 => octets.resize(due, fill),
            2 => octets = vec![fill; due],
            _ => octets = [&vec![0; due - 4][..], &head].concat(),
        }
        (method, response, octets)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever comes is a secret with some octet or an error, and the length alone refuses what has a wrong one.
    #[test]
    fn hostile_31_no_key_exchange_data_make_it_panic((method, response, data) in hostile()) {
        let function = Provider::rustcrypto().key_exchange(method).unwrap();
        let (due, found) = if response {
            (method.data_len().unwrap().1, function.begin(&mut Varied(1)).unwrap().finish(&data))
        } else {
            (method.data_len().unwrap().0, function.respond(&mut Varied(1), &data).map(|(_, secret)| secret))
        };
        if let Ok(secret) = found {
            prop_assert!(data.len() == due && secret.as_octets().iter().any(|octet| *octet != 0));
        }
    }
}
