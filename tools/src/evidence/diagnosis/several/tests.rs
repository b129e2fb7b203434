//! Clocks and twins, with datagrams made by hand.

use super::seen::Seen;
use super::{clock, twin};
use crate::capture::{Datagram, Extent, IncompleteFragments, Item, Problem, Sight, Time, Why};
use core::net::{IpAddr, SocketAddr};

const CLIENT: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(192, 0, 2, 1));
const SERVER: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(203, 0, 113, 1));

fn millis(millis: i64) -> Time {
    Time::from_nanos(millis.saturating_mul(1_000_000))
}

/// The message of an IKE SA with this ID, by its initiator or not, at so many milliseconds.
fn message(at: i64, id: u8, by_initiator: bool) -> Item {
    let mut payload = vec![7; 28];
    payload[17] = 0x20;
    payload[18] = 35;
    payload[19] = if by_initiator { 0x08 } else { 0x20 };
    payload[23] = id;
    payload.extend([id; 40]);
    let extent = Extent { there: 96, announced: 96 };
    let (src, dst) = if by_initiator { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
    Item::Datagram(Datagram {
        packets: vec![1],
        time: millis(at),
        src: SocketAddr::new(src, 500),
        dst: SocketAddr::new(dst, 500),
        payload,
        ip_fragments: 1,
        fragment_sizes: Vec::new(),
        truncation: None,
        sight: Sight { ttl: 64, outgoing: None, record: extent, ip: extent },
    })
}

fn seen(file: usize, items: impl IntoIterator<Item = Item>) -> Vec<Seen> {
    items.into_iter().map(|item| Seen::new(file, item)).collect()
}

fn shift(here: &[Seen], there: &[Seen]) -> Option<i64> {
    clock::shift(&twin::classes(here, there), here, there).map(|nanos| nanos / 1_000_000)
}

#[test]
fn clocks_are_aligned_half_way_between_there_and_back() {
    let here = seen(0, [message(0, 1, true), message(80, 1, false)]);
    // 10 seconds ahead; 30 ms there and 30 ms back.
    let there = seen(1, [message(10_030, 1, true), message(10_050, 1, false)]);
    assert_eq!(shift(&here, &there), Some(-10_000));
    assert_eq!(shift(&here, &seen(1, [message(0, 2, true)])), None);
}

#[test]
fn of_what_was_sent_again_some_may_be_lost() {
    let here = seen(0, [0, 1_000, 3_000, 7_000, 15_000].map(|at| message(at, 1, true)));
    let there = seen(1, [103_000, 107_000, 115_000].map(|at| message(at, 1, true)));
    assert_eq!(shift(&here, &there), Some(-100_000));
}

#[test]
fn each_is_paired_with_the_nearest() {
    let here = seen(0, [0, 1_000, 3_000, 7_000].map(|at| message(at, 1, true)));
    let there = seen(1, [1_020, 3_020, 60_000].map(|at| message(at, 1, true)));
    let classes = twin::classes(&here, &there);
    assert_eq!(classes.len(), 1);
    assert_eq!(twin::pairs(&classes[0], &here, &there), [(1, 0), (2, 1)]);
}

#[test]
fn a_capture_that_holds_less_of_a_packet_has_the_same_message() {
    let mut cut = message(0, 1, true);
    if let Item::Datagram(datagram) = &mut cut {
        datagram.payload.truncate(40);
    }
    let (whole, other) = (seen(0, [message(0, 1, true)]), seen(0, [message(0, 2, true)]));
    let cut = seen(1, [cut]);
    assert_eq!((twin::classes(&whole, &cut).len(), twin::classes(&other, &cut).len()), (1, 0));
}

#[test]
fn fragments_without_the_first_belong_to_what_was_sent_in_fragments() {
    let set = |total| {
        Item::Problem(Problem::IncompleteFragments(IncompleteFragments {
            packets: vec![1],
            time: millis(20),
            src: CLIENT,
            dst: SERVER,
            protocol: 17,
            id: 1,
            ports: None,
            received: 520,
            total,
            missing: Vec::new(),
            head: Vec::new(),
            why: Why::Expired,
        }))
    };
    let mut whole = message(0, 1, true);
    if let Item::Datagram(datagram) = &mut whole {
        datagram.fragment_sizes = vec![1480, 520];
    }
    let of = |item: Item, total| twin::may_be_headless(&Seen::new(0, item), &Seen::new(1, set(total)));
    assert_eq!([of(whole.clone(), Some(2000)), of(whole.clone(), None), of(whole, Some(2008)), of(message(0, 1, true), None)], [true, true, false, false]);
}
