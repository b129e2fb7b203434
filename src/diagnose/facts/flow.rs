//! One message of an exchange, however often and in however many pieces it was sent.

use super::room::Room;
use crate::diagnose::observation::Delivery;
use crate::fnv::Fnv1a;
use crate::instant::Instant;
use crate::registry::{ExchangeType, PayloadType};
use crate::role::Role;
use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;

/// Copies of a datagram that come within this time were made on the way, or by the capture; what comes later was sent again.
/// The fastest sender known waits 500 ms.
const COPY: Duration = Duration::from_millis(200);
/// Fragment numbers told apart in one set. No stack sends as many; more are counted as there.
const NUMBERS: usize = 1024;
/// IP fragment sizes kept.
const SIZES: usize = 64;
/// Ways kept of one message.
const WAYS: usize = 4;
/// The port on which IKE stands without a marker.
const IKE: u16 = 500;
/// The port on which IKE stands behind a marker (RFC 7296 section 2.23).
const NAT_T: u16 = 4500;

/// Packet numbers, the first of many.
#[derive(Clone, Debug, Default)]
pub(in crate::diagnose) struct Packets(Vec<u64>);

impl Packets {
    /// Packet numbers kept.
    pub(in crate::diagnose) const MOST: usize = 16;

    pub(in crate::diagnose) fn add(&mut self, packets: &[u64]) {
        for packet in packets {
            if self.0.len() < Self::MOST && !self.0.contains(packet) {
                self.0.push(*packet);
            }
        }
    }

    pub(in crate::diagnose) fn join(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.add(&other.0);
        all
    }

    pub(in crate::diagnose) fn into_vec(mut self) -> Vec<u64> {
        self.0.sort_unstable();
        self.0
    }
}

impl From<&[u64]> for Packets {
    fn from(packets: &[u64]) -> Self {
        let mut all = Self::default();
        all.add(packets);
        all
    }
}

/// A datagram of a message, as far as a flow needs to know it.
pub(in crate::diagnose) struct Datagram<'a> {
    pub(in crate::diagnose) packets: &'a [u64],
    pub(in crate::diagnose) time: Instant,
    /// Octets as one IP packet.
    pub(in crate::diagnose) size: usize,
    /// Octets of IP payload in each IP fragment.
    pub(in crate::diagnose) sizes: &'a [usize],
    pub(in crate::diagnose) way: Way,
    /// The marker of four zero octets stands before it.
    pub(in crate::diagnose) marked: bool,
    /// How much of it came to its end, as a capture there tells.
    pub(in crate::diagnose) arrival: Option<Delivery>,
    /// It came in a TCP stream.
    pub(in crate::diagnose) streamed: bool,
    pub(in crate::diagnose) part: Part,
}

/// From where to where a datagram went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diagnose) struct Way {
    pub(in crate::diagnose) src: SocketAddr,
    pub(in crate::diagnose) dst: SocketAddr,
}

impl Way {
    /// Whether the other side expects the marker before IKE: at port 4500, and from there at whatever port a translator gave it.
    const fn wants_marker(self) -> bool {
        self.dst.port() == NAT_T || self.src.port() == NAT_T && self.dst.port() != IKE
    }

    /// The way back.
    pub(in crate::diagnose) const fn back(self) -> Self {
        Self { src: self.dst, dst: self.src }
    }
}

/// What a datagram is of its message.
#[derive(Clone, Copy)]
pub(in crate::diagnose) enum Part {
    /// All of it: the type of the first payload inside, and the room for its content, if encrypted.
    Whole { first: Option<PayloadType>, content: Option<Room> },
    /// A fragment.
    Fragment { first: PayloadType, number: u16, total: u16, content: Option<Room> },
    /// IP fragments of which it did not become whole.
    Lost { arrived: u64, total: Option<u64> },
}

impl Part {
    /// The same without what its size would tell, where that is not known.
    pub(in crate::diagnose) const fn of_known_size(self, known: bool) -> Self {
        match self {
            Self::Whole { first, .. } if !known => Self::Whole { first, content: None },
            Self::Fragment { first, number, total, .. } if !known => Self::Fragment { first, number, total, content: None },
            Self::Whole { .. } | Self::Fragment { .. } | Self::Lost { .. } => self,
        }
    }
}

/// IP fragments that never became whole.
#[derive(Clone, Copy, Debug)]
pub(in crate::diagnose) struct Lost {
    pub(in crate::diagnose) arrived: u64,
    pub(in crate::diagnose) total: Option<u64>,
}

/// A fragment set.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct Set {
    pub(in crate::diagnose) total: u16,
    /// How often each fragment came; the first stands for number 1.
    seen: Vec<u16>,
    /// What of each number came to its end, for as many as a capture there tells of.
    arrivals: Vec<Option<Delivery>>,
    /// Numbers that came.
    have: usize,
    /// Room for content, of the fragments that came.
    content: Option<Room>,
}

