//! Which of the errors is the cause, and the verdict in words.

use super::cause::{Cause, Outcome, Rank};
use super::finding::Finding;
use super::judged::Judged;
use super::severity::Severity;
use super::visibility::NotSeen;
use crate::instant::Instant;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;

/// Clients told apart of one cause; further ones are not counted.
const CLIENTS: usize = 4096;

/// What a diagnosis comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum State {
    /// Every IKE SA that was seen is proved to have come up, and no error was found.
    Healthy,
    /// An error was found.
    Fault,
    /// There is nothing to judge, or too little was seen.
    #[default]
    Undetermined,
}

impl State {
    /// `healthy`, `fault` or `undetermined`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Fault => "fault",
            Self::Undetermined => "undetermined",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How many an error is found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CauseCount {
    /// The code of the cause.
    pub code: &'static str,
    /// IKE SAs with it.
    pub sas: u64,
    /// Clients with it: told apart by address, and by port where a translator stands before them.
    pub clients: u64,
}

/// The result of a whole capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Verdict {
    /// What it comes to.
    pub state: State,
    /// The codes of all findings that are errors, each once, the most important first.
    pub codes: Vec<&'static str>,
    /// How many IKE SAs and clients each of them is found in, in the same order.
    pub causes: Vec<CauseCount>,
    /// What the capture does not show.
    pub not_seen: Vec<NotSeen>,
    /// The error a Windows client shows for the most important of them.
    pub windows_error: Option<u32>,
    /// One sentence for a tired administrator.
    pub text: String,
    /// IKE SAs seen.
    pub ike_sas: u64,
    /// IKE SAs with an error.
    pub failed: u64,
    /// IKE SAs that are proved to have come up, and have no error.
    pub established: u64,
    /// IKE SAs of which too little was seen.
    pub undetermined: u64,
    /// IKE SAs that were closed early because there were more than are watched at one time.
    pub closed_early: u64,
    /// Findings that were dropped because nobody took them in time.
    pub dropped: u64,
}

/// What the verdict will be made of.
#[derive(Default)]
pub(super) struct Tally {
    failed: u64,
    established: u64,
    undetermined: u64,
    /// IKEv2 messages that belong to no IKE SA.
    strays: u64,
    closed_early: u64,
    dropped: u64,
    /// The error of the least rank.
    worst: Option<Worst>,
    /// The last error that Windows itself tells.
    told: Option<Told>,
    /// Every error, by its rank.
    errors: BTreeMap<Rank, Counted>,
    not_seen: BTreeSet<NotSeen>,
}

struct Counted {
    code: &'static str,
    sas: u64,
    clients: BTreeSet<SocketAddr>,
}

/// An error that an event of Windows tells; in one sentence, where its cause cannot be told.
struct Told {
    time: Instant,
    sentence: Option<String>,
    windows_error: Option<u32>,
}

struct Worst {
    rank: Rank,
    sentence: String,
    windows_error: Option<u32>,
}

impl Tally {
    /// Counts an IKE SA of which nothing more will be seen.
    pub(super) fn close(&mut self, judged: &Judged) {
        let count = match judged.outcome {
            Outcome::Failed => &mut self.failed,
            Outcome::Up => &mut self.established,
            Outcome::Undetermined => &mut self.undetermined,
            Outcome::TakenBack => return,
        };
        *count = count.saturating_add(1);
        if judged.outcome == Outcome::Undetermined {
            self.not_seen.extend(&judged.not_seen);
        }
        let mut counted = BTreeSet::new();
        for finding in judged.findings.iter().filter(|f| f.severity == Severity::Error) {
            self.error(finding, judged.client, counted.insert(finding.cause.rank()));
        }
    }

    /// Counts what belongs to no IKE SA.
    pub(super) fn of_capture(&mut self, finding: &Finding, client: SocketAddr) {
        if finding.severity == Severity::Error {
            self.error(finding, client, false);
        }
        if let Cause::WindowsErrorTold(told) = &finding.cause {
            if self.told.as_ref().is_none_or(|before| before.time <= finding.time) {
                let sentence = (finding.severity == Severity::Warning).then(|| finding.cause.sentence());
                self.told = Some(Told { time: finding.time, sentence, windows_error: told.event.error });
            }
        }
    }

    fn error(&mut self, finding: &Finding, client: SocketAddr, first_of_sa: bool) {
        let rank = finding.cause.rank();
        let new = || Counted { code: finding.cause.code(), sas: 0, clients: BTreeSet::new() };
        let counted = self.errors.entry(rank).or_insert_with(new);
        counted.sas = counted.sas.saturating_add(u64::from(first_of_sa));
        if counted.clients.len() < CLIENTS {
            // Behind a translator an address stands for many.
            let port = if matches!(client.port(), 500 | 4500) { 0 } else { client.port() };
            counted.clients.insert(SocketAddr::new(client.ip(), port));
        }
        if self.worst.as_ref().is_none_or(|worst| rank < worst.rank) {
            self.worst = Some(Worst { rank, sentence: finding.cause.sentence(), windows_error: finding.windows_error() });
        }
    }

