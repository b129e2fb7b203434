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
use crate::registry::{SecurityProtocol, TransformType};
use alloc::vec;

const JUNOS: Notation = Notation::Juniper;

const CURLY: &str = "root@srx> show configuration security
ike {
    traceoptions {
        flag all;
    }
    proposal OLD {
        authentication-method pre-shared-keys;
        dh-group group2;
        authentication-algorithm md5;
        encryption-algorithm 3des-cbc;
    }
    proposal P1 {
        description \"a { b; }\";
        authentication-method rsa-signatures;
        dh-group group20;
        authentication-algorithm sha-384;
        encryption-algorithm aes-256-gcm;
        lifetime-seconds 28800;
    }
    policy POL {
        mode main;
        proposals [ P1 OLD MISSING ];
        pre-shared-key ascii-text \"$9$x\"; ## SECRET-DATA
    }
    gateway GW {
        ike-policy POL;
        address 192.0.2.7;
        remote-identity hostname hq.example.com;
        external-interface ge-0/0/0;
        version v2-only;
        fragmentation {
            size 1300;
        }
    }
}
ipsec {
    proposal P2 {
        protocol esp;
        authentication-algorithm hmac-sha-512;
        encryption-algorithm aes-192-cbc;
        lifetime-seconds 3600;
    }
    proposal AH { protocol ah; authentication-algorithm hmac-sha1-96; }
    policy OTHER {
        proposal-set standard;
    }
    policy POL2 {
        perfect-forward-secrecy {
            keys group19;
        }
        proposals [ P2 AH ];
    }
    vpn V {
        bind-interface st0.0;
        ike {
            gateway GW;
            ipsec-policy POL2;
        }
        establish-tunnels immediately;
    }
}
";

#[test]
fn with_braces() {
    let read = settings(CURLY, JUNOS);
    assert_eq!(short(&read.ike), ["aes256gcm16-prfsha384-ecp384", "3des-md5-modp1024"]);
    assert_eq!(short(&read.esp)[0], "aes192-sha512-ecp256");
    assert_eq!((read.esp[1].value.protocol, groups(&read)), (SecurityProtocol::AH, Some(vec![19])));
    assert_eq!((read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value), (28800, 3600));
    assert_eq!(read.remote_identity.as_ref().unwrap().value, "hq.example.com");
    assert!(read.fragmentation.unwrap().value && told(&read, "MISSING is not in the text"));
    let part = part(CURLY, read.ike[0].span);
    assert!(part.starts_with("description") && part.ends_with("28800"), "{part}");
    assert_eq!(emit(&read, JUNOS), Err(Unwritable::ReadOnly));
}

#[test]
fn set_lines_and_predefined_sets() {
    let text = "admin@srx# set security ike policy P proposal-set standard\nset security ike gateway G ike-policy P\nset security ipsec policy P proposal-set standard\n\
        set security ipsec vpn V ike gateway G\nset security ipsec vpn V ike ipsec-policy P\ndelete security ike policy Q";
    let read = settings(text, JUNOS);
    assert_eq!(short(&read.ike), ["3des-sha1-modp1024", "aes128-sha1-modp1024"]);
    assert_eq!(short(&read.esp), ["3des-sha1-modp1024", "aes128-sha1-modp1024"]);
    let text = "set security ike policy P proposal-set prime-256\nset security ipsec policy P proposal-set suiteb-gcm-128\n";
    let read = settings(text, JUNOS);
    assert_eq!((short(&read.ike), short(&read.esp)), (vec!["aes256gcm16-prfsha384-ecp384".into()], vec!["aes128gcm16".into()]));
    assert_eq!(groups(&read), Some(vec![]));
    let mx = "set services ipsec-vpn ike proposal A dh-group group14\nset services ipsec-vpn ike proposal A authentication-algorithm sha1\n\
        set services ipsec-vpn ike proposal A encryption-algorithm aes-128-cbc\n";
    assert_eq!(short(&settings(mx, JUNOS).ike), ["aes128-sha1-modp2048"]);
}

#[test]
fn pieces_without_what_stands_above() {
    let text = "proposal HQ { dh-group group14; authentication-algorithm sha-256; encryption-algorithm aes-256-cbc; }\n\
        proposal HQ2 {\n    protocol esp;\n    authentication-algorithm hmac-sha-256-96;\n    encryption-algorithm aes-256-cbc;\n}\n";
    let read = settings(text, JUNOS);
    assert_eq!(short(&read.ike), ["aes256-sha256-modp2048"]);
    assert_eq!((read.esp.len(), read.esp[0].value.of_type(TransformType::INTEG).count()), (1, 0));
    assert!(told(&read, "hmac-sha-256-96"));
    let text = "[edit security ike]\nuser@srx# show\nproposal A {\n dh-group group5;\n authentication-algorithm sha-512;\n encryption-algorithm aes-128-cbc;\n}\n\n[edit security ike]\nuser@srx#";
    assert_eq!(short(&settings(text, JUNOS).ike), ["aes128-sha512-modp1536"]);
    let text = "[edit security ike]\nuser@srx# set proposal A dh-group group19\n[edit security ike]\nuser@srx# set proposal A authentication-algorithm sha-256\n\
        [edit security ike]\nuser@srx# set proposal A encryption-algorithm aes-128-gcm\n";
    assert_eq!(short(&settings(text, JUNOS).ike), ["aes128gcm16-prfsha256-ecp256"]);
}

#[test]
fn misspelt_words_are_pointed_at() {
    let refused = |text: &'static str, token: &str, message: &str| {
        let (found, said) = fault(text, JUNOS);
        assert!(found == token && said.contains(message), "{found}: {said}");
    };
    refused("set security ike proposal A encryption-algorithm aes-256-cbd", "aes-256-cbd", "did you mean aes-256-cbc?");
    refused("set security ike proposal A authentication-algorithm sha256", "sha256", "did you mean sha-256?");
    refused("set security ike proposal A dh-group 14", "14", "a group of Junos");
    refused(
        "set security ipsec proposal A authentication-algorithm hmac-sha-256-129",
        "hmac-sha-256-129",
        "did you mean hmac-sha-256-128?",
    );
    refused("set security ike policy A proposal-set standart", "standart", "did you mean standard?");
    let alone = "set security ike proposal A dh-group group14";
    refused(alone, "security ike proposal A dh-group group14", "IKE proposal without encryption");
}

#[test]
fn nothing_makes_it_panic() {
    hostile(&[CURLY], JUNOS);
}
