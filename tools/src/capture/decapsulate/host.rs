//! What operating systems and capture programs put before a packet, and what that says of its direction.

use super::layer::{Kind, Step, behind, split};
use crate::capture::link_type;
use crate::capture::problem::Fault;
use crate::capture::skipped::Inside;

/// Address family numbers: the one for IPv6 differs between systems.
const AF_INET: u32 = 2;
const AF_INET6: [u32; 5] = [10, 23, 24, 28, 30];

pub(super) fn link(number: u16, frame: &[u8]) -> Result<Step<'_>, Fault> {
    match number {
        // Both forms exist in files whatever the link type says: the octet order is that of the capturing machine.
        link_type::NULL | link_type::LOOP => loopback("loopback header", frame, 4),
        link_type::ENC => loopback("IPsec interface header", frame, 12),
        link_type::PFLOG => packet_filter(frame),
        link_type::IPNET => solaris(frame),
        link_type::NFLOG => netfilter(frame),
        link_type::PPI => per_packet(frame),
        link_type::PKTAP => packet_tap(frame),
        link_type::USER2 if reads_as_packet_tap(frame) => packet_tap(frame),
        link_type::JUNIPER_ETHER => juniper(frame),
        _ => Ok(Step::Skipped(Inside::LinkType(number))),
    }
}

/// Whether the capturing host sent the frame, where its first header says so.
pub(in crate::capture) fn outgoing(number: u16, frame: &[u8]) -> Option<bool> {
    match number {
        link_type::LINUX_SLL => cooked_direction(*frame.get(1)?),
        link_type::LINUX_SLL2 => cooked_direction(*frame.get(10)?),
        link_type::PPP_PPPD | link_type::PPP_WITH_DIR | link_type::C_HDLC_WITH_DIR => frame.first().map(|direction| *direction != 0),
        link_type::NFLOG => hook_direction(frame),
        link_type::PKTAP => flag_direction(little(frame, PKTAP_FLAGS)?, 1, 2),
        link_type::USER2 if reads_as_packet_tap(frame) => flag_direction(little(frame, PKTAP_FLAGS)?, 1, 2),
        link_type::JUNIPER_ETHER => frame.get(3).map(|flags| flags & 1 == 0),
        _ => None,
    }
}

fn cooked_direction(packet_type: u8) -> Option<bool> {
    const OUTGOING: u8 = 4;
    // To this host, to all, to a group; 3 went between others and was only overheard.
    match packet_type {
        0..=2 => Some(false),
        OUTGOING => Some(true),
        _ => None,
    }
}

fn flag_direction(flags: u32, incoming: u32, outgoing: u32) -> Option<bool> {
    match (flags & incoming != 0, flags & outgoing != 0) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        _ => None,
    }
}

fn loopback<'a>(layer: &'static str, frame: &'a [u8], len: usize) -> Result<Step<'a>, Fault> {
    let (field, _) = split::<4>(layer, frame)?;
    let rest = behind(layer, frame, len)?;
    let is_ip = |family: u32| family == AF_INET || AF_INET6.contains(&family);
    let (little, big) = (u32::from_le_bytes(*field), u32::from_be_bytes(*field));
    Ok(if is_ip(little) || is_ip(big) { Step::Inner(Kind::Ip, rest) } else { Step::Skipped(Inside::Family(little.min(big))) })
}

/// The log of a BSD packet filter: its length, without padding, leads.
fn packet_filter(frame: &[u8]) -> Result<Step<'_>, Fault> {
    const LAYER: &str = "pflog header";
    let (header, _) = split::<2>(LAYER, frame)?;
    let [len, family] = *header;
    let rest = behind(LAYER, frame, usize::from(len).next_multiple_of(4))?;
    let family = u32::from(family);
    let is_ip = family == AF_INET || AF_INET6.contains(&family);
    Ok(if is_ip { Step::Inner(Kind::Ip, rest) } else { Step::Skipped(Inside::Family(family)) })
}

fn solaris(frame: &[u8]) -> Result<Step<'_>, Fault> {
    const AF_INET_6: u8 = 26;
    let (header, rest) = split::<24>("IPNET header", frame)?;
    let [_, family, ..] = *header;
    let is_ip = u32::from(family) == AF_INET || family == AF_INET_6;
    Ok(if is_ip { Step::Inner(Kind::Ip, rest) } else { Step::Skipped(Inside::Family(family.into())) })
}

/// Netfilter's log: attributes, of which one is the packet.
fn netfilter(frame: &[u8]) -> Result<Step<'_>, Fault> {
    const LAYER: &str = "NFLOG header";
    const PAYLOAD: u16 = 9;
    split::<4>(LAYER, frame)?;
    match attributes(frame).find(|(number, _)| *number == PAYLOAD) {
        Some((_, packet)) => Ok(Step::Inner(Kind::Ip, packet)),
        None => Err(Fault::malformed(LAYER, "no attribute holds the packet")),
    }
}

