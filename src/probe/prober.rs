//! The state machine: what is sent next, and what comes back.

use super::answer::ProbeQuestion;
use super::plan::{MarkedPort, ProbePlan};
use super::reply::Reply;
use super::report::{ProbeReport, SentCount};
use super::request::{Padding, Request, random_value_len};
use super::size::{BASE, Bounds, Losses, Pair};
use super::trial::{Purpose, Trial};
use crate::diagnose::IcmpError;
use crate::instant::Instant;
use crate::provider::Random;
use crate::registry::{KeMethod, NotifyType};
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

/// The most datagrams to one address.
const MOST: usize = 80;
/// Between two datagrams: fewer than ten in a second.
const GAP: Duration = Duration::from_millis(112);
/// How long an answer is waited for while no round trip is known.
const PATIENCE: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(2);
/// How often each thing is tried.
const PORT_TRIES: usize = 5;
const INIT_TRIES: usize = 6;
const SAME_TRIES: usize = 4;
const MTU_TRIES: usize = 54;
const FRAGMENT_TRIES: usize = 20;
/// Silent trials one after the other that call for the first answered request, and how often that is repeated.
const SUSPICIOUS: usize = 3;
const BURST: usize = 9;
const AGAIN: usize = 3;
/// How often the request that may be accepted is changed by what the server asks for.
const ROUNDS: u8 = 3;

/// A datagram to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProbeDatagram {
    /// Where to.
    pub to: SocketAddr,
    /// The UDP payload.
    pub datagram: Vec<u8>,
    /// Whether it must leave with DF set (RFC 791), or over IPv6 without a Fragment header.
    pub dont_fragment: bool,
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrival<'a> {
    /// A datagram.
    Datagram(&'a [u8]),
    /// An ICMP error about a datagram of ours.
    Icmp {
        /// What it says.
        error: IcmpError,
        /// Who sent it, where the system tells.
        sender: Option<IpAddr>,
        /// Octets of the IP packet that it quotes, where known.
        length: Option<u16>,
    },
    /// The own system says that the port was refused; by whom is unknown.
    Refused,
    /// The own system did not send the last datagram: it is larger than the MTU of its interface or of a route it remembers.
    TooLong,
}

/// The request that may be accepted, and what was answered.
#[derive(Clone, Debug)]
pub(super) struct Init {
    spi: u64,
    nonce: [u8; 32],
    method: KeMethod,
    value: Vec<u8>,
    cookie: Vec<u8>,
    rounds: u8,
    pub(super) refused: Option<Reply>,
    pub(super) accepted: Option<Reply>,
    /// SPIr of every acceptance, with the port; bounded by the trials.
    pub(super) spis: Vec<(u16, u64)>,
}

/// What is asked next.
#[derive(Clone, Copy, Debug)]
struct Ask {
    purpose: Purpose,
    port: MarkedPort,
    size: u16,
    dont_fragment: bool,
    padding: Padding,
}

impl Ask {
    const fn new(purpose: Purpose, port: MarkedPort, size: u16) -> Self {
        Self { purpose, port, size, dont_fragment: matches!(purpose, Purpose::Mtu), padding: Padding::VendorId }
    }
}

/// What was seen, without the random numbers.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    pub(super) plan: ProbePlan,
    /// At most [`MOST`].
    pub(super) trials: Vec<Trial>,
    pub(super) init: Option<Init>,
    pub(super) product: Option<alloc::string::String>,
    pub(super) sent: SentCount,
    pub(super) strangers: u32,
    pub(super) cookies: bool,
    pub(super) limited: bool,
    pub(super) told_mtu: Option<u16>,
    /// The largest packet that the own system sends, where it refused one.
    pub(super) local_limit: Option<u16>,
    pub(super) tcp: Vec<(ProbeQuestion, bool)>,
    /// The last time that is known.
    pub(super) now: Instant,
}

/// Checks the way to one address.
#[derive(Clone, Debug)]
pub struct Prober<R> {
    random: R,
    seen: Evidence,
    first: Option<(Trial, Vec<u8>)>,
    last: Option<(Instant, Vec<u8>)>,
    done: bool,
}

