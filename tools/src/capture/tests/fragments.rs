//! IP fragments: any order, any loss, copies, contradictions, bounds.

use core::net::SocketAddr;

use super::forge::{self, Link, Pcap, addr, octets};
use super::{Seen, datagrams, items, problems};
use crate::capture::problem::Why;
use crate::capture::{IncompleteFragments, Item, Problem};

const SECOND: u64 = 1_000_000_000;

fn ends() -> [(SocketAddr, SocketAddr); 2] {
    [(addr("192.0.2.1:500"), addr("192.0.2.2:4500")), (addr("[2001:db8::1]:500"), addr("[2001:db8::2]:4500"))]
}

fn seen(ends: (SocketAddr, SocketAddr), packets: &[u64], time: &str, payload: &[u8]) -> Seen {
    Seen::new(packets, time, &ends.0.to_string(), &ends.1.to_string(), payload)
}

/// The UDP datagram of `len` payload octets, cut into fragments of `size`.
fn cut(ends: (SocketAddr, SocketAddr), id: u16, payload: &[u8], size: usize) -> Vec<Vec<u8>> {
    let udp = forge::udp(ends.0, ends.1, payload);
    (0..udp.len()).step_by(size).map(|at| forge::fragment(ends, 17, id, &udp, at..udp.len().min(at + size))).collect()
}

fn incomplete(item: &Item) -> &IncompleteFragments {
    match item {
        Item::Problem(Problem::IncompleteFragments(set)) => set,
        other => panic!("{other:?}"),
    }
}

/// Every order of the numbers below `n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for shorter in orders(n - 1) {
        for at in 0..=shorter.len() {
            let mut order = shorter.clone();
            order.insert(at, n - 1);
            all.push(order);
        }
    }
    all
}

#[test]
fn four_fragments_in_every_order() {
    for ends in ends() {
        let payload = octets(1, 90);
        let pieces = cut(ends, 7, &payload, 32);
        assert_eq!(pieces.len(), 4);
        for order in orders(4) {
            let mut file = Pcap::new(Link::Ethernet);
            for (n, piece) in order.iter().enumerate() {
                file.ip(n as u64 * SECOND, &pieces[*piece]);
            }
            let expected = seen(ends, &[1, 2, 3, 4], "3.000000", &payload);
            assert_eq!(datagrams(&file.bytes), [expected], "{order:?}");
        }
    }
}

#[test]
fn every_subset_of_four_fragments_tells_what_is_missing() {
    for ends in ends() {
        let payload = octets(1, 90);
        let pieces = cut(ends, 7, &payload, 32);
        for subset in 1..15_usize {
            let there: Vec<usize> = (0..4).filter(|n| subset >> n & 1 == 1).collect();
            let mut file = Pcap::new(Link::Ethernet);
            for n in &there {
                file.ip(0, &pieces[*n]);
            }
            let found = items(&file.bytes);
            assert_eq!(found.len(), 1, "{there:?}: {found:?}");
            let set = incomplete(&found[0]);
            assert_eq!(set.packets, (1..=there.len() as u64).collect::<Vec<_>>());
            assert_eq!((set.src, set.dst, set.protocol), (ends.0.ip(), ends.1.ip(), 17));
            assert_eq!(set.ports, there.contains(&0).then_some((500, 4500)), "{there:?}");
            assert_eq!(set.total, there.contains(&3).then_some(98), "{there:?}");
            // A naive count, octet by octet.
            let has = |octet: u64| there.contains(&(octet as usize / 32));
            let reach = if has(97) { 98 } else { (there[there.len() - 1] as u64 + 1) * 32 };
            let missing: Vec<u64> = (0..reach).filter(|octet| !has(*octet)).collect();
            let told: Vec<u64> = set.missing.iter().cloned().flatten().collect();
            assert_eq!(told, missing, "{there:?}");
            assert_eq!(set.received, reach - missing.len() as u64);
            assert_eq!(set.why, Why::CaptureEnded);
        }
    }
}

