//! What a capture could not tell.

use super::skipped::NotLookedInto;
use super::time::Time;
use core::fmt;
use core::net::{IpAddr, SocketAddr};
use core::ops::Range;

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
    /// Packets that nobody looked into, counted; said at the end.
    #[error("{0}")]
    NotLookedInto(NotLookedInto),
    #[error("{0}")]
    IncompleteFragments(IncompleteFragments),
    /// Reading ended here; everything before it was read.
    #[error("the capture file is damaged at octet {offset}, after packet {packets}: {reason}")]
    BrokenFile { offset: u64, packets: u64, reason: String },
    /// The file ends inside a record (a capture program that was killed, a copy that was cut).
    #[error("the capture file ends in the middle of a record, after packet {packets}: {there} of {needed} octets are there")]
    EndsInRecord { offset: u64, packets: u64, there: usize, needed: usize },
    /// The compressed file ends before the compression does, between two records.
    #[error("the gzip file is cut short: packets after packet {packets} may be missing")]
    EndsInGzip { packets: u64 },
}

/// Why a fragment set was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Nothing more came within 60 seconds of the first fragment.
    Expired,
    /// The capture ended less than 60 seconds after the first fragment: the rest may have come later.
    CaptureEnded,
    /// This packet's fragment has the same identification and other content: the identification was used again, or somebody
    /// overlaps fragments on purpose.
    Contradicted { packet: u64 },
    /// More sets were under way than are kept.
    Evicted,
}

/// A fragment set that never became whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IncompleteFragments {
    /// Packets that carried what is there, in order of arrival.
    pub(crate) packets: Vec<u64>,
    /// Time of the first of them.
    pub(crate) time: Time,
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    pub(crate) id: u32,
    /// Of the transport header; for IPv6 without its first fragment, that of the header after the fragment header.
    pub(crate) protocol: u8,
    /// Source and destination port of UDP and TCP, when the first fragment is there.
    pub(crate) ports: Option<(u16, u16)>,
    /// Octets that came.
    pub(crate) received: u64,
    /// Octets of the whole payload, when the last fragment came.
    pub(crate) total: Option<u64>,
    /// Octet ranges that did not come; what lies behind the last octet is not listed while `total` is unknown.
    pub(crate) missing: Vec<Range<u64>>,
    /// The first octets of the payload, transport header included; empty when the first fragment did not come.
    pub(crate) head: Vec<u8>,
    pub(crate) why: Why,
}

impl fmt::Display for IncompleteFragments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        let packets: Vec<String> = self.packets.iter().take(SHOWN).map(u64::to_string).collect();
        write!(f, "packet{} {}", if packets.len() == 1 { "" } else { "s" }, packets.join(", "))?;
        if self.packets.len() > SHOWN {
            write!(f, " and {} more", self.packets.len().saturating_sub(SHOWN))?;
        }
        match self.ports {
            Some((src, dst)) => write!(f, ": {} > {}", SocketAddr::new(self.src, src), SocketAddr::new(self.dst, dst))?,
            None => write!(f, ": {} > {}", self.src, self.dst)?,
        }
        write!(f, ", IP protocol {}, fragments of identification {:#x}: ", self.protocol, self.id)?;
        let mut parts: Vec<String> =
            self.missing.iter().take(SHOWN).map(|r| format!("octets {} to {}", r.start, r.end.saturating_sub(1))).collect();
        if self.missing.len() > SHOWN {
            parts.push(format!("{} more ranges", self.missing.len().saturating_sub(SHOWN)));
        }
        if self.total.is_none() {
            parts.push("the last fragment".into());
        }
        write!(f, "{} never came", parts.join(", "))?;
        match self.why {
            Why::Expired => f.write_str(" (60 seconds waited)"),
            Why::CaptureEnded => f.write_str(" before the capture ended"),
            Why::Contradicted { packet } => write!(f, " (packet {packet} uses the identification for other content)"),
            Why::Evicted => f.write_str(" while too many other fragments were under way"),
        }
    }
}

fn cut(captured: usize, original: usize) -> String {
    if captured < original { format!(" (the capture holds {captured} of the packet's {original} octets)") } else { String::new() }
}
