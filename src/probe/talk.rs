//! A request that is pursued until it has an outcome: through cookies, other key exchange methods, and silence.

use super::reply::Reply;
use super::topic::Topic;
use super::trial::{ProbeSocket, Trial};
use crate::instant::Instant;
use crate::proposal::Proposal;
use crate::registry::{KeMethod, NotifyType, TransformType};
use alloc::vec::Vec;

/// How often a request is changed by what the server asks for.
const ROUNDS: u8 = 4;
/// The most answers to one request that are kept.
const HEARD: usize = 16;
/// So many copies over one way that have the first answer come again say what answers over that way would; one could be a doubled packet.
const ECHOES: usize = 2;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A proposal of the offer is taken, with this method: INVALID_KE_PAYLOAD says so.
    Taken(KeMethod),
    /// It was accepted.
    Accepted,
    /// NO_PROPOSAL_CHOSEN.
    Refused,
    /// Another answer.
    Other,
}

/// An acceptance: over which sockets and ports, and the SPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Acceptance {
    pub(super) socket: ProbeSocket,
    pub(super) port: u16,
    pub(super) spi: u64,
    pub(super) at: Instant,
}

/// What is to be done after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Nothing,
    /// A public value of this method.
    Value(KeMethod),
}

/// A request, and what was answered.
#[derive(Clone, Debug)]
pub(super) struct Talk {
    pub(super) topic: Topic,
    pub(super) spi: u64,
    pub(super) nonce: [u8; 32],
    pub(super) offer: Vec<Proposal>,
    pub(super) method: KeMethod,
    pub(super) value: Vec<u8>,
    pub(super) cookie: Vec<u8>,
    pub(super) rounds: u8,
    /// The server sent us elsewhere (RFC 5685), and is not told any more that we would go.
    pub(super) redirected: bool,
    pub(super) outcome: Option<Outcome>,
    /// The answer that decided.
    pub(super) reply: Option<Reply>,
    /// Bounded by [`HEARD`].
    pub(super) accepted: Vec<Acceptance>,
    /// Copies, by their ways and times, upon which the first answer came once more over the way of the first request. Bounded as well.
    pub(super) echoes: Vec<(ProbeSocket, u16, Instant)>,
}

impl Talk {
    pub(super) fn new(topic: Topic, (spi, nonce): (u64, [u8; 32]), offer: Vec<Proposal>, (method, value): (KeMethod, Vec<u8>)) -> Self {
        Self {
            topic,
            spi,
            nonce,
            offer,
            method,
            value,
            cookie: Vec::new(),
            rounds: 0,
            redirected: false,
            outcome: None,
            reply: None,
            accepted: Vec::new(),
            echoes: Vec::new(),
        }
    }

    /// Takes an answer that came while a copy over another way was open, where it is the first answer again: libreswan answers a copy
    /// where the first request came from.
    pub(super) fn echo(&mut self, reply: &Reply, (socket, port): (ProbeSocket, u16), copy: &Trial) -> bool {
        let is_first = self.accepted.first().is_some_and(|first| (first.socket, first.port, first.spi) == (socket, port, reply.spi_r));
        let echo = (copy.socket, copy.port, copy.sent);
        let is_new = is_first && reply.is_accepted && self.echoes.len() < HEARD && !self.echoes.contains(&echo);
        self.echoes.extend(is_new.then_some(echo));
        is_new
    }

    /// How many copies over a socket and a port had the first answer come again.
    pub(super) fn echoed(&self, socket: ProbeSocket, port: u16) -> usize {
        self.echoes.iter().filter(|(over, to, _)| (*over, *to) == (socket, port)).count()
    }

    /// It cannot be pursued further.
    pub(super) const fn give_up(&mut self) {
        self.outcome = Some(Outcome::Other);
    }

    /// Whether who answers over a socket and a port has the first answer.
    pub(super) fn is_echoed(&self, socket: ProbeSocket, port: u16) -> bool {
        self.echoed(socket, port) >= ECHOES
    }

    /// Takes an answer. An answer that comes too late to change anything is no harm.
    pub(super) fn told(&mut self, reply: Reply, (socket, port, at): (ProbeSocket, u16, Instant)) -> Wish {
        if reply.is_accepted {
            if self.accepted.len() < HEARD {
                self.accepted.push(Acceptance { socket, port, spi: reply.spi_r, at });
            }
            if self.outcome != Some(Outcome::Accepted) {
                self.settle(Outcome::Accepted, reply);
            }
            return Wish::Nothing;
        }
        if self.outcome.is_some() {
            return Wish::Nothing;
        }
        let asks = reply.has(NotifyType::COOKIE) && !reply.cookie.is_empty();
        if asks && self.rounds < ROUNDS {
            self.rounds = self.rounds.saturating_add(1);
            self.cookie = reply.cookie;
            return Wish::Nothing;
        }
        if reply.has(NotifyType::REDIRECT) && !self.redirected {
            self.redirected = true;
            return Wish::Nothing;
        }
        match reply.wanted.filter(|method| self.offers(*method)) {
            Some(method) if !self.topic.opens() => self.settle(Outcome::Taken(method), reply),
            Some(method) if self.rounds < ROUNDS && method != self.method => {
                self.rounds = self.rounds.saturating_add(1);
                return Wish::Value(method);
            }
            _ if reply.has(NotifyType::NO_PROPOSAL_CHOSEN) => self.settle(Outcome::Refused, reply),
            _ => self.settle(Outcome::Other, reply),
        }
        Wish::Nothing
    }

    fn settle(&mut self, outcome: Outcome, reply: Reply) {
        self.outcome = Some(outcome);
        self.reply = Some(reply);
    }

    /// Whether a method is among those offered for the first key exchange.
    pub(super) fn offers(&self, method: KeMethod) -> bool {
        self.offer.iter().any(|proposal| proposal.of_type(TransformType::KE).any(|t| t.id.0 == method.0))
    }

    /// The SPIs of the acceptances that came over a socket and a port.
    pub(super) fn spis(&self, socket: ProbeSocket, port: u16) -> impl Iterator<Item = u64> {
        self.accepted.iter().filter(move |heard| heard.socket == socket && heard.port == port).map(|heard| heard.spi)
    }
}
