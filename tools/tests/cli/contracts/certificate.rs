//! `ike certificate --json`, over certificates of every kind: fields, and the names of all problems.

use super::{Fields, hold};
use crate::certificate::{committed, output::words, when};
use crate::kit::ike;
use ikev2_tools::evidence::certificate::CertificateCode;

#[test]
fn json_lines_have_the_fields_others_rely_on() {
    let at = when(&committed()).to_string();
    let mut fields = Fields::default();
    for (file, more) in [
        ("key-p256.pem", &["--name", "vpn.example.net"][..]),
        ("eku-both.pem", &["--role", "client"]),
        ("alone.pem", &[]),
        ("eku-none.pem", &[]),
        ("below-small.pem", &[]),
        ("twin.pem", &[]),
        ("too-deep.pem", &[]),
        ("cross.pem", &[]),
        ("self.pem", &[]),
        ("unrelated.pem", &[]),
        ("form-key.pem", &[]),
        ("form.pfx", &[]),
    ] {
        let (_, out, _) = ike(words(&at, file, &[more, &["--json"]].concat()), "");
        let line: serde_json::Value = serde_json::from_str(&out).unwrap();
        fields.read("examination", line.as_object().unwrap());
    }
    // Which of the codes stand in these certificates does not matter: all are listed.
    let mut found: Vec<_> = fields.lines().into_iter().filter(|line| !line.contains("problems[].code =")).collect();
    found.extend(CertificateCode::ALL.iter().map(|code| format!("code {}", code.name())));
    hold("certificate", found);
}