impl Set {
    fn new(total: u16) -> Self {
        Self { total, seen: Vec::new(), arrivals: Vec::new(), have: 0, content: Some(Room { least: 0, most: 0, exact: true }) }
    }

    /// Octets of content, about.
    pub(in crate::diagnose) fn octets(&self) -> usize {
        self.content.map_or(0, |content| content.least)
    }

    /// Takes a fragment, of which copies of the same moment do not count; tells how often that number has come by now.
    fn count(&mut self, number: u16, content: Option<Room>, copy: bool) -> u32 {
        let Some(at) = usize::from(number).checked_sub(1).filter(|at| *at < NUMBERS) else {
            return 1;
        };
        let fresh = self.seen.get(at).is_none_or(|count| *count == 0);
        if self.seen.len() <= at {
            self.seen.resize(at.saturating_add(1), 0);
        }
        let Some(count) = self.seen.get_mut(at) else { return 1 };
        *count = count.saturating_add(u16::from(fresh || !copy));
        let count = u32::from(*count);
        if fresh {
            self.have = self.have.saturating_add(1);
            self.content = self.content.zip(content).map(|(before, more)| before.and(more));
        }
        count
    }

    /// Takes what came of a fragment at its end.
    fn arrive(&mut self, number: u16, arrival: Option<Delivery>) {
        let Some(at) = usize::from(number).checked_sub(1).filter(|at| *at < NUMBERS) else { return };
        let first = self.seen.get(at).is_some_and(|count| *count <= 1);
        if self.arrivals.len() <= at && arrival.is_some() {
            self.arrivals.resize(at.saturating_add(1), None);
        }
        if let Some(known) = self.arrivals.get_mut(at) {
            *known = if first { arrival } else { best(*known, arrival) };
        }
    }

    /// Whether every fragment came to its end, or none; `None` where some did, and where it is not known.
    fn arrival(&self) -> Option<Delivery> {
        let all = self.arrivals.iter().copied().collect::<Option<Vec<_>>>()?;
        let came = all.iter().filter(|arrival| **arrival == Delivery::Whole).count();
        match came {
            _ if !self.is_whole() || all.len() < self.have => None,
            0 => Some(Delivery::Nothing),
            _ => (came == all.len()).then_some(Delivery::Whole),
        }
    }

    /// The first 64 numbers that were sent and did not come to their end, as far as a capture there tells.
    pub(in crate::diagnose) fn vanished(&self) -> Vec<u16> {
        let lost = |arrival: &Option<Delivery>| arrival.is_some_and(|arrival| arrival != Delivery::Whole);
        (1..=self.total).zip(&self.arrivals).filter(|(_, arrival)| lost(arrival)).map(|(number, _)| number).take(64).collect()
    }

    fn is_whole(&self) -> bool {
        usize::from(self.total).min(NUMBERS) <= self.have
    }

    /// The first 64 numbers that did not come.
    pub(in crate::diagnose) fn missing(&self) -> Vec<u16> {
        let counts = self.seen.iter().copied().chain(core::iter::repeat(0)).take(NUMBERS);
        (1..=self.total).zip(counts).filter(|(_, count)| *count == 0).map(|(number, _)| number).take(64).collect()
    }
}

/// What is missing of a message that was sent.
pub(in crate::diagnose) enum Gap<'a> {
    /// Some of its IP fragments.
    IpFragments(Lost),
    /// Some fragments of its set.
    Fragments(&'a Set),
}

#[derive(Clone, Debug, Default)]
pub(in crate::diagnose) struct Flow {
    pub(in crate::diagnose) first: Option<Instant>,
    /// When a datagram of it was last seen.
    pub(in crate::diagnose) latest: Instant,
    /// When it was last sent.
    pub(in crate::diagnose) last: Instant,
    pub(in crate::diagnose) packets: Packets,
    /// How often it was sent.
    pub(in crate::diagnose) sent: u32,
    /// How often its most frequent datagram was seen.
    pub(in crate::diagnose) copies: u32,
    /// When all of it had come.
    pub(in crate::diagnose) whole: Option<Instant>,
    /// Octets of the largest datagram as an IP packet.
    pub(in crate::diagnose) largest: usize,
    pub(in crate::diagnose) sizes: Vec<usize>,
    pub(in crate::diagnose) lost: Option<Lost>,
    pub(in crate::diagnose) set: Option<Set>,
    /// The port it was last sent to.
    pub(in crate::diagnose) port: u16,
    /// From where to where it went: one way, or more where both sides of a translator are in the capture, or an end has moved.
    pub(in crate::diagnose) ways: Vec<Way>,
    /// It went to port 4500 without the marker.
    pub(in crate::diagnose) unmarked: bool,
    /// It came in a TCP stream, where no size is too large.
    pub(in crate::diagnose) streamed: bool,
    /// The type of the first payload inside.
    pub(in crate::diagnose) inside: Option<PayloadType>,
    /// The room for its content.
    pub(in crate::diagnose) content: Option<Room>,
    /// The most that came to its end of one datagram that is all of it, as a capture there tells.
    pub(in crate::diagnose) arrived: Option<Delivery>,
}

