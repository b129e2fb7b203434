//! The readers, against messages made octet by octet, whole, cut and changed.
#![allow(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its numbers are its own"
)]

use super::dns::MAX_NAMES;
use super::ikev1::{Exchange, MAX_SAS};
use super::tls::{MAX_TO_OTHERS, MAX_TO_PEERS};
use super::{Around, At};
use crate::capture::{Inside, NotLookedInto, Opening, Problem, Time};
use crate::evidence::carrier::Carrier;
use crate::evidence::ports::Transport;
use core::net::SocketAddr;

const CLIENT: &str = "192.0.2.10:500";
const SERVER: &str = "203.0.113.20:500";

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn at(packet: u64) -> At {
    At { packet, time: Time::from_nanos(packet as i64 * 1_000_000_000) }
}

fn carrier(packet: u64, src: &str, dst: &str) -> Carrier {
    let (src, dst, time) = (addr(src), addr(dst), at(packet).time);
    let packets = vec![packet];
    Carrier {
        packets,
        time,
        src,
        dst,
        transport: Transport::Udp500,
        ip_fragments: 1,
        fragment_sizes: Vec::new(),
        truncation: None,
        sight: None,
    }
}

fn isakmp(cookies: (u64, u64), exchange: u8, flags: u8, next: u8, payloads: &[u8]) -> Vec<u8> {
    let mut out = [cookies.0.to_be_bytes(), cookies.1.to_be_bytes()].concat();
    out.extend([next, 0x10, exchange, flags, 0, 0, 0, 0]);
    out.extend((28 + payloads.len() as u32).to_be_bytes());
    out.extend(payloads);
    out
}

/// A notification with an SPI of 16 octets, behind a vendor ID.
fn refusal(number: u16) -> Vec<u8> {
    let mut out = vec![11, 0, 0, 8, 1, 2, 3, 4, 0, 0, 0, 28, 0, 0, 0, 1, 1, 16];
    out.extend(number.to_be_bytes());
    out.extend([7; 16]);
    out
}

fn labels(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in name.split('.') {
        out.push(label.len() as u8);
        out.extend(label.as_bytes());
    }
    out.push(0);
    out
}

/// A query, or with `answers` a response to it.
fn dns(name: &[u8], ty: u16, answers: Option<(u8, &[&[u8]])>) -> Vec<u8> {
    let count = answers.map_or(0, |(_, records)| records.len() as u16);
    let mut out = vec![0, 9, if answers.is_some() { 0x81 } else { 1 }, answers.map_or(0, |(code, _)| 0x80 | code), 0, 1];
    out.extend(count.to_be_bytes());
    out.extend([0, 0, 0, 0]);
    out.extend(name);
    out.extend(ty.to_be_bytes());
    out.extend([0, 1]);
    for data in answers.map_or(&[][..], |(_, records)| records) {
        let ty: u16 = match data.len() {
            4 => 1,
            16 => 28,
            _ => 5,
        };
        // Its name points at the question's.
        out.extend([0xc0, 12]);
        out.extend(ty.to_be_bytes());
        out.extend([0, 1, 0, 0, 0, 60]);
        out.extend((data.len() as u16).to_be_bytes());
        out.extend(*data);
    }
    out
}

fn client_hello(host: &str) -> Vec<u8> {
    let mut extensions = vec![0x0a, 0x0a, 0, 0, 0, 0];
    extensions.extend((host.len() as u16 + 5).to_be_bytes());
    extensions.extend((host.len() as u16 + 3).to_be_bytes());
    extensions.push(0);
    extensions.extend((host.len() as u16).to_be_bytes());
    extensions.extend(host.as_bytes());
    let mut hello = vec![22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3];
    hello.extend([5; 32]);
    hello.push(32);
    hello.extend([6; 32]);
    hello.extend([0, 4, 0x13, 1, 0x13, 2, 1, 0]);
    hello.extend((extensions.len() as u16).to_be_bytes());
    hello.extend(extensions);
    hello
}