impl<R: Random> Prober<R> {
    /// Nothing is sent yet.
    #[must_use]
    pub const fn new(plan: ProbePlan, random: R) -> Self {
        let seen = Evidence {
            plan,
            trials: Vec::new(),
            init: None,
            product: None,
            sent: SentCount { datagrams: 0, octets: 0 },
            strangers: 0,
            cookies: false,
            limited: false,
            told_mtu: None,
            local_limit: None,
            tcp: Vec::new(),
            now: Instant::START,
        };
        Self { random, seen, first: None, last: None, done: false }
    }

    /// The datagram to be sent now, if there is one. It is taken to be sent.
    pub fn poll_transmit(&mut self, now: Instant) -> Option<ProbeDatagram> {
        self.seen.now = self.seen.now.max(now);
        if self.done || self.poll_timeout().is_some_and(|then| then > now) {
            return None;
        }
        let coin = self.coin();
        let sent = self.seen.next(now, coin).and_then(|ask| self.send(ask, now));
        self.done = sent.is_none();
        sent
    }

    /// When to call [`poll_transmit`](Self::poll_transmit) next; `None` before the first datagram and at the end.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let (sent, _) = self.last.as_ref().filter(|_| !self.done)?;
        let gap = if self.seen.cookies { GAP.saturating_mul(2) } else { GAP };
        let free = *sent + gap;
        let open = self.seen.trials.last().filter(|trial| trial.answered.is_none() && !trial.refused);
        Some(open.map_or(free, |trial| trial.deadline.max(free)))
    }

    /// Whether nothing more will be sent.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done
    }

    /// What is known by now.
    #[must_use]
    pub fn report(&self) -> ProbeReport {
        ProbeReport::of(&self.seen)
    }

    /// Whether a TCP connection to port 4500 or 443 came up; questions of other kinds are not taken.
    pub fn note_tcp(&mut self, question: ProbeQuestion, connected: bool) {
        if matches!(question, ProbeQuestion::Tcp4500 | ProbeQuestion::Tcp443) {
            self.seen.tcp.retain(|(known, _)| *known != question);
            self.seen.tcp.push((question, connected));
        }
    }

    /// Takes what came back. `from` is the source of a datagram; for an error, where the datagram in question went.
    pub fn handle(&mut self, now: Instant, from: SocketAddr, arrival: Arrival<'_>) {
        self.seen.now = self.seen.now.max(now);
        match arrival {
            Arrival::Datagram(datagram) => self.answered(now, from, datagram),
            Arrival::Icmp { error: IcmpError::TooBig(mtu), length, .. } => self.seen.told_too_big(from, mtu, length),
            Arrival::Icmp { error: IcmpError::ReassemblyTimeout | IcmpError::TimeExceeded, .. } => {}
            Arrival::Icmp { .. } | Arrival::Refused => self.seen.refused(now, from),
            Arrival::TooLong => self.too_long(from),
        }
    }

    fn answered(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        let marker = self.seen.plan.natt.marker && from.port() == self.seen.plan.natt.port
            || self.seen.plan.ike.marker && from.port() == self.seen.plan.ike.port;
        let Some(reply) = Reply::read(datagram, marker) else { return };
        let ours = |trial: &&mut Trial| trial.spi == reply.spi_i;
        let address = from.ip() == self.seen.plan.address;
        let mut known = self.seen.trials.iter_mut().rev().filter(ours).peekable();
        if known.peek().is_none() {
            return;
        }
        // Only the port that was asked may answer.
        let Some(trial) = known.find(|trial| address && trial.port == from.port()) else {
            self.seen.strangers = self.seen.strangers.saturating_add(1);
            return;
        };
        if trial.answered.is_some() {
            return;
        }
        trial.answered = Some(now - trial.sent);
        let trial = *trial;
        if let (None, Some((_, datagram))) = (&self.first, &self.last) {
            if self.seen.trials.last().is_some_and(|last| *last == trial) {
                self.first = Some((trial, datagram.clone()));
            }
        }
        self.seen.product = self.seen.product.take().or_else(|| reply.product.clone());
        self.seen.cookies |= reply.has(NotifyType::COOKIE);
        self.init_answered(reply, from.port());
    }

    /// What a server says to the request that may be accepted.
    fn init_answered(&mut self, reply: Reply, port: u16) {
        let Some(init) = self.seen.init.as_mut().filter(|init| init.spi == reply.spi_i) else { return };
        if reply.accepted {
            init.spis.push((port, reply.spi_r));
            init.accepted.get_or_insert(reply);
            return;
        }
        if init.accepted.is_some() {
            return;
        }
        let wanted = reply.wanted.and_then(|method| random_value_len(method).map(|len| (method, len)));
        match wanted {
            _ if init.rounds >= ROUNDS => init.refused = Some(reply),
            _ if reply.has(NotifyType::COOKIE) => init.cookie = reply.cookie,
            Some((method, len)) if method != init.method => {
                init.method = method;
                init.value.resize(len, 0);
                self.done |= self.random.fill(&mut init.value).is_err();
            }
            _ => init.refused = Some(reply),
        }
        init.rounds = init.rounds.saturating_add(1);
    }

    /// The own system did not send it.
    fn too_long(&mut self, from: SocketAddr) {
        let last = self.seen.trials.last().filter(|trial| trial.port == from.port() && trial.answered.is_none());
        let Some(trial) = last.copied() else { return };
        self.seen.trials.pop();
        let octets = u64::from(trial.size.saturating_sub(self.seen.plan.headers()));
        self.seen.sent.datagrams = self.seen.sent.datagrams.saturating_sub(1);
        self.seen.sent.octets = self.seen.sent.octets.saturating_sub(octets);
        if trial.dont_fragment && trial.size > BASE {
            let limit = trial.size.saturating_sub(1);
            self.seen.local_limit = Some(self.seen.local_limit.unwrap_or(limit).min(limit));
        } else {
            self.done = true;
        }
    }

    /// Heads or tails, so that no rhythm of a server meets the order of sizes. Without random numbers nothing is sent anyway.
    fn coin(&mut self) -> bool {
        let mut octet = [0];
        self.random.fill(&mut octet).is_ok() && octet.iter().any(|octet| octet & 1 == 1)
    }

    fn send(&mut self, ask: Ask, now: Instant) -> Option<ProbeDatagram> {
        let mut nonce = [0; 32];
        let mut spi = [0; 8];
        self.random.fill(&mut nonce).ok()?;
        self.random.fill(&mut spi).ok()?;
        let spi = u64::from_be_bytes(spi).max(1);
        let size = usize::from(ask.size.saturating_sub(self.seen.plan.headers()));
        let (spi, datagram) = match ask.purpose {
            Purpose::Init | Purpose::Same => self.init_datagram(ask, spi, nonce)?,
            Purpose::Again => self.first.as_ref().map(|(trial, datagram)| (trial.spi, datagram.clone()))?,
            _ => {
                let request = Request { spi, nonce: &nonce, ke: None, cookie: &[], marker: ask.port.marker, size, padding: ask.padding };
                (spi, request.datagram().ok()?)
            }
        };
        let octets = u16::try_from(datagram.len()).ok()?;
        let trial = Trial {
            purpose: ask.purpose,
            spi,
            port: ask.port.port,
            size: octets.saturating_add(self.seen.plan.headers()),
            dont_fragment: ask.dont_fragment,
            padding: ask.padding,
            sent: now,
            deadline: now + self.seen.patience(),
            answered: None,
            refused: false,
        };
        self.seen.trials.push(trial);
        self.seen.sent.datagrams = self.seen.sent.datagrams.saturating_add(1);
        self.seen.sent.octets = self.seen.sent.octets.saturating_add(u64::from(octets));
        self.last = Some((now, datagram.clone()));
        let to = SocketAddr::new(self.seen.plan.address, ask.port.port);
        Some(ProbeDatagram { to, datagram, dont_fragment: ask.dont_fragment })
    }

    fn init_datagram(&mut self, ask: Ask, spi: u64, nonce: [u8; 32]) -> Option<(u64, Vec<u8>)> {
        if self.seen.init.is_none() {
            let mut value = alloc::vec![0; 32];
            self.random.fill(&mut value).ok()?;
            let (method, cookie, spis) = (KeMethod::CURVE25519, Vec::new(), Vec::new());
            self.seen.init = Some(Init { spi, nonce, method, value, cookie, rounds: 0, refused: None, accepted: None, spis });
        }
        let init = self.seen.init.as_ref()?;
        let (ke, cookie, marker) = (Some((init.method, init.value.as_slice())), init.cookie.as_slice(), ask.port.marker);
        let request = Request { spi: init.spi, nonce: &init.nonce, ke, cookie, marker, size: 0, padding: Padding::VendorId };
        Some((init.spi, request.datagram().ok()?))
    }
}

