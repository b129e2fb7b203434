//! What is answered to messages that cannot be served, where RFC 7296 sections 2.5 and 2.21 want an answer.

use crate::host::PLAIN;
use crate::hostile_peer::Peer;
use crate::hostile_peer::acts::notify;
use crate::rig::{CAROL, MOON, Rig, Seen};
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::session::{CloseReason, Handled, Ignored, Violation};
use ikev2::wire::{Message, MessageBuilder, Nonce, Notify, Payload};
use std::time::Duration;

/// Octet of the header with both versions, and the one with the flags.
const VERSION: usize = 17;
const FLAGS: usize = 19;

/// An IKE_SA_INIT request for moon.
fn init(rig: &mut Rig) -> Seen {
    rig.hosts[CAROL].initiate(rig.now);
    rig.sent(CAROL).remove(0)
}

/// The notify that moon answers with, without state and without protection.
fn answered(rig: &mut Rig, seen: &Seen) -> (Handled, Vec<(NotifyType, Vec<u8>)>) {
    let handled = rig.give(seen);
    let sent = rig.sent(MOON);
    assert!(sent.len() < 2 && sent.iter().all(|answer| answer.octets.len() <= seen.octets.len()));
    let notifies = sent.iter().flat_map(|answer| {
        let message = Message::parse(&answer.octets).unwrap();
        let (theirs, ours) = (Message::parse_lenient(&seen.octets), message.header());
        let theirs = theirs.unwrap().received().header;
        assert_eq!((ours.spis, ours.message_id, ours.exchange), (theirs.spis, theirs.message_id, theirs.exchange));
        assert!(ours.response && answer.octets[VERSION] == 0x20);
        message.parts().unwrap().notifies().map(|notify| (notify.ty, notify.data.to_vec())).collect::<Vec<_>>()
    });
    let notifies = notifies.collect();
    assert_eq!(rig.hosts[MOON].endpoint.sas().count(), 0);
    (handled, notifies)
}

#[test]
fn rfc_7296_section_2_5_a_later_major_version_is_answered_and_a_response_is_not() {
    let mut rig = Rig::plain(1);
    let mut seen = init(&mut rig);
    seen.octets[VERSION] = 0x30;
    let version = (Handled::Ignored(Ignored::Version(3)), vec![(NotifyType::INVALID_MAJOR_VERSION, Vec::new())]);
    assert_eq!(answered(&mut rig, &seen), version);
    // Of whatever exchange, under whatever SPIs.
    seen.octets[18] = 37;
    seen.octets[8] = 1;
    assert_eq!(answered(&mut rig, &seen), version);
    seen.octets[FLAGS] |= 0x20;
    assert_eq!(answered(&mut rig, &seen), (version.0, Vec::new()));
    seen.octets[VERSION] = 0x10;
    assert_eq!(answered(&mut rig, &seen), (Handled::Ignored(Ignored::Version(1)), Vec::new()));
    // A later minor version is no reason to refuse.
    let mut seen = init(&mut rig);
    seen.octets[VERSION] = 0x2f;
    assert_eq!(rig.give(&seen), Handled::Consumed);
}

/// The same message with another payload at its end.
fn with_payload(octets: &[u8], last: u8, first: u8, body: &[u8]) -> Vec<u8> {
    let message = Message::parse(octets).unwrap();
    let at: usize = 28 + message.payloads().map(|raw| raw.body.len() + 4).take(message.payloads().count() - 1).sum::<usize>();
    let mut octets = octets.to_vec();
    octets[at] = last;
    octets.extend([0, first, 0, 4 + u8::try_from(body.len()).unwrap()]);
    octets.extend(body);
    let len = u32::try_from(octets.len()).unwrap();
    octets[24..28].copy_from_slice(&len.to_be_bytes());
    octets
}

