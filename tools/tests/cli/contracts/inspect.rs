//! `ike inspect --json`: every capture, with and without its keys, and what no recording has.

use super::{Fields, hold};
use crate::inspect::fabricated::{connection, every_payload};
use crate::inspect::keys::fabricated::{faulty_inside, keys};
use crate::inspect::keys::run::file;
use crate::kit::{ike, root};
use crate::packets::{Path, Pcap, any_message, framed, message};
use crate::recorded::{capture_names, capture_path};
use serde_json::Value;

/// Adds what is printed for a capture.
fn show(fields: &mut Fields, args: &[&str]) {
    let (status, out, err) = ike(["inspect", "--json"].iter().chain(args), "");
    assert_eq!(status, 0, "{args:?}: {err}");
    for line in out.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        fields.read(&kind(&line), line.as_object().unwrap());
    }
}

/// Problems of different kinds have different fields, and so have messages of different versions.
fn kind(line: &Value) -> String {
    let kind = line["kind"].as_str().unwrap();
    let field = |name| line.get(name).is_some();
    match line["what"].as_str() {
        Some(what) => format!("{kind} {what}"),
        None if field("cookie_i") => format!("{kind} of IKEv1"),
        None if field("flags") => format!("{kind} of another version"),
        None => kind.to_owned(),
    }
}

/// Messages with what no recording has: selectors and payloads of other types, a fault, an undecodable datagram, a damaged file.
fn fabricated() -> Pcap {
    let spis = (0x1122_3344_5566_7788, 0x99aa_bbcc_ddee_ff00);
    let selectors = [&[2, 0, 0, 0][..], &[9, 0, 0, 16, 0, 1, 2, 3, 0, 9, 9, 9, 0, 1, 2, 3], &[99, 1, 0, 8, 1, 2, 3, 4]].concat();
    let rare = message(spis, 37, 0x08, 1, &[(44, &selectors), (54, &[1, 2, 3]), (200, &[1, 2]), (46, &[7; 20])]);
    let broken = message(spis, 37, 0x08, 2, &[(41, &[1, 2, 3])]);
    let path = Path::ports(500, 500);
    let mut pcap = Pcap::new();
    pcap.udp(path, &every_payload()).udp(path, &rare).udp(path, &broken).udp(path, &[1, 2, 3]);
    pcap.udp_cut(path, &any_message(3), 30).udp(path, &any_message(4)).shorten(5);
    pcap
}

/// Keys recorded with a capture in which integrity is apart from encryption.
fn recorded() -> Value {
    crate::recorded::json(&capture_path("dpd", ".keys.json"))
}

/// The same, but for the keys of integrity.
fn wrong_keys() -> String {
    let mut keys = recorded();
    for sa in keys["ike_sas"].as_array_mut().unwrap() {
        for name in ["sk_ai", "sk_ar"] {
            sa[name] = sa[name].as_str().unwrap().chars().rev().collect::<String>().into();
        }
    }
    keys.to_string()
}

/// The same as Wireshark has them, with an integrity algorithm that checks nothing.
fn unchecked_keys() -> String {
    let keys = recorded();
    let sa = &keys["ike_sas"][0];
    let [spi_i, spi_r, sk_ei, sk_er] = ["spi_i", "spi_r", "sk_ei", "sk_er"].map(|name| sa[name].as_str().unwrap());
    assert_eq!((&sa["encr_id"], &sa["encr_key_bits"]), (&12.into(), &256.into()));
    format!("{spi_i},{spi_r},{sk_ei},{sk_er},\"AES-CBC-256 [RFC3602]\",,,\"ANY 128-bits of Authentication [No Checking]\"\n")
}

#[test]
fn json_lines_have_the_fields_others_rely_on() {
    let mut fields = Fields::default();
    for name in capture_names() {
        let (capture, keys) = (capture_path(&name, ".pcap"), capture_path(&name, ".keys.json"));
        show(&mut fields, &[capture.to_str().unwrap()]);
        show(&mut fields, &["--keys", keys.to_str().unwrap(), capture.to_str().unwrap()]);
    }
    show(&mut fields, &[fabricated().write("contracts").to_str().unwrap()]);
    let stream = [b"IKETCP".to_vec(), framed(&any_message(1))].concat();
    show(&mut fields, &[connection(54, &stream, &[]).write("contracts_tcp").to_str().unwrap()]);
    let named = Pcap::new().udp(Path::ports(4501, 40000), &any_message(1)).write("contracts_port");
    show(&mut fields, &["--port", "4501", named.to_str().unwrap()]);
    let mut inside = Pcap::new();
    for datagram in faulty_inside() {
        inside.udp(Path::ports(500, 500), &datagram);
    }
    show(&mut fields, &["--keys", keys().to_str().unwrap(), inside.write("contracts_inside").to_str().unwrap()]);
    // Messages of other versions, and octets where they are asked for.
    let mut versions = Pcap::new();
    for octet in [0x10, 0x30] {
        let mut octets = message((1, 2), 32, 0, 0, &[(1, &[0; 8])]);
        octets[17] = octet;
        versions.udp(Path::ports(500, 500), &octets).udp(Path::ports(500, 500), &[&octets[..], &[0]].concat());
    }
    show(&mut fields, &[versions.write("contracts_versions").to_str().unwrap()]);
    show(&mut fields, &["--octets", versions.write("contracts_versions").to_str().unwrap()]);
    show(&mut fields, &["--octets", "--keys", keys().to_str().unwrap(), inside.write("contracts_inside").to_str().unwrap()]);
    show(&mut fields, &["--octets", fabricated().write("contracts").to_str().unwrap()]);
    let lost = root().join("tests/captures-diagnose/ip-fragments-first-b.pcap");
    show(&mut fields, &[lost.to_str().unwrap()]);
    for (name, keys) in [("wrong.json", wrong_keys()), ("unchecked.txt", unchecked_keys())] {
        show(&mut fields, &["--keys", file(&format!("contracts-{name}"), keys.as_bytes()).to_str().unwrap(), "tests/captures/dpd.pcap"]);
    }
    hold("inspect", fields.lines());
}
