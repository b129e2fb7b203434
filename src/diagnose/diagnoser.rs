//! From observations to findings: which IKE SA something belongs to, and when it is judged.

use super::capabilities::Capabilities;
use super::cause::{self, Whole};
use super::facts::{self, Repeat, Sa, Sides, Surroundings, Taken};
use super::finding::Finding;
use super::meant::meant_by_events;
use super::observation::{Decrypted, Observation, Observed};
use super::severity::Severity;
use super::track::Track;
use super::verdict::{Tally, Verdict};
use super::visibility::{self, Vantage, Visibility};
use crate::error::{ParseError, ParseErrorKind};
use crate::fragment::Overhead;
use crate::instant::Instant;
use crate::proposal::Policy;
use crate::registry::{ExchangeType, PayloadType};
use crate::role::Role;
use crate::wire::{Header, IkeSpis, LenientMessage, Message};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

/// What a diagnosis may hold at one time.
///
/// An IKE SA takes at most about 100 KiB, and that only for sixteen exchanges of a thousand fragments each way; one that comes up
/// in the usual way takes about 4 KiB. A finding takes at most about 20 KiB, for a refused offer of hundreds of transforms, mostly
/// less than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchLimits {
    /// IKE SAs watched; when there are more, the one that was silent longest is judged and forgotten.
    pub ike_sas: usize,
    /// Findings that nobody has taken; when there are more, the oldest that is not an error is dropped, else the oldest.
    pub findings: usize,
}

impl Default for WatchLimits {
    /// 4096 IKE SAs, 65536 findings.
    fn default() -> Self {
        Self { ike_sas: 4096, findings: 65536 }
    }
}

/// Which IKE SA an observation belongs to, and whether it was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribution {
    /// The number of the IKE SA, counted from 1 in the order of appearance.
    pub sa_number: u64,
    /// Its SPIs, as far as they are known now.
    pub spis: IkeSpis,
    /// Who sent it.
    pub sender: Role,
    /// The same datagram was seen before.
    pub again: bool,
    /// It was seen in the same moment: the capture, or a machine on the way, made a copy of the packet, and nobody sent it again.
    pub copy: bool,
}

/// Watches IKE SAs and tells what is wrong with them. Work is linear in what is observed, but for a logarithm of [`WatchLimits::ike_sas`], and
/// for each IKE SA that stopped a look at the IKE SAs that came up, of which a bounded number is remembered.
pub struct Diagnoser {
    limits: WatchLimits,
    tools: Capabilities,
    policy: Option<Policy>,
    sas: BTreeMap<u64, Track>,
    /// When an IKE SA was seen last, in observations, and its number.
    order: BTreeSet<(u64, u64)>,
    touched: BTreeMap<u64, u64>,
    by_pair: BTreeMap<IkeSpis, u64>,
    /// By the initiator's SPI alone: the latest.
    by_spi_i: BTreeMap<u64, u64>,
    surroundings: Surroundings,
    clock: Instant,
    count: u64,
    observed: u64,
    found: VecDeque<Finding>,
    tally: Tally,
}

impl core::fmt::Debug for Diagnoser {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Diagnoser").field("ike_sas", &self.sas.len()).field("findings", &self.found.len()).finish_non_exhaustive()
    }
}

impl Diagnoser {
    /// A diagnosis that has seen nothing. `policy` is what the responder allows, if that is known: refusals are explained by it.
    #[must_use]
    pub fn new(limits: WatchLimits, tools: Capabilities, policy: Option<Policy>) -> Self {
        Self {
            limits,
            tools,
            policy,
            sas: BTreeMap::new(),
            order: BTreeSet::new(),
            touched: BTreeMap::new(),
            by_pair: BTreeMap::new(),
            by_spi_i: BTreeMap::new(),
            surroundings: Surroundings::default(),
            clock: Instant::START,
            count: 0,
            observed: 0,
            found: VecDeque::new(),
            tally: Tally::default(),
        }
    }

