//! IKEv1 (RFC 2408, RFC 2409), as far as it is in clear: who spoke it with whom, how far they came, and what was refused.

use super::at::At;
use core::net::SocketAddr;
use std::collections::HashMap;

/// ISAKMP SAs remembered.
pub(crate) const MAX_SAS: usize = 4096;
/// Notifications remembered of one.
const MAX_NOTIFIES: usize = 16;
/// Octets of the header up to the exchange type, all that a capture cut at 68 octets may hold.
pub(crate) const HEAD_LEN: usize = 19;
const HEADER_LEN: usize = 28;
/// The payload type of a notification, and the flag of an encrypted message (RFC 2408 3.1).
const NOTIFICATION: u8 = 11;
const ENCRYPTED: u8 = 1;

/// Exchange types (RFC 2408 3.1, RFC 2409, and for Transaction draft-ietf-ipsec-isakmp-mode-cfg).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exchange {
    MainMode,
    Aggressive,
    QuickMode,
    Transaction,
    Informational,
    Other,
}

/// Messages of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) exchange: Exchange,
    pub(crate) by_initiator: u64,
    pub(crate) by_responder: u64,
}

/// A notification in clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Notify {
    pub(crate) at: At,
    /// The responder sent it.
    pub(crate) by_responder: bool,
    pub(crate) number: u16,
}

/// An ISAKMP SA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sa {
    /// The initiator's cookie. Of a refusal of IKEv2 it is the initiator's SPI.
    pub(crate) cookie: u64,
    /// Who sent its first message, unless the initiator is known.
    pub(crate) initiator: SocketAddr,
    pub(crate) responder: SocketAddr,
    pub(crate) first: At,
    pub(crate) last: At,
    /// Its first message, the one without the responder's cookie, is there.
    pub(crate) from_start: bool,
    /// Each exchange once, in the order of the list of types.
    pub(crate) counts: Vec<Count>,
    pub(crate) notifies: Vec<Notify>,
}

/// The ISAKMP SAs of a capture, in the order of their first messages.
#[derive(Debug, Default)]
pub(crate) struct Sas {
    sas: Vec<Sa>,
    by_cookie: HashMap<u64, usize>,
    /// Messages of SAs that are not remembered.
    pub(crate) more: u64,
}

impl Sas {
    pub(crate) fn as_slice(&self) -> &[Sa] {
        &self.sas
    }

    /// Takes a message, whole or cut; what has no header of version 1 is passed over.
    pub(crate) fn see(&mut self, at: At, (src, dst): (SocketAddr, SocketAddr), octets: &[u8]) {
        let Some(message) = Message::read(octets) else { return };
        let place = match self.by_cookie.get(&message.cookie) {
            Some(place) => *place,
            None if self.sas.len() >= MAX_SAS => {
                self.more = self.more.saturating_add(1);
                return;
            }
            None => {
                self.by_cookie.insert(message.cookie, self.sas.len());
                self.sas.push(Sa::begin(&message, at, src, dst));
                self.sas.len().saturating_sub(1)
            }
        };
        if let Some(sa) = self.sas.get_mut(place) {
            sa.take(&message, at, src);
        }
    }
}

impl Sa {
    fn begin(message: &Message, at: At, src: SocketAddr, dst: SocketAddr) -> Self {
        // A lone notification answers something: its sender is the responder.
        let answer = message.exchange == Exchange::Informational && !message.notifies.is_empty();
        let (initiator, responder) = if answer { (dst, src) } else { (src, dst) };
        let from_start = message.first && matches!(message.exchange, Exchange::MainMode | Exchange::Aggressive);
        let (cookie, counts, notifies) = (message.cookie, Vec::new(), Vec::new());
        Self { cookie, initiator, responder, first: at, last: at, from_start, counts, notifies }
    }

