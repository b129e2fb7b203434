//! One packet at a time: link layers, IP headers, UDP lengths, cut packets.

use super::forge::{self, Link, Pcap, addr, octets};
use super::{Seen, datagrams, items, problems, run};
use crate::capture::{Interest, Item};

const V4: (&str, &str) = ("192.0.2.1:500", "198.51.100.2:4500");
const V6: (&str, &str) = ("[2001:db8::1]:500", "[2001:db8::2]:4500");

fn packet((src, dst): (&str, &str), payload: &[u8]) -> Vec<u8> {
    let (src, dst) = (addr(src), addr(dst));
    forge::ip(src, dst, 17, &forge::udp(src, dst, payload))
}

fn texts(bytes: &[u8]) -> Vec<String> {
    problems(&items(bytes)).iter().map(ToString::to_string).collect()
}

#[test]
fn every_link_layer_with_both_versions_of_ip() {
    const LINKS: [Link; 15] = [
        Link::Ethernet,
        Link::Vlan(&[0x8100]),
        Link::Vlan(&[0x88a8, 0x8100]),
        Link::Vlan(&[0x9100, 0x8100, 0x8100]),
        Link::Pppoe,
        Link::Sll,
        Link::Sll2,
        Link::Raw(101),
        Link::Raw(12),
        Link::Raw(14),
        Link::Raw(228),
        Link::Raw(229),
        Link::Null { big_endian: false },
        Link::Null { big_endian: true },
        Link::Loop,
    ];
    for link in LINKS {
        for (seed, ends) in [(1, V4), (2, V6)] {
            let payload = octets(seed, 33);
            let mut file = Pcap::new(link);
            file.ip(0, &packet(ends, &payload));
            let expected = Seen::new(&[1], "0.000000", ends.0, ends.1, &payload);
            assert_eq!(datagrams(&file.bytes), [expected], "{link:?}");
        }
    }
}

#[test]
fn every_number_that_means_ipv6_on_a_loopback() {
    for family in [10_u32, 23, 24, 28, 30] {
        for header in [family.to_le_bytes(), family.to_be_bytes()] {
            let frame = [&header[..], &packet(V6, &octets(1, 9))].concat();
            let mut file = Pcap::new(Link::Loop);
            file.frame(0, &frame, frame.len());
            assert_eq!(datagrams(&file.bytes).len(), 1, "{family}");
        }
    }
    let frame = [&7_u32.to_le_bytes()[..], &packet(V6, &octets(1, 9))].concat();
    let mut file = Pcap::new(Link::Null { big_endian: false });
    file.frame(0, &frame, frame.len());
    assert_eq!(texts(&file.bytes), ["1 packet inside address family 7 of a loopback was not looked into: packet 1"]);
}

#[test]
fn frame_padding_and_udp_length_bound_the_payload() {
    let (src, dst) = (addr(V4.0), addr(V4.1));
    let mut file = Pcap::new(Link::Ethernet);
    // Ethernet pads to 60 octets; the keepalive is one octet.
    let mut frame = Link::Ethernet.frame(&packet(V4, &[0xff]));
    frame.resize(60, 0xaa);
    file.frame(0, &frame, 60);
    // A UDP length shorter than what IP carries.
    let short = forge::ip(src, dst, 17, &forge::udp_announcing(src, dst, 8 + 5, &octets(1, 30)));
    file.ip(0, &short);
    // Length 0: the card had not filled it in yet.
    let zero = forge::ip(src, dst, 17, &forge::udp_announcing(src, dst, 0, &octets(2, 30)));
    file.ip(0, &zero);
    // Nothing but the header.
    file.ip(0, &packet(V4, &[]));
    let payloads: Vec<_> = datagrams(&file.bytes).into_iter().map(|d| d.payload).collect();
    assert_eq!(payloads, [vec![0xff], octets(1, 5), octets(2, 30), vec![]]);
}

#[test]
fn lengths_left_to_the_network_card() {
    let mut v4 = packet(V4, &octets(1, 30));
    v4[2..4].fill(0);
    let mut v6 = packet(V6, &octets(2, 30));
    v6[4..6].fill(0);
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &v4).ip(0, &v6);
    let payloads: Vec<_> = datagrams(&file.bytes).into_iter().map(|d| d.payload).collect();
    assert_eq!(payloads, [octets(1, 30), octets(2, 30)]);
}

