//! Which of the errors is the cause, and the verdict in words.

use super::cause::Rank;
use super::finding::Finding;
use super::severity::Severity;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The result of a whole capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Verdict {
    /// The codes of all findings that are errors, each once, the most important first.
    pub codes: Vec<&'static str>,
    /// The error a Windows client shows for the most important of them.
    pub windows_error: Option<u32>,
    /// One sentence for a tired administrator.
    pub text: String,
    /// IKE SAs seen.
    pub ike_sas: u64,
    /// IKE SAs with an error.
    pub failed: u64,
    /// IKE SAs whose IKE_AUTH came to a good end, as far as can be seen.
    pub established: u64,
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
    closed_early: u64,
    dropped: u64,
    /// The error of the least rank.
    worst: Option<Worst>,
    /// Rank and code of every error.
    errors: BTreeMap<Rank, &'static str>,
}

struct Worst {
    rank: Rank,
    sentence: String,
    windows_error: Option<u32>,
}

impl Tally {
    /// Counts an IKE SA of which nothing more will be seen.
    pub(super) fn close(&mut self, found: &[Finding], established: bool) {
        if found.iter().any(|f| f.severity == Severity::Error) {
            self.failed = self.failed.saturating_add(1);
        } else if established {
            self.established = self.established.saturating_add(1);
        }
        found.iter().filter(|f| f.severity == Severity::Error).for_each(|f| self.error(f));
    }

    fn error(&mut self, finding: &Finding) {
        let rank = finding.cause.rank();
        self.errors.insert(rank, finding.cause.code());
        if self.worst.as_ref().is_none_or(|worst| rank < worst.rank) {
            self.worst = Some(Worst { rank, sentence: finding.cause.sentence(), windows_error: finding.windows_error() });
        }
    }

    pub(super) fn close_early(&mut self) {
        self.closed_early = self.closed_early.saturating_add(1);
    }

    pub(super) fn drop_one(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
    }

    /// The verdict about so many IKE SAs.
    pub(super) fn verdict(self, sas: u64) -> Verdict {
        let text = self.text(sas);
        let Self { failed, established, closed_early, dropped, worst, errors } = self;
        let windows_error = worst.and_then(|worst| worst.windows_error);
        Verdict { codes: errors.into_values().collect(), windows_error, text, ike_sas: sas, failed, established, closed_early, dropped }
    }

    fn text(&self, sas: u64) -> String {
        let count = |n: u64| if n == 1 { "1 IKE SA".to_string() } else { alloc::format!("{n} IKE SAs") };
        match &self.worst {
            Some(Worst { sentence, .. }) if sas <= 1 => sentence.clone(),
            Some(Worst { sentence, .. }) => {
                let others = if self.established > 0 { alloc::format!(", {} came up", self.established) } else { String::new() };
                alloc::format!("{sentence} ({} of {} failed{others})", self.failed, count(sas))
            }
            None if sas == 0 => "There is no IKEv2 in this capture.".to_string(),
            None if self.established == sas => alloc::format!("Nothing is wrong: {} came up.", count(sas)),
            None if self.established == 0 => alloc::format!(
                "No error was seen, but of {} none came up either: the capture is too short, or what should follow is lost before this point.",
                count(sas)
            ),
            None => alloc::format!("Nothing wrong was seen: {}, of which {} came up in this capture.", count(sas), self.established),
        }
    }
}
