//! A point in time, as the caller's clock counts it.

use core::ops::{Add, AddAssign, Sub};
use core::time::Duration;

/// A point in time: the [`Duration`] since a start that the caller chooses once (the boot of the machine, or the first packet of a
/// capture) and then keeps.
///
/// This crate reads no clock: each call that needs the time takes it as an argument. The clock must be monotonic; a clock that
/// counts while the machine sleeps lets timers end on time afterwards. A span between two points is a [`Duration`], so that the
/// two are not confused.
///
/// Arithmetic saturates: a point is never before the start nor after the largest `Duration`, and the span from a later point to an earlier
/// one is zero.
///
/// ```
/// use core::time::Duration;
/// use ikev2::Instant;
///
/// let sent = Instant::START + Duration::from_millis(250);
/// let answered = Instant::since_start(Duration::from_millis(330));
/// assert_eq!(answered - sent, Duration::from_millis(80));
/// assert_eq!(sent - answered, Duration::ZERO);
/// ```
///
/// With `std`, the caller's run loop keeps the start:
///
/// ```
/// let started = std::time::Instant::now();
/// let now = || ikev2::Instant::since_start(started.elapsed());
/// assert!(now() <= now());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Instant(Duration);

impl Instant {
    /// The start of the caller's clock.
    pub const START: Self = Self(Duration::ZERO);
    /// The last point that can be expressed. A timer that ends there never ends.
    pub const FAR_FUTURE: Self = Self(Duration::MAX);

    /// The point so long after the start of the caller's clock.
    #[must_use]
    pub const fn since_start(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// The time from the start of the caller's clock to this point.
    #[must_use]
    pub const fn elapsed_since_start(self) -> Duration {
        self.0
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span))
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, span: Duration) {
        *self = Self(self.0.saturating_add(span));
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        let second = Duration::from_secs(1);
        let mut point = Instant::FAR_FUTURE;
        point += second;
        assert_eq!((point, point + second), (Instant::FAR_FUTURE, Instant::FAR_FUTURE));
        assert_eq!(Instant::START - second, Instant::START);
        assert_eq!(Instant::START - (Instant::START + second), Duration::ZERO);
        assert_eq!((Instant::START + second) - Instant::START, second);
        assert_eq!((Instant::START + second).elapsed_since_start(), second);
        assert_eq!((Instant::START + second) - second, Instant::START);
    }
}
