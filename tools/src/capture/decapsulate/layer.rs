//! What a header is, what comes of reading it, and how its octets are taken.

use crate::capture::ip::IpPacket;
use crate::capture::problem::Fault;
use crate::capture::skipped::Inside;

/// What a header is, or the header that stands next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Link(u16),
    Ethernet,
    EtherType(u16),
    Llc,
    Ppp,
    PppFramed,
    CiscoHdlc,
    Mpls,
    Wireless { padded: bool },
    Ip,
}

/// What came of reading one header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Inner(Kind, &'a [u8]),
    Packet(IpPacket<'a>),
    /// ARP, LLDP, spanning tree and so on: nothing to read, nothing wrong.
    Nothing,
    Skipped(Inside),
}

pub(super) fn split<'a, const N: usize>(layer: &'static str, octets: &'a [u8]) -> Result<(&'a [u8; N], &'a [u8]), Fault> {
    octets.split_first_chunk::<N>().ok_or(Fault::Short { layer, needed: N, there: octets.len() })
}

/// What stands behind a header of `needed` octets.
pub(super) fn behind<'a>(layer: &'static str, octets: &'a [u8], needed: usize) -> Result<&'a [u8], Fault> {
    octets.get(needed..).ok_or(Fault::Short { layer, needed, there: octets.len() })
}

/// Whether these octets begin like an IP packet that is not longer than `len`, the octets that were on the wire.
pub(super) fn reads_as_ip(octets: &[u8], len: usize) -> bool {
    let field = |at: usize| octets.get(at..).and_then(<[u8]>::first_chunk).map(|field| usize::from(u16::from_be_bytes(*field)));
    match octets.first().map(|first| (first >> 4, first & 15)) {
        Some((4, words)) => words >= 5 && field(2).is_some_and(|total| total >= 20 && total <= len),
        Some((6, _)) => field(4).is_some_and(|payload| payload.saturating_add(40) <= len),
        _ => false,
    }
}
