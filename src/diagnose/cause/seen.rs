//! What a cause may look at.

use super::row::{Placed, Row};
use crate::diagnose::facts::{Client, Exchange, Icmp, Sa, Scope, Surroundings, Way, begins};
use crate::diagnose::observation::IcmpError;
use crate::diagnose::severity::Severity;
use crate::diagnose::visibility::Visibility;
use crate::instant::Instant;
use crate::proposal::Policy;
use crate::registry::PayloadType;
use alloc::vec::Vec;
use core::net::IpAddr;

/// An exchange of which nothing more will be seen.
#[derive(Clone, Copy)]
pub(in crate::diagnose) struct Closed<'a> {
    pub(in crate::diagnose) exchange: &'a Exchange,
    /// The side that asked has gone on since: it has had its answer, whether that was seen or not.
    pub(in crate::diagnose) later: bool,
}

/// How far the IKE SA is.
#[derive(Clone, Copy)]
enum Phase<'a> {
    /// It goes on: exchanges that are watched no longer are judged.
    Open,
    /// Nothing more will be seen of it: what lies around it counts, and what the responder allows, if that is known.
    Over { surroundings: &'a Surroundings, policy: Option<&'a Policy> },
}

/// One IKE SA while it is judged.
pub(in crate::diagnose) struct Seen<'a> {
    pub(super) sa: &'a Sa,
    pub(in crate::diagnose) visible: Visibility<'a>,
    phase: Phase<'a>,
    /// The time until which it was watched.
    pub(super) clock: Instant,
    pub(super) exchanges: Vec<Closed<'a>>,
    /// What was found before.
    so_far: Vec<(Row, Severity)>,
}

impl<'a> Seen<'a> {
    /// An exchange that is watched no longer, while its IKE SA goes on.
    pub(in crate::diagnose) fn exchange(sa: &'a Sa, closed: Closed<'a>) -> Self {
        let clock = sa.last;
        let visible = Visibility::of(sa, clock, Scope { port_500: true, port_4500: true, ..Scope::default() }, false);
        Self { sa, visible, phase: Phase::Open, clock, exchanges: [closed].into(), so_far: Vec::new() }
    }

    /// An IKE SA of which nothing more will be seen.
    pub(in crate::diagnose) fn whole(
        sa: &'a Sa,
        clock: Instant,
        surroundings: &'a Surroundings,
        policy: Option<&'a Policy>,
        so_far: Vec<(Row, Severity)>,
    ) -> Self {
        let visible = Visibility::of(sa, clock, surroundings.scope, surroundings.is_hidden(sa.responder));
        // A refusal of IKE_SA_INIT explains all there is to explain about it.
        let open = sa.exchanges.iter().filter(|e| !sa.init.refuses(e.exchange));
        let exchanges = open.map(|exchange| Closed { exchange, later: sa.is_past(exchange) }).collect();
        Self { sa, visible, phase: Phase::Over { surroundings, policy }, clock, exchanges, so_far }
    }

