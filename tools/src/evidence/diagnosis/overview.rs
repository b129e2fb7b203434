//! What of a diagnosis is worth reading first: each cause with the clearest example of it, and the other IKE SAs in one line each.

use super::track::{Diagnosis, Track};
use crate::capture::Time;
use core::net::SocketAddr;
use core::time::Duration;
use ikev2::diagnose::{Cause, Confidence, Finding, SettingList, Severity};
use ikev2::wire::IkeSpis;
use std::collections::{BTreeMap, BTreeSet};

/// IKE SAs shown in full where there is no error.
const CLEAN: usize = 3;
/// Remedies remembered, so that no report says one twice.
const REMEDIES: usize = 64;

/// An IKE SA and its findings, the gravest first.
pub(crate) struct Shown<'r> {
    pub(crate) track: &'r Track,
    pub(crate) findings: Vec<&'r Finding>,
}

/// What is found in how many.
pub(crate) struct CauseRow<'r> {
    pub(crate) code: &'r str,
    /// The cause and the cure, in one sentence.
    pub(crate) headline: Option<String>,
    pub(crate) sas: u64,
    pub(crate) clients: u64,
    /// The IKE SA that shows it.
    pub(crate) example: Option<u64>,
}

/// An IKE SA in one line; of one whose messages were not kept only the findings are known.
pub(crate) struct Line<'r> {
    pub(crate) number: Option<u64>,
    pub(crate) spis: IkeSpis,
    pub(crate) ends: Option<(SocketAddr, SocketAddr)>,
    pub(crate) time: Option<Time>,
    pub(crate) codes: Vec<&'r str>,
    pub(crate) severity: Option<Severity>,
}

pub(crate) struct Overview<'r> {
    pub(crate) causes: Vec<CauseRow<'r>>,
    pub(crate) full: Vec<Shown<'r>>,
    /// The others: those that failed first.
    pub(crate) others: Vec<Line<'r>>,
}

impl Diagnosis {
    /// The causes, the IKE SAs to show in full, and the others.
    pub(crate) fn overview(&self, all: bool) -> Overview<'_> {
        let mut by_name: BTreeMap<IkeSpis, Vec<&Finding>> = BTreeMap::new();
        for finding in &self.findings {
            by_name.entry(finding.spis).or_default().push(finding);
        }
        let of = |track: &Track| by_name.get(&track.spis).cloned().unwrap_or_default();
        let shown: Vec<Shown<'_>> = self.tracks.iter().map(|track| Shown { track, findings: of(track) }).collect();
        let (causes, examples) = self.causes(&shown);
        let chosen: BTreeSet<u64> = if examples.is_empty() { clean(&shown) } else { examples };
        let kept: BTreeSet<IkeSpis> = shown.iter().map(|one| one.track.spis).collect();
        let place = |number: u64| causes.iter().position(|cause| cause.example == Some(number));
        let (mut full, rest): (Vec<_>, Vec<_>) = shown.into_iter().partition(|one| all || chosen.contains(&one.track.number));
        if !all {
            full.sort_by_key(|one| (place(one.track.number), one.track.number));
        }
        let lost = by_name.into_iter().filter(|(spis, _)| !kept.contains(spis));
        let mut others: Vec<Line<'_>> =
            rest.iter().map(Shown::line).chain(lost.map(|(spis, findings)| untracked(spis, &findings))).collect();
        others.sort_by_key(|line| (core::cmp::Reverse(line.severity), line.number.is_none(), line.number, line.time));
        Overview { causes, full, others }
    }

    fn causes(&self, shown: &[Shown<'_>]) -> (Vec<CauseRow<'_>>, BTreeSet<u64>) {
        let mut examples = BTreeSet::new();
        let row = |cause: &ikev2::diagnose::CauseCount| {
            let example = example(shown, cause.code, &examples);
            examples.extend(example);
            let first = self.findings.iter().find(|f| f.severity == Severity::Error && f.cause.code() == cause.code);
            let headline = first.and_then(|finding| finding.cause.headline()).map(str::to_owned);
            CauseRow { code: cause.code, headline, sas: cause.sas, clients: cause.clients, example }
        };
        let rows = self.verdict.causes.iter().map(row).collect();
        (rows, examples)
    }
}

