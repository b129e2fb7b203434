//! What is remembered of one IKE SA.

use super::auth::Auth;
use super::flow::{Datagram, Exchange, Packets, Part, Repeat, Way, begins, print};
use super::init::Init;
use super::len;
use super::room::Room;
use super::sides::Sides;
use super::sights::Sights;
use crate::diagnose::capabilities::Capabilities;
use crate::diagnose::observation::{Account, Decrypted, Observation, Said, Transport};
use crate::fragment::Overhead;
use crate::instant::Instant;
use crate::registry::{ExchangeType, NotifyType, PayloadType};
use crate::role::Role;
use crate::wire::{HEADER_LEN, IkeSpis, LenientMessage, PAYLOAD_HEADER_LEN, Payload};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

/// Exchanges of one IKE SA that are watched at one time; older ones are given back to be judged.
const EXCHANGES: usize = 16;
/// Addresses remembered for one step of one IKE SA.
const HOSTS: usize = 4;

pub(in crate::diagnose) struct Sa {
    pub(in crate::diagnose) spis: IkeSpis,
    pub(in crate::diagnose) first: Instant,
    pub(in crate::diagnose) last: Instant,
    /// Messages seen of each side.
    pub(in crate::diagnose) seen: Sides<u64>,
    pub(in crate::diagnose) init: Init,
    pub(in crate::diagnose) auth: Auth,
    pub(in crate::diagnose) exchanges: VecDeque<Exchange>,
    /// Message ID of each side's last request.
    pub(in crate::diagnose) asked: Sides<Option<u32>>,
    /// Addresses the initiator's IKE_SA_INIT and later messages went to.
    pub(in crate::diagnose) init_hosts: Vec<IpAddr>,
    pub(in crate::diagnose) later_hosts: Vec<IpAddr>,
    pub(in crate::diagnose) initiator: IpAddr,
    pub(in crate::diagnose) responder: IpAddr,
    /// Where they were last seen.
    pub(in crate::diagnose) ends: Sides<SocketAddr>,
    /// Where the initiator was when IKE_SA_INIT was seen.
    pub(in crate::diagnose) began_at: Option<SocketAddr>,
    /// Which IKE SA of the capture it is, counted from 1.
    pub(in crate::diagnose) number: u64,
    pub(in crate::diagnose) sights: Sights,
    /// Messages of which not even the header is whole.
    pub(in crate::diagnose) beheaded: u64,
    /// A message of which the capture holds only the beginning.
    pub(in crate::diagnose) cut: bool,
    pub(in crate::diagnose) unknown_spi: Option<UnknownSpi>,
    pub(in crate::diagnose) clear_error: Option<ClearError>,
    /// Requests without an answer after which the same side asked again all the same, in exchanges that are watched no longer.
    pub(in crate::diagnose) unheard: u32,
    /// What the log of one side says outright.
    pub(in crate::diagnose) told: ToldByLog,
}

/// What the log of one side says outright of an IKE SA: the lines, and when.
#[derive(Default)]
pub(in crate::diagnose) struct ToldByLog {
    /// It gave up a request that was not answered.
    pub(in crate::diagnose) gave_up: Option<(Packets, Instant)>,
    /// It cannot go on after IKE_SA_INIT.
    pub(in crate::diagnose) stopped: Option<(Packets, Instant)>,
    /// It insists on a PPK, and none was confirmed.
    pub(in crate::diagnose) ppk_missing: Option<(Packets, Instant)>,
    /// Nothing followed IKE_SA_INIT.
    pub(in crate::diagnose) nothing_followed: Option<(Packets, Instant)>,
}

/// INVALID_IKE_SPI, not encrypted: who said so, the packets, and when the last of them came.
pub(in crate::diagnose) struct UnknownSpi {
    pub(in crate::diagnose) by: Role,
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) time: Instant,
}

/// Another error that was not encrypted, after IKE_SA_INIT.
pub(in crate::diagnose) struct ClearError {
    pub(in crate::diagnose) exchange: ExchangeType,
    pub(in crate::diagnose) notify: NotifyType,
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) time: Instant,
}

/// What came of a message.
pub(in crate::diagnose) struct Taken {
    /// Whether the same datagram was seen before.
    pub(in crate::diagnose) repeat: Repeat,
    pub(in crate::diagnose) evicted: Option<Evicted>,
}

