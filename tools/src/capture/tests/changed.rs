//! Whatever octets a capture holds, reading it ends, and does not panic.

use std::path::{Path, PathBuf};

use super::run;
use crate::capture::{Interest, OnlyEsp};

/// Link types that are read, and some that are not.
const LINK_TYPES: [u16; 34] = [
    0, 1, 9, 12, 14, 50, 51, 100, 101, 104, 105, 108, 109, 113, 117, 119, 127, 149, 163, 166, 178, 192, 204, 205, 219, 220, 226, 228, 229,
    239, 258, 276, 65_535, 2,
];
/// Larger captures take long and hold nothing else.
const LARGE: usize = 100_000;

fn captures() -> Vec<Vec<u8>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [here.join("../tests/captures"), here.join("tests/cases/diagnose")];
    let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|e| e == "pcap" || e == "pcapng")).collect();
    all.sort();
    let read = all.iter().map(|path| std::fs::read(path).unwrap());
    let all: Vec<_> = read.filter(|bytes| (40..LARGE).contains(&bytes.len())).collect();
    assert!(all.len() > 20);
    all
}

/// The same changes every time.
struct Changes(u64);

impl Changes {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(0xda94_2042_e4dd_58b5).rotate_left(23);
        (self.0 >> 20) as usize % bound
    }
}

fn read(bytes: &[u8]) {
    let only_esp = Some(OnlyEsp { port: 4500, but: vec![500], is_ike: |octets, _| octets.get(17) == Some(&0x20) });
    for only_esp in [None, only_esp] {
        let interest = Interest {
            udp_ports: vec![500, 4500],
            tcp_ports: vec![4500],
            tcp_openings: vec![443],
            ip_protocols: vec![1, 50, 58],
            only_esp,
        };
        for item in run(bytes, interest).into_iter().flatten() {
            assert!(!format!("{item:?}").is_empty());
        }
    }
}

#[test]
fn every_capture_cut_changed_and_read_as_every_link_type() {
    let mut changes = Changes(1);
    for bytes in captures() {
        for _ in 0..6 {
            read(&bytes[..changes.below(bytes.len())]);
        }
        for _ in 0..12 {
            let mut changed = bytes.clone();
            for _ in 0..=changes.below(20) {
                let at = changes.below(changed.len());
                changed[at] = changes.below(256) as u8;
            }
            read(&changed);
        }
        if bytes[0] == 0xd4 {
            for link_type in LINK_TYPES {
                let mut changed = bytes.clone();
                changed[20..22].copy_from_slice(&link_type.to_le_bytes());
                read(&changed);
            }
        }
    }
}
