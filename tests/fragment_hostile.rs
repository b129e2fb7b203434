//! The bug classes other reassemblers and splitters had, by their number in the project's list.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a test fails by panicking"
)]
#![cfg(any(feature = "ring", feature = "rustcrypto"))]

mod fragments;

use core::time::Duration;
use fragments::both::{Both, Told};
use fragments::peer::{FIRST, HEADER, NONE, Peer};
use fragments::reference::{Outcome, Whole};
use ikev2::error::{ParseErrorKind, SealError};
use ikev2::fragment::{Layout, Limits, Negotiated, Outgoing, Path, Progress, Reason, Reassembler, Splitter};
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::wire::{Chain, Header, Message, Notify, Payload};
use std::collections::BTreeSet;

const LIMITS: Limits = Limits { octets: 1000, fragments: 8, sets: 3, lifetime: Duration::from_secs(30) };

fn pending(have: u16, of: u16) -> Option<Outcome> {
    Some(Outcome::Pending { have, of })
}

fn ignored(reason: Reason) -> Option<Outcome> {
    Some(Outcome::Ignored(reason))
}

fn complete(outcome: Option<Outcome>) -> Whole {
    match outcome {
        Some(Outcome::Complete(whole)) => whole,
        other => panic!("not complete: {other:?}"),
    }
}

#[test]
fn hostile_05_fragments_and_octets_at_below_and_over_their_limit() {
    for (total, fits) in [(7, true), (8, true), (9, false), (65535, false)] {
        let mut both = Both::new(LIMITS);
        let outcome = both.push(&Told::fragment(1, (1, total), b"abcd"));
        let due = if fits { pending(1, total) } else { Some(Outcome::TooMany { total: total.into(), limit: 8 }) };
        assert_eq!(outcome, due);
    }
    for (octets, fits) in [(999, true), (1000, true), (1001, false)] {
        // The last fragment makes it, the first does, one in between does; and one fragment alone.
        for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] {
            let mut both = Both::new(LIMITS);
            let sizes = [400, 400, octets - 800];
            let mut push = |number: u16| both.push(&Told::fragment(1, (number, 3), &vec![7; sizes[usize::from(number) - 1]]));
            assert_eq!(push(order[0]), pending(1, 3));
            assert_eq!(push(order[1]), pending(2, 3));
            match push(order[2]) {
                Some(Outcome::Complete(whole)) => assert!(fits && whole.content.len() == octets),
                outcome => assert_eq!((outcome, fits), (Some(Outcome::TooLarge { octets, limit: 1000 }), false)),
            }
            assert_eq!(both.ours.octets(), 0, "dropped, or handed out");
        }
        let outcome = Both::new(LIMITS).push(&Told::fragment(1, (1, 1), &vec![7; octets]));
        assert_eq!(matches!(outcome, Some(Outcome::Complete(_))), fits);
        // A fragment in the middle that alone is too large.
        let outcome = Both::new(LIMITS).push(&Told::fragment(1, (2, 3), &vec![7; octets]));
        assert_eq!(outcome == pending(1, 3), fits);
    }
    // The largest set there can be, by the limits as they are and by the fields.
    let mut peer = Peer::new();
    for (limits, total, piece) in
        [(Limits::default(), 1024u16, 63), (Limits { octets: 65535 * 3, fragments: 65535, ..Limits::default() }, 65535, 3)]
    {
        let mut reassembler = Reassembler::new(limits);
        let mut whole = None;
        for number in 1..=total {
            let mut datagram = peer.fragment(&HEADER, (number, total), &vec![number as u8; piece]);
            whole = Some(reassembler.push(&peer.open(&mut datagram).unwrap(), Duration::ZERO).unwrap());
        }
        let Some(Progress::Complete(whole)) = whole else { panic!("{whole:?}") };
        assert!(whole.content().chunks(piece).zip(1..=total).all(|(chunk, number)| chunk.iter().all(|octet| *octet == number as u8)));
        assert_eq!((whole.content().len(), whole.fragments()), (usize::from(total) * piece, total));
    }
}

