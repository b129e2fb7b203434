//! EAP-MSCHAPv2 between both roles.

use super::kit::{ms_client, ms_server, talk};
use crate::eap::mschapv2::{ErrorCode, Fault, Refusal};
use crate::eap::{Discard, Failure, First, Proof, Step};

#[test]
fn both_know_the_password() {
    for first in [First::Identity, First::Method] {
        let (mut client, mut server) =
            (ms_client("OFFICE\\carol", "gr\u{fc}n \u{1f600}"), ms_server(first, "OFFICE\\carol", "gr\u{fc}n \u{1f600}"));
        let (msk, by_client, by_server) = talk(&mut client, &mut server).established();
        let user = b"OFFICE\\carol".to_vec();
        assert_eq!([by_client, by_server], [Proof::Password { user: user.clone() }, Proof::Password { user }]);
        assert_ne!(msk.octets()[..16], msk.octets()[16..32]);
        let identity = (first == First::Identity).then_some(&b"carol@example.org"[..]);
        assert_eq!(server.identity(), identity);
    }
}

#[test]
fn a_wrong_password_or_user_is_told_by_number() {
    let refusal = Refusal { error: ErrorCode::AUTHENTICATION_FAILURE, retry: false, message: b"Authentication failed".to_vec() };
    for (user, password, why) in [("carol", "green", Fault::WrongPassword), ("dave", "blue", Fault::UnknownUser)] {
        let (mut client, mut server) = (ms_client(user, password), ms_server(First::Identity, "carol", "blue"));
        let talk = talk(&mut client, &mut server);
        assert_eq!(talk.packets.last().map(Vec::len), Some(4), "EAP-Failure");
        let due = Failure::MsChapV2(Fault::Refused(refusal.clone()));
        assert_eq!(due.to_string(), "EAP-MSCHAPv2: the server refuses: ERROR_AUTHENTICATION_FAILURE (691) \"Authentication failed\"");
        assert_eq!(talk.failures(), (Some(due), Some(Failure::MsChapV2(why))));
    }
}

/// A packet of the server in the middle of EAP-MSCHAPv2, after the client has answered its challenge.
fn after_the_response(data: &[u8]) -> Result<Step, Discard> {
    let (mut client, mut server) = (ms_client("carol", "blue"), ms_server(First::Method, "carol", "blue"));
    client.handle(&server.start().unwrap()).unwrap();
    let length = u8::try_from(data.len().saturating_add(5)).unwrap();
    client.handle(&[&[1, 2, 0, length, 26], data].concat())
}

fn why(data: &[u8]) -> Failure {
    let Ok(Step::Failed { why, .. }) = after_the_response(data) else { panic!("{data:?}") };
    why
}

#[test]
fn a_server_that_does_not_know_the_password_is_found_out() {
    let text = b"S=407A5589115FD0D6209F510FE9C04566932CDA56 M=OK";
    let length = u8::try_from(text.len() + 4).unwrap();
    assert_eq!(why(&[&[3, 1, 0, length], &text[..]].concat()), Failure::MsChapV2(Fault::ServerUnproved));
    assert_eq!(why(&[3, 1, 0, 4]), Failure::MsChapV2(Fault::Malformed(3)));
    // Success as a client says it.
    assert_eq!(why(&[3]), Failure::MsChapV2(Fault::Unexpected(3)));
}

#[test]
fn an_expired_password_is_named_and_not_changed() {
    let text = b"E=648 R=1 C=00112233445566778899AABBCCDDEEFF V=3 M=Password expired";
    let length = u8::try_from(text.len() + 4).unwrap();
    let step = after_the_response(&[&[4, 1, 0, length], &text[..]].concat()).unwrap();
    let Step::Failed { packet: Some(packet), why: Failure::MsChapV2(Fault::Refused(refusal)) } = step else { panic!("{step:?}") };
    assert_eq!(packet, [2, 2, 0, 6, 26, 4]);
    assert_eq!(refusal.to_string(), "ERROR_PASSWD_EXPIRED (648) \"Password expired\"");
    assert!(refusal.retry);
}

#[test]
fn a_server_hears_one_try_and_no_change_of_a_password() {
    let (mut client, mut server) = (ms_client("carol", "green"), ms_server(First::Method, "carol", "blue"));
    let Ok(Step::Send(response)) = client.handle(&server.start().unwrap()) else { panic!("no response") };
    let Ok(Step::Send(failure)) = server.handle(&response) else { panic!("no failure") };
    assert_eq!(failure[5], 4);
    let mut again = response;
    again[1] = failure[1];
    assert!(matches!(server.handle(&again), Ok(Step::Failed { why: Failure::MsChapV2(Fault::WrongPassword), .. })));

    let mut server = ms_server(First::Method, "carol", "blue");
    server.start().unwrap();
    let step = server.handle(&[2, 1, 0, 9, 26, 7, 1, 0, 4]).unwrap();
    assert!(matches!(step, Step::Failed { why: Failure::MsChapV2(Fault::Unexpected(7)), packet: Some(_) }));
}
