//! `--json`: every answer daemons gave is given again, all of them by one call.

use super::start;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap()).collect()
}

/// An observation as a question; half of the policies with their key lengths as attributes.
fn asked(row: &Value, dialect: &str, context: &str, as_attributes: bool) -> Value {
    let transform = |t: &Value| match t.get(2) {
        Some(bits) if as_attributes => {
            json!({ "type": t[0], "id": t[1], "attrs": [{ "type": 14, "format": "TV", "value": bits }] })
        }
        Some(bits) => json!({ "type": t[0], "id": t[1], "key_bits": bits }),
        None => json!({ "type": t[0], "id": t[1] }),
    };
    let proposals: Vec<_> = row["responder"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            let transforms: Vec<_> = p["transforms"].as_array().unwrap().iter().map(transform).collect();
            json!({ "protocol": p["protocol"], "transforms": transforms })
        })
        .collect();
    json!({
        "offer_hex": row["offer"], "local_proposals": proposals, "dialect": dialect, "question": context,
        "prefer": row.get("prefer").unwrap_or(&Value::Null), "ke_method": row["ke_group"],
    })
}

/// Type, id and key length of each transform of an answer, sorted.
fn transforms(sa: &[u8]) -> Vec<(u64, u64, u64)> {
    let mut at = 8 + usize::from(sa[6]);
    let mut found = Vec::new();
    let two = |at: usize| u64::from(sa[at]) << 8 | u64::from(sa[at + 1]);
    while at < sa.len() {
        let len = usize::try_from(two(at + 2)).unwrap();
        found.push((u64::from(sa[at + 4]), two(at + 6), if len == 12 { two(at + 10) } else { 0 }));
        at += len;
    }
    found.sort_unstable();
    found
}

/// Whether what `ike negotiate` says is what the daemon did; the name of the outcome.
fn compare(row: &Value, answer: &Value) -> Result<&'static str, String> {
    let outcome = &row["outcome"];
    let kind = match (outcome["kind"].as_str().unwrap(), outcome["name"].as_str()) {
        ("chosen", _) => "selected",
        ("INVALID_KE_PAYLOAD", _) => "invalid_ke_payload",
        ("NO_PROPOSAL_CHOSEN", _) | ("notify", Some("NO_PROPOSAL_CHOSEN")) => "no_proposal_chosen",
        ("INVALID_SYNTAX", _) | ("notify", Some("INVALID_SYNTAX")) => "invalid_syntax",
        ("no_response", _) => "dropped",
        ("empty_sa_payload", _) => "empty_sa_payload",
        other => return Err(format!("{}: {other:?}", row["case"])),
    };
    let wrong = |what: &str| Err(format!("{}: {what}: {outcome}, and we say {answer}", row["case"]));
    if answer["outcome"] != kind {
        return wrong("outcome");
    }
    if answer["explanation"].as_str().is_none_or(|text| text.len() < 40) {
        return wrong("explanation");
    }
    if kind == "invalid_ke_payload" && answer["ke_method"] != outcome["group"] {
        return wrong("group");
    }
    if kind == "selected" {
        let sa = octets(outcome["sa_hex"].as_str().unwrap());
        let mut ours: Vec<_> = answer["transforms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| (t["type"].as_u64().unwrap(), t["id"].as_u64().unwrap(), t["key_bits"].as_u64().unwrap_or(0)))
            .collect();
        ours.sort_unstable();
        if answer["number"] != sa[4] || ours != transforms(&sa) {
            return wrong("choice");
        }
    }
    Ok(kind)
}

/// What daemons answered, each with the question it was.
fn observed() -> Vec<(Value, Value)> {
    let oracles = [
        (include_str!("../../../../tests/data/oracles/proposals-strongswan.jsonl"), "strongswan", "ike"),
        (include_str!("../../../../tests/data/oracles/proposals-child-strongswan.jsonl"), "strongswan", "auth_child"),
        (include_str!("../../../../tests/data/oracles/proposals-libreswan.jsonl"), "libreswan", "ike"),
        (include_str!("../../../../tests/data/oracles/proposals-child-libreswan.jsonl"), "libreswan", "auth_child"),
        (include_str!("../../../../tests/data/oracles/proposals-openiked.jsonl"), "openiked", "ike"),
        (include_str!("../../../../tests/data/oracles/proposals-child-openiked.jsonl"), "openiked", "auth_child"),
    ];
    let mut rows = Vec::new();
    for (text, dialect, context) in oracles {
        for line in text.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let question = asked(&row, dialect, context, rows.len() % 2 == 0);
            rows.push((row, question));
        }
    }
    rows
}

/// The questions to which daemons gave an answer, one a line.
pub(crate) fn questions() -> String {
    observed().iter().map(|(_, question)| format!("{question}\n")).collect()
}

