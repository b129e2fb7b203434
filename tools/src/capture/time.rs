//! Capture time.

use core::fmt;
use core::time::Duration;
use ikev2::Instant;

const NANOS_PER_MICRO: i64 = 1_000;
const MICROS_PER_SECOND: u64 = 1_000_000;

/// Nanoseconds since the first packet of the capture; negative for a packet that is stored later but stamped earlier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Time(i64);

impl Time {
    pub(crate) const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    pub(crate) const fn nanos(self) -> i64 {
        self.0
    }

    /// So many nanoseconds later, or earlier.
    pub(crate) const fn moved(self, by: i64) -> Self {
        Self(self.0.saturating_add(by))
    }

    /// Microseconds, rounded half away from zero.
    pub(crate) fn micros(self) -> i64 {
        let half = NANOS_PER_MICRO.saturating_div(2).saturating_mul(self.0.signum());
        self.0.saturating_add(half).saturating_div(NANOS_PER_MICRO)
    }

    /// The same as an [`Instant`] of a clock that starts with the first packet, which a negative time is set to.
    pub(crate) fn instant(self) -> Instant {
        Instant::since_start(Duration::from_nanos(u64::try_from(self.0).unwrap_or(0)))
    }

    /// This time counted from another one.
    pub(crate) const fn since(self, origin: Self) -> Self {
        Self(self.0.saturating_sub(origin.0))
    }

    /// From an earlier time to this one; zero if that is later.
    pub(crate) fn duration_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Seconds, negative before the first packet.
    pub(crate) fn seconds(self) -> f64 {
        let seconds = Duration::from_nanos(self.0.unsigned_abs()).as_secs_f64();
        if self.0 < 0 { -seconds } else { seconds }
    }

    pub(crate) fn saturating_add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_nanos()).unwrap_or(i64::MAX)))
    }
}

/// Seconds with 6 decimals.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.micros();
        let sign = if micros < 0 { "-" } else { "" };
        let micros = micros.unsigned_abs();
        let (seconds, rest) = (micros.checked_div(MICROS_PER_SECOND).unwrap_or(0), micros.checked_rem(MICROS_PER_SECOND).unwrap_or(0));
        f.pad(&format!("{sign}{seconds}.{rest:06}"))
    }
}