#[test]
fn hostile_08_no_bit_of_a_fragment_can_be_changed_and_do_anything() {
    let mut peer = Peer::new();
    let mut reassembler = Reassembler::new(LIMITS);
    let mut first = peer.fragment(&HEADER, (1, 3), b"first fragment");
    reassembler.push(&peer.open(&mut first).unwrap(), Duration::ZERO).unwrap();
    let before = format!("{reassembler:?}");
    assert!(before.contains("have: 1") && before.contains("octets: 14"), "{before}");
    for valid in
        [peer.fragment(&HEADER, (2, 3), b"second"), peer.fragment(&HEADER, (1, 9), b"first of more"), peer.sk(&HEADER, &[], FIRST, b"sk")]
    {
        for bit in 0..valid.len() * 8 {
            let mut changed = valid.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Ok(opened) = peer.open(&mut changed) {
                panic!("bit {bit}: {opened:?}");
            }
        }
        for len in 0..valid.len() {
            assert!(peer.open(&mut valid[..len].to_vec()).is_err());
        }
    }
    assert_eq!(format!("{reassembler:?}"), before);
    // All of it was worth nothing: the rest still completes the message.
    let mut second = peer.fragment(&HEADER, (2, 3), b", second");
    reassembler.push(&peer.open(&mut second).unwrap(), Duration::ZERO).unwrap();
    let mut third = peer.fragment(&HEADER, (3, 3), b", third");
    let Ok(Progress::Complete(whole)) = reassembler.push(&peer.open(&mut third).unwrap(), Duration::ZERO) else { panic!() };
    assert_eq!(whole.content(), &b"first fragment, second, third"[..]);
}

#[test]
fn the_state_shown_in_debug_tells_every_fragment_but_no_octet() {
    let mut peer = Peer::new();
    let mut reassembler = Reassembler::new(LIMITS);
    let mut seen = BTreeSet::new();
    for (number, content) in [(2, "secret"), (3, "hidden"), (1, "buried")] {
        assert!(seen.insert(format!("{reassembler:?}")));
        let mut datagram = peer.fragment(&HEADER, (number, 4), content.as_bytes());
        reassembler.push(&peer.open(&mut datagram).unwrap(), Duration::ZERO).unwrap();
    }
    let state = format!("{reassembler:?}");
    assert!(seen.insert(state.clone()));
    let octets: Vec<String> = ["secret", "hidden", "buried"].map(|content| format!("{:?}", content.as_bytes())).into();
    assert!(octets.iter().all(|octets| !state.contains(octets.trim_matches(['[', ']']))), "{state}");
    let mut last = peer.fragment(&HEADER, (4, 4), b"");
    let whole = reassembler.push(&peer.open(&mut last).unwrap(), Duration::ZERO).unwrap();
    assert!(!format!("{whole:?}").contains("115, 101"), "{whole:?}");
}

#[test]
fn hostile_09_fragments_that_differ_in_anything_never_complete_one_another() {
    let headers = [
        HEADER,
        Header { message_id: 2, ..HEADER },
        Header { response: true, ..HEADER },
        Header { initiator: false, ..HEADER },
        Header { exchange: ExchangeType::CREATE_CHILD_SA, ..HEADER },
        Header { spi_i: HEADER.spi_i ^ 1, ..HEADER },
        Header { spi_r: HEADER.spi_r ^ 1, ..HEADER },
    ];
    for (a, first) in headers.iter().enumerate() {
        for (b, second) in headers.iter().enumerate() {
            let mut both = Both::new(LIMITS);
            let of = |header: &Header, number| Told { header: *header, ..Told::fragment(1, (number, 2), b"half") };
            assert_eq!(both.push(&of(first, 1)), pending(1, 2));
            let outcome = both.push(&of(second, 2)).unwrap();
            assert_eq!(matches!(outcome, Outcome::Complete(_)), a == b, "{first:?} {second:?}: {outcome:?}");
            // And the first message still becomes whole.
            if a != b {
                assert_eq!(complete(both.push(&of(first, 2))).content, b"halfhalf");
            }
        }
    }
}

