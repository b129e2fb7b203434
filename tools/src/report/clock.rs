//! Times of day by the clock of a capture.

use crate::capture::Time;
use core::fmt;
use core::str::FromStr;
use ikev2::Instant;

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400 * MICROS;
const MINUTE: i64 = 60 * MICROS;
/// Minutes by which no time zone differs from UTC.
const FAR: i64 = 24 * 60;

/// How far local time is ahead of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UtcOffset {
    minutes: i64,
}

/// `+HH:MM` or `-HH:MM`.
impl FromStr for UtcOffset {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "an offset from UTC is +HH:MM or -HH:MM";
        let (ahead, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(WRONG),
        };
        let (hours, minutes) = rest.split_once(':').ok_or(WRONG)?;
        let number = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()));
        let (hours, minutes) = (number(hours).ok_or(WRONG)?, number(minutes).filter(|n| *n < 60).ok_or(WRONG)?);
        let minutes = i64::from(hours).saturating_mul(60).saturating_add(i64::from(minutes));
        match (minutes < FAR, ahead) {
            (false, _) => Err("no time zone is a day away from UTC"),
            (true, true) => Ok(Self { minutes }),
            (true, false) => Ok(Self { minutes: minutes.saturating_neg() }),
        }
    }
}

/// `UTC`, or `UTC+02:00`.
impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.minutes == 0 {
            return f.write_str("UTC");
        }
        let (sign, minutes) = (if self.minutes < 0 { '-' } else { '+' }, self.minutes.saturating_abs());
        write!(f, "UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// The clock of a capture; it may have none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// Microseconds from 1970, local time, to the time that counts as zero.
    zero: Option<i64>,
    zone: UtcOffset,
}

impl Clock {
    /// A clock that shows `nanos` since 1970 (UTC) at time zero.
    pub(crate) fn new(nanos: Option<i128>, zone: UtcOffset) -> Self {
        let local = |micros: i64| micros.saturating_add(zone.minutes.saturating_mul(MINUTE));
        Self { zero: nanos.and_then(|nanos| i64::try_from(nanos.div_euclid(1000)).ok()).map(local), zone }
    }

    pub(crate) const fn zone(self) -> UtcOffset {
        self.zone
    }

    fn at(self, time: Time) -> Option<(i64, i64)> {
        let micros = self.zero?.saturating_add(time.micros());
        Some((micros.div_euclid(DAY), micros.rem_euclid(DAY)))
    }

    /// `10:03:11.123`.
    pub(crate) fn time(self, time: Time) -> Option<String> {
        let (_, micros) = self.at(time)?;
        let (hours, minutes, seconds) = hms(micros);
        Some(format!("{hours:02}:{minutes:02}:{seconds:02}.{:03}", micros % MICROS / 1000))
    }

    /// `2025-09-27 10:03:11`.
    pub(crate) fn date_time(self, time: Time) -> Option<String> {
        let (days, micros) = self.at(time)?;
        let ((year, month, day), (hours, minutes, seconds)) = (civil(days), hms(micros));
        Some(format!("{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02}:{seconds:02}"))
    }
}

/// The time of a finding on the same scale.
pub(crate) fn of_instant(time: Instant) -> Time {
    Time::from_nanos(i64::try_from(time.elapsed_since_start().as_nanos()).unwrap_or(i64::MAX))
}

const fn hms(micros: i64) -> (i64, i64, i64) {
    let seconds = micros / MICROS;
    (seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Year, month and day of the Gregorian calendar, so many days after 1 January 1970. Years begin with March here, so that the day a leap
/// year has more is the last.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = day.saturating_sub(day / 1460).saturating_add(day / 36_524).saturating_sub(day / 146_096) / 365;
    let day = day.saturating_sub(year.saturating_mul(365).saturating_add(year / 4).saturating_sub(year / 100));
    let month = day.saturating_mul(5).saturating_add(2) / 153;
    let day = day.saturating_sub(month.saturating_mul(153).saturating_add(2) / 5).saturating_add(1);
    let (month, next) = if month < 10 { (month.saturating_add(3), 0) } else { (month.saturating_sub(9), 1) };
    (year.saturating_add(era.saturating_mul(400)).saturating_add(next), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_shows_the_day_and_the_time_of_a_place() {
        // `date -u -d @951827696`, and the others likewise.
        for (seconds, shown) in [
            (0, "1970-01-01 00:00:00"),
            (951_827_696, "2000-02-29 12:34:56"),
            (951_868_800, "2000-03-01 00:00:00"),
            (1_735_689_599, "2024-12-31 23:59:59"),
            (4_107_542_400, "2100-03-01 00:00:00"),
        ] {
            let clock = Clock::new(Some(seconds * 1_000_000_000), UtcOffset::default());
            assert_eq!(clock.date_time(Time::default()).as_deref(), Some(shown));
        }
        let clock = Clock::new(Some(951_827_696_999_000_000), "-05:30".parse().unwrap());
        assert_eq!(clock.time(Time::from_nanos(2_000_000)).as_deref(), Some("07:04:57.001"));
        assert_eq!((clock.zone().to_string().as_str(), UtcOffset::default().to_string().as_str()), ("UTC-05:30", "UTC"));
        assert_eq!(Clock::new(None, UtcOffset::default()).time(Time::default()), None);
    }

    #[test]
    fn an_offset_is_hours_and_minutes() {
        assert_eq!("+02:00".parse::<UtcOffset>().map(|zone| zone.to_string()), Ok("UTC+02:00".into()));
        for wrong in ["", "2", "02:00", "+2:00", "+02", "+02:60", "+24:00", "++2:00", "+0x:00"] {
            assert!(wrong.parse::<UtcOffset>().is_err(), "{wrong}");
        }
    }
}
