//! The strategies any peer understands: everything is sent, and sent again when no answer came.

use super::outbox::Outbox;
use super::timers::{Rounds, Tick};
use super::{DeliveryState, SealedMessage, Strategy, Timers, Transmit};
use crate::instant::Instant;
use core::time::Duration;

/// The order of a round.
trait Order {
    fn arrange(&mut self, indices: &mut [u16]);
}

#[derive(Clone, Debug)]
struct InOrder;

impl Order for InOrder {
    fn arrange(&mut self, _indices: &mut [u16]) {}
}

#[derive(Clone, Debug)]
struct Shuffled<R>(R);

impl<R: FnMut() -> u32> Order for Shuffled<R> {
    /// Fisher and Yates's.
    fn arrange(&mut self, indices: &mut [u16]) {
        for last in (1..indices.len()).rev() {
            // The high half of draw * (last + 1): even to 1 in 65536 for any number of fragments.
            let choices = u64::try_from(last).unwrap_or(0).saturating_add(1);
            let drawn = u64::from((self.0)()).saturating_mul(choices) >> 32;
            indices.swap(last, usize::try_from(drawn).unwrap_or(last));
        }
    }
}

/// Sends all datagrams each round.
#[derive(Clone, Debug)]
struct Repeat<O> {
    sealed: SealedMessage,
    rounds: Rounds,
    outbox: Outbox,
    order: O,
}

impl<O: Order> Repeat<O> {
    fn new(sealed: SealedMessage, timers: Timers, interval: Duration, order: O) -> Self {
        Self { sealed, rounds: Rounds::new(timers), outbox: Outbox::paced(interval), order }
    }

    fn poll(&mut self, now: Instant) -> Option<Transmit<'_>> {
        if self.rounds.state() != DeliveryState::Sending {
            return None;
        }
        if self.outbox.is_empty() && matches!(self.rounds.tick(now), Tick::Round(_)) {
            self.outbox.fill(0..self.sealed.count());
            self.order.arrange(self.outbox.as_mut_slice());
        }
        let index = self.outbox.pop(now)?;
        if self.outbox.is_empty() {
            self.rounds.arm(now);
        }
        self.sealed.get(index)
    }

    fn next(&self) -> Option<Instant> {
        match self.rounds.state() {
            DeliveryState::Sending => self.outbox.next().or_else(|| self.rounds.next()),
            _ => None,
        }
    }
}

macro_rules! repeats {
    ($($ty:ident $(<$param:ident>)?;)+) => {
        $(impl $(<$param: FnMut() -> u32>)? Strategy for $ty $(<$param>)? {
            fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
                self.0.poll(now)
            }

            fn handle_response(&mut self, _now: Instant) {
                self.0.rounds.end(DeliveryState::Answered);
            }

            fn next_timeout(&self) -> Option<Instant> {
                self.0.next()
            }

            fn state(&self) -> DeliveryState {
                self.0.rounds.state()
            }
        })+
    };
}

repeats! {
    IpFragmentation;
    Fixed;
    RandomOrder<R>;
    Paced;
}

/// One SK datagram, however large, and IP cuts it: what every IKE does without RFC 7383, and what Windows calls error 809 when
/// the pieces do not get through.
#[derive(Clone, Debug)]
pub struct IpFragmentation(Repeat<InOrder>);

impl IpFragmentation {
    /// `whole` as of [`SealedMessage::whole`].
    #[must_use]
    pub fn new(whole: SealedMessage, timers: Timers) -> Self {
        Self(Repeat::new(whole, timers, Duration::ZERO, InOrder))
    }
}

/// Fragments of one size in one burst, and all of them again on each timeout (RFC 7383 sections 2.5.1 and 2.6.1).
#[derive(Clone, Debug)]
pub struct Fixed(Repeat<InOrder>);

impl Fixed {
    /// The size is that of the path the fragments were sealed for.
    #[must_use]
    pub fn new(fragments: SealedMessage, timers: Timers) -> Self {
        Self(Repeat::new(fragments, timers, Duration::ZERO, InOrder))
    }
}

/// Fragments in another order each round, so that a queue that overflows does not drop the same ones each time
/// (draft-smyslov-ipsecme-ikev2-fragm-large-msg).
///
/// `R` gives random numbers; nothing secret depends on them.
#[derive(Clone, Debug)]
pub struct RandomOrder<R>(Repeat<Shuffled<R>>);

impl<R: FnMut() -> u32> RandomOrder<R> {
    /// All at once; `draw` gives any 32 bits each call.
    #[must_use]
    pub fn new(fragments: SealedMessage, timers: Timers, draw: R) -> Self {
        Self::paced(fragments, timers, draw, Duration::ZERO)
    }

    /// With a pause between them, as [`Paced`].
    #[must_use]
    pub fn paced(fragments: SealedMessage, timers: Timers, draw: R, interval: Duration) -> Self {
        Self(Repeat::new(fragments, timers, interval, Shuffled(draw)))
    }
}

/// Fragments one by one with a pause between them, so that a burst does not overflow a queue
/// (draft-smyslov-ipsecme-ikev2-fragm-large-msg). The wait for an answer begins with the last.
#[derive(Clone, Debug)]
pub struct Paced(Repeat<InOrder>);

impl Paced {
    /// One fragment each `interval`.
    #[must_use]
    pub fn new(fragments: SealedMessage, timers: Timers, interval: Duration) -> Self {
        Self(Repeat::new(fragments, timers, interval, InOrder))
    }
}
