//! When a request is sent again, and when it is given up, RFC 7296 sections 2.1 and 2.4.

use crate::instant::Instant;
use core::time::Duration;

/// How a request is retransmitted: after `first`, then after `second`, then after twice as long each time, never waiting longer than
/// `longest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RetransmissionSchedule {
    /// From sending to the first retransmission.
    pub first: Duration,
    /// From the first retransmission to the second. It may be longer than twice `first`: the first wait is then for a datagram that was
    /// lost, the later ones for a path or a peer that is busy.
    pub second: Duration,
    /// The longest wait between two.
    pub longest: Duration,
    /// From sending to giving up: the peer is then taken for dead (RFC 7296 section 2.4).
    pub give_up: Duration,
}

impl Default for RetransmissionSchedule {
    /// Half a second, doubling up to 32 seconds, for three minutes in all: RFC 7296 section 2.4 asks for a dozen attempts over
    /// several minutes at least before an IKE SA is given up, and this makes eleven.
    fn default() -> Self {
        Self::doubling(Duration::from_millis(500), Duration::from_secs(32), Duration::from_secs(180))
    }
}

impl RetransmissionSchedule {
    /// The least wait for a response, however short the round trip was: what a peer needs to compute, and a scheduler to come by.
    pub const FLOOR: Duration = Duration::from_millis(200);
    /// The least wait after the first retransmission.
    pub const SECOND: Duration = Duration::from_secs(1);

    /// The first wait, each later one twice as long as the one before.
    #[must_use]
    pub const fn doubling(first: Duration, longest: Duration, give_up: Duration) -> Self {
        Self { first, second: first.saturating_mul(2), longest, give_up }
    }

    /// The same with a first wait that a round trip was measured for: twice the round trip, [`FLOOR`](Self::FLOOR) at least, and never
    /// longer than it was. The round trip governs the first wait only; the second is [`SECOND`](Self::SECOND) at least, and the time to
    /// give up stays (RFC 7296 section 2.4 wants minutes).
    ///
    /// Take no round trip of a request that was sent more than once: which copy was answered is not known (RFC 6298 section 3).
    #[must_use]
    pub fn with_round_trip(self, round_trip: Duration) -> Self {
        let first = round_trip.saturating_mul(2).max(Self::FLOOR).min(self.first);
        Self { first, second: self.second.max(Self::SECOND), ..self }
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
    /// The wait after the next retransmission.
    wait: Duration,
    end: Instant,
    resent: u32,
}

/// A wait of nothing would ask for retransmissions without end.
const SHORTEST: Duration = Duration::from_millis(1);

impl Retransmission {
    /// A timer for a request that is sent `now`.
    #[must_use]
    pub fn new(schedule: RetransmissionSchedule, now: Instant) -> Self {
        let wait = schedule.second.max(SHORTEST);
        Self { schedule, next: now + schedule.first.max(SHORTEST), wait, end: now + schedule.give_up, resent: 0 }
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
        self.next = now + self.wait.min(self.schedule.longest.max(self.schedule.first)).max(SHORTEST);
        self.wait = self.wait.saturating_mul(2);
        self.resent = self.resent.saturating_add(1);
        TimerAction::Resend
    }

    /// Begins the waits anew with the first, as when the request goes out in smaller fragments (RFC 7383 section 2.5.2). The time
    /// to give up stays.
    pub fn restart(&mut self, now: Instant) {
        self.next = now + self.schedule.first.max(SHORTEST);
        self.wait = self.schedule.second.max(SHORTEST);
    }

    /// The next retransmission is due now at the latest.
    #[cfg(feature = "session")]
    pub(crate) fn hasten(&mut self, now: Instant) {
        self.next = self.next.min(now);
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
        let schedule = RetransmissionSchedule::doubling(SECOND, 4 * SECOND, 20 * SECOND);
        let seconds = [1, 3, 7, 11, 15, 19, 20].map(Duration::from_secs);
        assert_eq!(followed(schedule, Instant::START), seconds);
        assert_eq!(followed(schedule, at(99)), seconds);
        assert_eq!(followed(RetransmissionSchedule::default(), Instant::START).len(), 11);
    }

    #[test]
    fn a_late_caller_is_asked_for_one_retransmission() {
        let schedule = RetransmissionSchedule::doubling(SECOND, 60 * SECOND, 100 * SECOND);
        let mut timer = Retransmission::new(schedule, Instant::START);
        assert_eq!(timer.poll(at(50)), TimerAction::Resend);
        assert_eq!(timer.poll(at(50)), TimerAction::Wait { until: at(52) });
        assert_eq!(timer.poll(at(100)), TimerAction::GaveUp);
        assert_eq!(timer.poll(at(100)), TimerAction::GaveUp);
        assert_eq!(timer.retransmissions(), 1);
    }

    #[test]
    fn a_round_trip_governs_the_first_wait_only() {
        let ms = Duration::from_millis;
        let usual = RetransmissionSchedule::doubling(4 * SECOND, 32 * SECOND, 60 * SECOND);
        for (round_trip, first) in [(0, 200), (80, 200), (101, 202), (1500, 3000), (9000, 4000)] {
            let schedule = usual.with_round_trip(ms(round_trip));
            assert_eq!((schedule.first, schedule.second, schedule.give_up), (ms(first), 8 * SECOND, 60 * SECOND));
        }
        let short = RetransmissionSchedule::doubling(ms(100), 32 * SECOND, 20 * SECOND).with_round_trip(ms(80));
        let due = [100, 1100, 3100, 7100, 15100, 20000].map(ms);
        assert_eq!(followed(short, Instant::START), due);
    }

    #[test]
    fn odd_schedules_end() {
        let nothing = RetransmissionSchedule::doubling(Duration::ZERO, Duration::ZERO, SECOND);
        assert_eq!(followed(nothing, Instant::START).len(), 1000);
        let at_once = RetransmissionSchedule::doubling(SECOND, SECOND, Duration::ZERO);
        assert_eq!(followed(at_once, at(1)), [Duration::ZERO]);
        let endless = RetransmissionSchedule::doubling(Duration::MAX, Duration::MAX, Duration::MAX);
        assert_eq!(Retransmission::new(endless, at(1)).next_timeout(), Instant::FAR_FUTURE);
    }
}
