//! Selective retransmission by reports of what has arrived, after draft-smyslov-ipsecme-ikev2-fragm-large-msg.

use super::feedback::{self, Outgoing, PrivateNotify, Status};
use super::outbox::Outbox;
use super::timers::{Rounds, Tick};
use super::{Arrival, DeliveryState, Receiver, SealedMessage, Strategy, Timers, Transmit};
use crate::error::FragmentError;
use crate::fragment::{IgnoreReason, Path, Progress, Reassembler, ReassemblyLimits};
use crate::instant::Instant;
use crate::protect::{EncryptedPayload, Sealer};
use crate::wire::Header;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

/// Fragments in one burst, then those that the peer's [`StatusReporter`] reports missing; on a timeout all that are not known to
/// have arrived. See [`feedback`] for how far this is the draft's.
///
/// Reports cause no storm, whatever is in them: a fragment is not sent again within 50 ms, nor because of reports more than 8 times
/// between two timeouts.
#[derive(Clone, Debug)]
pub struct ReceiptStatus {
    sealed: SealedMessage,
    about: Header,
    ty: PrivateNotify,
    slots: Vec<Slot>,
    rounds: Rounds,
    outbox: Outbox,
}

/// One fragment.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    arrived: bool,
    sent_at: Option<Instant>,
    /// How often reports have asked for it since the last timeout.
    asked: u32,
}

/// A report that comes so soon after a fragment was sent cannot know of it.
const NOT_AGAIN_WITHIN: Duration = Duration::from_millis(50);
const MOST_ASKED: u32 = 8;

impl ReceiptStatus {
    /// `about` is the header the fragments were sealed with; `interval` the pause between them, as [`Paced`](super::Paced).
    #[must_use]
    pub fn new(fragments: SealedMessage, about: Header, ty: PrivateNotify, timers: Timers, interval: Duration) -> Self {
        let slots = vec![Slot::default(); usize::from(fragments.count())];
        Self { sealed: fragments, about, ty, slots, rounds: Rounds::new(timers), outbox: Outbox::paced(interval) }
    }

    fn report(&mut self, status: &Status, now: Instant) {
        if status.total() != self.sealed.count() {
            return;
        }
        for (number, has) in status.fragments() {
            let index = number.saturating_sub(1);
            let Some(slot) = self.slots.get_mut(usize::from(index)) else { continue };
            slot.arrived |= has;
        }
        let mut again = Vec::new();
        for number in status.missing() {
            let index = number.saturating_sub(1);
            let Some(slot) = self.slots.get_mut(usize::from(index)) else { continue };
            // A report that was late may miss what another had.
            let due = slot.sent_at.is_some_and(|at| now - at >= NOT_AGAIN_WITHIN) && slot.asked < MOST_ASKED;
            if !slot.arrived && due {
                slot.asked = slot.asked.saturating_add(1);
                again.push(index);
            }
        }
        let slots = &self.slots;
        self.outbox.retain(|index| slots.get(usize::from(*index)).is_some_and(|slot| !slot.arrived));
        self.outbox.add(again);
        // The peer is there: what it misses is on its way, and the wait begins again.
        self.rounds.arm(now);
    }
}

impl Strategy for ReceiptStatus {
    fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
        if self.state() != DeliveryState::Sending {
            return None;
        }
        if self.outbox.is_empty() && matches!(self.rounds.tick(now), Tick::Round(_)) {
            self.slots.iter_mut().for_each(|slot| slot.asked = 0);
            self.outbox.fill((0..).zip(&self.slots).filter(|(_, slot)| !slot.arrived).map(|(index, _)| index));
            if self.outbox.is_empty() {
                // Fragment 1 makes the peer send its response again (RFC 7383 section 2.6.1).
                self.outbox.fill([0]);
            }
        }
        let index = self.outbox.pop(now)?;
        if let Some(slot) = self.slots.get_mut(usize::from(index)) {
            slot.sent_at = Some(now);
        }
        if self.outbox.is_empty() {
            self.rounds.arm(now);
        }
        self.sealed.get(index)
    }

    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> bool {
        let Arrival::Message(message) = received else { return false };
        let Some(data) = feedback::read(message, &self.about, self.ty) else { return false };
        if let Some(status) = Status::parse(data) {
            self.report(&status, now);
        }
        true
    }

    fn handle_response(&mut self, _now: Instant) {
        self.rounds.end(DeliveryState::Answered);
    }

    fn next_timeout(&self) -> Option<Instant> {
        match self.state() {
            DeliveryState::Sending => self.outbox.next().or_else(|| self.rounds.next()),
            _ => None,
        }
    }

    fn state(&self) -> DeliveryState {
        self.rounds.state()
    }
}

