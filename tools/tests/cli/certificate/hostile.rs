//! Files made to hurt: nothing panics, and time grows with the file and no faster.

use super::{committed, read};
use ikev2_tools::evidence::certificate::{ExamineOptions, examine};
use ikev2_tools::report::{self, Style};
use std::time::{Duration, Instant};

/// Examines and writes every report.
fn all(octets: &[u8]) -> String {
    let found =
        examine(&[("file", octets)], &[], &ExamineOptions { name: Some("vpn.example.net".into()), ..ExamineOptions::at(1_800_000_000) });
    let json = report::certificate::json(&found);
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
    let text = report::certificate::text(&found, Style { width: Some(40), colour: false });
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    text
}

#[test]
fn prefixes_and_changed_octets_are_survived() {
    let folder = committed();
    for file in ["form-der.cer", "form.p7b"] {
        let octets = read(&folder, file);
        for cut in (0..octets.len()).step_by(11) {
            all(&octets[..cut]);
        }
        for at in (0..octets.len()).step_by(7) {
            for change in [1, 0x80] {
                let mut changed = octets.clone();
                changed[at] ^= change;
                all(&changed);
            }
        }
    }
    let pem = read(&folder, "several.pem");
    for cut in (0..pem.len()).step_by(53) {
        all(&pem[..cut]);
    }
}

/// Of an unoptimised build on a busy machine; a quadratic reader would need hours.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn ten_megabytes_of_anything_are_read_in_time() {
    let pem = read(&committed(), "key-p256.pem");
    let fill = |pattern: &[u8]| pattern.iter().copied().cycle().take(10 << 20).collect::<Vec<u8>>();
    for pattern in [
        &b"-----BEGIN CERTIFICATE-----\n"[..],
        b"-----BEGIN ",
        b"-",
        b"-----BEGIN PRIVATE KEY-----\n",
        b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        b"MIAA",
        b"\x30\x00",
        b"\x30\x84\xff\xff\xff\xff",
        &pem,
    ] {
        let octets = fill(pattern);
        let start = Instant::now();
        all(&octets);
        assert!(start.elapsed() < LONG, "{:?}: {:?}", pattern.escape_ascii().to_string(), start.elapsed());
    }
}

#[test]
fn what_a_certificate_says_does_not_reach_a_terminal_unescaped() {
    let text = all(&read(&committed(), "several.pem"));
    assert!(text.contains("VPN.Example.Net"));
    let found = examine(&[("a\u{1b}[2J\u{202e}b", b"x")], &[], &ExamineOptions::at(0));
    let error = found.errors[0].to_string();
    assert!(!error.contains('\u{1b}') && !error.contains('\u{202e}'), "{error:?}");
    let with_name = ExamineOptions { name: Some("a\u{1b}[2Jb".into()), ..ExamineOptions::at(0) };
    let found = examine(&[("file", &read(&committed(), "key-p256.pem"))], &[], &with_name);
    assert!(!report::certificate::text(&found, Style::default()).contains('\u{1b}'));
}