/// An exchange that had to make room for a newer one.
pub(in crate::diagnose) struct Evicted {
    pub(in crate::diagnose) exchange: Exchange,
    /// The side that asked had gone on since.
    pub(in crate::diagnose) later: bool,
}

impl Sa {
    pub(in crate::diagnose) fn new(number: u64, spis: IkeSpis, time: Instant, ends: Sides<SocketAddr>) -> Self {
        Self {
            number,
            ends,
            began_at: None,
            sights: Sights::default(),
            beheaded: 0,
            cut: false,
            spis,
            first: time,
            last: time,
            seen: Sides::default(),
            init: Init::default(),
            auth: Auth::default(),
            exchanges: VecDeque::new(),
            asked: Sides::default(),
            init_hosts: Vec::new(),
            later_hosts: Vec::new(),
            initiator: ends.initiator.ip(),
            responder: ends.responder.ip(),
            unknown_spi: None,
            clear_error: None,
            unheard: 0,
            told: ToldByLog::default(),
        }
    }

    /// Takes what the log of one side says outright.
    pub(in crate::diagnose) fn said(&mut self, seen: &Observation<'_>, said: Said) {
        let place = match said {
            Said::GaveUp => &mut self.told.gave_up,
            Said::Stopped => &mut self.told.stopped,
            Said::NothingFollowed => &mut self.told.nothing_followed,
            Said::PpkMissing => &mut self.told.ppk_missing,
            Said::Unreadable(payload) => return self.init.cannot_be_read(seen, payload),
        };
        *place = Some((seen.packets.into(), seen.time));
    }

    /// The print of the IKE_SA_INIT request seen last.
    pub(in crate::diagnose) fn init_print(&self) -> Option<u64> {
        self.exchanges.iter().rev().find(|e| begins(e.exchange)).map(|e| e.print)
    }

    /// Takes a message.
    pub(in crate::diagnose) fn message(
        &mut self,
        seen: &Observation<'_>,
        message: &LenientMessage<'_>,
        fragments: &[usize],
        decrypted: Option<Decrypted<'_>>,
        tools: &Capabilities,
    ) -> Taken {
        let header = message.header();
        let sender = header.sender();
        self.last = self.last.max(seen.time);
        let count = self.seen.of_mut(sender);
        *count = count.saturating_add(1);
        let (initiator, responder) = if header.initiator { (seen.src, seen.dst) } else { (seen.dst, seen.src) };
        (self.initiator, self.responder) = (initiator.ip(), responder.ip());
        self.ends = Sides { initiator, responder };
        self.sights.see(sender, seen.sight);
        self.cut |= usize::try_from(message.length()).is_ok_and(|length| length > message.as_octets().len());
        let is_init = begins(header.exchange);
        let hosts = if is_init { &mut self.init_hosts } else { &mut self.later_hosts };
        if hosts.len() < HOSTS && !hosts.contains(&responder.ip()) {
            hosts.push(responder.ip());
        }
        if is_init && !header.response {
            self.began_at = Some(initiator);
        }
        let asker = header.requester();
        let print = if is_init && !header.response { print(message.as_octets()) } else { 0 };
        let datagram = Datagram {
            packets: seen.packets,
            time: seen.time,
            size: size(seen, message),
            sizes: fragments,
            way: Way { src: seen.src, dst: seen.dst },
            marked: seen.transport != Transport::Udp,
            arrival: seen.sight.arrival,
            streamed: seen.transport == Transport::Tcp,
            part: part(message, self.init.overhead).of_known_size(seen.account != Account::Log { octets: None }),
        };
        if !is_init && matches!(datagram.part, Part::Whole { first: None, .. }) {
            // After IKE_SA_INIT nothing in clear is an answer.
            self.clear_errors(seen, message);
            return Taken { repeat: Repeat::No, evicted: None };
        }
        let (mut fresh, mut evicted) = (None, None);
        let same = Exchange::is(asker, header.message_id, header.exchange, header.response, print);
        let exchange = match self.exchanges.iter_mut().rfind(|e| same(e)) {
            Some(exchange) => exchange,
            None => {
                evicted = self.evict();
                fresh.insert(Exchange::new(asker, header.message_id, header.exchange, print, seen.time))
            }
        };
        let flow = if header.response { &exchange.response } else { &exchange.request };
        let was_whole = flow.whole.is_some();
        let repeat = exchange.see(header.response, &datagram);
        if !header.response {
            let asked = self.asked.of_mut(asker);
            *asked = (*asked).max(Some(header.message_id));
        }
        if is_init {
            self.init.message(seen, message, repeat != Repeat::No, tools);
        } else {
            self.auth.message(seen, header, exchange, was_whole, &self.init, decrypted);
        }
        if let Some(fresh) = fresh {
            self.exchanges.push_back(fresh);
        }
        Taken { repeat, evicted }
    }