fn opening(packet: u64, src: &str, dst: &str, flags: &str, payload: Vec<u8>) -> Opening {
    let has = |flag| flags.contains(flag);
    let (syn, ack, rst) = (has('S'), has('A'), has('R'));
    Opening { packet, time: at(packet).time, src: addr(src), dst: addr(dst), syn, ack, rst, payload }
}

#[test]
fn an_ikev1_sa_is_told_by_its_exchanges() {
    let mut around = Around::default();
    for packet in 1..=3 {
        around.message(&carrier(packet, CLIENT, SERVER), &isakmp((1, 0), 2, 0, 1, &[]));
    }
    let sa = &around.ikev1.as_slice()[0];
    assert_eq!((sa.initiator, sa.responder, sa.from_start, sa.answered()), (addr(CLIENT), addr(SERVER), true, false));
    assert_eq!((sa.first, sa.last, sa.messages(), sa.complete()), (at(1), at(3), 3, false));
    let text = around.nothing(3);
    assert!(text.contains("Main Mode: 3 messages from packet 1 on, never answered"), "{text}");
    // The port moves behind a NAT; a Quick Mode is three messages.
    let moved = ("192.0.2.10:4500", "203.0.113.20:4500");
    for (packet, from_client) in [(4, false), (5, true), (6, false)] {
        let (src, dst) = if from_client { moved } else { (moved.1, moved.0) };
        around.message(&carrier(packet, src, dst), &isakmp((1, 2), 2, 1, 5, &[]));
    }
    for (packet, (src, dst)) in [(7, moved), (8, (moved.1, moved.0)), (9, moved)] {
        assert!(!around.ikev1.as_slice()[0].complete());
        around.message(&carrier(packet, src, dst), &isakmp((1, 2), 32, 1, 8, &[]));
    }
    let sa = &around.ikev1.as_slice()[0];
    assert_eq!(
        sa.counts.iter().map(|count| (count.exchange, count.by_initiator, count.by_responder)).collect::<Vec<_>>(),
        [(Exchange::MainMode, 4, 2), (Exchange::QuickMode, 2, 1)]
    );
    assert!(sa.complete() && around.nothing(9).contains("Main Mode and Quick Mode: 9 messages from packet 1 on, complete."));
}

#[test]
fn a_refusal_in_ikev1_is_the_responders() {
    let mut around = Around::default();
    around.message(&carrier(2, SERVER, CLIENT), &isakmp((7, 8), 5, 0, 13, &refusal(5)));
    let sa = &around.ikev1.as_slice()[0];
    assert_eq!((sa.cookie, sa.initiator, sa.from_start), (7, addr(CLIENT), false));
    assert_eq!(sa.notifies.iter().map(|notify| (notify.at, notify.by_responder, notify.number)).collect::<Vec<_>>(), [(at(2), true, 5)]);
    assert!(around.nothing(2).contains("Informational: 1 message from packet 2 on, with the notification INVALID-MAJOR-VERSION"));
    // What is encrypted is no chain of payloads.
    around.message(&carrier(3, SERVER, CLIENT), &isakmp((9, 8), 5, 1, 13, &refusal(5)));
    assert!(around.ikev1.as_slice()[1].notifies.is_empty());
}

#[test]
fn names_have_their_answers() {
    let mut around = Around::default();
    let (client, resolver) = ("192.0.2.74:50000", "192.0.2.53:53");
    let vpn = labels("VPN.example.com");
    around.datagram(at(1), (addr(client), addr(resolver)), &dns(&vpn, 1, None));
    assert!(around.nothing(1).contains("DNS: 1 query for the name vpn.example.com from 192.0.2.74 to 192.0.2.53, no answer"));
    around.datagram(at(2), (addr(resolver), addr(client)), &dns(&vpn, 28, Some((0, &[]))));
    assert!(around.nothing(2).contains("DNS has no address for the name vpn.example.com (packet 2)"));
    let v6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let answers: [&[u8]; 3] = [&labels("a.example"), &[203, 0, 113, 9], &v6];
    around.datagram(at(3), (addr(resolver), addr(client)), &dns(&vpn, 1, Some((0, &answers))));
    let name = &around.dns.as_slice()[0];
    assert_eq!((name.queries, name.code, name.first, name.last), (1, Some(0), at(1), at(3)));
    assert_eq!(name.addresses, ["203.0.113.9".parse::<core::net::IpAddr>().unwrap(), "2001:db8::1".parse().unwrap()]);
    assert!(around.nothing(3).contains("DNS answers 203.0.113.9, 2001:db8::1 for the name vpn.example.com (packet 3)"));
    // Other types are none of the tunnel's.
    around.datagram(at(4), (addr(client), addr(resolver)), &dns(&labels("x.example"), 15, None));
    assert_eq!(around.dns.as_slice().len(), 1);
    for (code, words) in [(2, "SERVFAIL"), (3, "does not exist (NXDOMAIN"), (5, "REFUSED"), (9, "with error 9")] {
        let mut around = Around::default();
        around.datagram(at(1), (addr(resolver), addr(client)), &dns(&vpn, 1, Some((code, &[]))));
        let text = around.nothing(1);
        assert!(text.contains(words) && text.contains("correct the name of the server, or the DNS"), "{text}");
    }
}

