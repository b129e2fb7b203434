//! Visibility: what of an IKE SA could be seen at all.
//!
//! Whoever concludes something from what is missing in the capture of one IKE SA asks here: a capture may begin late, hold one side
//! only, be filtered by port, be cut short, or end too soon. Each question is a method, so that a cause says by its calls what it needs to
//! have been seen. What else came by between the same hosts is asked of `Surroundings`.
//!
//! Whether one side is missing is asked in three ways: [`only`](Visibility::only) is a claim about the capture, and takes proof;
//! [`view`](Visibility::view) tells where it was taken, where a likely answer is better than none; and `lacks_a_side` is a doubt, for
//! which any hint is enough, because a silence that is none would be an error that nobody made.
//!
//! [`NotSeen`] says in words what a capture does not show, and how to capture it: it stands beside every verdict.

use super::facts::{Exchange, Sa, Scope, begins};
use crate::instant::Instant;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// A request sent once is given up after so long.
const ONCE: Duration = Duration::from_secs(10);
/// One that was sent again after so long since it was first sent.
const AGAIN: Duration = Duration::from_secs(2);
/// Transmissions after which another one would change nothing, though an answer to the last may be under way.
const TRIES: u32 = 3;
/// Transmissions of an answer after which it is known not to arrive.
const INSISTENT: u32 = 3;
/// An answer that is under way, and the rest of a message, come within so long.
const MOMENT: Duration = Duration::from_secs(1);
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
    scope: Scope,
    /// What this responder sends is known to be missing, by other IKE SAs.
    hidden: bool,
}

impl<'a> Visibility<'a> {
    pub(super) const fn of(sa: &'a Sa, clock: Instant, scope: Scope, hidden: bool) -> Self {
        Self { sa, clock, scope, hidden }
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
    /// has changed IKE_SA_INIT as it was told, or has gone from there to an SPI it must have been given.
    pub(super) fn only(&self) -> Option<Role> {
        let answered = || self.sa.unheard_in_all() > 0 || self.sa.init.asked && self.knows_responder() || self.sa.init.was_told;
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
            _ => match self.sa.sights.host() {
                Some(Role::Initiator) => Vantage::NearInitiator,
                Some(Role::Responder) => Vantage::NearResponder,
                None => Vantage::Unknown,
            },
        }
    }

    /// The side on whose own host, or beside which, the capture was taken.
    pub(super) fn taken_at(&self) -> Option<Role> {
        // The initiator's own address behind a translator is seen on its side alone.
        let inside = self.sa.init.hashes.request_source == Some(true) && self.sa.init.nat.initiator;
        self.sa.sights.host().or(inside.then_some(Role::Initiator))
    }

    /// Whether it is known what both sides announce in IKE_SA_INIT: both messages were seen, and what is not in them was not cut off.
    pub(super) const fn announcements(&self) -> bool {
        let init = &self.sa.init;
        init.asked && init.answered.is_some() && !init.resumed && (init.silent_on_fragmentation().is_none() || !init.cut)
    }

    /// Whether a request without a whole answer means that there was none.
    pub(super) fn silence(&self, e: &Exchange) -> bool {
        if self.scope.log {
            // The log of who is asked tells what it has sent.
            let complete = self.taken_at() == Some(e.asker.other()) || !self.lacks_a_side();
            return self.told_silence(e) && complete && self.sa.beheaded == 0;
        }
        let waited = self.after(e.began());
        // Nothing of it is under way any more, or it was tried so often that the next try would be no other.
        let quiet = self.after(e.request.latest.max(e.response.latest)) >= MOMENT;
        let settled = quiet && (waited >= ONCE || waited >= AGAIN && e.request.sent.max(e.response.sent) >= 2);
        let answering = e.response.is_seen() && e.response.sent < INSISTENT;
        let patient = settled || waited >= AGAIN && e.request.sent >= TRIES && !answering;
        // A capture filter by port lets the first of all IP fragments through and no other.
        let filtered = e.response.lost.is_some() && (self.scope.hides_fragments() || e.request.sent <= 1);
        patient && !filtered && !self.hidden && !self.lacks_a_side() && self.sa.beheaded == 0
    }

