//! Texts as people paste them, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use crate::proposal::notation::testing::{fault, groups, hostile, part, settings, short, told};
use crate::proposal::notation::{Notation, Unwritable, emit};
use alloc::format;
use alloc::vec;

const ROS: Notation = Notation::MikroTik;

const EXPORT: &str = "# 2024-03-01 10:00:00 by RouterOS 7.14
# software id = AAAA-BBBB
/ip ipsec policy group
add name=group1
/ip ipsec profile
set [ find default=yes ] dh-group=ecp256 enc-algorithm=aes-256
add dh-group=ecp384,modp4096 enc-algorithm=aes-256,\\
    aes-192 hash-algorithm=sha512 lifetime=8h30m name=\"site a\" prf-algorithm=sha384
add dh-group=modp1024 enc-algorithm=3des hash-algorithm=md5 name=old
/ip ipsec peer
add address=192.0.2.9/32 disabled=yes name=off profile=old
add address=198.51.100.1/32 comment=\"a = b\" exchange-mode=ike2 name=peer1 profile=\"site a\"
/ip ipsec proposal
set [ find default=yes ] auth-algorithms=sha512 pfs-group=none
add auth-algorithms=sha256,sha1 enc-algorithms=\\
    aes-256-cbc,aes-256-ctr,aes-256-gcm,twofish lifetime=0s name=prop1 pfs-group=modp4096
add enc-algorithms=3des name=old
/ip ipsec identity
add peer=peer1 remote-id=fqdn:hq.example.com secret=x
/ip ipsec policy
set 0 proposal=old template=yes
add dst-address=10.1.0.0/16 peer=peer1 proposal=prop1 src-address=10.2.0.0/16 tunnel=yes
/ip route
add gateway=192.0.2.1
";

#[test]
fn an_export() {
    let read = settings(EXPORT, ROS);
    assert_eq!(short(&read.ike), ["aes256-aes192-sha512-prfsha384-ecp384-modp4096"]);
    assert!(part(EXPORT, read.ike[0].span).starts_with("add dh-group=ecp384") && part(EXPORT, read.ike[0].span).ends_with("sha384"));
    assert_eq!(short(&read.esp), ["aes256-aes256ctr-sha256-sha1-modp4096", "aes256gcm16-modp4096"]);
    assert_eq!((groups(&read), read.ike_lifetime.unwrap().value), (Some(vec![16]), 30600));
    assert_eq!(read.remote_identity.as_ref().unwrap().value, "hq.example.com");
    for words in ["proposal old", "profile default", "twofish"] {
        assert!(told(&read, words), "{words}: {:?}", read.remarks);
    }
    assert_eq!(emit(&read, ROS), Err(Unwritable::ReadOnly));
}

#[test]
fn printed() {
    let text = "[admin@MikroTik] > /ip ipsec profile print\nFlags: * - default\n 0 * name=\"default\" hash-algorithm=sha1 enc-algorithm=aes-128,3des dh-group=modp2048,modp1024\n     \
        lifetime=1d proposal-check=obey\n\n 1   name=\"hq\" hash-algorithm=sha256 prf-algorithm=auto enc-algorithm=aes-128\n     dh-group=x25519 lifetime=1d\n\
        [admin@MikroTik] > /ip ipsec proposal print\nFlags: X - disabled; * - default\n 0  * name=\"default\" auth-algorithms=sha1 enc-algorithms=aes-256-cbc,aes-192-cbc,aes-128-cbc lifetime=30m pfs-group=modp1024\n";
    let read = settings(text, ROS);
    assert_eq!(
        (short(&read.ike), short(&read.esp)),
        (vec!["aes128-sha256-x25519".into()], vec!["aes256-aes192-aes128-sha1-modp1024".into()])
    );
    assert_eq!((read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value), (86400, 1800));
}

#[test]
fn commands_with_defaults() {
    let text = "/ip/ipsec/profile/add name=x hash-algorithm=sha256\n/ip ipsec proposal add name=y enc-algorithms=aes-128-cbc\n/ip ipsec peer add name=p exchange-mode=main profile=x";
    let read = settings(text, ROS);
    assert_eq!(
        (short(&read.ike), short(&read.esp)),
        (vec!["aes128-3des-sha256-modp2048-modp1024".into()], vec!["aes128-sha1-modp1024".into()])
    );
    for words in ["no dh-group", "no enc-algorithm:", "no auth-algorithms", "no pfs-group", "IKEv1"] {
        assert!(told(&read, words), "{words}: {:?}", read.remarks);
    }
    let text = "[admin@R] /ip ipsec proposal> set default enc-algorithms=aes-256-gcm auth-algorithms=\"\" pfs-group=none\n";
    let read = settings(text, ROS);
    assert_eq!((short(&read.esp), groups(&read)), (vec!["aes256gcm16".into()], Some(vec![])));
    let old = "/ip ipsec peer\nadd address=192.0.2.1/32 dh-group=modp2048 enc-algorithm=aes-256 exchange-mode=ike2 hash-algorithm=sha512 secret=x\n";
    assert_eq!(short(&settings(old, ROS).ike), ["aes256-sha512-modp2048"]);
    let bare = "add name=a dh-group=modp2048 enc-algorithm=aes-256 hash-algorithm=sha1\n";
    assert_eq!(short(&settings(bare, ROS).ike), ["aes256-sha1-modp2048"]);
}

#[test]
fn misspelt_words_are_pointed_at() {
    let refused = |text: &str, token: &str, message: &str| {
        let text = format!("/ip ipsec profile\nadd {text}");
        let (found, said) = fault(&text, ROS);
        assert!(found == token && said.contains(message), "{found}: {said}");
    };
    refused("name=a enc-algorithm=aes-128,aes-265", "aes-265", "did you mean aes-256?");
    refused("name=a dh-group=modp2084", "modp2084", "did you mean modp2048?");
    refused("name=a hash-algorithm=\"sha257\"", "sha257", "did you mean sha256?");
    refused("name=a hash-algorithm=sha256 lifetime=8x", "8x", "a time of RouterOS");
    refused("name=a hash-algorithm=", "add name=a hash-algorithm=", "IKE proposal without integrity");
}

#[test]
fn nothing_makes_it_panic() {
    hostile(&[EXPORT], ROS);
}