#[test]
fn a_name_from_the_network_is_escaped() {
    let mut around = Around::default();
    let name = [&[9][..], b"\x1b[2J.\xe2\x80\xae\n", &[0]].concat();
    around.datagram(at(1), (addr(CLIENT), addr("192.0.2.53:53")), &dns(&name, 1, None));
    assert_eq!(around.dns.as_slice()[0].name, r"\x1b[2j\.\xe2\x80\xae\n");
    let host = client_hello("\u{1b}[31m\u{202e}.example");
    around.opening(&opening(2, "192.0.2.10:40000", "203.0.113.20:443", "A", host));
    assert_eq!(around.tls.as_slice()[0].host.as_deref(), Some(r"\x1b[31m\xe2\x80\xae.example"));
}

#[test]
fn a_connection_to_443_is_told_by_its_beginning() {
    let (client, server) = ("192.0.2.10:40000", "203.0.113.20:443");
    let mut around = Around::default();
    around.opening(&opening(1, client, server, "S", Vec::new()));
    assert!(around.nothing(1).contains("TCP 443 without an answer: 192.0.2.10 > 203.0.113.20:443 (packet 1, 1.000000 s)"));
    around.opening(&opening(2, server, client, "SA", Vec::new()));
    assert!(around.nothing(2).contains("a connection to TCP 443: 192.0.2.10"));
    around.opening(&opening(4, client, server, "A", client_hello("vpn.example.com")));
    around.opening(&opening(5, server, client, "A", vec![22, 3, 3, 0, 9, 2, 0]));
    around.opening(&opening(6, server, client, "R", Vec::new()));
    let [connection] = around.tls.as_slice() else { panic!("one connection") };
    assert_eq!((connection.first, connection.hello, connection.refused), (at(1), Some(at(4)), false));
    assert!(
        around.nothing(9).contains(
            "TLS to TCP 443 (SSTP, perhaps, or a web page): 192.0.2.10 > 203.0.113.20:443, for the host vpn.example.com (packet 4"
        )
    );
    let mut around = Around::default();
    around.opening(&opening(1, client, server, "S", Vec::new()));
    around.opening(&opening(2, server, client, "RA", Vec::new()));
    assert!(around.tls.as_slice()[0].refused && around.nothing(2).contains("TCP 443 refused"));
}

#[test]
fn what_is_remembered_is_bounded_and_connections_to_ends_of_ike_come_first() {
    let mut around = Around::default();
    let many = MAX_SAS.max(MAX_TO_PEERS).max(MAX_NAMES) as u64 + 10;
    let client = |n: u64| format!("192.0.2.10:{}", 1024 + n);
    for n in 0..many {
        around.opening(&opening(n, &client(n), "198.51.100.1:443", "S", Vec::new()));
        around.datagram(at(n), (addr(CLIENT), addr("192.0.2.53:53")), &dns(&labels(&format!("n{n}.example")), 1, None));
    }
    assert_eq!((around.tls.as_slice().len(), around.tls.more), (MAX_TO_OTHERS, many - MAX_TO_OTHERS as u64));
    assert_eq!((around.dns.as_slice().len(), around.dns.more), (MAX_NAMES, many - MAX_NAMES as u64));
    for n in 1..=many {
        around.message(&carrier(n, CLIENT, SERVER), &isakmp((n, 0), 4, 0, 1, &[]));
        around.opening(&opening(n, &client(n), "203.0.113.20:443", "S", Vec::new()));
    }
    assert_eq!((around.ikev1.as_slice().len(), around.ikev1.more), (MAX_SAS, many - MAX_SAS as u64));
    assert_eq!(around.tls.as_slice().len(), MAX_TO_OTHERS + MAX_TO_PEERS);
    let text = around.nothing(many);
    assert!(text.len() < 3000 && text.contains(&format!("{} more ISAKMP SAs", MAX_SAS - 3)), "{text}");
}