#[test]
fn the_report_reads_well() {
    let ends = ends()[0];
    let pieces = cut(ends, 0x1234, &octets(1, 3000), 1480);
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &pieces[0]).ip(0, &pieces[2]).ip(61 * SECOND, &pieces[0]);
    let found = items(&file.bytes);
    let texts: Vec<String> = problems(&found).iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "packets 1, 2: 192.0.2.1:500 > 192.0.2.2:4500, IP protocol 17, fragments of identification 0x1234: \
             octets 1480 to 2959 never came (60 seconds waited)",
            "packet 3: 192.0.2.1:500 > 192.0.2.2:4500, IP protocol 17, fragments of identification 0x1234: \
             the last fragment never came before the capture ended",
        ]
    );
}

#[test]
fn a_minute_of_capture_time_ends_a_set() {
    for ends in ends() {
        let payload = octets(1, 60);
        let pieces = cut(ends, 7, &payload, 40);
        for (wait, whole) in [(60 * SECOND, true), (60 * SECOND + 1000, false)] {
            let mut file = Pcap::new(Link::Ethernet);
            file.ip(0, &pieces[0]).ip(wait, &pieces[1]);
            let found = items(&file.bytes);
            if whole {
                assert_eq!(Seen::of(&found[0]), Some(seen(ends, &[1, 2], "60.000000", &payload)));
                assert_eq!(found.len(), 1);
            } else {
                assert_eq!((incomplete(&found[0]).packets.clone(), incomplete(&found[0]).why), (vec![1], Why::Expired));
                assert_eq!(incomplete(&found[1]).packets, [2]);
                assert_eq!(found.len(), 2);
            }
        }
    }
}

#[test]
fn copies_are_ignored_before_and_after_the_set_is_whole() {
    for ends in ends() {
        let payload = octets(1, 90);
        let pieces = cut(ends, 7, &payload, 32);
        let mut file = Pcap::new(Link::Ethernet);
        // A capture on all interfaces: each packet twice.
        for piece in &pieces {
            file.ip(0, piece).ip(0, piece);
        }
        // Much later, nothing must be said about the copy that came last.
        file.ip(200 * SECOND, &cut(ends, 8, &octets(2, 10), 80)[0]);
        let expected = [seen(ends, &[1, 3, 5, 7], "0.000000", &payload), seen(ends, &[9], "200.000000", &octets(2, 10))];
        assert_eq!(datagrams(&file.bytes), expected);
    }
}

#[test]
fn a_whole_second_copy_is_a_second_datagram() {
    for ends in ends() {
        let payload = octets(1, 90);
        let mut file = Pcap::new(Link::Ethernet);
        for piece in cut(ends, 7, &payload, 32).iter().chain(&cut(ends, 7, &payload, 32)) {
            file.ip(0, piece);
        }
        let expected = [seen(ends, &[1, 2, 3, 4], "0.000000", &payload), seen(ends, &[5, 6, 7, 8], "0.000000", &payload)];
        assert_eq!(datagrams(&file.bytes), expected);
    }
}

#[test]
fn an_identification_used_again_after_a_loss_yields_the_second_datagram() {
    for ends in ends() {
        let (lost, kept) = (cut(ends, 7, &octets(1, 90), 32), cut(ends, 7, &octets(2, 90), 32));
        let mut file = Pcap::new(Link::Ethernet);
        file.ip(0, &lost[0]).ip(0, &lost[1]);
        for piece in &kept {
            file.ip(SECOND, piece);
        }
        let found = items(&file.bytes);
        assert_eq!(incomplete(&found[0]).packets, [1, 2]);
        assert_eq!(incomplete(&found[0]).why, Why::Contradicted { packet: 3 });
        assert_eq!(Seen::of(&found[1]), Some(seen(ends, &[3, 4, 5, 6], "1.000000", &octets(2, 90))));
        assert_eq!(found.len(), 2);
    }
}

