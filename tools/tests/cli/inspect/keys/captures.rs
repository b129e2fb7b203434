//! Every capture: what was encrypted is told as `NAME.messages.json` has it, which a decoder that shares no code with this crate wrote.

use super::run::{encrypted, file, json, notations, of_kind, sealed, with_keys, without_keys};
use crate::recorded::{capture_names, capture_path, json as read};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn keys_of(name: &str) -> PathBuf {
    capture_path(name, ".keys.json")
}

/// Which message a fragment is of.
fn message_of(row: &Value) -> String {
    ["spi_i", "spi_r", "initiator", "response", "message_id"].map(|field| row[field].to_string()).join(" ")
}

#[test]
fn every_encrypted_message_of_every_capture_is_told_as_the_other_decoder_told_it() {
    let (mut opened, mut inner, mut sets) = (0, 0, 0);
    for name in capture_names() {
        let (status, mut found, err) = with_keys(&name, &keys_of(&name));
        assert_eq!((status, err.as_str()), (0, ""), "{name}");
        let summary = found.pop().unwrap();
        let rows = read(&capture_path(&name, ".messages.json"));
        let mut found = found.iter();
        let mut packets: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let (mut opened_here, mut sets_here) = (0, 0);
        for row in rows.as_array().unwrap() {
            let line = found.next().unwrap();
            let at = format!("{name} {}: {line}", row["n"]);
            assert_eq!((&line["kind"], &line["message_id"], &line["len"]), (&json!("message"), &row["message_id"], &row["length"]), "{at}");
            assert_eq!(line.get("remarks"), None, "{at}");
            let Some(payload) = sealed(line) else {
                assert_eq!(row.get("plaintext"), None, "{at}");
                continue;
            };
            assert_eq!((&payload["decrypt"], &row["icv_ok"]), (&json!("ok"), &json!(true)), "{at}");
            opened_here += 1;
            if row.get("fragment").is_none() {
                assert_eq!(notations(&payload["inner"]), *row["inner"].as_array().unwrap(), "{at}");
                assert_eq!(payload["inner_fault"], Value::Null, "{at}");
                let octets: u64 = payload["inner"].as_array().unwrap().iter().map(|payload| payload["len"].as_u64().unwrap()).sum();
                assert_eq!(octets * 2, u64::try_from(row["plaintext"].as_str().unwrap().len()).unwrap(), "{at}");
                inner += 1;
                continue;
            }
            assert_eq!((payload.get("inner"), payload["reassembly"].is_string()), (None, true), "{at}");
            let carried = packets.entry(message_of(row)).or_default();
            // The first copy of a fragment is the one used.
            if !seen.insert((message_of(row), row["fragment"].as_u64())) {
                assert!(row.get("inner").is_none(), "{at}");
                continue;
            }
            carried.extend(line["packets"].as_array().unwrap().iter().map(|packet| packet.as_u64().unwrap()));
            let Some(names) = row.get("inner") else { continue };
            let whole = found.next().unwrap();
            let at = format!("{name} {}: {whole}", row["n"]);
            assert_eq!((&whole["kind"], &whole["fragments"]), (&json!("reassembled"), &row["total"]), "{at}");
            for key in ["spi_i", "spi_r", "exchange", "initiator", "response", "message_id", "time", "src", "dst"] {
                assert_eq!(whole[key], line[key], "{at}");
            }
            assert_eq!(whole["packets"], json!(carried), "{at}");
            assert_eq!(notations(&whole["payloads"]), *names.as_array().unwrap(), "{at}");
            assert_eq!((&whole["fault"], whole.get("remarks")), (&Value::Null, None), "{at}");
            assert_eq!(
                whole["content_len"].as_u64().unwrap() * 2,
                u64::try_from(row["reassembled"].as_str().unwrap().len()).unwrap(),
                "{at}"
            );
            sets_here += 1;
        }
        assert_eq!(found.next(), None, "{name}");
        let counts = json!({ "opened": opened_here, "icv_mismatch": 0, "not_opened": 0, "no_key": 0, "reassembled": sets_here });
        assert_eq!(summary["encrypted"], counts, "{name}");
        opened += opened_here;
        sets += sets_here;
    }
    assert_eq!((opened, inner, sets), (924, 310, 76));
}

#[test]
fn keys_take_nothing_away_and_change_nothing_else() {
    for name in capture_names() {
        let without = json(&capture_path(&name, ".pcap"), &[]).1;
        assert_eq!(without_keys(with_keys(&name, &keys_of(&name)).1), without, "{name}");
    }
}

/// Packets and fragments of every reassembled message.
fn sets(name: &str) -> Vec<(Vec<u64>, u64)> {
    let lines = with_keys(name, &keys_of(name)).1;
    let packets = |line: &Value| line["packets"].as_array().unwrap().iter().map(|packet| packet.as_u64().unwrap()).collect();
    of_kind(&lines, "reassembled").into_iter().map(|line| (packets(line), line["fragments"].as_u64().unwrap())).collect()
}

#[test]
fn duplicates_reordering_and_loss_give_each_message_once_with_the_packets_that_carried_it() {
    let range = |from: u64, to: u64| (from..=to).collect::<Vec<_>>();
    // Every fragment of the request comes twice; the first copies are used.
    let request = range(4, 24).into_iter().step_by(2).collect();
    assert_eq!(sets("frag-dup"), [(request, 11), (range(26, 36), 11)]);
    assert_eq!(sets("frag-reverse"), [(range(3, 13), 11), (range(14, 24), 11)]);
    assert_eq!(sets("frag-reorder-i"), [(range(3, 13), 11), (range(14, 24), 11)]);
    // Fragment 2 comes only with the retransmission, whose fragment 1 (packet 7) is a copy.
    assert_eq!(sets("frag-loss-request-seen"), [([range(3, 6), vec![8]].concat(), 5), (range(9, 13), 5)]);
    assert_eq!(sets("frag-loss-request"), [(range(3, 7), 5), (range(10, 14), 5)]);
    // Packet 24 is the first of the request's retransmission.
    let response = [range(14, 23), vec![25]].concat();
    assert_eq!(sets("frag-loss-response"), [(range(3, 13), 11), (response, 11)]);
}

