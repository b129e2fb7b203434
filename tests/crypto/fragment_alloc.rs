//! What reassembling and splitting allocate, counted: tests/HOSTILE.md classes 6 and 7, and the bounds the crate states.

use crate::kit::fragments::peer::{FIRST, HEADER, NONE, Peer};
use allocation_counter::{AllocationInfo, measure};
use ikev2::Instant;
use ikev2::fragment::{
    FragmentationSupport, Layout, OutgoingMessage, Path, Progress, Reassembled, Reassembler, ReassemblyLimits, Splitter,
};
use ikev2::protect::open;

const NOTHING: AllocationInfo =
    AllocationInfo { count_total: 0, count_current: 0, count_max: 0, bytes_total: 0, bytes_current: 0, bytes_max: 0 };

#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Ascending,
    Descending,
    Random,
    EvensThenOdds,
    /// Every seventeenth first: each just so far ahead that the grid may reach it.
    Leaps,
    EachTwice,
    /// The first a hundred times, and so on.
    Duplicates,
}

const ORDERS: [Order; 7] =
    [Order::Ascending, Order::Descending, Order::Random, Order::EvensThenOdds, Order::Leaps, Order::EachTwice, Order::Duplicates];

impl Order {
    fn of(self, total: u16) -> Vec<u16> {
        let mut numbers: Vec<u16> = (1..=total).collect();
        match self {
            Self::Ascending => {}
            Self::Descending => numbers.reverse(),
            Self::Random => {
                let mut state = 3u64;
                for n in (1..numbers.len()).rev() {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    numbers.swap(n, (state >> 33) as usize % (n + 1));
                }
            }
            Self::EvensThenOdds => numbers.sort_by_key(|number| (number % 2, *number)),
            Self::Leaps => numbers.sort_by_key(|number| (number % 17 != 1, *number)),
            Self::EachTwice => numbers = numbers.iter().flat_map(|number| [*number, *number]).collect(),
            Self::Duplicates => {
                numbers = numbers.iter().flat_map(|number| core::iter::repeat_n(*number, if number % 50 == 1 { 100 } else { 1 })).collect();
            }
        }
        numbers
    }
}

/// What a whole message takes, from the first datagram to the last, its output included.
fn reassembling(limits: ReassemblyLimits, total: u16, size: impl Fn(u16) -> usize, order: Order) -> (AllocationInfo, usize) {
    let mut peer = Peer::new();
    let pieces: Vec<Vec<u8>> = (1..=total).map(|number| vec![number as u8; size(number)]).collect();
    let content = pieces.concat();
    let mut arriving: Vec<Vec<u8>> =
        order.of(total).into_iter().map(|number| peer.fragment(&HEADER, (number, total), &pieces[usize::from(number) - 1])).collect();
    let mut whole: Option<Reassembled> = None;
    let info = measure(|| {
        let mut reassembler = Reassembler::new(limits);
        for datagram in &mut arriving {
            let opened = open(datagram, &*peer.opener).unwrap();
            if let Progress::Complete(message) = reassembler.push(&opened, Instant::START).unwrap() {
                assert!(whole.replace(message).is_none());
            }
        }
    });
    assert!(whole.unwrap().content() == &content);
    (info, content.len())
}

#[test]
fn hostile_06_memory_and_its_handling_grow_with_the_octets_in_every_order() {
    for order in ORDERS {
        for (total, size) in [(2, 30_000), (50, 1200), (124, 487), (1024, 60)] {
            let last = |number| if number == total { size / 2 } else { size };
            let (info, _) = reassembling(ReassemblyLimits::default(), total, last, order);
            let octets = usize::from(total) * size;
            // The cap: the content, what was there of it when it had to be moved, and what waited aside until then.
            assert!(info.bytes_max as usize <= octets * 2 + 4096, "{order:?} {total} x {size}: {info:?}");
            // Growing doubles: all that was ever moved is less than the content once more.
            assert!(info.bytes_total as usize <= octets * 3 + 4096, "{order:?} {total} x {size}: {info:?}");
            let in_order = matches!(order, Order::Ascending | Order::EachTwice | Order::Duplicates);
            assert!(!in_order || info.bytes_total as usize <= octets + 8192 + 512, "{order:?} {total} x {size}: {info:?}");
            // No allocation per fragment.
            let most = if in_order { 8 } else { 12 + u64::from(total) / 10 };
            assert!(info.count_total <= most, "{order:?} {total} x {size}: {info:?}");
        }
        // Sizes that never repeat: every piece once aside, and once more when all are gathered.
        let (info, octets) = reassembling(ReassemblyLimits::default(), 200, |number| usize::from(number) + 100, order);
        assert!(info.bytes_total as usize <= 3 * octets + 20_000 && info.count_total <= 250, "{order:?}: {info:?}");
    }
}

#[test]
fn hostile_06_sets_of_any_size_take_as_much_per_octet() {
    let limits = ReassemblyLimits { octets: 1 << 22, fragments: u16::MAX, ..ReassemblyLimits::default() };
    for order in ORDERS {
        for total in [256, 1024, 4096, 16384, 65535] {
            let (info, octets) = reassembling(limits, total, |_| 60, order);
            // And a bit per fragment, while 16 octets per fragment aside are the most there is besides content.
            assert!(info.bytes_total as usize <= octets * 3 + 8192 + usize::from(total) * 8, "{order:?} {total}: {info:?}");
            assert!(info.count_total <= 40 + u64::from(total) / 10, "{order:?} {total}: {info:?}");
        }
    }
}

