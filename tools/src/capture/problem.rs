//! What a capture could not tell.

use super::fragments::IncompleteFragments;
use super::time::Time;

/// Why the headers of one packet could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("{layer}: {needed} octets needed, {there} there")]
    Short { layer: &'static str, needed: usize, there: usize },
    #[error("{layer}: {what}")]
    Malformed { layer: &'static str, what: String },
}

impl Fault {
    pub(crate) fn malformed(layer: &'static str, what: impl Into<String>) -> Self {
        Self::Malformed { layer, what: what.into() }
    }

    pub(crate) fn short(layer: &'static str, error: &etherparse::err::LenError) -> Self {
        Self::Short { layer, needed: error.required_len, there: error.len }
    }
}

/// Something in the capture that yields no datagram and no stream octets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    /// One packet could not be read; the next ones may well be.
    #[error("packet {packet} cannot be read: {fault}{}", cut(*captured, *original))]
    Unreadable {
        packet: u64,
        time: Time,
        fault: Fault,
        /// Octets of the packet that the capture holds.
        captured: usize,
        /// Octets the packet had on the wire; more than `captured` when the capture's snap length cut it.
        original: usize,
    },
    /// Packets of this interface cannot be read; said once, for the first of them.
    #[error("packet {packet}: link type {link_type} is not supported; its interface's other packets are skipped as well")]
    UnsupportedLinkType { packet: u64, time: Time, link_type: u16 },
    #[error("{0}")]
    IncompleteFragments(IncompleteFragments),
    /// Reading ended here; everything before it was read.
    #[error("the capture file is damaged at octet {offset}, after packet {packets}: {reason}")]
    BrokenFile { offset: u64, packets: u64, reason: String },
    /// The file ends inside a record (a capture program that was killed, a copy that was cut).
    #[error("the capture file ends in the middle of a record, after packet {packets}: {there} of {needed} octets are there")]
    EndsInRecord { offset: u64, packets: u64, there: usize, needed: usize },
}

fn cut(captured: usize, original: usize) -> String {
    if captured < original { format!(" (the capture holds {captured} of the packet's {original} octets)") } else { String::new() }
}
