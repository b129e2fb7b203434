//! Files in, everything that is found out about them.

use super::chain;
use super::facts::Entry;
use super::judge::{self, Judge};
use super::model::{CertificateRole, Examination, ExamineOptions, Fitness};
use super::problem::ProblemSeverity;
use super::read::Reading;
use super::weight;

/// Examines the certificates of `files`, each with its name, the certificates of `anchors` being those that the other side trusts.
#[must_use]
pub fn examine(files: &[(&str, &[u8])], anchors: &[(&str, &[u8])], options: &ExamineOptions) -> Examination {
    let mut reading = Reading::default();
    for (name, octets) in files {
        reading.file(name, octets);
    }
    let of_files = reading.pieces.len();
    for (name, octets) in anchors {
        reading.file(name, octets);
    }
    let entries: Vec<Entry<'_>> = reading.pieces.iter().filter_map(Entry::new).collect();
    let chain = chain::of(&entries, of_files, options.at);
    let leaf = chain.as_ref().and_then(|chain| chain.path.first()).and_then(|place| entries.get(*place));
    let role = options.role.or_else(|| leaf.map(judge::role_of)).unwrap_or(CertificateRole::Server);
    let weight = chain.as_ref().and_then(|chain| weight::of(&entries, of_files, chain, role, options));
    let mut judge = Judge { entries: &entries, role, options, problems: Vec::new() };
    if let Some(chain) = &chain {
        if let Some(first) = chain.path.first() {
            judge.end(*first);
        }
        for place in &chain.path {
            judge.each(*place);
        }
        judge.revocation(&chain.path);
        judge.chain(chain, of_files);
    }
    if let Some(weight) = &weight {
        judge.size(weight);
    }
    let mut problems = judge.problems;
    problems.sort_by_key(|problem| problem.severity);
    let worst = problems.iter().map(|problem| problem.severity).min();
    let fitness = match worst {
        _ if !reading.errors.is_empty() || chain.is_none() => Fitness::Unreadable,
        Some(ProblemSeverity::Error) => Fitness::NotFit,
        Some(ProblemSeverity::Doubt) => Fitness::Unknown,
        _ => Fitness::Fit,
    };
    Examination {
        fitness,
        role,
        role_is_given: options.role.is_some(),
        name: options.name.clone(),
        at: options.at,
        certificates: entries.iter().map(Entry::facts).collect(),
        anchors: entries.len().saturating_sub(of_files),
        chain,
        problems,
        weight,
        remarks: reading.remarks,
        errors: reading.errors,
    }
}