#[test]
fn hostile_10_a_changed_total_never_completes_a_set_early() {
    let mut both = Both::new(LIMITS);
    for number in [1, 2] {
        both.push(&Told::fragment(1, (number, 3), b"old"));
    }
    // strongSwan before 2026: complete, since three fragments were there and the last one said two.
    assert_eq!(both.push(&Told::fragment(1, (2, 2), b"new")), ignored(Reason::SmallerTotal { total: 2, open: 3 }));
    assert_eq!(both.push(&Told::fragment(1, (1, 2), b"new")), ignored(Reason::SmallerTotal { total: 2, open: 3 }));
    assert_eq!(complete(both.push(&Told::fragment(1, (3, 3), b"old"))).content, b"oldoldold");

    // Every pair of totals, and every number of fragments before the change.
    for old in 1..=6u16 {
        for new in 1..=6u16 {
            for had in 1..old {
                let mut both = Both::new(LIMITS);
                (1..=had).for_each(|number| assert_eq!(both.push(&Told::fragment(1, (number, old), b"old")), pending(number, old)));
                for number in 1..=new {
                    let outcome = both.push(&Told::fragment(1, (number, new), b"new"));
                    if new < old {
                        assert_eq!(outcome, ignored(Reason::SmallerTotal { total: new, open: old }));
                    } else if new == old && number <= had {
                        assert_eq!(outcome, ignored(Reason::Duplicate));
                    } else if number < new {
                        assert_eq!(outcome, pending(number, new));
                    } else {
                        let content = complete(outcome).content;
                        let kept = if new == old { had } else { 0 };
                        assert!(content.chunks(3).zip(1..).all(|(chunk, number)| chunk == if number <= kept { b"old" } else { b"new" }));
                        assert_eq!(content.len(), usize::from(new) * 3);
                    }
                }
            }
        }
    }
}

#[test]
fn hostile_11_nothing_of_a_set_survives_its_restart() {
    let mut both = Both::new(LIMITS);
    let old = Told { clear: Some(b"X".to_vec()), first: PayloadType::CERT, ..Told::fragment(1, (1, 2), &[1; 900]) };
    assert_eq!(both.push(&old), pending(1, 2));
    let first = Told { clear: Some(b"Y".to_vec()), ..Told::fragment(1, (1, 3), b"a") };
    assert_eq!(both.push(&first), pending(1, 3));
    assert_eq!(both.ours.octets(), 1, "the count of octets began again");
    assert_eq!(both.push(&Told { first: PayloadType::V, ..Told::fragment(1, (2, 3), &[2; 500]) }), pending(2, 3));
    let whole = complete(both.push(&Told::fragment(1, (3, 3), b"c")));
    assert_eq!((whole.first, whole.content.len(), whole.later_next_payload), (FIRST, 502, true));
    assert_eq!(whole.head[28..], [0x35, 0, 0, 5, b'Y'], "one payload in clear, that of the new fragment 1, before SKF");
    // The same without a fragment 1 in the new set until the end.
    let mut both = Both::new(LIMITS);
    both.push(&old);
    both.push(&Told::fragment(1, (3, 3), b"c"));
    both.push(&Told::fragment(1, (2, 3), b"b"));
    let whole = complete(both.push(&Told::fragment(1, (1, 3), b"a")));
    assert_eq!((&whole.content[..], whole.head.len(), whole.later_next_payload), (&b"abc"[..], 28, false));
}

#[test]
fn hostile_12_the_first_copy_counts_and_a_second_counts_no_octet() {
    for order in [[1, 2, 3], [3, 2, 1], [2, 1, 3]] {
        let mut both = Both::new(LIMITS);
        let mut octets = 0;
        for number in order {
            let outcome = both.push(&Told::fragment(1, (number, 3), &[b'a'; 10]));
            if let Some(Outcome::Complete(whole)) = outcome {
                assert_eq!(whole.content, [b'a'; 30]);
                continue;
            }
            octets += 10;
            for other in [&[b'b'; 10][..], &[b'b'; 300], b"", &[b'a'; 10]] {
                assert_eq!(both.push(&Told::fragment(1, (number, 3), other)), ignored(Reason::Duplicate));
                assert_eq!(both.ours.octets(), octets);
            }
        }
        assert_eq!(both.ours.octets(), 0);
    }
}

