//! Path MTU discovery by falling sizes, RFC 7383 section 2.5.2.

use super::outbox::Outbox;
use super::timers::{Rounds, Tick};
use super::{Arrival, DeliveryState, SealedMessage, Strategy, Timers, Transmit};
use crate::instant::Instant;
use alloc::vec::Vec;
use core::time::Duration;

/// Fragments of the largest size first, and of smaller ones if no answer comes (RFC 7383 section 2.5.2).
///
/// Each size is tried a few times; Total Fragments rises with each step, so that the receiver starts over; an ICMP message that
/// names a smaller MTU ends the steps above it at once. All but the smallest size travel with DF, since a packet that IP cuts
/// tells nothing about the path; the smallest runs into the normal timers.
#[derive(Clone, Debug)]
pub struct PmtuProbe {
    /// Falling in size, strictly rising in count.
    steps: Vec<SealedMessage>,
    at: usize,
    probe: Timers,
    last: Timers,
    rounds: Rounds,
    outbox: Outbox,
}

impl PmtuProbe {
    /// The probe RFC 7383 has in mind: a few tries of a few seconds each. Here 2 of 2 s.
    pub const TRIES: Timers =
        Timers { first: Duration::from_secs(2), growth_percent: 100, retransmissions: 1, give_up: Duration::from_secs(60) };

    /// `steps` are the same message sealed for several paths; they are put in order, and a step that would not raise Total
    /// Fragments is left out. `probe` are the timers of all steps but the smallest, `last` those of the smallest.
    ///
    /// `None` without a step.
    #[must_use]
    pub fn new(steps: impl IntoIterator<Item = SealedMessage>, probe: Timers, last: Timers) -> Option<Self> {
        let mut steps: Vec<_> = steps.into_iter().collect();
        steps.sort_by_key(|step| core::cmp::Reverse(step.path().max_message()));
        let mut count = 0;
        steps.retain(|step| {
            let rises = step.count() > count;
            count = count.max(step.count());
            rises
        });
        if steps.is_empty() {
            return None;
        }
        let mut this = Self { steps, at: 0, probe, last, rounds: Rounds::new(probe), outbox: Outbox::default() };
        this.step(0);
        Some(this)
    }

    /// Octets of the largest packet of the step it is at: the size to start later messages with once this one is answered.
    #[must_use]
    pub fn size(&self) -> usize {
        self.steps.get(self.at).map_or(0, |step| step.path().packet_len(step.path().max_message()))
    }

    fn is_last(&self) -> bool {
        self.at.saturating_add(1) >= self.steps.len()
    }

    /// Goes to a step; its timers start anew.
    fn step(&mut self, at: usize) {
        self.at = at;
        self.outbox.fill([]);
        self.rounds.restart(if self.is_last() { self.last } else { self.probe });
    }
}

impl Strategy for PmtuProbe {
    fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
        if self.state() != DeliveryState::Sending {
            return None;
        }
        while self.outbox.is_empty() {
            match self.rounds.tick(now) {
                Tick::Wait => return None,
                Tick::Round(_) => self.outbox.fill(0..self.steps.get(self.at)?.count()),
                Tick::GaveUp if self.is_last() => return None,
                Tick::GaveUp => {
                    self.rounds = Rounds::new(self.probe);
                    self.step(self.at.saturating_add(1));
                }
            }
        }
        let index = self.outbox.pop(now)?;
        if self.outbox.is_empty() {
            self.rounds.arm(now);
        }
        let may_fragment = self.is_last();
        self.steps.get(self.at)?.get(index).map(|datagram| Transmit { may_fragment, ..datagram })
    }

    fn handle_datagram(&mut self, received: Arrival<'_>, _now: Instant) -> bool {
        let Arrival::TooBig { mtu } = received else { return false };
        let mtu = usize::from(mtu);
        if mtu < self.size() && !self.is_last() {
            // The smallest size is taken whatever ICMP says: below it nobody goes.
            let fits = |step: &SealedMessage| step.path().packet_len(step.path().max_message()) <= mtu;
            let smallest = self.steps.len().saturating_sub(1);
            self.step(self.steps.iter().position(fits).unwrap_or(smallest));
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
