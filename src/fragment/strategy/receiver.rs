//! The other end: a reassembler that may have something to say before the message is whole.

use super::{Arrival, Transmit};
use crate::error::FragmentError;
use crate::fragment::{Progress, Reassembler, ReassemblyLimits};
use crate::instant::Instant;

/// The receiving end of one message.
pub trait Receiver {
    /// Takes what arrived; `None` when nothing was completed and there is nothing to say about it.
    ///
    /// # Errors
    /// As [`Reassembler::push`].
    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> Result<Option<Progress>, FragmentError>;

    /// Notes that the request with this message ID was answered, as [`Reassembler::mark_answered`].
    fn mark_answered(&mut self, message_id: u32);

    /// Feedback to send at `now`, as [`Strategy::poll_transmit`](super::Strategy::poll_transmit).
    fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
        let _ = now;
        None
    }

    /// When to call [`poll_transmit`](Self::poll_transmit) again if nothing arrives before.
    fn next_timeout(&self) -> Option<Instant> {
        None
    }

    /// Octets of content held for messages that are not complete.
    fn octets(&self) -> usize;
}

/// A [`Reassembler`] and nothing more: what any peer of today is.
#[derive(Debug)]
pub struct PassiveReceiver {
    reassembler: Reassembler,
}

impl PassiveReceiver {
    /// An empty one.
    #[must_use]
    pub fn new(limits: ReassemblyLimits) -> Self {
        Self { reassembler: Reassembler::new(limits) }
    }
}

impl Receiver for PassiveReceiver {
    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> Result<Option<Progress>, FragmentError> {
        match received {
            Arrival::Message(message) => self.reassembler.push(message, now).map(Some),
            _ => Ok(None),
        }
    }

    fn mark_answered(&mut self, message_id: u32) {
        self.reassembler.mark_answered(message_id);
    }

    fn octets(&self) -> usize {
        self.reassembler.octets()
    }
}
