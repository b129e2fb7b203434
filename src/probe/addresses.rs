//! One verdict on all addresses of a name: a client takes any of them.

use super::manners::SentCount;
use super::report::ProbeReport;
use super::verdict::{Fitness, ProbeVerdict};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;

/// What Windows shows where a name has no address.
const NAME_NOT_RESOLVED: u32 = 868;

impl ProbeVerdict {
    /// The verdict on a name that could not be resolved; `why` is the word of the system.
    #[must_use]
    pub fn of_unresolved(name: &str, why: impl Display) -> Self {
        let text = format!("The name {name} could not be resolved here: {why}.");
        Self { state: Fitness::Unfit, codes: Vec::new(), windows_error: Some(NAME_NOT_RESOLVED), text, sent: SentCount::NONE }
    }

    /// One verdict on several addresses: unfit where one is, since a client may take that one; fit where all are. Without a report it is
    /// undetermined.
    #[must_use]
    pub fn of_addresses(reports: &[ProbeReport]) -> Self {
        if let [report] = reports {
            return report.verdict().clone();
        }
        let of = |state| reports.iter().filter(move |report| report.verdict().state == state);
        let state = if of(Fitness::Unfit).next().is_some() {
            Fitness::Unfit
        } else if !reports.is_empty() && of(Fitness::Fit).count() == reports.len() {
            Fitness::Fit
        } else {
            Fitness::Undetermined
        };
        let mut codes = Vec::new();
        for code in reports.iter().flat_map(|report| &report.verdict().codes) {
            if !codes.contains(code) {
                codes.push(*code);
            }
        }
        Self {
            state,
            codes,
            windows_error: reports.iter().find_map(|report| report.verdict().windows_error),
            text: text(state, of(state).collect(), reports.len()),
            sent: reports.iter().fold(SentCount::NONE, |sum, report| sum.and(report.verdict().sent)),
        }
    }
}

/// How many addresses are in that state, and what is said of each.
fn text(state: Fitness, those: Vec<&ProbeReport>, all: usize) -> String {
    let word = match state {
        Fitness::Fit => "fit",
        Fitness::Unfit => "unfit",
        Fitness::Undetermined => "undetermined",
    };
    let each = those.iter().map(|report| format!(" {}: {}", report.address(), report.verdict().text));
    match all {
        0 => "No address could be asked.".into(),
        _ => format!(
            "{} of {all} addresses {} {word}.{}",
            those.len(),
            if those.len() == 1 { "is" } else { "are" },
            each.collect::<String>()
        ),
    }
}
