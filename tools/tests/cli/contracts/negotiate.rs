//! `ike negotiate --json`: an answer of each outcome, and a line that cannot be answered.

use super::{Fields, hold};
use crate::kit::ike;
use crate::negotiate::json::questions;
use serde_json::{Value, json};

#[test]
fn json_lines_have_the_fields_others_rely_on() {
    let (status, out, err) = ike(["negotiate", "--json"], format!("{}{{}}\n", questions()));
    assert_eq!((status, &*err), (2, ""));
    let mut fields = Fields::default();
    for line in out.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        // What goes with an outcome is its own.
        let kind = line["outcome"].as_str().unwrap_or("error");
        fields.read(kind, line.as_object().unwrap());
    }
    let mut found = fields.lines();
    found.extend(asked());
    hold("negotiate", found);
}

/// The fields of a question, as paths: each that is read spoils the answer when its value is of no type that it takes.
const ASKED: [&str; 14] = [
    "/offer_hex",
    "/question",
    "/dialect",
    "/prefer",
    "/ke_method",
    "/local",
    "/local_proposals",
    "/local_proposals/0/protocol",
    "/local_proposals/0/transforms",
    "/local_proposals/0/transforms/0/type",
    "/local_proposals/0/transforms/0/id",
    "/local_proposals/0/transforms/0/key_bits",
    "/local_proposals/0/transforms/1/attrs/0/type",
    "/local_proposals/0/transforms/1/attrs/0/value",
];

/// Those of [`ASKED`] that are read.
fn asked() -> Vec<String> {
    let transforms = json!([
        { "type": 1, "id": 12, "key_bits": 128 },
        { "type": 1, "id": 12, "attrs": [{ "type": 14, "value": 256 }] },
        { "type": 2, "id": 5 }, { "type": 3, "id": 12 }, { "type": 4, "id": 19 },
    ]);
    let good = json!({
        "offer_hex": "0000002c010100040300000c0100000c800e0080030000080300000c03000008020000050000000804000013",
        "question": "ike", "dialect": "strongswan", "prefer": "supplied", "ke_method": 19, "local": "aes128-sha256-ecp256",
        "local_proposals": [{ "protocol": 1, "transforms": transforms }], "nothing": 1,
    });
    let is_answered = |question: &Value| ike(["negotiate", "--json"], format!("{question}\n")).0 == 0;
    let spoils = |field: &str| {
        let mut question = good.clone();
        // The list of proposals wins over the text.
        if field == "/local" {
            question.as_object_mut().unwrap().remove("local_proposals");
            assert!(is_answered(&question));
        }
        *question.pointer_mut(field).unwrap() = json!({});
        !is_answered(&question)
    };
    assert!(is_answered(&good) && !spoils("/nothing"));
    ASKED.iter().filter(|field| spoils(field)).map(|field| format!("question {field}")).collect()
}
