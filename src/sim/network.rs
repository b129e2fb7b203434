//! Packets on their way, both ways: IP's cutting and putting together, ICMP, NAT, and the hops.

use super::hop::Direction;
use super::random::Random;
use super::report::{Drop, PacketCounts};
use super::route::{Ip, Route};
use crate::fnv::Fnv1a;
use crate::fragment::strategy::{Carrier, Transmit};
use crate::instant::Instant;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::{Ordering, Reverse};
use core::time::Duration;

/// Which way a datagram goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// With the message.
    Forth,
    /// Feedback and answers.
    Back,
}

/// A datagram that was sent.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) way: Way,
    pub(super) transport: Carrier,
    /// Tells octets sent again.
    pub(super) key: u64,
    /// Octets of IP payload.
    len: u32,
    octets: Vec<u8>,
    may_fragment: bool,
    fate: Option<Drop>,
    pub(super) delivered: bool,
    /// Pieces that have arrived: offset and octets.
    pieces: Vec<(u32, u32)>,
    have: u32,
}

/// What happens at one end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Delivered {
    /// A datagram, at the far end of its way.
    Datagram { way: Way, transport: Carrier, octets: Vec<u8> },
    /// ICMP, at the sender of what was too big.
    TooBig { way: Way, mtu: u16 },
}

/// An IP packet: a whole datagram, or a piece.
#[derive(Clone, Copy, Debug)]
struct Packet {
    flight: usize,
    offset: u32,
    len: u32,
    /// How many hops it has passed.
    passed: usize,
}

#[derive(Debug)]
enum What {
    Packet(Packet),
    TooBig { way: Way, mtu: u16 },
}

#[derive(Debug)]
struct Event {
    at: Instant,
    /// What was scheduled first comes first.
    order: u64,
    what: What,
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Event {}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// Everything between the two ends.
#[derive(Debug)]
pub(super) struct Network<'r> {
    route: &'r Route,
    random: Random,
    /// The hops of each way, in the order they are passed.
    forth: Vec<Direction>,
    back: Vec<Direction>,
    events: BinaryHeap<Reverse<Event>>,
    order: u64,
    pub(super) flights: Vec<Flight>,
    /// When the NAT last saw the sender.
    seen: Option<Instant>,
    /// What each end has learned of the path's MTU.
    learned: [u16; 2],
}

impl<'r> Network<'r> {
    pub(super) fn new(route: &'r Route, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let forth: Vec<_> = route.hops.iter().map(|hop| Direction::new(*hop, &mut random)).collect();
        let back = match &route.back {
            Some(hops) => hops.iter().map(|hop| Direction::new(*hop, &mut random)).collect(),
            None => forth.iter().rev().map(Direction::reverse).collect(),
        };
        let (events, flights) = (BinaryHeap::new(), Vec::new());
        Self { route, random, forth, back, events, order: 0, flights, seen: None, learned: [u16::MAX; 2] }
    }

    /// Sends a datagram.
    pub(super) fn send(&mut self, way: Way, datagram: &Transmit<'_>, now: Instant) {
        let len = u32::try_from(datagram.packet_len.saturating_sub(self.header())).unwrap_or(u32::MAX);
        let flight = self.flights.len();
        self.flights.push(Flight {
            way,
            transport: datagram.carrier,
            key: key(datagram.octets),
            len,
            octets: datagram.octets.to_vec(),
            may_fragment: datagram.may_fragment,
            fate: None,
            delivered: false,
            pieces: Vec::new(),
            have: 0,
        });
        self.enter(Packet { flight, offset: 0, len, passed: 0 }, now);
    }

