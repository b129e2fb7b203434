//! Every fragment acknowledged by itself, after draft-antony-ipsecme-ikev2-fragment-acknowledgment.

use super::feedback::{self, Ack, Outgoing, PrivateNotify};
use super::outbox::Outbox;
use super::timers::{Rounds, Tick};
use super::{Arrival, DeliveryState, Receiver, SealedMessage, Strategy, Timers, Transmit};
use crate::error::FragmentError;
use crate::fragment::{IgnoreReason, Path, Progress, Reassembler, ReassemblyLimits};
use crate::instant::Instant;
use crate::protect::{EncryptedPayload, Sealer};
use crate::wire::Header;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

/// Fragments in one burst, then those that the peer's [`Acknowledger`] has not acknowledged in time. See [`feedback`] for how far
/// this is the draft's.
///
/// In time is what the [`Timers`] say until the first acknowledgment; from then on twice the round-trip time measured, 100 ms at
/// least, and twice as long each time a fragment is sent again.
#[derive(Clone, Debug)]
pub struct FragmentAck {
    sealed: SealedMessage,
    about: Header,
    ty: PrivateNotify,
    timers: Timers,
    slots: Vec<Slot>,
    open: usize,
    round_trip: Option<Duration>,
    started: Option<Instant>,
    /// From when all are acknowledged: the wait for the answer.
    rounds: Rounds,
    outbox: Outbox,
}

/// One fragment.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    acked: bool,
    times: u32,
    sent_at: Instant,
    /// When it is to be sent again.
    due: Option<Instant>,
}

const SHORTEST_WAIT: Duration = Duration::from_millis(100);

impl FragmentAck {
    /// `about` is the header the fragments were sealed with; `interval` the pause between them, as [`Paced`](super::Paced).
    #[must_use]
    pub fn new(fragments: SealedMessage, about: Header, ty: PrivateNotify, timers: Timers, interval: Duration) -> Self {
        let open = usize::from(fragments.count());
        let (slots, rounds, outbox) = (vec![Slot::default(); open], Rounds::new(timers), Outbox::paced(interval));
        Self { sealed: fragments, about, ty, timers, slots, open, round_trip: None, started: None, rounds, outbox }
    }

    fn wait(&self, times: u32) -> Duration {
        let again = times.saturating_sub(1);
        let plain = self.timers.wait(again.min(self.timers.retransmissions));
        self.round_trip.map_or(plain, |round_trip| {
            let shortest = round_trip.saturating_mul(2).max(SHORTEST_WAIT);
            shortest.saturating_mul(1u32.checked_shl(again).unwrap_or(u32::MAX)).min(plain.max(shortest))
        })
    }

    fn give_up_at(&self) -> Option<Instant> {
        self.started.map(|started| started + self.timers.span())
    }

    /// What is to be sent at `now` once nothing is left of before.
    fn refill(&mut self, now: Instant) {
        if self.started.is_none() {
            self.started = Some(now);
            let _ = self.rounds.tick(now);
            return self.outbox.fill(0..self.sealed.count());
        }
        if self.give_up_at().is_some_and(|at| now >= at) {
            return self.rounds.end(DeliveryState::GaveUp);
        }
        if self.open == 0 {
            if matches!(self.rounds.tick(now), Tick::Round(_)) {
                // It makes the peer send its response again (RFC 7383 section 2.6.1).
                self.outbox.fill([0]);
                self.rounds.arm(now);
            }
            return;
        }
        let late = |slot: &Slot| !slot.acked && slot.due.is_some_and(|due| now >= due);
        self.outbox.fill((0..).zip(&self.slots).filter(|(_, slot)| late(slot)).map(|(index, _)| index));
    }

    fn acknowledged(&mut self, ack: Ack, now: Instant) {
        if ack.total != self.sealed.count() {
            return;
        }
        let index = ack.number.saturating_sub(1);
        let Some(slot) = self.slots.get_mut(usize::from(index)).filter(|slot| !slot.acked && slot.times > 0) else { return };
        slot.acked = true;
        let (times, taken) = (slot.times, now - slot.sent_at);
        self.open = self.open.saturating_sub(1);
        self.outbox.retain(|queued| *queued != index);
        // Of a fragment sent twice nobody knows which one was acknowledged.
        if times == 1 {
            let smooth = |old: Duration| (old.saturating_mul(7).saturating_add(taken)).checked_div(8).unwrap_or(taken);
            let first = self.round_trip.is_none();
            self.round_trip = Some(self.round_trip.map_or(taken, smooth));
            if first {
                let wait = self.wait(1);
                for slot in self.slots.iter_mut().filter(|slot| slot.times == 1) {
                    slot.due = slot.due.map(|due| due.min((slot.sent_at + wait).max(now)));
                }
            }
        }
        if self.open == 0 {
            self.rounds.arm(now);
        }
    }
}

