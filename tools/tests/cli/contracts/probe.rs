//! `ike probe --json`: a line for each question, and the verdict, of a gateway and of none.

use super::{Fields, hold};
use crate::gateway;
use crate::kit::ike;
use serde_json::Value;

#[test]
fn json_lines_have_the_fields_others_rely_on() {
    let mut fields = Fields::default();
    let [port, natt_port] = gateway::open();
    let runs: [&[&str]; 3] = [
        &["127.0.0.1", "--port", &port, "--natt-port", &natt_port, "--offer", "aes256gcm16-prfsha384-x25519"],
        &["127.0.0.1", "--port", "1", "--natt-port", "2"],
        &["nobody.invalid"],
    ];
    for args in runs {
        let (_, out, err) = ike(["probe", "--json"].iter().chain(args), "");
        assert!(!out.is_empty(), "{args:?}: {err}");
        for line in out.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            fields.read(line["kind"].as_str().unwrap(), line.as_object().unwrap());
        }
    }
    hold("probe", fields.lines());
}
