#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test fails by panicking")]

use super::super::strongswan::emit;
use super::super::{Confidence, Hint, Notation, Pfs, Settings, detect, read};
use super::{ESP_LIFETIME, IKE_LIFETIME};
use crate::registry::KeMethod;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Read without a hint, as it is recognised.
fn settings(text: &str) -> Settings {
    let found = detect(text).unwrap();
    assert_eq!((found.notation, found.confidence), (Notation::Aws, Confidence::Certain), "{text}");
    read(text, Hint::default()).unwrap()
}

fn ike(settings: &Settings) -> Vec<String> {
    settings.ike.iter().map(|stated| emit(&stated.value).unwrap()).collect()
}

fn esp(settings: &Settings) -> Vec<String> {
    settings.esp.iter().map(|stated| emit(&stated.value).unwrap()).collect()
}

fn told(settings: &Settings, words: &str) -> bool {
    settings.remarks.iter().any(|remark| remark.text.contains(words))
}

const FULL: &str = r#"{"VpnConnections": [{"VpnConnectionId": "vpn-1", "Options": {"EnableAcceleration": false, "TunnelOptions": [
  {"OutsideIpAddress": "203.0.113.5", "TunnelInsideCidr": "169.254.10.0/30", "PreSharedKey": "a{b[c",
   "Phase1LifetimeSeconds": 14400, "Phase2LifetimeSeconds": 1800,
   "Phase1EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}, {"Value": "AES256"}],
   "Phase2EncryptionAlgorithms": [{"Value": "AES128"}],
   "Phase1IntegrityAlgorithms": [{"Value": "SHA2-256"}, {"Value": "SHA2-512"}],
   "Phase2IntegrityAlgorithms": [{"Value": "SHA1"}],
   "Phase1DHGroupNumbers": [{"Value": 19}, {"Value": 2}], "Phase2DHGroupNumbers": [{"Value": 5}],
   "IkeVersions": [{"Value": "ikev1"}, {"Value": "ikev2"}], "StartupAction": "start"},
  {"OutsideIpAddress": "203.0.113.6", "Phase1EncryptionAlgorithms": [{"Value": "AES128"}]}]}}]}"#;

#[test]
fn a_connection_as_it_is_described() {
    let read = settings(FULL);
    assert_eq!(ike(&read), ["aes256gcm16-prfsha256-prfsha512-ecp256-modp1024", "aes256-sha256-sha512-prfsha256-prfsha512-ecp256-modp1024"]);
    assert_eq!(esp(&read), ["aes128-sha1-modp1536"]);
    assert_eq!(read.pfs.as_ref().unwrap().value, Pfs::Groups(vec![KeMethod::MODP_1536]));
    let lifetime = read.ike_lifetime.unwrap();
    let span = lifetime.span.unwrap();
    assert_eq!((lifetime.value, &FULL[span.at..span.at + span.len]), (14400, "14400"));
    assert_eq!(read.esp_lifetime.unwrap().value, 1800);
    assert!(told(&read, "IKEv1 is admitted") && told(&read, "AWS initiates") && told(&read, "AES-GCM ciphers"));
    assert!(told(&read, "options of 203.0.113.5") && told(&read, "203.0.113.6"));
}

#[test]
fn one_meaning_in_every_spelling() {
    let json = r#"{"Phase1EncryptionAlgorithms":[{"Value":"AES256"}],"Phase1IntegrityAlgorithms":[{"Value":"SHA2-384"}],
        "Phase1DHGroupNumbers":[{"Value":20}],"Phase2EncryptionAlgorithms":[{"Value":"AES128-GCM-16"}],"Phase2DHGroupNumbers":[{"Value":14},{"Value":20}]}"#;
    let meant = settings(json);
    assert_eq!(ike(&meant), ["aes256-sha384-prfsha384-ecp384"]);
    assert_eq!(esp(&meant), ["aes128gcm16-modp2048-ecp384"]);
    let command = "$ aws ec2 modify-vpn-tunnel-options --vpn-connection-id vpn-1 \\\n  --tunnel-options ";
    let shorthand = "Phase1EncryptionAlgorithms=[{Value=AES256}],Phase1IntegrityAlgorithms=[{Value=SHA2-384}],Phase1DHGroupNumbers=[{Value=20}],\
        Phase2EncryptionAlgorithms=[{Value=AES128-GCM-16}],Phase2DHGroupNumbers=[{Value=14},{Value=20}]";
    let yaml = "Resources:\r
  Vpn:
    Type: AWS::EC2::VPNConnection # of the branch
    Properties:
      VpnTunnelOptionsSpecifications:
        - Phase1EncryptionAlgorithms:
            - Value: AES256
          Phase1IntegrityAlgorithms:
            - Value: 'SHA2-384'
          Phase1DHGroupNumbers:
            - Value: 20
          Phase2EncryptionAlgorithms:
          -
            Value: AES128-GCM-16

          Phase2DHGroupNumbers: [{Value: 14}, {Value: 20}]
        - PreSharedKey: abc
