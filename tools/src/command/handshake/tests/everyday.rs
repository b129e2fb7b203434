//! The peers of every day: EAP, addresses, post-quantum preshared keys.

use super::pair::{Side, carol, moon, shake};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/handshake");

const BY_PASSWORD: &str = "--eap mschapv2 --eap-id alice --eap-password pa~ss";

fn by_certificate(family: &str, side: &str) -> String {
    format!("--eap tls --cert {FOLDER}/{family}-{side}.pem --key {FOLDER}/{family}-{side}.key.pem --ca {FOLDER}/{family}-root.pem")
}

fn both_up(sides: &(Side, Side)) {
    sides.0.is_established();
    sides.1.is_established();
    assert_eq!(sides.0.fingerprints(), sides.1.fingerprints());
}

#[test]
fn a_password_opens_the_way_in() {
    let sides = shake(&moon(BY_PASSWORD), &carol(&format!("{BY_PASSWORD} --do rekey-ike,rekey-child,delete")));
    both_up(&sides);
    for side in [&sides.0, &sides.1] {
        assert_eq!(side.verdict["eap"], "EAP: the password of alice", "{}", side.text);
    }
    assert!(sides.1.text.contains("the peer is alice"), "{}", sides.1.text);
}

#[test]
fn another_password_does_not() {
    let wrong = BY_PASSWORD.replace("pa~ss", "pass");
    let (initiator, responder) = shake(&moon(BY_PASSWORD), &carol(&wrong));
    initiator.is(1, "refused", "IKE_AUTH", Some("AUTHENTICATION_FAILED"));
    assert_eq!(responder.status, 4, "{}", responder.text);
    // Both are told what the method has said.
    for side in [&initiator, &responder] {
        let said = side.verdict["eap"].as_str().unwrap();
        assert!(said.contains("EAP-MSCHAPv2"), "{said}");
    }
}

#[test]
fn certificates_open_the_way_in_with_and_without_a_proof_of_the_responder() {
    for only in ["", "--eap-only"] {
        let (moon, carol) = (by_certificate("p256", "server"), by_certificate("p256", "client"));
        let id = |own: &str, peer: &str, more: &str| format!("--id {own} --peer-id {peer} {more} {only}");
        let ids = ("moon.example.org", "carol.example.org");
        let sides = shake(&id(ids.0, ids.1, &moon), &id(ids.1, ids.0, &carol));
        both_up(&sides);
        assert!(sides.1.verdict["eap"].as_str().unwrap().starts_with("EAP: the certificate of "), "{}", sides.1.text);
        assert_eq!(sides.0.text.contains("-> IKE_AUTH request 1") && sides.0.text.contains("N(EAP_ONLY_AUTHENTICATION)"), !only.is_empty());
    }
}

#[test]
fn an_address_is_asked_for_and_given() {
    let given = "--pool 10.77.2.9 --dns 10.77.1.1 --address-required --auth-lifetime 3600";
    let sides = shake(&moon(given), &carol("--ask-address --do rekey-child,child,delete"));
    both_up(&sides);
    for side in [&sides.0, &sides.1] {
        assert_eq!((&side.verdict["addresses"][0], &side.verdict["dns"][0]), (&"10.77.2.9".into(), &"10.77.1.1".into()), "{}", side.text);
        assert!(side.text.contains("counts for 3600 s"), "{}", side.text);
    }
    // Who does not ask where it has to gets no Child SA.
    let (initiator, _) = shake(&moon(given), &carol(""));
    initiator.is(1, "refused", "IKE_AUTH", Some("FAILED_CP_REQUIRED"));
    // The last address goes to one.
    let (initiator, _) = shake(&moon("--pool 255.255.255.255 --ts-remote 0.0.0.0/0"), &carol("--ask-address"));
    initiator.is_established();
}

#[test]
fn a_ppk_is_part_of_the_keys_where_both_have_it() {
    let one = "--ppk-id ppk-1 --ppk one";
    let sides = shake(&moon(one), &carol(&format!("{one} --ppk-required")));
    both_up(&sides);
    assert_eq!((&sides.0.verdict["ppk"], &sides.1.verdict["ppk"]), (&true.into(), &true.into()));
    let sides = shake(&moon(""), &carol(one));
    both_up(&sides);
    assert_eq!(sides.0.verdict["ppk"], false);
    let (initiator, responder) = shake(&moon("--ppk-id ppk-1 --ppk-hex 00ff"), &carol(one));
    initiator.is(1, "refused", "IKE_AUTH", Some("AUTHENTICATION_FAILED"));
    responder.is(4, "protocol_error", "IKE_AUTH", Some("AUTHENTICATION_FAILED"));
}

#[test]
fn transport_mode_is_for_who_agrees() {
    for (moon_mode, is_agreed) in [("--transport", true), ("", false)] {
        let sides = shake(&moon(moon_mode), &carol("--transport"));
        both_up(&sides);
        for side in [&sides.0, &sides.1] {
            assert_eq!(side.text.contains("in transport mode"), is_agreed, "{}", side.text);
        }
    }
}