/// The clearest example of an error: an IKE SA in which it comes first, with the highest confidence, of which the fewest messages tell it.
/// One that is shown anyway does where it is nowhere the first.
fn example(shown: &[Shown<'_>], code: &str, chosen: &BTreeSet<u64>) -> Option<u64> {
    let with = |one: &Shown<'_>| {
        let place = one.findings.iter().position(|f| f.severity == Severity::Error && f.cause.code() == code)?;
        let confidence = one.findings.get(place).map_or(Confidence::Low, |finding| finding.confidence);
        let empty = one.track.ladder.steps.is_empty();
        let key = (
            place > 0,
            place > 0 && !chosen.contains(&one.track.number),
            empty,
            core::cmp::Reverse(confidence),
            one.track.ladder.steps.len(),
        );
        Some((key, one.track.number))
    };
    shown.iter().filter_map(with).min().map(|(_, number)| number)
}

/// What to show where there is no error: warnings first, and what is not known to be well.
fn clean(shown: &[Shown<'_>]) -> BTreeSet<u64> {
    let key = |one: &&Shown<'_>| {
        let well = one.findings.iter().any(|finding| finding.cause.code() == "Clean");
        (core::cmp::Reverse(one.severity().filter(|severity| *severity > Severity::Info)), well, one.track.number)
    };
    let mut all: Vec<&Shown<'_>> = shown.iter().collect();
    all.sort_by_key(key);
    all.iter().take(CLEAN).map(|one| one.track.number).collect()
}

impl<'r> Shown<'r> {
    fn severity(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    fn line(&self) -> Line<'r> {
        let Track { number, spis, initiator, responder, ladder, .. } = self.track;
        let time = ladder.steps.first().map(|step| step.time);
        let codes = gravest(&self.findings);
        Line { number: Some(*number), spis: *spis, ends: Some((*initiator, *responder)), time, codes, severity: self.severity() }
    }
}

fn untracked<'r>(spis: IkeSpis, findings: &[&'r Finding]) -> Line<'r> {
    let nanos = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
    let time = findings.iter().map(|finding| finding.time.elapsed_since_start()).min();
    let severity = findings.iter().map(|finding| finding.severity).max();
    Line { number: None, spis, ends: None, time: time.map(|time| Time::from_nanos(nanos(time))), codes: gravest(findings), severity }
}

/// The codes of the gravest findings, each once.
fn gravest<'r>(findings: &[&'r Finding]) -> Vec<&'r str> {
    let most = findings.iter().map(|finding| finding.severity).max();
    let mut codes = Vec::new();
    for finding in findings.iter().filter(|finding| Some(finding.severity) == most) {
        if !codes.contains(&finding.cause.code()) {
            codes.push(finding.cause.code());
        }
    }
    codes
}

/// What to say of the remedy of a finding, when those before it were shown.
pub(crate) enum Cure {
    /// The settings.
    Settings(SettingList),
    /// The same as before.
    Same,
    /// The same as of this IKE SA.
    As(u64),
    /// It is what an error before it leads to.
    Follows,
}

/// Remedies that a report has said, and for which IKE SA.
#[derive(Default)]
pub(crate) struct Told(Vec<(SettingList, u64)>);

impl Shown<'_> {
    pub(crate) fn cure(&self, at: usize, told: &mut Told) -> Cure {
        let Some(finding) = self.findings.get(at) else { return Cure::Follows };
        let mut before = self.findings.iter().take(at).filter(|f| f.severity == Severity::Error);
        let symptom = matches!(finding.cause, Cause::RequestUnanswered { .. } | Cause::ResponseNotReceived { .. });
        if symptom && before.clone().next().is_some() {
            return Cure::Follows;
        }
        let remedy = finding.cause.remedy();
        if before.any(|f| f.cause.remedy() == remedy) {
            return Cure::Same;
        }
        let number = self.track.number;
        if let Some((_, elsewhere)) = told.0.iter().find(|(known, of)| *known == remedy && *of != number) {
            return Cure::As(*elsewhere);
        }
        if told.0.len() < REMEDIES && !remedy.is_empty() && finding.severity != Severity::Info {
            told.0.push((remedy.clone(), number));
        }
        Cure::Settings(remedy)
    }
}
