//! Answers and the verdict.

use super::answer::{ProbeAnswer, ProbeQuestion};
use super::evidence::Evidence;
use super::findings::causes;
use super::question;
use super::verdict::{ProbeVerdict, verdict};
use crate::diagnose::Cause;
use crate::exchange::RetransmissionSchedule;
use crate::fragment::Path;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

/// A line of the JSON report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "kind", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ReportLine<'a> {
    /// An answer.
    Answer(&'a ProbeAnswer),
    /// The verdict, which comes last.
    Verdict(&'a ProbeVerdict),
}

/// What is known of the way to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeReport {
    address: IpAddr,
    answers: Vec<ProbeAnswer>,
    causes: Vec<Cause>,
    verdict: ProbeVerdict,
    round_trip: Option<Duration>,
    strangers: u32,
    stranger: Option<SocketAddr>,
    path: Option<Path>,
    rate_limited: bool,
    cookies: bool,
}

impl ProbeReport {
    /// The address that was asked.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// The answers, in the order of the questions. A question that was not asked is not among them.
    #[must_use]
    pub fn answers(&self) -> &[ProbeAnswer] {
        &self.answers
    }

    /// The answer to a question.
    #[must_use]
    pub fn answer(&self, question: ProbeQuestion) -> Option<&ProbeAnswer> {
        self.answers.iter().find(|answer| answer.question == question)
    }

    /// What stands in the way, with its remedies; empty where nothing does.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// The verdict.
    #[must_use]
    pub const fn verdict(&self) -> &ProbeVerdict {
        &self.verdict
    }

    /// The lines of the JSON report: the answers, then the verdict.
    pub fn lines(&self) -> impl Iterator<Item = ReportLine<'_>> {
        self.answers.iter().map(ReportLine::Answer).chain([ReportLine::Verdict(&self.verdict)])
    }

    /// The shortest round trip of a request that was sent once.
    #[must_use]
    pub const fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// How long to wait before the first retransmission to this gateway.
    #[must_use]
    pub fn first_timer(&self) -> Option<Duration> {
        self.round_trip.map(|trip| RetransmissionSchedule::default().with_round_trip(trip).first)
    }

    /// Answers with an SPIi of ours that came from another address or port. They count for nothing.
    #[must_use]
    pub const fn answers_from_elsewhere(&self) -> u32 {
        self.strangers
    }

    /// Where the first of them came from.
    #[must_use]
    pub const fn answered_from(&self) -> Option<SocketAddr> {
        self.stranger
    }

    /// The path to the gateway, for a [`Budget`](crate::fragment::Budget) of IKE fragments behind the non-ESP marker, where the path MTU is known.
    #[must_use]
    pub const fn path(&self) -> Option<Path> {
        self.path
    }

    /// Whether the gateway fell silent after it had answered, so that asking ended early.
    #[must_use]
    pub const fn is_rate_limited(&self) -> bool {
        self.rate_limited
    }

    /// Whether the gateway asked for a cookie, so that the rate was halved.
    #[must_use]
    pub const fn saw_cookies(&self) -> bool {
        self.cookies
    }

    pub(super) fn of(seen: &Evidence) -> Self {
        let answers = question::answers(seen);
        let causes = causes(seen, &answers);
        let verdict = verdict(seen, &answers, &causes);
        let mtu = seen.bounds().filter(|bounds| bounds.is_exact(seen.top(), seen.losses())).map(|bounds| bounds.passed);
        let family = |mtu| if seen.plan.address.is_ipv4() { Path::ipv4(mtu) } else { Path::ipv6(mtu) };
        Self {
            address: seen.plan.address,
            answers,
            causes,
            verdict,
            round_trip: seen.round_trips().min(),
            strangers: seen.strangers,
            stranger: seen.stranger,
            path: mtu.map(|mtu| family(mtu).with_non_esp_marker()),
            rate_limited: seen.limited,
            cookies: seen.cookies,
        }
    }
}
