//! An answer that is an error, and of which it cannot be told which.

use crate::kit::{cases, program};
use serde_json::Value;

#[test]
fn a_name_without_a_proof_is_a_refusal_of_its_own() {
    let files = ["epdg-plmn-no-keys.pcap".to_owned()];
    let outcome = program(&cases(), &files, &[]);
    let verdict: Value = serde_json::from_str(outcome.out.lines().next_back().unwrap()).unwrap();
    assert_eq!((outcome.status, &verdict["codes"]), (1, &serde_json::json!(["IkeAuthRefused"])));
}
