//! How often and how much is sent: a prober is a guest.

use super::plan::ProbePlan;
use crate::instant::Instant;
use core::time::Duration;

/// The most datagrams to one address, and how many more where the policy is searched for.
const MOST: usize = 80;
const MOST_FOR_POLICY: usize = 60;
/// Between two datagrams: fewer than ten in a second. Twice as long once the server has asked for a cookie.
const GAP: Duration = Duration::from_millis(112);
/// So many IKE SAs may be half open at the server through us, within this time: charon falls silent to an address with five, also to the
/// users behind the same NAT.
const OPENINGS: usize = 2;
const OPENING_SPAN: Duration = Duration::from_secs(60);

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SentCount {
    /// Datagrams.
    pub datagrams: usize,
    /// Octets of UDP payload.
    pub octets: u64,
}

impl SentCount {
    pub(super) const NONE: Self = Self { datagrams: 0, octets: 0 };

    pub(super) fn add(&mut self, octets: usize) {
        self.datagrams = self.datagrams.saturating_add(1);
        self.octets = self.octets.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
    }

    /// With what was sent to another address.
    pub(super) const fn and(self, other: Self) -> Self {
        Self { datagrams: self.datagrams.saturating_add(other.datagrams), octets: self.octets.saturating_add(other.octets) }
    }

    /// With what somebody else sent.
    pub(super) fn add_all(&mut self, datagrams: usize, octets: u64) {
        *self = self.and(Self { datagrams, octets });
    }

    /// The last datagram was not sent after all.
    pub(super) fn take_back(&mut self, octets: usize) {
        self.datagrams = self.datagrams.saturating_sub(1);
        self.octets = self.octets.saturating_sub(u64::try_from(octets).unwrap_or(u64::MAX));
    }
}

/// The most datagrams to one address.
pub(super) const fn most(plan: &ProbePlan) -> usize {
    if plan.asks_policy { MOST + MOST_FOR_POLICY } else { MOST }
}

/// How long to wait between two datagrams.
pub(super) const fn gap(cookies: bool) -> Duration {
    if cookies { GAP.saturating_mul(2) } else { GAP }
}

/// When another request may open an IKE SA, where these opened one each; `None` for at once.
pub(super) fn next_opening(openings: &mut [Instant], now: Instant) -> Option<Instant> {
    openings.sort_unstable();
    let oldest = openings.len().checked_sub(OPENINGS).and_then(|index| openings.get(index))?;
    Some(*oldest + OPENING_SPAN).filter(|then| *then > now)
}
