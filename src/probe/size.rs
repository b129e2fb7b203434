//! The search for the path MTU, and what silence proves.

use super::trial::Trial;
use crate::instant::Instant;

/// The smallest size that is asked for, in octets of IP packet (RFC 791 section 3.1).
pub(super) const BASE: u16 = 576;
/// The least silent trials that make a limit, and answered ones beside them.
const SILENT: usize = 5;
const ANSWERED: usize = 3;
/// The most silent trials that are spent on a limit.
const MOST_SILENT: usize = 12;
/// One limit in a million may be loss alone.
const CHANCE: f64 = 1e-6;

/// How often datagrams that could pass came to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Losses {
    pub(super) sent: u32,
    pub(super) lost: u32,
}

impl Losses {
    pub(super) fn of<'a>(trials: impl Iterator<Item = &'a Trial>, now: Instant) -> Self {
        let closed = trials.filter(|trial| !trial.is_open(now));
        closed.fold(Self::default(), |sum, trial| Self {
            sent: sum.sent.saturating_add(1),
            lost: sum.lost.saturating_add(u32::from(trial.answered.is_none())),
        })
    }

    /// How many silent trials loss alone does not explain; `None` where more would be needed than are sent.
    pub(super) fn silence_needed(self) -> Option<usize> {
        // Four more lost than were seen: few trials prove little.
        let share = f64::from(self.lost.saturating_add(4)) / f64::from(self.sent.saturating_add(5));
        let mut chance = 1.0;
        // The first silence chose the size, and proves nothing about it.
        for count in 2..=MOST_SILENT {
            chance *= share;
            if count >= SILENT && chance <= CHANCE {
                return Some(count);
            }
        }
        None
    }
}

/// Answered trials at one size against silent ones at another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) answered: usize,
    pub(super) silent: usize,
}

impl Pair {
    pub(super) fn is_certain(self, losses: Losses) -> bool {
        self.answered >= ANSWERED && losses.silence_needed().is_some_and(|needed| self.silent >= needed)
    }

    /// Whether there is silence enough, and only answers at the smaller size are missing.
    pub(super) fn wants_answers(self, losses: Losses) -> bool {
        self.answered < ANSWERED && self.silent >= losses.silence_needed().unwrap_or(SILENT)
    }

    /// Whether another trial may still make it certain.
    pub(super) fn wants_more(self, losses: Losses) -> bool {
        !self.is_certain(losses) && self.silent < losses.silence_needed().unwrap_or(SILENT)
            || self.answered < ANSWERED && self.silent < MOST_SILENT
    }
}

/// What is known of the path MTU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    /// The largest packet with DF that was answered.
    pub(super) passed: u16,
    /// The smallest larger one that was not.
    pub(super) stopped: Option<u16>,
    /// How often each was so.
    pub(super) pair: Pair,
}

impl Bounds {
    /// Of the trials with DF.
    pub(super) fn of<'a>(trials: impl Iterator<Item = &'a Trial> + Clone, now: Instant) -> Option<Self> {
        let sizes = || trials.clone();
        let passed = sizes().filter(|trial| trial.answered.is_some()).map(|trial| trial.size).max()?;
        let silent = || sizes().filter(move |trial| trial.size > passed && trial.is_silent(now));
        let stopped = silent().map(|trial| trial.size).min();
        let answered = sizes().filter(|trial| trial.size == passed && trial.answered.is_some()).count();
        let silent = silent().filter(|trial| Some(trial.size) == stopped).count();
        Some(Self { passed, stopped, pair: Pair { answered, silent } })
    }

    pub(super) fn meet(self) -> bool {
        self.stopped.is_some_and(|stopped| stopped.saturating_sub(self.passed) == 1)
    }

    /// Whether the MTU is known to the octet.
    pub(super) fn is_exact(self, top: u16, losses: Losses) -> bool {
        self.passed >= top || self.meet() && self.pair.is_certain(losses)
    }

    /// The next size to ask for.
    pub(super) fn next(self, top: u16, hint: Option<u16>, losses: Losses) -> Option<u16> {
        if self.passed >= top {
            return None;
        }
        let Some(stopped) = self.stopped else { return Some(top) };
        if self.meet() {
            return self.pair.wants_more(losses).then_some(stopped);
        }
        // What an ICMP error says is asked for first, and the octet above it next.
        let told = hint.map(|told| if told == self.passed { told.saturating_add(1) } else { told });
        let between = |size: &u16| (self.passed.saturating_add(1)..stopped).contains(size);
        Some(told.filter(between).unwrap_or_else(|| self.passed.midpoint(stopped)))
    }
}
