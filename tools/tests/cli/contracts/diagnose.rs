//! `ike diagnose --json`: every capture, those of failures among them, and some changed so that other causes are found.

use super::{Fields, hold};
use crate::diagnose::{Diagnosis, Edit, run, with_keys};
use crate::kit::root;
use crate::recorded::{capture_names, capture_path};
use serde_json::Value;

/// A finding has its details under its code, since each cause has others.
fn read(fields: &mut Fields, diagnosis: Diagnosis) {
    for finding in diagnosis.findings {
        let Value::Object(mut finding) = finding else { panic!("{finding}") };
        assert_eq!(finding["kind"], "finding");
        let details = finding.insert("details".into(), Value::Object(serde_json::Map::new())).unwrap();
        fields.read(&format!("details of {}", finding["code"].as_str().unwrap()), details.as_object().unwrap());
        fields.read("finding", &finding);
    }
    fields.read("verdict", diagnosis.verdict.as_object().unwrap());
}

/// Captures of which no recording has the like.
fn changed() -> Vec<Edit> {
    const AGAIN: [f64; 3] = [4.0, 11.0, 24.0];
    let storm: Vec<f64> = (1..=20).map(|n| f64::from(n) * 0.05).collect();
    let mut nothing = Edit::of("rsa4096-nofrag-v4").keep(|n| n <= 2);
    nothing.packets.push((30_000_000, Edit::of("dpd").packets[4].1.clone()));
    vec![
        nothing,
        Edit::of("rsa4096-frag1280-v4").keep(|n| n <= 7 && n != 5).retransmit(3..=6, &AGAIN),
        Edit::of("rsa4096-frag-tiny").keep(|n| n <= 56).retransmit(3..=56, &AGAIN),
        Edit::of("psk-v4").retransmit(4..=4, &storm),
        Edit::of("psk-v4").keep(|n| n > 2),
        Edit::of("psk-v4").keep(|n| n % 2 == 1),
        Edit::of("psk-v4").keep(|n| n <= 2),
    ]
}

#[test]
fn json_lines_have_the_fields_others_rely_on() {
    let mut fields = Fields::default();
    for name in capture_names() {
        read(&mut fields, with_keys(&name));
    }
    let mut failures: Vec<_> =
        std::fs::read_dir(root().join("tests/captures-diagnose")).unwrap().map(|entry| entry.unwrap().path()).collect();
    failures.sort();
    assert!(failures.len() > 40);
    for capture in failures {
        read(&mut fields, run(&capture, &[]));
    }
    // What the responder allows explains a refusal.
    for (name, policy) in [("err-npc-init", "aes256-sha256-modp2048"), ("psk-v4", "aes128-sha1-modp1024")] {
        read(&mut fields, run(&capture_path(name, ".pcap"), &["--policy", policy]));
    }
    // Two ends of one connection.
    let cases = root().join("tools/tests/cases/diagnose");
    for (client, server) in [
        ("pair-4500-blocked-client.pcap", "pair-4500-blocked-server.pcap"),
        ("pair-fragments-lost-client.pcapng", "pair-fragments-lost-server.pcapng"),
    ] {
        read(&mut fields, run(&cases.join(server), &[cases.join(client).to_str().unwrap()]));
    }
    // A log, and two.
    let logs = root().join("tests/logs-causes");
    read(&mut fields, run(&logs.join("child-proposal-small-b.log"), &[]));
    read(
        &mut fields,
        run(&logs.join("libreswan-refuses-psk-b.log"), &["--log", logs.join("openiked-refuses-psk-b.log").to_str().unwrap()]),
    );
    for (n, capture) in changed().iter().enumerate() {
        read(&mut fields, capture.diagnose(&format!("contracts-{n}")));
    }
    hold("diagnose", fields.lines());
}