#[test]
fn an_identification_used_again_after_a_delivery_is_a_loss_when_it_is_one() {
    for ends in ends() {
        let (first, second) = (cut(ends, 7, &octets(1, 90), 32), cut(ends, 7, &octets(2, 90), 32));
        let mut file = Pcap::new(Link::Ethernet);
        for piece in first.iter().chain(&second[1..]) {
            file.ip(0, piece);
        }
        let found = items(&file.bytes);
        assert_eq!(Seen::of(&found[0]), Some(seen(ends, &[1, 2, 3, 4], "0.000000", &octets(1, 90))));
        assert_eq!(incomplete(&found[1]).packets, [5, 6, 7]);
        assert_eq!(incomplete(&found[1]).missing, vec![0..32]);
        assert_eq!(found.len(), 2);
    }
}

#[test]
fn overlaps_of_equal_content_fit_and_of_other_content_never_deliver() {
    for ends in ends() {
        let payload = octets(1, 92);
        let udp = forge::udp(ends.0, ends.1, &payload);
        let piece = |range| forge::fragment(ends, 17, 7, &udp, range);
        // 64..100 overlaps 40..80 and 72..100; 0..48 overlaps 40..80.
        let mut file = Pcap::new(Link::Ethernet);
        file.ip(0, &piece(40..80)).ip(0, &piece(72..100)).ip(0, &piece(64..100)).ip(0, &piece(0..48));
        assert_eq!(datagrams(&file.bytes), [seen(ends, &[1, 2, 4], "0.000000", &payload)]);

        let other = forge::udp(ends.0, ends.1, &octets(9, 92));
        let mut file = Pcap::new(Link::Ethernet);
        file.ip(0, &piece(0..48)).ip(0, &forge::fragment(ends, 17, 7, &other, 40..80)).ip(0, &piece(80..100));
        let found = items(&file.bytes);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(incomplete(&found[0]).why, Why::Contradicted { packet: 2 });
        assert_eq!(incomplete(&found[1]).packets, [2, 3]);
    }
}

#[test]
fn two_ends_contradict_each_other() {
    for ends in ends() {
        let raw = |offset, more, len| forge::raw_fragment(ends, 17, 7, offset, more, &octets(1, len));
        for (first, second) in [
            (raw(64, false, 8), raw(72, true, 8)),
            (raw(64, false, 8), raw(72, false, 8)),
            (raw(64, false, 8), raw(56, false, 8)),
            (raw(64, true, 8), raw(56, false, 8)),
        ] {
            let mut file = Pcap::new(Link::Ethernet);
            file.ip(0, &first).ip(0, &second);
            let found = items(&file.bytes);
            assert_eq!(incomplete(&found[0]).why, Why::Contradicted { packet: 2 });
            assert_eq!(found.len(), 2);
        }
    }
}

#[test]
fn fragments_that_fit_no_packet_are_named() {
    for ends in ends() {
        let raw = |offset, more, len| forge::raw_fragment(ends, 17, 7, offset, more, &octets(1, len));
        let mut file = Pcap::new(Link::Ethernet);
        file.ip(0, &raw(65528, false, 8)).ip(0, &raw(0, true, 9)).ip(0, &raw(8, true, 0)).ip(0, &raw(8, false, 0));
        let texts: Vec<String> = problems(&items(&file.bytes)).iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "packet 1 cannot be read: IP fragment: it ends at octet 65536, past the largest IP packet",
                "packet 2 cannot be read: IP fragment: more follow, but its 9 octets are no multiple of 8",
                "packet 3 cannot be read: IP fragment: it is empty",
                "packet 4 cannot be read: IP fragment: it is empty",
            ]
        );
    }
}

#[test]
fn the_largest_datagram_in_the_smallest_fragments() {
    let ends = ends()[1];
    let payload = octets(3, 65535 - 8);
    let pieces = cut(ends, 7, &payload, 8);
    let mut file = Pcap::new(Link::Ethernet);
    for piece in pieces.iter().rev() {
        file.ip(0, piece);
    }
    let packets: Vec<u64> = (1..=8192).collect();
    assert_eq!(datagrams(&file.bytes), [seen(ends, &packets, "0.000000", &payload)]);
}

