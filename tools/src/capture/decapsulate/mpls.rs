//! MPLS label stacks (RFC 3032). No field says what is behind them: the routers at the ends know by the label.

use super::ethernet;
use super::layer::{Kind, Step, reads_as_ip, split};
use crate::capture::problem::Fault;
use crate::capture::skipped::Inside;

/// What a router hands on may be padded, and may be cut: any length that IP can announce.
const ANY_LENGTH: usize = 65_575;

pub(super) fn label_stack(octets: &[u8]) -> Result<Step<'_>, Fault> {
    let (entry, rest) = split::<4>("MPLS label", octets)?;
    let [_, _, bottom, _] = *entry;
    if bottom & 1 == 0 {
        return Ok(Step::Inner(Kind::Mpls, rest));
    }
    // Bottom of stack: IP, or a pseudo-wire's frame with a control word (RFC 4385) or without. A frame may begin like an IP packet,
    // and a control word like the maker of a network card.
    let worded = rest.split_first_chunk::<4>().filter(|([first, ..], _)| first >> 4 == 0).map(|(_, frame)| frame);
    Ok(match worded.filter(|frame| ethernet::reads_as_frame(frame)) {
        Some(frame) => Step::Inner(Kind::Ethernet, frame),
        None if ethernet::reads_as_frame(rest) && !checksum_fits(rest) => Step::Inner(Kind::Ethernet, rest),
        None if reads_as_ip(rest, ANY_LENGTH) => Step::Inner(Kind::Ip, rest),
        None if is_channel(rest) => Step::Nothing,
        None => Step::Skipped(Inside::Mpls),
    })
}

/// An associated channel (RFC 5586): fault detection and the like.
fn is_channel(octets: &[u8]) -> bool {
    octets.first().is_some_and(|first| first >> 4 == 1)
}

/// Whether an IPv4 header stands here, by its checksum; IPv6 has none, and a frame seldom begins like it.
fn checksum_fits(octets: &[u8]) -> bool {
    let Some(first) = octets.first().filter(|first| **first >> 4 == 4) else {
        return false;
    };
    let len = usize::from(first & 15).saturating_mul(4);
    let Some(header) = octets.get(..len).filter(|header| header.len() >= 20) else {
        return false;
    };
    let words = header.chunks_exact(2).filter_map(|pair| pair.first_chunk::<2>());
    let sum: u32 = words.map(|pair| u32::from(u16::from_be_bytes(*pair))).fold(0, u32::saturating_add);
    let folded = (sum & 0xffff).saturating_add(sum >> 16);
    (folded & 0xffff).saturating_add(folded >> 16) == 0xffff
}
