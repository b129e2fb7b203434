//! What somebody on the path adds to IKE_SA_INIT, where nothing is authentic yet.

use super::failures::notify;
use super::pair::{MOON, Responder, Side, carol, initiate, moon};
use ikev2::registry::{ExchangeType, KeMethod, NotifyType};
use ikev2::wire::{Header, IkeSpis, KeyExchange, Message, MessageBuilder, Nonce, Payload};
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const MARKER: usize = 4;

/// Shakes hands through somebody who adds `before` to each request of IKE_SA_INIT, and passes each of its responses on `copies` times.
fn through(responder: &str, initiator: &str, copies: usize, before: impl Fn(&Header) -> Vec<Vec<u8>> + Send + 'static) -> (Side, Side) {
    let started = Responder::start(&moon(responder));
    let [port, _] = started.ports;
    let [inner, outer] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    for socket in [&inner, &outer] {
        socket.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
    }
    outer.connect(("127.0.0.1", port)).unwrap();
    let own = inner.local_addr().unwrap().port();
    let over = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&over);
    let relay = std::thread::spawn(move || {
        let (mut buf, mut client) = ([0; 5000], None);
        while !end.load(Ordering::Relaxed) {
            if let Ok((len, from)) = inner.recv_from(&mut buf) {
                client = Some(from);
                let header = Header::peek(&buf[MARKER..len]).unwrap().header;
                if header.exchange == ExchangeType::IKE_SA_INIT {
                    for forged in before(&header) {
                        inner.send_to(&[&[0; MARKER][..], &forged].concat(), from).unwrap();
                    }
                }
                outer.send(&buf[..len]).unwrap();
            }
            let (Ok(len), Some(client)) = (outer.recv(&mut buf), client) else { continue };
            let header = Header::peek(&buf[MARKER..len]).unwrap().header;
            let copies = if header.exchange == ExchangeType::IKE_SA_INIT { copies } else { 1 };
            for _ in 0..copies {
                inner.send_to(&buf[..len], client).unwrap();
            }
        }
    });
    let initiator = initiate([own, own], &carol(&format!("--no-nat {initiator}")));
    let responder = started.end();
    over.store(true, Ordering::Relaxed);
    relay.join().unwrap();
    (initiator, responder)
}

#[test]
fn hostile_37_a_forged_refusal_does_not_end_the_attempt() {
    let forged = |request: &Header| {
        let mut answers = vec![notify(request, NotifyType::NO_PROPOSAL_CHOSEN, &[]), notify(request, NotifyType::INVALID_SYNTAX, &[])];
        answers.push(notify(request, NotifyType::INVALID_KE_PAYLOAD, &1025_u16.to_be_bytes()));
        answers.push(notify(&Header { spis: IkeSpis { responder: 7, ..request.spis }, ..*request }, NotifyType::INITIAL_CONTACT, &[]));
        answers
    };
    let (initiator, responder) = through("", "", 1, forged);
    initiator.is_established();
    responder.is_established();
    assert_eq!(initiator.text.matches("a better answer is waited for").count(), 4, "{}", initiator.text);
    assert_eq!((initiator.number("retransmissions"), initiator.number("ke_retries")), (0, 0));
    assert!(initiator.verdict["notify"].is_null(), "{}", initiator.text);
}

#[test]
fn doubles_of_cookies_and_of_wishes_for_a_group_change_nothing() {
    let groups = "--ike aes256gcm16-prfsha384-x25519-ecp384";
    let (initiator, responder) =
        through("--cookies always --ike aes256gcm16-prfsha384-ecp384", &format!("{groups} --ke-first 31"), 6, |_| Vec::new());
    initiator.is_established();
    responder.is_established();
    // A cookie for each of two requests, since a KE payload is not what it is bound to, but one is shown again.
    assert_eq!((initiator.number("cookies"), initiator.number("ke_retries")), (1, 1), "{}", initiator.text);
    assert!(initiator.text.contains("it asks for the cookie that was shown"), "{}", initiator.text);
    assert_eq!(initiator.verdict["ike"], "aes256gcm16-prfsha384-ecp384");
}

#[test]
fn hostile_07_a_responder_with_many_half_open_asks_for_cookies() {
    let responder = Responder::start(&format!("{MOON} --ike aes256gcm16-prfsha384-x25519"));
    let [port, _] = responder.ports;
    let flood = UdpSocket::bind("127.0.0.1:0").unwrap();
    flood.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // SA: one proposal of IKE, ENCR_AES_GCM_16 with 256 bits, PRF_HMAC_SHA2_384, Curve25519.
    let transforms = [&[3, 0, 0, 12, 1, 0, 0, 20, 0x80, 14, 1, 0][..], &[3, 0, 0, 8, 2, 0, 0, 6], &[0, 0, 0, 8, 4, 0, 0, 31]].concat();
    let sa = [&[0, 0, 0, 36, 1, 1, 0, 3][..], &transforms].concat();
    let (mut agreed, mut cookies) = (0, 0);
    for spi_i in 1..=100 {
        let header = Header {
            spis: IkeSpis { initiator: spi_i, responder: 0 },
            exchange: ExchangeType::IKE_SA_INIT,
            initiator: true,
            response: false,
            message_id: 0,
        };
        let (mut buf, mut public) = ([0; 300], [9; 32]);
        public[1] = u8::try_from(spi_i).unwrap();
        let request = MessageBuilder::new(&mut buf, &header)
            .push(Payload::Unknown(ikev2::wire::RawPayload::new(ikev2::registry::PayloadType::SA, false, &sa)))
            .push(Payload::KeyExchange(KeyExchange { method: KeMethod::CURVE25519, data: &public }))
            .push(Payload::Nonce(Nonce { data: &[5; 32] }))
            .finish()
            .unwrap();
        flood.send_to(&[&[0; MARKER][..], request].concat(), ("127.0.0.1", port)).unwrap();
        let mut answer = [0; 1000];
        let len = flood.recv(&mut answer).unwrap();
        let message = Message::parse(&answer[MARKER..len]).unwrap();
        match message.payloads().next().unwrap().parse().unwrap() {
            Payload::Notify(notify) => {
                assert_eq!(notify.ty, NotifyType::COOKIE);
                cookies += 1;
            }
            _ => agreed += 1,
        }
    }
    assert_eq!((agreed, cookies), (16, 84));
    // Who can be reached still comes through.
    let initiator = initiate(responder.ports, &carol("--ike aes256gcm16-prfsha384-x25519"));
    initiator.is_established();
    assert_eq!(initiator.number("cookies"), 1);
    drop(responder.end());
}