    /// Takes IP fragments of a message, whose header may be known.
    pub(in crate::diagnose) fn lost(
        &mut self,
        seen: &Observation<'_>,
        head: Option<&LenientMessage<'_>>,
        arrived: u64,
        total: Option<u64>,
        from: Role,
    ) -> Option<Evicted> {
        self.last = self.last.max(seen.time);
        let (id, kind, asker, response) = match head.map(LenientMessage::header) {
            Some(header) => (header.message_id, header.exchange, header.requester(), header.response),
            // Without a header: the request of the initiator, or the answer to it, that is under way.
            None => match self.exchanges.back().filter(|e| !begins(e.exchange)) {
                Some(last) => (last.message_id, last.exchange, last.asker, last.asker != from),
                None => (1, ExchangeType::IKE_AUTH, Role::Initiator, from == Role::Responder),
            },
        };
        // The message says how long it is; its last fragment, where the packet ends.
        let size = match (head.and_then(|message| usize::try_from(message.length()).ok()), total) {
            (Some(length), _) => ip_size(seen, length),
            (None, Some(total)) => usize::try_from(total).unwrap_or(usize::MAX).saturating_add(ip_header(seen)),
            (None, None) => 0,
        };
        let part = Part::Lost { arrived, total };
        let way = Way { src: seen.src, dst: seen.dst };
        let (marked, streamed, arrival) = (true, false, seen.sight.arrival);
        let datagram = Datagram { packets: seen.packets, time: seen.time, size, sizes: &[], way, marked, streamed, arrival, part };
        let (mut fresh, mut evicted) = (None, None);
        let same = Exchange::is(asker, id, kind, response, 0);
        let exchange = match self.exchanges.iter_mut().rfind(|e| same(e)) {
            Some(exchange) => exchange,
            None => {
                evicted = self.evict();
                fresh.insert(Exchange::new(asker, id, kind, 0, seen.time))
            }
        };
        exchange.see(response, &datagram);
        self.exchanges.extend(fresh);
        if !response {
            let asked = self.asked.of_mut(asker);
            *asked = (*asked).max(Some(id));
        }
        evicted
    }

    /// Makes room for a new exchange, at the expense of the oldest if there are as many as may be.
    fn evict(&mut self) -> Option<Evicted> {
        if self.exchanges.len() < EXCHANGES {
            return None;
        }
        let exchange = self.exchanges.pop_front()?;
        let later = self.is_past(&exchange);
        if !exchange.response.is_seen() && later {
            self.unheard = self.unheard.saturating_add(1);
        }
        Some(Evicted { exchange, later })
    }

    /// Whether the side that asked has gone on after this exchange: then it has had its answer.
    pub(in crate::diagnose) fn is_past(&self, exchange: &Exchange) -> bool {
        if begins(exchange.exchange) {
            let other = |e: &Exchange| !begins(e.exchange) || e.print != exchange.print;
            let position = |print: u64| self.exchanges.iter().position(|e| begins(e.exchange) && e.print == print);
            let here = position(exchange.print).unwrap_or(0);
            return self.exchanges.iter().skip(here).any(other);
        }
        *self.asked.of(exchange.asker) > Some(exchange.message_id)
    }

    /// Requests without an answer after which the same side asked again all the same.
    pub(in crate::diagnose) fn unheard_in_all(&self) -> u32 {
        let unheard = |e: &&Exchange| !begins(e.exchange) && !e.response.is_seen() && self.is_past(e);
        let watched = u32::try_from(self.exchanges.iter().filter(unheard).count()).unwrap_or(u32::MAX);
        self.unheard.saturating_add(watched)
    }