/// The recorded keys of a capture with something done to them.
fn changed(name: &str, change: impl FnOnce(&mut Vec<Value>)) -> PathBuf {
    let mut keys = read(&keys_of(name));
    change(keys["ike_sas"].as_array_mut().unwrap());
    let test = std::thread::current().name().unwrap().replace("::", "-");
    file(&format!("{test}-{name}.json"), keys.to_string().as_bytes())
}

/// Another key of the same length.
fn spoil(sa: &mut Value) {
    let fields = if sa["integ_id"].is_null() { ["sk_ei", "sk_er"] } else { ["sk_ai", "sk_ar"] };
    for field in fields {
        let key = sa[field].as_str().unwrap();
        let first = if key.starts_with('0') { '1' } else { '0' };
        sa[field] = format!("{first}{}", &key[1..]).into();
    }
}

#[test]
fn a_wrong_key_is_an_icv_mismatch_and_changes_nothing_else() {
    for name in ["dpd", "frag-dup", "psk-chacha20poly1305-prfsha256-curve25519", "pq-psk-cbc-mlkem768-frag576", "rekey-ike"] {
        let (status, lines, err) = with_keys(name, &changed(name, |sas| sas.iter_mut().for_each(spoil)));
        let encrypted_messages: Vec<_> = lines.iter().filter_map(sealed).collect();
        assert!(encrypted_messages.len() > 1, "{name}");
        for payload in &encrypted_messages {
            assert_eq!((&payload["decrypt"], payload.get("inner")), (&json!("ICV mismatch"), None), "{name}");
        }
        let n = encrypted_messages.len();
        assert_eq!(encrypted(&lines), &json!({ "opened": 0, "icv_mismatch": n, "not_opened": 0, "no_key": 0, "reassembled": 0 }), "{name}");
        assert_eq!(status, 0, "{name}");
        assert!(err.ends_with(&format!("{n} messages that their keys do not open\n")), "{name}: {err}");
        assert_eq!(without_keys(lines), json(&capture_path(name, ".pcap"), &[]).1, "{name}");
    }
}

#[test]
fn only_the_side_whose_key_is_wrong_does_not_open() {
    let keys = changed("dpd", |sas| {
        let initiators = sas[0]["sk_ai"].clone();
        spoil(&mut sas[0]);
        sas[0]["sk_ai"] = initiators;
    });
    let lines = with_keys("dpd", &keys).1;
    for line in of_kind(&lines, "message") {
        let Some(payload) = sealed(line) else { continue };
        assert_eq!(payload["decrypt"], if line["initiator"] == true { "ok" } else { "ICV mismatch" });
    }
    // Three requests of the responder and their answers: the I flag decides, not the R flag.
    assert_eq!((&encrypted(&lines)["opened"], &encrypted(&lines)["icv_mismatch"]), (&json!(4), &json!(4)));
}

#[test]
fn an_ike_sa_without_keys_is_only_counted() {
    let (status, lines, err) = with_keys("dpd", &keys_of("frag-dup"));
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(encrypted(&lines), &json!({ "opened": 0, "icv_mismatch": 0, "not_opened": 0, "no_key": 8, "reassembled": 0 }));
    assert!(lines.iter().filter_map(sealed).all(|payload| payload.get("decrypt").is_none()));

    // A capture whose handshake failed has a file of keys without any.
    assert_eq!(read(&keys_of("err-npc-init"))["ike_sas"], json!([]));
    assert_eq!(with_keys("err-npc-init", &keys_of("err-npc-init")).0, 0);
}

#[test]
fn the_keys_of_every_generation_and_of_the_rekeyed_sa_are_followed_whatever_their_order() {
    for (name, entries) in [("pq-psk-cbc-mlkem768-frag576", 3), ("pq-psk-mlkem768", 2), ("rekey-ike", 2)] {
        let sas = read(&keys_of(name))["ike_sas"].as_array().unwrap().clone();
        assert_eq!(sas.len(), entries, "{name}");
        let expected = with_keys(name, &keys_of(name)).1;
        let reversed = changed(name, |sas| sas.reverse());
        assert_eq!(with_keys(name, &reversed).1, expected, "{name}");

        // Each entry in a file of its own.
        let files: Vec<_> = (0..sas.len())
            .map(|n| file(&format!("{name}-{n}.json"), json!({ "ike_sas": [sas[n]], "more": { "than": "needed" } }).to_string().as_bytes()))
            .collect();
        let capture = capture_path(name, ".pcap");
        let all: Vec<_> = files.iter().map(PathBuf::as_path).collect();
        assert_eq!(json(&capture, &all).1, expected, "{name}");
        let mut opened = 0;
        for one in &all {
            let lines = json(&capture, &[one]).1;
            let count = encrypted(&lines)["opened"].as_u64().unwrap();
            assert!(count > 0 && count < encrypted(&expected)["opened"].as_u64().unwrap(), "{name}: {count}");
            opened += count;
        }
        assert_eq!(opened, encrypted(&expected)["opened"].as_u64().unwrap(), "{name}: each message has one key");
    }
}