impl Evidence {
    fn told_too_big(&mut self, from: SocketAddr, mtu: Option<u32>, length: Option<u16>) {
        let quoted = |trial: &Trial| trial.dont_fragment && trial.port == from.port() && Some(trial.size) == length;
        let mtu = mtu.and_then(|mtu| u16::try_from(mtu).ok()).filter(|mtu| *mtu >= BASE && Some(*mtu) < length);
        if from.ip() == self.plan.address && self.trials.iter().any(quoted) {
            self.told_mtu = mtu.or(self.told_mtu);
        }
    }

    fn refused(&mut self, now: Instant, from: SocketAddr) {
        let last = self.trials.last_mut().filter(|trial| trial.is_open(now) && trial.port == from.port());
        if let Some(trial) = last.filter(|_| from.ip() == self.plan.address) {
            trial.refused = true;
        }
    }

    /// How long an answer is waited for.
    fn patience(&self) -> Duration {
        let longest = self.round_trips().max();
        longest.map_or(PATIENCE, |trip| trip.saturating_mul(3).saturating_add(Duration::from_millis(300)).min(LONGEST))
    }

    pub(super) fn round_trips(&self) -> impl Iterator<Item = Duration> {
        self.trials.iter().filter(|trial| trial.is_unique()).filter_map(|trial| trial.answered)
    }

