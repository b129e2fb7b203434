//! Visibility: what of an IKE SA could be seen at all.
//!
//! Whoever concludes something from what is missing asks here first: a capture may begin late, hold one side only, be filtered by
//! port, be cut short, or end too soon. Each question is a method, so that a cause says by its calls what it needs to have been seen.

use super::facts::{Exchange, Sa};
use crate::instant::Instant;
use crate::role::Role;
use core::time::Duration;

/// A request sent once is given up after so long.
const ONCE: Duration = Duration::from_secs(10);
/// One that was sent again after so long since it was first sent.
const AGAIN: Duration = Duration::from_secs(2);
/// Transmissions that mean something even when the other side is not in the capture.
const INSISTENT: u32 = 3;
/// A retry, or the next message of the initiator, comes within so long.
pub(super) const NEXT: Duration = Duration::from_secs(2);
/// Repeats of a request after its answer was seen, from which on the answer is lost on the way and not just late.
const REPEATS: u32 = 2;

/// Whose packets a capture holds, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Taken on the initiator's side of whatever is between them.
    NearInitiator,
    /// Taken on the responder's side.
    NearResponder,
    /// Only what this side sent is in it.
    Only(Role),
    /// It does not tell.
    Unknown,
}

/// What of an IKE SA could be seen, until some time.
#[derive(Clone, Copy)]
pub(super) struct Visibility<'a> {
    sa: &'a Sa,
    clock: Instant,
}

impl<'a> Visibility<'a> {
    pub(super) const fn of(sa: &'a Sa, clock: Instant) -> Self {
        Self { sa, clock }
    }

    /// How long the capture went on after something.
    pub(super) fn after(&self, time: Instant) -> Duration {
        self.clock - time
    }

    /// Neither the request nor the answer of IKE_SA_INIT was seen.
    pub(super) const fn starts_midway(&self) -> bool {
        !self.sa.init.asked && self.sa.init.answered.is_none()
    }

    /// Whether a message of this side was seen.
    pub(super) const fn has(&self, side: Role) -> bool {
        match side {
            Role::Initiator => self.sa.seen.0 > 0,
            Role::Responder => self.sa.seen.1 > 0,
        }
    }

    /// The side whose messages alone were seen, when the other one is known to have sent some.
    pub(super) fn only(&self) -> Option<Role> {
        let answered = || self.sa.unheard_in_all() > 0 || self.sa.init.asked && self.sa.spis.responder != 0;
        match (self.has(Role::Initiator), self.has(Role::Responder)) {
            (false, true) => Some(Role::Responder),
            (true, false) if answered() => Some(Role::Initiator),
            _ => None,
        }
    }

    /// Where the capture was taken: NAT detection tells, where its hashes can be computed.
    pub(super) fn view(&self) -> View {
        match (self.has(Role::Initiator), self.has(Role::Responder), self.sa.init.hashes) {
            (false, true, _) => View::Only(Role::Responder),
            (true, false, _) if self.sa.spis.responder != 0 => View::Only(Role::Initiator),
            (_, _, (Some(true), Some(false))) => View::NearInitiator,
            (_, _, (Some(false), Some(true))) => View::NearResponder,
            _ => View::Unknown,
        }
    }

    /// Whether it is known what both sides announce in IKE_SA_INIT: both messages were seen, and what is not in them was not cut off.
    pub(super) const fn announcements(&self) -> bool {
        let init = &self.sa.init;
        init.asked && init.answered.is_some() && (init.silent_on_fragmentation().is_none() || !init.cut)
    }

    /// Whether a request without a whole answer means that there was none.
    pub(super) fn silence(&self, e: &Exchange) -> bool {
        let waited = self.after(e.began());
        let patient = waited >= ONCE || waited >= AGAIN && e.request.sent.max(e.response.sent) >= 2;
        // A capture filter by port lets the first of all IP fragments through and no other: who has an answer does not ask again.
        let filtered = e.response.lost.is_some() && e.request.sent <= 1;
        patient && !filtered && (!self.one_sided() || e.request.sent >= INSISTENT)
    }

    /// Whether an answer that was seen does not reach the one who asked: the question comes again and again.
    pub(super) fn deafness(&self, e: &Exchange) -> bool {
        let insistent = |answered| e.repeats >= REPEATS && self.after(answered) >= NEXT;
        let unasked = !e.request.is_seen() && e.response.sent >= INSISTENT;
        e.response.whole.is_some_and(|answered| insistent(answered) || unasked)
    }

    /// Whether a silent side may be one that is not in the capture.
    const fn one_sided(&self) -> bool {
        !self.has(Role::Initiator) || !self.has(Role::Responder) && (self.sa.spis.responder != 0 || self.sa.unheard > 0)
    }
}
