//! What no recording here has, sealed by the library: faults behind the encryption, forgeries, fragments cut anew.

use super::run::{encrypted, file, json, notations, of_kind, sealed, start};
use crate::packets::{Path, Pcap};
use ikev2::fragment::{self, FragmentationSupport, Layout, OutgoingMessage, Splitter};
use ikev2::protect::{IvSequence, Sealer, Suite, seal_content};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, ExchangeType, PayloadType};
use ikev2::wire::{Header, IkeSpis};
use serde_json::{Value, json};
use std::path::PathBuf;

const HEADER: Header = Header {
    spis: IkeSpis { initiator: 1, responder: 2 },
    exchange: ExchangeType::INFORMATIONAL,
    initiator: true,
    response: false,
    message_id: 5,
};
const KEY: [u8; 36] = [7; 36];

fn sealer(seed: u8) -> Box<dyn Sealer> {
    Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None)
        .unwrap()
        .sealer(&Provider::builtin(), &KEY, &[], IvSequence::new(&[seed; 16]))
        .unwrap()
}

pub(crate) fn keys() -> PathBuf {
    let key = "07".repeat(36);
    let sa = json!({ "spi_i": "0000000000000001", "spi_r": "0000000000000002", "encr_id": 20, "encr_key_bits": 256, "sk_ei": key, "sk_er": key });
    file("fabricated.json", json!({ "ike_sas": [sa] }).to_string().as_bytes())
}

fn whole(first: u8, content: &[u8]) -> Vec<u8> {
    let mut buf = vec![0; content.len() + 200];
    seal_content(&mut buf, &HEADER, &[], &mut *sealer(1), PayloadType(first), content).unwrap().to_vec()
}

/// The same in fragments, for a path of `mtu` octets.
fn fragments(header: Header, mtu: u16, first: u8, content: &[u8]) -> Vec<Vec<u8>> {
    let mut sealer = sealer(u8::try_from(mtu / 16).unwrap());
    let message = OutgoingMessage { header, unprotected: &[], first_payload: PayloadType(first), content };
    let splitter = Splitter::new(fragment::Path::ipv4(mtu), Layout::Fill, FragmentationSupport::Both);
    let mut datagrams = splitter.datagrams(&message, &mut *sealer).unwrap();
    let mut buf = [0; 4096];
    let mut all = Vec::new();
    while let Some(datagram) = datagrams.next_into(&mut buf) {
        all.push(datagram.unwrap().to_vec());
    }
    assert!(all.len() > 1);
    all
}

/// A payload of `len` octets, its header included, and what comes after it: good for a Nonce up to 260, for a Vendor ID always.
fn chained(next: u8, len: u16) -> Vec<u8> {
    [&[next, 0][..], &len.to_be_bytes(), &vec![5; usize::from(len) - 4]].concat()
}

fn show(name: &str, datagrams: &[Vec<u8>]) -> (u8, Vec<Value>, String) {
    let mut pcap = Pcap::new();
    for datagram in datagrams {
        pcap.udp(Path::ports(500, 500), datagram);
    }
    json(&pcap.write(name), &[&keys()])
}

/// A message, and another in fragments: a Nonce, then an SA whose transform has a length of 7.
pub(crate) fn faulty_inside() -> Vec<Vec<u8>> {
    let content = [chained(33, 20), vec![0, 0, 0, 20, 0, 0, 0, 16, 1, 1, 0, 1, 0, 0, 0, 7, 1, 0, 0, 20]].concat();
    let mut datagrams = vec![whole(40, &content)];
    datagrams.extend(fragments(Header { message_id: 6, ..HEADER }, 100, 40, &content));
    datagrams
}

