#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use super::super::strongswan::emit;
use super::super::{Certainty, Hint, Notation, NotationErrorKind as Kind, Pfs, Settings, detect, read};
use crate::registry::KeMethod;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

fn settings(text: &str) -> Settings {
    let found = detect(text).unwrap();
    assert_eq!((found.notation, found.confidence), (Notation::StrongSwanApp, Certainty::Certain), "{text}");
    read(text, Hint::default()).unwrap()
}

fn spell(list: &[super::Stated<crate::proposal::Proposal>]) -> Vec<String> {
    list.iter().map(|stated| emit(&stated.value).unwrap()).collect()
}

/// What installation scripts write.
const PROFILE: &str = r#"{
  "uuid": "7b1d9a54-0000-4000-8000-000000000001",
  "name": "IKEv2 VPN (vpn.example.com)",
  "type": "ikev2-cert",
  "remote": {
    "addr": "vpn.example.com", "id": "CN=vpn\u002eexample.com"
  },
  "local": {
    "id": "phone", "p12": "MIIKkgIBAzCCCk4GCSqGSIb3DQEHAaCCCj8Eggo7==",
    "rsa-pss": "true"
  },
  "ike-proposal": "aes256-sha256-modp2048",
  "esp-proposal": "aes128gcm16"
}"#;

#[test]
fn a_profile() {
    let read = settings(PROFILE);
    assert_eq!(spell(&read.ike), ["aes256-sha256-prfsha256-modp2048"]);
    assert_eq!(spell(&read.esp), ["aes128gcm16"]);
    assert_eq!(read.pfs.as_ref().unwrap().value, Pfs::None);
    let span = read.ike[0].span.unwrap();
    assert_eq!(&PROFILE[span.at..span.at + span.len], "aes256-sha256-modp2048");
    assert_eq!(read.remote_identity.as_ref().unwrap().value, "CN=vpn.example.com");
    assert!(read.remarks.iter().any(|remark| remark.text.contains("with a certificate.")));
    // In a here-document of a script, and as one line.
    let script = format!("cat > profile.sswan <<EOF\n{PROFILE}\nEOF\n");
    assert!(settings(&script).means_the_same(&read));
    assert!(settings(&PROFILE.replace('\n', " ")).means_the_same(&read));
    let escaped = format!("printf \"{}\"", PROFILE.replace("\\u002e", ".").replace('"', "\\\""));
    assert!(settings(&escaped).means_the_same(&read));
    let address = settings(&PROFILE.replace(r#", "id": "CN=vpn\u002eexample.com""#, ""));
    assert_eq!(address.remote_identity.unwrap().value, "vpn.example.com");
}

#[test]
fn what_the_app_takes_by_itself() {
    let text = r#"{"uuid": "1", "name": "A", "type": "ikev2-eap", "remote": {"addr": "vpn.example.com"}}"#;
    let read = settings(text);
    assert!(read.ike.is_empty());
    assert_eq!(read.esp.len(), 4);
    assert!(matches!(&read.pfs.as_ref().unwrap().value, Pfs::Groups(groups) if groups.contains(&KeMethod::MODP_2048)));
    assert_eq!(read.remarks.iter().filter(|remark| remark.text.contains("default")).count(), 2);
    let read = settings(&text.replace("\"name\"", "\"ike-proposal\": \"\", \"esp-proposal\": \"aes256-sha256-x25519\", \"name\""));
    assert_eq!(read.pfs.unwrap().value, Pfs::Groups(vec![KeMethod::CURVE25519]));
}

#[test]
fn several_profiles() {
    let second = PROFILE.replace("IKEv2 VPN (vpn.example.com)", "Second").replace("aes256-sha256", "aes128-sha1");
    let read = settings(&format!("[{PROFILE},\n{second}]"));
    assert_eq!(spell(&read.ike), ["aes256-sha256-prfsha256-modp2048"]);
    assert!(read.remarks.iter().any(|remark| remark.text.ends_with("the text holds others: Second.")));
}

#[test]
fn an_error_of_a_proposal_has_its_place_in_the_file() {
    let text = PROFILE.replace("aes256-sha256-modp2048", "aes128-sha1-modp2048, aes256-sha265-modp2048");
    let error = read(&text, Hint::default()).unwrap_err().error;
    assert_eq!(&text[error.at..error.at + error.len], "sha265");
    assert!(matches!(error.kind, Kind::Name { meant: Some("sha256"), .. }), "{error}");
}
