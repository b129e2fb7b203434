//! TCP segments to octets in order, each direction for itself.
//!
//! - The first copy of an octet counts: retransmissions and overlaps add only what is new.
//! - A direction whose first packet is not its SYN begins with the first octet seen (`Start { whole: false }`).
//! - Octets after a hole wait for the hole to fill: up to [`MAX_WAITING`] octets or [`MAX_WAITING_RUNS`] runs of them, up to
//!   [`TIMEOUT`] of capture time without progress, or to the connection's end. Then the hole is named as a gap and reading
//!   goes on behind it.
//! - What a segment's snap length cut off is a gap at once, unless it is there from another copy.

use core::net::SocketAddr;
use core::ops::Range;
use core::time::Duration;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};

use super::spans::{self, Span};
use super::time::Time;

/// Longest wait for a lost segment; TCP gives a retransmission up in minutes, its timer starts at a second.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Directions remembered, about 500 octets each; the least recently used makes room.
const MAX_DIRECTIONS: usize = 1 << 15;
/// Octets waiting behind a hole in one direction: a usual receive window.
const MAX_WAITING: usize = 1 << 18;
const MAX_WAITING_RUNS: usize = 1024;
/// The same for all directions together, [`RUN_COST`] included.
const MAX_WAITING_TOTAL: usize = 1 << 25;
/// What a waiting run costs besides its octets.
const RUN_COST: usize = 128;
/// A reset further ahead than this belongs to no segment under way and is ignored.
const RESET_WINDOW: u64 = 1 << 20;
/// Half of the sequence number space: what is further ahead counts as behind.
const HALF: u32 = 1 << 31;

/// Something that happened in one direction of a connection, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamPiece {
    /// The packet that carried it; of a gap, the packet that carried what comes after it.
    pub(crate) packet: u64,
    /// When the receiver could read it: the time of the packet, or of the later one that filled the hole before it.
    pub(crate) time: Time,
    pub(crate) src: SocketAddr,
    pub(crate) dst: SocketAddr,
    pub(crate) event: StreamEvent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StreamEvent {
    /// Octets follow, from the connection's first on if `whole`, otherwise from somewhere in the middle.
    Start { whole: bool },
    /// At least one octet.
    Data(Vec<u8>),
    /// Octets the capture does not hold.
    Gap { octets: u64 },
    /// Nothing follows. A connection that outlives the capture has no end.
    End(Ending),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// FIN.
    Closed,
    /// RST.
    Reset,
    /// A new connection took its ports, or newer connections its place in memory.
    Forgotten,
}

/// One TCP segment as captured.
#[derive(Debug)]
pub(super) struct Segment<'a> {
    pub(super) src: SocketAddr,
    pub(super) dst: SocketAddr,
    pub(super) sequence: u32,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) payload: &'a [u8],
    /// Octets behind `payload` that the capture does not hold.
    pub(super) missing: usize,
    pub(super) packet: u64,
    pub(super) time: Time,
}

type Key = (SocketAddr, SocketAddr);

/// Octets that arrived, or (`octets` empty) are known to have been on the wire and cut off.
#[derive(Debug)]
struct Run {
    octets: Vec<u8>,
    len: u64,
    packet: u64,
    time: Time,
}

impl Span for Run {
    fn len(&self) -> u64 {
        self.len
    }
}

/// A FIN that arrived, and the position it stands at.
#[derive(Clone, Copy, Debug)]
struct Fin {
    at: u64,
    packet: u64,
    time: Time,
}

/// Positions are sequence numbers counted on past 2^32, so that the next wrap is no wrap.
#[derive(Debug)]
struct Direction {
    src: SocketAddr,
    dst: SocketAddr,
    used: u64,
    initial: Option<u32>,
    next: u64,
    waiting: BTreeMap<u64, Run>,
    waiting_octets: usize,
    fin: Option<Fin>,
    stall: Option<u64>,
    ended: bool,
}

#[derive(Debug, Default)]
pub(super) struct Streams {
    directions: HashMap<Key, Direction>,
    /// By last use, the oldest first.
    order: BTreeMap<u64, Key>,
    /// Directions that wait for a hole to fill, by when they began to.
    stalls: BTreeMap<u64, (Time, Key)>,
    waiting: usize,
    serial: u64,
    clock: Time,
}

