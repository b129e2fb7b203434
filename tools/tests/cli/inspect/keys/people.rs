//! The tree with keys (`tests/snapshots`, written anew when IKEV2_BLESS is set).

use super::run::{file, start};
use crate::recorded::{capture_names, capture_path};
use std::path::Path;

#[test]
fn the_tree_of_a_capture_with_its_keys_is_the_snapshot() {
    let name = "err-auth-failed-cert";
    let (keys, capture) = (format!("tests/captures/{name}.keys.json"), format!("tests/captures/{name}.pcap"));
    let (status, out, err) = start(&["--keys", &keys, &capture]);
    assert_eq!((status, err.as_str()), (0, ""));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/snapshots/{name}-opened.txt"));
    if std::env::var_os("IKEV2_BLESS").is_some() {
        std::fs::write(&path, &out).unwrap();
        panic!("{name}: written anew, compared with nothing; run it again without IKEV2_BLESS");
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    let differs = out.lines().zip(expected.lines()).find(|(ours, theirs)| ours != theirs);
    assert!(out == expected, "{name}: {differs:?}\nIKEV2_BLESS=1 cargo test -p ikev2-tools --test cli writes the snapshot anew");
}

#[test]
fn every_capture_with_its_keys_has_a_tree_of_at_most_110_columns() {
    for name in capture_names() {
        let (keys, capture) = (format!("tests/captures/{name}.keys.json"), format!("tests/captures/{name}.pcap"));
        let (status, out, err) = start(&["--keys", &keys, &capture]);
        assert_eq!((status, err.as_str()), (0, ""), "{name}");
        let widest = out.lines().max_by_key(|line| line.len()).unwrap();
        assert!(widest.len() <= 110, "{name}: {widest}");
        assert!(!out.contains("NOT OPENED") && !out.contains("no key"), "{name}");
        assert!(out.contains("\n  with keys: "), "{name}");
    }
}

#[test]
fn a_payload_that_does_not_open_has_a_line_that_says_why() {
    let keys = std::fs::read_to_string(capture_path("dpd", ".keys.json")).unwrap();
    let wrong =
        file("people-wrong.json", keys.replace(r#""sk_ai": ""#, r#""sk_ai": "ff"#).replace(r#""sk_ar": ""#, r#""sk_ar": "ff"#).as_bytes());
    let capture = "tests/captures/dpd.pcap";
    let (status, out, err) = start(&["--keys", wrong.to_str().unwrap(), capture]);
    // An octet too many is no key of this suite.
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("IKE SA 1 of `ike_sas`: SK_a of 33 octets where 32 are due"), "{err}");

    let other = std::fs::read_to_string(capture_path("frag-dup", ".keys.json")).unwrap();
    let spis = |keys: &str| {
        let keys: serde_json::Value = serde_json::from_str(keys).unwrap();
        let sa = &keys["ike_sas"][0];
        (sa["spi_i"].as_str().unwrap().to_owned(), sa["spi_r"].as_str().unwrap().to_owned())
    };
    let (ours, theirs) = (spis(&keys), spis(&other));
    let swapped = file("people-swapped.json", other.replace(&theirs.0, &ours.0).replace(&theirs.1, &ours.1).as_bytes());
    let out = start(&["--keys", swapped.to_str().unwrap(), capture]).1;
    let says = "\n    NOT OPENED  ICV mismatch: the key of this IKE SA does not fit\n";
    assert_eq!(out.matches(says).count(), 8, "{out}");
    assert!(out.contains("\n  with keys: 0 messages opened, 8 with an ICV mismatch\n"), "{out}");

    let out = start(&["--keys", "tests/captures/frag-dup.keys.json", capture]).1;
    assert_eq!(out.matches("no key for this IKE SA\n").count(), 8, "{out}");
    assert!(out.contains("\n  with keys: 0 messages opened, 8 of IKE SAs without a key\n"), "{out}");
}