#[test]
fn rfc_7296_section_2_5_an_unknown_critical_payload_is_answered() {
    let mut rig = Rig::plain(2);
    let seen = init(&mut rig);
    let critical = Seen { octets: with_payload(&seen.octets, 99, 0x80, &[1, 2]), ..seen.clone() };
    let (handled, told) = answered(&mut rig, &critical);
    assert!(matches!(handled, Handled::Ignored(Ignored::Unprotected(Violation::Syntax(_)))), "{handled:?}");
    assert_eq!(told, [(NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD, vec![99])]);
    let skipped = Seen { octets: with_payload(&seen.octets, 99, 0, &[1, 2]), ..seen };
    assert_eq!(rig.give(&skipped), Handled::Consumed);

    // Inside, it is answered and costs nothing else.
    let mut peer = Peer::up(2, PLAIN, true);
    peer.ask(ExchangeType::INFORMATIONAL, (PayloadType(99), vec![0, 0x80, 0, 6, 1, 2]));
    assert_eq!(peer.last_notify(), Some((NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD, vec![99])));
    peer.ask(ExchangeType::INFORMATIONAL, (PayloadType(99), vec![0, 0, 0, 6, 1, 2]));
    assert_eq!((peer.last_notify(), peer.sas()), (None, 1));
}

#[test]
fn rfc_7296_section_2_21_1_what_cannot_be_read_is_answered_without_state() {
    let mut rig = Rig::plain(3);
    let seen = init(&mut rig);
    // The Length of the last payload goes beyond the message.
    let mut octets = with_payload(&seen.octets, 43, 0, &[1, 2]);
    let at = octets.len() - 4;
    octets[at..at + 2].copy_from_slice(&[1, 0]);
    let (handled, told) = answered(&mut rig, &Seen { octets, ..seen.clone() });
    assert!(matches!(handled, Handled::Ignored(Ignored::Unprotected(Violation::Syntax(_)))), "{handled:?}");
    assert_eq!(told, [(NotifyType::INVALID_SYNTAX, Vec::new())]);
    // So is one that lacks what it needs.
    let mut buf = vec![0; 200];
    let header = *Message::parse(&seen.octets).unwrap().header();
    let mut builder = MessageBuilder::new(&mut buf, &header);
    builder.push(Payload::Nonce(Nonce { data: &[7; 32] }));
    let octets = builder.finish().unwrap().to_vec();
    let (handled, told) = answered(&mut rig, &Seen { octets, ..seen });
    assert_eq!(handled, Handled::Ignored(Ignored::Unprotected(Violation::Missing(PayloadType::SA))));
    assert_eq!(told, [(NotifyType::INVALID_SYNTAX, Vec::new())]);
}

#[test]
fn rfc_7296_section_2_21_3_what_cannot_be_read_inside_ends_the_ike_sa() {
    let mut peer = Peer::up(4, PLAIN, true);
    peer.ask(ExchangeType::INFORMATIONAL, (PayloadType::N, vec![0, 0, 1, 0]));
    assert_eq!(peer.last_notify(), Some((NotifyType::INVALID_SYNTAX, Vec::new())));
    assert_eq!(peer.sas(), 0);
    let closed = peer.rig.hosts[MOON].closed.values().next();
    assert!(matches!(closed, Some(CloseReason::Violation(Violation::Syntax(_)))), "{closed:?}");
}

#[test]
fn rfc_7296_section_2_21_4_an_unprotected_error_is_a_reason_to_ask_and_no_more() {
    let mut peer = Peer::up(5, PLAIN, true);
    let header = peer.forgers[0].header(ExchangeType::INFORMATIONAL, true, 0);
    let mut buf = vec![0; 100];
    let mut builder = MessageBuilder::new(&mut buf, &header);
    builder.push(Payload::Notify(Notify::new(NotifyType::INVALID_IKE_SPI, &[])));
    let octets = builder.finish().unwrap().to_vec();
    let seen = Seen { to: MOON, path: peer.rig.hosts[MOON].path, octets };
    // The peer was heard a moment ago.
    for _ in 0..10 {
        assert_eq!(peer.rig.give(&seen), Handled::Ignored(Ignored::UnprotectedError));
        peer.look();
        assert_eq!((peer.asked.len(), peer.sas()), (0, 1));
    }
    peer.rig.pass_alone(MOON, Duration::from_secs(11));
    for _ in 0..10 {
        assert_eq!(peer.rig.give(&seen), Handled::Ignored(Ignored::UnprotectedError));
        peer.look();
        assert_eq!((peer.asked.len(), peer.sas()), (1, 1));
    }
    // The same inside is heard and means nothing.
    peer.ask(ExchangeType::INFORMATIONAL, notify(NotifyType::INVALID_IKE_SPI, &[]));
    assert_eq!((peer.last_notify(), peer.sas()), (None, 1));
}
