//! The UDP datagrams of a recorded capture: classic pcap, Ethernet, IPv4 or IPv6, IP fragments put together. It panics on
//! anything else, for it reads nothing but the captures of this repository.

use core::net::{IpAddr, Ipv6Addr};
use std::collections::HashMap;

/// One UDP datagram.
pub struct Datagram {
    pub source: String,
    pub destination: String,
    pub payload: Vec<u8>,
}

/// Fragments of one IP packet: (offset, octets) as they came, and the size once the last one is there.
#[derive(Default)]
struct Pieces {
    pieces: Vec<(usize, Vec<u8>)>,
    total: Option<usize>,
}

/// Datagrams in the order in which they became whole.
pub fn udp_datagrams(file: &[u8]) -> Vec<Datagram> {
    assert_eq!(file[..4], [0xd4, 0xc3, 0xb2, 0xa1], "classic pcap, little endian");
    assert_eq!(file[20..24], [1, 0, 0, 0], "Ethernet");
    let mut found = Vec::new();
    let mut waiting: HashMap<(IpAddr, IpAddr, u32), Pieces> = HashMap::new();
    let mut rest = &file[24..];
    while !rest.is_empty() {
        let size = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        let frame = &rest[16..16 + size];
        rest = &rest[16 + size..];
        match (frame[12], frame[13]) {
            (0x08, 0x00) => ipv4(&frame[14..], &mut waiting, &mut found),
            (0x86, 0xdd) => ipv6(&frame[14..], &mut waiting, &mut found),
            _ => {}
        }
    }
    assert!(waiting.is_empty(), "every fragmented packet became whole");
    found
}

type Waiting = HashMap<(IpAddr, IpAddr, u32), Pieces>;

fn ipv4(packet: &[u8], waiting: &mut Waiting, found: &mut Vec<Datagram>) {
    let header = usize::from(packet[0] & 15) * 4;
    let source = IpAddr::from(<[u8; 4]>::try_from(&packet[12..16]).unwrap());
    let destination = IpAddr::from(<[u8; 4]>::try_from(&packet[16..20]).unwrap());
    let octets = &packet[header..be16(packet, 2)];
    if packet[9] != 17 {
        return;
    }
    let (offset, more) = ((be16(packet, 6) & 0x1fff) * 8, packet[6] & 0x20 != 0);
    let key = (source, destination, be16(packet, 4) as u32);
    piece(key, offset, more, octets, waiting, found);
}

fn ipv6(packet: &[u8], waiting: &mut Waiting, found: &mut Vec<Datagram>) {
    let source = IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(&packet[8..24]).unwrap()));
    let destination = IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(&packet[24..40]).unwrap()));
    let octets = &packet[40..40 + be16(packet, 4)];
    match packet[6] {
        17 => udp(source, destination, octets, found),
        44 if octets[0] == 17 => {
            let (offset, more) = (be16(octets, 2) & 0xfff8, octets[3] & 1 != 0);
            let id = u32::from_be_bytes(octets[4..8].try_into().unwrap());
            piece((source, destination, id), offset, more, &octets[8..], waiting, found);
        }
        _ => {}
    }
}

fn piece(key: (IpAddr, IpAddr, u32), offset: usize, more: bool, octets: &[u8], waiting: &mut Waiting, found: &mut Vec<Datagram>) {
    if offset == 0 && !more {
        return udp(key.0, key.1, octets, found);
    }
    let pieces = waiting.entry(key).or_default();
    pieces.pieces.push((offset, octets.to_vec()));
    if !more {
        pieces.total = Some(offset + octets.len());
    }
    if pieces.total == Some(pieces.pieces.iter().map(|(_, octets)| octets.len()).sum()) {
        let mut pieces = waiting.remove(&key).unwrap().pieces;
        pieces.sort();
        let whole: Vec<u8> = pieces.into_iter().flat_map(|(_, octets)| octets).collect();
        udp(key.0, key.1, &whole, found);
    }
}

fn udp(source: IpAddr, destination: IpAddr, octets: &[u8], found: &mut Vec<Datagram>) {
    let end = |ip: IpAddr, port: usize| match ip {
        IpAddr::V4(ip) => format!("{ip}:{port}"),
        IpAddr::V6(ip) => format!("[{ip}]:{port}"),
    };
    let (from, to) = (be16(octets, 0), be16(octets, 2));
    found.push(Datagram { source: end(source, from), destination: end(destination, to), payload: octets[8..be16(octets, 4)].to_vec() });
}

fn be16(octets: &[u8], at: usize) -> usize {
    usize::from(octets[at]) * 256 + usize::from(octets[at + 1])
}
