//! What is held at one time does not grow with the capture.

use std::io::{self, Read};

use super::forge::{self, ACK, Link, Pcap, addr};
use crate::capture::{Interest, Source, Traffic};

const SEGMENT: usize = 1400;
/// Packets of each capture: 64 MB.
const PACKETS: u64 = 46_000;
/// 32 MiB for IP fragments, as much for TCP segments, and what one packet or one connection sets free.
const HELD: usize = (1 << 26) + (1 << 20);

/// A capture made while it is read.
struct Endless<F> {
    packet: F,
    made: u64,
    octets: Vec<u8>,
    read: usize,
}

impl<F: FnMut(u64) -> Vec<u8>> Read for Endless<F> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.read == self.octets.len() && self.made < PACKETS {
            let mut file = Pcap::new(Link::Raw(101));
            let header = file.bytes.len();
            file.ip(self.made * 1000, &(self.packet)(self.made));
            self.octets = file.bytes.split_off(if self.made == 0 { 0 } else { header });
            (self.made, self.read) = (self.made + 1, 0);
        }
        let len = buf.len().min(self.octets.len() - self.read);
        buf[..len].copy_from_slice(&self.octets[self.read..self.read + len]);
        self.read += len;
        Ok(len)
    }
}

/// The most that was held at any time, and the items there were.
fn most(packet: impl FnMut(u64) -> Vec<u8> + 'static) -> (usize, usize) {
    let endless = Endless { packet, made: 0, octets: Vec::new(), read: 0 };
    let interest = Interest { tcp_ports: vec![4500], ..Interest::default() };
    let mut traffic = Traffic::open(Source::new("endless", endless), interest).unwrap();
    let (mut most, mut items) = (0, 0_usize);
    while traffic.next().is_some() {
        items += 1;
        // To count takes long.
        if items % 211 == 0 {
            most = most.max(traffic.held());
        }
    }
    assert_eq!(traffic.packets(), PACKETS);
    (most, items)
}

fn segment(connection: u64, sequence: u32) -> Vec<u8> {
    let (src, dst) = (addr(&format!("192.0.2.1:{}", 1024 + connection)), addr("192.0.2.2:4500"));
    forge::ip(src, dst, 6, &forge::tcp(src, dst, sequence, ACK, &[7; SEGMENT]))
}

#[test]
fn segments_behind_holes_that_never_fill() {
    // 460 connections; each begins, loses an octet, and goes on for ever.
    let (most, items) = most(|n| segment(n % 460, (n / 460 * SEGMENT as u64) as u32 + u32::from(n >= 460)));
    assert!((1 << 24..HELD).contains(&most), "{most}");
    // A start, a gap and every segment.
    assert_eq!(items as u64, PACKETS + 2 * 460);
}

#[test]
fn ip_fragments_that_never_become_whole() {
    let ends = (addr("192.0.2.1:53"), addr("192.0.2.2:53"));
    let (most, items) = most(move |n| forge::raw_fragment(ends, 17, n as u16, 0, true, &[7; SEGMENT]));
    assert!((1 << 22..HELD).contains(&most), "{most}");
    assert_eq!(items as u64, PACKETS);
}

#[test]
fn connections_that_only_begin() {
    let (most, items) = most(|n| {
        let (src, dst) = (addr(&format!("192.0.{}.1:{}", n / 60_000, 1024 + n % 60_000)), addr("192.0.2.2:4500"));
        forge::ip(src, dst, 6, &forge::tcp(src, dst, 5, ACK, &[7; 20]))
    });
    assert!(most < HELD, "{most}");
    // The oldest make room for those beyond 32768.
    assert_eq!(items as u64, 2 * PACKETS + (PACKETS - 32_768));
}
