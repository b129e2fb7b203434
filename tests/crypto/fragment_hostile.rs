//! Fragments that mean harm, by the number of the bug class in the project's list of those other implementations shipped.

use crate::kit::seal::{Keys, REQUEST, Sent, ahead, at, cut, ms, shuffled, vendor};
use allocation_counter::measure;
use ikev2::error::{FragmentError, OpenError, ParseErrorKind};
use ikev2::fragment::{IgnoreReason, Progress, Reassembled, Reassembler, ReassemblyLimits};
use ikev2::protect::{Opened, open};
use ikev2::provider::Provider;
use ikev2::registry::{ExchangeType, PayloadType};
use ikev2::wire::{Header, IkeSpis};

/// A reassembler with the keys of what it receives; every message comes a millisecond after the one before.
pub(crate) struct Peer {
    keys: Keys,
    pub(crate) reassembler: Reassembler,
    pub(crate) now: u64,
}

impl Peer {
    pub(crate) fn new(limits: ReassemblyLimits) -> Self {
        Self { keys: Keys::aes_gcm(), reassembler: Reassembler::new(limits), now: 0 }
    }

    pub(crate) fn push(&mut self, message: &Sent) -> Result<Progress, FragmentError> {
        self.now += 1;
        self.keys.pass(&mut self.reassembler, message, at(self.now))
    }

