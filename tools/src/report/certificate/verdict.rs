//! The answer in one sentence.

use crate::capture::printable;
use crate::evidence::certificate::{CertificateRole, Examination, Fitness, ProblemSeverity};

/// Whether the certificates are fit for what was asked, and the first reason why not.
#[must_use]
pub fn verdict(found: &Examination) -> String {
    let whom = whom(found);
    let first = |severity| found.problems.iter().find(|problem| problem.severity == severity).map(|problem| problem.text.as_str());
    let count = |severity| found.problems.iter().filter(|problem| problem.severity == severity).count();
    match found.fitness {
        Fitness::Fit => match count(ProblemSeverity::Warning) {
            0 => format!("Fit for {whom}."),
            1 => format!("Fit for {whom}, with one warning."),
            warnings => format!("Fit for {whom}, with {warnings} warnings."),
        },
        Fitness::NotFit => {
            let more = match count(ProblemSeverity::Error).saturating_sub(1) {
                0 => String::new(),
                1 => " There is one more error.".to_owned(),
                more => format!(" There are {more} more errors."),
            };
            format!("Not fit for {whom}: {}{more}", first(ProblemSeverity::Error).unwrap_or_default())
        }
        Fitness::Unknown => {
            format!("It cannot be told whether it is fit for {whom}: {}", first(ProblemSeverity::Doubt).unwrap_or_default())
        }
        _ => {
            let what = found.errors.first().map_or_else(|| "there is no certificate".to_owned(), ToString::to_string);
            format!("Not everything could be read: {what}.")
        }
    }
}

/// `a VPN server that clients connect to as vpn.example.net`.
fn whom(found: &Examination) -> String {
    match (found.role, &found.name) {
        (CertificateRole::Server, Some(name)) => format!("a VPN server that Windows clients connect to as {}", printable(name)),
        (CertificateRole::Server, None) => "a VPN server that Windows clients connect to".to_owned(),
        (CertificateRole::Client, Some(name)) => format!("the machine certificate of the Windows client {}", printable(name)),
        (CertificateRole::Client, None) => "the machine certificate of a Windows client".to_owned(),
    }
}
