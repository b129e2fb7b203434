//! From what is remembered of an IKE SA to findings.

use super::Finding;
use super::explain;
use super::facts::{Evicted, Exchange, Flow, Packets, Sa, Surroundings};
use super::finding::{Confidence, Severity};
use super::kind::{Kind, Split};
use super::observation::IcmpError;
use crate::instant::Instant;
use crate::proposal::{Policy, Question};
use crate::registry::{ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use alloc::vec::Vec;
use core::time::Duration;

/// A request sent once is given up after so long.
const ONCE: Duration = Duration::from_secs(10);
/// One that was sent again after so long since it was first sent.
const AGAIN: Duration = Duration::from_secs(2);
/// A retry, or the next message of the initiator, comes within so long.
const NEXT: Duration = Duration::from_secs(2);
/// An IKE_AUTH request that has not come after so long does not come any more.
const NEVER: Duration = Duration::from_secs(10);
/// Repeats of a request after its answer was seen, from which on the answer is lost on the way and not just late.
const REPEATS: u32 = 2;
/// Copies of one datagram no sender makes: strongSwan sends six times, libreswan seven, and a capture may hold each twice.
const STORM: u32 = 16;
/// Transmissions that mean something even when the other side is not in the capture.
const INSISTENT: u32 = 3;

/// Findings kept of exchanges that were judged before the SA was.
const EARLY: usize = 16;

/// Limits of receivers (strongSwan: `charon.max_packet`; libreswan: MAX_IKE_FRAGMENTS; OpenIKED: IKED_FRAG_TOTAL_MAX).
const LIMITS: [(u16, usize, &str); 4] = [
    (32, usize::MAX, "the 32 fragments libreswan takes"),
    (u16::MAX, 10_000, "the 10000 octets strongSwan takes by default"),
    (111, usize::MAX, "the 111 fragments OpenIKED takes"),
    (255, usize::MAX, "the 255 fragments strongSwan takes"),
];

/// What happened to one exchange. `later`: the side that asked has gone on since.
pub(super) fn exchange(sa: &Sa, e: &Exchange, later: bool, clock: Instant, around: Option<&Surroundings>) -> Vec<Finding> {
    let mut found = Vec::new();
    let asker = e.asker;
    for (sender, flow) in [(asker, &e.request), (asker.other(), &e.response)] {
        if flow.sizes.len() > 1 {
            let kind = Kind::IpFragmentsSent { sender, exchange: e.exchange, sizes: flow.sizes.clone() };
            found.push(finding(sa, kind, Severity::Info, Confidence::High, flow.packets.clone(), flow.first));
        }
        if flow.copies >= STORM {
            let kind = Kind::RetransmissionStorm { sender, exchange: e.exchange, copies: flow.copies };
            found.push(finding(sa, kind, Severity::Warning, Confidence::High, flow.packets.clone(), flow.first));
        }
    }
    if later {
        return found;
    }
    let mut error = |kind, confidence, packets: Packets, first| found.push(finding(sa, kind, Severity::Error, confidence, packets, first));
    let waited = clock - e.began();
    let Some(answered) = e.response.whole else {
        let patient = waited >= ONCE || waited >= AGAIN && e.request.sent.max(e.response.sent) >= 2;
        let one_sided = sa.seen.0 == 0 || sa.seen.1 == 0 && (sa.spis.responder != 0 || sa.unheard > 0);
        // Who deletes an SA may find that the other side has forgotten it already.
        let farewell = e.request.inside == Some(PayloadType::D);
        // A capture filter by port lets the first of all IP fragments through and no other: who has an answer does not ask again.
        let filtered = e.response.lost.is_some() && e.request.sent <= 1;
        if !patient || farewell || filtered || one_sided && e.request.sent < INSISTENT {
            return found;
        }
        let mut causes = causes(sa, e, asker, around);
        if causes.is_empty() && e.request.is_seen() {
            causes.extend(refused_by_limit(e).or_else(|| no_way(sa, e, around)));
        }
        let blocked = causes.iter().any(|(kind, _, _)| matches!(kind, Kind::PortBlocked { port, told: false } if *port != sa.init.port));
        for (kind, confidence, packets) in causes {
            error(kind, confidence, packets, Some(e.began()));
        }
        if e.request.is_seen() {
            let eap = e.request.inside == Some(PayloadType::EAP);
            let kind = Kind::RequestUnanswered {
                sender: asker,
                exchange: e.exchange,
                message_id: e.message_id,
                transmissions: e.request.sent,
                largest: e.request.largest,
                port: e.request.port,
                eap,
            };
            let confidence = if e.request.sent >= 2 { Confidence::High } else { Confidence::Medium };
            error(kind, confidence, e.request.packets.clone(), e.request.first);
        }
        if blocked && sa.init.asked {
            let kind = Kind::SpiUnknownOnNatPort { split: Split::Possible };
            found.push(finding(sa, kind, Severity::Info, Confidence::Low, e.request.packets.clone(), e.request.first));
        }
        return found;
    };
    // The answer is there, and the question comes again and again.
    let insistent = e.repeats >= REPEATS && clock - answered >= NEXT;
    let unasked = !e.request.is_seen() && e.response.sent >= INSISTENT;
    if insistent || unasked {
        if e.response.sizes.len() > 1 {
            error(ip_lost(asker.other(), e, &e.response), Confidence::Medium, e.packets(), e.response.first);
        }
        let repeats = e.repeats.max(e.response.sent.saturating_sub(1));
        let kind = Kind::ResponseNotReceived { asker, exchange: e.exchange, repeats, largest: e.response.largest };
        error(kind, Confidence::Medium, e.packets(), e.response.first);
    }
    found
}

/// Judges an exchange that is watched no longer; what is found waits for the end of the IKE SA.
pub(super) fn evicted(sa: &mut Sa, evicted: Option<Evicted>) {
    let Some(Evicted { exchange: old, later }) = evicted else { return };
    let found = exchange(sa, &old, later, sa.last, None);
    let room = EARLY.saturating_sub(sa.early.len());
    sa.early.extend(found.into_iter().take(room));
}

type Cause = (Kind, Confidence, Packets);

/// What is missing of request or response.
fn causes(sa: &Sa, e: &Exchange, asker: Role, around: Option<&Surroundings>) -> Vec<Cause> {
    let mut causes = Vec::new();
    for (sender, flow) in [(asker, &e.request), (asker.other(), &e.response)] {
        let told = around.is_some_and(|around| around.icmp(sa.responder, flow.port).any(|error| error == IcmpError::ReassemblyTimeout));
        if let Some(lost) = flow.lost.filter(|_| flow.whole.is_none()) {
            let (arrived, exchange) = (Some(lost.arrived), Some(e.exchange));
            let kind = Kind::IpFragmentLost { sender, exchange, transmissions: flow.sent, arrived, total: lost.total };
            causes.push((kind, Confidence::High, flow.packets.clone()));
        } else if let Some(set) = flow.set.as_ref().filter(|_| flow.whole.is_none()) {
            let (exchange, message_id) = (e.exchange, e.message_id);
            let kind = Kind::IncompleteFragmentSet {
                sender,
                exchange,
                message_id,
                total: set.total,
                missing: set.missing(),
                largest: flow.largest,
            };
            causes.push((kind, Confidence::High, flow.packets.clone()));
        } else if flow.whole.is_some() && flow.sizes.len() > 1 && sender == asker && !e.response.is_seen() {
            let confidence = if told { Confidence::High } else { Confidence::Medium };
            causes.push((ip_lost(sender, e, flow), confidence, flow.packets.clone()));
        }
    }
    causes
}

fn ip_lost(sender: Role, e: &Exchange, flow: &Flow) -> Kind {
    let total = u64::try_from(flow.sizes.iter().sum::<usize>()).ok();
    Kind::IpFragmentLost { sender, exchange: Some(e.exchange), transmissions: flow.sent, arrived: None, total }
}

fn refused_by_limit(e: &Exchange) -> Option<Cause> {
    let set = e.request.set.as_ref().filter(|_| e.request.whole.is_some())?;
    let limits: Vec<_> =
        LIMITS.iter().filter(|(fragments, octets, _)| set.total > *fragments || set.octets > *octets).map(|(_, _, name)| *name).collect();
    if limits.is_empty() {
        return None;
    }
    let kind = Kind::FragmentsRefusedByLimit { exchange: e.exchange, fragments: set.total, octets: set.octets, limits };
    Some((kind, Confidence::Medium, e.request.packets.clone()))
}

/// Why a request that is whole gets no answer: the port, or the server behind it.
fn no_way(sa: &Sa, e: &Exchange, around: Option<&Surroundings>) -> Option<Cause> {
    let port = e.request.port;
    let around = around?;
    let packets = || e.request.packets.clone();
    let told = around
        .icmp(sa.responder, port)
        .any(|error| matches!(error, IcmpError::PortUnreachable | IcmpError::Prohibited | IcmpError::Unreachable));
    if told {
        return Some((Kind::PortBlocked { port, told }, Confidence::High, packets()));
    }
    if e.exchange == ExchangeType::IKE_SA_INIT {
        return (!around.heard(sa.responder, port)).then(|| (Kind::PortBlocked { port, told }, Confidence::Medium, packets()));
    }
    let first = e.asker.is_initiator() && e.message_id == 1;
    if !first {
        return None;
    }
    if let Some((spi, _)) = &sa.unknown_spi {
        return Some((Kind::SpiUnknownOnNatPort { split: Split::Told }, Confidence::High, packets().join(spi)));
    }
    let elsewhere = sa.later_hosts.iter().any(|host| !sa.init_hosts.contains(host));
    if sa.init.asked && elsewhere {
        return Some((Kind::SpiUnknownOnNatPort { split: Split::Seen }, Confidence::High, sa.init.packets.join(&packets())));
    }
    if !sa.init.asked {
        // The beginning was seen nowhere, and the one who should know it is silent.
        return (sa.seen.1 == 0).then(|| (Kind::SpiUnknownOnNatPort { split: Split::Seen }, Confidence::Medium, packets()));
    }
    if port == sa.init.port {
        return None;
    }
    Some(if around.heard(sa.responder, port) {
        (Kind::SpiUnknownOnNatPort { split: Split::Seen }, Confidence::Medium, packets())
    } else {
        (Kind::PortBlocked { port, told: false }, Confidence::Medium, packets())
    })
}

/// Everything about an IKE SA of which nothing more will be seen.
pub(super) fn sa(sa: &mut Sa, clock: Instant, around: &Surroundings, policy: Option<&Policy>) -> Vec<Finding> {
    let eap_failed = sa.auth.conclude(sa.seen.0 == 0);
    let mut found = core::mem::take(&mut sa.early);
    let mut unheard = sa.unheard;
    for e in &sa.exchanges {
        let later = sa.is_past(e);
        if later && !e.response.is_seen() && e.exchange != ExchangeType::IKE_SA_INIT {
            unheard = unheard.saturating_add(1);
        }
        let refused = e.exchange == ExchangeType::IKE_SA_INIT && sa.init.refusal.is_some();
        if !refused {
            found.extend(exchange(sa, e, later, clock, Some(around)));
        }
    }
    let found_spi = found.iter().any(|f| matches!(f.kind, Kind::SpiUnknownOnNatPort { .. }));
    let mut add =
        |kind, severity, confidence, packets: Packets, time| found.push(finding(sa, kind, severity, confidence, packets, Some(time)));
    init(sa, clock, policy, &mut add);
    auth(sa, clock, policy, eap_failed, &mut add);
    if let Some((packets, time)) = sa.unknown_spi.as_ref().filter(|(_, time)| sa.last <= *time && sa.auth.done.is_some()) {
        add(Kind::SpiUnknown, Severity::Error, Confidence::Medium, packets.clone(), *time);
    }
    if let Some((packets, time)) = sa.unknown_spi.as_ref().filter(|_| sa.auth.started && sa.auth.done.is_none() && !found_spi) {
        add(Kind::SpiUnknownOnNatPort { split: Split::Told }, Severity::Error, Confidence::High, packets.clone(), *time);
    }
    if let Some((exchange, notify, packets, time)) = sa.clear_error.as_ref().filter(|_| sa.auth.done.is_none()) {
        add(Kind::ErrorInClear { exchange: *exchange, notify: *notify }, Severity::Error, Confidence::Medium, packets.clone(), *time);
    }
    fragmentation(sa, &mut found);
    context(sa, clock, unheard, around, &mut found);
    found
}

fn init(sa: &Sa, clock: Instant, policy: Option<&Policy>, add: &mut impl FnMut(Kind, Severity, Confidence, Packets, Instant)) {
    let init = &sa.init;
    let goes_on = init.answered.is_some() || sa.auth.started;
    for (side, seen) in [(Role::Initiator, init.nat.0), (Role::Responder, init.nat.1)] {
        if seen {
            add(Kind::NatDetected { side }, Severity::Info, Confidence::Medium, init.packets.clone(), sa.first);
        }
    }
    let (rounds, packets) = &init.cookies;
    if *rounds > 0 {
        if *rounds >= 4 && !goes_on {
            add(Kind::CookieLoop { rounds: *rounds }, Severity::Error, Confidence::Medium, packets.clone(), sa.first);
        } else {
            add(Kind::CookieChallenge, Severity::Info, Confidence::High, packets.clone(), sa.first);
        }
    }
    if let (rounds @ 1.., packets, Some(wanted)) = &init.invalid_ke {
        let offered = init.offers(*wanted);
        // Nothing is tried again where a retry would have come by now.
        let given_up = init.asked && !init.tried_again && clock - sa.last >= NEXT;
        if !goes_on && (*rounds >= 2 && init.loops || *rounds >= 3 || !offered || given_up) {
            let kind = Kind::InvalidKeLoop { wanted: *wanted, rounds: *rounds, offered };
            add(kind, Severity::Error, Confidence::High, init.packets.join(packets), sa.first);
        } else {
            add(Kind::InvalidKeRetry { wanted: *wanted }, Severity::Info, Confidence::High, packets.clone(), sa.first);
        }
    }
    // Anybody could have sent the refusal: it counts if nothing came of the request in spite of it.
    if let Some((ty, packets)) = init.refusal.as_ref().filter(|_| !goes_on) {
        let kind = if *ty == NotifyType::NO_PROPOSAL_CHOSEN {
            explain::refusal(ExchangeType::IKE_SA_INIT, &init.offer, init.ke, policy, Question::Ike)
        } else {
            Kind::ErrorInClear { exchange: ExchangeType::IKE_SA_INIT, notify: *ty }
        };
        add(kind, Severity::Error, Confidence::High, init.packets.join(packets), sa.first);
    }
}

fn auth(
    sa: &Sa,
    clock: Instant,
    policy: Option<&Policy>,
    eap_failed: Option<(Packets, bool)>,
    add: &mut impl FnMut(Kind, Severity, Confidence, Packets, Instant),
) {
    let auth = &sa.auth;
    let sure = |sure: bool| if sure { Confidence::High } else { Confidence::Medium };
    if let Some((packets, known)) = eap_failed {
        add(Kind::EapFailed { largest: auth.eap_largest }, Severity::Error, sure(known), packets, sa.last);
    }
    if let Some(refused) = &auth.refused {
        let certificates = auth.certificates.or(sa.init.certreq.then_some(true));
        let kind = Kind::AuthenticationFailed { by: refused.by, notify: refused.notify, certificates, status: auth.status };
        add(kind, Severity::Error, sure(refused.sure), refused.packets.clone(), sa.last);
    }
    if let Some(child) = &auth.child_refused {
        let kind = Kind::ChildSaRefused { exchange: child.exchange, notify: child.notify };
        add(kind, Severity::Error, sure(child.sure), child.packets.clone(), sa.last);
        if child.notify == Some(NotifyType::NO_PROPOSAL_CHOSEN) {
            let question = if child.exchange == ExchangeType::IKE_AUTH { Question::AuthChild } else { Question::Child };
            let kind = explain::refusal(child.exchange, &auth.child_offer, None, policy, question);
            add(kind, Severity::Error, sure(child.sure), child.packets.clone(), sa.last);
        }
    }
    // The responder's view of a request that is lost before it gets here.
    let init = &sa.init;
    let silent = init.answered.is_some_and(|answered| clock - answered >= NEVER);
    let nothing = sa.exchanges.iter().all(|e| e.exchange == ExchangeType::IKE_SA_INIT && e.request.sent <= 1);
    if silent && nothing && init.asked && init.looks_for_nat && sa.unheard == 0 {
        add(Kind::AuthNeverSeen, Severity::Error, Confidence::Medium, init.packets.clone(), sa.first);
    }
}

/// Fragmentation that is missing explains a loss, and else is worth a word.
fn fragmentation(sa: &Sa, found: &mut Vec<Finding>) {
    let silent = sa.init.silent_on_fragmentation().is_some();
    if !sa.init.asked || sa.init.answered.is_none() || silent && sa.init.cut {
        return;
    }
    let (time, packets) = (Some(sa.first), sa.init.packets.clone());
    let kind = match sa.init.silent_on_fragmentation() {
        None => Kind::FragmentationNegotiated,
        Some(side) => Kind::FragmentationNotOffered { side },
    };
    let lost = found.iter().any(|f| matches!(f.kind, Kind::IpFragmentLost { .. }));
    let severity = if lost && kind != Kind::FragmentationNegotiated { Severity::Error } else { Severity::Info };
    found.push(finding(sa, kind, severity, Confidence::High, packets, time));
}

fn context(sa: &Sa, clock: Instant, unheard: u32, around: &Surroundings, found: &mut Vec<Finding>) {
    let all = || sa.exchanges.front().map(Exchange::packets).unwrap_or_default();
    if !sa.init.asked && sa.init.answered.is_none() {
        let rekeyed = !sa.auth.started && around.rekeyed(sa.initiator, sa.responder, sa.first);
        let kind = if rekeyed { Kind::FollowsRekey } else { Kind::CaptureStartsMidway };
        found.push(finding(sa, kind, Severity::Info, Confidence::High, all(), Some(sa.first)));
    }
    let only = match sa.seen {
        (0, 1..) => Some(Role::Responder),
        (1.., 0) if unheard > 0 || sa.init.asked && sa.spis.responder != 0 => Some(Role::Initiator),
        _ => None,
    };
    if let Some(seen) = only {
        found.push(finding(sa, Kind::OneSidedCapture { seen }, Severity::Info, Confidence::High, all(), Some(sa.first)));
    }
    // One that tried again with another SPI and came through has nothing to complain about.
    if around.went_on(sa.initiator, sa.responder) {
        for f in found.iter_mut() {
            if f.kind == Kind::AuthNeverSeen {
                f.severity = Severity::Info;
            } else if let Kind::InvalidKeLoop { wanted, rounds: 1, offered: true } = f.kind {
                // OpenIKED obeys INVALID_KE_PAYLOAD with an IKE SA of its own.
                f.kind = Kind::InvalidKeRetry { wanted };
                f.severity = Severity::Info;
            }
        }
    }
    let error = found.iter().any(|f| f.severity == Severity::Error);
    if !error && sa.init.answered.is_some() {
        let whole = sa.exchanges.iter().all(|e| sa.is_past(e) || e.response.whole.is_some() || !e.request.is_seen());
        let done = sa.auth.done.is_some() && (whole || sa.auth.deleted);
        let kind = if done { Kind::Clean } else { Kind::Unfinished };
        let time = if done { sa.auth.done } else { Some(clock) };
        found.push(finding(sa, kind, Severity::Info, Confidence::Medium, all(), time));
    }
}

fn finding(sa: &Sa, kind: Kind, severity: Severity, confidence: Confidence, packets: Packets, time: Option<Instant>) -> Finding {
    let time = time.unwrap_or(sa.first);
    Finding { kind, severity, confidence, sa: sa.spis, packets: packets.into_vec(), time, windows: sa.init.windows }
}
