//! What a diagnosis holds does not grow with the capture: counted, octet by octet, while large captures are made up and read.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its numbers are its own"
)]

use super::{DiagnoseOptions, Diagnosis, diagnose};
use crate::capture::Source;
use allocation_counter::AllocationInfo;
use std::io::{self, Read};

const MIB: u64 = 1 << 20;
const CLIENT: [u8; 4] = [192, 0, 2, 10];
const SERVER: [u8; 4] = [198, 51, 100, 1];

/// A capture of raw IP packets, a millisecond apart, made while it is read.
struct Made<F> {
    /// The octets of the next packet, by its number.
    next: F,
    packets: u64,
    made: u64,
    octets: Vec<u8>,
    at: usize,
}

impl<F: FnMut(u64, &mut Vec<u8>)> Made<F> {
    fn new(packets: u64, next: F) -> Self {
        let header = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 262_144, 101];
        let octets = header.iter().flat_map(|field| field.to_le_bytes()).collect();
        Self { next, packets, made: 0, octets, at: 0 }
    }

    fn refill(&mut self) {
        self.octets.clear();
        self.at = 0;
        if self.made < self.packets {
            self.octets.resize(16, 0);
            (self.next)(self.made, &mut self.octets);
            let len = self.octets.len() as u32 - 16;
            let fields = [(self.made / 1000) as u32, (self.made % 1000) as u32 * 1000, len, len];
            for (field, value) in self.octets.chunks_exact_mut(4).zip(fields) {
                field.copy_from_slice(&value.to_le_bytes());
            }
            self.made += 1;
        }
    }
}

impl<F: FnMut(u64, &mut Vec<u8>)> Read for Made<F> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at == self.octets.len() {
            self.refill();
        }
        let left = &self.octets[self.at..];
        let taken = left.len().min(buf.len());
        buf[..taken].copy_from_slice(&left[..taken]);
        self.at += taken;
        Ok(taken)
    }
}

fn ip(out: &mut Vec<u8>, protocol: u8, (src, dst): ([u8; 4], [u8; 4]), payload: usize) {
    let len = (payload as u16 + 20).to_be_bytes();
    out.extend([0x45, 0, len[0], len[1], 0, 0, 0, 0, 64, protocol, 0, 0]);
    out.extend(src.into_iter().chain(dst));
}

/// ESP of 1400 octets there and back, by itself and in UDP.
fn esp(number: u64, out: &mut Vec<u8>) {
    let ends = if number.is_multiple_of(2) { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
    if number % 4 < 2 {
        ip(out, 50, ends, 1400);
    } else {
        ip(out, 17, ends, 1408);
        out.extend([0x11, 0x94, 0x11, 0x94, 0x05, 0x80, 0, 0]);
    }
    out.extend((number as u32 % 4 + 4096).to_be_bytes());
    out.extend((number as u32).to_be_bytes());
    out.resize(out.len() + 1392, 0xa5);
}

/// Segments in each connection, of 1400 octets.
const SEGMENTS: u64 = 43;

/// TCP connections to port 4500, one after another from 600 ports, each with 60,000 octets of a frame that should have 65,000.
fn unfinished(number: u64, out: &mut Vec<u8>) {
    let (connection, segment) = (number / SEGMENTS, number % SEGMENTS);
    let port = 20_000 + (connection % 600) as u16;
    let before = (segment.max(1) - 1) * 1400;
    let sequence = connection as u32 * 100_000 + u32::from(segment > 0) + before as u32;
    let payload = if segment == 0 { 0 } else { 1400 };
    ip(out, 6, (CLIENT, SERVER), 20 + payload);
    out.extend(port.to_be_bytes().into_iter().chain(4500_u16.to_be_bytes()));
    out.extend(sequence.to_be_bytes());
    out.extend([0, 0, 0, 1, 0x50, if segment == 0 { 2 } else { 0x10 }, 0xff, 0xff, 0, 0, 0, 0]);
    let start = out.len();
    if segment == 1 {
        out.extend(*b"IKETCP");
        out.extend(65_000_u16.to_be_bytes());
        // ESP: only what a connection holds is counted here.
        out.extend([0xa5; 4]);
    }
    out.resize(start + payload, 0xa5);
}

/// What is held while so many packets are read, and what is told of them.
fn measured(packets: u64, next: fn(u64, &mut Vec<u8>)) -> (AllocationInfo, Diagnosis) {
    let mut told = None;
    let counted = allocation_counter::measure(|| {
        let source = Source::new("made.pcap", Made::new(packets, next));
        told = Some(diagnose(source, DiagnoseOptions::default(), &mut |_| {}).unwrap());
    });
    (counted, told.unwrap())
}

#[test]
fn esp_is_read_without_anything_allocated_for_a_packet() {
    let (few, many) = (measured(12_000, esp), measured(48_000, esp));
    assert_eq!((few.1.frame.packets, many.1.frame.packets), (12_000, 48_000));
    // 64 MB and not 16: the same is held, and nothing is allocated for the 36,000 packets more.
    assert!(many.0.bytes_max < few.0.bytes_max + MIB / 8, "{} and {} octets", few.0.bytes_max, many.0.bytes_max);
    assert!(many.0.bytes_max < 6 * MIB, "{} octets", many.0.bytes_max);
    assert!(many.0.count_total < few.0.count_total + 100, "{} and {} times", few.0.count_total, many.0.count_total);
}

#[test]
fn unfinished_frames_of_tcp_are_not_held_for_ever() {
    let (few, many) = (measured(800 * SEGMENTS, unfinished), measured(2400 * SEGMENTS, unfinished));
    assert_eq!(many.1.frame.packets, 2400 * SEGMENTS);
    // 140 MB and not 47, of which no frame is whole.
    assert!(many.0.bytes_max < few.0.bytes_max + MIB, "{} and {} octets", few.0.bytes_max, many.0.bytes_max);
    assert!((16 * MIB..48 * MIB).contains(&many.0.bytes_max), "{} octets", many.0.bytes_max);
}
