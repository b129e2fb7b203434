//! What one exchange came to.

use core::time::Duration;

/// One exchange on one path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Report {
    /// Time from the first datagram until the receiver had the whole message; `None` if it never did.
    pub delivered: Option<Duration>,
    /// Time from the first datagram until the sender knew: the answer was there, or all of a TCP stream was acknowledged.
    pub answered: Option<Duration>,
    /// Time from the first datagram until the exchange ended: answered, or given up.
    pub ended: Duration,
    /// Datagrams of the message, retransmissions included.
    pub sent: Traffic,
    /// Feedback of the receiver before the message was whole.
    pub feedback: Traffic,
    /// Datagrams of answers.
    pub responses: Traffic,
    /// Datagrams of the message whose octets had been sent before.
    pub retransmissions: u32,
    /// Retransmissions of octets that arrive, or had arrived, without them.
    pub spurious: u32,
    /// The most octets the receiver held of incomplete messages at any time.
    pub memory_peak: usize,
    /// Sets the receiver dropped because they went over its limits.
    pub refused: u32,
    /// What became of the datagrams of the message.
    pub packets: PacketCounts,
    /// What became of feedback and answers.
    pub packets_back: PacketCounts,
    /// The run was cut off: the strategy sent more datagrams than any should ([`MAX_DATAGRAMS`](super::MAX_DATAGRAMS)), or asked
    /// to be woken without end.
    pub cut_off: bool,
}

/// Datagrams, and the octets of their IP packets as they leave their sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Traffic {
    /// UDP datagrams or TCP segments.
    pub datagrams: u32,
    /// Octets with IP headers; what IP adds by cutting them is not counted.
    pub octets: u64,
}

impl Traffic {
    pub(super) fn add(&mut self, packet: usize) {
        self.datagrams = self.datagrams.saturating_add(1);
        self.octets = self.octets.saturating_add(u64::try_from(packet).unwrap_or(u64::MAX));
    }
}

/// What became of datagrams: each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PacketCounts {
    /// Arrived, once at least.
    pub delivered: u32,
    /// Lost on a link.
    pub lost: u32,
    /// A queue was full.
    pub queue_full: u32,
    /// Too big for a hop, and not to be cut.
    pub too_big: u32,
    /// A piece of it was dropped because it was a piece.
    pub ip_fragment: u32,
    /// The NAT had forgotten the sender.
    pub nat: u32,
    /// Still under way when the exchange ended.
    pub under_way: u32,
}

impl PacketCounts {
    /// How many datagrams there were.
    #[must_use]
    pub fn total(&self) -> u32 {
        [self.delivered, self.lost, self.queue_full, self.too_big, self.ip_fragment, self.nat, self.under_way]
            .into_iter()
            .fold(0, u32::saturating_add)
    }

    pub(super) fn count(&mut self, fate: Option<Drop>, delivered: bool) {
        let count = match fate {
            _ if delivered => &mut self.delivered,
            None => &mut self.under_way,
            Some(Drop::Lost) => &mut self.lost,
            Some(Drop::QueueFull) => &mut self.queue_full,
            Some(Drop::TooBig) => &mut self.too_big,
            Some(Drop::IpFragment) => &mut self.ip_fragment,
            Some(Drop::Nat) => &mut self.nat,
        };
        *count = count.saturating_add(1);
    }
}

/// Why a packet goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drop {
    Lost,
    QueueFull,
    TooBig,
    IpFragment,
    Nat,
}
