//! What is still to be sent of a round, and how fast.

use crate::instant::Instant;
use alloc::collections::{BTreeSet, VecDeque};
use core::time::Duration;

/// Indices of datagrams to send, one each `interval`.
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox {
    queue: VecDeque<u16>,
    interval: Duration,
    free_at: Instant,
}

impl Outbox {
    pub(super) fn paced(interval: Duration) -> Self {
        Self { interval, ..Self::default() }
    }

    /// Replaces what is to be sent.
    pub(super) fn fill(&mut self, indices: impl IntoIterator<Item = u16>) {
        self.queue.clear();
        self.queue.extend(indices);
    }

    /// Adds what is not to be sent already.
    pub(super) fn add(&mut self, indices: impl IntoIterator<Item = u16>) {
        let queued: BTreeSet<_> = self.queue.iter().copied().collect();
        self.queue.extend(indices.into_iter().filter(|index| !queued.contains(index)));
    }

    /// Leaves out what need not be sent any more.
    pub(super) fn retain(&mut self, keep: impl FnMut(&u16) -> bool) {
        self.queue.retain(keep);
    }

    /// The order of what is to be sent.
    pub(super) fn as_mut_slice(&mut self) -> &mut [u16] {
        self.queue.make_contiguous()
    }

    /// The next index, if it may be sent now.
    pub(super) fn pop(&mut self, now: Instant) -> Option<u16> {
        if now < self.free_at {
            return None;
        }
        let index = self.queue.pop_front()?;
        self.free_at = now + self.interval;
        Some(index)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// When the next may be sent.
    pub(super) fn next(&self) -> Option<Instant> {
        if self.queue.is_empty() { None } else { Some(self.free_at) }
    }
}