#[test]
fn hostile_13_next_payload_and_header_are_those_of_fragment_1_in_every_order() {
    let pieces = [(Some(b"clear".to_vec()), b"one".to_vec()), (None, b"two, longer".to_vec()), (None, b"3".to_vec())];
    for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
        let mut both = Both::new(LIMITS);
        let mut whole = None;
        for number in order {
            let (clear, content) = pieces[usize::from(number) - 1].clone();
            whole = both.push(&Told { clear, ..Told::fragment(1, (number, 3), &content) });
        }
        let whole = complete(whole);
        assert_eq!((whole.first, &whole.content[..]), (FIRST, &b"onetwo, longer3"[..]));
        assert_eq!(whole.head[16..20], [43, 0x20, 35, 8], "Next Payload of the header is the Vendor ID in front of SKF");
        assert_eq!(whole.head[28..], *b"\x35\0\0\x09clear");
    }
}

#[test]
fn hostile_14_next_payload_zero_in_fragment_1_is_refused_and_another_elsewhere_reported() {
    let void = |total| Told { first: NONE, ..Told::fragment(1, (1, total), b"content") };
    let mut both = Both::new(LIMITS);
    assert_eq!(both.push(&void(2)), ignored(Reason::NoFirstPayload));
    assert_eq!(both.push(&Told::fragment(1, (2, 2), b"two")), pending(1, 2));
    // It changes nothing: it is not stored, and starts nothing over.
    assert_eq!(both.push(&void(2)), ignored(Reason::NoFirstPayload));
    assert_eq!(both.push(&void(5)), ignored(Reason::NoFirstPayload));
    assert_eq!(both.push(&void(9)), ignored(Reason::NoFirstPayload), "also over the limit of fragments");
    assert_eq!(complete(both.push(&Told::fragment(1, (1, 2), b"one"))).content, b"onetwo");
    // No content needs no type.
    let empty = |number| Told { first: NONE, ..Told::fragment(2, (number, 2), b"") };
    assert_eq!(both.push(&empty(1)), pending(1, 2));
    let whole = complete(both.push(&empty(2)));
    assert_eq!((whole.first, whole.content.len()), (NONE, 0));

    let later = Told { first: PayloadType::V, ..Told::fragment(3, (2, 2), b"two") };
    assert_eq!(both.push(&later), pending(1, 2));
    let whole = complete(both.push(&Told::fragment(3, (1, 2), b"one")));
    assert_eq!((whole.first, whole.later_next_payload), (FIRST, true));
}

#[test]
fn hostile_15_fragments_without_content_complete_and_do_not_loop() {
    for empty in 0..1u8 << 4 {
        for order in [[1, 2, 3, 4], [4, 3, 2, 1], [3, 1, 4, 2]] {
            let mut both = Both::new(LIMITS);
            let content = |number: u16| if empty >> (number - 1) & 1 == 0 { vec![number as u8; 5] } else { Vec::new() };
            let outcomes: Vec<_> = order.iter().map(|number| both.push(&Told::fragment(1, (*number, 4), &content(*number)))).collect();
            assert_eq!(outcomes[..3], [pending(1, 4), pending(2, 4), pending(3, 4)]);
            assert_eq!(complete(outcomes[3].clone()).content, (1..=4).flat_map(content).collect::<Vec<_>>());
        }
    }
    assert_eq!(complete(Both::new(LIMITS).push(&Told::fragment(1, (1, 1), b""))).content, b"");
    let mut both = Both::new(LIMITS);
    (1..8).for_each(|number| assert_eq!(both.push(&Told::fragment(1, (number, 8), b"")), pending(number, 8)));
    assert_eq!(complete(both.push(&Told::fragment(1, (8, 8), b""))).content, b"");
}

