//! When a request is sent again, and when it is given up, RFC 7296 sections 2.1 and 2.4.

use crate::instant::Instant;
use core::time::Duration;

/// How a request is retransmitted: after `first`, then after twice as long each time, never waiting longer than `longest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RetransmissionSchedule {
    /// From sending to the first retransmission.
    pub first: Duration,
    /// The longest wait between two.
    pub longest: Duration,
    /// From sending to giving up: the peer is then taken for dead (RFC 7296 section 2.4).
    pub give_up: Duration,
}

impl Default for RetransmissionSchedule {
    /// Half a second, doubling up to 32 seconds, for three minutes in all: RFC 7296 section 2.4 asks for a dozen attempts over
    /// several minutes at least before an IKE SA is given up, and this makes eleven.
    fn default() -> Self {
        Self { first: Duration::from_millis(500), longest: Duration::from_secs(32), give_up: Duration::from_secs(180) }
    }
}

/// What to do about a request that waits for its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimerAction {
    /// Nothing before `until`.
    Wait {
        /// When to ask again.
        until: Instant,
    },
    /// Send the stored octets again.
    Resend,
    /// There will be no answer.
    GaveUp,
}

/// The timer of one outstanding request. Times are any clock's that does not run backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retransmission {
    schedule: RetransmissionSchedule,
    next: Instant,
    wait: Duration,
    end: Instant,
    resent: u32,
}

impl Retransmission {
    /// A timer for a request that is sent `now`.
    #[must_use]
    pub fn new(schedule: RetransmissionSchedule, now: Instant) -> Self {
        // A wait of nothing would ask for retransmissions without end.
        let wait = schedule.first.max(Duration::from_millis(1));
        Self { schedule, next: now + wait, wait, end: now + schedule.give_up, resent: 0 }
    }

    /// What is due `now`. Retransmissions missed because nobody asked are not made up for: one call asks for one at most, and
    /// the next wait counts from `now`.
    pub fn poll(&mut self, now: Instant) -> TimerAction {
        if now >= self.end {
            return TimerAction::GaveUp;
        }
        if now < self.next {
            return TimerAction::Wait { until: self.next_timeout() };
        }
        self.wait = self.wait.saturating_mul(2).min(self.schedule.longest.max(self.schedule.first)).max(Duration::from_millis(1));
        self.next = now + self.wait;
        self.resent = self.resent.saturating_add(1);
        TimerAction::Resend
    }

    /// Begins the waits anew with the first, as when the request goes out in smaller fragments (RFC 7383 section 2.5.2). The time
    /// to give up stays.
    pub fn restart(&mut self, now: Instant) {
        self.wait = self.schedule.first.max(Duration::from_millis(1));
        self.next = now + self.wait;
    }

    /// When to call [`poll`](Self::poll) next.
    #[must_use]
    pub fn next_timeout(&self) -> Instant {
        self.next.min(self.end)
    }

    /// How often a retransmission was asked for.
    #[must_use]
    pub const fn retransmissions(&self) -> u32 {
        self.resent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(second: u64) -> Instant {
        Instant::since_start(Duration::from_secs(second))
    }

    /// Follows the timer from one timeout to the next.
    fn followed(schedule: RetransmissionSchedule, start: Instant) -> Vec<Duration> {
        let mut timer = Retransmission::new(schedule, start);
        let mut times = Vec::new();
        loop {
            let now = timer.next_timeout();
            match timer.poll(now) {
                TimerAction::Resend => times.push(now - start),
                TimerAction::GaveUp => {
                    times.push(now - start);
                    return times;
                }
                TimerAction::Wait { .. } => panic!("the timeout was early"),
            }
        }
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let schedule = RetransmissionSchedule { first: SECOND, longest: 4 * SECOND, give_up: 20 * SECOND };
        let seconds = [1, 3, 7, 11, 15, 19, 20].map(Duration::from_secs);
        assert_eq!(followed(schedule, Instant::START), seconds);
        assert_eq!(followed(schedule, at(99)), seconds);
        assert_eq!(followed(RetransmissionSchedule::default(), Instant::START).len(), 11);
    }

    #[test]
    fn a_late_caller_is_asked_for_one_retransmission() {
        let schedule = RetransmissionSchedule { first: SECOND, longest: 60 * SECOND, give_up: 100 * SECOND };
        let mut timer = Retransmission::new(schedule, Instant::START);
        assert_eq!(timer.poll(at(50)), TimerAction::Resend);
        assert_eq!(timer.poll(at(50)), TimerAction::Wait { until: at(52) });
        assert_eq!(timer.poll(at(100)), TimerAction::GaveUp);
        assert_eq!(timer.poll(at(100)), TimerAction::GaveUp);
        assert_eq!(timer.retransmissions(), 1);
    }

    #[test]
    fn odd_schedules_end() {
        let nothing = RetransmissionSchedule { first: Duration::ZERO, longest: Duration::ZERO, give_up: SECOND };
        assert_eq!(followed(nothing, Instant::START).len(), 1000);
        let at_once = RetransmissionSchedule { first: SECOND, longest: SECOND, give_up: Duration::ZERO };
        assert_eq!(followed(at_once, at(1)), [Duration::ZERO]);
        let endless = RetransmissionSchedule { first: Duration::MAX, longest: Duration::MAX, give_up: Duration::MAX };
        assert_eq!(Retransmission::new(endless, at(1)).next_timeout(), Instant::FAR_FUTURE);
    }
}
