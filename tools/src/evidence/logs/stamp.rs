//! The time a line begins with, and what stands behind it.
//!
//! ```text
//! 00:50:17 05[ENC] ..                              strongSwan's own files
//! Nov 30 00:50:17.713517: ..                       libreswan's, syslog
//! 2026-11-30T00:50:17.123+01:00 host charon: ..    journalctl -o short-iso, rsyslog
//! *Nov 30 00:50:17.123 UTC: ..                     Cisco IOS
//! ```

use crate::capture::Time;

const DAY: i64 = 86_400;
const NANOS: i64 = 1_000_000_000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Days before each month of a leap year: where the year is not known, 29 February may be there.
const BEFORE: [i64; 12] = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335];
/// How long a log without times takes from one message to the next: longer than copies of a packet are apart.
const STEP: i64 = NANOS / 4;

/// How much of a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dated {
    /// All of it, and how far the clock is ahead of UTC, in seconds, if that is told.
    Whole(Option<i64>),
    /// All but the year.
    InYear,
    /// The time of the day.
    No,
}

/// A time as it stands in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Nanoseconds after the beginning of 1970, of the year, or of the day.
    nanos: i64,
    dated: Dated,
}

/// The time a line begins with, and the rest of it.
pub(super) fn stamp(text: &str) -> Option<(Stamp, &str)> {
    let text = text.trim_start_matches(['*', '.', '[', '<', ' ']);
    let first = text.bytes().next()?;
    if first.is_ascii_alphabetic() {
        return in_year(text);
    }
    if !first.is_ascii_digit() {
        return None;
    }
    iso(text).or_else(|| {
        let (nanos, rest) = clock(text)?;
        Some((Stamp { nanos, dated: Dated::No }, rest))
    })
}

/// A number of so many digits at most, and the rest.
fn number(text: &str, most: usize) -> Option<(i64, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, rest))
}

/// `00:50:17.713`, and the rest.
fn clock(text: &str) -> Option<(i64, &str)> {
    let (hours, rest) = number(text, 2)?;
    let (minutes, rest) = number(rest.strip_prefix(':')?, 2)?;
    let (seconds, rest) = number(rest.strip_prefix(':')?, 2)?;
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let whole = hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60)).saturating_add(seconds);
    let (fraction, rest) = match rest.strip_prefix(['.', ',']) {
        Some(after) if after.bytes().next().is_some_and(|octet| octet.is_ascii_digit()) => {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let (digits, rest) = after.split_at_checked(digits)?;
            let padded: String = digits.chars().chain(core::iter::repeat('0')).take(9).collect();
            (padded.parse().unwrap_or(0), rest)
        }
        _ => (0, rest),
    };
    Some((whole.saturating_mul(NANOS).saturating_add(fraction), rest))
}

/// `2026-11-30T00:50:17.123+01:00`, with a blank for the T, and with a zone or without.
fn iso(text: &str) -> Option<(Stamp, &str)> {
    let (year, rest) = number(text, 4)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/'))?;
    let (month, rest) = number(rest.strip_prefix(separator)?, 2)?;
    let (day, rest) = number(rest.strip_prefix(separator)?, 2)?;
    let (nanos, rest) = clock(rest.strip_prefix(['T', ' ', '_'])?)?;
    let (zone, rest) = zone(rest);
    let days = days(year, month, day)?;
    Some((Stamp { nanos: days.saturating_mul(DAY).saturating_mul(NANOS).saturating_add(nanos), dated: Dated::Whole(zone) }, rest))
}

/// `Z`, `+01:00` or `+0100`; nothing where the zone is not told.
fn zone(text: &str) -> (Option<i64>, &str) {
    if let Some(rest) = text.strip_prefix('Z') {
        return (Some(0), rest);
    }
    let read = || {
        let sign = if text.starts_with('-') { -1 } else { 1 };
        let (hours, rest) = number(text.strip_prefix(['+', '-'])?, 2)?;
        let (minutes, rest) = number(rest.strip_prefix(':').unwrap_or(rest), 2)?;
        let seconds = hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60)).saturating_mul(sign);
        Some((Some(seconds), rest))
    };
    read().unwrap_or((None, text))
}

/// `Nov 30 00:50:17`, with the year before the time or without.
fn in_year(text: &str) -> Option<(Stamp, &str)> {
    let (name, rest) = text.split_at_checked(3)?;
    let month = MONTHS.iter().position(|month| *month == name)?;
    let (day, rest) = number(rest.strip_prefix(' ')?.trim_start(), 2)?;
    let rest = rest.trim_start_matches(',').strip_prefix(' ')?.trim_start();
    let with_year = || {
        let (year, rest) = number(rest, 4).filter(|(year, _)| *year >= 1970)?;
        let (nanos, rest) = clock(rest.strip_prefix(' ')?)?;
        let zone = rest.starts_with(" UTC").then_some(0);
        let days = days(year, i64::try_from(month).ok()?.saturating_add(1), day)?;
        Some((Stamp { nanos: days.saturating_mul(DAY).saturating_mul(NANOS).saturating_add(nanos), dated: Dated::Whole(zone) }, rest))
    };
    if let Some(whole) = with_year() {
        return Some(whole);
    }
    let (nanos, rest) = clock(rest)?;
    let days = BEFORE.get(month)?.saturating_add(day).saturating_sub(1);
    Some((Stamp { nanos: days.saturating_mul(DAY).saturating_mul(NANOS).saturating_add(nanos), dated: Dated::InYear }, rest))
}