    pub(super) fn stray(&mut self) {
        self.strays = self.strays.saturating_add(1);
    }

    pub(super) fn close_early(&mut self) {
        self.closed_early = self.closed_early.saturating_add(1);
    }

    pub(super) fn drop_one(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
    }

    /// The verdict about so many IKE SAs, of a capture that does not show something.
    pub(super) fn verdict(mut self, sas: u64, not_seen: Vec<NotSeen>) -> Verdict {
        self.not_seen.extend(not_seen);
        let state = self.state();
        let mut text = self.text(state, sas);
        let cut = self.not_seen.iter().find(|not_seen| matches!(not_seen, NotSeen::Beyond(_)) && state == State::Fault);
        if let Some(cut) = cut {
            text = alloc::format!("{text} Not seen: {cut}.");
        }
        let Self { failed, established, undetermined, closed_early, dropped, worst, told, errors, not_seen, .. } = self;
        let windows_error = told.and_then(|told| told.windows_error).or_else(|| worst.and_then(|worst| worst.windows_error));
        let count = |c: &Counted| CauseCount { code: c.code, sas: c.sas, clients: u64::try_from(c.clients.len()).unwrap_or(u64::MAX) };
        let mut causes: Vec<CauseCount> = Vec::new();
        for one in errors.values().map(count) {
            match causes.iter_mut().find(|known| known.code == one.code) {
                Some(known) => (known.sas, known.clients) = (known.sas.saturating_add(one.sas), known.clients.max(one.clients)),
                None => causes.push(one),
            }
        }
        let codes = causes.iter().map(|cause| cause.code).collect();
        let not_seen = not_seen.into_iter().collect();
        Verdict {
            state,
            codes,
            causes,
            not_seen,
            windows_error,
            text,
            ike_sas: sas,
            failed,
            established,
            undetermined,
            closed_early,
            dropped,
        }
    }

    fn state(&self) -> State {
        match (self.worst.is_some(), self.undetermined.saturating_add(self.strays), self.established) {
            (true, _, _) => State::Fault,
            (false, 0, 1..) => State::Healthy,
            (false, _, _) => State::Undetermined,
        }
    }

    fn text(&self, state: State, sas: u64) -> String {
        let count = |n: u64| if n == 1 { "1 IKE SA".to_string() } else { alloc::format!("{n} IKE SAs") };
        match (state, &self.worst) {
            (State::Fault, Some(Worst { sentence, .. })) if sas <= 1 => sentence.clone(),
            (State::Fault, Some(Worst { sentence, .. })) => {
                let others = if self.established > 0 { alloc::format!(", {} came up", self.established) } else { String::new() };
                alloc::format!("{sentence} ({} of {} failed{others})", self.failed, count(sas))
            }
            (State::Healthy, _) if self.established == sas => alloc::format!("Nothing is wrong: {} came up.", count(sas)),
            (State::Healthy, _) => {
                alloc::format!("Nothing is wrong: {} came up, after attempts of the same client that it gave up.", count(self.established))
            }
            (State::Undetermined, _) if sas == 0 && self.told.as_ref().is_some_and(|told| told.sentence.is_some()) => {
                self.told.as_ref().and_then(|told| told.sentence.clone()).unwrap_or_default()
            }
            _ if sas == 0 && self.strays == 0 => "There is no IKEv2 in this capture.".to_string(),
            _ => self.undetermined(sas),
        }
    }

    /// What cannot be told, and what to capture to tell it.
    fn undetermined(&self, sas: u64) -> String {
        let whole = match (sas, self.established) {
            (0, _) => alloc::format!("The capture holds {} IKEv2 messages that belong to no IKE SA that can be told", self.strays),
            (1, _) => "No error can be seen, and no success either".to_string(),
            (_, 0) => alloc::format!("No error can be seen in {sas} IKE SAs, and no success either"),
            (_, up) => {
                let left = if self.undetermined == 1 { "of 1 it".to_string() } else { alloc::format!("of {} it", self.undetermined) };
                alloc::format!("No error can be seen. Of {sas} IKE SAs {up} came up; {left} cannot be told")
            }
        };
        match self.not_seen.first() {
            Some(not_seen) => alloc::format!("{whole}. Not seen: {not_seen}."),
            None => alloc::format!("{whole}: capture again, from before the connection until a minute after it."),
        }
    }
}