    fn take(&mut self, message: &Message, at: At, src: SocketAddr) {
        self.last = at;
        // A NAT may change the port, and the port moves from 500 to 4500.
        let by_responder = src.ip() == self.responder.ip() && (src.ip() != self.initiator.ip() || src.port() == self.responder.port());
        let place = self.counts.iter().position(|count| count.exchange == message.exchange).unwrap_or_else(|| {
            self.counts.push(Count { exchange: message.exchange, by_initiator: 0, by_responder: 0 });
            self.counts.len().saturating_sub(1)
        });
        if let Some(count) = self.counts.get_mut(place) {
            let which = if by_responder { &mut count.by_responder } else { &mut count.by_initiator };
            *which = which.saturating_add(1);
        }
        let room = MAX_NOTIFIES.saturating_sub(self.notifies.len());
        self.notifies.extend(message.notifies.iter().take(room).map(|number| Notify { at, by_responder, number: *number }));
    }

    /// Messages of both sides.
    pub(crate) fn messages(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(count.by_initiator).saturating_add(count.by_responder))
    }

    /// Whether the responder sent anything.
    pub(crate) fn answered(&self) -> bool {
        self.counts.iter().any(|count| count.by_responder > 0)
    }

    /// Whether Quick Mode went to its end: a tunnel is up, as far as its messages tell.
    pub(crate) fn complete(&self) -> bool {
        self.counts.iter().any(|count| count.exchange == Exchange::QuickMode && count.by_initiator > 1 && count.by_responder > 0)
    }
}

impl Exchange {
    fn of(number: u8) -> Self {
        match number {
            2 => Self::MainMode,
            4 => Self::Aggressive,
            5 => Self::Informational,
            6 => Self::Transaction,
            32 => Self::QuickMode,
            _ => Self::Other,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::MainMode => "Main Mode",
            Self::Aggressive => "Aggressive Mode",
            Self::QuickMode => "Quick Mode",
            Self::Transaction => "Transaction (XAUTH or Mode Config)",
            Self::Informational => "Informational",
            Self::Other => "another exchange",
        }
    }
}

/// The notifications of errors that tell why it ends (RFC 2408 3.14.1).
pub(crate) fn notify_name(number: u16) -> Option<&'static str> {
    Some(match number {
        4 => "INVALID-COOKIE",
        5 => "INVALID-MAJOR-VERSION",
        6 => "INVALID-MINOR-VERSION",
        7 => "INVALID-EXCHANGE-TYPE",
        14 => "NO-PROPOSAL-CHOSEN",
        16 => "PAYLOAD-MALFORMED",
        17 => "INVALID-KEY-INFORMATION",
        18 => "INVALID-ID-INFORMATION",
        24 => "AUTHENTICATION-FAILED",
        _ => return None,
    })
}

#[derive(Debug, PartialEq, Eq)]
struct Message {
    cookie: u64,
    /// The responder's cookie is zero.
    first: bool,
    exchange: Exchange,
    notifies: Vec<u16>,
}

impl Message {
    fn read(octets: &[u8]) -> Option<Self> {
        let (cookie, rest) = octets.get(..HEAD_LEN)?.split_first_chunk::<8>()?;
        let (other, rest) = rest.split_first_chunk::<8>()?;
        let [next, version, exchange] = *rest.first_chunk::<3>()?;
        if version >> 4 != 1 {
            return None;
        }
        let clear = octets.get(HEAD_LEN).is_some_and(|flags| flags & ENCRYPTED == 0);
        let notifies = if clear { notifies(next, octets.get(HEADER_LEN..).unwrap_or_default()) } else { Vec::new() };
        Some(Self { cookie: u64::from_be_bytes(*cookie), first: *other == [0; 8], exchange: Exchange::of(exchange), notifies })
    }
}

/// The types of the notifications of a chain, up to where it breaks.
fn notifies(mut ty: u8, mut octets: &[u8]) -> Vec<u16> {
    let mut found = Vec::new();
    while let (true, [next, _, l, n, ..]) = (ty != 0 && found.len() < MAX_NOTIFIES, octets) {
        let len = usize::from(u16::from_be_bytes([*l, *n]));
        let Some(payload) = octets.get(..len).filter(|payload| payload.len() >= 4) else { break };
        // Domain of interpretation, protocol and SPI size stand before it.
        if let (NOTIFICATION, Some(number)) = (ty, payload.get(10..).and_then(<[u8]>::first_chunk)) {
            found.push(u16::from_be_bytes(*number));
        }
        ty = *next;
        octets = octets.get(len..).unwrap_or_default();
    }
    found
}