/// Days from 1 January 1970 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years begin in March, so that the day that comes and goes is their last.
    let (year, month) = if month > 2 { (year, month.saturating_sub(3)) } else { (year.saturating_sub(1), month.saturating_add(9)) };
    let leaps = year.div_euclid(4).saturating_sub(year.div_euclid(100)).saturating_add(year.div_euclid(400));
    let before = month.saturating_mul(153).saturating_add(2).div_euclid(5);
    Some(year.saturating_mul(365).saturating_add(leaps).saturating_add(before).saturating_add(day).saturating_sub(719_469))
}

/// `11/30/2026 12:50:17 AM`, as the event viewer shows it in English; day and month may change places.
pub(super) fn viewer(text: &str) -> Option<Stamp> {
    let (one, rest) = number(text.trim(), 2)?;
    let (two, rest) = number(rest.strip_prefix(['/', '.', '-'])?, 2)?;
    let (year, rest) = number(rest.strip_prefix(['/', '.', '-'])?, 4)?;
    let (nanos, rest) = clock(rest.trim_start_matches(',').strip_prefix(' ')?)?;
    let (month, day) = if one > 12 { (two, one) } else { (one, two) };
    let half = 12_i64.saturating_mul(3600).saturating_mul(NANOS);
    let nanos = match rest.trim() {
        "PM" if nanos < half => nanos.saturating_add(half),
        "AM" if nanos >= half => nanos.saturating_sub(half),
        _ => nanos,
    };
    let days = days(year, month, day)?;
    Some(Stamp { nanos: days.saturating_mul(DAY).saturating_mul(NANOS).saturating_add(nanos), dated: Dated::Whole(None) })
}

/// The clock of a log: times after its first line.
#[derive(Debug, Default)]
pub(super) struct Clock {
    first: Option<Stamp>,
    /// The latest, without what was added for it.
    last: i64,
    /// Days and years that went by.
    added: i64,
    now: i64,
}

impl Clock {
    /// Takes the time of a line.
    pub(super) fn see(&mut self, stamp: Stamp) {
        let first = *self.first.get_or_insert(stamp);
        if core::mem::discriminant(&first.dated) != core::mem::discriminant(&stamp.dated) {
            // Another kind of time in the same log tells nothing about the distance.
            return;
        }
        let (round, half) = match stamp.dated {
            Dated::Whole(_) => (0, i64::MAX),
            Dated::InYear => (DAY.saturating_mul(366), DAY.saturating_mul(183)),
            Dated::No => (DAY, DAY / 2),
        };
        if self.last.saturating_sub(stamp.nanos) > half.saturating_mul(NANOS) {
            self.added = self.added.saturating_add(round.saturating_mul(NANOS));
        }
        self.last = stamp.nanos;
        self.now = stamp.nanos.saturating_add(self.added).saturating_sub(first.nanos).max(0);
    }

    /// The next message of a log without times comes a moment after the one before.
    pub(super) fn step(&mut self) {
        if self.first.is_none() {
            self.now = self.now.saturating_add(STEP);
        }
    }

    pub(super) const fn now(&self) -> Time {
        Time::from_nanos(self.now)
    }

    /// Whether lines have times.
    pub(super) const fn is_told(&self) -> bool {
        self.first.is_some()
    }

    /// When it began, in nanoseconds since 1970 (UTC), if its dates are whole and say their zone.
    pub(super) fn start(&self) -> Option<i128> {
        match self.first? {
            Stamp { nanos, dated: Dated::Whole(Some(ahead)) } => {
                Some(i128::from(nanos).saturating_sub(i128::from(ahead).saturating_mul(i128::from(NANOS))))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn rest(text: &str) -> Option<(i64, &str)> {
        stamp(text).map(|(stamp, rest)| (stamp.nanos / 1_000_000, rest))
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(rest("00:50:17 05[ENC] x"), Some((3_017_000, " 05[ENC] x")));
        assert_eq!(rest("Jan  2 00:00:01.500: x"), Some((86_401_500, ": x")));
        assert_eq!(rest("1970-01-02T00:00:01Z h x"), Some((86_401_000, " h x")));
        assert_eq!(rest("2000-03-01 00:00:01.5 x"), Some((951_868_801_500, " x")));
        assert_eq!(rest("*Jan  1 00:00:02.811: IKEv2:"), Some((2811, ": IKEv2:")));
        for wrong in ["", "x", "Nov", "99:99:99", "2026-13-01T00:00:00", "Nov x", "é"] {
            assert_eq!(rest(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn midnight_and_new_year_go_by() {
        let now = |lines: &[&str]| {
            let mut clock = Clock::default();
            lines.iter().for_each(|line| clock.see(stamp(line).unwrap().0));
            clock.now().seconds()
        };
        assert_eq!(now(&["23:59:59 x", "00:00:01 x"]), 2.0);
        assert_eq!(now(&["Dec 31 23:59:59 x", "Jan  1 00:00:01 x"]), 2.0);
        assert_eq!(now(&["00:00:09 x", "00:00:08 x"]), 0.0);
    }

    #[test]
    fn only_a_whole_date_with_a_zone_is_a_time_of_the_world() {
        let start = |line: &str| {
            let mut clock = Clock::default();
            clock.see(stamp(line).unwrap().0);
            clock.start()
        };
        assert_eq!(start("1970-01-01T01:00:00+01:00 x"), Some(0));
        assert_eq!((start("1970-01-01T01:00:00 x"), start("Nov 30 01:00:00 x")), (None, None));
        assert_eq!(viewer("11/30/2026 12:00:01 AM").unwrap().nanos % (DAY * NANOS), NANOS);
    }
}
