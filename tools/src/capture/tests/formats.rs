//! gzip undone, other formats named.

use core::fmt::Write as _;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::forge::{Link, Pcap, addr, ip, octets, udp};
use super::{items, problems, run, source};
use crate::capture::{Interest, Item, OpenError, Problem, Source, Traffic};

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn capture(packets: u8) -> Vec<u8> {
    let (a, b) = (addr("192.0.2.1:500"), addr("192.0.2.2:500"));
    let mut file = Pcap::new(Link::Ethernet);
    for n in 0..packets {
        file.ip(u64::from(n), &ip(a, b, 17, &udp(a, b, &octets(n, 300))));
    }
    file.bytes
}

fn refusal(bytes: &[u8]) -> String {
    run(bytes, Interest::default()).unwrap_err().to_string()
}

#[test]
fn gzip_is_undone_in_one_member_or_several() {
    let plain = capture(20);
    let wanted = items(&plain);
    assert_eq!(wanted.len(), 20);
    assert_eq!(items(&gzip(&plain)), wanted);
    let (first, rest) = plain.split_at(1234);
    assert_eq!(items(&[gzip(first), gzip(rest)].concat()), wanted);
    // The magic decides, and no progress is told that would be a share of something else.
    let traffic = Traffic::open(source("a.pcap", &gzip(&plain)).with_len(17), Interest::default()).unwrap();
    assert_eq!(traffic.progress().1, None);
}

#[test]
fn gzip_that_is_cut_short_gives_what_came_before() {
    let plain = capture(200);
    let whole = gzip(&plain);
    let wanted = items(&plain);
    for len in (12..whole.len()).step_by(7) {
        match run(&whole[..len], Interest::default()) {
            Ok(found) => {
                let (problem, packets) = found.split_last().unwrap();
                assert!(wanted.starts_with(packets), "{len}");
                let Item::Problem(problem) = problem else { panic!("{len}: {problem:?}") };
                assert!(matches!(problem, Problem::EndsInRecord { .. } | Problem::EndsInGzip { .. }), "{len}: {problem}");
            }
            Err(error) => {
                let text = error.to_string();
                assert!(len < 200 && (text.contains("cut short before its first packet") || text.contains("cut")), "{len}: {text}");
            }
        }
    }
    let found = items(&whole[..whole.len() - 5]);
    assert_eq!(found.len(), 201);
    assert_eq!(problems(&found)[0].to_string(), "the gzip file is cut short: packets after packet 200 may be missing");
}

#[test]
fn gzip_that_is_damaged_is_told_as_damage_of_the_file() {
    let whole = gzip(&capture(200));
    let mut reported = 0;
    for at in 10..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        // Whatever comes of it is a problem or an error, never a panic.
        match run(&changed, Interest::default()) {
            Ok(found) => reported += usize::from(problems(&found).iter().any(|p| p.to_string().contains("the gzip data is damaged"))),
            Err(OpenError::Io { source, .. }) => reported += usize::from(source.to_string().contains("the gzip data is damaged")),
            Err(_) => {}
        }
    }
    assert!(reported > whole.len() / 2, "{reported} of {}", whole.len());
}

#[test]
fn gzip_in_gzip_and_gzip_of_something_else_are_refused() {
    let plain = capture(2);
    assert!(refusal(&gzip(&gzip(&plain))).contains("compressed with gzip twice"));
    assert!(refusal(&gzip(b"PK\x03\x04 and so on")).contains("zip archive"));
    assert!(refusal(&gzip(b"")).ends_with("is empty"));
    assert!(refusal(&gzip(&plain)[..12]).contains("compressed with gzip and cut short before its first packet"));
}

/// A stream of zeros that never ends.
struct Zeros;

impl Read for Zeros {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        buf.fill(0);
        Ok(buf.len())
    }
}

#[test]
fn packets_come_before_the_compressed_octets_end() {
    // They never do: who waits for the end, or keeps what is unpacked, does not come back.
    let endless = flate2::read::GzEncoder::new(std::io::Cursor::new(capture(3)).chain(Zeros), Compression::fast());
    let mut traffic = Traffic::open(Source::new("endless", endless), Interest::default()).unwrap();
    assert_eq!(traffic.by_ref().take(3).filter(|item| matches!(item, Item::Datagram(_))).count(), 3);
    assert_eq!(traffic.packets(), 3);
}

#[test]
fn other_formats_are_named_with_what_to_do() {
    let mut trace = vec![0; 200];
    trace[..4].copy_from_slice(&0x1_0000_u32.to_le_bytes());
    trace[72..76].copy_from_slice(&[2, 0, 2, 0xc0]);
    let mut tar = vec![b'a'; 512];
    tar[100] = 0;
    tar[257..262].copy_from_slice(b"ustar");
    let wide: Vec<u8> = "Zeit\tÄ".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let formats: [(&[u8], &str); 20] = [
        (b"\x28\xb5\x2f\xfd....", "zstd -d"),
        (b"\xfd7zXZ\0....", "xz -d"),
        (b"BZh91AY&SY", "bzip2 -d"),
        (b"PK\x03\x04\x14\0", "zip archive"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "7z x"),
        (b"MSCF\0\0\0\0", "expand -F:*"),
        (b"GMBU\0\x02\x01\0", "Microsoft Network Monitor 2"),
        (b"RTSS\x02\0\0\0", "Microsoft Network Monitor 1"),
        (b"snoop\0\0\0\0\0\0\x02", "snoop (RFC 1761)"),
        (b"ElfFile\0\0\0", "Windows event log (.evtx)"),
        (b"%PDF-1.7\n", "PDF"),
        (&trace, "etl2pcapng FILE.etl FILE.pcapng"),
        (&tar, "tar -xf"),
        (&[0; 64], "etl2pcap"),
        (b"No.  Time  Source\r\n1 0.0 192.0.2.1\r\n", "it is text"),
        (&[&b"\xff\xfe"[..], &wide].concat(), "it is text"),
        ("Zeit \u{fc}".as_bytes(), "it is text"),
        (b"\xef\xbb\xbf{}", "it is text"),
        (b"\x34\xcd\xb2\xa1\x02\0\x04\0", "of 1998"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
    ];
    for (octets, words) in formats {
        let text = refusal(octets);
        assert!(text.starts_with("forged is neither a pcap nor a pcapng file: ") && text.contains(words), "{words}: {text}");
        // The same when it is compressed, whatever it is called.
        assert!(refusal(&gzip(octets)).contains(words));
    }
    for (octets, name, words) in
        [(&b"\x01\x02\x03\x04\x05"[..], "a.etl", "etl2pcapng"), (b"GMBU\0\x02", "a.etl", "Network Monitor"), (&[0xfe], "a.bin", "")]
    {
        let error = Traffic::open(source(name, octets), Interest::default()).err().unwrap().to_string();
        let mut wanted = format!("{name} is neither a pcap nor a pcapng file");
        let _ = write!(wanted, "{}", if words.is_empty() { "" } else { ": " });
        assert!(error.starts_with(&wanted) && error.contains(words), "{error}");
    }
}

#[test]
fn an_error_while_reading_is_that_of_the_input() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let begun = std::io::Cursor::new(gzip(&capture(3))[..30].to_vec()).chain(Broken);
    let error = Traffic::open(Source::new("x", begun), Interest::default()).err().unwrap();
    assert_eq!(error.to_string(), "cannot read x: the disk is gone");
}
