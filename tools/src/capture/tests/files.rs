//! File formats: pcap and pcapng in every form, damaged ones, and what is no capture.

use std::io::{self, Cursor, Read};
use std::path::Path;

use super::forge::{self, EPOCH, Link, Pcap, PcapNg, addr, octets};
use super::{Seen, datagrams, file, items, problems, run, source};
use crate::capture::{Interest, Item, Problem, Source, Traffic};

fn hello(n: u8) -> Vec<u8> {
    let (src, dst) = (addr("192.0.2.1:500"), addr("192.0.2.2:4500"));
    forge::ip(src, dst, 17, &forge::udp(src, dst, &octets(n, 40)))
}

fn seen(packet: u64, time: &str, n: u8) -> Seen {
    Seen::new(&[packet], time, "192.0.2.1:500", "192.0.2.2:4500", &octets(n, 40))
}

#[test]
fn pcap_in_both_octet_orders_and_both_resolutions() {
    for (big_endian, nanoseconds) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut file = Pcap::with(Link::Ethernet, big_endian, nanoseconds);
        file.ip(999_999_000, &hello(1)).ip(2_000_001_600, &hello(2));
        let later = if nanoseconds { "1.000003" } else { "1.000002" };
        let expected = [seen(1, "0.000000", 1), seen(2, later, 2)];
        assert_eq!(datagrams(&file.bytes), expected, "{big_endian} {nanoseconds}");
    }
}

#[test]
fn a_packet_stamped_before_the_first_has_a_negative_time() {
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(2_000_000_000, &hello(1)).ip(1_999_999_000, &hello(2));
    assert_eq!(datagrams(&file.bytes)[1].time, "-0.000001");
}

#[test]
fn packets_that_are_not_ip_still_count() {
    let arp = [octets(0, 12), vec![0x08, 0x06], octets(1, 28)].concat();
    let mut file = Pcap::new(Link::Ethernet);
    file.frame(0, &arp, arp.len()).ip(1_000_000, &hello(1));
    assert_eq!(datagrams(&file.bytes), [seen(2, "0.001000", 1)]);
}

#[test]
fn pcapng_with_interfaces_of_different_link_and_clock() {
    for big_endian in [false, true] {
        let offset = if big_endian { 3600_i64.to_be_bytes() } else { 3600_i64.to_le_bytes() };
        let mut file = PcapNg::new(big_endian);
        file.interface(Link::Ethernet, 0)
            .interface_with(Link::Raw(101), 0, &[(2, b"tun0"), (9, &[9])])
            .interface_with(Link::Sll, 0, &[(9, &[0x80 | 20]), (14, &offset)])
            .enhanced(0, EPOCH * 1_000_000, &Link::Ethernet.frame(&hello(1)), 82)
            .enhanced(1, EPOCH * 1_000_000_000 + 1_500_000, &hello(2), 68)
            .enhanced(2, (EPOCH - 3600 + 2) << 20 | 1 << 18, &Link::Sll.frame(&hello(3)), 84);
        let expected = [seen(1, "0.000000", 1), seen(2, "0.001500", 2), seen(3, "2.250000", 3)];
        assert_eq!(datagrams(&file.bytes), expected, "big endian: {big_endian}");
    }
}

#[test]
fn pcapng_sections_start_their_interfaces_anew() {
    let mut file = PcapNg::new(true);
    file.interface(Link::Raw(228), 0)
        .enhanced(0, EPOCH * 1_000_000, &hello(1), 68)
        .section(false)
        .interface(Link::Null { big_endian: false }, 0)
        .enhanced(0, EPOCH * 1_000_000 + 5, &Link::Null { big_endian: false }.frame(&hello(2)), 72);
    assert_eq!(datagrams(&file.bytes), [seen(1, "0.000000", 1), seen(2, "0.000005", 2)]);
}

