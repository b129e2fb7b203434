//! The state machine: time, datagrams, and the random numbers in them.

use super::agenda::{self, Step};
use super::answer::ProbeQuestion;
use super::evidence::{Ask, Evidence};
use super::login::LoginSeen;
use super::manners;
use super::offer::never_of;
use super::plan::ProbePlan;
use super::public_value::public_value;
use super::reply::Reply;
use super::report::ProbeReport;
use super::request::{Padding, Request};
use super::size::BASE;
use super::talk::{Talk, Wish};
use super::topic::Topic;
use super::trial::{ProbeSocket, Purpose, Trial};
use super::turn::Turn;
use crate::diagnose::IcmpError;
use crate::instant::Instant;
use crate::provider::Random;
use crate::registry::KeMethod;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

/// A datagram to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProbeDatagram {
    /// From which socket.
    pub socket: ProbeSocket,
    /// Where to.
    pub to: SocketAddr,
    /// The UDP payload.
    pub datagram: Vec<u8>,
    /// Whether it must leave with DF set (RFC 791), or over IPv6 without a Fragment header. Where it is false, DF must not be set.
    pub dont_fragment: bool,
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProbeArrival<'a> {
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

/// Checks the way to one address.
#[derive(Clone, Debug)]
pub struct Prober<R> {
    random: R,
    seen: Evidence,
    /// The first request that was answered, and its trial.
    first: Option<(Trial, Vec<u8>)>,
    /// The last datagram, and when it was sent.
    last: Option<(Instant, Vec<u8>)>,
    waits: Option<Instant>,
    done: bool,
}

impl<R: Random> Prober<R> {
    /// Nothing is sent yet.
    #[must_use]
    pub const fn new(plan: ProbePlan, random: R) -> Self {
        Self { random, seen: Evidence::new(plan), first: None, last: None, waits: None, done: false }
    }

    /// The datagram to be sent now, if there is one. It is taken to be sent.
    pub fn poll_transmit(&mut self, now: Instant) -> Option<ProbeDatagram> {
        self.seen.now = self.seen.now.max(now);
        if self.done || self.poll_timeout().is_some_and(|then| then > now) {
            return None;
        }
        self.waits = None;
        let turn = Turn { now, coin: self.coin() };
        match agenda::next(&self.seen, turn) {
            Step::Send(ask) => {
                let sent = self.send(ask, now);
                self.done = sent.is_none();
                return sent;
            }
            Step::Wait(then) => self.waits = Some(then),
            Step::Limited => {
                self.seen.limited = true;
                self.done = true;
            }
            Step::Done => self.done = true,
        }
        None
    }

    /// When to call [`poll_transmit`](Self::poll_transmit) next; `None` before the first datagram and at the end.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let (sent, _) = self.last.as_ref().filter(|_| !self.done)?;
        let free = (*sent + manners::gap(self.seen.cookies)).max(self.waits.unwrap_or(Instant::START));
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
    pub fn note_tcp(&mut self, question: ProbeQuestion, connects: bool) {
        if matches!(question, ProbeQuestion::Tcp4500 | ProbeQuestion::Tcp443) {
            self.seen.tcp.retain(|(known, _)| *known != question);
            self.seen.tcp.push((question, connects));
        }
    }

    /// When another request may open an IKE SA at the gateway, such as a login of the caller; `None` for at once.
    #[must_use]
    pub fn next_opening(&self, now: Instant) -> Option<Instant> {
        self.seen.next_opening(now)
    }

    /// What logins showed that the caller has made; what they sent is counted.
    pub fn note_login(&mut self, login: LoginSeen) {
        self.seen.sent.add_all(login.datagrams, login.octets_sent);
        self.seen.login = Some(login);
    }