    pub(super) fn count(&self, purpose: Purpose, port: MarkedPort) -> usize {
        self.trials.iter().filter(|trial| trial.purpose == purpose && trial.port == port.port).count()
    }

    /// Whether anything came back from a port.
    pub(super) fn answers(&self, port: MarkedPort) -> bool {
        self.trials.iter().any(|trial| trial.port == port.port && trial.answered.is_some())
    }

    /// The port that the sizes are asked of.
    pub(super) fn main(&self) -> Option<MarkedPort> {
        [self.plan.ike, self.plan.natt].into_iter().find(|port| self.answers(*port))
    }

    pub(super) fn top(&self) -> u16 {
        self.plan.top().min(self.local_limit.unwrap_or(u16::MAX))
    }

    pub(super) fn bounds(&self) -> Option<Bounds> {
        Bounds::of(&self.trials, self.now)
    }

    /// What came to nothing of that which could pass.
    pub(super) fn losses(&self) -> Losses {
        let passed = self.bounds().map_or(BASE, |bounds| bounds.passed);
        let main = self.main().map(|port| port.port);
        let could = |trial: &&Trial| trial.is_unique() && trial.size <= passed && Some(trial.port) == main;
        Losses::of(self.trials.iter().filter(could), self.now)
    }

    /// Trials one after the other, at the end, that could pass and came to nothing; and how many of them repeat the first answer.
    fn silence(&self) -> (usize, usize) {
        let passed = self.bounds().map_or(BASE, |bounds| bounds.passed);
        let main = self.main().map(|port| port.port);
        let silent = || self.trials.iter().rev().take_while(|trial| trial.answered.is_none());
        let could = silent().filter(|trial| trial.size <= passed && Some(trial.port) == main).count();
        (could, silent().filter(|trial| trial.purpose == Purpose::Again).count())
    }

    fn next(&mut self, now: Instant, coin: bool) -> Option<Ask> {
        if self.trials.len() >= MOST {
            return None;
        }
        let (silent, again) = self.silence();
        if silent >= SUSPICIOUS {
            self.limited = again >= AGAIN;
            let first = self.main().filter(|_| !self.limited)?;
            return Some(Ask::new(Purpose::Again, first, BASE));
        }
        let main = self.main();
        self.port_next(now)
            .or_else(|| self.init_next(main?))
            .or_else(|| self.same_next())
            .or_else(|| self.mtu_next(main?, coin))
            .or_else(|| self.fragment_next(main?, coin))
    }

    fn port_next(&self, now: Instant) -> Option<Ask> {
        let refused =
            |port: MarkedPort| self.trials.iter().filter(|trial| trial.port == port.port && trial.refused && trial.is_silent(now)).count();
        let open = |port: &MarkedPort| !self.answers(*port) && self.count(Purpose::Port, *port) < PORT_TRIES && refused(*port) < 2;
        let port = [self.plan.ike, self.plan.natt].into_iter().find(open)?;
        Some(Ask::new(Purpose::Port, port, BASE))
    }

    fn init_next(&self, main: MarkedPort) -> Option<Ask> {
        let settled = self.init.as_ref().is_some_and(|init| init.accepted.is_some() || init.refused.is_some());
        (!settled && self.count(Purpose::Init, main) < INIT_TRIES).then(|| Ask::new(Purpose::Init, main, 0))
    }

