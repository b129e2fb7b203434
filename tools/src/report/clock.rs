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

/// `2027-01-15T08:00:00Z`, so many seconds after the start of 1970.
#[cfg(any(test, feature = "x509"))]
pub(crate) fn moment(unix: i64) -> String {
    let (year, month, day) = civil(unix.div_euclid(DAY / MICROS));
    let (hours, minutes, seconds) = hms(unix.rem_euclid(DAY / MICROS).saturating_mul(MICROS));
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}Z")
}

/// Seconds since 1970 of a moment in UTC: that number itself, `2027-01-15`, or `2027-01-15T08:00:00Z`.
///
/// ```
/// use ikev2_tools::report::unix_of_moment;
/// assert_eq!(unix_of_moment("2027-01-15T08:00:00Z"), Ok(1_800_000_000));
/// assert_eq!(unix_of_moment("2027-01-15"), Ok(1_799_971_200));
/// assert_eq!(unix_of_moment("1800000000"), Ok(1_800_000_000));
/// ```
///
/// # Errors
/// For any other text, and for days that no calendar has.
pub fn unix_of_moment(text: &str) -> Result<i64, &'static str> {
    const WRONG: &str = "a moment is seconds since 1970, YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ";
    if let Ok(seconds) = text.parse::<i64>() {
        return if seconds.unsigned_abs() < FARTHEST { Ok(seconds) } else { Err("that is beyond any calendar") };
    }
    let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00:00:00Z"));
    let number = |part: Option<&str>, digits: usize, most: i64| {
        let part = part.filter(|part| part.len() == digits && part.bytes().all(|octet| octet.is_ascii_digit()))?;
        part.parse::<i64>().ok().filter(|value| *value <= most)
    };
    let mut parts = date.split('-');
    let (year, month, day) = (number(parts.next(), 4, 9999), number(parts.next(), 2, 12), number(parts.next(), 2, 31));
    let mut clock = time.trim_end_matches(['Z', 'z']).split(':');
    let (hours, minutes) = (number(clock.next(), 2, 23), number(clock.next(), 2, 59));
    let seconds = clock.next().map_or(Some(0), |seconds| number(Some(seconds), 2, 59));
    if parts.next().is_some() || clock.next().is_some() {
        return Err(WRONG);
    }
    let (Some(year), Some(month), Some(day), Some(hours), Some(minutes), Some(seconds)) = (year, month, day, hours, minutes, seconds)
    else {
        return Err(WRONG);
    };
    let days = days_to(year, month, day);
    if civil(days) != (year, month, day) {
        return Err("no calendar has that day");
    }
    let of_day = hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60)).saturating_add(seconds);
    Ok(days.saturating_mul(DAY / MICROS).saturating_add(of_day))
}

/// Seconds of the year 9999.
const FARTHEST: u64 = 253_402_300_800;

/// Days from 1 January 1970 to a day: what [`civil`] turns back.
const fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year.saturating_sub(1) } else { year };
    let era = year.div_euclid(400);
    let of_era = year.saturating_sub(era.saturating_mul(400));
    let month = if month > 2 { month.saturating_sub(3) } else { month.saturating_add(9) };
    let of_year = month.saturating_mul(153).saturating_add(2) / 5;
    let of_year = of_year.saturating_add(day).saturating_sub(1);
    let days = of_era.saturating_mul(365).saturating_add(of_era / 4).saturating_sub(of_era / 100).saturating_add(of_year);
    era.saturating_mul(146_097).saturating_add(days).saturating_sub(719_468)
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
    fn a_moment_is_read_as_it_is_shown() {
        for seconds in (-3_000_000_000_i64..6_000_000_000).step_by(86_399 * 7) {
            assert_eq!(unix_of_moment(&moment(seconds)), Ok(seconds));
        }
        assert_eq!(unix_of_moment("2024-02-29 12:00"), Ok(1_709_208_000));
        for wrong in ["", "now", "2027", "2027-1-15", "2027-01-15T", "2027-01-15T8:00", "2027-01-15-01", "2027-01-15T08:00:60Z", "-"] {
            assert_eq!(unix_of_moment(wrong).is_ok(), wrong == "2027", "{wrong}");
        }
        assert!(["2027-02-29", "2027-13-01", "2027-00-10", "2027-04-31"].iter().all(|wrong| unix_of_moment(wrong).is_err()));
        assert!(unix_of_moment("99999999999999").is_err());
    }

    #[test]
    fn an_offset_is_hours_and_minutes() {
        assert_eq!("+02:00".parse::<UtcOffset>().map(|zone| zone.to_string()), Ok("UTC+02:00".into()));
        for wrong in ["", "2", "02:00", "+2:00", "+02", "+02:60", "+24:00", "++2:00", "+0x:00"] {
            assert!(wrong.parse::<UtcOffset>().is_err(), "{wrong}");
        }
    }
}