    /// Whether IKE_SA_INIT came to a good end, whatever else was answered to it.
    pub(in crate::diagnose) const fn goes_on(&self) -> bool {
        self.init.answered.is_some() || self.auth.started
    }

    /// Packets of the first exchange that is still watched.
    pub(in crate::diagnose) fn beginning(&self) -> Packets {
        self.exchanges.front().map(Exchange::packets).unwrap_or_default()
    }

    /// Whether a later message went to an address that none of IKE_SA_INIT went to.
    pub(in crate::diagnose) fn changes_host(&self) -> bool {
        self.later_hosts.iter().any(|host| !self.init_hosts.contains(host))
    }

    fn clear_errors(&mut self, seen: &Observation<'_>, message: &LenientMessage<'_>) {
        let exchange = message.header().exchange;
        // What is not encrypted after IKE_SA_INIT has no author; it is kept to be believed only if nothing goes on.
        for raw in message.payloads().filter(|raw| raw.ty == PayloadType::N).take(4) {
            let (Payload::Notify(notify), _) = raw.parse_lenient() else { continue };
            if notify.ty == NotifyType::INVALID_IKE_SPI {
                let mut packets = self.unknown_spi.take().map(|before| before.packets).unwrap_or_default();
                packets.add(seen.packets);
                self.unknown_spi = Some(UnknownSpi { by: message.header().sender(), packets, time: seen.time });
            } else if notify.ty.is_error() {
                self.clear_error = Some(ClearError { exchange, notify: notify.ty, packets: seen.packets.into(), time: seen.time });
            }
        }
    }
}

/// Octets of IP header and what stands between it and the message.
fn ip_header(seen: &Observation<'_>) -> usize {
    if seen.src.is_ipv4() { 20 } else { 40 }
}

/// Octets of the IP packet that would carry a message whole; 0 where a log does not say how large it is.
fn size(seen: &Observation<'_>, message: &LenientMessage<'_>) -> usize {
    match seen.account {
        Account::Packet => ip_size(seen, len::octets(message)),
        Account::Log { octets } => octets.map_or(0, |octets| ip_size(seen, octets)),
    }
}

/// Octets of the IP packet that would carry the message whole.
fn ip_size(seen: &Observation<'_>, message: usize) -> usize {
    let marker = match seen.transport {
        Transport::Udp => 8,
        Transport::UdpNonEspMarker => 12,
        Transport::Tcp => 26,
    };
    message.saturating_add(ip_header(seen)).saturating_add(marker)
}

/// What a datagram is of its message.
fn part(message: &LenientMessage<'_>, overhead: Option<Overhead>) -> Part {
    for raw in message.payloads() {
        let payload = raw.parse_lenient().0;
        if let Payload::Sk(sk) = payload {
            return Part::Whole { first: Some(sk.first_payload), content: Room::of(sk.sealed.len(), overhead) };
        }
        if let Payload::Skf(skf) = payload {
            let content = Room::of(skf.sealed.len(), overhead);
            return Part::Fragment { first: skf.first_payload, number: skf.number, total: skf.total, content };
        }
    }
    cut_short(message, overhead).unwrap_or(Part::Whole { first: None, content: None })
}

/// The same of a message of which the capture holds only the beginning, as a snap length leaves it.
fn cut_short(message: &LenientMessage<'_>, overhead: Option<Overhead>) -> Option<Part> {
    let sealed = usize::try_from(message.length()).ok()?.checked_sub(HEADER_LEN.saturating_add(PAYLOAD_HEADER_LEN))?;
    let body = message.as_octets().get(HEADER_LEN..)?;
    match (message.first_payload(), body) {
        (PayloadType::SK, [first, ..]) => Some(Part::Whole { first: Some(PayloadType(*first)), content: Room::of(sealed, overhead) }),
        (PayloadType::SKF, [first, _, _, _, n1, n0, t1, t0, ..]) => {
            let (number, total) = (u16::from_be_bytes([*n1, *n0]), u16::from_be_bytes([*t1, *t0]));
            let content = Room::of(sealed.saturating_sub(4), overhead);
            (1..=total).contains(&number).then_some(Part::Fragment { first: PayloadType(*first), number, total, content })
        }
        _ => None,
    }
}
