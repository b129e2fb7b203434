//! Every encrypted message of three daemons' handshakes opens with its keys, and seals to the same octets again.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]
#![cfg(any(feature = "ring", feature = "rustcrypto"))]

use etherparse::defrag::IpDefragPool;
use etherparse::{SlicedPacket, TransportSlice, UdpSlice};
use ikev2::protect::{Ivs, Kind, Suite, open};
use ikev2::registry::{Encr, Integ};
use ikev2::wire::{Chain, Message, Payload};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures")
}

fn json(name: &str, what: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder().join(format!("{name}.{what}.json"))).unwrap()).unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let hex = value.as_str().unwrap_or_default();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn int<T: TryFrom<u64>>(value: &Value) -> Option<T> {
    value.as_u64().and_then(|value| value.try_into().ok())
}

/// The UDP payloads of a capture, IP fragments put together, without non-ESP markers.
fn datagrams(name: &str) -> Vec<Vec<u8>> {
    let pcap = std::fs::read(folder().join(format!("{name}.pcap"))).unwrap();
    let (mut rest, _) = pcap_parser::parse_pcap_header(&pcap).unwrap();
    let mut pool = IpDefragPool::<(), ()>::new();
    let mut datagrams = Vec::new();
    while !rest.is_empty() {
        let (after, frame) = pcap_parser::pcap::parse_pcap_frame(rest).unwrap();
        rest = after;
        let packet = SlicedPacket::from_ethernet(frame.data).unwrap();
        let whole = pool.process_sliced_packet(&packet, (), ()).unwrap();
        let udp = match (&packet.transport, &whole) {
            (_, Some(whole)) => UdpSlice::from_slice(&whole.payload).unwrap(),
            (Some(TransportSlice::Udp(udp)), None) => udp.clone(),
            _ => continue,
        };
        let natt = [udp.source_port(), udp.destination_port()].contains(&4500);
        datagrams.push(udp.payload()[if natt { 4 } else { 0 }..].to_vec());
    }
    datagrams
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
fn ivs(suite: &Suite, sk_e: &[u8], iv: &[u8]) -> Ivs {
    if suite.block_len() == 1 {
        let counter = u64::from_be_bytes(iv.try_into().unwrap());
        Ivs::new(&[0; 16]).range(counter..=counter)
    } else {
        Ivs::new(&seed(suite, sk_e, iv))
    }
}

/// Checks one datagram against the decoder's row; whether the build can do the suite of its SA.
fn check(name: &str, row: &Value, sas: &[Value], datagram: &[u8]) -> bool {
    let place = format!("{name}, message {}", row["n"]);
    let of_message = |sa: &&Value| sa["spi_i"] == row["spi_i"] && sa["spi_r"] == row["spi_r"];
    let side = if row["initiator"] == true { 'i' } else { 'r' };
    let mut supported = false;
    let mut opened_with = 0;
    for sa in sas.iter().filter(of_message) {
        let suite = suite(sa);
        if suite.supported().is_err() {
            continue;
        }
        supported = true;
        let (sk_e, sk_a) = (hex(&sa[format!("sk_e{side}")]), hex(&sa[format!("sk_a{side}")]));
        let opener = suite.opener(&sk_e, &sk_a).unwrap();
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
            Some(number) => Kind::Skf { number, total: int(&row["total"]).unwrap() },
            None => Kind::Sk,
        };
        assert_eq!((opened.kind(), Some(opened.first().0)), (kind, int(&row["inner_first_payload"])), "{place}");
        assert_eq!(opened.header(), Message::parse(datagram).unwrap().header(), "{place}");
        if kind == Kind::Sk {
            let payloads = Chain::parse(opened.first(), opened.content()).unwrap().payloads().count();
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
        let mut sealer = suite.sealer(&sk_e, &sk_a, ivs(&suite, &sk_e, iv)).unwrap();
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
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".keys.json")?.to_owned()))
        .collect();
    names.sort();
    let (mut opened, mut fragments, mut skipped, mut suites) = (0, 0, 0, BTreeSet::new());
    for name in &names {
        let (keys, rows) = (json(name, "keys"), json(name, "messages"));
        let (sas, rows) = (keys["ike_sas"].as_array().unwrap(), rows.as_array().unwrap());
        let datagrams = datagrams(name);
        assert_eq!(datagrams.len(), rows.len(), "{name}");
        for (row, datagram) in rows.iter().zip(&datagrams).filter(|(row, _)| row.get("plaintext").is_some()) {
            if check(name, row, sas, datagram) {
                opened += 1;
                fragments += usize::from(row.get("fragment").is_some());
            } else {
                skipped += 1;
            }
        }
        suites.extend(sas.iter().map(suite).filter(|suite| suite.supported().is_ok()).map(|s| (s.encr(), s.key_bits(), s.integ())));
    }
    println!("{} captures: {opened} messages opened and sealed again, {fragments} of them fragments; {} suites", names.len(), suites.len());
    if cfg!(feature = "rustcrypto") {
        assert_eq!((opened, fragments, skipped, suites.len()), (924, 614, 0, 22));
    } else {
        assert_eq!((opened, fragments, skipped, suites.len()), (175, 108, 749, 3));
    }
}