    /// Whether nothing more will be seen of the IKE SA.
    pub(super) const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over { .. })
    }

    /// What is known beside the IKE SA, once that is over.
    pub(super) const fn surroundings(&self) -> Option<&'a Surroundings> {
        match self.phase {
            Phase::Over { surroundings, .. } => Some(surroundings),
            Phase::Open => None,
        }
    }

    /// What the responder allows, if that is known, once the IKE SA is over.
    pub(super) const fn policy(&self) -> Option<&'a Policy> {
        match self.phase {
            Phase::Over { policy, .. } => policy,
            Phase::Open => None,
        }
    }

    /// The exchange, if it is one whose request got no answer where there should be one.
    pub(super) fn unanswered(&self, closed: Closed<'a>) -> Option<&'a Exchange> {
        let e = closed.exchange;
        // Who deletes an SA may find that the other side has forgotten it already.
        let deletes = e.request.inside == Some(PayloadType::D);
        (!closed.later && e.response.whole.is_none() && !deletes && self.visible.silence(e)).then_some(e)
    }

    /// The same, if all that was sent of it went by, so that the missing answer has another reason than a loss before this point.
    pub(super) fn ignored(&self, closed: Closed<'a>) -> Option<&'a Exchange> {
        self.unanswered(closed).filter(|e| e.is_complete())
    }

    /// The exchange, if its answer was seen and does not reach the one who asked.
    pub(super) fn unheard(&self, closed: Closed<'a>) -> Option<&'a Exchange> {
        (!closed.later && self.visible.is_unheard(closed.exchange)).then_some(closed.exchange)
    }

    /// Whether IKE_AUTH was seen between the two, in this IKE SA or another one.
    pub(super) fn saw_ike_auth(&self) -> bool {
        self.surroundings().is_some_and(|surroundings| surroundings.saw_ike_auth(self.sa.initiator, self.sa.responder))
    }

    /// Whether the same client came up soon after this IKE SA had stopped: that takes back what was seen of its silence.
    pub(super) fn came_up_after(&self) -> bool {
        self.came_up_at(self.sa.responder, self.sa.last)
    }

    /// The same with a responder, after some time.
    pub(super) fn came_up_at(&self, responder: IpAddr, after: Instant) -> bool {
        let (sa, init) = (self.sa, &self.sa.init);
        // Who looks for no translator, or finds none, is known by its address.
        let translated = (init.looks_for_nat || init.cut) && init.hashes.request_source != Some(true) || self.visible.starts_midway();
        let client = Client { end: sa.began_at.unwrap_or(sa.ends.initiator), translated };
        self.surroundings().is_some_and(|surroundings| surroundings.came_up_after(sa.number, client, responder, sa.first, after))
    }

    /// Whether the same client began another IKE SA with the same responder after this one, and when no answer to it could be under way.
    pub(super) fn began_anew(&self) -> bool {
        let sa = self.sa;
        self.surroundings().is_some_and(|surroundings| surroundings.began_after(sa.number, sa.initiator, sa.responder, sa.last))
    }

    /// Whether the same client began another IKE SA with the same responder after this one.
    pub(super) fn tries_again(&self) -> bool {
        let sa = self.sa;
        self.surroundings().is_some_and(|surroundings| surroundings.began_at_or_after(sa.number, sa.initiator, sa.responder, sa.last))
    }

    /// When the initiator last sent something, if an error was found above.
    pub(super) fn failed_until(&self) -> Option<Instant> {
        let by_initiator = |e: &Exchange| if e.asker.is_initiator() { e.request.last } else { e.response.last };
        let last = self.sa.exchanges.iter().map(by_initiator).max();
        self.has_error().then(|| last.unwrap_or(self.sa.last))
    }

    /// Whether IKE_SA_INIT went well, and nothing followed it where something should have been seen: on a port that can be seen, or before the
    /// same client began anew.
    pub(super) fn stops_after_init(&self) -> bool {
        let told = &self.sa.told;
        if (told.stopped.is_some() || told.nothing_followed.is_some()) && !self.sa.auth.started && self.sa.init.answered.is_some() {
            return true;
        }
        let visible = self.visible.sees_next_port() || self.began_anew();
        self.visible.ends_after_init(self.began_anew()) && visible && self.sa.init.looks_for_nat
    }

    /// Whether it is no more than one IKE_SA_INIT exchange, after which the same address came up at once: somebody asked and left it at that.
    pub(super) fn is_probe(&self) -> bool {
        let sa = self.sa;
        let once = sa.exchanges.iter().all(|e| begins(e.exchange) && e.request.sent <= 1 && e.response.whole.is_some());
        let beside = |surroundings: &Surroundings| surroundings.came_up_beside(sa.number, sa.initiator, sa.responder, sa.last);
        once && sa.exchanges.len() == 1 && self.surroundings().is_some_and(beside)
    }

    /// ICMP errors about what went one way.
    pub(super) fn icmp(&self, way: Way) -> impl Iterator<Item = &'a Icmp> {
        self.surroundings().into_iter().flat_map(move |surroundings| surroundings.icmp(way.src, way.dst))
    }

    /// ICMP errors about the request of an exchange.
    pub(super) fn icmp_about(&self, e: &'a Exchange) -> impl Iterator<Item = &'a Icmp> {
        e.request.ways.iter().flat_map(|way| self.icmp(*way))
    }

    /// An ICMP error that says that the request of an exchange cannot reach the port it was sent to.
    pub(super) fn refused_on_the_way(&self, e: &'a Exchange) -> Option<&'a Icmp> {
        let refuses = |icmp: &&Icmp| {
            use IcmpError::{PortUnreachable, Prohibited, ProtocolUnreachable, TimeExceeded, Unreachable};
            let error = icmp.report.error;
            !icmp.report.esp && matches!(error, PortUnreachable | Prohibited | Unreachable | ProtocolUnreachable | TimeExceeded)
        };
        self.icmp_about(e).find(refuses)
    }

    /// Whether the cause `Other` was found, asked by the cause `Asker`: of one that stands below it does not compile. A cause may ask for
    /// itself in the IKE SA, once the exchanges are judged.
    pub(super) fn has<Asker: Placed, Other: Placed>(&self) -> bool {
        const { assert!(Other::ROW.is_judged_before(Asker::ROW), "what stands below in the table is not judged yet") };
        self.so_far.iter().any(|(found, _)| *found == Other::ROW)
    }

    /// Whether any of those above in the table is an error.
    pub(super) fn has_error(&self) -> bool {
        self.so_far.iter().any(|(_, severity)| *severity == Severity::Error)
    }

    pub(super) fn note<C: Placed>(&mut self, severity: Severity) {
        self.so_far.push((C::ROW, severity));
    }
}
