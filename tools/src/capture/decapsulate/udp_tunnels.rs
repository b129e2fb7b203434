//! Tunnels in UDP. A port is anybody's: what is sent to a tunnel's port is one when it also reads as what it must be.

use super::ethernet;
use super::layer::{Kind, Step, reads_as_ip};
use crate::capture::ip::IpPacket;
use crate::capture::link_type;
use crate::capture::skipped::Inside;

const GTP_U: u16 = 2152;
const TEREDO: u16 = 3544;
/// The registered port, and the one of Linux and of OTV.
const VXLAN: [u16; 2] = [4789, 8472];
const GENEVE: u16 = 6081;
const TZSP: u16 = 37008;

/// What a datagram carries.
struct Datagram<'a> {
    octets: &'a [u8],
    /// Octets that were on the wire.
    len: usize,
}

impl<'a> Datagram<'a> {
    fn behind(&self, header: usize) -> Option<Self> {
        Some(Self { octets: self.octets.get(header..)?, len: self.len.checked_sub(header)? })
    }

    fn is_ip(&self) -> bool {
        reads_as_ip(self.octets, self.len)
    }

    fn is_frame(&self) -> bool {
        ethernet::reads_as_frame(self.octets)
    }

    fn inner(&self, kind: Kind) -> Step<'a> {
        Step::Inner(kind, self.octets)
    }
}

pub(super) fn inside<'a>(packet: &IpPacket<'a>, own: &[u16]) -> Option<Step<'a>> {
    const HEADER: usize = 8;
    let (header, octets) = packet.upper.payload.split_first_chunk::<HEADER>()?;
    let [a, b, c, d, e, f, ..] = *header;
    let (src, dst, length) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]), usize::from(u16::from_be_bytes([e, f])));
    if own.contains(&src) || own.contains(&dst) {
        return None;
    }
    let on_wire = octets.len().saturating_add(packet.missing);
    let len = if length == 0 { on_wire } else { length.checked_sub(HEADER)?.min(on_wire) };
    let datagram = Datagram { octets: octets.get(..len).unwrap_or(octets), len };
    match dst {
        GTP_U => gtp_u(&datagram),
        GENEVE => geneve(&datagram),
        TZSP => tzsp(&datagram),
        _ if VXLAN.contains(&dst) => vxlan(&datagram),
        // A relay answers from its port to whatever port asked.
        _ if dst == TEREDO || src == TEREDO => teredo(&datagram),
        _ => None,
    }
}

/// RFC 7348, and its flags and fields for groups, which leave the rest in its place.
fn vxlan<'a>(datagram: &Datagram<'a>) -> Option<Step<'a>> {
    const NETWORK_IDENTIFIER: u8 = 0x08;
    let ([flags, a, b, c, .., reserved], _) = datagram.octets.split_first_chunk::<8>()?;
    let inner = datagram.behind(8)?;
    let plain = *flags == NETWORK_IDENTIFIER && [*a, *b, *c, *reserved] == [0; 4];
    (flags & NETWORK_IDENTIFIER != 0 && (plain || inner.is_frame())).then(|| inner.inner(Kind::Ethernet))
}

/// RFC 8926: options in words of 4 octets, and an EtherType.
fn geneve<'a>(datagram: &Datagram<'a>) -> Option<Step<'a>> {
    let ([first, flags, a, b, .., reserved], _) = datagram.octets.split_first_chunk::<8>()?;
    let options = usize::from(first & 0x3f).saturating_mul(4);
    if first >> 6 != 0 || flags & 0x3f != 0 || *reserved != 0 {
        return None;
    }
    let inner = datagram.behind(options.saturating_add(8))?;
    match u16::from_be_bytes([*a, *b]) {
        ethernet::TRANSPARENT_BRIDGING => Some(inner.inner(Kind::Ethernet)),
        ethernet::IPV4 | ethernet::IPV6 => inner.is_ip().then(|| inner.inner(Kind::Ip)),
        number => Some(inner.inner(Kind::EtherType(number))),
    }
}

/// TS 29.281: the length says how much there is, and a chain of extension headers may stand before the packet.
fn gtp_u<'a>(datagram: &Datagram<'a>) -> Option<Step<'a>> {
    const VERSION_1: u8 = 0x30;
    const USER_PACKET: u8 = 0xff;
    const EXTENDED: u8 = 0x07;
    let ([flags, kind, a, b, ..], _) = datagram.octets.split_first_chunk::<8>()?;
    let mut inner = datagram.behind(8)?;
    if flags & 0xf0 != VERSION_1 || *kind != USER_PACKET || usize::from(u16::from_be_bytes([*a, *b])) != inner.len {
        return None;
    }
    if flags & EXTENDED != 0 {
        // Sequence number, N-PDU number, and what follows: there when one of them is. Each turn takes at least 4 octets.
        let mut next = *inner.octets.get(3)?;
        inner = inner.behind(4)?;
        while next != 0 {
            let len = usize::from(*inner.octets.first()?).saturating_mul(4);
            next = *inner.octets.get(len.checked_sub(1)?)?;
            inner = inner.behind(len)?;
        }
    }
    Some(match () {
        () if inner.is_ip() => inner.inner(Kind::Ip),
        () if inner.is_frame() => inner.inner(Kind::Ethernet),
        () => Step::Skipped(Inside::GtpU),
    })
}

/// TaZmen Sniffer Protocol: tags up to the one that ends them.
fn tzsp<'a>(datagram: &Datagram<'a>) -> Option<Step<'a>> {
    const RECEIVED_OR_SENT: [u8; 2] = [0, 1];
    const PADDING: u8 = 0;
    const END: u8 = 1;
    let ([1, kind, a, b], _) = datagram.octets.split_first_chunk::<4>()? else {
        return None;
    };
    let mut inner = datagram.behind(4)?;
    if !RECEIVED_OR_SENT.contains(kind) {
        return None;
    }
    loop {
        let tag = *inner.octets.first()?;
        let len = match tag {
            PADDING | END => 1,
            _ => usize::from(*inner.octets.get(1)?).saturating_add(2),
        };
        inner = inner.behind(len)?;
        if tag == END {
            break;
        }
    }
    Some(match u16::from_be_bytes([*a, *b]) {
        1 => inner.inner(Kind::Ethernet),
        18 => inner.inner(Kind::Wireless { padded: false }),
        119 => inner.inner(Kind::Link(link_type::IEEE802_11_PRISM)),
        127 => inner.inner(Kind::Link(link_type::IEEE802_11_AVS)),
        number => Step::Skipped(Inside::Tzsp(number)),
    })
}

/// RFC 4380: an authentication and an origin may stand before the IPv6 packet, whose length fits to the octet.
fn teredo<'a>(datagram: &Datagram<'a>) -> Option<Step<'a>> {
    const IPV6_HEADER: usize = 40;
    let mut inner = datagram.behind(0)?;
    if let [0, 1, identifier, value, ..] = inner.octets {
        inner = inner.behind(usize::from(*identifier).saturating_add(usize::from(*value)).saturating_add(13))?;
    }
    if let [0, 0, ..] = inner.octets {
        inner = inner.behind(8)?;
    }
    let ([first, _, _, _, a, b], _) = inner.octets.split_first_chunk::<6>()?;
    let len = usize::from(u16::from_be_bytes([*a, *b])).saturating_add(IPV6_HEADER);
    (first >> 4 == 6 && len == inner.len).then(|| inner.inner(Kind::Ip))
}
