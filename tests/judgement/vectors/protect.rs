//! The encrypted messages of other projects' tests: what opens, and what must not. Read in place from the folder IKEV2_SHARED names.

use crate::kit::recorded::{hex, unhex};
use crate::kit::seal::REQUEST;
use crate::kit::shared::vectors;
use ikev2::error::OpenError;
use ikev2::protect::{EncryptedPayload, IvSequence, Suite, open, seal_content};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, Integ, PayloadType};
use serde_json::Value;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The cipher's name in the vectors; AES by the length of its key.
fn suite(encr: &str, key: &[u8], integ: Option<Integ>) -> Suite {
    let id = match encr {
        "aes-cbc" => Encr::ENCR_AES_CBC,
        "3des-cbc" => Encr::ENCR_3DES,
        "aes-gcm-16" => Encr::ENCR_AES_GCM_16,
        "aes-ccm-12" => Encr::ENCR_AES_CCM_12,
        "chacha20poly1305" => Encr::ENCR_CHACHA20_POLY1305,
        other => panic!("no cipher {other}"),
    };
    Suite::new(id, u16::try_from(key.len() * 8).ok(), integ).unwrap()
}

fn integ(name: &str) -> Option<Integ> {
    Some(match name {
        "" => return None,
        "sha1" | "hmac-sha1-96" => Integ::AUTH_HMAC_SHA1_96,
        "hmac-sha2-256-128" => Integ::AUTH_HMAC_SHA2_256_128,
        "sha512" => Integ::AUTH_HMAC_SHA2_512_256,
        "aes-cmac-96" => Integ::AUTH_AES_CMAC_96,
        "aes-xcbc-96" => Integ::AUTH_AES_XCBC_96,
        other => panic!("no MAC {other}"),
    })
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn messages_open_or_are_refused_as_their_origin_says() {
    let vectors = vectors(&["sk_open", "sk_open_reject"]);
    let (mut opened, mut refused) = (0, 0);
    for v in &vectors {
        let (name, keys, expect) = (text(&v["name"]), &v["keys"], &v["expect"]);
        if expect["reject"] == "no_keys" {
            continue;
        }
        let sk_e = unhex(text(&keys["sk_e"]));
        let suite = suite(text(&v["encr"]), &sk_e, integ(text(&keys["integ"])));
        let sk_e = [sk_e, unhex(text(&keys["salt"]))].concat();
        let opener = suite.opener(&Provider::builtin(), &sk_e, &unhex(text(&keys["sk_a"]))).unwrap();
        let mut datagram = unhex(text(&v["hex"]));
        match open(&mut datagram, &*opener) {
            Ok(message) => {
                assert_eq!(v["kind"], "sk_open", "{name}");
                assert_eq!(hex(message.content()), text(&expect["plaintext"]), "{name}");
                assert_eq!(hex(message.padding()), text(&expect["padding"]), "{name}");
                assert_eq!(u64::from(message.first_payload().0), expect["first_inner_payload"], "{name}");
                let kind = match expect["fragment_number"].as_u64() {
                    None => EncryptedPayload::Sk,
                    Some(number) => {
                        let total = expect["total_fragments"].as_u64().unwrap();
                        EncryptedPayload::Skf { number: number.try_into().unwrap(), total: total.try_into().unwrap() }
                    }
                };
                assert_eq!(message.kind(), kind, "{name}");
                opened += 1;
            }
            Err(error) => {
                let right = match text(&expect["reject"]) {
                    "icv_mismatch" => matches!(error, OpenError::NotAuthentic(_)),
                    "ciphertext_not_block_aligned" => matches!(error, OpenError::NotWholeBlocks { length: 17, block_len: 16 }),
                    _ => false,
                };
                assert!(right, "{name}: {error}, {}", expect["reject"]);
                refused += 1;
            }
        }
    }
    println!("{opened} opened, {refused} refused");
    assert_eq!((opened, refused), (12, 15));
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn ciphers_and_macs_agree() {
    let vectors = vectors(&["aead", "integ"]);
    for v in &vectors {
        let (name, inputs, expect) = (text(&v["name"]), &v["inputs"], &v["expect"]);
        let input = |field: &str| unhex(text(&inputs[field]));
        let data = unhex(text(&v["hex"]));
        if v["kind"] == "integ" {
            let suite = Suite::new(Encr::ENCR_NULL, None, integ(text(&inputs["integ"]))).unwrap();
            let opener = suite.opener(&Provider::builtin(), &[], &input("key")).unwrap();
            opener.open(&data, &[], &mut [], &unhex(text(&expect["icv"]))).expect(name);
        } else {
            let suite = suite(text(&inputs["aead"]), &input("key"), None);
            let opener = suite.opener(&Provider::builtin(), &[input("key"), input("salt")].concat(), &[]).unwrap();
            let (sealed, icv) = data.split_at(data.len() - suite.icv_len());
            let mut sealed = sealed.to_vec();
            opener.open(&input("aad"), &input("iv"), &mut sealed, icv).expect(name);
            assert_eq!(hex(&sealed), text(&expect["plaintext"]), "{name}");
        }
    }
    assert_eq!(vectors.len(), 8);
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn padding_is_the_least() {
    let vectors = vectors(&["padding"]);
    for v in &vectors {
        let suite = Suite::new(Encr::ENCR_AES_CBC, Some(128), Some(Integ::AUTH_HMAC_SHA1_96)).unwrap();
        assert_eq!(suite.block_len() as u64, v["inputs"]["block_size"]);
        let mut sealer = suite.sealer(&Provider::builtin(), &[1; 16], &[2; 20], IvSequence::new(&[3; 16])).unwrap();
        let opener = suite.opener(&Provider::builtin(), &[1; 16], &[2; 20]).unwrap();
        let content = vec![4; usize::try_from(v["inputs"]["plaintext_len"].as_u64().unwrap()).unwrap()];
        let mut buf = [0; 200];
        let message = seal_content(&mut buf, &REQUEST, &[], &mut *sealer, PayloadType::N, &content).unwrap();
        assert_eq!(open(message, &*opener).unwrap().padding().len() as u64, v["expect"]["pad_len"], "{}", v["name"]);
    }
    assert_eq!(vectors.len(), 3);
}