#[test]
fn a_fault_behind_the_encryption_is_located_in_the_content() {
    let fault = json!({ "element": "transform", "offset": 20 + 4 + 8, "cause": "length field says 7, the least possible is 8" });
    let (status, lines, err) = show("fault_inside", &faulty_inside());
    let payload = sealed(&lines[0]).unwrap();
    assert_eq!((&payload["decrypt"], &payload["inner_fault"], &lines[0]["fault"]), (&json!("ok"), &fault, &Value::Null));
    assert_eq!(notations(&payload["inner"]), ["Nonce", "SA"]);
    let reassembled = of_kind(&lines, "reassembled");
    assert_eq!((reassembled.len(), &reassembled[0]["fault"]), (1, &fault));
    assert_eq!(notations(&reassembled[0]["payloads"]), ["Nonce", "SA"]);
    assert_eq!(status, 0);
    assert!(err.contains("2 messages with a fault"), "{err}");

    // A chain that goes on past its end, and SK in SK.
    let (_, lines, _) = show("chain_inside", &[whole(40, &chained(41, 20)), whole(40, &[chained(46, 20), chained(0, 8)].concat())]);
    for (line, there) in of_kind(&lines, "message").into_iter().zip([&["Nonce"][..], &["Nonce", "SK"]]) {
        let payload = sealed(line).unwrap();
        assert_eq!(
            (notations(&payload["inner"]), &payload["inner_fault"]["offset"]),
            (there.iter().map(|name| (*name).to_owned()).collect(), &json!(20)),
            "{payload}"
        );
    }
}

#[test]
fn every_fault_behind_the_encryption_is_told() {
    let (_, lines, _) = show("faults_inside", &faulty_inside());
    let message = lines.iter().find(|line| line["kind"] == "message").unwrap();
    let code = "length-too-small";
    let fault =
        json!({ "element": "transform", "offset": 20 + 4 + 8, "code": code, "cause": "length field says 7, the least possible is 8" });
    for faults in [&sealed(message).unwrap()["inner_faults"], &of_kind(&lines, "reassembled")[0]["faults"]] {
        assert_eq!((&faults[0], faults.as_array().unwrap().len()), (&fault, 1));
    }
    assert_eq!(message["faults"], json!([]));
}

#[test]
fn octets_are_those_that_were_encrypted_too() {
    let content = [chained(43, 20), chained(0, 300)].concat();
    let mut pcap = Pcap::new();
    pcap.udp(Path::ports(500, 500), &whole(40, &content));
    for datagram in fragments(HEADER, 150, 40, &content) {
        pcap.udp(Path::ports(500, 500), &datagram);
    }
    let file = pcap.write("octets_inside");
    let (_, out, _) = start(&["--json", "--octets", "--keys", keys().to_str().unwrap(), file.to_str().unwrap()]);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    let bodies = |payloads: &Value| payloads.as_array().unwrap().iter().map(|payload| payload["octets"].clone()).collect::<Vec<_>>();
    let (sk, reassembled) = (sealed(&lines[0]).unwrap(), of_kind(&lines, "reassembled")[0]);
    for (all, payloads) in [(&sk["inner_octets"], &sk["inner"]), (&reassembled["octets"], &reassembled["payloads"])] {
        assert_eq!((all, bodies(payloads)), (&json!(hex(&content)), vec![json!(hex(&content[4..20])), json!(hex(&content[24..]))]));
    }
    assert!(sk["octets"].as_str().is_some_and(|sealed| sealed.len() > 2 * content.len()));
}

#[test]
fn what_deviates_behind_the_encryption_is_remarked() {
    let (_, lines, _) = show("remarks_inside", &[whole(40, &chained(0, 20))]);
    let remarks = lines[0]["remarks"].as_array().unwrap();
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert!(remarks[0].as_str().unwrap().contains("no place for Nonce"), "{remarks:?}");
}

#[test]
fn octets_after_the_message_do_not_keep_it_closed() {
    let message = [whole(40, &chained(0, 20)), vec![0xee; 3]].concat();
    let (status, lines, _) = show("trailing", &[message]);
    assert_eq!((status, &lines[0]["fault"]["cause"]), (0, &json!("3 trailing octets")));
    assert_eq!(sealed(&lines[0]).unwrap()["decrypt"], "ok");
}

