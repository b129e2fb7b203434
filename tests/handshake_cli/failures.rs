//! What does not come about, and says why.

use crate::pair::{Responder, carol, initiate, moon, shake};
use std::net::UdpSocket;

#[test]
fn no_proposal_chosen_is_explained() {
    let (initiator, responder) = shake(
        &moon("--ike aes256-sha256-modp2048"),
        &carol("--ike aes256gcm16-prfsha384-ecp384 --peer-policy aes256-sha256-modp2048 --dialect strongswan"),
    );
    initiator.is(1, "refused", "IKE_SA_INIT", Some("NO_PROPOSAL_CHOSEN"));
    responder.is(1, "refused", "IKE_SA_INIT", Some("NO_PROPOSAL_CHOSEN"));
    for side in [&initiator, &responder] {
        assert!(side.text.contains("no proposal matches") && side.text.contains("AES_GCM_16_256"), "{}", side.text);
    }
    let (initiator, _) = shake(&moon("--ike aes256-sha256-modp2048"), &carol("--ike aes256gcm16-prfsha384-ecp384"));
    assert!(initiator.text.contains("We offered aes256gcm16-prfsha384-ecp384"), "{}", initiator.text);
}

#[test]
fn a_child_that_is_refused_ends_the_sa() {
    for (responder, notify) in [("--esp aes128-sha1", "NO_PROPOSAL_CHOSEN"), ("--ts-remote 192.0.2.0/24", "TS_UNACCEPTABLE")] {
        let (initiator, responder) = shake(&moon(responder), &carol("--esp aes256gcm16"));
        initiator.is(1, "refused", "IKE_AUTH", Some(notify));
        assert_eq!(responder.verdict["notify"], notify, "{}", responder.text);
    }
}

#[test]
fn a_rekey_that_is_refused_says_so() {
    let (initiator, _) = shake(&moon("--seconds 3 --esp aes256gcm16"), &carol("--esp aes256gcm16-ecp256 --do rekey-child"));
    initiator.is(1, "refused", "CREATE_CHILD_SA", Some("NO_PROPOSAL_CHOSEN"));
}

#[test]
fn another_shared_key_fails_to_authenticate() {
    let (initiator, responder) = shake(&moon(""), &carol("").replace("0001", "0002"));
    initiator.is(1, "refused", "IKE_AUTH", Some("AUTHENTICATION_FAILED"));
    responder.is(4, "protocol_error", "IKE_AUTH", Some("AUTHENTICATION_FAILED"));
}

#[test]
fn an_identity_that_is_not_expected_fails() {
    let (initiator, responder) = shake(&moon(""), &carol("").replace("--peer-id moon", "--peer-id mars"));
    initiator.is(4, "protocol_error", "IKE_AUTH", None);
    assert!(initiator.text.contains("the peer says it is ID_FQDN \"moon.example.org\""), "{}", initiator.text);
    assert_eq!(responder.verdict["notify"], "AUTHENTICATION_FAILED", "{}", responder.text);
}

#[test]
fn silence_is_no_answer() {
    // Bound, and nobody reads.
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let initiator = initiate([port, port], &carol("--timeout 2"));
    initiator.is(3, "no_answer", "IKE_SA_INIT", None);
    assert_eq!((initiator.number("sent"), initiator.number("retransmissions")), (2, 1));
}

#[test]
fn silence_after_a_large_request_is_measured() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/handshake");
    let certificate = format!("--id carol.example.org --cert {folder}/rsa4096-client.pem --key {folder}/rsa4096-client.key.pem");
    let responder = Responder::start(&moon("--seconds 3"));
    // Everything after IKE_SA_INIT is lost.
    let lost: Vec<String> = (2..40).map(|n| n.to_string()).collect();
    let initiator = initiate(responder.ports, &format!("{certificate} --psk x --timeout 2 --mtu 1280 --drop {}", lost.join(",")));
    initiator.is(3, "no_answer", "IKE_AUTH", None);
    for words in ["no answer to IKE_AUTH", "CERT", "MTU  576", "IP fragments in one piece", "it went out for packets of 1280 octets"] {
        assert!(initiator.text.contains(words), "{words}: {}", initiator.text);
    }
    drop(responder.end());
}

#[test]
fn hostile_37_strangers_change_nothing() {
    let responder = Responder::start(&moon(""));
    let [port, _] = responder.ports;
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    let marker = [0_u8; 4];
    // IKE_SA_INIT, IKE_AUTH and INFORMATIONAL headers over nothing, over garbage, and with lengths that lie.
    for exchange in [34_u8, 35, 36, 37, 43, 200] {
        for (length, body) in [(28_u32, 0_usize), (28, 40), (68, 40), (0xffff_ffff, 3), (27, 0)] {
            for first in [0_u8, 33, 46, 53, 255] {
                let mut datagram = marker.to_vec();
                datagram.extend([7; 8]);
                datagram.extend([0; 8]);
                datagram.extend([first, 0x20, exchange, 0x08, 0, 0, 0, 0]);
                datagram.extend(length.to_be_bytes());
                datagram.extend(vec![0x5a; body]);
                stranger.send_to(&datagram, ("127.0.0.1", port)).unwrap();
            }
        }
    }
    for datagram in [&[][..], &[0xff], &[0; 3], &[0; 5], &[1, 2, 3, 4, 5, 6]] {
        stranger.send_to(datagram, ("127.0.0.1", port)).unwrap();
    }
    let initiator = initiate(responder.ports, &carol("--do dpd,rekey-ike,delete"));
    let responder = responder.end();
    initiator.is_established();
    responder.is_established();
    assert!(responder.text.matches("   ignored ").count() > 100, "{}", responder.text);
}