#[test]
fn pcapng_simple_and_obsolete_packets_and_blocks_of_no_interest() {
    for big_endian in [false, true] {
        let cut = Link::Ethernet.frame(&hello(3));
        let mut file = PcapNg::new(big_endian);
        file.interface(Link::Ethernet, 70)
            .block(5, &octets(9, 16))
            .block(0x0bad_cafe, &octets(8, 8))
            .enhanced(0, EPOCH * 1_000_000, &Link::Ethernet.frame(&hello(1))[..70], 82)
            .obsolete(0, EPOCH * 1_000_000 + 7, &Link::Ethernet.frame(&hello(2)))
            .simple(&cut[..70], 82);
        let found = datagrams(&file.bytes);
        assert_eq!(found[1], seen(2, "0.000007", 2));
        // A simple packet has no time of its own; its snap length is the interface's (70 octets, then 2 of padding).
        for (index, packet, n, time) in [(0, 1, 1, "0.000000"), (2, 3, 3, "0.000007")] {
            let whole = seen(packet, time, n);
            assert_eq!(found[index].payload, whole.payload[..28], "packet {packet}");
            assert_eq!(found[index].missing, Some((12, true)), "packet {packet}");
            assert_eq!(found[index].time, time);
        }
    }
}

#[test]
fn a_block_that_contradicts_itself_does_not_hide_the_next() {
    let mut file = PcapNg::new(false);
    file.interface(Link::Ethernet, 0)
        .enhanced(0, EPOCH * 1_000_000, &Link::Ethernet.frame(&hello(1)), 82)
        // Captured length 1000 in a block of 60 octets; an interface nobody described; a short obsolete packet.
        .block(6, &[&[0; 12][..], &1000_u32.to_le_bytes(), &1000_u32.to_le_bytes(), &[0; 28]].concat())
        .enhanced(7, EPOCH * 1_000_000, &Link::Ethernet.frame(&hello(2)), 82)
        .block(2, &[0; 8])
        .enhanced(0, EPOCH * 1_000_000 + 1, &Link::Ethernet.frame(&hello(3)), 82);
    let found = items(&file.bytes);
    let datagrams: Vec<_> = found.iter().filter_map(Seen::of).collect();
    assert_eq!(datagrams, [seen(1, "0.000000", 1), seen(5, "0.000001", 3)]);
    let texts: Vec<String> = problems(&found).iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "packet 2 cannot be read: pcapng packet block: lengths contradict each other",
            "packet 3 cannot be read: pcapng packet block: it names an interface that no block describes",
            "packet 4 cannot be read: pcapng packet block: it is shorter than its header",
        ]
    );
}

#[test]
fn every_prefix_of_a_file_yields_what_it_holds() {
    let mut pcap = Pcap::new(Link::Ethernet);
    let mut pcapng = PcapNg::new(true);
    pcapng.interface(Link::Ethernet, 0);
    // Where the records begin and end: there a prefix is a whole file.
    let mut ends = [vec![pcap.bytes.len()], vec![pcapng.bytes.len()]];
    for n in 1..=3_u8 {
        pcap.ip(u64::from(n), &hello(n));
        pcapng.enhanced(0, EPOCH * 1_000_000, &Link::Ethernet.frame(&hello(n)), 82);
        ends[0].push(pcap.bytes.len());
        ends[1].push(pcapng.bytes.len());
    }
    // The pcapng file's first block is its file header, the second the interface: a cut between them is a clean end.
    let section_end = 12 + 16 + 20;
    for (bytes, ends, head) in [(&pcap.bytes, &ends[0], 24), (&pcapng.bytes, &ends[1], section_end)] {
        for len in 1..bytes.len() {
            let opened = run(&bytes[..len], Interest::default());
            if len < head {
                assert!(opened.is_err(), "{len}: {opened:?}");
                continue;
            }
            let found = opened.unwrap();
            let whole = ends.iter().skip(1).filter(|end| **end <= len).count();
            assert_eq!(found.iter().filter_map(Seen::of).count(), whole, "prefix of {len}");
            let clean = ends.contains(&len) || len == head;
            match problems(&found)[..] {
                [] => assert!(clean, "prefix of {len}: the cut was not noticed"),
                [Problem::EndsInRecord { offset, packets, there, .. }] => {
                    assert!(!clean, "prefix of {len}: {found:?}");
                    assert_eq!(*packets, whole as u64);
                    assert_eq!(*offset as usize + there, len);
                }
                _ => panic!("prefix of {len}: {found:?}"),
            }
        }
    }
}