impl Flow {
    pub(in crate::diagnose) fn is_seen(&self) -> bool {
        self.first.is_some()
    }

    /// What is missing of it; `None` when it was whole once, or never sent.
    pub(in crate::diagnose) fn gap(&self) -> Option<Gap<'_>> {
        if self.whole.is_some() {
            return None;
        }
        self.lost.map(Gap::IpFragments).or_else(|| self.set.as_ref().map(Gap::Fragments))
    }

    /// How much of it came to its end, if a capture there tells; of a fragment set all or nothing.
    pub(in crate::diagnose) fn arrival(&self) -> Option<Delivery> {
        self.arrived.max(self.set.as_ref().and_then(Set::arrival))
    }

    /// Whether it was sent, as a capture of its sender tells, and never came to its end whole, as one there tells.
    pub(in crate::diagnose) fn vanishes(&self) -> bool {
        match self.arrival() {
            Some(arrival) => arrival != Delivery::Whole,
            None => self.comes_in_part(),
        }
    }

    /// Whether some fragments of its set came to its end and others did not.
    pub(in crate::diagnose) fn comes_in_part(&self) -> bool {
        self.whole.is_some() && self.set.as_ref().is_some_and(|set| set.arrival().is_none() && !set.vanished().is_empty())
    }

    /// Takes a datagram; tells whether it was seen before.
    pub(in crate::diagnose) fn see(&mut self, datagram: &Datagram<'_>) -> Repeat {
        let time = datagram.time;
        let first = self.first.is_none();
        // What comes so soon after was made on the way, or by the capture.
        let copy = !first && time - self.last < COPY;
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.packets.add(datagram.packets);
        self.latest = self.latest.max(time);
        self.largest = self.largest.max(datagram.size);
        self.port = datagram.way.dst.port();
        self.streamed |= datagram.streamed;
        self.unmarked |= !datagram.marked && datagram.way.wants_marker();
        if self.ways.len() < WAYS && !self.ways.contains(&datagram.way) {
            self.ways.push(datagram.way);
        }
        if self.sizes.len() < datagram.sizes.len() {
            self.sizes = datagram.sizes.iter().copied().take(SIZES).collect();
        }
        let more = self.copies.saturating_add(u32::from(!copy));
        let (again, count) = match datagram.part {
            Part::Whole { first, content } => {
                self.inside = first.or(self.inside);
                self.content = content.or(self.content);
                let again = self.whole.is_some();
                self.arrived = if again { best(self.arrived, datagram.arrival) } else { datagram.arrival };
                self.whole = self.whole.or(Some(time));
                (again, more.max(1))
            }
            Part::Lost { arrived, total } => {
                let before = self.lost;
                let most = before.map_or(arrived, |lost| lost.arrived.max(arrived));
                self.lost = Some(Lost { arrived: most, total: total.or(before.and_then(|lost| lost.total)) });
                (before.is_some(), more.max(1))
            }
            Part::Fragment { first, number, total, content } => {
                if number == 1 {
                    self.inside = Some(first);
                }
                let taken = self.fragment(number, total, content, time, copy);
                if let Some(set) = self.set.as_mut().filter(|set| set.total == total) {
                    set.arrive(number, datagram.arrival);
                }
                taken
            }
        };
        self.copies = self.copies.max(count);
        if first || again && !copy {
            self.sent = self.sent.saturating_add(1);
            self.last = time;
        }
        match (again, copy) {
            (false, _) => Repeat::No,
            (true, true) => Repeat::Copy,
            (true, false) => Repeat::Again,
        }
    }

    /// Whether the fragment was seen before, and how often now.
    fn fragment(&mut self, number: u16, total: u16, content: Option<Room>, time: Instant, copy: bool) -> (bool, u32) {
        // Sent again in smaller pieces, a message begins anew (RFC 7383 section 2.6); larger ones are late copies.
        if self.set.as_ref().is_none_or(|set| total > set.total) {
            self.sent = 0;
            self.set = Some(Set::new(total));
        }
        let Some(set) = self.set.as_mut().filter(|set| set.total == total) else {
            return (true, 1);
        };
        let have = set.have;
        let count = set.count(number, content, copy);
        if set.is_whole() && self.whole.is_none() {
            self.whole = Some(time);
            self.content = set.content;
        }
        (set.have == have, count)
    }
}

