//! Exchanges that come about.

use super::pair::{carol, moon, shake};

#[test]
fn every_step_of_a_plan_is_carried_out() {
    let plan = "dpd,rekey-child,child,delete-child,rekey-ike,rekey-child,dpd,rekey-ike,wait=1,delete";
    let (initiator, responder) = shake(&moon(""), &carol(&format!("--do {plan}")));
    initiator.is(0, "established", "INFORMATIONAL", None);
    assert_eq!(initiator.steps(), plan);
    // The other side's view: every rekey ends with the deletion of the old SA.
    let served = "dpd,rekey-child,delete-child,child,delete-child,rekey-ike,deleted,rekey-child,delete-child,dpd,rekey-ike,deleted,deleted";
    assert_eq!(responder.steps(), served);
    responder.is_established();
    assert_eq!((initiator.number("retransmissions"), responder.number("retransmissions")), (0, 0));
    assert_eq!(initiator.verdict["ike"], "aes256gcm16-prfsha384-x25519");
    assert_eq!(initiator.fingerprints(), responder.fingerprints());
    assert_eq!(initiator.fingerprints().len(), 4);
    assert_eq!((&initiator.verdict["ike"], &initiator.verdict["esp"]), (&responder.verdict["ike"], &responder.verdict["esp"]));
}

#[test]
fn every_key_exchange_method_and_cipher_agrees_with_itself() {
    for ike in [
        "aes256gcm16-prfsha384-ecp384",
        "aes128gcm16-prfsha256-ecp256",
        "chacha20poly1305-prfsha256-x25519",
        "aes256-sha512-ecp521",
        "aes128-sha256-modp2048",
        "aes192-sha384-modp3072",
        "aes128-sha1-modp1536",
        "3des-md5-modp1024",
        "aes128ctr-aesxcbc-modp1024",
        "aes256ccm12-prfaescmac-ecp256",
    ] {
        let more = format!("--ike {ike} --esp aes128gcm16-x25519");
        let (initiator, responder) = shake(&moon(&more), &carol(&format!("{more} --do rekey-child,rekey-ike,delete")));
        initiator.is_established();
        responder.is_established();
        assert_eq!(initiator.verdict["esp"], "aes128gcm16-x25519", "{}", initiator.text);
        assert_eq!(initiator.fingerprints(), responder.fingerprints());
        assert_eq!(initiator.verdict["ike"], responder.verdict["ike"]);
    }
}

#[test]
fn additional_key_exchanges_go_through_ike_intermediate() {
    for (ike, intermediates) in [
        ("aes256gcm16-prfsha384-x25519-ke1_mlkem512", 1),
        ("aes256gcm16-prfsha384-x25519-ke1_mlkem768", 1),
        ("aes256-sha256-ecp256-ke1_mlkem1024", 1),
        ("aes256gcm16-prfsha512-x25519-ke1_mlkem768-ke2_ecp384-ke3_modp2048", 3),
    ] {
        for mtu in [1280, 576] {
            let more = format!("--ike {ike} --mtu {mtu}");
            let (initiator, responder) = shake(&moon(&more), &carol(&format!("{more} --do dpd,rekey-child,rekey-ike,dpd,delete")));
            initiator.is_established();
            responder.is_established();
            assert_eq!(initiator.text.matches("-> IKE_INTERMEDIATE request").count(), intermediates, "{}", initiator.text);
            assert_eq!(initiator.text.matches("   new keys from").count(), intermediates, "{}", initiator.text);
            // The rekey of the IKE SA has as many, of its own.
            assert_eq!(initiator.text.matches("-> IKE_FOLLOWUP_KE request").count(), intermediates, "{}", initiator.text);
            if mtu == 576 {
                assert!(initiator.number("fragments_sent") >= 2 && initiator.number("fragments_received") >= 2, "{}", initiator.text);
            }
        }
    }
}

#[test]
fn a_child_sa_has_additional_key_exchanges_as_well() {
    let esp = "--esp aes256gcm16-x25519-ke1_mlkem768-ke2_modp2048";
    let (initiator, responder) = shake(&moon(esp), &carol(&format!("{esp} --do child,rekey-child,delete")));
    initiator.is_established();
    responder.is_established();
    assert_eq!(initiator.text.matches("-> IKE_FOLLOWUP_KE request").count(), 4, "{}", initiator.text);
    assert_eq!((initiator.fingerprints().len(), initiator.fingerprints()), (3, responder.fingerprints()));
    assert_eq!(initiator.verdict["esp"], "aes256gcm16-x25519-ke1_mlkem768-ke2_modp2048", "{}", initiator.text);
}