#[test]
fn every_observed_answer_is_given_again() {
    let rows: Vec<Value> = observed().into_iter().map(|(row, _)| row).collect();
    let input = questions();
    let (status, out, err) = start(&["--json"], &input);
    assert_eq!((status, err.as_str()), (0, ""));
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((answers.len(), rows.len()), (1424, 1424));
    let mut kinds = BTreeMap::new();
    let mut wrong = Vec::new();
    for (row, answer) in rows.iter().zip(&answers) {
        match compare(row, answer) {
            Ok(kind) => *kinds.entry(kind).or_insert(0) += 1,
            Err(error) => wrong.push(error),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let names: Vec<_> = kinds.keys().copied().collect();
    assert_eq!(names, ["dropped", "empty_sa_payload", "invalid_ke_payload", "invalid_syntax", "no_proposal_chosen", "selected"]);
}

/// AES-128, SHA-256, PRF of SHA-256, ECP 256.
const OFFER: &str = "0000002c010100040300000c0100000c800e0080030000080300000c03000008020000050000000804000013";

fn answers(lines: &[String]) -> Vec<Value> {
    let (status, out, err) = start(&["--json"], &lines.join("\n"));
    assert_eq!((status, err.as_str()), (if out.contains("{\"error\":") { 2 } else { 0 }, ""));
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_bad_line_gets_an_error_and_the_rest_goes_on() {
    let good = json!({ "offer_hex": OFFER, "local": "aes128-sha256-ecp256", "ke_method": 19 });
    let with = |field: &str, value: Value| {
        let mut row = good.clone();
        row[field] = value;
        row
    };
    let bad = [
        ("{".to_owned(), "EOF"),
        ("[]".to_owned(), "local or local_proposals is missing"),
        (json!({ "local": "aes128-sha256-ecp256" }).to_string(), "offer or offer_hex is missing"),
        (json!({ "offer_hex": OFFER }).to_string(), "local or local_proposals is missing"),
        (with("offer_hex", json!("0")).to_string(), "odd number of digits"),
        (with("offer_hex", json!("0g")).to_string(), "'g' is no hex digit"),
        (with("offer_hex", json!(7)).to_string(), "a string is due"),
        (with("dialect", json!("cisco")).to_string(), "\"cisco\" is none of"),
        (with("question", json!("esp")).to_string(), "\"esp\" is none of"),
        (with("prefer", json!("peer")).to_string(), "neither configured nor supplied"),
        (with("ke_method", json!(65536)).to_string(), "ke_method"),
        (with("ke_method", json!("ecp256")).to_string(), "ke_method"),
        (with("local", json!("aes128-sha255-ecp256")).to_string(), "sha255"),
        (with("local_proposals", json!("aes128")).to_string(), "a list is due"),
        (with("local_proposals", json!([{ "protocol": 1 }])).to_string(), "transforms is missing"),
        (with("local_proposals", json!([{ "protocol": 999, "transforms": [] }])).to_string(), "protocol"),
        (with("local_proposals", json!([{ "protocol": 1, "transforms": [{ "type": 1, "id": 70000 }] }])).to_string(), "transform id"),
    ];
    let mut lines = Vec::new();
    for (line, _) in &bad {
        lines.extend([line.clone(), String::new(), good.to_string()]);
    }
    let answers = answers(&lines);
    assert_eq!(answers.len(), 2 * bad.len(), "an empty line is no question");
    for ((line, expected), pair) in bad.iter().zip(answers.chunks(2)) {
        let error = pair[0]["error"].as_str().unwrap_or_else(|| panic!("{line}: {}", pair[0]));
        assert!(error.contains(expected), "{line}: {error}");
        assert!(pair[0].get("outcome").is_none() && pair[0]["lint"] == json!([]), "{}", pair[0]);
        assert_eq!(pair[1]["outcome"], "selected", "after {line}");
    }
}

#[test]
fn a_line_that_is_no_text_is_one_that_cannot_be_answered() {
    let good = json!({ "offer_hex": OFFER, "local": "aes128-sha256-ecp256", "ke_method": 19 }).to_string();
    let input = [b"\xff\xfe\n".to_vec(), good.into_bytes()].concat();
    let (status, out, err) = crate::kit::ike(["negotiate", "--json"], input);
    assert_eq!((status, &*err), (2, ""));
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(answers.len() == 2 && answers[0]["error"].is_string() && answers[1]["outcome"] == "selected", "{out}");
}

#[test]
fn what_is_left_out_has_a_default() {
    // Dialect rfc, question ike, a KE payload of the first group offered.
    let row = json!({ "offer_hex": OFFER, "local": "aes128-sha256-ecp256" });
    let without = json!({ "offer_hex": OFFER, "local": "aes128-sha256-ecp256", "ke_method": null });
    let [answer, refused] = &answers(&[row.to_string(), without.to_string()])[..] else { panic!() };
    assert_eq!((&answer["outcome"], &answer["ke_method"]), (&json!("selected"), &json!(19)));
    assert_eq!((&refused["outcome"], &refused["ke_method"]), (&json!("invalid_ke_payload"), &json!(19)));
    // The structured form wins over the notation.
    let local = json!([{ "protocol": 1, "transforms": [
        { "type": 1, "id": 12, "key_bits": 128 }, { "type": 2, "id": 5 }, { "type": 3, "id": 12, "key_bits": null }, { "type": 4, "id": 19 },
    ] }]);
    let row = json!({ "offer_hex": OFFER, "local": "3des-md5-modp768", "local_proposals": local, "ke_method": 19 });
    let [answer] = &answers(&[row.to_string()])[..] else { panic!() };
    let expected = json!({ "outcome": "selected", "number": 1, "transforms": [
        { "type": 1, "id": 12, "key_bits": 128 }, { "type": 2, "id": 5, "key_bits": null },
        { "type": 3, "id": 12, "key_bits": null }, { "type": 4, "id": 19, "key_bits": null },
    ], "ke_method": 19, "explanation": answer["explanation"], "lint": [], "remedies": [], "remarks": [], "windows_error": null });
    assert_eq!(*answer, expected);
}
