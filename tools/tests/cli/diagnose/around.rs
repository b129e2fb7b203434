//! Captures without IKEv2: nothing is judged, and what is here instead is said, the same in text and JSON.

use super::Edit;
use crate::kit::ike;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/diagnose").join(name)
}

/// Exit status, the verdict of `--json`; the first line of the text is its sentence.
fn verdict(file: &Path) -> (u8, Value) {
    let file = file.to_str().unwrap();
    let (status, lines, _) = ike(["diagnose", "--json", file], "");
    let verdict: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let (again, text, _) = ike(["diagnose", file], "");
    assert!(again == status && text.starts_with(verdict["text"].as_str().unwrap()), "{file}: {text}");
    (status, verdict)
}

/// Capture, and what the verdict says.
const CASES: [(&str, &[&str]); 9] = [
    (
        "ikev1-main-mode-unanswered.pcap",
        &["IKEv1 192.0.2.10:500 > 203.0.113.20:500, Main Mode: 5 messages from packet 1 on, never answered"],
    ),
    ("ikev1-complete-with-esp.pcap", &["Main Mode and Quick Mode: 9 messages", "with ESP both ways: an IKEv1 tunnel works"]),
    ("dns-name-does-not-exist.pcap", &["the name vpn.example.com does not exist (NXDOMAIN, packet 2)", "correct the name of the server"]),
    (
        "only-tls.pcap",
        &[
            "TLS to TCP 443 (SSTP, perhaps, or a web page): 192.0.2.75 > 203.0.113.20:443, for the host vpn.example.com",
            "none of its 17 packets",
        ],
    ),
    ("empty-file.pcap", &["it is empty, 0 packets"]),
    (
        "unreadable-link-type.pcap",
        &["8 packets inside link type 220 (USB, Linux, memory-mapped) were not looked into", "Ethernet or Wi-Fi"],
    ),
    ("quic-only.pcap", &["none of its 9 packets is from or to UDP port 500 or 4500", "UDP 443 (QUIC): 9 datagrams", "Is this the adapter"]),
    ("zero-spi.pcap", &["1 IKEv2 message is in this capture, of no IKE SA that can be told"]),
    ("cut-at-68.pcap", &["8 IKEv2 messages are in this capture, and all are cut so short", "tcpdump -s 0"]),
];

#[test]
fn without_ikev2_the_verdict_says_what_is_here() {
    for (name, words) in CASES {
        let (status, verdict) = verdict(&case(name));
        let text = verdict["text"].as_str().unwrap();
        assert_eq!((status, verdict["ike_sas"].as_u64()), (3, Some(0)), "{name}: {text}");
        for words in words {
            assert!(text.contains(words), "{name}: {words:?} is not in {text}");
        }
        assert!(!text.contains("othing is wrong"), "{name}: {text}");
        let ikev2 = name.starts_with("zero") || name.starts_with("cut");
        assert_eq!(text.contains("no IKEv2"), !ikev2, "{name}: {text}");
    }
}

#[test]
fn with_ikev2_the_verdict_is_about_ikev2() {
    for name in ["fell-back-to-ikev1.pcap", "fell-back-to-sstp.pcap", "tls-before-and-elsewhere.pcap"] {
        let (_, verdict) = verdict(&case(name));
        let text = verdict["text"].as_str().unwrap();
        assert!(verdict["ike_sas"].as_u64() > Some(0) && !text.contains("What is here"), "{name}: {text}");
    }
}

#[test]
fn octets_changed_anywhere_are_no_reason_to_stop() {
    for name in ["ikev1-main-mode-unanswered.pcap", "dns-name-does-not-exist.pcap", "only-tls.pcap"] {
        let whole = Edit::read(&case(name));
        let mut changed = whole.clone();
        changed.packets.clear();
        for (time, frame) in &whole.packets {
            // The headers stay, so that the readers behind them are reached.
            for at in 42..frame.len().min(110) {
                let mut frame = frame.clone();
                frame[at] ^= 0xa7;
                changed.packets.push((*time, frame));
            }
        }
        assert!(changed.packets.len() > 60, "{name}");
        let (status, verdict) = verdict(&changed.write(&format!("changed-{}", name.trim_end_matches(".pcap"))));
        let text = verdict["text"].as_str().unwrap();
        assert!(matches!(status, 1 | 3) && text.chars().all(|c| matches!(c, ' '..='~')), "{name}: {text}");
    }
}