#[test]
fn sets_are_told_apart_by_address_protocol_and_identification() {
    let [v4, v6] = ends();
    let swapped = (v4.1, v4.0);
    let mut file = Pcap::new(Link::Ethernet);
    let sets = [
        cut(v4, 7, &octets(1, 50), 40),
        cut(v4, 8, &octets(2, 50), 40),
        cut(swapped, 7, &octets(3, 50), 40),
        cut(v6, 7, &octets(4, 50), 40),
    ];
    for n in 0..2 {
        for set in &sets {
            file.ip(0, &set[n]);
        }
    }
    // The same identification for another protocol is another packet in IPv4.
    file.ip(0, &forge::raw_fragment(v4, 1, 7, 0, true, &octets(5, 40)));
    let found = items(&file.bytes);
    let payloads: Vec<_> = found.iter().filter_map(Seen::of).map(|d| d.payload).collect();
    assert_eq!(payloads, [octets(1, 50), octets(2, 50), octets(3, 50), octets(4, 50)]);
    assert_eq!(incomplete(&found[4]).protocol, 1);
    assert_eq!(incomplete(&found[4]).ports, None);
}

#[test]
fn the_first_ipv6_fragment_may_hold_more_extension_headers() {
    let ends = ends()[1];
    let payload = octets(1, 60);
    // Destination options in front of UDP, inside the fragmented part.
    let mut body = vec![17, 0, 1, 4, 0, 0, 0, 0];
    body.extend(forge::udp(ends.0, ends.1, &payload));
    let pieces = [forge::fragment(ends, 60, 7, &body, 0..40), forge::fragment(ends, 60, 7, &body, 40..76)];
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &pieces[1]).ip(0, &pieces[0]);
    assert_eq!(datagrams(&file.bytes), [seen(ends, &[1, 2], "0.000000", &payload)]);
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &pieces[0]);
    let found = items(&file.bytes);
    assert_eq!((incomplete(&found[0]).protocol, incomplete(&found[0]).ports), (17, Some((500, 4500))));
    // A fragment inside a fragment is refused.
    let mut nested = vec![17, 0, 0, 1, 0, 0, 0, 1];
    nested.extend(octets(1, 24));
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &forge::fragment(ends, 44, 7, &nested, 0..16)).ip(0, &forge::fragment(ends, 44, 7, &nested, 16..32));
    let texts: Vec<String> = problems(&items(&file.bytes)).iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["packet 2 cannot be read: IPv6 extension headers: a fragment inside a fragment"]);
}

#[test]
fn a_fragment_cut_by_the_snap_length_does_not_hide_the_datagram() {
    for ends in ends() {
        let payload = octets(1, 90);
        let frames: Vec<_> = cut(ends, 7, &payload, 32).iter().map(|ip| Link::Ethernet.frame(ip)).collect();
        let mut file = Pcap::new(Link::Ethernet);
        for (n, frame) in frames.iter().enumerate() {
            file.frame(0, frame, frame.len() - if n == 1 { 10 } else { 0 });
        }
        let mut expected = seen(ends, &[1, 2, 3, 4], "0.000000", &payload[..32 - 8 + 22]);
        expected.missing = Some((90 - 46, true));
        assert_eq!(datagrams(&file.bytes), [expected]);
    }
}

#[test]
fn more_sets_than_are_kept_push_the_oldest_out() {
    let mut file = Pcap::new(Link::Ethernet);
    let ends = ends()[1];
    for id in 0..5000_u16 {
        file.ip(0, &cut(ends, id, &octets(1, 60), 40)[0]);
    }
    let found = items(&file.bytes);
    assert_eq!(found.len(), 5000);
    for (n, item) in found.iter().enumerate() {
        let why = if n < 5000 - 4096 { Why::Evicted } else { Why::CaptureEnded };
        assert_eq!((incomplete(item).packets[0], incomplete(item).why), (n as u64 + 1, why));
    }
}

#[test]
fn the_octets_of_all_sets_are_bounded() {
    let mut file = Pcap::new(Link::Ethernet);
    let ends = ends()[1];
    for id in 0..600_u16 {
        file.ip(0, &forge::raw_fragment(ends, 17, id, 0, true, &octets(1, 64_000)));
    }
    let evicted = items(&file.bytes).iter().filter(|i| incomplete(i).why == Why::Evicted).count();
    // 32 MiB hold 523 of them.
    assert_eq!(evicted, 600 - (1 << 25) / (64_000 + 128));
}
