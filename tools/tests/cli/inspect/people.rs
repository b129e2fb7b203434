//! The tree people read: what changes in it is seen in `tests/snapshots` (written anew when IKEV2_BLESS is set).

use super::contract::{captures, start};
use super::fabricated::every_payload;
use crate::kit::root;
use crate::packets::{Path, Pcap};
use std::path;

const ANEW: &str = "written anew, compared with nothing; run it again without IKEV2_BLESS";

/// Whether the snapshot was written anew instead of compared: the run fails then, at its end.
fn compare(name: &str, text: &str) -> bool {
    let path = path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(format!("{name}.txt"));
    if std::env::var_os("IKEV2_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
        return true;
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    let differs = text.lines().zip(expected.lines()).find(|(ours, theirs)| ours != theirs);
    assert!(text == expected, "{name}: {differs:?}\nIKEV2_BLESS=1 cargo test -p ikev2-tools --test cli writes the snapshots anew");
    false
}

#[test]
fn the_tree_of_two_captures_is_the_snapshot() {
    let mut anew = false;
    for name in ["psk-many-proposals", "openiked-invalid-ke"] {
        let (status, out, err) = start(&[&format!("tests/captures/{name}.pcap")]);
        assert_eq!((status, err.as_str()), (0, ""));
        anew |= compare(name, &out);
    }
    assert!(!anew, "{ANEW}");
}

#[test]
fn the_tree_of_every_payload_is_the_snapshot() {
    let file = Pcap::new().udp(Path::ports(500, 500), &every_payload()).write("tree");
    let (status, out, _) = start(&[file.to_str().unwrap()]);
    assert_eq!(status, 0);
    let name = file.to_str().unwrap();
    let anew = compare("every-payload", &out.replace(name, "every-payload.pcap"));
    assert!(!anew, "{ANEW}");
}

#[test]
fn every_capture_has_a_tree_of_at_most_110_columns() {
    for path in captures() {
        let (status, out, err) = start(&[path.strip_prefix(root()).unwrap().to_str().unwrap()]);
        assert_eq!((status, err.as_str()), (0, ""), "{}", path.display());
        let widest = out.lines().max_by_key(|line| line.len()).unwrap();
        assert!(widest.len() <= 110, "{}: {widest}", path.display());
        let shown = out.lines().filter(|line| line.starts_with("Message ")).count();
        assert!(out.contains(&format!("\n  {shown} messages, ")), "{}", path.display());
    }
}