    /// Pushes all; the last completes the message.
    pub(crate) fn whole(&mut self, messages: &[Sent]) -> Reassembled {
        let (last, others) = messages.split_last().unwrap();
        for message in others {
            let progress = self.push(message);
            assert!(matches!(progress, Ok(Progress::Pending { .. })), "{message:?}: {progress:?}");
        }
        match self.push(last).unwrap() {
            Progress::Complete(whole) => whole,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn state(&self) -> String {
        format!("{:?}", self.reassembler)
    }
}

pub(crate) fn ignored(reason: IgnoreReason) -> Result<Progress, FragmentError> {
    Ok(Progress::Ignored(reason))
}

pub(crate) fn pending(have: u16, of: u16) -> Result<Progress, FragmentError> {
    Ok(Progress::Pending { received: have, total: of })
}

/// All orders of three things.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

#[test]
fn hostile_05_limits_hold_at_one_below_and_one_above() {
    for limit in [1, 2, 3, 64, 255, 1024] {
        for total in [limit - 1, limit, limit + 1] {
            if total == 0 {
                continue;
            }
            let limits = ReassemblyLimits { fragments: limit, ..ReassemblyLimits::default() };
            let mut peer = Peer::new(limits);
            let content = vendor(2000);
            let fragments = cut(&content, total);
            if total > limit {
                let error = FragmentError::TooManyFragments { total: total.into(), limit: limit.into() };
                assert_eq!(peer.push(&fragments[0]), Err(error));
                assert_eq!(peer.reassembler.octets(), 0);
            } else {
                assert_eq!(peer.whole(&fragments).content(), &content);
            }
        }
    }
    for limit in [1usize, 100, 10000, 65531] {
        for octets in [limit - 1, limit, limit + 1] {
            let (content, total) = (vec![0; octets], 3);
            let mut peer = Peer::new(ReassemblyLimits { octets: limit, ..ReassemblyLimits::default() });
            let fragments = cut(&content, total);
            if octets <= limit {
                assert_eq!(peer.whole(&fragments).content().len(), octets);
                continue;
            }
            let refused = fragments.iter().map(|fragment| peer.push(fragment)).find(Result::is_err).unwrap();
            assert_eq!(refused, Err(FragmentError::TooLarge { octets, limit }));
            assert_eq!((peer.reassembler.octets(), peer.reassembler.next_timeout()), (0, None), "the set is gone");
            // And the message may come again.
            assert_eq!(peer.whole(&cut(&vec![0; limit], total)).content().len(), limit);
        }
    }
}

/// Allocations and octets that `n` fragments of `size` octets cost, pushed in `order`, and the most held at a time.
fn cost(n: u16, size: usize, order: impl Iterator<Item = usize>) -> (u64, u64, u64) {
    let mut keys = Keys::aes_gcm();
    let mut datagrams: Vec<_> = (1..=n).map(|number| keys.seal(&Sent::skf(number, n, &vec![5; size]))).collect();
    let opened: Vec<Opened<'_>> = datagrams.iter_mut().map(|datagram| open(datagram, &*keys.opener).unwrap()).collect();
    let order: Vec<usize> = order.collect();
    let mut reassembler = Reassembler::new(ReassemblyLimits { fragments: n, ..ReassemblyLimits::default() });
    let mut complete = 0;
    let info = measure(|| {
        for index in order {
            match reassembler.push(&opened[index], at(0)).unwrap() {
                Progress::Complete(whole) => complete = whole.content().len(),
                Progress::Pending { .. } | Progress::Ignored(IgnoreReason::Duplicate | IgnoreReason::Done) => {}
                other => panic!("{other:?}"),
            }
        }
    });
    assert_eq!(complete, size * usize::from(n));
    (info.count_total, info.bytes_total, info.bytes_max)
}

#[test]
fn hostile_06_the_cost_of_a_set_is_linear_and_capped_in_every_order() {
    // The most fragments there can be, of one octet, which is the worst; and usual ones.
    for (n, size) in [(65531u16, 1usize), (1024, 63), (1024, 1), (55, 1183)] {
        for half in [n / 2, n] {
            let all = usize::from(half);
            let content = (all * size) as u64;
            let orders: [(&str, Vec<usize>); 7] = [
                ("ascending", (0..all).collect()),
                ("descending", (0..all).rev().collect()),
                ("random", shuffled(all)),
                ("ahead by 16", ahead(all, 16, 8192 / size / 16)),
                ("ahead by 8", ahead(all, 8, 8192 / size / 8)),
                ("ahead by 2", ahead(all, 2, 2)),
                ("all twice", (0..all).flat_map(|index| [index, index]).collect()),
            ];
            for (name, order) in orders {
                let (count, total, most) = cost(half, size, order.into_iter());
                let place = format!("{half} of {size} octets {name}: {count} allocations, {total} octets in all, {most} at most");
                println!("{place}");
                assert!(count <= u64::from(half) + 64, "{place}");
                // What is held: the content twice, a note for each fragment aside, and a start.
                assert!(most <= 2 * content + 16 * u64::from(half) + 32768, "{place}");
                assert!(total <= 4 * content + 16 * u64::from(half) + 65536, "{place}");
            }
        }
    }
}

#[test]
fn hostile_06_duplicates_of_an_open_set_cost_nothing() {
    let mut keys = Keys::aes_gcm();
    let mut datagrams: Vec<_> = cut(&vendor(9000), 9)[..8].iter().map(|sent| keys.seal(sent)).collect();
    let opened: Vec<Opened<'_>> = datagrams.iter_mut().map(|datagram| open(datagram, &*keys.opener).unwrap()).collect();
    let mut reassembler = Reassembler::new(ReassemblyLimits::default());
    for fragment in &opened {
        assert!(matches!(reassembler.push(fragment, at(0)), Ok(Progress::Pending { .. })));
    }
    let octets = reassembler.octets();
    let info = measure(|| {
        for fragment in opened.iter().cycle().take(100_000) {
            assert_eq!(reassembler.push(fragment, at(1)), ignored(IgnoreReason::Duplicate));
        }
    });
    assert_eq!((info.count_total, info.bytes_total, reassembler.octets()), (0, 0, octets));
}

#[test]
fn hostile_07_a_forged_total_allocates_nothing() {
    let mut keys = Keys::aes_gcm();
    let mut reassembler = Reassembler::new(ReassemblyLimits { fragments: u16::MAX, ..ReassemblyLimits::default() });
    for number in [1, 2, 65534, 65535] {
        let mut datagram = keys.seal(&Sent::skf(number, u16::MAX, &[7; 1200]));
        *datagram.last_mut().unwrap() ^= 0x80;
        let info = measure(|| {
            // What a receiver does: push what opens.
            match open(&mut datagram, &*keys.opener) {
                Ok(opened) => drop(reassembler.push(&opened, at(0))),
                Err(error) => assert!(matches!(error, OpenError::NotAuthentic(_)), "{error:?}"),
            }
        });
        assert_eq!((info.count_total, info.bytes_total), (0, 0));
    }
    assert_eq!((reassembler.octets(), reassembler.next_timeout()), (0, None));
}

#[test]
fn hostile_07_an_announced_total_costs_no_more_than_what_has_arrived() {
    for number in [1, 2, 30000, 65535] {
        let mut keys = Keys::aes_gcm();
        let mut datagram = keys.seal(&Sent::skf(number, u16::MAX, &[7; 1200]));
        let opened = open(&mut datagram, &*keys.opener).unwrap();
        let mut reassembler = Reassembler::new(ReassemblyLimits { fragments: u16::MAX, ..ReassemblyLimits::default() });
        let info = measure(|| assert_eq!(reassembler.push(&opened, at(0)), pending(1, u16::MAX)));
        assert!(info.bytes_max <= 16 * 1200 + 8192, "fragment {number}: {info:?}");
    }
}

#[test]
fn hostile_08_no_changed_bit_of_a_fragment_changes_the_reassembler() {
    for suite in [Keys::aes_gcm().suite].into_iter().chain(cbc()) {
        let mut peer = Peer { keys: Keys::of(suite), ..Peer::new(ReassemblyLimits::default()) };
        let content = vendor(150);
        let mut fragments = cut(&content, 3);
        fragments[0] = fragments[0].clone().in_clear(&[&[1, 2, 3]]);
        assert_eq!(peer.push(&fragments[0]), pending(1, 3));
        let (before, last) = (peer.state(), peer.keys.seal(&fragments[2]));
        let mut flips = 0;
        for bit in 0..last.len() * 8 {
            let mut datagram = last.clone();
            datagram[bit / 8] ^= 1 << (bit % 8);
            let result = peer.keys.receive(&mut peer.reassembler, &datagram, at(1));
            assert!(result.is_err(), "{suite:?} bit {bit}: {result:?}");
            flips += 1;
        }
        // Nor does a fragment of another key, or one that was cut.
        for end in 0..last.len() {
            assert!(peer.keys.receive(&mut peer.reassembler, &last[..end], at(1)).is_err());
        }
        assert!(flips > 500);
        assert_eq!(peer.state(), before);
        assert_eq!(peer.keys.receive(&mut peer.reassembler, &last, at(1)).unwrap(), pending(2, 3));
        assert_ne!(peer.state(), before, "the state does tell a fragment more");
        assert_eq!(peer.whole(&fragments[1..2]).content(), &content);
    }
}

/// A CBC suite, if the build has one.
fn cbc() -> Option<ikev2::protect::Suite> {
    use ikev2::registry::{Encr, Integ};
    let suite = ikev2::protect::Suite::new(Encr::ENCR_AES_CBC, Some(128), Some(Integ::AUTH_HMAC_SHA1_96)).unwrap();
    suite.supported(&Provider::builtin()).is_ok().then_some(suite)
}

#[test]
fn hostile_09_fragments_of_different_messages_are_never_mixed() {
    let others = [
        REQUEST,
        Header { message_id: 2, ..REQUEST },
        Header { response: true, ..REQUEST },
        Header { initiator: false, ..REQUEST },
        Header { spis: IkeSpis { initiator: 77, ..REQUEST.spis }, ..REQUEST },
        Header { spis: IkeSpis { responder: 77, ..REQUEST.spis }, ..REQUEST },
        Header { exchange: ExchangeType::CREATE_CHILD_SA, ..REQUEST },
    ];
    let content = vendor(100);
    for (a, one) in others.iter().enumerate() {
        for (b, other) in others.iter().enumerate() {
            for order in [[0, 1], [1, 0]] {
                let fragments = cut(&content, 2);
                let [first, second] = order.map(|index| fragments[index].clone());
                let mut peer = Peer::new(ReassemblyLimits::default());
                assert_eq!(peer.push(&first.clone().with_header(*one)), pending(1, 2));
                let progress = peer.push(&second.clone().with_header(*other)).unwrap();
                if a == b {
                    assert!(matches!(progress, Progress::Complete(_)), "{one:?}: {progress:?}");
                    continue;
                }
                assert!(!matches!(progress, Progress::Complete(_)), "{one:?} {other:?}: {progress:?}");
                // And the first set is as it was.
                let whole = peer.whole(&[second.with_header(*one)]);
                assert_eq!((whole.content().as_ref(), whole.header()), (&*content, one), "{other:?}");
            }
        }
    }
}

#[test]
fn hostile_10_a_total_that_changes_completes_nothing_early() {
    let content = vendor(90);
    let (two, three) = (cut(&content, 2), cut(&content, 3));
    let mut peer = Peer::new(ReassemblyLimits::default());
    assert_eq!((peer.push(&three[0]), peer.push(&three[1])), (pending(1, 3), pending(2, 3)));
    let smaller = ignored(IgnoreReason::SmallerTotal { total: 2, open: 3 });
    assert_eq!((peer.push(&two[1]), peer.push(&two[0])), (smaller.clone(), smaller));
    assert_eq!(peer.push(&cut(&content, 1)[0]), ignored(IgnoreReason::SmallerTotal { total: 1, open: 3 }));
    assert_eq!(peer.whole(&three[2..]).content(), &content);

    // The other way: the greater total starts over, whatever number it has, and counts from one.
    for order in ORDERS {
        for old in 0..2 {
            let mut peer = Peer::new(ReassemblyLimits::default());
            assert_eq!(peer.push(&two[old]), pending(1, 2));
            let again = order.map(|index| three[index].clone());
            assert_eq!(peer.push(&again[0]), pending(1, 3));
            assert_eq!(peer.push(&two[1 - old]), ignored(IgnoreReason::SmallerTotal { total: 2, open: 3 }));
            assert_eq!(peer.whole(&again[1..]).content(), &content);
        }
    }
}

#[test]
fn hostile_11_nothing_is_left_of_a_set_that_was_started_over() {
    let content = vendor(90);
    let old = cut(&vendor(1000), 2);
    let new = cut(&content, 3);
    for order in ORDERS {
        let mut peer = Peer::new(ReassemblyLimits { octets: 550, ..ReassemblyLimits::default() });
        let stale = Sent { first: 41, ..old[0].clone().in_clear(&[b"stale", b"stale too"]) };
        assert_eq!(peer.push(&stale), pending(1, 2));
        assert_eq!(peer.reassembler.octets(), 500);
        let mut fresh = new.clone();
        fresh[0] = fresh[0].clone().in_clear(&[b"fresh"]);
        fresh[1].first = 0;
        let whole = peer.whole(&order.map(|index| fresh[index].clone()));
        assert_eq!((whole.content().as_ref(), whole.first_payload(), whole.fragments()), (&*content, PayloadType::V, 3));
        let clear: Vec<_> = whole.unprotected().map(|raw| raw.body.to_vec()).collect();
        assert_eq!(clear, [b"fresh"]);
        assert!(!whole.later_next_payload());
        assert_eq!(peer.reassembler.octets(), 0);
    }
    // Nor of one that was dropped over a limit, nor of one that expired.
    let mut peer = Peer::new(ReassemblyLimits { octets: 550, lifetime: ms(1000), ..ReassemblyLimits::default() });
    let late = Sent { first: 9, ..Sent::skf(2, 3, &[0; 10]) };
    assert_eq!((peer.push(&late), peer.push(&Sent::skf(3, 3, &[0; 541])).is_err()), (pending(1, 3), true));
    assert!(!peer.whole(&new).later_next_payload());
    let two = |sent: &Sent| sent.clone().with_header(Header { message_id: 2, ..REQUEST });
    assert_eq!(peer.push(&two(&late)), pending(1, 3));
    peer.now += 1000;
    assert!(!peer.whole(&new.iter().map(two).collect::<Vec<_>>()).later_next_payload());
}

#[test]
fn hostile_12_the_first_of_two_fragments_with_one_number_counts() {
    let content = vendor(90);
    for forged in 0..3 {
        let fragments = cut(&content, 3);
        let mut peer = Peer::new(ReassemblyLimits { octets: 90, ..ReassemblyLimits::default() });
        let other = [forged, (forged + 1) % 3].map(|index| fragments[index].clone());
        assert_eq!((peer.push(&other[0]), peer.push(&other[1])), (pending(1, 3), pending(2, 3)));
        let before = (peer.reassembler.octets(), peer.state());
        for content in [&[][..], &[6; 30], &[6; 1000]] {
            let second = Sent { content: content.to_vec(), first: 35, ..fragments[forged].clone().in_clear(&[b"other"]) };
            assert_eq!(peer.push(&second), ignored(IgnoreReason::Duplicate));
            assert_eq!((peer.reassembler.octets(), peer.state()), before);
        }
        let whole = peer.whole(&fragments[(forged + 2) % 3..][..1]);
        assert_eq!((whole.content().as_ref(), whole.first_payload(), whole.unprotected().count()), (&*content, PayloadType::V, 0));
        assert!(!whole.later_next_payload());
    }
}

#[test]
fn hostile_13_every_order_of_arrival_gives_the_same_message() {
    for sizes in [[30, 30, 30], [10, 50, 30], [0, 45, 45], [30, 60, 0], [1, 1, 88]] {
        let content = vendor(90);
        let mut rest = &content[..];
        let mut fragments = Vec::new();
        for (number, size) in (1..).zip(sizes) {
            let (piece, after) = rest.split_at(size);
            fragments.push(Sent::skf(number, 3, piece));
            rest = after;
        }
        fragments[0] = Sent { first: 43, ..fragments[0].clone().in_clear(&[b"clear", b""]) };
        fragments[1] = fragments[1].clone().in_clear(&[b"not of fragment 1"]);
        fragments[2].first = 36;
        let whole = ORDERS.map(|order| Peer::new(ReassemblyLimits::default()).whole(&order.map(|index| fragments[index].clone())));
        for whole in &whole {
            assert_eq!((whole.content().as_ref(), whole.first_payload(), whole.fragments()), (&*content, PayloadType::V, 3), "{sizes:?}");
            assert_eq!(whole.unprotected().map(|raw| raw.body).collect::<Vec<_>>(), [&b"clear"[..], b""]);
            assert_eq!(whole.payloads().unwrap().payloads().count(), 1);
            assert!(whole.later_next_payload());
            assert_eq!((whole.head(), whole.header()), (whole.head(), &REQUEST));
        }
    }
}

#[test]
fn hostile_14_a_next_payload_in_the_wrong_place_has_a_stated_outcome() {
    let content = vendor(90);
    let good = cut(&content, 3);
    // None in fragment 1, which has content: refused, and the set is as it was, even if the total is another.
    let mut peer = Peer::new(ReassemblyLimits::default());
    assert_eq!(peer.push(&good[1]), pending(1, 3));
    let before = peer.state();
    for total in [3, 4, 1000] {
        let void = Sent { first: 0, fragment: Some((1, total)), ..good[0].clone() };
        assert_eq!(peer.push(&void), ignored(IgnoreReason::NoFirstPayload));
        assert_eq!(peer.state(), before);
    }
    assert_eq!(peer.whole(&[good[2].clone(), good[0].clone()]).content(), &content);
    // One in a later fragment: ignored, and told.
    for at in [1, 2] {
        let mut fragments = good.clone();
        fragments[at].first = 35;
        let whole = Peer::new(ReassemblyLimits::default()).whole(&fragments);
        assert_eq!((whole.content().as_ref(), whole.first_payload(), whole.later_next_payload()), (&*content, PayloadType::V, true));
    }
    // None in an empty fragment 1, and content after it: a chain that does not parse, never one read as something else.
    let empty = [Sent { first: 0, ..Sent::skf(1, 2, &[]) }, Sent::skf(2, 2, &content)];
    let whole = Peer::new(ReassemblyLimits::default()).whole(&empty);
    assert_eq!((whole.first_payload(), whole.content().as_ref()), (PayloadType::NO_NEXT_PAYLOAD, &*content));
    assert!(matches!(whole.payloads().unwrap_err().kind, ParseErrorKind::TrailingOctets { .. }));
}

#[test]
fn hostile_15_fragments_without_content_end() {
    for total in [1u16, 2, 3, 64] {
        for first in [0, 43] {
            let fragments: Vec<_> =
                (1..=total).map(|number| Sent { first: if number == 1 { first } else { 0 }, ..Sent::skf(number, total, &[]) }).collect();
            let mut reversed = fragments.clone();
            reversed.reverse();
            for fragments in [fragments, reversed] {
                let whole = Peer::new(ReassemblyLimits { octets: 0, ..ReassemblyLimits::default() }).whole(&fragments);
                assert_eq!((whole.content().len(), whole.fragments()), (0, total));
                assert_eq!(whole.payloads().is_ok(), first == 0);
            }
        }
    }
    let content = vendor(60);
    for empty in [[true, false, false], [false, true, false], [false, false, true], [true, true, false], [false, true, true]] {
        let full = empty.iter().filter(|empty| !**empty).count();
        let mut pieces = content.chunks(60 / full);
        let fragments: Vec<_> =
            (1..).zip(empty).map(|(n, empty)| Sent::skf(n, 3, if empty { &[] } else { pieces.next().unwrap() })).collect();
        for order in ORDERS {
            assert_eq!(Peer::new(ReassemblyLimits::default()).whole(&order.map(|index| fragments[index].clone())).content(), &content);
        }
    }
}

#[test]
fn hostile_17_sk_of_the_same_message_wins_over_its_fragments() {
    let content = vendor(90);
    let fragments = cut(&vendor(1000), 3);
    let mut peer = Peer::new(ReassemblyLimits::default());
    assert_eq!((peer.push(&fragments[0]), peer.push(&fragments[1])), (pending(1, 3), pending(2, 3)));
    let other = fragments[2].clone().with_header(Header { message_id: 2, ..REQUEST });
    assert_eq!(peer.push(&other), pending(1, 3));
    assert_eq!(peer.reassembler.octets(), 334 + 334 + 332);
    let whole = peer.whole(&[Sent::sk(&content)]);
    assert_eq!((whole.content().as_ref(), whole.fragments()), (&*content, 1));
    assert_eq!(peer.reassembler.octets(), 332, "its fragments are gone, those of the other message are not");
    assert_eq!(peer.push(&fragments[2]), ignored(IgnoreReason::Done));
    // The other way round.
    let mut peer = Peer::new(ReassemblyLimits::default());
    peer.whole(&[Sent::sk(&content)]);
    assert_eq!((peer.push(&fragments[1]), peer.push(&fragments[0])), (ignored(IgnoreReason::Done), pending(1, 3)));
    assert_eq!(peer.whole(&[Sent::sk(&content)]).content(), &content);
    assert_eq!((peer.reassembler.octets(), peer.reassembler.next_timeout()), (0, None));
}

#[test]
fn hostile_18_a_message_half_received_does_not_block_the_next() {
    let content = vendor(90);
    for limits in [ReassemblyLimits::default(), ReassemblyLimits::SMALL] {
        let of = |message_id, total| {
            cut(&content, total).into_iter().map(|sent| sent.with_header(Header { message_id, ..REQUEST })).collect::<Vec<_>>()
        };
        let mut peer = Peer::new(limits);
        peer.whole(&of(0, 3));
        peer.reassembler.mark_answered(0);
        // A part of a retransmission, in other pieces than before, then the next request.
        assert_eq!(peer.push(&of(0, 4)[1]), ignored(IgnoreReason::Done));
        assert_eq!(peer.push(&of(0, 4)[0]), Ok(Progress::ResendResponse));
        assert_eq!(peer.whole(&of(1, 2)).content(), &content);
        // A message that was never finished, and the next.
        assert_eq!(peer.push(&of(2, 4)[2]), pending(1, 4));
        assert_eq!(peer.whole(&of(3, 2)).content(), &content);
    }
}

#[test]
fn hostile_18_a_request_and_a_response_that_arrive_in_turns_are_both_put_together() {
    let content = vendor(90);
    for limits in [ReassemblyLimits::SMALL, ReassemblyLimits { window: 1, ..ReassemblyLimits::default() }, ReassemblyLimits::default()] {
        let mut peer = Peer::new(limits);
        // The peer's request, and its response to ours: the message IDs are of two counters.
        for (request_id, response_id) in [(3, 3), (4, 9)] {
            let of = |response, message_id| {
                cut(&content, 4).into_iter().map(move |sent| sent.with_header(Header { message_id, response, ..REQUEST }))
            };
            let pieces: Vec<_> = of(false, request_id).zip(of(true, response_id)).collect();
            for (number, (request, response)) in (1..).zip(&pieces[..3]) {
                assert_eq!(peer.push(request), pending(number, 4));
                assert_eq!(peer.push(response), pending(number, 4));
            }
            for last in [&pieces[3].0, &pieces[3].1] {
                let whole = peer.push(last).unwrap();
                assert!(matches!(&whole, Progress::Complete(whole) if *whole.content() == content), "{whole:?}");
            }
        }
        assert_eq!(peer.reassembler.octets(), 0);
    }
}

#[test]
fn hostile_19_sets_are_bounded_in_number_and_octets_and_time() {
    for sets in [1usize, 2, 8, 64, 1000] {
        let window = sets.min(64);
        let limits = ReassemblyLimits { octets: 1000, window: sets, lifetime: ms(100_000), ..ReassemblyLimits::default() };
        let mut peer = Peer::new(limits);
        let of = |message_id| Sent::skf(2, 3, &[1; 500]).with_header(Header { message_id, ..REQUEST });
        for message_id in 0..200 {
            assert_eq!(peer.push(&of(message_id)), pending(1, 3));
            assert_eq!(peer.reassembler.octets(), 500 * window.min(message_id as usize + 1));
        }
        // The oldest made room for the new: those still open are the last of them.
        assert_eq!(peer.reassembler.next_timeout(), Some(at(200 - window as u64 + 1) + limits.lifetime));
        // Time alone drops them, and it is the caller's.
        let newest = at(200);
        assert_eq!(peer.reassembler.expire(newest), 0);
        assert_eq!(peer.reassembler.expire(newest + limits.lifetime - ms(1)), window - 1);
        assert_eq!(peer.reassembler.octets(), 500);
        assert_eq!(peer.reassembler.expire(newest + limits.lifetime), 1);
        assert_eq!((peer.reassembler.octets(), peer.reassembler.next_timeout()), (0, None));
    }
    // A peer that sends a fragment now and then does not keep a set open, and push drops it as expire does.
    let mut peer = Peer::new(ReassemblyLimits { lifetime: ms(10), ..ReassemblyLimits::default() });
    let fragments = cut(&vendor(600), 6);
    assert_eq!(peer.push(&fragments[0]), pending(1, 6));
    peer.now = 9;
    assert_eq!(peer.push(&fragments[1]), pending(2, 6));
    assert_eq!(peer.push(&fragments[2]), pending(1, 6));
    // What a set holds is freed.
    let mut reassembler = Reassembler::new(ReassemblyLimits { window: 64, ..ReassemblyLimits::default() });
    let mut keys = Keys::aes_gcm();
    let mut datagrams: Vec<_> =
        (0..5000).map(|message_id| keys.seal(&Sent::skf(2, 3, &[1; 500]).with_header(Header { message_id, ..REQUEST }))).collect();
    let opened: Vec<_> = datagrams.iter_mut().map(|datagram| open(datagram, &*keys.opener).unwrap()).collect();
    let info = measure(|| opened.iter().for_each(|opened| assert_eq!(reassembler.push(opened, at(0)), pending(1, 3))));
    assert!(info.bytes_max < 65 * 8192 + 65536, "{info:?}");
    assert!(measure(|| assert_eq!(reassembler.expire(at(1 << 40)), 64)).bytes_current < 0);
}

/// One payload of type `ty` in a chain, with what follows.
fn payload(next: u8, critical: bool, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[next, if critical { 0x80 } else { 0 }, len[0], len[1]], body].concat()
}

#[test]
fn hostile_20_sk_within_the_content_is_refused() {
    let mut keys = Keys::aes_gcm();
    for (ty, sealed) in [(46, keys.seal(&Sent::sk(&vendor(60)))), (53, keys.seal(&Sent::skf(1, 1, &vendor(60))))] {
        let inner = sealed[28..].to_vec();
        let behind = [payload(ty, false, &[1; 20]), inner.clone()].concat();
        for (first, content) in [(ty, inner), (43, behind)] {
            for total in [1, 2, 3, 7] {
                let mut fragments = cut(&content, total);
                fragments[0].first = first;
                let whole = Peer::new(ReassemblyLimits::default()).whole(&fragments);
                assert!(whole.payloads().is_err(), "payload {ty} in {total} fragments");
                let whole = Peer::new(ReassemblyLimits::default()).whole(&[Sent { first, ..Sent::sk(&content) }]);
                assert!(whole.payloads().is_err(), "payload {ty} in SK");
            }
        }
    }
}

#[test]
fn hostile_21_reassembled_content_is_judged_as_that_of_sk() {
    let chains: &[(u8, Vec<u8>)] = &[
        (43, vendor(90)),
        (43, [payload(41, false, &[1; 9]), payload(0, false, &[0, 0, 0x40, 0])].concat()),
        (200, payload(0, true, &[1; 9])),
        (200, payload(0, false, &[1; 9])),
        (43, [payload(201, false, &[1; 9]), payload(0, true, &[])].concat()),
        (43, payload(41, false, &[1; 9])),
        (43, [payload(0, false, &[1; 9]), vec![0]].concat()),
        (43, vec![0, 0, 0, 3, 1]),
        (43, vec![0, 0, 255, 255, 1]),
        (46, payload(0, false, &[1; 40])),
        (0, Vec::new()),
        (43, Vec::new()),
        (1, payload(0, true, &[1])),
    ];
    let mut refused = Vec::new();
    for (first, content) in chains {
        let sk = Peer::new(ReassemblyLimits::default()).whole(&[Sent { first: *first, ..Sent::sk(content) }]);
        for total in [1, 2, 5] {
            let mut fragments = cut(content, total);
            fragments[0].first = *first;
            let whole = Peer::new(ReassemblyLimits::default()).whole(&fragments);
            let judged = |whole: &Reassembled| match whole.payloads() {
                Ok(chain) => Ok(chain.payloads().map(|raw| (raw.ty, raw.body.to_vec())).collect::<Vec<_>>()),
                Err(error) => Err(error),
            };
            assert_eq!(judged(&whole), judged(&sk), "{first} {content:02x?} in {total}");
        }
        refused.extend(sk.payloads().err().map(|error| error.kind));
    }
    assert!(refused.contains(&ParseErrorKind::UnsupportedCritical(PayloadType(200))));
    assert_eq!(refused.len(), chains.len() - 4, "{refused:?}");
}