#[test]
fn cookies_and_the_right_group_are_asked_for() {
    let ike = "--ike aes256gcm16-prfsha384-ecp384-x25519";
    let (initiator, responder) = shake(&moon(&format!("--cookies always {ike}")), &carol(&format!("{ike} --ke-first 31")));
    initiator.is_established();
    responder.is_established();
    assert!(initiator.number("cookies") >= 1, "{}", initiator.text);
    assert_eq!((initiator.number("ke_retries"), initiator.number("wanted_group")), (1, 20), "{}", initiator.text);
    assert_eq!((responder.number("ke_retries"), responder.number("wanted_group")), (1, 20), "{}", responder.text);
}

#[test]
fn a_childless_sa_gets_its_child_later() {
    let (initiator, responder) = shake(&moon(""), &carol("--childless --do child,rekey-child,delete"));
    initiator.is_established();
    assert_eq!(responder.steps(), "child,rekey-child,delete-child,deleted");
    assert!(!initiator.text.lines().any(|line| line.contains("IKE_AUTH request") && line.contains(" SA ")), "{}", initiator.text);
}

#[test]
fn behind_a_nat_the_port_changes() {
    let (initiator, responder) = shake(&moon(""), &carol("--force-natt --do dpd,rekey-ike,dpd,delete"));
    initiator.is_established();
    responder.is_established();
    assert!(initiator.text.contains("a NAT is between us"), "{}", initiator.text);
}

#[test]
fn identities_of_every_kind() {
    for (ours, theirs) in [
        ("192.0.2.1", "2001:db8::1"),
        ("carol@example.org", "@moon.example.org"),
        ("C=XX,O=Example~Org,CN=carol", "CN=moon,~O=Example~Org,~C=XX"),
    ] {
        let psk = "--psk secret";
        let (initiator, responder) =
            shake(&format!("--id {theirs} --peer-id {ours} {psk}"), &format!("--id {ours} --peer-id {theirs} {psk}"));
        initiator.is_established();
        responder.is_established();
    }
}

#[test]
fn both_sides_write_the_same_keys() {
    let folder = std::env::temp_dir().join(format!("ikev2-handshake-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let [ours, theirs] = ["initiator", "responder"].map(|name| folder.join(name));
    let ike = "--ike aes256gcm16-prfsha384-x25519-ke1_mlkem768";
    let (initiator, responder) = shake(
        &moon(&format!("{ike} --keys {}", theirs.display())),
        &carol(&format!("{ike} --keys {} --do rekey-ike,delete", ours.display())),
    );
    initiator.is_established();
    responder.is_established();
    let [ours, theirs] = [ours, theirs].map(|path| std::fs::read_to_string(path).unwrap());
    // An algorithm Wireshark cannot decrypt is a comment.
    let other = folder.join("other");
    let (initiator, _) = shake(&moon(""), &carol(&format!("--ike chacha20poly1305-prfsha256-x25519 --keys {}", other.display())));
    initiator.is_established();
    assert!(std::fs::read_to_string(other).unwrap().starts_with("# "));
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(ours, theirs);
    // IKE_SA_INIT, IKE_INTERMEDIATE, rekey.
    assert_eq!(ours.lines().count(), 3);
    assert!(ours.lines().all(|line| line.contains(r#","AES-GCM-256 with 16 octet ICV [RFC5282]",,,"NONE [RFC4306]""#)));
}

/// The initiator goes on from other addresses, in the middle of exchanges too, and the responder goes along.
#[test]
fn an_initiator_moves() {
    let moves = ["move=127.0.0.2", "rekey-child+move=127.0.0.3", "rekey-ike+move=127.0.0.4@576", "dpd+move=127.0.0.1"];
    for ike in ["aes256gcm16-prfsha384-x25519", "aes256gcm16-prfsha384-x25519-ke1_mlkem768"] {
        let more = format!("--mobike --ike {ike}");
        let plan = format!("{},dpd,delete", moves.join(",dpd,"));
        let (initiator, responder) = shake(&moon(&more), &carol(&format!("{more} --do {plan}")));
        initiator.is_established();
        responder.is_established();
        assert_eq!(initiator.steps(), plan, "{}", initiator.text);
        for side in [&initiator, &responder] {
            assert_eq!(side.text.matches("   the path is ").count(), moves.len(), "{}", side.text);
        }
        assert_eq!(initiator.fingerprints(), responder.fingerprints());
    }
}

#[test]
fn who_has_not_agreed_does_not_move() {
    let (initiator, _) = shake(&moon("--seconds 2"), &carol("--mobike --do move=127.0.0.2"));
    initiator.is(4, "protocol_error", "IKE_AUTH", None);
    assert!(initiator.text.contains("MOBIKE is not agreed on with the peer"), "{}", initiator.text);
}