/// The more that came of one of two transmissions; not known where that of one is not, unless the other came whole.
fn best(before: Option<Delivery>, now: Option<Delivery>) -> Option<Delivery> {
    let whole = Some(Delivery::Whole);
    if before == whole || now == whole { whole } else { before.zip(now).map(|(before, now)| before.max(now)) }
}

/// Whether a datagram was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diagnose) enum Repeat {
    /// For the first time.
    No,
    /// In the same moment: a copy of the packet, which the capture or a machine on the way has made.
    Copy,
    /// Later: it was sent again.
    Again,
}

/// A request and its answer.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct Exchange {
    /// Who sends the request.
    pub(in crate::diagnose) asker: Role,
    pub(in crate::diagnose) message_id: u32,
    pub(in crate::diagnose) exchange: ExchangeType,
    /// Of IKE_SA_INIT, whose message ID is always 0, what the request is recognised by.
    pub(in crate::diagnose) print: u64,
    /// When the first datagram of it was seen.
    began: Instant,
    pub(in crate::diagnose) request: Flow,
    pub(in crate::diagnose) response: Flow,
    /// How often the request was sent again after its answer had been seen.
    pub(in crate::diagnose) repeats: u32,
}

impl Exchange {
    pub(in crate::diagnose) fn new(asker: Role, message_id: u32, exchange: ExchangeType, print: u64, began: Instant) -> Self {
        let (request, response) = (Flow::default(), Flow::default());
        Self { asker, message_id, exchange, print, began, request, response, repeats: 0 }
    }

    /// Whether an exchange is the one a message belongs to.
    pub(in crate::diagnose) fn is(asker: Role, id: u32, kind: ExchangeType, response: bool, print: u64) -> impl Fn(&Self) -> bool {
        let is_init = begins(kind);
        move |e| {
            e.asker == asker
                && e.message_id == id
                && (e.exchange == kind || !is_init && !begins(e.exchange))
                && (!is_init || response || e.print == print)
        }
    }

    /// When it began: with the request, if that was seen.
    pub(in crate::diagnose) fn began(&self) -> Instant {
        self.request.first.unwrap_or(self.began)
    }

    pub(in crate::diagnose) fn packets(&self) -> Packets {
        self.request.packets.join(&self.response.packets)
    }

    /// The request, then the response, each with who sends it.
    pub(in crate::diagnose) fn flows(&self) -> [(Role, &Flow); 2] {
        [(self.asker, &self.request), (self.asker.other(), &self.response)]
    }

    /// Whether the request went by whole, as IP fragments, and nothing at all came back; one that is known to have come to its end did
    /// not vanish.
    pub(in crate::diagnose) fn vanishes(&self) -> bool {
        let arrived = self.request.arrival() == Some(Delivery::Whole);
        self.request.whole.is_some() && self.request.sizes.len() > 1 && !self.response.is_seen() && !arrived
    }

    /// Whether all that was sent of request and response went by, so that a missing answer has another reason than a loss before
    /// this point.
    pub(in crate::diagnose) fn is_complete(&self) -> bool {
        self.request.is_seen() && !self.vanishes() && self.request.gap().is_none() && self.response.gap().is_none()
    }

    /// Whether it is the first that the initiator asks after IKE_SA_INIT.
    pub(in crate::diagnose) fn follows_init(&self) -> bool {
        !begins(self.exchange) && self.asker.is_initiator() && self.message_id == 1
    }

    /// Takes a datagram of the request or the response; tells whether it was seen before.
    pub(in crate::diagnose) fn see(&mut self, response: bool, datagram: &Datagram<'_>) -> Repeat {
        if response {
            return self.response.see(datagram);
        }
        let before = self.request.sent;
        let again = self.request.see(datagram);
        // A copy of the same moment may still be under way when the answer is there.
        let answered = self.response.whole.is_some_and(|answered| datagram.time - answered >= COPY);
        if self.request.sent > before && answered {
            self.repeats = self.repeats.saturating_add(1);
        }
        again
    }
}

/// Whether an exchange begins an IKE SA: its request has no SPI of the responder, and nothing in it is encrypted (RFC 7296 section 1.2, and
/// RFC 5723 section 4.3 of a session that is resumed).
pub(in crate::diagnose) const fn begins(exchange: ExchangeType) -> bool {
    matches!(exchange, ExchangeType::IKE_SA_INIT | ExchangeType::IKE_SESSION_RESUME)
}

/// What a message is recognised by.
pub(in crate::diagnose) fn print(octets: &[u8]) -> u64 {
    Fnv1a::EMPTY.and(octets).0
}