    /// The control first: the same request to the same port gives the same SPIr.
    fn same_next(&self) -> Option<Ask> {
        let init = self.init.as_ref().filter(|init| init.accepted.is_some())?;
        if !self.answers(self.plan.ike) {
            return None;
        }
        let heard = |port: MarkedPort| init.spis.iter().filter(|(from, _)| *from == port.port).count();
        let wanted = [(self.plan.ike, 2), (self.plan.natt, 1)];
        let (port, _) = wanted.into_iter().find(|(port, least)| heard(*port) < *least && self.count(Purpose::Same, *port) < SAME_TRIES)?;
        Some(Ask::new(Purpose::Same, port, 0))
    }

    fn mtu_next(&self, main: MarkedPort, coin: bool) -> Option<Ask> {
        if self.count(Purpose::Mtu, main) >= MTU_TRIES {
            return None;
        }
        let Some(bounds) = self.bounds() else {
            let tried = self.count(Purpose::Mtu, main);
            return (tried < PORT_TRIES).then(|| Ask::new(Purpose::Mtu, main, BASE));
        };
        // Some in a row that can pass: a server that answers every second or third request, or so many in a second, is seen by them.
        if self.controls() < BURST {
            return Some(Ask::new(Purpose::Mtu, main, BASE));
        }
        let size = bounds.next(self.top(), self.told_mtu, self.losses())?;
        // After silence, a size that passes: is it the size, or does nobody answer any more?
        let after =
            self.trials.last().filter(|trial| trial.purpose == Purpose::Mtu && trial.answered.is_none() && trial.size > bounds.passed);
        let control = if bounds.meet() { coin || bounds.pair.wants_answers(self.losses()) } else { after.is_some() };
        Some(Ask::new(Purpose::Mtu, main, if control { bounds.passed } else { size }))
    }

    /// Trials without DF: how often that answered which leaves whole, and how that fared which is one octet larger.
    pub(super) fn fragments(&self, passed: u16) -> (Pair, usize, bool) {
        let of =
            |whole: bool| self.trials.iter().filter(move |trial| trial.purpose == Purpose::Fragment && (trial.size <= passed) == whole);
        let answered = |whole| of(whole).filter(|trial| trial.answered.is_some()).count();
        let pair = Pair { answered: answered(true), silent: of(false).filter(|trial| trial.is_silent(self.now)).count() };
        let forms = |padding| of(false).any(|trial| trial.padding == padding && trial.answered.is_some());
        (pair, answered(false), forms(Padding::VendorId) && forms(Padding::Notify))
    }

    /// How often the smallest size was asked for with DF.
    fn controls(&self) -> usize {
        self.trials.iter().filter(|trial| trial.purpose == Purpose::Mtu && trial.size <= BASE).count()
    }

    fn fragment_next(&self, main: MarkedPort, coin: bool) -> Option<Ask> {
        let bounds = self.bounds().filter(|bounds| bounds.is_exact(self.top(), self.losses()))?;
        let (pair, came, _) = self.fragments(bounds.passed);
        let tries = self.count(Purpose::Fragment, main);
        if !self.fragments_are_made(bounds.passed) || came >= 2 || tries >= FRAGMENT_TRIES || !pair.wants_more(self.losses()) {
            return None;
        }
        let whole = self
            .trials
            .last()
            .is_some_and(|last| last.purpose == Purpose::Fragment && last.answered.is_none() && last.size > bounds.passed);
        let size = if whole && coin || pair.wants_answers(self.losses()) { bounds.passed } else { bounds.passed.saturating_add(1) };
        let cut = self.trials.iter().filter(|trial| trial.purpose == Purpose::Fragment && trial.size > bounds.passed).count();
        let padding = if cut % 2 == 0 { Padding::VendorId } else { Padding::Notify };
        Some(Ask { padding, ..Ask::new(Purpose::Fragment, main, size) })
    }

    /// Whether a datagram one octet too large for the path may leave here, or a router, in IP fragments.
    pub(super) fn fragments_are_made(&self, passed: u16) -> bool {
        match self.plan.local_mtu {
            Some(local) if local <= passed => true,
            // Routers fragment IPv4 only.
            _ if passed < self.top() => self.plan.address.is_ipv4(),
            Some(_) => false,
            None => true,
        }
    }
}