/// Their numbers and values; of the last one what is there. Length and number are in the octet order of the machine, which no field
/// tells: the first length fits in one order only.
fn attributes(frame: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    const HEADER: usize = 4;
    const NUMBER: u16 = 0x7fff;
    let mut left = frame.get(HEADER..).unwrap_or_default();
    let fits = |len: u16| usize::from(len) >= HEADER && usize::from(len) <= left.len();
    let little = left.first_chunk().is_none_or(|len| fits(u16::from_le_bytes(*len)) || !fits(u16::from_be_bytes(*len)));
    core::iter::from_fn(move || {
        let [a, b, c, d] = *left.first_chunk::<HEADER>()?;
        let field = |pair| if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
        let len = usize::from(field([a, b]));
        if len < HEADER {
            return None;
        }
        let value = left.get(HEADER..len).or_else(|| left.get(HEADER..))?;
        left = left.get(len.next_multiple_of(4)..).unwrap_or_default();
        Some((field([c, d]) & NUMBER, value))
    })
}

/// The netfilter hook: before routing and to this host it came in, from this host and behind routing it goes out.
fn hook_direction(frame: &[u8]) -> Option<bool> {
    const PACKET_HEADER: u16 = 1;
    let (_, value) = attributes(frame).find(|(number, _)| *number == PACKET_HEADER)?;
    match value.get(2)? {
        0 | 1 => Some(false),
        3 | 4 => Some(true),
        _ => None,
    }
}

/// CACE's per-packet information: its length and the link type of what follows.
fn per_packet(frame: &[u8]) -> Result<Step<'_>, Fault> {
    const LAYER: &str = "PPI header";
    let (header, _) = split::<8>(LAYER, frame)?;
    let [_, _, a, b, c, d, e, f] = *header;
    let len = usize::from(u16::from_le_bytes([a, b]));
    if len < header.len() {
        return Err(Fault::malformed(LAYER, format!("its length {len} is less than 8")));
    }
    Ok(Step::Inner(Kind::Link(link_number(u32::from_le_bytes([c, d, e, f]))), behind(LAYER, frame, len)?))
}

/// Octets of Apple's header up to its flags, which say the direction.
const PKTAP_FLAGS: usize = 36;

/// Apple's: its length, whether a packet follows, and the link type of that.
fn packet_tap(frame: &[u8]) -> Result<Step<'_>, Fault> {
    const LAYER: &str = "PKTAP header";
    const PACKET: u32 = 1;
    let (header, _) = split::<12>(LAYER, frame)?;
    let [a, b, c, d, next @ .., e, f, g, h] = *header;
    let len = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    if len < header.len() {
        return Err(Fault::malformed(LAYER, format!("its length {len} is less than 12")));
    }
    if u32::from_le_bytes(next) != PACKET {
        return Ok(Step::Nothing);
    }
    Ok(Step::Inner(Kind::Link(link_number(u32::from_le_bytes([e, f, g, h]))), behind(LAYER, frame, len)?))
}

/// Whether a frame of the number for private use has Apple's header: its length, and 0 or 1 for what follows.
fn reads_as_packet_tap(frame: &[u8]) -> bool {
    const LEAST: u32 = 108;
    const MOST: u32 = 1024;
    little(frame, 0).is_some_and(|len| (LEAST..=MOST).contains(&len)) && little(frame, 4).is_some_and(|next| next <= 1)
}

/// Junos: a magic number, flags, extensions, and the frame or (a flag says so) a protocol family and the packet.
fn juniper(frame: &[u8]) -> Result<Step<'_>, Fault> {
    const LAYER: &str = "Juniper header";
    const MAGIC: [u8; 3] = [0x4d, 0x47, 0x43];
    const WITHOUT_LINK: u8 = 0x02;
    const EXTENDED: u8 = 0x80;
    let (header, _) = split::<4>(LAYER, frame)?;
    let [a, b, c, flags] = *header;
    if [a, b, c] != MAGIC {
        return Err(Fault::malformed(LAYER, "it begins with another number"));
    }
    let mut rest = behind(LAYER, frame, 4)?;
    if flags & EXTENDED != 0 {
        let (len, after) = split::<2>(LAYER, rest)?;
        rest = behind(LAYER, after, usize::from(u16::from_be_bytes(*len)))?;
    }
    Ok(match flags & WITHOUT_LINK {
        0 => Step::Inner(Kind::Ethernet, rest),
        _ => Step::Inner(Kind::Ip, behind(LAYER, rest, 4)?),
    })
}

fn little(octets: &[u8], at: usize) -> Option<u32> {
    octets.get(at..)?.first_chunk().map(|field| u32::from_le_bytes(*field))
}

fn link_number(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
