//! Key exchanges against Wycheproof, and MODP against Python's arithmetic: `data/key-exchanges/make.py` says where each vector is from.

use ikev2::error::CryptoError;
use ikev2::provider::{Provider, Random};
use ikev2::registry::KeMethod;
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