impl Streams {
    pub(super) fn push(&mut self, segment: &Segment<'_>, out: &mut VecDeque<StreamPiece>) {
        let key = (segment.src, segment.dst);
        let replaced = segment.syn && self.directions.get(&key).is_some_and(|old| old.initial != Some(segment.sequence));
        if replaced {
            self.forget(&key, segment, out);
        }
        let direction = match self.directions.entry(key) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) if segment.opens() => entry.insert(Direction::begin(segment, out)),
            Entry::Vacant(_) => return,
        };
        let (cost, next) = (direction.cost(), direction.next);
        direction.take_segment(segment, out);
        while direction.is_full() {
            direction.skip_gap(out);
        }
        let others = self.waiting.saturating_sub(cost);
        while others.saturating_add(direction.cost()) > MAX_WAITING_TOTAL && direction.skip_gap(out) {}
        self.settle(&key, cost, next);
        while self.directions.len() > MAX_DIRECTIONS {
            let Some(oldest) = self.order.first_entry().map(|e| *e.get()) else {
                break;
            };
            self.forget(&oldest, segment, out);
        }
    }

    /// Stops waiting where a minute of capture time brought no progress.
    pub(super) fn expire(&mut self, now: Time, out: &mut VecDeque<StreamPiece>) {
        self.clock = self.clock.max(now);
        while let Some((since, key)) = self.stalls.first_entry().map(|e| *e.get()) {
            if since.saturating_add(TIMEOUT) >= self.clock {
                break;
            }
            self.stop_waiting(&key, out);
        }
    }

    /// Stops waiting everywhere, in the order the waits began.
    pub(super) fn finish(&mut self, out: &mut VecDeque<StreamPiece>) {
        while let Some((_, key)) = self.stalls.first_entry().map(|e| *e.get()) {
            self.stop_waiting(&key, out);
        }
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.directions.values().flat_map(|direction| direction.waiting.values()).map(|run| run.octets.capacity()).sum()
    }

    fn stop_waiting(&mut self, key: &Key, out: &mut VecDeque<StreamPiece>) {
        if let Some(direction) = self.directions.get_mut(key) {
            let (cost, next) = (direction.cost(), direction.next);
            while direction.skip_gap(out) {}
            self.settle(key, cost, next);
        }
    }

    /// Brings the totals up to date after `key`'s direction changed; `cost` and `next` are its values from before.
    fn settle(&mut self, key: &Key, cost: usize, next: u64) {
        let Some(direction) = self.directions.get_mut(key) else {
            return;
        };
        self.waiting = self.waiting.saturating_sub(cost).saturating_add(direction.cost());
        self.serial = self.serial.saturating_add(1);
        self.order.remove(&direction.used);
        self.order.insert(self.serial, *key);
        direction.used = self.serial;
        if !direction.waits() || direction.next != next {
            if let Some(stall) = direction.stall.take() {
                self.stalls.remove(&stall);
            }
        }
        if direction.waits() && direction.stall.is_none() {
            direction.stall = Some(self.serial);
            self.stalls.insert(self.serial, (self.clock, *key));
        }
    }

    fn forget(&mut self, key: &Key, because: &Segment<'_>, out: &mut VecDeque<StreamPiece>) {
        let Some(mut direction) = self.directions.remove(key) else {
            return;
        };
        self.order.remove(&direction.used);
        if let Some(stall) = direction.stall {
            self.stalls.remove(&stall);
        }
        self.waiting = self.waiting.saturating_sub(direction.cost());
        while direction.skip_gap(out) {}
        direction.end(Ending::Forgotten, because.packet, because.time, out);
    }
}

impl Segment<'_> {
    fn opens(&self) -> bool {
        self.syn || (!self.rst && !self.payload.is_empty())
    }
}

impl Direction {
    fn begin(segment: &Segment<'_>, out: &mut VecDeque<StreamPiece>) -> Self {
        const PAST_WRAP: u64 = 1 << 32;
        let first_octet = segment.sequence.wrapping_add(u32::from(segment.syn));
        let direction = Self {
            src: segment.src,
            dst: segment.dst,
            used: 0,
            initial: segment.syn.then_some(segment.sequence),
            next: PAST_WRAP.saturating_add(u64::from(first_octet)),
            waiting: BTreeMap::new(),
            waiting_octets: 0,
            fin: None,
            stall: None,
            ended: false,
        };
        let start = StreamEvent::Start { whole: segment.syn };
        direction.tell(segment.packet, segment.time, start, out);
        direction
    }

