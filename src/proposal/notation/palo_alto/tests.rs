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
use crate::registry::SecurityProtocol;
use alloc::vec;

const PAN: Notation = Notation::PaloAlto;

const SET: &str = "admin@PA-220# show network ike
set network ike crypto-profiles ike-crypto-profiles default encryption [ aes-128-cbc 3des ]
set network ike crypto-profiles ike-crypto-profiles default hash sha1
set network ike crypto-profiles ike-crypto-profiles default dh-group group2
set network ike crypto-profiles ike-crypto-profiles \"DC 1\" encryption aes-256-gcm
set network ike crypto-profiles ike-crypto-profiles \"DC 1\" encryption aes-256-cbc
set network ike crypto-profiles ike-crypto-profiles \"DC 1\" hash [ sha512 sha384 ]
set network ike crypto-profiles ike-crypto-profiles \"DC 1\" dh-group [ group20 group21 ]
set network ike crypto-profiles ike-crypto-profiles \"DC 1\" lifetime days 1
set network ike crypto-profiles ipsec-crypto-profiles DC2 esp encryption [ aes-256-gcm aes-128-ccm ]
set network ike crypto-profiles ipsec-crypto-profiles DC2 esp authentication none
set network ike crypto-profiles ipsec-crypto-profiles DC2 dh-group group21
set network ike crypto-profiles ipsec-crypto-profiles DC2 lifetime minutes 30
set network ike crypto-profiles ipsec-crypto-profiles DC2 lifesize gb 2
set network ike gateway GW protocol ikev1 ike-crypto-profile default
set network ike gateway GW protocol ikev2 ike-crypto-profile \"DC 1\"
set network ike gateway GW protocol version ikev2
set network ike gateway GW protocol-common fragmentation enable yes
set network ike gateway GW peer-id type fqdn id hq.example.com
set network tunnel ipsec T auto-key ike-gateway GW
set network tunnel ipsec T auto-key ipsec-crypto-profile DC2
";

#[test]
fn set_lines() {
    let read = settings(SET, PAN);
    assert_eq!(short(&read.ike), ["aes256gcm16-prfsha512-prfsha384-ecp384-ecp521", "aes256-sha512-sha384-ecp384-ecp521"]);
    assert_eq!(short(&read.esp), ["aes256gcm16-aes128ccm16-ecp521"]);
    assert_eq!((groups(&read), read.esp_octets.unwrap().value), (Some(vec![21]), 2 << 30));
    assert_eq!((read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value), (86400, 1800));
    assert!(read.fragmentation.unwrap().value && told(&read, "IKE crypto profile default"));
    assert_eq!(read.remote_identity.as_ref().unwrap().value, "hq.example.com");
    assert_eq!(part(SET, read.pfs.as_ref().unwrap().span), "group21");
    assert_eq!(emit(&read, PAN), Err(Unwritable::ReadOnly));
}

#[test]
fn with_braces() {
    let text = "ike {\n  crypto-profiles {\n    ike-crypto-profiles {\n      HQ {\n        encryption [ aes-256-cbc];\n        hash sha256;\n        dh-group [ group14 group19];\n        \
        lifetime {\n          hours 8;\n        }\n      }\n    }\n    ipsec-crypto-profiles {\n      HQ {\n        esp {\n          encryption aes-128-cbc;\n          authentication [ sha256 sha1 ];\n        }\n        \
        dh-group no-pfs;\n      }\n    }\n  }\n}\n";
    let read = settings(text, PAN);
    assert_eq!((short(&read.ike), short(&read.esp)), (vec!["aes256-sha256-modp2048-ecp256".into()], vec!["aes128-sha256-sha1".into()]));
    assert_eq!((groups(&read), read.ike_lifetime.unwrap().value), (Some(vec![]), 28800));
}

#[test]
fn a_template_of_panorama_and_what_is_assumed() {
    let text = "set template T config network ike crypto-profiles ike-crypto-profiles A encryption aes-128-gcm\nset template T config network ike crypto-profiles ike-crypto-profiles A hash non-auth\n\
        set template T config network ike crypto-profiles ipsec-crypto-profiles A esp encryption null\nset template T config network ike crypto-profiles ipsec-crypto-profiles A esp authentication md5\n";
    let read = settings(text, PAN);
    assert_eq!((short(&read.ike), short(&read.esp)), (vec!["aes128gcm16-prfsha256-modp1024".into()], vec!["null-md5-modp1024".into()]));
    assert!(told(&read, "PAN-OS has group2 then") && told(&read, "has no hash"));
    let text = "set network ike crypto-profiles ipsec-crypto-profiles A ah authentication sha512\nset network ike crypto-profiles ipsec-crypto-profiles A dh-group no-pfs\n";
    assert_eq!(settings(text, PAN).esp[0].value.protocol, SecurityProtocol::AH);
}

#[test]
fn misspelt_words_are_pointed_at() {
    let refused = |text: &'static str, token: &str, message: &str| {
        let (found, said) = fault(text, PAN);
        assert!(found == token && said.contains(message), "{found}: {said}");
    };
    refused(
        "set network ike crypto-profiles ike-crypto-profiles A encryption [ aes-256-cbc aes-256-gmc ]",
        "aes-256-gmc",
        "did you mean aes-256-gcm?",
    );
    refused("set network ike crypto-profiles ike-crypto-profiles A hash sha-256", "sha-256", "did you mean sha256?");
    refused("set network ike crypto-profiles ike-crypto-profiles A dh-group 14", "14", "a group of PAN-OS");
    refused("set network ike crypto-profiles ike-crypto-profiles A lifetime hour 8", "hour", "did you mean hours?");
    refused(
        "set network ike crypto-profiles ike-crypto-profiles A encryption 3des",
        "network ike crypto-profiles ike-crypto-profiles A encryption 3des",
        "without integrity",
    );
}

#[test]
fn nothing_makes_it_panic() {
    hostile(&[SET], PAN);
}