#[test]
fn ipv4_options_and_ipv6_extension_headers_are_walked() {
    let (src, dst) = (addr(V4.0), addr(V4.1));
    let mut options = packet(V4, &octets(1, 20));
    options[0] = 0x46;
    options.splice(20..20, [0x94, 4, 0, 0]);
    options[3] += 4;
    // Authentication header with a 12-octet value.
    let mut guarded = vec![17, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1];
    guarded.extend([0x77; 12]);
    guarded.extend(forge::udp(src, dst, &octets(2, 20)));
    let (src6, dst6) = (addr(V6.0), addr(V6.1));
    // Hop-by-hop, routing (16 octets), destination options, atomic fragment, authentication, mobility, UDP.
    let mut chain = vec![43, 0, 5, 2, 0, 0, 1, 0];
    chain.extend([60, 1, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9]);
    chain.extend([44, 0, 1, 4, 0, 0, 0, 0]);
    chain.extend([51, 0, 0, 0, 0, 0, 0, 7]);
    chain.extend([135, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
    chain.extend([0x77; 12]);
    chain.extend([17, 0, 0, 0, 0, 0, 0, 0]);
    chain.extend(forge::udp(src6, dst6, &octets(3, 20)));
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &options).ip(0, &forge::ip(src, dst, 51, &guarded)).ip(0, &forge::ip(src6, dst6, 0, &chain));
    let payloads: Vec<_> = datagrams(&file.bytes).into_iter().map(|d| d.payload).collect();
    assert_eq!(payloads, [octets(1, 20), octets(2, 20), octets(3, 20)]);
    // Every cut of the chain is noticed, none panics.
    let whole = Link::Ethernet.frame(&forge::ip(src6, dst6, 0, &chain));
    for captured in 0..whole.len() {
        let mut file = Pcap::new(Link::Ethernet);
        file.frame(0, &whole, captured);
        let found = items(&file.bytes);
        match &found[..] {
            [Item::Problem(problem)] => {
                assert!(problem.to_string().contains(&format!("holds {captured} of the packet's {} octets", whole.len())), "{problem}");
            }
            [Item::Datagram(d)] => {
                assert_eq!(d.truncation.map(|t| t.missing), Some((whole.len() - captured).min(20)));
                assert_eq!(d.payload[..], octets(3, 20)[..20_usize.saturating_sub(whole.len() - captured)]);
            }
            _ => panic!("{captured}: {found:?}"),
        }
    }
}

#[test]
fn a_packet_cut_by_the_snap_length_gives_what_is_there() {
    let frame = Link::Ethernet.frame(&packet(V4, &octets(1, 100)));
    let mut file = Pcap::new(Link::Ethernet);
    file.frame(0, &frame, 42 + 30).frame(0, &frame, 42).frame(0, &frame, 38).frame(0, &frame, 37).frame(0, &frame, 13);
    let found = items(&file.bytes);
    let seen: Vec<_> = found.iter().filter_map(Seen::of).collect();
    assert_eq!((&seen[0].payload, seen[0].missing), (&octets(1, 30), Some((70, true))));
    assert_eq!((&seen[1].payload, seen[1].missing), (&vec![], Some((100, true))));
    // The ports are enough to tell who talked to whom.
    assert_eq!(seen[2], Seen { missing: Some((100, true)), ..Seen::new(&[3], "0.000000", V4.0, V4.1, &[]) });
    assert_eq!(seen.len(), 3);
    assert_eq!(
        texts(&file.bytes),
        [
            "packet 4 cannot be read: UDP header: 8 octets needed, 3 there (the capture holds 37 of the packet's 142 octets)",
            "packet 5 cannot be read: Ethernet header: 14 octets needed, 13 there (the capture holds 13 of the packet's 142 octets)",
        ]
    );
}

#[test]
fn a_packet_shorter_than_it_says_is_told_from_a_cut_one() {
    let mut frame = Link::Ethernet.frame(&packet(V4, &octets(1, 100)));
    frame.truncate(42 + 60);
    let mut file = Pcap::new(Link::Ethernet);
    file.frame(0, &frame, frame.len());
    let seen = datagrams(&file.bytes);
    assert_eq!((&seen[0].payload, seen[0].missing), (&octets(1, 60), Some((40, false))));
}

#[test]
fn headers_that_contradict_themselves_are_named() {
    let good = packet(V4, &octets(1, 20));
    let change = |at: usize, value: u8| {
        let mut packet = good.clone();
        packet[at] = value;
        packet
    };
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &change(0, 0x44)).ip(0, &change(3, 19)).ip(0, &change(0, 0x55)).ip(0, &change(25, 7)).ip(0, &[0x45]);
    assert_eq!(
        texts(&file.bytes),
        [
            "packet 1 cannot be read: IPv4 header: header length 4 is less than 5",
            "packet 2 cannot be read: IPv4 header: Total Length 19 is less than the header's 20 octets",
            "packet 3 cannot be read: IP header: version 5",
            "packet 4 cannot be read: UDP header: Length 7 is less than the header's 8 octets",
            "packet 5 cannot be read: IPv4 header: 20 octets needed, 1 there",
        ]
    );
}

#[test]
fn other_protocols_come_when_asked_for() {
    let (src, dst) = (addr(V4.0), addr(V4.1));
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &forge::ip(src, dst, 50, &octets(1, 48))).ip(0, &forge::ip(src, dst, 1, &octets(2, 36)));
    assert_eq!(items(&file.bytes), []);
    let wanted = Interest { ip_protocols: vec![50], ..Interest::default() };
    let found = run(&file.bytes, wanted).unwrap();
    let [Item::Ip(esp)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((esp.protocol, &esp.payload, &esp.packets), (50, &octets(1, 48), &vec![1]));
    assert_eq!((esp.src, esp.dst), (src.ip(), dst.ip()));
}