    /// Takes the next observation; tells which IKE SA it belongs to, if it belongs to one.
    pub fn observe(&mut self, seen: &Observation<'_>) -> Option<Attribution> {
        self.clock = self.clock.max(seen.time);
        self.observed = self.observed.saturating_add(1);
        self.surroundings.scope.see(seen);
        match seen.observed {
            Observed::Message { octets, fragments, decrypted } => {
                self.surroundings.note_sender(seen.src);
                let message = match Message::parse_lenient(octets) {
                    Ok(message) => message,
                    Err(fault) => {
                        self.beheaded(seen, octets, fault);
                        return None;
                    }
                };
                if message.version().0 == 1 {
                    self.surroundings.ikev1.see(seen, &message);
                    return None;
                }
                if !message.received().is_ikev2() {
                    return None;
                }
                if message.header().spis.initiator == 0 {
                    self.tally.stray();
                    return None;
                }
                self.surroundings.note_ikev2(seen.src.ip(), seen.dst.ip());
                Some(self.message(seen, &message, fragments, decrypted))
            }
            Observed::IpFragments { head, arrived, total } => self.fragments(seen, head, arrived, total),
            Observed::Esp(spi) => {
                self.surroundings.note_sender(seen.src);
                self.surroundings.note_esp(seen, spi);
                None
            }
            Observed::Keepalive => {
                self.surroundings.note_sender(seen.src);
                None
            }
            Observed::Icmp(report) => {
                self.surroundings.note_icmp(seen, report);
                None
            }
            Observed::TlsConnect => {
                self.surroundings.note_tls(seen);
                None
            }
            Observed::Said { spis, said } => {
                let known = self.by_pair.get(&spis).or_else(|| self.by_spi_i.get(&spis.initiator)).copied();
                if let Some(track) = known.and_then(|number| self.sas.get_mut(&number)) {
                    track.sa.said(seen, said);
                }
                None
            }
            Observed::WindowsEvent(event) => {
                self.surroundings.windows.see(seen, event);
                None
            }
            Observed::LaterFragment | Observed::Other | Observed::Cut(_) | Observed::ClockBack => None,
        }
    }

    /// Takes a message that the capture cut off before the end of its header, or of which the header breaks the rules: as much of it as tells
    /// which IKE SA it belongs to.
    fn beheaded(&mut self, seen: &Observation<'_>, octets: &[u8], fault: ParseError) {
        let [i0, i1, i2, i3, i4, i5, i6, i7, r0, r1, r2, r3, r4, r5, r6, r7, _, VERSION_2, exchange, ..] = *octets else { return };
        let initiator = u64::from_be_bytes([i0, i1, i2, i3, i4, i5, i6, i7]);
        let responder = u64::from_be_bytes([r0, r1, r2, r3, r4, r5, r6, r7]);
        let number = self.by_pair.get(&IkeSpis { initiator, responder }).or_else(|| self.by_spi_i.get(&initiator));
        let track = number.and_then(|number| self.sas.get_mut(number));
        // A length below that of the header was sent so: no capture cuts that off.
        if matches!(fault.kind, ParseErrorKind::LengthTooSmall { .. }) {
            if let Some(track) = track.filter(|track| facts::begins(ExchangeType(exchange)) && track.sa.responder == seen.src.ip()) {
                track.sa.init.unreadable(seen, fault);
            }
            return;
        }
        let scope = &mut self.surroundings.scope;
        scope.beheaded = scope.beheaded.saturating_add(1);
        if let Some(track) = track {
            track.sa.beheaded = track.sa.beheaded.saturating_add(1);
        } else {
            self.tally.stray();
        }
    }

    /// No filter by port hides anything: said by who sees all datagrams of a host, as an endpoint does that is watched. What was not seen on
    /// port 4500 was not there then.
    pub const fn see_all_ports(&mut self) {
        self.surroundings.scope.others = true;
    }

    /// The end of the capture: nothing happened until `time`.
    pub fn advance(&mut self, time: Instant) {
        self.clock = self.clock.max(time);
    }

