//! Every capture: what `--json` prints equals `NAME.messages.json`, which a decoder that shares no code with this crate wrote.

use crate::kit::{ike, root};
use ikev2::registry::ExchangeType;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(crate) fn captures() -> Vec<PathBuf> {
    let folder = root().join("tests/captures");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pcap"));
    paths.sort();
    paths
}

/// Exit status, standard output, standard error.
pub(crate) fn start(args: &[&str]) -> (u8, String, String) {
    ike(["inspect"].iter().chain(args), "")
}

pub(crate) fn json(file: &Path) -> (u8, String, String) {
    start(&["--json", file.to_str().unwrap()])
}

pub(crate) fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// `N(COOKIE)` for a Notify, the notation for all else: how the other decoder writes a payload.
fn notation(payload: &Value) -> String {
    match payload["notify_name"].as_str() {
        Some(name) => format!("{}({name})", payload["name"].as_str().unwrap()),
        None => payload["name"].as_str().unwrap().into(),
    }
}

fn exchange(name: &Value) -> u8 {
    ExchangeType::ASSIGNED.iter().find(|ty| ty.name() == name.as_str()).unwrap().0
}

#[test]
fn every_message_of_every_capture_is_told_as_the_other_decoder_told_it() {
    let captures = captures();
    assert!(captures.len() > 100, "only {} captures", captures.len());
    let (mut messages, mut fragments) = (0, 0);
    for path in captures {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (status, out, err) = json(&path);
        assert_eq!((status, err.as_str()), (0, ""), "{name}");
        let mut found = lines(&out);
        let summary = found.pop().unwrap();
        let theirs = std::fs::read(path.with_extension("messages.json")).unwrap();
        let theirs: Vec<Value> = serde_json::from_slice(&theirs).unwrap();
        assert_eq!(found.len(), theirs.len(), "{name}");
        let mut initiators = BTreeSet::new();
        for (n, (ours, theirs)) in found.iter().zip(&theirs).enumerate() {
            let at = format!("{name} {n}: {ours}");
            assert_eq!(ours["kind"], "message", "{at}");
            for (key, their_key) in [
                ("src", "src"),
                ("dst", "dst"),
                ("spi_i", "spi_i"),
                ("spi_r", "spi_r"),
                ("initiator", "initiator"),
                ("response", "response"),
                ("message_id", "message_id"),
                ("len", "length"),
                ("ip_fragments", "ip_fragments"),
            ] {
                assert_eq!(ours[key], theirs[their_key], "{key} of {at}");
            }
            assert_eq!(ours["exchange"], exchange(&theirs["exchange"]), "{at}");
            if let Some(frames) = theirs.get("frames") {
                assert_eq!(&ours["packets"], frames, "{at}");
                assert_eq!(ours["time"], theirs["time"], "{at}");
            }
            let on_4500 = [&ours["src"], &ours["dst"]].iter().any(|end| end.as_str().unwrap().ends_with(":4500"));
            assert_eq!(ours["transport"], if on_4500 { "udp4500" } else { "udp500" }, "{at}");
            assert_eq!(theirs["non_esp_marker"], on_4500, "{at}");
            let marker = if on_4500 { 4 } else { 0 };
            assert_eq!(ours["len"].as_u64().unwrap() + marker, theirs["udp_payload_len"].as_u64().unwrap(), "{at}");
            let payloads = ours["payloads"].as_array().unwrap();
            assert_eq!(payloads.iter().map(notation).collect::<Vec<_>>(), *theirs["payloads"].as_array().unwrap(), "{at}");
            let octets: u64 = payloads.iter().map(|payload| payload["len"].as_u64().unwrap()).sum();
            assert_eq!(octets + 28, ours["len"].as_u64().unwrap(), "{at}");
            if let Some(fragment) = theirs.get("fragment") {
                fragments += 1;
                let payload = payloads.last().unwrap();
                assert_eq!((&payload["fragment"], &payload["total"]), (fragment, &theirs["total"]), "{at}");
            }
            assert_eq!(ours["fault"], Value::Null, "{at}");
            assert_eq!(ours.get("remarks"), None, "{at}");
            initiators.insert(ours["spi_i"].as_str().unwrap().to_owned());
            messages += 1;
        }
        let expected = serde_json::json!({
            // In these captures every IKE SA has an initiator's SPI of its own.
            "kind": "summary", "messages": theirs.len(), "ike_sas": initiators.len(), "esp": 0, "keepalives": 0, "undecodable": 0,
        });
        assert_eq!(summary, expected, "{name}");
    }
    assert_eq!((messages, fragments), (1188, 614));
}

#[test]
fn a_message_line_has_the_fields_of_the_contract_in_its_order() {
    let path = root().join("tests/captures/rsa4096-nofrag-ccm-v6.pcap");
    let out = json(&path).1;
    for line in out.lines() {
        let keys: Vec<String> = serde_json::from_str::<serde_json::Map<_, _>>(line).unwrap().keys().cloned().collect();
        let is_init = line.contains(r#""exchange":34,"#);
        let expected: &[&str] = if line.starts_with(r#"{"kind":"message""#) {
            &[
                "kind",
                "packets",
                "time",
                "src",
                "dst",
                "transport",
                "ip_fragments",
                "len",
                "spi_i",
                "spi_r",
                "version",
                "exchange",
                "initiator",
                "response",
                "message_id",
                "payloads",
                "fault",
                "faults",
            ]
        } else {
            &["kind", "messages", "ike_sas", "esp", "keepalives", "undecodable"]
        };
        let print = is_init.then_some("fingerprint");
        assert!(keys.iter().map(String::as_str).eq(expected.iter().copied().chain(print)), "{keys:?}");
    }
    let starts = concat!(
        r#"{"kind":"message","packets":[1],"time":0.000000,"src":"[2001:db8::1]:500","dst":"[2001:db8::2]:500","#,
        r#""transport":"udp500","ip_fragments":1,"len":"#
    );
    assert!(out.starts_with(starts), "{}", out.lines().next().unwrap());
    let whole = out.lines().nth(2).unwrap();
    assert!(whole.starts_with(r#"{"kind":"message","packets":[3,4,5,6],"time":0.012675,"#), "{whole}");
    assert!(whole.contains(r#""ip_fragments":4,"#), "{whole}");
}
