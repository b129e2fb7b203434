#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test fails by panicking")]

use super::super::strongswan::emit;
use super::super::{Confidence, Hint, Notation, NotationErrorKind as Kind, Pfs, Settings, detect, read};
use crate::registry::{KeMethod, SecurityProtocol, TransformType};
use alloc::string::{String, ToString};
use alloc::vec;

fn settings(text: &str) -> Settings {
    let found = detect(text).unwrap();
    assert_eq!((found.notation, found.confidence), (Notation::Unifi, Confidence::Certain), "{text}");
    read(text, Hint::default()).unwrap()
}

fn spell(settings: &Settings) -> (String, String) {
    let one = |list: &[super::Stated<crate::proposal::Proposal>]| emit(&list[0].value).unwrap();
    (one(&settings.ike), one(&settings.esp))
}

fn told(settings: &Settings, words: &str) -> bool {
    settings.remarks.iter().any(|remark| remark.text.contains(words))
}

const OLD: &str =
    r#"{ "ipsec_dh_group": 14, "ipsec_encryption": "aes192", "ipsec_hash": "md5", "ipsec_pfs": true, "ipsec_profile": "customized" }"#;

/// What `curl .. /rest/networkconf` prints: LANs, a VPN that is off, and the one that is on.
const NEW: &str = r#"{"meta":{"rc":"ok"},"data":[
 {"_id":"1","name":"LAN","purpose":"corporate","ip_subnet":"192.0.2.1/24","enabled":true,"dhcpd_dns":["198.51.100.1"]},
 {"_id":"2","name":"Old","purpose":"site-vpn","enabled":false,"ipsec_encryption":"3des","ipsec_hash":"md5","ipsec_dh_group":2},
 {"_id":"3","name":"AWS","purpose":"site-vpn","vpn_type":"ipsec-vpn","enabled":true,"ipsec_key_exchange":"ikev2",
  "ipsec_ike_encryption":"aes256","ipsec_ike_hash":"sha512","ipsec_ike_dh_group":20,"ipsec_ike_lifetime":"28800",
  "ipsec_esp_encryption":"aes128","ipsec_esp_hash":"sha256","ipsec_esp_dh_group":31,"ipsec_esp_lifetime":3600,"ipsec_pfs":true,
  "ipsec_peer_ip":"203.0.113.9","ipsec_remote_identifier_enabled":true,"ipsec_remote_identifier":"gw.example.com",
  "x_ipsec_pre_shared_key":"]}{"}]}"#;

#[test]
fn one_group_for_both() {
    let read = settings(OLD);
    assert_eq!(spell(&read), ("aes192-md5-prfmd5-modp2048".into(), "aes192-md5-modp2048".into()));
    assert_eq!(read.pfs.as_ref().unwrap().value, Pfs::Groups(vec![KeMethod::MODP_2048]));
    let off = settings(&OLD.replace("true", "false"));
    assert_eq!((spell(&off).1.as_str(), &off.pfs.as_ref().unwrap().value), ("aes192-md5", &Pfs::None));
    // A piece of an object is read like the object.
    let piece = settings(OLD.trim_matches(['{', '}', ' ']));
    assert!(piece.means_the_same(&read));
    let prose = settings(&alloc::format!("My gateway doesn't connect:\n\n{OLD}\n\nIt's a UDM."));
    assert!(prose.means_the_same(&read));
}

#[test]
fn fields_for_ike_and_for_esp() {
    let read = settings(NEW);
    assert_eq!(spell(&read), ("aes256-sha512-prfsha512-ecp384".into(), "aes128-sha256-x25519".into()));
    assert_eq!((read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value), (28800, 3600));
    let identity = read.remote_identity.as_ref().unwrap();
    let span = identity.span.unwrap();
    assert_eq!((identity.value.as_str(), &NEW[span.at..span.at + span.len]), ("gw.example.com", "gw.example.com"));
    assert!(told(&read, "This is AWS; the text holds other VPN networks: Old."));
    let group = read.pfs.unwrap().span.unwrap();
    assert_eq!(&NEW[group.at..group.at + group.len], "ipsec_esp_dh_group\":31");
    let address =
        settings(&NEW.replace("_enabled\":true", "_enabled\":false").replace("enabled\":false,\"ipsec_enc", "enabled\":true,\"ipsec_enc"));
    assert_eq!(spell(&address).0, "3des-md5-prfmd5-modp1024");
}

#[test]
fn profiles_and_ikev1_are_told() {
    let read = settings(&OLD.replace("customized", "azure_static").replace("{ ", "{ \"ipsec_key_exchange\": \"ikev1\", "));
    assert!(told(&read, "azure_static, for Azure") && told(&read, "uses IKEv1"));
    let read = settings(r#"{"ipsec_profile": "azure_dynamic", "ipsec_key_exchange": "ikev2", "ipsec_peer_ip": "203.0.113.1"}"#);
    assert!(read.ike.is_empty() && told(&read, "azure_dynamic"));
    assert_eq!(read.remote_identity.unwrap().value, "203.0.113.1");
}

#[test]
fn what_is_wrong_is_pointed_at() {
    let text = OLD.replace("aes192", "aes-192");
    let error = read(&text, Hint::default()).unwrap_err().error;
    assert_eq!(&text[error.at..error.at + error.len], "aes-192");
    assert!(error.to_string().contains("did you mean aes192?"));
    let text = OLD.replace("\"ipsec_hash\": \"md5\",", "");
    let error = read(&text, Hint::default()).unwrap_err().error;
    assert_eq!(error.kind, Kind::Missing { protocol: SecurityProtocol::IKE, ty: TransformType::INTEG });
    let text = OLD.replace("14", "33");
    let error = read(&text, Hint::default()).unwrap_err().error;
    assert_eq!(&text[error.at..error.at + error.len], "33");
}