#[test]
fn cut_and_changed_messages_are_read_as_far_as_they_go() {
    let vpn = labels("vpn.example.com");
    let answers: [&[u8]; 2] = [&labels("a.example"), &[203, 0, 113, 9]];
    let messages = [
        isakmp((7, 8), 5, 0, 13, &refusal(5)),
        isakmp((7, 0), 2, 0, 11, &refusal(14)[8..]),
        dns(&vpn, 1, Some((0, &answers))),
        dns(&[vpn.clone(), vec![0xc0, 12]].concat(), 28, Some((0, &answers))),
        client_hello("vpn.example.com"),
    ];
    let mut seed = 1_u64;
    for message in &messages {
        for round in 0..4000_usize {
            let mut octets = message.clone();
            if round < octets.len() {
                octets.truncate(round);
            } else {
                for _ in 0..=round % 4 {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let place = (seed >> 33) as usize % octets.len();
                    octets[place] = [0, 0xff, 0xc0, 0x3f, (seed >> 24) as u8][round % 5];
                }
            }
            let mut around = Around::default();
            around.message(&carrier(1, CLIENT, SERVER), &octets);
            around.head(&carrier(2, SERVER, CLIENT), &octets);
            around.datagram(at(3), (addr(CLIENT), addr("192.0.2.53:53")), &octets);
            around.opening(&opening(4, "192.0.2.10:40000", "203.0.113.20:443", "A", octets));
            let text = around.nothing(4);
            assert!(text.chars().all(|c| matches!(c, ' '..='~')) && text.len() < 4000, "{text}");
        }
    }
}

#[test]
fn the_sentence_says_whether_anything_came_by_the_ports_of_ike() {
    let mut around = Around::default();
    assert!(around.nothing(0).contains("it is empty, 0 packets"));
    around.problem(&Problem::NotLookedInto(NotLookedInto { inside: Inside::LinkType(220), packets: 8, first: 1, time: Time::default() }));
    let text = around.nothing(8);
    assert!(
        text.contains("8 packets inside link type 220 (USB, Linux, memory-mapped) were not looked into") && !text.contains("UDP port"),
        "{text}"
    );
    around.datagram(at(9), (addr("192.0.2.1:40000"), addr("192.0.2.2:443")), &[0; 20]);
    assert!(around.nothing(9).contains("none of its 9 packets is from or to UDP port 500 or 4500"), "{}", around.nothing(9));
    around.esp(&[10], Time::default(), (addr(CLIENT).ip(), addr(SERVER).ip()), true);
    let text = around.nothing(10);
    assert!(text.contains("ESP one way only, from 192.0.2.10 to 203.0.113.20 (from packet 10 on)") && !text.contains("none of"), "{text}");
    around.esp(&[11], Time::default(), (addr(SERVER).ip(), addr(CLIENT).ip()), true);
    assert!(around.nothing(11).contains("ESP both ways between 192.0.2.10 and 203.0.113.20"));
    // Half of a header is IKEv2, and none of its IKE SAs can be told.
    let mut head = isakmp((1, 0), 34, 0, 33, &[]);
    head[17] = 0x20;
    around.head(&carrier(12, CLIENT, SERVER), &head[..26]);
    around.undecodable();
    let text = around.nothing(12);
    assert!(text.starts_with("1 IKEv2 message is in this capture, and all are cut so short"), "{text}");
    assert!(!text.contains("no IKEv2") && !text.contains("no IKE message"), "{text}");
}
