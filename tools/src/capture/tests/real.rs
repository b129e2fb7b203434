//! Real captures: what the reader finds equals what an independent decoder wrote down (`NAME.messages.json`).

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::file;
use crate::capture::{Datagram, Interest, Item, Traffic};

fn captures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "pcap"))
        .collect();
    paths.sort();
    paths
}

fn datagrams(path: &Path) -> Vec<Datagram> {
    Traffic::open(file(path), Interest::default())
        .unwrap()
        .map(|item| match item {
            Item::Datagram(datagram) => datagram,
            other => panic!("{}: {other:?}", path.display()),
        })
        .collect()
}

fn check(name: &str, datagram: &Datagram, n: usize, message: &Value) {
    assert_eq!(message["n"], n, "{name}");
    if let Some(frames) = message.get("frames") {
        assert_eq!(frames, &Value::from(datagram.packets.clone()), "{name} {n}: packets");
    }
    if let Some(time) = message.get("time") {
        let expected = format!("{:.6}", time.as_f64().unwrap());
        assert_eq!(datagram.time.to_string(), expected, "{name} {n}: time");
    }
    assert_eq!(message["src"], datagram.src.to_string(), "{name} {n}: src");
    assert_eq!(message["dst"], datagram.dst.to_string(), "{name} {n}: dst");
    assert_eq!(message["udp_payload_len"], datagram.payload.len(), "{name} {n}: length");
    assert_eq!(message["ip_fragments"], datagram.ip_fragments, "{name} {n}: fragments");
    assert_eq!(datagram.truncation, None, "{name} {n}");
}

#[test]
fn every_datagram_of_every_capture_is_found() {
    let (mut files, mut timed, mut fragmented, mut v6) = (0, 0, 0, 0);
    for path in captures() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let json = std::fs::read_to_string(path.with_extension("messages.json")).unwrap();
        let messages: Vec<Value> = serde_json::from_str(&json).unwrap();
        let found = datagrams(&path);
        assert_eq!(found.len(), messages.len(), "{name}");
        for (n, (datagram, message)) in found.iter().zip(&messages).enumerate() {
            check(name, datagram, n, message);
            timed += usize::from(message.get("time").is_some());
            fragmented += usize::from(datagram.ip_fragments > 1);
            v6 += usize::from(datagram.src.is_ipv6());
        }
        files += 1;
    }
    // The set of captures covers what this test is for.
    assert!(files >= 116, "{files} captures");
    assert!(timed >= 1089, "{timed} datagrams with a recorded time");
    assert!(fragmented >= 11, "{fragmented} datagrams in IP fragments");
    assert!(v6 >= 88, "{v6} datagrams over IPv6");
}