#[test]
fn a_damaged_length_ends_the_reading_without_memory_for_it() {
    let mut pcap = Pcap::new(Link::Ethernet);
    pcap.ip(0, &hello(1));
    let offset = pcap.bytes.len();
    pcap.bytes.extend([0; 8]);
    pcap.bytes.extend(0xffff_fff0_u32.to_le_bytes());
    pcap.bytes.extend([0; 400]);
    let mut pcapng = PcapNg::new(false);
    pcapng.interface(Link::Ethernet, 0).enhanced(0, EPOCH * 1_000_000, &Link::Ethernet.frame(&hello(1)), 82);
    let offset_ng = pcapng.bytes.len();
    pcapng.bytes.extend([6, 0, 0, 0, 0xf0, 0xff, 0xff, 0xff]);
    pcapng.bytes.extend([0; 400]);
    for (bytes, offset, reason) in
        [(&pcap.bytes, offset, "a record longer than any packet"), (&pcapng.bytes, offset_ng, "a block longer than 16 MiB")]
    {
        let found = items(bytes);
        assert_eq!(Seen::of(&found[0]), Some(seen(1, "0.000000", 1)));
        let expected = Problem::BrokenFile { offset: offset as u64, packets: 1, reason: reason.into() };
        assert_eq!(found[1..], [Item::Problem(expected)]);
    }
}

#[test]
fn impossible_block_lengths_end_the_reading() {
    for len in [0_u32, 4, 11, 13, 14, 0xffff_ffff] {
        let mut file = PcapNg::new(false);
        file.bytes.extend([6, 0, 0, 0]);
        file.bytes.extend(len.to_le_bytes());
        file.bytes.extend([0; 64]);
        assert!(matches!(problems(&items(&file.bytes))[..], [Problem::BrokenFile { packets: 0, .. }]), "{len}");
    }
}

#[test]
fn a_block_larger_than_the_buffer_is_passed_over() {
    let mut file = PcapNg::new(false);
    file.interface(Link::Ethernet, 0).block(10, &vec![0x55; 1_000_000]).enhanced(
        0,
        EPOCH * 1_000_000,
        &Link::Ethernet.frame(&hello(1)),
        82,
    );
    assert_eq!(datagrams(&file.bytes), [seen(1, "0.000000", 1)]);
}

#[test]
fn changed_octets_never_panic_and_never_invent_packets() {
    let mut pcapng = PcapNg::new(false);
    pcapng
        .interface_with(Link::Ethernet, 90, &[(9, &[6]), (14, &[0; 8])])
        .enhanced(0, EPOCH * 1_000_000, &Link::Ethernet.frame(&hello(1)), 82)
        .simple(&Link::Ethernet.frame(&hello(2)), 82)
        .obsolete(0, EPOCH * 1_000_000, &Link::Ethernet.frame(&hello(3)));
    let mut pcap = Pcap::with(Link::Sll2, true, true);
    let v6 = (addr("[2001:db8::1]:500"), addr("[2001:db8::2]:500"));
    let payload = forge::udp(v6.0, v6.1, &octets(4, 64));
    pcap.ip(0, &hello(1)).ip(1, &forge::fragment(v6, 17, 1, &payload, 0..48)).ip(2, &forge::fragment(v6, 17, 1, &payload, 48..72));
    for bytes in [&pcapng.bytes, &pcap.bytes] {
        for at in 0..bytes.len() {
            for change in [0x01_u8, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= change;
                let wanted = Interest { tcp_ports: vec![4500], tcp_openings: vec![443], ip_protocols: vec![17], ..Interest::default() };
                if let Ok(found) = run(&changed, wanted) {
                    assert!(found.iter().filter_map(Seen::of).count() <= 3, "octet {at} ^ {change:02x}");
                }
            }
        }
    }
}