#[test]
fn forged_fragments_are_no_part_of_the_message() {
    let content = chained(0, 300);
    let good = fragments(HEADER, 150, 43, &content);
    let mut datagrams = Vec::new();
    for datagram in &good {
        let mut forged = datagram.clone();
        *forged.last_mut().unwrap() ^= 1;
        datagrams.push(forged);
        datagrams.push(datagram.clone());
    }
    // Total Fragments made greater: authentic it would start the message over.
    let mut greater = good[0].clone();
    greater[28 + 4 + 3] += 1;
    datagrams.insert(2, greater);
    let (status, lines, err) = show("forged", &datagrams);
    let n = good.len();
    assert_eq!(encrypted(&lines), &json!({ "opened": n, "icv_mismatch": n + 1, "not_opened": 0, "no_key": 0, "reassembled": 1 }));
    let packets: Vec<_> = (0..n).map(|n| if n == 0 { 2 } else { 2 * n + 3 }).collect();
    assert_eq!((&of_kind(&lines, "reassembled")[0]["packets"], &lines.last().unwrap()["messages"]), (&json!(packets), &json!(2 * n + 1)));
    assert!(status == 0 && err.contains(&format!("{} messages that their keys do not open", n + 1)), "{err}");
}

#[test]
fn a_message_cut_anew_is_put_together_from_the_new_fragments_and_once() {
    let content = chained(0, 300);
    let (few, many) = (fragments(HEADER, 200, 43, &content), fragments(HEADER, 100, 43, &content));
    assert!(few.len() < many.len());
    // All but the last of a few, then all of many, then all of a few and of many again; an answer to it, with the same message ID.
    let mut datagrams = few[..few.len() - 1].to_vec();
    datagrams.extend(many.iter().chain(&few).chain(&many).cloned());
    datagrams.extend(fragments(Header { initiator: false, response: true, ..HEADER }, 120, 43, &content));
    let (status, lines, err) = show("cut_anew", &datagrams);
    assert_eq!((status, err.as_str()), (0, ""));
    let reassembled = of_kind(&lines, "reassembled");
    assert_eq!(reassembled.len(), 2);
    let packets: Vec<_> = (few.len()..few.len() + many.len()).collect();
    assert_eq!((&reassembled[0]["packets"], &reassembled[0]["fragments"]), (&json!(packets), &json!(many.len())));
    assert_eq!((&reassembled[0]["response"], &reassembled[1]["response"]), (&json!(false), &json!(true)));
    let late = sealed(of_kind(&lines, "message")[few.len() + many.len()]).unwrap();
    assert_eq!((&late["decrypt"], &late["reassembly"]), (&json!("ok"), &json!("not used: the message is complete already")));
}

#[test]
fn a_message_sent_whole_and_then_in_fragments_is_shown_in_both_forms() {
    let content = chained(0, 300);
    let mut datagrams = vec![whole(43, &content)];
    datagrams.extend(fragments(HEADER, 200, 43, &content));
    let (status, lines, _) = show("both_forms", &datagrams);
    assert_eq!((status, sealed(&lines[0]).unwrap()["inner"].as_array().unwrap().len()), (0, 1));
    assert_eq!(of_kind(&lines, "reassembled")[0]["payloads"], sealed(&lines[0]).unwrap()["inner"]);
}

#[test]
fn the_octets_of_two_fragments_in_one_tcp_segment_name_its_packet_once() {
    let there = Path::ports(50000, 4500);
    let frames: Vec<_> = fragments(HEADER, 200, 43, &chained(0, 300)).iter().map(|message| crate::packets::framed(message)).collect();
    let mut pcap = Pcap::new();
    pcap.tcp(there, 999, 2, &[]).tcp(there, 1000, 16, &[b"IKETCP".to_vec(), frames.concat()].concat());
    let (status, lines, _) = json(&pcap.write("tcp_fragments"), &[&keys()]);
    assert_eq!((status, &of_kind(&lines, "reassembled")[0]["packets"]), (0, &json!([2])));
}
