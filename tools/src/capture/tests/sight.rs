//! What is told of the place of capture, and of how much was captured.

use super::forge::{self, EPOCH, Link, Pcap, PcapNg, addr, octets};
use super::{items, source};
use crate::capture::{Extent, Interest, Item, Sight, Traffic};

fn packet(ttl: u8, id: u8) -> Vec<u8> {
    let (src, dst) = (addr("192.0.2.1:500"), addr("198.51.100.2:500"));
    let mut packet = forge::ip(src, dst, 17, &forge::udp(src, dst, &octets(id, 100)));
    packet[8] = ttl;
    packet
}

fn sights(bytes: &[u8]) -> Vec<Sight> {
    let sight = |item| match item {
        Item::Datagram(datagram) => datagram.sight,
        Item::Ip(packet) => packet.sight,
        other => panic!("{other:?}"),
    };
    items(bytes).into_iter().map(sight).collect()
}

fn read(bytes: &[u8]) -> Traffic {
    let mut traffic = Traffic::open(source("forged", bytes), Interest::default()).unwrap();
    while traffic.next().is_some() {}
    traffic
}

#[test]
fn the_time_to_live_and_the_octets_that_are_there() {
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &packet(128, 1));
    let frame = Link::Ethernet.frame(&packet(57, 2));
    file.frame(0, &frame, 96);
    let whole =
        Sight { ttl: 128, outgoing: None, record: Extent { there: 142, announced: 142 }, ip: Extent { there: 128, announced: 128 } };
    let cut = Sight { ttl: 57, record: Extent { there: 96, announced: 142 }, ip: Extent { there: 82, announced: 128 }, ..whole };
    assert_eq!(sights(&file.bytes), [whole, cut]);
    assert_eq!(read(&file.bytes).cut_at(), Some(96));
    let mut file = Pcap::new(Link::Ethernet);
    let (src, dst) = (addr("[2001:db8::1]:500"), addr("[2001:db8::2]:500"));
    let mut v6 = forge::ip(src, dst, 17, &forge::udp(src, dst, &octets(1, 100)));
    v6[7] = 255;
    file.ip(0, &v6);
    let found = sights(&file.bytes);
    assert_eq!((found[0].ttl, found[0].ip), (255, Extent { there: 148, announced: 148 }));
    assert_eq!(read(&file.bytes).cut_at(), None);
}

#[test]
fn the_direction_by_cooked_headers() {
    for (link, at) in [(Link::Sll, 1), (Link::Sll2, 10)] {
        let mut file = Pcap::new(link);
        for packet_type in 0..6_u8 {
            let mut frame = link.frame(&packet(64, 1));
            frame[at] = packet_type;
            file.frame(0, &frame, frame.len());
        }
        let found: Vec<_> = sights(&file.bytes).iter().map(|sight| sight.outgoing).collect();
        assert_eq!(found, [Some(false), Some(false), Some(false), None, Some(true), None], "{link:?}");
    }
}

#[test]
fn the_direction_by_the_flags_of_a_packet_block() {
    for big_endian in [false, true] {
        let mut file = PcapNg::new(big_endian);
        file.interface(Link::Ethernet, 0);
        let frame = Link::Ethernet.frame(&packet(64, 1));
        // Inbound, outbound, not known; the other bits are of no concern.
        for flags in [1_u32, 2, 0, 0x0000_0006, 0x8000_0005] {
            let value = if big_endian { flags.to_be_bytes() } else { flags.to_le_bytes() };
            file.enhanced_with(0, EPOCH * 1_000_000, &frame, frame.len(), &[(2, &value)]);
        }
        let found: Vec<_> = sights(&file.bytes).iter().map(|sight| sight.outgoing).collect();
        assert_eq!(found, [Some(false), Some(true), None, Some(true), Some(false)]);
    }
}

#[test]
fn the_capture_program_tells_how_long_it_watched_and_what_it_lost() {
    for big_endian in [false, true] {
        let frame = Link::Ethernet.frame(&packet(64, 1));
        let second = |n: u64| (EPOCH + n) * 1_000_000;
        let mut file = PcapNg::new(big_endian);
        file.interface(Link::Ethernet, 0);
        assert_eq!(read(&file.bytes).watched_until(), None);
        file.interface_with(Link::Ethernet, 0, &[(9, &[9])]).enhanced(0, second(0), &frame, frame.len());
        assert_eq!((read(&file.bytes).watched_until(), read(&file.bytes).dropped()), (None, 0));
        // Interface 0 in microseconds, its counts once before; interface 1 in nanoseconds; one that nobody described.
        file.statistics(0, second(3), Some(second(2)), &[(4, 1), (5, 7)])
            .statistics(0, second(9), Some(second(8)), &[(4, 1), (5, 9), (7, 3)])
            .statistics(1, second(5) * 1000, None, &[(5, 20)])
            .statistics(2, second(5000), None, &[(5, 1000)]);
        let traffic = read(&file.bytes);
        assert_eq!(traffic.watched_until().map(|time| time.to_string()), Some("8.000000".into()));
        assert_eq!(traffic.dropped(), 9 + 3 + 20);
        // The next section counts anew.
        file.section(!big_endian).interface(Link::Ethernet, 0).statistics(0, second(60), None, &[(5, 4)]);
        let traffic = read(&file.bytes);
        assert_eq!(traffic.watched_until().map(|time| time.to_string()), Some("60.000000".into()));
        assert_eq!(traffic.dropped(), 36);
    }
}

#[test]
fn later_fragments_are_counted_whoever_sent_them() {
    let ends = (addr("192.0.2.1:53"), addr("192.0.2.2:4000"));
    let udp = forge::udp(ends.0, ends.1, &octets(1, 90));
    let mut file = Pcap::new(Link::Ethernet);
    for range in [0..32, 32..64, 64..98] {
        file.ip(0, &forge::fragment(ends, 17, 7, &udp, range));
    }
    file.ip(0, &forge::fragment(ends, 17, 8, &udp, 0..32)).ip(0, &packet(64, 1));
    assert_eq!(read(&file.bytes).later_fragments(), 2);
}