    /// Takes what came back to a socket. `from` is the source of a datagram; for an error, where the datagram in question went.
    pub fn handle(&mut self, now: Instant, socket: ProbeSocket, from: SocketAddr, arrival: ProbeArrival<'_>) {
        self.seen.now = self.seen.now.max(now);
        match arrival {
            ProbeArrival::Datagram(datagram) => self.answered(now, socket, from, datagram),
            ProbeArrival::Icmp { error: IcmpError::TooBig(mtu), length, .. } => self.seen.told_too_big(from, mtu, length),
            ProbeArrival::Icmp { error: IcmpError::ReassemblyTimeout | IcmpError::TimeExceeded, .. } => {}
            ProbeArrival::Icmp { sender, .. } => self.seen.refused(now, from, sender),
            ProbeArrival::Refused => self.seen.refused(now, from, None),
            ProbeArrival::TooLong => self.too_long(from),
        }
    }

    fn answered(&mut self, now: Instant, socket: ProbeSocket, from: SocketAddr, datagram: &[u8]) {
        let plan = &self.seen.plan;
        let marker = [plan.ike, plan.natt].iter().any(|port| port.marker && from.port() == port.port);
        let Some(reply) = Reply::read(datagram, marker) else { return };
        let is_address = from.ip() == plan.address;
        let copy = self.seen.trials.last().filter(|last| is_address && last.purpose == Purpose::Copy && last.spi == reply.spi_i).copied();
        if let Some(copy) = copy.filter(|copy| copy.is_open(now) && !copy.is_on(socket, from.port())) {
            let talk = self.seen.talks.iter_mut().find(|talk| talk.spi == reply.spi_i);
            if talk.is_some_and(|talk| talk.echo(&reply, (socket, from.port()), &copy)) {
                return;
            }
        }
        let mut known = self.seen.trials.iter_mut().rev().filter(|trial| trial.spi == reply.spi_i).peekable();
        if known.peek().is_none() {
            return;
        }
        // Only the port that was asked may answer, and only to the socket that asked.
        let Some(trial) = known.find(|trial| is_address && trial.is_on(socket, from.port())) else {
            self.seen.strangers = self.seen.strangers.saturating_add(1);
            self.seen.stranger.get_or_insert(from);
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
        self.note(&reply, &trial);
        self.talked(reply, (socket, from.port(), now));
    }

    /// What any answer says of the server.
    fn note(&mut self, reply: &Reply, trial: &Trial) {
        let seen = &mut self.seen;
        seen.product = seen.product.take().or_else(|| reply.product.clone());
        seen.cookies |= reply.has(crate::registry::NotifyType::COOKIE);
        if trial.is_unique() && seen.methods().iter().any(|method| reply.wanted == Some(*method)) {
            seen.wanted = seen.wanted.or(reply.wanted);
        }
    }

    /// What a server says to a request that is pursued.
    fn talked(&mut self, reply: Reply, way: (ProbeSocket, u16, Instant)) {
        let Some(talk) = self.seen.talks.iter_mut().find(|talk| talk.spi == reply.spi_i) else { return };
        if let Wish::Value(method) = talk.told(reply, way) {
            match public_value(method, &mut self.random) {
                Ok(Some(value)) => {
                    talk.method = method;
                    talk.value = value;
                }
                // No request with this method can be made: what was answered stands.
                Ok(None) => talk.give_up(),
                Err(_) => self.done = true,
            }
        }
    }

    /// The own system did not send it.
    fn too_long(&mut self, from: SocketAddr) {
        let last = self.seen.trials.last().filter(|trial| trial.port == from.port() && trial.answered.is_none());
        let Some(trial) = last.copied() else { return };
        self.seen.trials.pop();
        self.seen.sent.take_back(usize::from(trial.size.saturating_sub(self.seen.plan.headers())));
        if trial.dont_fragment && trial.size > BASE {
            let limit = trial.size.saturating_sub(1);
            self.seen.local_limit = Some(self.seen.local_limit.unwrap_or(limit).min(limit));
        } else {
            self.done = true;
        }
    }

    /// Heads or tails. Without random numbers nothing is sent anyway.
    fn coin(&mut self) -> bool {
        let mut octet = [0];
        self.random.fill(&mut octet).is_ok() && octet.iter().any(|octet| octet & 1 == 1)
    }

    fn send(&mut self, ask: Ask, now: Instant) -> Option<ProbeDatagram> {
        let (spi, datagram) = match ask.purpose {
            Purpose::Talk(topic) => self.talk(topic, &ask)?,
            Purpose::Copy => self.pursued(Topic::Announcements, &ask)?,
            Purpose::Again => self.first.as_ref().map(|(trial, datagram)| (trial.spi, datagram.clone()))?,
            Purpose::Port | Purpose::Mtu | Purpose::Fragment => self.filled(&ask)?,
        };
        let octets = u16::try_from(datagram.len()).ok()?;
        self.seen.trials.push(Trial {
            purpose: ask.purpose,
            spi,
            socket: ask.socket,
            port: ask.port.port,
            size: octets.saturating_add(self.seen.plan.headers()),
            dont_fragment: ask.dont_fragment,
            padding: ask.padding,
            sent: now,
            deadline: now + self.seen.patience(),
            answered: None,
            refused: false,
        });
        self.seen.sent.add(datagram.len());
        self.last = Some((now, datagram.clone()));
        let to = SocketAddr::new(self.seen.plan.address, ask.port.port);
        Some(ProbeDatagram { socket: ask.socket, to, datagram, dont_fragment: ask.dont_fragment })
    }

    fn fresh(&mut self) -> Option<(u64, [u8; 32])> {
        let (mut spi, mut nonce) = ([0; 8], [0; 32]);
        self.random.fill(&mut spi).ok()?;
        self.random.fill(&mut nonce).ok()?;
        Some((u64::from_be_bytes(spi).max(1), nonce))
    }

    /// A request of a size that leaves no state.
    fn filled(&mut self, ask: &Ask) -> Option<(u64, Vec<u8>)> {
        let (spi, nonce) = self.fresh()?;
        let offer = super::offer::broad(self.seen.few_methods());
        let size = usize::from(ask.size.saturating_sub(self.seen.plan.headers()));
        let (marker, padding) = (ask.port.marker, ask.padding);
        let request =
            Request { spi, nonce: &nonce, offer: &offer, ke: None, cookie: &[], follows: false, ends: None, marker, size, padding };
        Some((spi, request.datagram().ok()?))
    }

    /// A request that is pursued, from its beginning.
    fn talk(&mut self, topic: Topic, ask: &Ask) -> Option<(u64, Vec<u8>)> {
        if self.seen.talk(topic).is_none() {
            let (spi, nonce) = self.fresh()?;
            let method = if topic.opens() { ask.method } else { never_of(&ask.offer).0 };
            let value = if topic.opens() { public_value(method, &mut self.random).ok()?? } else { Vec::new() };
            self.seen.talks.push(Talk::new(topic, (spi, nonce), ask.offer.clone(), (method, value)));
        }
        self.pursued(topic, ask)
    }

    /// A request as it stands.
    fn pursued(&self, topic: Topic, ask: &Ask) -> Option<(u64, Vec<u8>)> {
        let talk = self.seen.talk(topic)?;
        let ke: Option<(KeMethod, &[u8])> = topic.opens().then_some((talk.method, talk.value.as_slice()));
        // A copy is one to the octet, wherever it goes.
        let first = self.seen.of(Purpose::Talk(topic)).next().map_or(ask.port.port, |trial| trial.port);
        let ends = self.seen.plan.local.map(|local| (local, SocketAddr::new(self.seen.plan.address, first)));
        let request = Request {
            spi: talk.spi,
            nonce: &talk.nonce,
            offer: &talk.offer,
            ke,
            cookie: &talk.cookie,
            follows: !talk.redirected,
            ends,
            marker: ask.port.marker,
            size: 0,
            padding: Padding::VendorId,
        };
        Some((talk.spi, request.datagram().ok()?))
    }
}
