//! When to send again, and when to give up.

use super::DeliveryState;
use crate::instant::Instant;
use core::time::Duration;

/// The retransmission timers of an initiator (RFC 7296 section 2.4 leaves them to the implementation).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timers {
    /// The first wait.
    pub first: Duration,
    /// Each wait is so many percent of the one before.
    pub growth_percent: u32,
    /// How often the message is sent again.
    pub retransmissions: u32,
    /// Give up so long after the first datagram, though retransmissions be left.
    pub give_up: Duration,
}

impl Timers {
    /// strongSwan's defaults: a first wait of 4 s, each wait 1.8 times the one before, 5 retransmissions. The six waits add up to
    /// 165.06 s, as strongSwan has it; `give_up` stands above that, so that the end of the last wait decides and not the limit.
    pub const STRONGSWAN: Self =
        Self { first: Duration::from_secs(4), growth_percent: 180, retransmissions: 5, give_up: Duration::from_secs(166) };

    /// libreswan's defaults: 0.5 s, doubled each time, up after 30 s.
    pub const LIBRESWAN: Self =
        Self { first: Duration::from_millis(500), growth_percent: 200, retransmissions: 16, give_up: Duration::from_secs(30) };

    /// Android's defaults: 0.5, 1, 2, 4 and 8 s.
    pub const ANDROID: Self =
        Self { first: Duration::from_millis(500), growth_percent: 200, retransmissions: 4, give_up: Duration::from_secs(30) };

    /// How long to wait for an answer after the message was sent `round` times before.
    #[must_use]
    pub fn wait(&self, round: u32) -> Duration {
        let grown = |wait: Duration| wait.checked_mul(self.growth_percent).and_then(|wait| wait.checked_div(100)).unwrap_or(Duration::MAX);
        (0..round.min(64)).fold(self.first, |wait, _| grown(wait).min(self.give_up.max(self.first)))
    }

    /// How long after the first datagram a message without any answer is given up.
    #[must_use]
    pub fn span(&self) -> Duration {
        // More rounds than that are never waited for: the sum stops growing at the limit.
        (0..=self.retransmissions.min(64)).fold(Duration::ZERO, |sum, round| sum.saturating_add(self.wait(round))).min(self.give_up)
    }
}

/// The rounds of one message: a round is everything that is sent between two waits.
#[derive(Clone, Debug)]
pub(super) struct Rounds {
    timers: Timers,
    round: u32,
    started: Option<Instant>,
    deadline: Option<Instant>,
    state: DeliveryState,
}

/// What a look at the clock gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tick {
    /// Nothing to do.
    Wait,
    /// A round begins.
    Round(u32),
    /// It was the last round.
    GaveUp,
}

impl Rounds {
    pub(super) const fn new(timers: Timers) -> Self {
        Self { timers, round: 0, started: None, deadline: None, state: DeliveryState::Sending }
    }

    pub(super) fn tick(&mut self, now: Instant) -> Tick {
        if self.state != DeliveryState::Sending {
            return Tick::Wait;
        }
        let Some(started) = self.started else {
            self.started = Some(now);
            return Tick::Round(0);
        };
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return Tick::Wait;
        }
        if self.round >= self.timers.retransmissions || now - started >= self.timers.give_up {
            self.end(DeliveryState::GaveUp);
            return Tick::GaveUp;
        }
        self.round = self.round.saturating_add(1);
        self.deadline = None;
        Tick::Round(self.round)
    }

    /// The last datagram of a round was sent, or there is news from the peer: the wait begins now.
    pub(super) fn arm(&mut self, now: Instant) {
        if self.state == DeliveryState::Sending {
            let give_up = self.started.unwrap_or(now) + self.timers.give_up;
            self.deadline = Some((now + self.timers.wait(self.round)).min(give_up.max(now)));
        }
    }

    /// Starts over with other timers; the state is kept.
    pub(super) fn restart(&mut self, timers: Timers) {
        *self = Self { state: self.state, ..Self::new(timers) };
    }

    /// When the next round is due, though nothing happens: at once if there was none.
    pub(super) fn next(&self) -> Option<Instant> {
        match (self.state, self.started) {
            (DeliveryState::Sending, None) => Some(Instant::START),
            (DeliveryState::Sending, Some(_)) => self.deadline,
            _ => None,
        }
    }

    pub(super) const fn state(&self) -> DeliveryState {
        self.state
    }

    pub(super) fn end(&mut self, state: DeliveryState) {
        if self.state == DeliveryState::Sending {
            self.state = state;
            self.deadline = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// When rounds begin, and when the message is given up, if nobody answers.
    fn instants(timers: Timers) -> (Vec<u128>, u128) {
        let mut rounds = Rounds::new(timers);
        let (mut now, mut begun) = (Instant::START, Vec::new());
        loop {
            match rounds.tick(now) {
                Tick::Round(_) => {
                    begun.push((now - Instant::START).as_millis());
                    rounds.arm(now);
                }
                Tick::GaveUp => return (begun, (now - Instant::START).as_millis()),
                Tick::Wait => panic!("woken for nothing"),
            }
            now = rounds.next().unwrap();
        }
    }

    #[test]
    fn the_timers_of_the_peers_come_out() {
        // vendor-profiles: 4.0 s * 1.8^n, 5 tries, about 165 s; 0.5 s doubling, 30 s; 0.5 1 2 4 8.
        assert_eq!(instants(Timers::STRONGSWAN), ([0, 4000, 11200, 24160, 47488, 89478].to_vec(), 165061));
        assert_eq!(instants(Timers::LIBRESWAN), ([0, 500, 1500, 3500, 7500, 15500].to_vec(), 30000));
        assert_eq!((Timers::STRONGSWAN.span().as_millis(), Timers::LIBRESWAN.span().as_millis()), (165061, 30000));
        assert_eq!(instants(Timers::ANDROID), ([0, 500, 1500, 3500, 7500].to_vec(), 15500));
    }

    #[test]
    fn absurd_timers_end() {
        let zero = Timers { first: Duration::ZERO, growth_percent: 0, retransmissions: u32::MAX, give_up: Duration::ZERO };
        assert_eq!(instants(zero), ([0].to_vec(), 0));
        let huge = Timers { first: Duration::MAX, growth_percent: u32::MAX, retransmissions: u32::MAX, give_up: Duration::MAX };
        assert_eq!(huge.wait(u32::MAX), Duration::MAX);
    }
}
