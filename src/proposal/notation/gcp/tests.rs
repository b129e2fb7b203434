#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use super::super::strongswan::emit;
use super::super::{Certainty, Hint, Notation, Pfs, Settings, detect, read};
use crate::registry::KeMethod;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

fn settings(text: &str) -> Settings {
    let found = detect(text).unwrap();
    assert_eq!((found.notation, found.confidence), (Notation::Gcp, Certainty::Certain), "{text}");
    read(text, Hint::default()).unwrap()
}

fn spell(settings: &Settings) -> Vec<String> {
    settings.ike.iter().chain(&settings.esp).map(|stated| emit(&stated.value).unwrap()).collect()
}

fn told(settings: &Settings, words: &str) -> bool {
    settings.remarks.iter().any(|remark| remark.text.contains(words))
}

const FLAGS: &str = "gcloud beta compute vpn-tunnels create t1 --ike-version 2 \\
  --phase1-encryption=AES-CBC-256,AES-GCM-16-128 --phase1-integrity HMAC-SHA2-256-128 --phase1-prf='PRF-AES128-XCBC,PRF-HMAC-SHA2-256' \\
  --phase1-dh=Group-31,modp-2048-256 --phase2-encryption \"AES-GCM-16-256\" --phase2-pfs=Group-14,Group-19 --region=europe-west3";

#[test]
fn lists_with_commas() {
    let read = settings(FLAGS);
    assert_eq!(
        spell(&read),
        [
            "aes256-sha256-prfaesxcbc-prfsha256-x25519-modp2048s256",
            "aes128gcm16-prfaesxcbc-prfsha256-x25519-modp2048s256",
            "aes256gcm16-modp2048-ecp256"
        ]
    );
    let pfs = read.pfs.as_ref().unwrap();
    let span = pfs.span.unwrap();
    assert_eq!(pfs.value, Pfs::Groups(vec![KeMethod::MODP_2048, KeMethod::ECP_256]));
    assert_eq!(&FLAGS[span.at..span.at + span.len], "--phase2-pfs=Group-14,Group-19");
    assert_eq!((read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value), (36_000, 10_800));
    assert!(told(&read, "how the lists make proposals"));
}

#[test]
fn one_meaning_in_every_spelling() {
    let meant = settings(FLAGS);
    let lists = [r#"["AES-CBC-256", "AES-GCM-16-128"]"#, r#"["PRF-AES128-XCBC", "PRF-HMAC-SHA2-256"]"#, r#"["Group-31","modp-2048-256"]"#];
    let [ciphers, prfs, groups] = lists;
    let json = alloc::format!(
        r#"{{"kind": "compute#vpnTunnel", "name": "t1", "ikeVersion": 2, "sharedSecret": "*", "cipherSuite": {{
          "phase1": {{"encryption": {ciphers}, "integrity": ["HMAC-SHA2-256-128"], "prf": {prfs}, "dh": {groups}}},
          "phase2": {{"encryption": ["AES-GCM-16-256"], "pfs": ["Group-14", "Group-19"]}}}}}}"#
    );
    let terraform = alloc::format!(
        "# Ours\nresource \"google_compute_vpn_tunnel\" \"t1\" {{\n  name = \"tunnel-1\"\n  cipher_suite {{\n    phase1 {{\n      encryption = {ciphers}\n\
         integrity = [\"HMAC-SHA2-256-128\"]\n prf = {prfs}\n dh = {groups} }}\n    phase2 {{\n      encryption = [\"AES-GCM-16-256\"]\n\
         pfs = [\"Group-14\", \"Group-19\"]\n    }}\n  }}\n}}\n"
    );
    let yaml = "cipherSuite:
  phase1:
    dh:
    - Group-31
    - modp-2048-256
    encryption:
    - AES-CBC-256
    - AES-GCM-16-128
    integrity:
    - HMAC-SHA2-256-128
    prf:
    - PRF-AES128-XCBC
    - PRF-HMAC-SHA2-256
  phase2:
    encryption:
    - AES-GCM-16-256
    pfs:
    - Group-14
    - Group-19
detailedStatus: Tunnel is up
ikeVersion: 2
kind: compute#vpnTunnel
name: t1
";
    let joined = r#""ciphers": {"phase1": {"encryption": "AES-CBC-256,AES-GCM-16-128", "integrity": "HMAC-SHA2-256-128",
        "prf": "PRF-AES128-XCBC,PRF-HMAC-SHA2-256", "dh": "Group-31,modp-2048-256"},
        "phase2": {"encryption": "AES-GCM-16-256", "pfs": "Group-14,Group-19"}}, "kind": "compute#vpnTunnel""#;
    for text in [json.as_str(), &terraform, yaml, &yaml.replace('\n', "\r\n")] {
        assert!(settings(text).means_the_same(&meant), "{text}\n{:?}", spell(&settings(text)));
    }
    let hint = Hint { notation: Some(Notation::Gcp), ..Hint::default() };
    assert!(read(joined, hint).unwrap().means_the_same(&meant));
}

#[test]
fn what_is_not_configured() {
    let text = "resource \"google_compute_vpn_tunnel\" \"t1\" {\n  ike_version = 1\n}";
    let read = read(text, Hint::default()).unwrap();
    assert!(read.ike.is_empty() && read.esp.is_empty() && told(&read, "default ciphers") && told(&read, "IKEv1"));
    let read = settings("gcloud compute vpn-tunnels create a --phase1-encryption=AES-CBC-256 --phase2-encryption=AES-CBC-128");
    assert!(told(&read, "does not give phase 1 integrity, the phase 1 PRF, the phase 1 Diffie-Hellman group, phase 2 integrity and PFS"));
    assert!(spell(&read)[1].starts_with("aes128-sha256-sha512-sha1-modp2048-"));
}

#[test]
fn several_tunnels() {
    let text = "gcloud compute vpn-tunnels create a --region=x\ngcloud compute vpn-tunnels create b --phase1-dh=Group-14\n\
        gcloud compute vpn-tunnels create c --phase1-dh=Group-15";
    let read = settings(text);
    assert!(told(&read, "ciphers of b; the text holds other tunnels: a, c."), "{:?}", read.remarks);
}

#[test]
fn a_wrong_name_is_pointed_at() {
    let text = FLAGS.replace("Group-14", "Group-41");
    let error = read(&text, Hint::default()).unwrap_err().error;
    assert_eq!(&text[error.at..error.at + error.len], "Group-41");
    assert!(error.to_string().contains("did you mean Group-14?"));
}