impl Strategy for FragmentAck {
    fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
        if self.state() != DeliveryState::Sending {
            return None;
        }
        if self.outbox.is_empty() {
            self.refill(now);
        }
        let index = self.outbox.pop(now)?;
        let times = self.slots.get(usize::from(index))?.times.saturating_add(1);
        let due = now + self.wait(times);
        if let Some(slot) = self.slots.get_mut(usize::from(index)) {
            *slot = Slot { times, sent_at: now, due: Some(due), ..*slot };
        }
        self.sealed.get(index)
    }

    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> bool {
        let Arrival::Message(message) = received else { return false };
        let Some(data) = feedback::read(message, &self.about, self.ty) else { return false };
        if let Some(ack) = Ack::parse(data) {
            self.acknowledged(ack, now);
        }
        true
    }

    fn handle_response(&mut self, _now: Instant) {
        self.rounds.end(DeliveryState::Answered);
    }

    fn next_timeout(&self) -> Option<Instant> {
        if self.state() != DeliveryState::Sending {
            return None;
        }
        let give_up = self.give_up_at();
        let due = match (self.outbox.next(), self.open) {
            (Some(next), _) => Some(next),
            (None, 0) => self.rounds.next(),
            (None, _) => self.slots.iter().filter(|slot| !slot.acked).filter_map(|slot| slot.due).min(),
        };
        match (due, give_up) {
            (Some(due), Some(give_up)) => Some(due.min(give_up)),
            (None, None) => Some(Instant::START),
            (due, give_up) => due.or(give_up),
        }
    }

    fn state(&self) -> DeliveryState {
        self.rounds.state()
    }
}

/// The receiving end of [`FragmentAck`]: each fragment is acknowledged as it arrives, also if it was there before.
pub struct Acknowledger {
    reassembler: Reassembler,
    sealer: Box<dyn Sealer>,
    ty: PrivateNotify,
    path: Path,
    due: VecDeque<(Header, Ack)>,
    out: Outgoing,
}

/// Acknowledgments that wait to be sent; what comes while so many wait is not acknowledged.
const MAX_WAITING: usize = 1024;

impl Acknowledger {
    /// `sealer` protects what this side sends, `path` is the way back.
    #[must_use]
    pub fn new(limits: ReassemblyLimits, sealer: Box<dyn Sealer>, ty: PrivateNotify, path: Path) -> Self {
        Self { reassembler: Reassembler::new(limits), sealer, ty, path, due: VecDeque::new(), out: Outgoing::default() }
    }
}

impl Receiver for Acknowledger {
    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> Result<Option<Progress>, FragmentError> {
        let Arrival::Message(message) = received else { return Ok(None) };
        let progress = self.reassembler.push(message, now)?;
        let there = matches!(
            progress,
            Progress::Pending { .. }
                | Progress::Complete(_)
                | Progress::Ignored(IgnoreReason::Duplicate | IgnoreReason::Done)
                | Progress::ResendResponse
        );
        match message.kind() {
            EncryptedPayload::Skf { number, total } if there && self.due.len() < MAX_WAITING => {
                self.due.push_back((*message.header(), Ack { number, total }));
            }
            _ => {}
        }
        Ok(Some(progress))
    }

    fn mark_answered(&mut self, message_id: u32) {
        self.reassembler.mark_answered(message_id);
    }

    fn poll_transmit(&mut self, _now: Instant) -> Option<Transmit<'_>> {
        let (about, ack) = self.due.pop_front()?;
        self.out.seal(&about, self.ty, &ack.emit(), self.path, &mut *self.sealer)
    }

    fn next_timeout(&self) -> Option<Instant> {
        if self.due.is_empty() { None } else { Some(Instant::START) }
    }

    fn octets(&self) -> usize {
        self.reassembler.octets()
    }
}

impl core::fmt::Debug for Acknowledger {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Acknowledger").field("reassembler", &self.reassembler).field("due", &self.due).finish_non_exhaustive()
    }
}