#[test]
fn hostile_16_a_replayed_set_is_never_delivered_again() {
    let mut both = Both::new(LIMITS);
    let pieces = [1, 2, 3].map(|number| Told::fragment(1, (number, 3), b"piece"));
    let bigger = [1, 2, 3, 4].map(|number| Told::fragment(1, (number, 4), b"bigger"));
    pieces.iter().for_each(|told| drop(both.push(told)));
    // Complete, but not answered yet: there is nothing to send again.
    for told in pieces.iter().chain(&bigger).chain([&Told::whole(1, b"sk")]) {
        assert_eq!(both.push(told), ignored(Reason::Done));
    }
    both.answered(1);
    for (at, told) in pieces.iter().chain(&bigger).enumerate() {
        let due = if [0, 3].contains(&at) { Some(Outcome::ResendResponse) } else { ignored(Reason::Done) };
        assert_eq!(both.push(told), due);
    }
    assert_eq!(both.push(&Told::whole(1, b"sk")), Some(Outcome::ResendResponse));
    // A response is nobody's to answer.
    let response = |number| Told::fragment(1, (number, 2), b"r").response();
    both.push(&response(1));
    both.push(&response(2));
    assert_eq!([both.push(&response(1)), both.push(&response(2))], [ignored(Reason::Done), ignored(Reason::Done)]);
    // Still so when the window has moved on, which is when nothing is known of it any more.
    for message_id in 2..4 {
        assert_eq!(complete(both.push(&Told::whole(message_id, b"next"))).content, b"next");
        assert_eq!(both.push(&pieces[0]), Some(Outcome::ResendResponse));
    }
    complete(both.push(&Told::whole(4, b"next")));
    pieces.iter().for_each(|told| assert_eq!(both.push(told), ignored(Reason::Old)));
    assert_eq!(both.ours.octets(), 0);
}

#[test]
fn hostile_17_sk_wins_over_the_fragments_of_the_same_message() {
    let mut both = Both::new(LIMITS);
    assert_eq!(both.push(&Told::fragment(1, (1, 3), b"fragment")), pending(1, 3));
    assert_eq!(both.push(&Told::fragment(2, (1, 3), b"another")), pending(1, 3));
    let whole = complete(both.push(&Told::whole(1, b"whole")));
    assert_eq!((&whole.content[..], whole.fragments), (&b"whole"[..], 1));
    assert_eq!(both.ours.octets(), 7, "the fragments of the other message stay");
    assert_eq!(both.push(&Told::fragment(1, (2, 3), b"fragment")), ignored(Reason::Done));
    assert_eq!(both.push(&Told::fragment(1, (3, 3), b"fragment")), ignored(Reason::Done));
    // The reverse: the message came whole, and then in fragments.
    complete(both.push(&Told::whole(3, b"whole")));
    both.answered(3);
    assert_eq!(both.push(&Told::fragment(3, (2, 2), b"f")), ignored(Reason::Done));
    assert_eq!(both.push(&Told::fragment(3, (1, 2), b"f")), Some(Outcome::ResendResponse));
    // Not over those of the response with the same message ID.
    assert_eq!(both.push(&Told::fragment(4, (1, 2), b"request")), pending(1, 2));
    complete(both.push(&Told::whole(4, b"response").response()));
    assert_eq!(complete(both.push(&Told::fragment(4, (2, 2), b"!"))).content, b"request!");
}

#[test]
fn hostile_18_a_message_half_received_does_not_stand_in_the_way_of_the_next() {
    for sets in 1..=3 {
        let mut both = Both::new(Limits { sets, ..LIMITS });
        let mut complete_now = |message_id| {
            assert_eq!(both.push(&Told::fragment(message_id, (1, 2), b"a")), pending(1, 2));
            complete(both.push(&Told::fragment(message_id, (2, 2), b"b")));
            both.answered(message_id);
            // Retransmitted in part: the answer crossed it.
            assert_eq!(both.push(&Told::fragment(message_id, (2, 2), b"b")), ignored(Reason::Done));
        };
        (1..20).for_each(&mut complete_now);
        // Half of each message, always: each opens a set, and the oldest make room.
        for message_id in 20..40 {
            assert_eq!(both.push(&Told::fragment(message_id, (1, 2), b"half")), pending(1, 2));
            assert_eq!(both.ours.octets(), 4 * sets.min(message_id as usize - 19));
        }
        assert_eq!(complete(both.push(&Told::fragment(39, (2, 2), b" done"))).content, b"half done");
        assert_eq!(both.ours.octets(), 4 * (sets - 1), "what is in the window is still there");
        complete(both.push(&Told::whole(50, b"much later")));
        assert_eq!(both.ours.octets(), 0, "what fell below it is gone");
    }
}

