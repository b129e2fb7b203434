//! What all outputs show: the verdict, and each IKE SA with its findings and messages.

use super::frame::Frame;
use super::ladder::Ladder;
use crate::capture::Time;
use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use ikev2::diagnose::sizes::{self, SizeFact};
use ikev2::diagnose::{Cause, Finding, Settings, Severity, State, Vantage, Verdict};
use ikev2::wire::{Header, IkeSpis};
use ikev2::{Instant, Role};

/// IKE SAs shown when not all are asked for.
const SHOWN: usize = 20;
/// The same of those in which nothing is wrong.
const SHOWN_CLEAN: usize = 3;

/// What a capture tells of why its tunnels come up or do not.
#[derive(Debug)]
pub struct Diagnosis {
    pub(crate) frame: Frame,
    pub(crate) duration: Time,
    pub(crate) verdict: Verdict,
    pub(crate) findings: Vec<Finding>,
    pub(crate) tracks: Vec<Track>,
    /// Messages that are not shown.
    pub(crate) untold: u64,
    pub(crate) problems: Vec<String>,
    pub(crate) more_problems: u64,
    /// What is wrong with the keys and the rest of what was given.
    pub(crate) warnings: Vec<String>,
}

/// An IKE SA to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) number: u64,
    pub(crate) spis: IkeSpis,
    pub(crate) initiator: SocketAddr,
    pub(crate) responder: SocketAddr,
    pub(crate) view: Option<Vantage>,
    pub(crate) ladder: Ladder,
    /// Which message, its last packet, and the report.
    pub(crate) sizes: Vec<(Label, u64, sizes::SizeReport)>,
}

impl Default for Track {
    fn default() -> Self {
        let nowhere = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
        let spis = IkeSpis::default();
        Self { number: 0, spis, initiator: nowhere, responder: nowhere, view: None, ladder: Ladder::default(), sizes: Vec::new() }
    }
}

/// An IKE SA and its findings, the gravest first.
pub(crate) struct Shown<'r> {
    pub(crate) track: &'r Track,
    pub(crate) findings: Vec<&'r Finding>,
}

impl Diagnosis {
    /// What is known of the tunnels.
    #[must_use]
    pub fn state(&self) -> State {
        self.verdict.state
    }

    /// A time of the diagnosis as seconds after the first packet of the capture.
    pub(crate) fn seconds(&self, time: Instant) -> f64 {
        self.frame.origin.seconds() + time.elapsed_since_start().as_secs_f64()
    }

    /// The same in seconds since 1970 (UTC), if the capture has a clock.
    pub(crate) fn epoch(&self, time: Instant) -> Option<f64> {
        let nanos = u64::try_from(self.frame.start?).ok()?;
        Some(Duration::from_nanos(nanos).as_secs_f64() + self.seconds(time))
    }

    /// Whether reading ended before the capture did: what follows is not in the verdict.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.frame.broken
    }

    /// What was found, by IKE SA.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The verdict over the whole capture.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// The IKE SAs to show, and how many are left out.
    pub(crate) fn shown(&self, all: bool) -> (Vec<Shown<'_>>, usize) {
        let mut by_name: std::collections::BTreeMap<IkeSpis, Vec<&Finding>> = std::collections::BTreeMap::new();
        for finding in &self.findings {
            by_name.entry(finding.spis).or_default().push(finding);
        }
        let of = |track: &Track| by_name.get(&track.spis).cloned().unwrap_or_default();
        let mut shown: Vec<_> = self.tracks.iter().map(|track| Shown { track, findings: of(track) }).collect();
        let failed = |shown: &Shown<'_>| shown.findings.iter().any(|f| f.severity >= Severity::Warning);
        let count = shown.len();
        if !all {
            let any = shown.iter().any(failed);
            shown.retain(|shown| !any || failed(shown));
            shown.truncate(if any { SHOWN } else { SHOWN_CLEAN });
        }
        let left_out = count.saturating_sub(shown.len());
        (shown, left_out)
    }
}

/// What to say of the remedy of a finding, when those before it were shown.
pub(crate) enum Cure {
    /// The settings.
    Settings(Settings),
    /// The same as before.
    Same,
    /// It is what an error before it leads to.
    Follows,
}

impl Shown<'_> {
    pub(crate) fn cure(&self, at: usize) -> Cure {
        let Some(finding) = self.findings.get(at) else { return Cure::Follows };
        let mut before = self.findings.iter().take(at).filter(|f| f.severity == Severity::Error);
        let symptom = matches!(finding.cause, Cause::RequestUnanswered { .. } | Cause::ResponseNotReceived { .. });
        if symptom && before.clone().next().is_some() {
            Cure::Follows
        } else if before.any(|f| f.cause.remedy() == finding.cause.remedy()) {
            Cure::Same
        } else {
            Cure::Settings(finding.cause.remedy())
        }
    }
}

impl Diagnosis {
    /// Whose view of an IKE SA the capture is.
    pub(crate) fn view(&self, track: &Track) -> &'static str {
        if !self.frame.files.is_empty() {
            return "captured in several places";
        }
        match track.view {
            Some(Vantage::NearInitiator) => "captured on the initiator's side of the NAT",
            Some(Vantage::NearResponder) => "captured on the responder's side of the NAT",
            Some(Vantage::Only(Role::Initiator)) => "only what the initiator sent is in the capture",
            Some(Vantage::Only(Role::Responder)) => "only what the responder sent is in the capture",
            _ => "where it was captured cannot be told",
        }
    }
}

/// Which message a size report is of.
#[derive(Clone, Debug)]
pub(crate) struct Label(pub(crate) String);

impl Label {
    pub(crate) fn of(header: &Header) -> Self {
        let kind = if header.response { "response" } else { "request" };
        Self(format!("{} {kind}", ikev2::diagnose::exchange_name(header.exchange)))
    }
}

/// What is special about a payload, in words.
pub(crate) fn fact(part: &sizes::PayloadSize) -> String {
    let name = part.ty.symbol().unwrap_or("payload");
    let note = match &part.fact {
        SizeFact::Certificate(Some(fact)) => match fact.bits {
            Some(bits) if fact.rsa => format!(" ({} {bits} bits)", fact.key),
            _ => format!(" ({})", fact.key),
        },
        SizeFact::Authorities(n) => format!(" ({n} trusted authorities)"),
        SizeFact::Proposals(n) => format!(" ({n} proposals)"),
        _ => String::new(),
    };
    format!("{name} {}{note}", part.octets)
}
