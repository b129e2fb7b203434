//! What a capture tells, in the order in which it happened.
//!
//! Files are merged, packets of several interfaces are written out of order, clocks are set back. What is out of order is sorted by time.
//! A clock that was set back is another thing: then the order of the file is right and the times are not. The two are told apart by how
//! often time goes back: a clock is set once or twice, a file without order goes back again and again.

use super::sorted::Sorted;
use crate::capture::{EspPacket, Item, StreamEvent, StreamPiece, Time};
use core::time::Duration;

/// Items held back before anything is told: in most captures these are all there are.
const MOST: usize = 4096;
/// Octets of payload held back.
const MOST_OCTETS: usize = 8 << 20;
/// Time that goes back by more than this is another clock, or no order at all.
const STEP: Duration = Duration::from_secs(60);
/// Times a clock may have been set back in what is held.
const STEPS: usize = 2;
/// Times that a clock went back that are remembered.
const SHIFTS: usize = 64;
/// What comes later than it should by so much is still sorted once more was seen than is held.
const LATE: Duration = Duration::from_secs(2);

/// Sorts items.
#[derive(Default)]
pub(super) struct Order {
    held: Vec<Item>,
    octets: usize,
    /// Once it is known how the capture is ordered: by time, and in the order of arrival where that is the same.
    sorted: Option<Sorted>,
    newest: Option<Time>,
    /// What is added to the times of the capture from a packet on, since its clock went back.
    shifts: Vec<(u64, Duration)>,
    origin: Time,
    pub(super) went_back: bool,
}

impl Order {
    /// Takes the next item of the file.
    pub(super) fn push(&mut self, item: Item) {
        if self.sorted.is_some() {
            let steps = !is_late(&item);
            return self.insert(item, steps);
        }
        self.octets = self.octets.saturating_add(octets(&item));
        self.held.push(item);
        if self.held.len() >= MOST || self.octets >= MOST_OCTETS {
            self.decide();
        }
    }

    /// The next item in order, once nothing that is still to come can stand before it.
    pub(super) fn next(&mut self) -> Option<Item> {
        let sorted = self.sorted.as_mut()?;
        let first = sorted.first()?;
        let full = sorted.len() > MOST || self.octets > MOST_OCTETS;
        let due = full || self.newest.is_some_and(|newest| first.saturating_add(LATE) < newest);
        let item = if due { sorted.pop()? } else { return None };
        self.octets = self.octets.saturating_sub(octets(&item));
        Some(item)
    }

    /// The end: what is left, in order.
    pub(super) fn finish(&mut self) -> impl Iterator<Item = Item> + use<> {
        self.decide();
        let mut sorted = self.sorted.take().unwrap_or_default();
        core::iter::from_fn(move || sorted.pop())
    }

    /// The time that items are counted from: the earliest.
    pub(super) const fn origin(&self) -> Time {
        self.origin
    }

    /// The time of the latest item, or of a packet of the capture, as items are counted.
    pub(super) fn at(&self, time: Time) -> Time {
        let at = time.since(self.origin);
        self.newest.map_or(at, |newest| newest.max(at))
    }

    /// What is added to the time of a packet.
    fn shift(&self, packet: u64) -> Duration {
        self.shifts.iter().rev().find(|(from, _)| packet >= *from).map_or(Duration::ZERO, |(_, shift)| *shift)
    }

    /// Looks at all that is held.
    fn decide(&mut self) {
        if self.sorted.is_some() {
            return;
        }
        self.sorted = Some(Sorted::default());
        let mut held = core::mem::take(&mut self.held);
        self.octets = 0;
        // Fragments that never became whole are told late.
        held.sort_by_key(packet);
        let times: Vec<Time> = held.iter().filter(|item| packet(item) > 0).map(Item::time).collect();
        let back = times.windows(2).filter(|pair| matches!(pair, [a, b] if b.saturating_add(STEP) < *a)).count();
        let steps = (1..=STEPS).contains(&back);
        let earliest = if steps { times.first() } else { times.iter().min() };
        // With a clock that was set back, what comes before the first packet within the tolerance is sorted all the same.
        let nearby = times.iter().take_while(|t| !steps || t.saturating_add(STEP) >= times.first().copied().unwrap_or_default()).min();
        self.origin = earliest.into_iter().chain(nearby).copied().min().unwrap_or_default().min(Time::default());
        for item in held {
            let steps = steps && packet(&item) > 0;
            self.insert(item, steps);
        }
    }

    fn insert(&mut self, mut item: Item, steps: bool) {
        let packet = packet(&item);
        let at = item.time().saturating_add(self.shift(packet)).since(self.origin);
        let mut due = at;
        if let Some(newest) = self.newest.filter(|newest| steps && at.saturating_add(STEP) < *newest) {
            // The clock went back: time goes on from where it was.
            let shift = self.shift(packet).saturating_add(newest.duration_since(at));
            if self.shifts.len() < SHIFTS {
                self.shifts.push((packet, shift));
            }
            (self.went_back, due) = (true, newest);
        }
        self.newest = Some(self.newest.map_or(due, |newest| newest.max(due)));
        item.set_time(due);
        self.octets = self.octets.saturating_add(octets(&item));
        if let Some(sorted) = &mut self.sorted {
            sorted.push(due, item);
        }
    }
}

/// Whether an item is told after its time.
fn is_late(item: &Item) -> bool {
    matches!(item, Item::Problem(_))
}

/// The first packet of an item.
fn packet(item: &Item) -> u64 {
    item.packets().first().copied().unwrap_or(0)
}

fn octets(item: &Item) -> usize {
    match item {
        Item::Datagram(datagram) => datagram.payload.len(),
        Item::Ip(packet) => packet.payload.len(),
        Item::Opening(opening) => opening.payload.len(),
        Item::Stream(StreamPiece { event: StreamEvent::Data(octets), .. }) => octets.len(),
        Item::Esp(_) => size_of::<EspPacket>(),
        Item::Stream(_) | Item::Problem(_) => 64,
    }
}
