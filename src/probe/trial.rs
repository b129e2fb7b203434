//! What was sent, and what became of it.

use super::request::Padding;
use super::topic::Topic;
use crate::instant::Instant;
use core::time::Duration;

/// The socket that a datagram leaves from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProbeSocket {
    /// That of all questions but one.
    First,
    /// One with another source port: a few copies of an accepted request leave from it.
    Second,
}

/// Why a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Whether the port answers.
    Port,
    /// A request that is pursued until it has an outcome.
    Talk(Topic),
    /// The accepted request once more, perhaps from another port or to another one.
    Copy,
    /// The path MTU, with DF.
    Mtu,
    /// A datagram that leaves whole or in IP fragments, without DF.
    Fragment,
    /// The first answered request once more, after silence.
    Again,
}

/// One datagram that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trial {
    pub(super) purpose: Purpose,
    pub(super) spi: u64,
    pub(super) socket: ProbeSocket,
    pub(super) port: u16,
    /// Octets of the IP packet, or of all its IP fragments put together.
    pub(super) size: u16,
    pub(super) dont_fragment: bool,
    pub(super) padding: Padding,
    pub(super) sent: Instant,
    pub(super) deadline: Instant,
    pub(super) answered: Option<Duration>,
    pub(super) refused: bool,
}

impl Trial {
    /// Whether it is known to have come to nothing at `now`.
    pub(super) fn is_silent(&self, now: Instant) -> bool {
        self.answered.is_none() && (self.refused || self.deadline <= now)
    }

    pub(super) fn is_open(&self, now: Instant) -> bool {
        self.answered.is_none() && !self.is_silent(now)
    }

    /// Sent once only, so that its round trip is known (RFC 6298 section 3).
    pub(super) fn is_unique(&self) -> bool {
        matches!(self.purpose, Purpose::Port | Purpose::Mtu | Purpose::Fragment)
    }

    /// Whether it took the way of another one.
    pub(super) fn is_on(&self, socket: ProbeSocket, port: u16) -> bool {
        self.socket == socket && self.port == port
    }
}