#[test]
fn hostile_19_sets_are_bounded_and_expire_by_the_callers_time_alone() {
    let mut both = Both::new(LIMITS);
    for message_id in 0..100 {
        assert_eq!(both.push(&Told::fragment(message_id, (1, 8), &[1; 999])), pending(1, 8));
        assert!(both.ours.octets() <= LIMITS.sets * LIMITS.octets);
        both.wait(Duration::from_secs(1));
    }
    // Opened at 97, 98 and 99.
    assert_eq!(both.ours.next_timeout(), Some(Duration::from_secs(127)));
    both.now = Duration::from_secs(126);
    assert_eq!(both.expire(), 0);
    both.now = Duration::from_secs(127);
    assert_eq!(both.expire(), 1);
    // A push lets time pass, too; and a set is as old as its first fragment, whatever came later.
    both.now = Duration::from_secs(128);
    assert_eq!(both.push(&Told::fragment(99, (2, 8), b"")), pending(2, 8));
    assert_eq!(both.ours.octets(), 999);
    both.now = Duration::from_secs(129);
    assert_eq!(both.push(&Told::fragment(99, (3, 8), b"")), pending(1, 8));
    assert_eq!(both.ours.next_timeout(), Some(Duration::from_secs(159)));
    // Time that runs backwards, or to its end, expires nothing too early and overflows nowhere.
    both.now = Duration::ZERO;
    assert_eq!(both.expire(), 0);
    both.now = Duration::from_secs(159);
    assert_eq!(both.expire(), 1);
    assert_eq!(both.ours.next_timeout(), None);
    let mut endless = Reassembler::new(Limits { lifetime: Duration::MAX, ..LIMITS });
    let mut peer = Peer::new();
    let mut datagram = peer.fragment(&HEADER, (1, 2), b"a");
    endless.push(&peer.open(&mut datagram).unwrap(), Duration::MAX).unwrap();
    assert_eq!((endless.next_timeout(), endless.expire(Duration::MAX)), (Some(Duration::MAX), 0));
    // The window is 1 to 64 message IDs, whatever is asked for.
    for (asked, window) in [(0, 1), (1, 1), (64, 64), (65, 64), (usize::MAX, 64)] {
        let mut reassembler = Reassembler::new(Limits { sets: asked, ..LIMITS });
        for message_id in 0..100 {
            let mut datagram = peer.fragment(&Header { message_id, ..HEADER }, (1, 2), b"a");
            reassembler.push(&peer.open(&mut datagram).unwrap(), Duration::ZERO).unwrap();
        }
        assert_eq!(reassembler.octets(), window);
    }
}

#[test]
fn hostile_20_sk_and_skf_inside_reassembled_content_are_refused() {
    for nested in [46u8, 53] {
        for content in [
            vec![0, 0, 0, 8, 0, 1, 0, 1],
            // Behind an innocent payload.
            vec![nested, 0, 0, 4, 0, 0, 0, 8, 0, 1, 0, 1],
        ] {
            let first = PayloadType(if content.len() == 8 { nested } else { 43 });
            let (a, b) = content.split_at(3);
            let mut peer = Peer::new();
            let mut reassembler = Reassembler::new(LIMITS);
            let mut one = peer.skf(&HEADER, &[], first, (1, 2), a);
            reassembler.push(&peer.open(&mut one).unwrap(), Duration::ZERO).unwrap();
            let mut two = peer.skf(&HEADER, &[], NONE, (2, 2), b);
            let Ok(Progress::Complete(whole)) = reassembler.push(&peer.open(&mut two).unwrap(), Duration::ZERO) else { panic!() };
            assert_eq!(whole.payloads().unwrap_err().kind, ParseErrorKind::EncryptedNotLast);
        }
    }
}

