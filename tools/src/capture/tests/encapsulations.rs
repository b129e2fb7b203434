//! Link layers and tunnels: each gives the datagram inside, and only that; what is not looked into is counted.

use super::forge::{self, Link, Pcap, addr, octets};
use super::wraps::{WRAPS, ethernet, join, outer, outer_udp, typed};
use super::{Seen, datagrams, items, problems, run};
use crate::capture::{Interest, Item};

const V4: (&str, &str) = ("192.0.2.1:500", "198.51.100.2:4500");
const V6: (&str, &str) = ("[2001:db8::1]:500", "[2001:db8::2]:4500");

fn packet((src, dst): (&str, &str), payload: &[u8]) -> Vec<u8> {
    let (src, dst) = (addr(src), addr(dst));
    forge::ip(src, dst, 17, &forge::udp(src, dst, payload))
}

fn file(link_type: u16, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Pcap::new(Link::Raw(link_type));
    for frame in frames {
        file.frame(0, frame, frame.len());
    }
    file.bytes
}

fn texts(bytes: &[u8]) -> Vec<String> {
    problems(&items(bytes)).iter().map(ToString::to_string).collect()
}

fn is_v6_only(name: &str) -> bool {
    name.starts_with("v6: ")
}

#[test]
fn every_encapsulation_gives_the_datagram_inside() {
    for (name, link_type, wrap) in WRAPS {
        for ends in [V4, V6].iter().filter(|ends| **ends == V6 || !is_v6_only(name)) {
            let payload = octets(3, 61);
            let bytes = file(*link_type, &[wrap(&packet(*ends, &payload))]);
            let found = items(&bytes);
            let [Item::Datagram(datagram)] = &found[..] else { panic!("{name}: {found:?}") };
            let expected = Seen::new(&[1], "0.000000", ends.0, ends.1, &payload);
            assert_eq!(Seen::of(&found[0]), Some(expected), "{name}");
            assert_eq!((datagram.sight.ttl, datagram.sight.ip.there), (64, payload.len() + if *ends == V6 { 48 } else { 28 }), "{name}");
        }
    }
}

#[test]
fn esp_inside_is_counted_once() {
    let (src, dst) = (addr(V6.0), addr(V6.1));
    for (name, link_type, wrap) in WRAPS {
        let interest = Interest { ip_protocols: vec![50], ..Interest::default() };
        let found = run(&file(*link_type, &[wrap(&forge::ip(src, dst, 50, &octets(1, 64)))]), interest).unwrap();
        let [Item::Ip(esp)] = &found[..] else { panic!("{name}: {found:?}") };
        assert_eq!((esp.src, esp.payload.len(), &esp.packets), (src.ip(), 64, &vec![1]), "{name}");
    }
}

#[test]
fn a_cut_anywhere_gives_what_is_there_or_says_so() {
    for (name, link_type, wrap) in WRAPS {
        let payload = octets(3, 61);
        let frame = wrap(&packet(V6, &payload));
        for captured in 0..frame.len() {
            let mut file = Pcap::new(Link::Raw(*link_type));
            file.frame(0, &frame, captured);
            let found = items(&file.bytes);
            assert!(found.len() <= 1, "{name}, {captured}: {found:?}");
            // Too little of a tunnel's header makes it a datagram as any other.
            let inner = found.iter().filter_map(Seen::of).find(|seen| seen.dst == V6.1);
            assert!(inner.is_none_or(|inner| payload.starts_with(&inner.payload)), "{name}, {captured}");
        }
    }
}

#[test]
fn changed_octets_never_panic_and_never_invent_packets() {
    for (name, link_type, wrap) in WRAPS {
        let frame = wrap(&packet(V6, &octets(3, 9)));
        for at in 0..frame.len() {
            for change in [0x01_u8, 0x04, 0x40, 0x80, 0xff] {
                let mut changed = frame.clone();
                changed[at] ^= change;
                assert!(items(&file(*link_type, &[changed])).len() <= 1, "{name}: octet {at} ^ {change:02x}");
            }
        }
    }
}