    /// Whether a log shows that a request had no answer: its daemon gives up, or the request is sent again. Lines that are missing tell nothing:
    /// a log leaves out what its level does not name.
    fn told_silence(&self, e: &Exchange) -> bool {
        let gave_up = self.sa.told.gave_up.as_ref().is_some_and(|(_, time)| *time >= e.began());
        let quiet = self.after(e.request.latest.max(e.response.latest)) >= MOMENT;
        gave_up && !self.sa.is_past(e) || e.request.sent > TRIES || e.request.sent >= 2 && quiet && self.after(e.began()) >= AGAIN
    }

    /// Whether an answer that was seen does not reach the one who asked: the question comes again and again.
    pub(super) fn is_unheard(&self, e: &Exchange) -> bool {
        let insistent = |answered| e.repeats >= REPEATS && self.after(answered) >= NEXT;
        // Requests of which the ends are cut off look the same, whatever they ask for.
        let alike = begins(e.exchange) && self.sa.cut;
        // Where a capture at its end tells that it did not come, nobody has to ask again.
        let lost = |answered| e.response.vanishes() && self.after(answered) >= NEXT;
        let unasked = !e.request.is_seen() && e.response.sent >= INSISTENT && self.has(Role::Initiator);
        !alike && e.response.whole.is_some_and(|answered| insistent(answered) || unasked || lost(answered))
    }

    /// Whether IKE_SA_INIT was seen, and the request went to another port.
    pub(super) const fn changes_port(&self, e: &Exchange) -> bool {
        self.sa.init.asked && e.request.port != self.sa.init.port
    }

    /// Whether IKE_SA_INIT was seen, and what followed went to another address.
    pub(super) fn changes_host(&self) -> bool {
        self.sa.init.asked && self.sa.changes_host()
    }

    /// The initiator alone was seen, and not from the beginning, where the beginnings of others are seen.
    pub(super) const fn lacks_beginning_and_responder(&self) -> bool {
        !self.sa.init.asked && !self.has(Role::Responder) && self.scope.port_500
    }

    /// Whether the initiator would have tried again by now, after the answer to the last IKE_SA_INIT request.
    pub(super) fn gives_up(&self) -> bool {
        self.sa.init.asked && !self.sa.init.tried_again && self.after(self.sa.last) >= NEXT
    }

    /// Whether IKE_SA_INIT went by whole, each request of it once, and nothing but it when something should have; at once, where the same
    /// client began anew.
    pub(super) fn ends_after_init(&self, anew: bool) -> bool {
        let sa = self.sa;
        let silent = sa.init.answered.is_some_and(|answered| anew || self.after(answered) >= NEVER);
        let nothing = sa.exchanges.iter().all(|e| begins(e.exchange) && e.request.sent <= 1);
        silent && nothing && sa.init.asked && sa.unheard == 0 && sa.beheaded == 0
    }

    /// Whether the port can be seen on which IKE_AUTH is to be expected: port 500, where no translator was found and others do so.
    pub(super) fn sees_next_port(&self) -> bool {
        let hashes = self.sa.init.hashes;
        let direct = hashes.request_source == Some(true) && hashes.response_destination == Some(true) && !self.sa.init.nat.responder;
        self.sees_port_4500() || direct && self.scope.auth_on_500
    }

    /// Whether UDP port 4500 can be seen: something went by there, or the capture has packets that no filter by port lets through, or it
    /// says for itself how long it went on.
    pub(super) const fn sees_port_4500(&self) -> bool {
        self.scope.port_4500 || self.scope.tcp || self.scope.others
    }

    /// Whether the next message would have come by now: the capture went on, or the initiator went on with something else than IKE_AUTH.
    pub(super) fn nothing_is_under_way(&self) -> bool {
        self.after(self.sa.last) >= NEXT || self.sa.auth.went_on(*self.sa.asked.of(Role::Initiator))
    }

    /// Whether each request that was seen has had its answer, or the IKE SA was deleted.
    pub(super) fn all_answered(&self) -> bool {
        let answered = |e: &Exchange| self.sa.is_past(e) || e.response.whole.is_some() || !e.request.is_seen();
        self.sa.auth.deleted || self.sa.exchanges.iter().all(answered)
    }