#[test]
fn hostile_21_reassembled_content_is_read_by_the_rules_of_sk() {
    let notify = [0, 0, 0, 8, 0, 0, 0x40, 0];
    let contents: [(u8, Vec<u8>); 8] = [
        (41, notify.to_vec()),
        (200, vec![0, 0x80, 0, 4]),
        (41, [&[200, 0, 0, 8, 0, 0, 0x40, 0][..], &[0, 0x80, 0, 4]].concat()),
        (41, vec![0, 0, 0, 9, 0, 0, 0x40, 0]),
        (41, vec![0, 0, 0, 3]),
        (41, [&notify[..], &[1]].concat()),
        (41, vec![41, 0, 0, 8, 0, 0, 0x40, 0]),
        (0, vec![]),
    ];
    let mut refused = 0;
    for (first, content) in contents {
        for cut in 0..=content.len() {
            if first == 0 && cut > 0 {
                continue;
            }
            let mut both = Both::new(LIMITS);
            both.push(&Told { first: PayloadType(first), ..Told::fragment(1, (1, 2), &content[..cut]) });
            let whole = complete(both.push(&Told::fragment(1, (2, 2), &content[cut..])));
            let sk = complete(both.push(&Told { first: PayloadType(first), ..Told::whole(2, &content) }));
            assert_eq!((&whole.first, &whole.content), (&sk.first, &sk.content));
            // `Both` holds `payloads()` against the chain of SK at every completion.
            refused += usize::from(Chain::parse(whole.first, &whole.content).is_err());
        }
    }
    assert!(refused > 20, "{refused}");
}

#[test]
fn hostile_25_every_fragment_has_its_own_iv_and_a_small_buffer_takes_none() {
    let content = [3; 5000];
    let clear = [Payload::Notify(Notify::new(NotifyType::COOKIE2, b"in clear"))];
    for (unprotected, path) in [(&[][..], Path::ipv4(576)), (&clear, Path::ipv4(576)), (&[], Path::ipv4(9000)), (&clear, Path::ipv4(9000))]
    {
        let message = Outgoing { header: HEADER, unprotected, first: FIRST, content: &content };
        let splitter = Splitter::new(path, Layout::Fill, Negotiated::Both);
        let mut peer = Peer::new();
        let due: Vec<Vec<u8>> = {
            let mut buf = vec![0; 20_000];
            let datagrams = splitter.datagrams(&message, &mut *peer.sealer).unwrap();
            datagrams.fill(&mut buf).unwrap().map(|datagram| datagram.unwrap().to_vec()).collect()
        };
        let iv = |datagram: &Vec<u8>| match Message::parse(datagram).unwrap().payloads().last().unwrap().parse() {
            Ok(Payload::Sk(sk)) => sk.sealed[..8].to_vec(),
            Ok(Payload::Skf(skf)) => skf.sealed[..8].to_vec(),
            other => panic!("{other:?}"),
        };
        let ivs: BTreeSet<Vec<u8>> = due.iter().map(iv).collect();
        assert_eq!(ivs.len(), due.len());

        // The same again, but every buffer is first too small in every way.
        let mut peer = Peer::new();
        let mut datagrams = splitter.datagrams(&message, &mut *peer.sealer).unwrap();
        for (n, due) in due.iter().enumerate() {
            assert_eq!(datagrams.len(), ivs.len() - n);
            for size in [0, 1, 28, 36, due.len() / 2, due.len() - 1] {
                let needed = due.len();
                let said = datagrams.next_into(&mut vec![0; size]).unwrap().map(|_| ()).unwrap_err();
                assert_eq!(said, SealError::Build(ikev2::error::BuildError::BufferTooSmall { needed }));
            }
            let mut buf = vec![0xee; due.len() + n % 3];
            assert!(datagrams.next_into(&mut buf).unwrap().unwrap() == due, "as if there had been no small buffer");
            assert!(buf[due.len()..].iter().all(|octet| *octet == 0xee), "not an octet behind it");
        }
        assert!(datagrams.next_into(&mut []).is_none() && datagrams.is_empty());
        // Filling a buffer too small seals nothing either.
        let datagrams = splitter.datagrams(&message, &mut *peer.sealer).unwrap();
        let needed = datagrams.buffer_len();
        assert_eq!(needed, due.iter().map(Vec::len).sum::<usize>());
        assert_eq!(datagrams.fill(&mut vec![0; needed - 1]).unwrap_err(), ikev2::error::BuildError::BufferTooSmall { needed });
        let next = peer.sk(&HEADER, &[], FIRST, b"");
        let counter = u64::from_be_bytes(*next[32..].first_chunk().unwrap());
        assert_eq!(counter, due.len() as u64, "the counter moved once per datagram");
    }
}