    fn take_segment(&mut self, segment: &Segment<'_>, out: &mut VecDeque<StreamPiece>) {
        if self.ended {
            return;
        }
        let start = self.position(segment.sequence.wrapping_add(u32::from(segment.syn)));
        if segment.rst {
            if (self.next..=self.next.saturating_add(RESET_WINDOW)).contains(&start) {
                while self.skip_gap(out) {}
                self.end(Ending::Reset, segment.packet, segment.time, out);
            }
            return;
        }
        let end = start.saturating_add(octets(segment.payload.len()));
        let end_on_wire = end.saturating_add(octets(segment.missing));
        self.store(segment, start, &(start..end));
        self.store(segment, start, &(end..end_on_wire));
        if segment.fin && self.fin.is_none() {
            self.fin = Some(Fin { at: end_on_wire, packet: segment.packet, time: segment.time });
        }
        self.drain(Some(segment.time), out);
    }

    /// Where a sequence number stands, seen from the next octet expected.
    fn position(&self, sequence: u32) -> u64 {
        let next = u32::try_from(self.next & u64::from(u32::MAX)).unwrap_or(0);
        let ahead = sequence.wrapping_sub(next);
        if ahead < HALF { self.next.saturating_add(u64::from(ahead)) } else { self.next.saturating_sub(u64::from(ahead.wrapping_neg())) }
    }

    fn store(&mut self, segment: &Segment<'_>, start: u64, range: &Range<u64>) {
        let new = range.start.max(self.next)..range.end;
        for hole in spans::uncovered(&self.waiting, &new) {
            let octets = spans::cut(segment.payload, start, &hole).to_vec();
            self.waiting_octets = self.waiting_octets.saturating_add(octets.len());
            let run = Run { octets, len: hole.end.saturating_sub(hole.start), packet: segment.packet, time: segment.time };
            self.waiting.insert(hole.start, run);
        }
    }

    /// Hands out what is in order; `now` is the time of the packet that made it so.
    fn drain(&mut self, now: Option<Time>, out: &mut VecDeque<StreamPiece>) {
        while !self.ended {
            match self.waiting.remove(&self.next) {
                Some(run) => {
                    self.next = self.next.saturating_add(run.len);
                    self.waiting_octets = self.waiting_octets.saturating_sub(run.octets.len());
                    let event = if run.octets.is_empty() { StreamEvent::Gap { octets: run.len } } else { StreamEvent::Data(run.octets) };
                    self.tell(run.packet, now.map_or(run.time, |now| now.max(run.time)), event, out);
                }
                None => match self.fin.filter(|fin| fin.at <= self.next) {
                    Some(fin) => {
                        let time = now.map_or(fin.time, |now| now.max(fin.time));
                        self.end(Ending::Closed, fin.packet, time, out);
                    }
                    None => return,
                },
            }
        }
    }

    /// Names the hole at the front as a gap and reads on behind it; false when nothing waits.
    fn skip_gap(&mut self, out: &mut VecDeque<StreamPiece>) -> bool {
        let resume = match (self.waiting.first_key_value(), self.fin) {
            _ if self.ended => None,
            (Some((at, run)), _) => Some((*at, run.packet, run.time)),
            (None, Some(fin)) => Some((fin.at, fin.packet, fin.time)),
            (None, None) => None,
        };
        let Some((at, packet, time)) = resume else {
            return false;
        };
        let gap = at.saturating_sub(self.next);
        if gap > 0 {
            self.tell(packet, time, StreamEvent::Gap { octets: gap }, out);
            self.next = at;
        }
        self.drain(None, out);
        true
    }

    fn end(&mut self, how: Ending, packet: u64, time: Time, out: &mut VecDeque<StreamPiece>) {
        if !self.ended {
            self.ended = true;
            self.waiting.clear();
            self.waiting_octets = 0;
            self.tell(packet, time, StreamEvent::End(how), out);
        }
    }

    fn waits(&self) -> bool {
        !self.ended && (self.fin.is_some() || !self.waiting.is_empty())
    }

    fn is_full(&self) -> bool {
        self.waiting_octets > MAX_WAITING || self.waiting.len() > MAX_WAITING_RUNS
    }

    fn cost(&self) -> usize {
        self.waiting_octets.saturating_add(self.waiting.len().saturating_mul(RUN_COST))
    }

    fn tell(&self, packet: u64, time: Time, event: StreamEvent, out: &mut VecDeque<StreamPiece>) {
        out.push_back(StreamPiece { packet, time, src: self.src, dst: self.dst, event });
    }
}

fn octets(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
