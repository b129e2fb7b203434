//! The recorded captures, read without the crate under test: every datagram beside what another decoder found in it.
#![allow(dead_code, unreachable_pub, reason = "every test binary uses another part of it")]

pub mod pcap;

use serde_json::Value;
use std::path::{Path, PathBuf};

/// One UDP datagram of a capture that carried an IKE message, with what another decoder found in it.
pub struct Recorded {
    pub capture: String,
    pub n: usize,
    /// The IKE message, without the non-ESP marker.
    pub message: Vec<u8>,
    /// The row of `NAME.messages.json`.
    pub row: Value,
}

/// Decrypted content: of an SK payload, or of a reassembled set of SKF payloads.
pub struct Content {
    pub place: String,
    pub first: u8,
    pub octets: Vec<u8>,
    pub names: Vec<String>,
}

impl Recorded {
    pub fn place(&self) -> String {
        format!("{} message {}", self.capture, self.n)
    }

    /// The content this datagram carries or completes.
    pub fn content(&self) -> Option<Content> {
        let row = self.row.as_object().unwrap();
        let names = row.get("inner")?.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        let (first, octets) = match row.get("reassembled") {
            Some(octets) => (&row["reassembled_first_payload"], octets),
            None => (&row["inner_first_payload"], &row["plaintext"]),
        };
        let first = u8::try_from(first.as_u64().unwrap()).unwrap();
        Some(Content { place: self.place(), first, octets: unhex(octets.as_str().unwrap()), names })
    }
}

/// The folder of the repository; the tests of the tools use this file as well.
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    if package.ends_with("tools") { package.parent().unwrap() } else { package }
}

/// The captures that go with the package, which has no room for all: a few of each daemon, exchange and kind of protection. `include` in
/// Cargo.toml names the same ones, in this order.
pub const PACKAGED: [&str; 14] = [
    "config-payload",
    "cookie-invalid-ke",
    "ed25519",
    "err-auth-failed-psk",
    "libreswan-psk-gcm",
    "mobike-move",
    "openiked-psk-3des",
    "pq-psk-mlkem768",
    "psk-chacha20poly1305-prfsha256-curve25519",
    "psk-v6",
    "rekey-ike",
    "retransmit-init",
    "rsa2048",
    "transport-ipcomp",
];

/// Whether this is the unpacked package: cargo leaves the manifest there as it was written, beside its own.
pub fn is_package() -> bool {
    root().join("Cargo.toml.orig").exists()
}

/// What a test expects of all captures in the repository, and of [`PACKAGED`] in the package.
pub fn figure<T>(of_all: T, of_packaged: T) -> T {
    if is_package() { of_packaged } else { of_all }
}

/// The names of the recorded captures: of all in the repository, and of exactly [`PACKAGED`] in the package.
pub fn capture_names() -> Vec<String> {
    let folder = root().join("tests/captures");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str().unwrap().strip_suffix(".pcap").map(str::to_owned))
        .collect();
    names.sort();
    match is_package() {
        true => assert_eq!(names, PACKAGED),
        false => assert!(names.len() > 100, "{} captures in tests/captures", names.len()),
    }
    names
}

pub fn capture_path(name: &str, suffix: &str) -> PathBuf {
    root().join("tests/captures").join(format!("{name}{suffix}"))
}

/// Every IKE message of one capture.
pub fn recorded(name: &str) -> Vec<Recorded> {
    let datagrams = pcap::udp_datagrams(&std::fs::read(capture_path(name, ".pcap")).unwrap());
    let rows = json(&capture_path(name, ".messages.json"));
    let rows = rows.as_array().unwrap();
    assert_eq!(datagrams.len(), rows.len(), "{name}: as many datagrams as rows");
    let recorded = datagrams.into_iter().zip(rows).enumerate().map(|(n, (datagram, row))| {
        let place = format!("{name} message {n}");
        assert_eq!(row["n"].as_u64().unwrap(), n as u64, "{place}");
        assert_eq!((&*datagram.source, &*datagram.destination), (row["src"].as_str().unwrap(), row["dst"].as_str().unwrap()), "{place}");
        assert_eq!(datagram.payload.len() as u64, row["udp_payload_len"].as_u64().unwrap(), "{place}");
        let message = match row["non_esp_marker"].as_bool().unwrap() {
            true => datagram.payload.strip_prefix(&[0; 4]).unwrap().to_vec(),
            false => datagram.payload,
        };
        Recorded { capture: name.to_owned(), n, message, row: row.clone() }
    });
    recorded.collect()
}

/// Every IKE message of every capture.
pub fn all_recorded() -> Vec<Recorded> {
    let all: Vec<_> = capture_names().iter().flat_map(|name| recorded(name)).collect();
    assert!(all.len() > figure(1000, 80), "{} messages", all.len());
    all
}

pub fn json(path: &Path) -> Value {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn unhex(text: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => c - b'0',
        b'a'..=b'f' => c - b'a' + 10,
        b'A'..=b'F' => c - b'A' + 10,
        _ => panic!("not a hexadecimal digit: {c}"),
    };
    let pairs = text.as_bytes().chunks_exact(2);
    assert!(pairs.remainder().is_empty(), "an odd number of hexadecimal digits");
    pairs.map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}

pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
