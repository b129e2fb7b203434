//! Makes packets and capture files, octet by octet from the specifications: nothing here is shared with the reader.

use core::net::{IpAddr, SocketAddr};

/// Seconds since 1970 at which every forged capture begins.
pub(crate) const EPOCH: u64 = 1_700_000_000;

pub(crate) fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// `len` octets that differ from place to place and from `seed` to `seed`.
pub(crate) fn octets(seed: u8, len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 + i / 256) as u8 ^ seed.wrapping_mul(29)).collect()
}

pub(crate) fn udp(src: SocketAddr, dst: SocketAddr, payload: &[u8]) -> Vec<u8> {
    udp_announcing(src, dst, payload.len() + 8, payload)
}

/// A UDP header with any Length.
pub(crate) fn udp_announcing(src: SocketAddr, dst: SocketAddr, length: usize, payload: &[u8]) -> Vec<u8> {
    let mut out = [src.port().to_be_bytes(), dst.port().to_be_bytes()].concat();
    out.extend((length as u16).to_be_bytes());
    out.extend([0, 0]);
    out.extend(payload);
    out
}

pub(crate) const FIN: u8 = 0x01;
pub(crate) const SYN: u8 = 0x02;
pub(crate) const RST: u8 = 0x04;
pub(crate) const ACK: u8 = 0x10;

/// A TCP segment with a 12-octet option (timestamps), as most have.
pub(crate) fn tcp(src: SocketAddr, dst: SocketAddr, sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = [src.port().to_be_bytes(), dst.port().to_be_bytes()].concat();
    out.extend(sequence.to_be_bytes());
    out.extend([0; 4]);
    out.extend([0x80, flags, 0xff, 0xff, 0, 0, 0, 0]);
    out.extend([1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1]);
    out.extend(payload);
    out
}

/// An IPv4 or IPv6 packet around `payload`.
pub(crate) fn ip(src: SocketAddr, dst: SocketAddr, protocol: u8, payload: &[u8]) -> Vec<u8> {
    match (src.ip(), dst.ip()) {
        (IpAddr::V4(_), IpAddr::V4(_)) => ip4(src, dst, protocol, 1, 0x4000, payload),
        _ => ip6(src, dst, protocol, payload),
    }
}

/// One fragment of `payload`: the octets of `range`.
pub(crate) fn fragment(
    (src, dst): (SocketAddr, SocketAddr),
    protocol: u8,
    id: u16,
    payload: &[u8],
    range: core::ops::Range<usize>,
) -> Vec<u8> {
    let more = range.end < payload.len();
    let offset = u16::try_from(range.start).unwrap();
    assert_eq!(offset % 8, 0, "a fragment begins at a multiple of 8");
    raw_fragment((src, dst), protocol, id, offset, more, &payload[range])
}

pub(crate) fn raw_fragment((src, dst): (SocketAddr, SocketAddr), protocol: u8, id: u16, offset: u16, more: bool, octets: &[u8]) -> Vec<u8> {
    if src.is_ipv4() {
        let field = (offset / 8) | if more { 0x2000 } else { 0 };
        return ip4(src, dst, protocol, id, field, octets);
    }
    let mut body = vec![protocol, 0];
    body.extend((offset | u16::from(more)).to_be_bytes());
    body.extend((0xabcd_0000_u32 | u32::from(id)).to_be_bytes());
    body.extend(octets);
    ip6(src, dst, 44, &body)
}

fn ip4(src: SocketAddr, dst: SocketAddr, protocol: u8, id: u16, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let (IpAddr::V4(src), IpAddr::V4(dst)) = (src.ip(), dst.ip()) else { panic!("not IPv4") };
    let mut out = vec![0x45, 0];
    out.extend(u16::try_from(payload.len() + 20).unwrap().to_be_bytes());
    out.extend(id.to_be_bytes());
    out.extend(fragment.to_be_bytes());
    out.extend([64, protocol, 0, 0]);
    out.extend(src.octets());
    out.extend(dst.octets());
    let sum: u32 = out.chunks(2).map(|c| u32::from(u16::from_be_bytes([c[0], c[1]]))).sum();
    let checksum = !(((sum & 0xffff) + (sum >> 16)) as u16);
    out[10..12].copy_from_slice(&checksum.to_be_bytes());
    out.extend(payload);
    out
}

