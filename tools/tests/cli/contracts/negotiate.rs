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
    // A remedy in a text's own notation, and the four outcomes of two configurations.
    let refused = json!({ "offer": "aes256-sha1-modp1024", "local": "proposals = aes256-sha256-modp2048", "dialect": "strongswan" });
    let (_, out, _) = ike(["negotiate", "--json"], refused.to_string());
    let line: Value = serde_json::from_str(&out).unwrap();
    fields.read("no_proposal_chosen", line.as_object().unwrap());
    let profile = "tests/data/notations/windows-profile-automatic.txt";
    let (_, out, _) = ike(["negotiate", "--json", profile, "aes256-sha384-ecp384"], "");
    let line: Value = serde_json::from_str(&out).unwrap();
    assert!(["ike", "auth_child", "child", "ike_rekey"].iter().all(|exchange| line[exchange].is_object()), "{line}");
    let whole = ["dialect", "agreed", "auth_child"].map(|field| (field.to_owned(), line[field].clone()));
    fields.read("both", &whole.into_iter().collect());
    fields.read("no_proposal_chosen", line["ike"].as_object().unwrap());
    let mut found = fields.lines();
    found.extend(asked());
    hold("negotiate", found);
}

/// The fields of a question, as paths: each that is read spoils the answer when its value is of no type that it takes.
const ASKED: [&str; 17] = [
    "/offer",
    "/offer_hex",
    "/ike_group",
    "/notifies",
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
        "question": "ike", "dialect": "strongswan", "prefer": "supplied", "ke_method": 19, "local": "aes128-sha256-ecp256", "offer": "aes128-sha256-ecp256",
        "ike_group": 19, "notifies": [16430],
        "local_proposals": [{ "protocol": 1, "transforms": transforms }], "nothing": 1,
    });
    let is_answered = |question: &Value| ike(["negotiate", "--json"], format!("{question}\n")).0 == 0;
    let spoils = |field: &str| {
        let mut question = good.clone();
        // The octets win over the text of the offer, and the list of proposals over that of the policy.
        if field == "/offer" {
            question.as_object_mut().unwrap().remove("offer_hex");
            assert!(is_answered(&question));
        }
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