#[test]
fn a_tunnel_in_ip_fragments_and_fragments_in_a_tunnel() {
    let payload = octets(3, 300);
    let ends = (addr("198.18.0.1:40000"), addr("198.18.0.2:4789"));
    let vxlan = join(&[&[8, 0, 0, 0, 0, 0, 77, 0], &ethernet(&packet(V4, &payload))]);
    let udp = forge::udp(ends.0, ends.1, &vxlan);
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &forge::fragment(ends, 17, 9, &udp, 160..udp.len())).ip(0, &forge::fragment(ends, 17, 9, &udp, 0..160));
    let found = items(&file.bytes);
    let [Item::Datagram(whole)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((&whole.packets, &whole.payload, whole.src), (&vec![1, 2], &payload, addr(V4.0)));
    // The IKE message was not fragmented: its carrier was.
    assert_eq!((whole.ip_fragments, &whole.fragment_sizes), (1, &vec![]));

    let inner = (addr(V4.0), addr(V4.1));
    let udp = forge::udp(inner.0, inner.1, &payload);
    let mut file = Pcap::new(Link::Ethernet);
    for range in [160..udp.len(), 0..160] {
        let frame = outer(47, &join(&[&[0, 0, 8, 0], &forge::fragment(inner, 17, 9, &udp, range)]));
        file.frame(0, &frame, frame.len());
    }
    let found = items(&file.bytes);
    let [Item::Datagram(whole)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((&whole.payload, whole.ip_fragments, &whole.fragment_sizes), (&payload, 2, &vec![148, 160]));
}

#[test]
fn a_tunnels_port_alone_makes_no_tunnel() {
    // What is not a tunnel's header is a datagram as any other.
    for (port, payload) in [
        (4789, join(&[&[0; 8], &ethernet(&packet(V4, b"x"))])),
        (4789, join(&[&[0x18, 1, 1, 1, 0, 0, 77, 9], &[5; 40]])),
        (6081, join(&[&[0x40, 0, 0x65, 0x58, 0, 0, 5, 0], &ethernet(&packet(V4, b"x"))])),
        (6081, join(&[&[0, 0, 0x08, 0, 0, 0, 5, 0], &[5; 40]])),
        (2152, join(&[&[0x30, 0xff, 0, 9, 0, 0, 0, 7], &packet(V4, b"x")])),
        (2152, vec![0x32, 1, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0]),
        (37008, join(&[&[1, 4, 0, 1, 1], &ethernet(&packet(V4, b"x"))])),
        (37008, vec![1, 0, 0, 1, 10, 200, 1]),
        (3544, packet(V4, b"x")),
        (3544, join(&[&packet(V6, b"x"), &[0]])),
        (5000, join(&[&[8, 0, 0, 0, 0, 0, 77, 0], &ethernet(&packet(V4, b"x"))])),
    ] {
        let seen = datagrams(&file(1, &[outer_udp(port, &payload)]));
        assert_eq!((seen.len(), &seen[0].dst, &seen[0].payload), (1, &format!("198.18.0.2:{port}"), &payload));
    }
    // A NAT gave a client behind it the port of a tunnel.
    let (server, client) = (addr("198.51.100.2:4500"), addr("192.0.2.1:4789"));
    let vxlan = join(&[&[8, 0, 0, 0, 0, 0, 77, 0], &ethernet(&packet(V4, b"x"))]);
    let frame = ethernet(&forge::ip(server, client, 17, &forge::udp(server, client, &vxlan)));
    let own = Interest { udp_ports: vec![500, 4500], ..Interest::default() };
    let found = run(&file(1, core::slice::from_ref(&frame)), own).unwrap();
    assert_eq!(Seen::of(&found[0]).unwrap().payload, vxlan);
    assert_eq!(datagrams(&file(1, &[frame]))[0].payload, b"x");
}

#[test]
fn what_is_not_looked_into_is_counted_by_kind() {
    let wireless = |flags, sequence, qos| {
        let mut frame = vec![0x88, flags];
        frame.resize(22, 0);
        frame.extend([sequence, 0, qos, 0]);
        frame.extend([7; 60]);
        frame
    };
    let frames = [wireless(0x41, 0, 0), wireless(0x41, 0, 0), wireless(0x05, 0, 0), wireless(1, 3, 0), wireless(1, 0, 0x80)];
    assert_eq!(
        texts(&file(105, &frames)),
        [
            "2 packets inside encrypted IEEE 802.11 frames were not looked into, from packet 1 on",
            "2 packets inside fragmented IEEE 802.11 frames were not looked into, from packet 3 on",
            "1 packet inside aggregated IEEE 802.11 frames (A-MSDU) was not looked into: packet 5",
        ]
    );
    let gre = |flags: u16, protocol: u16| outer(47, &[&flags.to_be_bytes()[..], &protocol.to_be_bytes(), &[7; 30]].concat());
    let gtp = join(&[&[0x30, 0xff, 0, 30, 0, 0, 0, 7], &[7; 30]]);
    let frames = [
        typed(0x88e5, &[1; 40]),
        gre(0, 0x1234),
        gre(0x4000, 0x0800),
        gre(2, 0x0800),
        typed(0x8847, &[0, 1, 1, 0x40, 9, 9, 9, 9, 9]),
        outer_udp(2152, &gtp),
        outer_udp(37008, &[1, 0, 0, 99, 1, 7, 7]),
        outer(108, &[4, 0, 0, 1, 9, 9]),
        typed(0x8864, &[0x11, 0, 0, 1, 0, 4, 0, 0xfd, 1, 2]),
        typed(20, &[0xaa, 0xaa, 3, 1, 2, 3, 0, 1, 9]),
        outer_udp(6081, &[0, 0, 0x88, 0xe5, 0, 0, 5, 0, 1, 2, 3]),
    ];
    assert_eq!(
        texts(&file(1, &frames)),
        [
            "2 packets inside EtherType 0x88e5 (MACsec) were not looked into, from packet 1 on",
            "1 packet inside EtherType 0x1234 was not looked into: packet 2",
            "1 packet inside GRE of version 0 with fields that are not read was not looked into: packet 3",
            "1 packet inside GRE of version 2 with fields that are not read was not looked into: packet 4",
            "1 packet inside MPLS that are neither IP nor Ethernet was not looked into: packet 5",
            "1 packet inside GTP-U that are neither IP nor Ethernet was not looked into: packet 6",
            "1 packet inside TZSP of protocol 99 was not looked into: packet 7",
            "1 packet inside IP protocol 108 (IPComp) was not looked into: packet 8",
            "1 packet inside PPP protocol 0x00fd (compressed or encrypted) was not looked into: packet 9",
            "1 packet inside SNAP of organization 01-02-03 was not looked into: packet 10",
        ]
    );
}

#[test]
fn what_never_carries_ip_is_silent() {
    let beacon = join(&[&[0x80, 0], &[0; 60]]);
    let without_data = join(&[&[0x48, 1], &[0; 22]]);
    assert_eq!(items(&file(105, &[beacon, without_data])), []);
    let frames = [
        typed(0x0806, &[0; 28]),
        typed(0x88cc, &[0; 28]),
        typed(0x8863, &[0; 28]),
        typed(38, &[0x42, 0x42, 3, 0, 0, 0]),
        typed(38, &[0xff, 0xff, 0, 30, 0, 0]),
        typed(38, &[0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0, 1]),
        typed(0x8864, &[0x11, 0, 0, 1, 0, 4, 0xc0, 0x21, 9, 1]),
        outer(47, &[0, 0, 0, 0]),
        outer(47, &[0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 1, 0, 0, 0, 9]),
        typed(0x8847, &[0, 1, 1, 0x40, 0x10, 0, 0, 7, 0, 0]),
    ];
    assert_eq!(items(&file(1, &frames)), []);
    assert_eq!(items(&file(104, &[vec![0x8f, 0, 0x80, 0x35, 0, 0, 0, 2]])), []);
}

#[test]
fn headers_without_end_are_given_up() {
    let nested = |depth: usize| {
        let innermost = packet(V4, b"deep");
        let tags = [0x81_u8, 0x00, 0, 1].repeat(depth);
        // The first tag's number stands in the Ethernet header; the last tag is followed by IPv4's.
        typed(0x8100, &[&tags[2..], &[0x08, 0x00], &innermost[..]].concat())
    };
    // Link type, Ethernet, the last EtherType and IPv4 take 4 of the 32.
    assert_eq!(datagrams(&file(1, &[nested(28)]))[0].payload, b"deep");
    let expected = "2 packets inside too many headers were not looked into, from packet 1 on";
    assert_eq!(texts(&file(1, &[nested(29), nested(300)])), [expected]);
    let mut ip = packet(V4, b"deep");
    for _ in 0..40 {
        ip = forge::ip(addr(V4.0), addr(V4.1), 4, &ip);
    }
    assert_eq!(texts(&file(101, &[ip])), ["1 packet inside too many headers was not looked into: packet 1"]);
}

#[test]
fn kinds_beyond_a_bound_are_counted_together() {
    let frames: Vec<_> = (0..100_u16).map(|n| typed(0xa000 + n, &[0; 30])).collect();
    let found = texts(&file(1, &frames));
    assert_eq!(found.len(), 33);
    assert_eq!(found[32], "68 packets inside other protocols were not looked into, from packet 33 on");
}

#[test]
fn the_direction_by_headers_of_hosts() {
    let outgoing = |name: &str| {
        let (_, link_type, wrap) = WRAPS.iter().find(|(wrap, ..)| *wrap == name).unwrap();
        let found = items(&file(*link_type, &[wrap(&packet(V4, b"x"))]));
        let [Item::Datagram(datagram)] = &found[..] else { panic!("{name}: {found:?}") };
        datagram.sight.outgoing
    };
    for (name, expected) in [
        ("PKTAP of Ethernet", Some(false)),
        ("PKTAP of raw IP", Some(true)),
        ("PKTAP of old", Some(true)),
        ("NFLOG", Some(false)),
        ("NFLOG of a big-endian machine", Some(true)),
        ("PPP of pppd", Some(true)),
        ("PPP with direction", Some(false)),
        ("Cisco HDLC with direction", Some(true)),
        ("Juniper", Some(true)),
        ("Juniper without a link layer", Some(false)),
        ("PPP", None),
        ("radiotap", None),
    ] {
        assert_eq!(outgoing(name), expected, "{name}");
    }
}