#[test]
fn what_is_no_capture_is_named() {
    let open = |bytes: &[u8], name: &str| Traffic::open(source(name, bytes), Interest::default()).err().unwrap().to_string();
    assert_eq!(open(&[], "a.pcap"), "a.pcap is empty");
    assert_eq!(open(&[1, 2], "a.pcap"), "a.pcap is neither a pcap nor a pcapng file");
    assert_eq!(open(b"hello \x01orld", "a.pcap"), "a.pcap is neither a pcap nor a pcapng file");
    assert!(open(&[0x1f, 0x8b, 8, 0, 0, 0], "a.pcap.gz").ends_with("compressed with gzip and cut short before its first packet"));
    assert!(open(&[0, 0, 1, 0, 0, 0], "vpn.etl").contains("pktmon etl2pcap"));
    assert_eq!(open(&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0], "a.pcap"), "a.pcap: the file header is damaged or cut");
    let input = Failing(Cursor::new(Vec::new()));
    let lost = Traffic::open(Source::new("a.pcap", input), Interest::default()).err().unwrap();
    assert_eq!(lost.to_string(), "cannot read a.pcap: the disk went away");
}

/// Gives its octets a few at a time, then fails.
struct Failing(Cursor<Vec<u8>>);

impl Read for Failing {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let few = buf.len().min(3);
        match self.0.read(&mut buf[..few])? {
            0 => Err(io::Error::other("the disk went away")),
            n => Ok(n),
        }
    }
}

#[test]
fn a_read_error_comes_after_what_was_read() {
    let mut file = Pcap::new(Link::Ethernet);
    file.ip(0, &hello(1)).ip(1000, &hello(2));
    let input = Failing(Cursor::new(file.bytes.clone()));
    let found: Vec<Item> = Traffic::open(Source::new("a.pcap", input), Interest::default()).unwrap().collect();
    let datagrams: Vec<_> = found.iter().filter_map(Seen::of).collect();
    assert_eq!(datagrams, [seen(1, "0.000000", 1), seen(2, "0.000001", 2)]);
    let texts: Vec<String> = problems(&found).iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [format!("the capture file is damaged at octet {}, after packet 2: reading failed: the disk went away", file.bytes.len())]
    );
}

#[test]
fn an_unsupported_link_type_is_counted_and_said_once() {
    let mut file = PcapNg::new(false);
    file.interface(Link::Raw(220), 0)
        .interface(Link::Ethernet, 0)
        .interface(Link::Raw(60_000), 0)
        .enhanced(0, EPOCH * 1_000_000, &hello(1), 68)
        .enhanced(1, EPOCH * 1_000_000 + 3, &Link::Ethernet.frame(&hello(2)), 82)
        .enhanced(0, EPOCH * 1_000_000, &hello(1), 68)
        .enhanced(2, EPOCH * 1_000_000, &hello(1), 68);
    let found = items(&file.bytes);
    assert_eq!(Seen::of(&found[0]), Some(seen(2, "0.000003", 2)));
    let texts: Vec<String> = problems(&found).iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "2 packets inside link type 220 (USB, Linux, memory-mapped) were not looked into, from packet 1 on",
            "1 packet inside link type 60000 was not looked into: packet 4",
        ]
    );
}

#[test]
fn progress_reaches_the_length_of_the_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/childless.pcap");
    let mut traffic = Traffic::open(file(&path), Interest::default()).unwrap();
    assert_eq!(traffic.packets(), 0);
    let total = std::fs::metadata(&path).unwrap().len();
    let mut last = 0;
    while traffic.next().is_some() {
        let (read, all) = traffic.progress();
        assert!(read > last && all == Some(total), "{read} {all:?}");
        last = read;
    }
    assert_eq!((traffic.packets(), traffic.progress().0), (6, total));
}
