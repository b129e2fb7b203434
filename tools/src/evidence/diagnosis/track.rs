//! What all outputs show: the verdict, and each IKE SA with its findings and messages.

use super::frame::Frame;
use super::ladder::Ladder;
use crate::capture::Time;
use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use ikev2::diagnose::sizes::{self, SizeFact};
use ikev2::diagnose::{Finding, State, Vantage, Verdict};
use ikev2::wire::{Header, IkeSpis};
use ikev2::{Instant, Role};

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
    /// Messages that were copies of ones the capture holds already: of another layer or interface.
    pub(crate) copies: u64,
}

impl Default for Track {
    fn default() -> Self {
        let nowhere = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
        let spis = IkeSpis::default();
        let ladder = Ladder::default();
        Self { number: 0, spis, initiator: nowhere, responder: nowhere, view: None, ladder, sizes: Vec::new(), copies: 0 }
    }
}

impl Track {
    /// Whether it stands for what belongs to no IKE SA, such as events of Windows.
    pub(crate) const fn is_of_no_sa(&self) -> bool {
        self.number == 0
    }
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

    /// When the time is zero from which the others are counted, in nanoseconds since 1970 (UTC), if the capture has a clock.
    pub(crate) fn zero(&self) -> Option<i128> {
        Some(self.frame.start?.saturating_add(i128::from(self.frame.origin.micros()).saturating_mul(1000)))
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
}

impl Diagnosis {
    /// Whose view of an IKE SA the capture is.
    pub(crate) fn view(&self, track: &Track) -> &'static str {
        if !self.frame.files.is_empty() {
            return "taken in several places";
        }
        if self.frame.log.is_some() {
            return match track.view {
                Some(Vantage::NearInitiator) => "told by the log of the initiator",
                Some(Vantage::NearResponder) => "told by the log of the responder",
                _ => "told by a log",
            };
        }
        match track.view {
            Some(Vantage::NearInitiator) => "taken on the initiator's side (its host, or behind the same NAT)",
            Some(Vantage::NearResponder) => "taken on the responder's side (its host, or behind the same NAT)",
            Some(Vantage::Only(Role::Initiator)) => "one side only: what the responder sent is not in the capture",
            Some(Vantage::Only(Role::Responder)) => "one side only: what the initiator sent is not in the capture",
            _ => "where it was taken cannot be told",
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