/// The receiving end of [`ReceiptStatus`]: when no new fragment has come for the hold-down time, it reports what it has.
///
/// The report is repeated after twice, four times, .. the hold-down time until something new comes, 4 times at most: it may be
/// lost as well.
pub struct StatusReporter {
    reassembler: Reassembler,
    sealer: Box<dyn Sealer>,
    ty: PrivateNotify,
    hold_down: Duration,
    path: Path,
    open: Option<OpenSet>,
    out: Outgoing,
}

struct OpenSet {
    about: Header,
    have: Vec<bool>,
    due: Option<Instant>,
    /// Reports since something new came.
    reports: u32,
}

const MAX_REPORTS: u32 = 4;

impl StatusReporter {
    /// `sealer` protects what this side sends, `path` is the way back.
    #[must_use]
    pub fn new(limits: ReassemblyLimits, sealer: Box<dyn Sealer>, ty: PrivateNotify, hold_down: Duration, path: Path) -> Self {
        Self { reassembler: Reassembler::new(limits), sealer, ty, hold_down, path, open: None, out: Outgoing::default() }
    }

    /// Notes what arrived of a set that the reassembler keeps.
    fn note(&mut self, about: &Header, number: u16, total: u16, now: Instant) {
        let fresh = |set: &OpenSet| set.about == *about && set.have.len() == usize::from(total);
        if !self.open.as_ref().is_some_and(fresh) {
            // Bounded by the limits: the reassembler has taken this total.
            self.open = Some(OpenSet { about: *about, have: vec![false; usize::from(total)], due: None, reports: 0 });
        }
        if let Some(set) = &mut self.open {
            if let Some(have) = set.have.get_mut(usize::from(number.saturating_sub(1))) {
                *have = true;
            }
            set.due = Some(now + self.hold_down);
            set.reports = 0;
        }
    }
}

impl Receiver for StatusReporter {
    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> Result<Option<Progress>, FragmentError> {
        let Arrival::Message(message) = received else { return Ok(None) };
        let progress = self.reassembler.push(message, now);
        match (&progress, message.kind()) {
            (Ok(Progress::Pending { .. }), EncryptedPayload::Skf { number, total }) => self.note(message.header(), number, total, now),
            // A fragment sent for nothing: say so once more, the report may have been lost.
            (Ok(Progress::Ignored(IgnoreReason::Duplicate)), _) => {
                if let Some(set) = self.open.as_mut().filter(|set| set.due.is_none()) {
                    set.due = Some(now + self.hold_down);
                }
            }
            (Ok(Progress::Complete(_)) | Err(_), _) => self.open = None,
            _ => {}
        }
        progress.map(Some)
    }

    fn mark_answered(&mut self, message_id: u32) {
        self.reassembler.mark_answered(message_id);
        // Nothing of its retransmission is kept any more, so that nothing is missing.
        self.open.take_if(|set| !set.about.response && set.about.message_id == message_id);
    }

    fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
        let set = self.open.as_mut()?;
        if set.due.is_none_or(|due| now < due) {
            return None;
        }
        set.reports = set.reports.saturating_add(1);
        let wait = self.hold_down.saturating_mul(1u32.checked_shl(set.reports).unwrap_or(u32::MAX));
        set.due = (set.reports < MAX_REPORTS).then(|| now + wait);
        let total = u16::try_from(set.have.len()).unwrap_or(u16::MAX);
        let status = Status::new(total, |number| set.have.get(usize::from(number.saturating_sub(1))) == Some(&true));
        self.out.seal(&set.about, self.ty, &status.emit(), self.path, &mut *self.sealer)
    }

    fn next_timeout(&self) -> Option<Instant> {
        self.open.as_ref()?.due
    }

    fn octets(&self) -> usize {
        self.reassembler.octets()
    }
}

impl core::fmt::Debug for StatusReporter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("StatusReporter").field("reassembler", &self.reassembler).finish_non_exhaustive()
    }
}