    /// When something happens next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.events.peek().map(|Reverse(event)| event.at)
    }

    /// The next thing that happens up to `now` at one of the ends.
    pub(super) fn arrival(&mut self, now: Instant) -> Option<Delivered> {
        while self.next().is_some_and(|at| at <= now) {
            let Reverse(event) = self.events.pop()?;
            let arrival = match event.what {
                What::TooBig { way, mtu } => {
                    let [forth, back] = &mut self.learned;
                    let learned = if way == Way::Forth { forth } else { back };
                    *learned = mtu.min(*learned);
                    Some(Delivered::TooBig { way, mtu })
                }
                What::Packet(packet) if self.has_arrived(packet) => self.arrive(packet, event.at),
                What::Packet(packet) => {
                    self.enter(packet, event.at);
                    None
                }
            };
            if arrival.is_some() {
                return arrival;
            }
        }
        None
    }

    pub(super) fn fates(&self, way: Way) -> PacketCounts {
        let mut fates = PacketCounts::default();
        self.flights.iter().filter(|flight| flight.way == way).for_each(|flight| fates.count(flight.fate, flight.delivered));
        fates
    }

    pub(super) const fn answer_after(&self) -> Duration {
        self.route.answer_after
    }

    fn header(&self) -> usize {
        if self.route.ip == Ip::V4 { 20 } else { 40 }
    }

    /// Octets of a piece's headers.
    fn piece_header(&self) -> usize {
        if self.route.ip == Ip::V4 { 20 } else { 48 }
    }

    fn schedule(&mut self, at: Instant, what: What) {
        self.order = self.order.saturating_add(1);
        self.events.push(Reverse(Event { at, order: self.order, what }));
    }

    fn drop(&mut self, packet: Packet, why: Drop) {
        if let Some(flight) = self.flights.get_mut(packet.flight) {
            flight.fate.get_or_insert(why);
        }
    }

    fn way(&self, way: Way) -> &[Direction] {
        if way == Way::Forth { &self.forth } else { &self.back }
    }

    fn has_arrived(&self, packet: Packet) -> bool {
        self.flights.get(packet.flight).is_none_or(|flight| packet.passed >= self.way(flight.way).len())
    }

    /// A packet stands before its next hop.
    fn enter(&mut self, packet: Packet, now: Instant) {
        let Some(flight) = self.flights.get(packet.flight) else { return };
        let (way, may_fragment) = (flight.way, flight.may_fragment);
        let hops = self.way(way);
        let Some(hop) = hops.get(packet.passed).map(|direction| direction.hop) else {
            return self.schedule(now, What::Packet(packet));
        };
        let at_sender = packet.passed == 0;
        if way == Way::Forth && at_sender {
            self.seen = Some(now);
        }
        let [forth, back] = self.learned;
        let learned = if way == Way::Forth { forth } else { back };
        let mtu = if at_sender && may_fragment && self.route.ip == Ip::V6 { hop.mtu.min(learned) } else { hop.mtu };
        if self.size(packet) <= usize::from(mtu) {
            return self.pass(packet, now);
        }
        // The sender of a packet may always cut it; routers may under IPv4, unless DF forbids.
        if may_fragment && (at_sender || self.route.ip == Ip::V4) {
            return self.cut(packet, mtu, now);
        }
        let earlier = self.way(way).iter().take(packet.passed);
        let delay = earlier.fold(Duration::ZERO, |sum, direction| sum.saturating_add(direction.hop.delay));
        self.drop(packet, Drop::TooBig);
        if hop.too_big || at_sender {
            self.schedule(now + delay, What::TooBig { way, mtu: hop.mtu });
        }
    }

    /// Octets of a packet, with its headers.
    fn size(&self, packet: Packet) -> usize {
        let header = if self.is_piece(packet) { self.piece_header() } else { self.header() };
        usize::try_from(packet.len).unwrap_or(usize::MAX).saturating_add(header)
    }

    fn is_piece(&self, packet: Packet) -> bool {
        self.flights.get(packet.flight).is_some_and(|flight| packet.len != flight.len)
    }

    fn cut(&mut self, packet: Packet, mtu: u16, now: Instant) {
        // All pieces but the last are multiples of 8 octets (RFC 791 section 3.2).
        let most = u32::try_from(usize::from(mtu).saturating_sub(self.piece_header()) & !7).unwrap_or(0);
        if most == 0 {
            return self.drop(packet, Drop::TooBig);
        }
        let end = packet.offset.saturating_add(packet.len);
        let mut offset = packet.offset;
        while offset < end {
            let len = most.min(end.saturating_sub(offset));
            self.pass(Packet { offset, len, ..packet }, now);
            offset = offset.saturating_add(len);
        }
    }

    /// A packet that fits its next hop.
    fn pass(&mut self, packet: Packet, now: Instant) {
        let Some(way) = self.flights.get(packet.flight).map(|flight| flight.way) else { return };
        let (is_piece, size) = (self.is_piece(packet), self.size(packet));
        let hops = if way == Way::Forth { &mut self.forth } else { &mut self.back };
        let Some(direction) = hops.get_mut(packet.passed) else { return };
        if is_piece && direction.drops_piece(packet.offset, &mut self.random) {
            return self.drop(packet, Drop::IpFragment);
        }
        let copies = if self.random.happens(direction.hop.duplicate) { 2 } else { 1 };
        let arrivals = [0, 1].map(|copy| (copy < copies).then(|| direction.pass(size, now, &mut self.random)));
        for arrival in arrivals.into_iter().flatten() {
            match arrival {
                Ok(at) => self.schedule(at, What::Packet(Packet { passed: packet.passed.saturating_add(1), ..packet })),
                Err(why) => self.drop(packet, why),
            }
        }
    }

    /// A packet is at the end of its way: a datagram, or the piece that made one whole.
    fn arrive(&mut self, packet: Packet, now: Instant) -> Option<Delivered> {
        let flight = self.flights.get_mut(packet.flight)?;
        let forgotten = |memory| self.seen.is_none_or(|seen| now - seen > memory);
        if flight.way == Way::Back && self.route.nat.is_some_and(forgotten) {
            flight.fate.get_or_insert(Drop::Nat);
            return None;
        }
        if packet.len != flight.len {
            if flight.pieces.contains(&(packet.offset, packet.len)) {
                return None;
            }
            flight.pieces.push((packet.offset, packet.len));
            flight.have = flight.have.saturating_add(packet.len);
            if flight.have < flight.len {
                return None;
            }
        }
        flight.delivered = true;
        Some(Delivered::Datagram { way: flight.way, transport: flight.transport, octets: flight.octets.clone() })
    }
}

/// A number for the octets of a datagram: the hash of its head, where IV or sequence number are.
fn key(octets: &[u8]) -> u64 {
    Fnv1a::EMPTY.and(octets.get(..64).unwrap_or(octets)).0
}
