//! One datagram first, fragments if that does not help.

use super::outbox::Outbox;
use super::timers::{Rounds, Tick};
use super::{DeliveryState, SealedMessage, Strategy, Timers, Transmit};
use crate::instant::Instant;

/// One SK datagram in the first rounds, fragments in all others: RFC 7383 section 2.4 lets an initiator try the message
/// without fragmentation, since a path that takes it needs fewer packets.
#[derive(Clone, Debug)]
pub struct FallbackToFragments {
    whole: SealedMessage,
    fragments: SealedMessage,
    after: u32,
    in_fragments: bool,
    rounds: Rounds,
    outbox: Outbox,
}

impl FallbackToFragments {
    /// `whole` is sent `after` times (at least once), then `fragments`, while the timers run on.
    #[must_use]
    pub fn new(whole: SealedMessage, fragments: SealedMessage, after: u32, timers: Timers) -> Self {
        Self { whole, fragments, after: after.max(1), in_fragments: false, rounds: Rounds::new(timers), outbox: Outbox::default() }
    }
}

impl Strategy for FallbackToFragments {
    fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
        if self.state() != DeliveryState::Sending {
            return None;
        }
        if self.outbox.is_empty() {
            if let Tick::Round(round) = self.rounds.tick(now) {
                self.in_fragments = round >= self.after;
                let count = if self.in_fragments { self.fragments.count() } else { self.whole.count() };
                self.outbox.fill(0..count);
            }
        }
        let index = self.outbox.pop(now)?;
        if self.outbox.is_empty() {
            self.rounds.arm(now);
        }
        if self.in_fragments { self.fragments.get(index) } else { self.whole.get(index) }
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