    /// What of this IKE SA is not in the capture.
    pub(super) fn not_seen(&self) -> Vec<NotSeen> {
        let mut all = Vec::new();
        let sa = self.sa;
        if self.scope.log {
            all.push(NotSeen::Untold);
            return all;
        }
        if self.starts_midway() {
            all.push(NotSeen::Beginning);
            if !self.scope.port_500 {
                all.push(NotSeen::Port(500));
            }
        } else if !self.sees_port_4500() && !sa.auth.started && sa.exchanges.iter().all(|e| begins(e.exchange)) {
            all.push(NotSeen::Port(4500));
        }
        for side in [Role::Initiator, Role::Responder] {
            if !self.has(side) {
                all.push(NotSeen::Side(side));
            }
        }
        if sa.exchanges.iter().any(|e| e.request.lost.is_some() || e.response.lost.is_some()) && self.scope.hides_fragments() {
            all.push(NotSeen::LaterFragments);
        }
        if sa.auth.started && !self.scope.opened {
            all.push(NotSeen::Content);
        }
        if self.after(sa.last) < ONCE {
            all.push(NotSeen::End);
        }
        all
    }

    /// Whether the initiator uses an SPI of the responder.
    const fn knows_responder(&self) -> bool {
        self.sa.spis.responder != 0
    }

    /// Whether a silent side may be one that is not in the capture: the initiator is missing, or the responder, which the initiator seems
    /// to have heard. Of exchanges that are watched no longer a request without an answer is hint enough; in the others that is the question.
    fn lacks_a_side(&self) -> bool {
        let heard = self.knows_responder() || self.sa.unheard > 0 || self.sa.init.was_told;
        !self.has(Role::Initiator) || !self.has(Role::Responder) && heard
    }
}

/// What of a whole capture cannot be seen.
pub(super) fn of_capture(scope: &Scope) -> Vec<NotSeen> {
    let cut = scope.cut.map(NotSeen::Beyond);
    let fragments = scope.hides_fragments().then_some(NotSeen::LaterFragments);
    let order = scope.clock_back.then_some(NotSeen::Order);
    cut.into_iter().chain(fragments).chain(order).collect()
}

/// What a capture does not show: `Display` says it, and how it is captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NotSeen {
    /// What lies beyond so many octets of each packet.
    Beyond(u32),
    /// IP fragments with an offset, which have no port for a capture filter to look at.
    LaterFragments,
    /// The beginning of an IKE SA: IKE_SA_INIT.
    Beginning,
    /// Anything on this UDP port.
    Port(u16),
    /// Anything that this side sent.
    Side(Role),
    /// How it went on: the capture ends soon after the last message.
    End,
    /// What is encrypted.
    Content,
    /// The order of what happened: the clock of the capture went back.
    Order,
    /// What a log does not tell: the other side's view, the path, and what its level leaves out.
    Untold,
}

impl fmt::Display for NotSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Beyond(octets) => {
                write!(
                    f,
                    "what lies beyond {octets} octets of a packet: the capture was cut (snap length); capture whole packets: tcpdump -s 0, pktmon --pkt-size 0"
                )
            }
            Self::Beginning => f.write_str("the beginning, IKE_SA_INIT: start the capture before the connection, and capture UDP 500 too"),
            Self::Port(port) => write!(f, "anything on UDP port {port}: capture without a filter, or with both ports and IP fragments"),
            Self::Side(side) => write!(f, "anything that the {} sent: capture both directions", side.name()),
            Self::LaterFragments => f.write_str(
                "IP fragments with an offset, which a capture filter by port hides: capture by host, or add: or (ip[6:2] & 0x1fff != 0)",
            ),
            Self::End => {
                f.write_str("how it went on: the capture ends soon after the last message; let it run for 60 seconds after the attempt")
            }
            Self::Content => f.write_str("what is encrypted: keys of the IKE SA would tell"),
            Self::Untold => f.write_str(
                "what the log does not tell, such as what its level leaves out, and what became of a message on the way: raise the level (strongSwan \
                 ike = 2, cfg = 2, net = 1, enc = 1; libreswan plutodebug=base; iked -dvv), add the log of the other side, or capture packets",
            ),
            Self::Order => f.write_str("the order of what happened, for certain: the clock of the capture went back"),
        }
    }
}