";
    let terraform = r#"resource "aws_vpn_connection" "main" {
  type                = "ipsec.1"
  # tunnel1_phase1_encryption_algorithms = ["AES128"]
  tunnel1_phase1_encryption_algorithms = toset(["AES256"]) // strong
  tunnel1_phase1_integrity_algorithms  = ["SHA2-384"]
  tunnel1_phase1_dh_group_numbers      = [
    20,
  ]
  tunnel1_phase2_encryption_algorithms = ["AES128-GCM-16"]
  tunnel1_phase2_dh_group_numbers      = ["14", "20"]
}
"#;
    let console = "Phase 1 encryption algorithms: AES256
Phase 1 integrity algorithms : SHA2-384
Phase 1 DH group numbers: 20
Phase 2 encryption algorithms: AES128-GCM-16
Phase 2 DH group numbers: [14, 20]
Phase1DHGroupNumbers: 20";
    let texts = [
        alloc::format!("{command}'{json}'\n"),
        alloc::format!("{command}\"{}\"", json.replace('"', "\\\"")),
        alloc::format!("{command}{shorthand} --region eu-west-1"),
        alloc::format!("{command}\"{shorthand}\" --region eu-west-1"),
        String::from(yaml),
        String::from(terraform),
        alloc::format!("I don't know why it fails:\n\n```\n{json}\n```\nHas anybody got an idea?"),
        json.replace('"', "'"),
        json.replace(r#"{"Value":"#, "").replace("},", ",").replace("}]", "]"),
        terraform.replace("  tunnel1", "+ tunnel1"),
        String::from(json.trim_start_matches('{').trim_end_matches('}')).replace(":[{", ": [ {"),
        String::from(console),
    ];
    for text in texts {
        let read = settings(&text);
        assert!(read.means_the_same(&meant), "{text}\n{:?} {:?}", ike(&read), esp(&read));
    }
}

#[test]
fn what_is_not_given_is_everything() {
    let read = settings(r#"{"TunnelOptions":[{"OutsideIpAddress":"203.0.113.5","TunnelInsideCidr":"169.254.1.0/30"}]}"#);
    let all = "modp1024-modp2048-modp3072-modp4096-modp6144-modp8192-ecp256-ecp384-ecp521-modp1024s160-modp2048s224-modp2048s256";
    let prfs = "prfsha1-prfsha256-prfsha384-prfsha512";
    assert_eq!(
        ike(&read),
        [alloc::format!("aes128-aes256-sha1-sha256-sha384-sha512-{prfs}-{all}"), alloc::format!("aes128gcm16-aes256gcm16-{prfs}-{all}")]
    );
    assert!(told(&read, "the phase 1 encryption algorithms, ") && told(&read, " and the phase 2 lifetime"));
    assert_eq!((read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value), (IKE_LIFETIME, ESP_LIFETIME));
    assert!(read.ike.iter().chain(&read.esp).all(|stated| stated.span.is_none()));
    // The phase 2 list has group 5, too.
    assert!(esp(&read)[0].contains("-modp1024-modp1536-"));
    let read = settings("tunnel1_phase1_encryption_algorithms = var.ciphers\ntunnel1_phase2_encryption_algorithms = null\n");
    assert!(told(&read, "stands elsewhere: here is only var.ciphers"));
    assert_eq!(read.ike.len(), 2);
}

#[test]
fn the_text_for_download() {
    let text = "Amazon Web Services
Virtual Private Cloud

Your VPN Connection ID                   : vpn-0123
IPSec Tunnel #1
================================================================================
#1: Internet Key Exchange Configuration

Configure the IKE SA as follows:
  - IKE version              : IKEv2
  - Authentication Method    : Pre-Shared Key
  - Pre-Shared Key           : secret
  - Authentication Algorithm : sha256
  - Encryption Algorithm     : aes-256-cbc
  - Lifetime                 : 28800 seconds
  - Phase 1 Negotiation Mode : main
  - Diffie-Hellman           : Group 14

#2: IPSec Configuration
  - Protocol                 : esp
  - Authentication Algorithm : hmac-sha1-96
  - Encryption Algorithm     : aes-128-cbc
  - Lifetime                 : 3600 seconds
  - Mode                     : tunnel
  - Perfect Forward Secrecy  : Diffie-Hellman Group 2
IPSec Tunnel #2
#1: Internet Key Exchange Configuration
  - Encryption Algorithm     : aes-128-cbc
#2: IPSec Configuration
";
    let read = settings(text);
    assert_eq!(ike(&read), ["aes256-sha256-prfsha256-modp2048"]);
    assert_eq!(esp(&read), ["aes128-sha1-modp1024"]);
    assert_eq!(read.ike_lifetime.unwrap().value, 28800);
    assert!(told(&read, "the least it takes"));
}

#[test]
fn a_wrong_name_is_pointed_at() {
    let text = FULL.replace("\"SHA2-256\"", "\"SHA256\"");
    let error = read(&text, Hint::default()).unwrap_err().error;
    assert_eq!(&text[error.at..error.at + error.len], "SHA256");
    assert!(alloc::string::ToString::to_string(&error).contains("did you mean SHA2-256?"));
    let text = "tunnel1_phase1_dh_group_numbers = [31]";
    let error = read(text, Hint::default()).unwrap_err().error;
    assert_eq!((error.at, error.len), (35, 2));
}
