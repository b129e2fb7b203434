//! What does not come about, and says why.

use super::pair::{Responder, Side, carol, initiate, moon, shake};
use ikev2::registry::NotifyType;
use ikev2::wire::{Header, IkeSpis, MessageBuilder, Notify, Payload};
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

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
    assert!(initiator.text.contains("the peer says it is moon.example.org, not"), "{}", initiator.text);
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
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/handshake");
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

/// Initiates to a peer that answers request n of IKE_SA_INIT with what `answers` gives for it.
fn initiate_to(answers: impl Fn(u64, &Header) -> Vec<u8> + Send + 'static, args: &str) -> Side {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&over);
    let peer = std::thread::spawn(move || {
        let mut buf = [0; 2000];
        let mut n = 0;
        while !end.load(Ordering::Relaxed) {
            let Ok((len, from)) = socket.recv_from(&mut buf) else { continue };
            let header = Header::peek(&buf[4..len]).unwrap().header;
            socket.send_to(&[&[0; 4][..], &answers(n, &header)].concat(), from).unwrap();
            n += 1;
        }
    });
    let initiator = initiate([port, port], args);
    over.store(true, Ordering::Relaxed);
    peer.join().unwrap();
    initiator
}

pub(crate) fn notify(request: &Header, ty: NotifyType, data: &[u8]) -> Vec<u8> {
    let mut buf = [0; 200];
    let header = Header { initiator: false, response: true, ..*request };
    MessageBuilder::new(&mut buf, &header).push(Payload::Notify(Notify::new(ty, data))).finish().unwrap().to_vec()
}

#[test]
fn hostile_39_a_peer_that_always_wants_another_group_is_left() {
    for groups in [vec![20, 31], vec![20, 31, 19, 14, 15, 16], vec![31], vec![0], vec![2], vec![1025], vec![65535, 20]] {
        let distinct = u64::try_from(groups.len()).unwrap();
        let wanted = move |n: u64, request: &Header| {
            let group: u16 = groups[usize::try_from(n).unwrap() % groups.len()];
            notify(request, NotifyType::INVALID_KE_PAYLOAD, &group.to_be_bytes())
        };
        let initiator = initiate_to(wanted, &carol("--timeout 1 --retransmit 200"));
        initiator.is(1, "refused", "IKE_SA_INIT", Some("INVALID_KE_PAYLOAD"));
        // Once it goes back to a method that it was made to give up.
        assert!(initiator.number("ke_retries") <= distinct.min(4), "{}", initiator.text);
    }
}

#[test]
fn hostile_39_a_peer_that_always_wants_another_cookie_is_left() {
    let cookie = |n: u64, request: &Header| notify(request, NotifyType::COOKIE, &n.to_be_bytes());
    let initiator = initiate_to(cookie, &carol("--timeout 3"));
    initiator.is(4, "protocol_error", "IKE_SA_INIT", None);
    assert!(initiator.number("sent") <= 4, "{}", initiator.text);
}

#[test]
fn hostile_30_answers_that_are_none_are_ignored() {
    let nonsense = |n: u64, request: &Header| {
        let good = notify(request, NotifyType::NO_PROPOSAL_CHOSEN, &[]);
        match n {
            // A stranger's SPI, a request, another exchange's Message ID, a payload that ends too soon, and a lie about the length.
            0 => notify(
                &Header { spis: IkeSpis { initiator: !request.spis.initiator, ..request.spis }, ..*request },
                NotifyType::NO_PROPOSAL_CHOSEN,
                &[],
            ),
            1 => {
                let mut request = good;
                request[19] = 0x08;
                request
            }
            2 => notify(&Header { message_id: 1, ..*request }, NotifyType::NO_PROPOSAL_CHOSEN, &[]),
            3 => {
                let mut short = good;
                short[33] = 200;
                short
            }
            _ => {
                let mut long = good;
                long[27] += 1;
                long
            }
        }
    };
    let initiator = initiate_to(nonsense, &carol("--timeout 1 --retransmit 20"));
    initiator.is(3, "no_answer", "IKE_SA_INIT", None);
    assert!(initiator.text.matches("   ignored ").count() >= 5, "{}", initiator.text);
}

#[test]
fn hostile_30_an_answer_without_its_payloads_is_no_handshake() {
    let empty = |_: u64, request: &Header| {
        notify(&Header { spis: IkeSpis { responder: 7, ..request.spis }, ..*request }, NotifyType::INITIAL_CONTACT, &[])
    };
    let initiator = initiate_to(empty, &carol("--timeout 1"));
    initiator.is(4, "protocol_error", "IKE_SA_INIT", None);
}
