//! Visibility: what of an IKE SA could be seen at all.
//!
//! Whoever concludes something from what is missing in the capture of one IKE SA asks here: a capture may begin late, hold one side
//! only, be filtered by port, be cut short, or end too soon. Each question is a method, so that a cause says by its calls what it needs to
//! have been seen. What else came by between the same hosts is asked of `Surroundings`.
//!
//! Whether one side is missing is asked in three ways: [`only`](Visibility::only) is a claim about the capture, and takes proof;
//! [`view`](Visibility::view) tells where it was taken, where a likely answer is better than none; and `may_lack_a_side` is a doubt, for
//! which any hint is enough, because a silence that is none would be an error that nobody made.

use super::facts::{Exchange, Sa};
use crate::instant::Instant;
use crate::registry::ExchangeType;
use crate::role::Role;
use core::time::Duration;

/// A request sent once is given up after so long.
const ONCE: Duration = Duration::from_secs(10);
/// One that was sent again after so long since it was first sent.
const AGAIN: Duration = Duration::from_secs(2);
/// Transmissions that mean something even when the other side is not in the capture.
const INSISTENT: u32 = 3;
/// A retry, or the next message of the initiator, comes within so long.
const NEXT: Duration = Duration::from_secs(2);
/// An IKE_AUTH request that has not come after so long does not come any more.
const NEVER: Duration = Duration::from_secs(10);
/// Repeats of a request after its answer was seen, from which on the answer is lost on the way and not just late.
const REPEATS: u32 = 2;

/// Whose packets a capture holds, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Vantage {
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
        *self.sa.seen.of(side) > 0
    }

    /// The side whose messages alone were seen, when the other one is known to have sent some: the initiator has gone on after a request,
    /// or from IKE_SA_INIT, which was seen, to an SPI it must have been given.
    pub(super) fn only(&self) -> Option<Role> {
        let answered = || self.sa.unheard_in_all() > 0 || self.sa.init.asked && self.knows_responder();
        match (self.has(Role::Initiator), self.has(Role::Responder)) {
            (false, true) => Some(Role::Responder),
            (true, false) if answered() => Some(Role::Initiator),
            _ => None,
        }
    }

    /// Where the capture was taken: NAT detection tells, where its hashes can be computed. Of one side only, as soon as the initiator knows
    /// the responder's SPI, whether IKE_SA_INIT was seen or not.
    pub(super) fn view(&self) -> Vantage {
        let hashes = self.sa.init.hashes;
        match (self.has(Role::Initiator), self.has(Role::Responder), (hashes.request_source, hashes.response_destination)) {
            (false, true, _) => Vantage::Only(Role::Responder),
            (true, false, _) if self.knows_responder() => Vantage::Only(Role::Initiator),
            (_, _, (Some(true), Some(false))) => Vantage::NearInitiator,
            (_, _, (Some(false), Some(true))) => Vantage::NearResponder,
            _ => Vantage::Unknown,
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
        patient && !filtered && (!self.may_lack_a_side() || e.request.sent >= INSISTENT)
    }

    /// Whether an answer that was seen does not reach the one who asked: the question comes again and again.
    pub(super) fn is_unheard(&self, e: &Exchange) -> bool {
        let insistent = |answered| e.repeats >= REPEATS && self.after(answered) >= NEXT;
        let unasked = !e.request.is_seen() && e.response.sent >= INSISTENT;
        e.response.whole.is_some_and(|answered| insistent(answered) || unasked)
    }

    /// Whether IKE_SA_INIT was seen, and the request went to another port.
    pub(super) const fn changes_port(&self, e: &Exchange) -> bool {
        self.sa.init.asked && e.request.port != self.sa.init.port
    }

    /// Whether IKE_SA_INIT was seen, and what followed went to another address.
    pub(super) fn changes_host(&self) -> bool {
        self.sa.init.asked && self.sa.changes_host()
    }

    /// The initiator alone was seen, and not from the beginning.
    pub(super) const fn lacks_beginning_and_responder(&self) -> bool {
        !self.sa.init.asked && !self.has(Role::Responder)
    }

    /// Whether the initiator would have tried again by now, after the answer to the last IKE_SA_INIT request.
    pub(super) fn gives_up(&self) -> bool {
        self.sa.init.asked && !self.sa.init.tried_again && self.after(self.sa.last) >= NEXT
    }

    /// Whether IKE_SA_INIT went by whole, each request of it once, and nothing but it when something should have.
    pub(super) fn ends_after_init(&self) -> bool {
        let sa = self.sa;
        let silent = sa.init.answered.is_some_and(|answered| self.after(answered) >= NEVER);
        let nothing = sa.exchanges.iter().all(|e| e.exchange == ExchangeType::IKE_SA_INIT && e.request.sent <= 1);
        silent && nothing && sa.init.asked && sa.unheard == 0
    }

    /// Whether each request that was seen has had its answer, or the IKE SA was deleted.
    pub(super) fn all_answered(&self) -> bool {
        let answered = |e: &Exchange| self.sa.is_past(e) || e.response.whole.is_some() || !e.request.is_seen();
        self.sa.auth.deleted || self.sa.exchanges.iter().all(answered)
    }

    /// Whether the initiator uses an SPI of the responder.
    const fn knows_responder(&self) -> bool {
        self.sa.spis.responder != 0
    }

    /// Whether a silent side may be one that is not in the capture: the initiator is missing, or the responder, which the initiator seems
    /// to have heard. Of exchanges that are watched no longer a request without an answer is hint enough; in the others that is the question.
    const fn may_lack_a_side(&self) -> bool {
        !self.has(Role::Initiator) || !self.has(Role::Responder) && (self.knows_responder() || self.sa.unheard > 0)
    }
}
