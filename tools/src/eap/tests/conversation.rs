//! The conversation around a method: identities, Naks, repeated packets, packets at the wrong time, limits.

use super::kit::{config, ms_client, ms_server, talk, tls_client, tls_server};
use crate::eap::{Authenticator, Discard, Failure, First, Limit, MAX_OCTETS, MAX_ROUNDS, ServerMethod, ServerTurn, Step, Supplicant, Type};
use ikev2::wire::EapCode;

const SUCCESS: [u8; 4] = [3, 1, 0, 4];

fn sent(step: Result<Step, Discard>) -> Vec<u8> {
    match step {
        Ok(Step::Send(packet)) => packet,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_client_answers_whatever_comes_before_its_method() {
    let mut client = ms_client("carol", "blue");
    assert_eq!(sent(client.handle(&[1, 9, 0, 5, 1])), [&[2, 9, 0, 22, 1], &b"carol@example.org"[..]].concat());
    assert_eq!(sent(client.handle(&[1, 10, 0, 7, 2, b'h', b'i'])), [2, 10, 0, 5, 2]);
    assert_eq!(client.notification(), Some(&b"hi"[..]));
    for ty in [4, 5, 6, 13, 254] {
        assert_eq!(sent(client.handle(&[1, ty, 0, 6, ty, 0])), [2, ty, 0, 6, 3, 26]);
    }
    // A Nak is no request.
    let found = client.handle(&[1, 11, 0, 6, 3, 26]).unwrap_err();
    assert_eq!(found, Discard::Type { expected: Type::MS_CHAP_V2, found: Type::NAK });
}

#[test]
fn a_method_without_keys_is_refused_by_name() {
    let mut client = ms_client("carol", "blue");
    assert_eq!(sent(client.handle(&[1, 1, 0, 7, 4, 1, 0])), [2, 1, 0, 6, 3, 26]);
    let Ok(Step::Failed { packet: None, why }) = client.handle(&[4, 1, 0, 4]) else { panic!("no failure") };
    assert_eq!(why.to_string(), "the server wants MD5-Challenge (4), which makes no key, and this side has EAP-MSCHAPv2 (26) only");
    assert!(matches!(client.handle(&[4, 1, 0, 4]), Err(Discard::NotDue)));
    assert!(matches!(client.handle(&[1, 2, 0, 5, 1]), Err(Discard::NotDue)));
}

#[test]
fn two_methods_that_do_not_meet_are_named_on_both_sides() {
    let (mut client, mut server) = (ms_client("carol", "blue"), tls_server(config("p256", "server", "p256")));
    let (of_client, of_server) = talk(&mut client, &mut server).failures();
    assert_eq!(of_client, Some(Failure::NoCommonMethod { offered: Type::TLS, ours: Type::MS_CHAP_V2 }));
    assert_eq!(of_server, Some(Failure::Nak { ours: Type::TLS, wanted: vec![Type::MS_CHAP_V2] }));
    assert_eq!(of_server.unwrap().to_string(), "the client does not take EAP-TLS (13); it wants EAP-MSCHAPv2 (26)");
}

/// Every request comes twice: the answer is the same, and the method does not notice.
#[test]
fn a_repeated_request_gets_the_same_answer() {
    for fragment in [100, 1024] {
        let small = |mut config: crate::eap::tls::Config| {
            config.fragment = fragment;
            config
        };
        let mut client = tls_client(small(config("p256", "client", "p256")), None);
        let mut server = tls_server(small(config("p256", "server", "p256")));
        let mut request = server.start().unwrap();
        loop {
            let response = sent(client.handle(&request));
            assert_eq!(sent(client.handle(&request)), response);
            match server.handle(&response).unwrap() {
                Step::Send(next) => request = next,
                Step::Done { packet, .. } => break request = packet.unwrap(),
                Step::Failed { why, .. } => panic!("{why}"),
            }
            // The server has gone on, and takes no response twice.
            let found = server.handle(&response).unwrap_err();
            assert!(matches!(found, Discard::Identifier { .. }), "{found}");
        }
        assert!(matches!(client.handle(&request), Ok(Step::Done { packet: None, .. })));
        assert!(matches!(client.handle(&request), Err(Discard::NotDue)));
    }
}

/// At every point of a conversation that will come out well.
fn at_every_point(client: impl Fn() -> Supplicant, server: impl Fn() -> Authenticator, check: impl Fn(&mut Supplicant, u8)) {
    for stop in 0.. {
        let (mut client, mut server) = (client(), server());
        let mut request = server.start().unwrap();
        for _ in 0..stop {
            match server.handle(&sent(client.handle(&request))).unwrap() {
                Step::Send(next) => request = next,
                Step::Done { .. } => {
                    assert!(stop > 2);
                    return;
                }
                Step::Failed { why, .. } => panic!("{why}"),
            }
        }
        check(&mut client, request[1].wrapping_sub(1));
    }
}

#[test]
fn a_success_that_comes_too_early_is_not_believed() {
    let check = |client: &mut Supplicant, identifier: u8| {
        assert!(matches!(client.handle(&[3, identifier, 0, 4]), Err(Discard::EarlySuccess)));
    };
    at_every_point(|| ms_client("carol", "blue"), || ms_server(First::Identity, "carol", "blue"), check);
    for kind in ["p256", "ed25519"] {
        let client = || tls_client(config(kind, "client", kind), None);
        at_every_point(client, || tls_server(config(kind, "server", kind)), check);
    }
}

#[test]
fn a_failure_is_believed_until_both_have_accepted() {
    let (mut client, mut server) = (ms_client("carol", "blue"), ms_server(First::Identity, "carol", "blue"));
    let mut request = server.start().unwrap();
    for _ in 0..2 {
        let Step::Send(next) = server.handle(&sent(client.handle(&request))).unwrap() else { panic!("it is over") };
        request = next;
    }
    let wrong = client.handle(&[4, 77, 0, 4]).unwrap_err();
    assert_eq!(wrong, Discard::Identifier { expected: 2, found: 77 });
    sent(client.handle(&request));
    assert!(matches!(client.handle(&[4, 3, 0, 4]), Err(Discard::LateFailure)));
    // A server that counts on.
    assert!(matches!(client.handle(&[3, 4, 0, 4]), Ok(Step::Done { .. })));

    let mut client = ms_client("carol", "blue");
    assert!(matches!(client.handle(&[4, 1, 0, 4]), Ok(Step::Failed { why: Failure::Refused, packet: None })));
}

#[test]
fn a_packet_for_the_other_role_or_time_is_put_aside() {
    let (mut client, mut server) = (ms_client("carol", "blue"), ms_server(First::Identity, "carol", "blue"));
    assert_eq!(client.handle(&[2, 1, 0, 5, 1]).unwrap_err(), Discard::Code(EapCode::RESPONSE));
    assert_eq!(client.handle(&[9, 1, 0, 5, 1]).unwrap_err(), Discard::Code(EapCode(9)));
    assert_eq!(server.handle(&[2, 0, 0, 5, 1]).unwrap_err(), Discard::NotDue);
    let request = server.start().unwrap();
    assert_eq!(request, [1, 1, 0, 5, 1]);
    assert_eq!(server.start().unwrap_err(), Discard::NotDue);
    assert_eq!(server.handle(&request).unwrap_err(), Discard::Code(EapCode::REQUEST));
    assert_eq!(server.handle(&SUCCESS).unwrap_err(), Discard::Code(EapCode::SUCCESS));
    assert_eq!(server.handle(&[4, 1, 0, 4]).unwrap_err(), Discard::Code(EapCode::FAILURE));
    assert_eq!(server.handle(&[2, 2, 0, 5, 1]).unwrap_err(), Discard::Identifier { expected: 1, found: 2 });
    let found = server.handle(&[2, 1, 0, 6, 3, 13]).unwrap_err();
    assert_eq!(found, Discard::Type { expected: Type::IDENTITY, found: Type::NAK });
    let challenge = sent(server.handle(&[2, 1, 0, 5, 1]));
    sent(client.handle(&challenge));
    // The method has begun.
    for ty in [1, 4] {
        let found = client.handle(&[1, 3, 0, 5, ty]).unwrap_err();
        assert_eq!(found, Discard::Type { expected: Type::MS_CHAP_V2, found: Type(ty) });
    }
}

#[test]
fn a_nak_that_wants_nothing_is_one() {
    for nak in [&[2, 1, 0, 6, 3, 0][..], &[2, 1, 0, 5, 3], &[2, 1, 0, 12, 254, 0, 0, 0, 0, 0, 0, 3]] {
        let mut server = ms_server(First::Method, "carol", "blue");
        server.start().unwrap();
        let Ok(Step::Failed { packet, why }) = server.handle(nak) else { panic!("{nak:?}") };
        assert_eq!(packet, Some(vec![4, 1, 0, 4]));
        assert_eq!(why, Failure::Nak { ours: Type::MS_CHAP_V2, wanted: Vec::new() });
    }
}

struct Endless;

impl ServerMethod for Endless {
    fn ty(&self) -> Type {
        Type(99)
    }

    fn begin(&mut self) -> Vec<u8> {
        Vec::new()
    }

    fn handle(&mut self, _: &[u8]) -> ServerTurn {
        ServerTurn::Say(Vec::new())
    }
}

#[test]
fn a_conversation_ends_at_its_limits() {
    let mut client = ms_client("carol", "blue");
    let mut ends = (0..=MAX_ROUNDS).map(|round| {
        let identifier = u8::try_from(round % 256).unwrap();
        client.handle(&[1, identifier, 0, 5, 1 + identifier % 2])
    });
    let end = ends.position(|end| matches!(end, Ok(Step::Failed { why: Failure::Limit(Limit::Rounds), packet: None })));
    assert_eq!(end, usize::try_from(MAX_ROUNDS).ok());

    for (size, limit, rounds) in [(0, Limit::Rounds, 257), (60000, Limit::Octets, MAX_OCTETS / 60000 + 1)] {
        let mut server = Authenticator::new(First::Method, Endless);
        let mut request = server.start().unwrap();
        let mut count = 0;
        let why = loop {
            let [hi, lo] = u16::try_from(size + 5).unwrap().to_be_bytes();
            count += 1;
            match server.handle(&[&[2, request[1], hi, lo, 99], &vec![0; size][..]].concat()).unwrap() {
                Step::Send(next) => request = next,
                Step::Failed { why, packet } => {
                    assert_eq!(packet.unwrap().len(), 4);
                    break why;
                }
                done @ Step::Done { .. } => panic!("{done:?}"),
            }
        };
        assert_eq!((why, count), (Failure::Limit(limit), rounds));
    }
}
