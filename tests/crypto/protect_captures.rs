//! Every encrypted message of three daemons' handshakes opens with its keys, and seals to the same octets again.

use crate::kit::recorded::{capture_names, capture_path, figure, json, recorded, unhex};
use ikev2::protect::{EncryptedPayload, IvSequence, Suite, open};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, Integ};
use ikev2::wire::{Chain, Message, Payload};
use serde_json::Value;
use std::collections::BTreeSet;

fn hex(value: &Value) -> Vec<u8> {
    value.as_str().map(unhex).unwrap_or_default()
}

fn int<T: TryFrom<u64>>(value: &Value) -> Option<T> {
    value.as_u64().and_then(|value| value.try_into().ok())
}

fn suite(sa: &Value) -> Suite {
    let integ = int(&sa["integ_id"]).map(Integ);
    Suite::new(Encr(int(&sa["encr_id"]).unwrap()), int(&sa["encr_key_bits"]), integ).unwrap()
}

/// The seed with which a CBC sealer's first IV is `iv`: the cipher's inverse of it.
#[cfg(feature = "rustcrypto")]
fn seed(suite: &Suite, sk_e: &[u8], iv: &[u8]) -> [u8; 16] {
    use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};
    fn inverse<C: KeyInit + BlockCipherDecrypt>(key: &[u8], iv: &[u8]) -> [u8; 16] {
        let mut block = Array::try_from(iv).unwrap();
        C::new_from_slice(key).unwrap().decrypt_block(&mut block);
        let mut seed = [0; 16];
        seed[..block.len()].copy_from_slice(&block);
        seed
    }
    match (suite.encr(), suite.key_bits()) {
        (Encr::ENCR_AES_CBC, 128) => inverse::<aes::Aes128>(sk_e, iv),
        (Encr::ENCR_AES_CBC, 192) => inverse::<aes::Aes192>(sk_e, iv),
        (Encr::ENCR_AES_CBC, 256) => inverse::<aes::Aes256>(sk_e, iv),
        (Encr::ENCR_3DES, _) => inverse::<des::TdesEde3>(sk_e, iv),
        (Encr::ENCR_CAMELLIA_CBC, 256) => inverse::<camellia::Camellia256>(sk_e, iv),
        other => panic!("no inverse for {other:?}"),
    }
}

#[cfg(not(feature = "rustcrypto"))]
fn seed(_: &Suite, _: &[u8], _: &[u8]) -> [u8; 16] {
    panic!("ring has no CBC")
}

/// A start with which the first IV is `iv`.
fn ivs(suite: &Suite, sk_e: &[u8], iv: &[u8]) -> IvSequence {
    if suite.block_len() == 1 {
        let counter = u64::from_be_bytes(iv.try_into().unwrap());
        IvSequence::new(&[0; 16]).with_range(counter..=counter)
    } else {
        IvSequence::new(&seed(suite, sk_e, iv))
    }
}

/// Checks one datagram against the decoder's row; whether the build can do the suite of its SA.
fn check(place: &str, row: &Value, sas: &[Value], datagram: &[u8]) -> bool {
    let of_message = |sa: &&Value| sa["spi_i"] == row["spi_i"] && sa["spi_r"] == row["spi_r"];
    let side = if row["initiator"] == true { 'i' } else { 'r' };
    let mut supported = false;
    let mut opened_with = 0;
    for sa in sas.iter().filter(of_message) {
        let suite = suite(sa);
        if suite.supported(&Provider::builtin()).is_err() {
            continue;
        }
        supported = true;
        let (sk_e, sk_a) = (hex(&sa[format!("sk_e{side}")]), hex(&sa[format!("sk_a{side}")]));
        let opener = suite.opener(&Provider::builtin(), &sk_e, &sk_a).unwrap();
        let mut copy = datagram.to_vec();
        let Ok(opened) = open(&mut copy, &*opener) else { continue };
        opened_with += 1;

        assert_eq!(opened.content(), hex(&row["plaintext"]), "{place}");
        // The decoder of the post-quantum captures wrote the generation of the keys, that of the others the padding.
        match int::<usize>(&row["pad_len"]) {
            Some(pad_len) => assert_eq!(opened.padding().len(), pad_len, "{place}"),
            None => assert_eq!((&sa["generation"], row["key_generation"].is_u64()), (&row["key_generation"], true), "{place}"),
        }
        let kind = match int(&row["fragment"]) {
            Some(number) => EncryptedPayload::Skf { number, total: int(&row["total"]).unwrap() },
            None => EncryptedPayload::Sk,
        };
        assert_eq!((opened.kind(), Some(opened.first_payload().0)), (kind, int(&row["inner_first_payload"])), "{place}");
        assert_eq!(opened.header(), Message::parse(datagram).unwrap().header(), "{place}");
        if kind == EncryptedPayload::Sk {
            let payloads = Chain::parse(opened.first_payload(), opened.content()).unwrap().payloads().count();
            assert_eq!(payloads, row["inner"].as_array().unwrap().len(), "{place}");
        }

        let mut text = [opened.content(), opened.padding(), &[u8::try_from(opened.padding().len()).unwrap()]].concat();
        let sealed = match Message::parse(datagram).unwrap().payloads().last().unwrap().parse().unwrap() {
            Payload::Sk(sk) => sk.sealed.len(),
            Payload::Skf(skf) => skf.sealed.len(),
            other => panic!("{place}: {other:?}"),
        };
        let (aad, body) = datagram.split_at(datagram.len() - sealed);
        let (iv, body) = body.split_at(suite.iv_len());
        let mut sealer = suite.sealer(&Provider::builtin(), &sk_e, &sk_a, ivs(&suite, &sk_e, iv)).unwrap();
        let (mut iv, mut icv) = (vec![0; suite.iv_len()], vec![0; suite.icv_len()]);
        sealer.seal(aad, &mut iv, &mut text, &mut icv).unwrap();
        assert!([aad, &iv, &text, &icv].concat() == datagram, "{place}: sealed anew to other octets");
        assert_eq!(body.len(), text.len() + icv.len());
    }
    assert!(!supported || opened_with == 1, "{place}: {opened_with} keys open it");
    supported
}

#[test]
fn every_captured_message_opens_and_seals_again_to_the_same_octets() {
    let (mut opened, mut fragments, mut skipped, mut suites) = (0, 0, 0, BTreeSet::new());
    let names = capture_names();
    for name in &names {
        let keys = json(&capture_path(name, ".keys.json"));
        let sas = keys["ike_sas"].as_array().unwrap();
        for recorded in recorded(name).iter().filter(|recorded| recorded.row.get("plaintext").is_some()) {
            if check(&recorded.place(), &recorded.row, sas, &recorded.message) {
                opened += 1;
                fragments += usize::from(recorded.row.get("fragment").is_some());
            } else {
                skipped += 1;
            }
        }
        suites.extend(
            sas.iter()
                .map(suite)
                .filter(|suite| suite.supported(&Provider::builtin()).is_ok())
                .map(|s| (s.encr(), s.key_bits(), s.integ())),
        );
    }
    println!("{} captures: {opened} messages opened and sealed again, {fragments} of them fragments; {} suites", names.len(), suites.len());
    if cfg!(feature = "rustcrypto") {
        assert_eq!((opened, fragments, skipped, suites.len()), figure((924, 614, 0, 22), (50, 6, 0, 4)));
    } else {
        assert_eq!((opened, fragments, skipped, suites.len()), (175, 108, 749, 3));
    }
}