    /// The findings of IKE SAs that were judged so far, oldest first.
    pub fn drain(&mut self) -> impl Iterator<Item = Finding> + '_ {
        self.found.drain(..)
    }

    /// Judges every IKE SA that is left. Its findings come with those nobody has taken, oldest first.
    pub fn finish(mut self) -> (Vec<Finding>, Verdict) {
        let successes: Vec<_> = self.sas.values().filter_map(|track| track.success(self.clock, &self.surroundings)).collect();
        successes.into_iter().for_each(|success| self.surroundings.note_success(success));
        let moves: Vec<_> = self.sas.values().filter_map(Track::moved).collect();
        moves.into_iter().for_each(|moved| self.surroundings.note_moved(moved));
        let numbers: Vec<_> = self.sas.keys().copied().collect();
        for number in numbers {
            self.close(number);
        }
        let whole = Whole { surroundings: &self.surroundings, ike_sas: self.count };
        for (place, found) in cause::in_capture(&whole).into_iter().chain(meant_by_events(&whole)) {
            let finding = Finding::new(found, place.spis, false);
            self.tally.of_capture(&finding, place.client);
            self.keep(finding);
        }
        let not_seen = visibility::of_capture(&self.surroundings.scope);
        (self.found.into(), self.tally.verdict(self.count, not_seen))
    }

    fn message(
        &mut self,
        seen: &Observation<'_>,
        message: &LenientMessage<'_>,
        fragments: &[usize],
        decrypted: Option<Decrypted<'_>>,
    ) -> Attribution {
        let header = message.header();
        let number = self.find(seen, message).unwrap_or_else(|| self.begin(header));
        self.touch(number);
        let track = self.sas.entry(number).or_insert_with(|| begun(number, seen, header));
        let Taken { repeat, evicted } = track.sa.message(seen, message, fragments, decrypted, &self.tools);
        track.evicted(evicted);
        let sa = &mut track.sa;
        // Once, and by a message that can only come from who has chosen it, or from who was told: the index stays as small as the SAs are many.
        let chosen = !facts::begins(header.exchange) || header.response && facts::accepts(message);
        if header.spis.responder != 0 && chosen && sa.spis.responder == 0 {
            sa.spis.responder = header.spis.responder;
            self.by_pair.insert(header.spis, number);
        }
        let (from, to) = (seen.src.ip(), seen.dst.ip());
        match (header.exchange, header.response, message.first_payload()) {
            (ExchangeType::IKE_SA_INIT, true, _) => self.surroundings.note_init_answer(from, to, seen.time),
            (_, _, PayloadType::SK | PayloadType::SKF) => self.surroundings.note_protected(seen.src, seen.dst, seen.time),
            _ => {}
        }
        match header.exchange {
            ExchangeType::IKE_SA_INIT if !header.response => self.surroundings.note_begun(number, sa.initiator, sa.responder, seen.time),
            ExchangeType::IKE_AUTH => {
                self.surroundings.scope.auth_on_500 |= seen.dst.port() == IKE || seen.src.port() == IKE;
                self.surroundings.note_ike_auth(sa.initiator, sa.responder);
            }
            ExchangeType::CREATE_CHILD_SA => self.surroundings.note_create_child_sa(number, sa.initiator, sa.responder, seen.time),
            _ => {}
        }
        // Who answered is where IKE_SA_INIT went, and not another server to which the port may lead.
        let known = sa.init_hosts.is_empty() || sa.init_hosts.contains(&sa.responder);
        if known && (header.spis.responder != 0 || sa.init.was_told) {
            self.surroundings.note_answers(sa.responder);
        }
        let sender = header.sender();
        let (again, copy) = (repeat != Repeat::No, repeat == Repeat::Copy);
        Attribution { sa_number: number, spis: sa.spis, sender, again, copy }
    }

    /// The IKE SA of a message.
    fn find(&self, seen: &Observation<'_>, message: &LenientMessage<'_>) -> Option<u64> {
        let header = message.header();
        let is_init = facts::begins(header.exchange);
        if let Some(number) = self.by_pair.get(&header.spis).filter(|_| header.spis.responder != 0) {
            return Some(*number);
        }
        let number = *self.by_spi_i.get(&header.spis.initiator)?;
        let sa = &self.sas.get(&number)?.sa;
        let (initiator, responder) = initiator_and_responder(seen, header);
        let same = sa.initiator == initiator && sa.responder == responder;
        let fits = match (is_init, header.response) {
            // The same request again, perhaps with another address behind a translator; else another try of the same attempt.
            (true, false) => {
                let open = sa.init.answered.is_none() || !sa.init.asked;
                sa.init_print() == Some(facts::print(message.as_octets())) || same && open
            }
            (true, true) => {
                let open = sa.spis.responder == 0 || sa.spis.responder == header.spis.responder;
                open && (same || sa.init.asked) || same && sa.init.answered.is_none()
            }
            // The answer to IKE_SA_INIT may be missing.
            (false, _) => sa.spis.responder == 0 || header.spis.responder == 0 && same,
        };
        fits.then_some(number)
    }

    /// The number of a new IKE SA, for which there is room then.
    fn begin(&mut self, header: &Header) -> u64 {
        while self.sas.len() >= self.limits.ike_sas.max(1) {
            let Some((_, oldest)) = self.order.first().copied() else { break };
            self.tally.close_early();
            let success = self.sas.get(&oldest).and_then(|track| track.success(self.clock, &self.surroundings));
            success.into_iter().for_each(|success| self.surroundings.note_success(success));
            let moved = self.sas.get(&oldest).and_then(Track::moved);
            moved.into_iter().for_each(|moved| self.surroundings.note_moved(moved));
            self.close(oldest);
        }
        self.count = self.count.saturating_add(1);
        let number = self.count;
        self.by_spi_i.insert(header.spis.initiator, number);
        number
    }

    fn touch(&mut self, number: u64) {
        if let Some(before) = self.touched.insert(number, self.observed) {
            self.order.remove(&(before, number));
        }
        self.order.insert((self.observed, number));
    }

    /// IP fragments with a header belong to its SA; without one to the only SA between the two hosts that waits for something.
    fn fragments(&mut self, seen: &Observation<'_>, head: &[u8], arrived: u64, total: Option<u64>) -> Option<Attribution> {
        // The first octets of a message, or of something else that was sent in fragments between these ports.
        let message = Message::parse_lenient(head).ok().filter(|message| {
            message.version().0 == 2 && message.header().spis.initiator != 0 && message.header().exchange.name().is_some()
        });
        if message.is_none() && !head.is_empty() {
            return None;
        }
        let header = message.as_ref().map(|message| *message.header());
        let number = match &header {
            Some(header) => {
                let pair = self.by_pair.get(&header.spis);
                let known = pair.or_else(|| self.by_spi_i.get(&header.spis.initiator)).copied();
                known.unwrap_or_else(|| self.begin(header))
            }
            None => {
                let (a, b) = (seen.src.ip(), seen.dst.ip());
                let between = |sa: &Sa| (sa.initiator, sa.responder) == (a, b) || (sa.initiator, sa.responder) == (b, a);
                let open = |sa: &Sa| sa.auth.done.is_none() && sa.init.answered.is_some() && sa.first <= seen.time;
                let latest = self.order.iter().rev().take(LATEST).map(|(_, number)| *number);
                latest.filter(|n| self.sas.get(n).is_some_and(|track| between(&track.sa) && open(&track.sa))).max()?
            }
        };
        self.touch(number);
        let track = match &header {
            Some(header) => self.sas.entry(number).or_insert_with(|| begun(number, seen, header)),
            None => self.sas.get_mut(&number)?,
        };
        let sa = &mut track.sa;
        let from = match &header {
            Some(header) => header.sender(),
            None if sa.initiator == seen.src.ip() => Role::Initiator,
            None => Role::Responder,
        };
        let evicted = sa.lost(seen, message.as_ref(), arrived, total, from);
        track.evicted(evicted);
        let sa = &mut track.sa;
        if let Some(header) = header.filter(|header| header.spis.responder != 0 && sa.spis.responder == 0) {
            sa.spis.responder = header.spis.responder;
            self.by_pair.insert(header.spis, number);
        }
        Some(Attribution { sa_number: number, spis: sa.spis, sender: from, again: false, copy: false })
    }

    fn close(&mut self, number: u64) {
        let Some(track) = self.sas.remove(&number) else { return };
        if let Some(touched) = self.touched.remove(&number) {
            self.order.remove(&(touched, number));
        }
        if self.by_pair.get(&track.sa.spis) == Some(&number) {
            self.by_pair.remove(&track.sa.spis);
        }
        if self.by_spi_i.get(&track.sa.spis.initiator) == Some(&number) {
            self.by_spi_i.remove(&track.sa.spis.initiator);
        }
        let judged = track.close(self.clock, &self.surroundings, self.policy.as_ref());
        self.tally.close(&judged);
        for finding in judged.findings {
            self.keep(finding);
        }
    }

    fn keep(&mut self, finding: Finding) {
        if self.found.len() >= self.limits.findings.max(1) {
            // Errors outlive the rest, as far as the oldest few tell.
            let at = self.found.iter().take(LATEST).position(|f| f.severity != Severity::Error).unwrap_or(0);
            self.found.remove(at);
            self.tally.drop_one();
        }
        self.found.push_back(finding);
    }

    /// What the cipher chosen for an IKE SA adds to its messages, while that SA is watched; by its number.
    #[must_use]
    pub fn overhead(&self, number: u64) -> Option<Overhead> {
        self.sas.get(&number).and_then(|track| track.sa.init.overhead)
    }

    /// Whose view of an IKE SA the capture is, while that SA is watched; by its number.
    #[must_use]
    pub fn vantage(&self, number: u64) -> Vantage {
        self.sas.get(&number).map_or(Vantage::Unknown, |track| Visibility::of(&track.sa, self.clock, self.surroundings.scope, false).view())
    }
}

/// The port of IKE where no translator is between the two (RFC 7296 section 2).
const IKE: u16 = 500;
/// SAs, or findings, that are looked through one by one.
const LATEST: usize = 64;

/// Initiator and responder of a message.
fn initiator_and_responder(seen: &Observation<'_>, header: &Header) -> (IpAddr, IpAddr) {
    if header.initiator { (seen.src.ip(), seen.dst.ip()) } else { (seen.dst.ip(), seen.src.ip()) }
}

/// An IKE SA of which this is the first that is seen.
fn begun(number: u64, seen: &Observation<'_>, header: &Header) -> Track {
    let (initiator, responder): (SocketAddr, SocketAddr) = if header.initiator { (seen.src, seen.dst) } else { (seen.dst, seen.src) };
    Track::new(Sa::new(number, IkeSpis { responder: 0, ..header.spis }, seen.time, Sides { initiator, responder }))
}

/// The octet of the header that says version 2.0.
const VERSION_2: u8 = 0x20;