#[test]
fn hostile_07_nothing_is_allocated_before_the_icv_was_verified() {
    let mut peer = Peer::new();
    let mut reassembler = Reassembler::new(ReassemblyLimits::default());
    let mut first = peer.fragment(&HEADER, (1, 3), b"one");
    reassembler.push(&peer.open(&mut first).unwrap(), Instant::START).unwrap();
    let state = format!("{reassembler:?}");
    for place in [(1, 65535), (65535, 65535), (2, 3), (3, 65535)] {
        for content in [0, 1, 1200] {
            let valid = peer.fragment(&HEADER, place, &vec![1; content]);
            // Every octet after the header, and those of the header that leave the framing whole.
            for at in (0..16).chain([18, 19, 20, 23]).chain(36..valid.len()) {
                let mut forged = valid.clone();
                forged[at] ^= 0x10;
                let mut opened = true;
                assert_eq!(measure(|| opened = open(&mut forged, &*peer.opener).is_ok()), NOTHING);
                assert!(!opened, "{place:?} octet {at}");
            }
        }
    }
    assert_eq!(format!("{reassembler:?}"), state);
}

#[test]
fn hostile_07_what_an_authentic_peer_announces_allocates_next_to_nothing() {
    let mut peer = Peer::new();
    let limits = ReassemblyLimits { fragments: 65535, octets: 1 << 30, ..ReassemblyLimits::default() };
    for (place, content, most) in [
        ((1, 1024), 1, 2048),
        ((1, 65535), 1000, 8192 + 256),
        ((1, 1024), 60, 8192 + 256),
        ((1023, 1024), 60, 512),
        ((1024, 1024), 60, 512),
        // The bits of the numbers, an eighth of an octet each.
        ((65534, 65535), 1000, 9500),
        ((65535, 65535), 1000, 9500),
        ((1, 2), 60_000, 120_256),
    ] {
        let mut reassembler = Reassembler::new(limits);
        let mut datagram = peer.fragment(&HEADER, place, &vec![1; content]);
        let opened = peer.open(&mut datagram).unwrap();
        let info = measure(|| drop(reassembler.push(&opened, Instant::START)));
        assert!(info.bytes_max <= most && info.count_total <= 4, "{place:?} with {content}: {info:?}");
        // A copy, and what is never stored, take nothing.
        assert_eq!(measure(|| drop(reassembler.push(&opened, Instant::START))), NOTHING);
        let mut void = peer.skf(&HEADER, &[], NONE, (1, place.1), b"void");
        let opened = peer.open(&mut void).unwrap();
        assert_eq!(measure(|| drop(reassembler.push(&opened, Instant::START))), NOTHING);
    }
}

/// At every moment of every order, what is held is bounded by what has arrived.
#[test]
fn hostile_19_memory_follows_what_has_arrived() {
    let mut peer = Peer::new();
    for order in ORDERS {
        let total = 1000u16;
        let mut arriving: Vec<Vec<u8>> =
            order.of(total).into_iter().map(|number| peer.fragment(&HEADER, (number, total), &[number as u8; 60])).collect();
        let mut reassembler = Reassembler::new(ReassemblyLimits::default());
        let mut held = 0i64;
        for datagram in &mut arriving {
            let opened = open(datagram, &*peer.opener).unwrap();
            let mut said = None;
            let info = measure(|| said = Some(reassembler.push(&opened, Instant::START).unwrap()));
            if matches!(said, Some(Progress::Complete(_))) {
                break;
            }
            held += info.bytes_current;
            let there = reassembler.octets();
            assert!(held <= (34 * there).max(8192) as i64 + 4096, "{order:?}: {held} octets held for {there}");
        }
    }
}

#[test]
fn splitting_allocates_nothing() {
    let content = vec![5; 60_000];
    let message = OutgoingMessage { header: HEADER, unprotected: &[], first_payload: FIRST, content: &content };
    for mtu in [100, 576, 1280, 9000, 65535] {
        for layout in [Layout::Fill, Layout::Balanced] {
            let mut peer = Peer::new();
            let mut buf = vec![0; 70_000];
            let mut octets = 0;
            let info = measure(|| {
                let splitter = Splitter::new(Path::ipv4(mtu), layout, FragmentationSupport::Both);
                let mut datagrams = splitter.datagrams(&message, &mut *peer.sealer).unwrap();
                assert!(datagrams.max_len() <= buf.len());
                while let Some(datagram) = datagrams.next_into(&mut buf) {
                    octets += datagram.unwrap().len();
                }
            });
            assert_eq!(info, NOTHING);
            assert!(octets > content.len());
        }
    }
}

/// With payloads in clear, too; and a whole message takes two: content and, if there is something in clear, its copy.
#[test]
fn one_sk_takes_one_copy() {
    let mut peer = Peer::new();
    let content = vec![5; 3000];
    let mut datagram = peer.sk(&HEADER, &[], FIRST, &content);
    let mut reassembler = Reassembler::new(ReassemblyLimits::default());
    let info = measure(|| {
        let opened = open(&mut datagram, &*peer.opener).unwrap();
        let Ok(Progress::Complete(whole)) = reassembler.push(&opened, Instant::START) else { panic!() };
        assert_eq!(whole.content().len(), 3000);
    });
    assert_eq!((info.count_total, info.bytes_total), (1, 3000));
}