fn ip6(src: SocketAddr, dst: SocketAddr, next_header: u8, payload: &[u8]) -> Vec<u8> {
    let (IpAddr::V6(src), IpAddr::V6(dst)) = (src.ip(), dst.ip()) else { panic!("not IPv6") };
    let mut out = vec![0x60, 0, 0, 0];
    out.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
    out.extend([next_header, 64]);
    out.extend(src.octets());
    out.extend(dst.octets());
    out.extend(payload);
    out
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Link {
    Ethernet,
    /// Tags with these protocol identifiers, outermost first.
    Vlan(&'static [u16]),
    Pppoe,
    Sll,
    Sll2,
    /// No link header; the number is the link type.
    Raw(u16),
    Null {
        big_endian: bool,
    },
    Loop,
}

impl Link {
    pub(crate) fn number(self) -> u16 {
        match self {
            Self::Ethernet | Self::Vlan(_) | Self::Pppoe => 1,
            Self::Sll => 113,
            Self::Sll2 => 276,
            Self::Raw(number) => number,
            Self::Null { .. } => 0,
            Self::Loop => 108,
        }
    }

    pub(crate) fn frame(self, ip: &[u8]) -> Vec<u8> {
        let v6 = ip[0] >> 4 == 6;
        let ether_type: u16 = if v6 { 0x86dd } else { 0x0800 };
        let family: u32 = if v6 { 30 } else { 2 };
        let ethernet = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
        let mut out = Vec::new();
        match self {
            Self::Ethernet => {
                out.extend(ethernet);
                out.extend(ether_type.to_be_bytes());
            }
            Self::Vlan(tags) => {
                out.extend(ethernet);
                for (i, tag) in tags.iter().enumerate() {
                    out.extend(tag.to_be_bytes());
                    out.extend([0x20, i as u8 + 10]);
                }
                out.extend(ether_type.to_be_bytes());
            }
            Self::Pppoe => {
                out.extend(ethernet);
                out.extend([0x88, 0x64, 0x11, 0, 0, 1]);
                out.extend((ip.len() as u16 + 2).to_be_bytes());
                out.extend(if v6 { [0x00, 0x57] } else { [0x00, 0x21] });
            }
            // Incoming, device type 0xfffe (none, as a tun device has), no address.
            Self::Sll => {
                out.extend([0, 0, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
                out.extend(ether_type.to_be_bytes());
            }
            Self::Sll2 => {
                out.extend(ether_type.to_be_bytes());
                out.extend([0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]);
            }
            Self::Raw(_) => {}
            Self::Null { big_endian: false } => out.extend(family.to_le_bytes()),
            Self::Null { big_endian: true } | Self::Loop => out.extend(family.to_be_bytes()),
        }
        out.extend(ip);
        out
    }
}

fn put16(out: &mut Vec<u8>, big_endian: bool, value: u16) {
    out.extend(if big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
}

fn put32(out: &mut Vec<u8>, big_endian: bool, value: u32) {
    out.extend(if big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
}

/// A pcap file; times are nanoseconds since [`EPOCH`].
#[derive(Clone)]
pub(crate) struct Pcap {
    pub(crate) bytes: Vec<u8>,
    link: Link,
    big_endian: bool,
    nanoseconds: bool,
}

impl Pcap {
    pub(crate) fn new(link: Link) -> Self {
        Self::with(link, false, false)
    }

    pub(crate) fn with(link: Link, big_endian: bool, nanoseconds: bool) -> Self {
        let mut bytes = Vec::new();
        put32(&mut bytes, big_endian, if nanoseconds { 0xa1b2_3c4d } else { 0xa1b2_c3d4 });
        put16(&mut bytes, big_endian, 2);
        put16(&mut bytes, big_endian, 4);
        for value in [0, 0, 262_144, u32::from(link.number())] {
            put32(&mut bytes, big_endian, value);
        }
        Self { bytes, link, big_endian, nanoseconds }
    }

    /// Adds a link header and stores the frame whole.
    pub(crate) fn ip(&mut self, nanos: u64, ip: &[u8]) -> &mut Self {
        let frame = self.link.frame(ip);
        self.frame(nanos, &frame, frame.len())
    }

    /// Stores the first `captured` octets of a frame.
    pub(crate) fn frame(&mut self, nanos: u64, frame: &[u8], captured: usize) -> &mut Self {
        let fraction = nanos % 1_000_000_000 / if self.nanoseconds { 1 } else { 1000 };
        let seconds = EPOCH + nanos / 1_000_000_000;
        for value in [seconds as u32, fraction as u32, captured as u32, frame.len() as u32] {
            put32(&mut self.bytes, self.big_endian, value);
        }
        self.bytes.extend(&frame[..captured]);
        self
    }
}

/// A pcapng file, block by block.
pub(crate) struct PcapNg {
    pub(crate) bytes: Vec<u8>,
    big_endian: bool,
}

impl PcapNg {
    pub(crate) fn new(big_endian: bool) -> Self {
        let mut file = Self { bytes: Vec::new(), big_endian };
        file.section(big_endian);
        file
    }

    pub(crate) fn section(&mut self, big_endian: bool) -> &mut Self {
        self.big_endian = big_endian;
        let mut body = Vec::new();
        put32(&mut body, big_endian, 0x1a2b_3c4d);
        put16(&mut body, big_endian, 1);
        put16(&mut body, big_endian, 0);
        body.extend([0xff; 8]);
        let comment = self.option(1, b"made by a test");
        body.extend(comment);
        self.block(0x0a0d_0d0a, &body)
    }

    pub(crate) fn interface(&mut self, link: Link, snap_len: u32) -> &mut Self {
        self.interface_with(link, snap_len, &[])
    }

    pub(crate) fn interface_with(&mut self, link: Link, snap_len: u32, options: &[(u16, &[u8])]) -> &mut Self {
        let mut body = Vec::new();
        put16(&mut body, self.big_endian, link.number());
        put16(&mut body, self.big_endian, 0);
        put32(&mut body, self.big_endian, snap_len);
        for (code, value) in options {
            let option = self.option(*code, value);
            body.extend(option);
        }
        if !options.is_empty() {
            body.extend([0; 4]);
        }
        self.block(1, &body)
    }

    /// An enhanced packet block with a comment behind the packet.
    pub(crate) fn enhanced(&mut self, interface: u32, ticks: u64, frame: &[u8], original: usize) -> &mut Self {
        self.enhanced_with(interface, ticks, frame, original, &[])
    }

    pub(crate) fn enhanced_with(
        &mut self,
        interface: u32,
        ticks: u64,
        frame: &[u8],
        original: usize,
        options: &[(u16, &[u8])],
    ) -> &mut Self {
        let mut body = Vec::new();
        for value in [interface, (ticks >> 32) as u32, ticks as u32, frame.len() as u32, original as u32] {
            put32(&mut body, self.big_endian, value);
        }
        pad(&mut body, frame);
        body.extend(self.option(1, b"a comment"));
        for (code, value) in options {
            body.extend(self.option(*code, value));
        }
        body.extend([0; 4]);
        self.block(6, &body)
    }

    /// An interface statistics block; times in an option are two halves, the upper first.
    pub(crate) fn statistics(&mut self, interface: u32, ticks: u64, end: Option<u64>, counts: &[(u16, u64)]) -> &mut Self {
        let order = self.big_endian;
        let mut body = Vec::new();
        for value in [interface, (ticks >> 32) as u32, ticks as u32] {
            put32(&mut body, order, value);
        }
        if let Some(end) = end {
            let mut halves = Vec::new();
            put32(&mut halves, order, (end >> 32) as u32);
            put32(&mut halves, order, end as u32);
            body.extend(self.option(3, &halves));
        }
        for (code, count) in counts {
            let octets = if order { count.to_be_bytes() } else { count.to_le_bytes() };
            body.extend(self.option(*code, &octets));
        }
        body.extend([0; 4]);
        self.block(5, &body)
    }

    pub(crate) fn simple(&mut self, frame: &[u8], original: usize) -> &mut Self {
        let mut body = Vec::new();
        put32(&mut body, self.big_endian, original as u32);
        pad(&mut body, frame);
        self.block(3, &body)
    }

    /// The packet block that the enhanced one replaced.
    pub(crate) fn obsolete(&mut self, interface: u16, ticks: u64, frame: &[u8]) -> &mut Self {
        let mut body = Vec::new();
        put16(&mut body, self.big_endian, interface);
        put16(&mut body, self.big_endian, 0xffff);
        for value in [(ticks >> 32) as u32, ticks as u32, frame.len() as u32, frame.len() as u32] {
            put32(&mut body, self.big_endian, value);
        }
        pad(&mut body, frame);
        self.block(2, &body)
    }

    pub(crate) fn block(&mut self, block_type: u32, body: &[u8]) -> &mut Self {
        let len = (body.len() + 12) as u32;
        put32(&mut self.bytes, self.big_endian, block_type);
        put32(&mut self.bytes, self.big_endian, len);
        self.bytes.extend(body);
        put32(&mut self.bytes, self.big_endian, len);
        self
    }

    fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        put16(&mut out, self.big_endian, code);
        put16(&mut out, self.big_endian, value.len() as u16);
        pad(&mut out, value);
        out
    }
}

fn pad(out: &mut Vec<u8>, octets: &[u8]) {
    out.extend(octets);
    while !out.len().is_multiple_of(4) {
        out.push(0xee);
    }
}
