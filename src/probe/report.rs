//! Answers and the verdict.

use super::answer::{AnswerResult, AnswerValue, ProbeAnswer, ProbeQuestion};
use super::plan::MarkedPort;
use super::prober::{Evidence, Init};
use super::trial::Purpose;
use crate::diagnose::cause::{FragmentationNotOffered, IpFragmentLost, PortBlocked, SpiUnknownOnNatPort, SplitEvidence};
use crate::diagnose::{Cause, Confidence};
use crate::exchange::RetransmissionSchedule;
use crate::registry::{ExchangeType, NotifyType};
use crate::role::Role;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use AnswerResult::{No, Unknown, Yes};
use Confidence::{High, Low, Medium};

/// Whether IKEv2 can be expected to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Fitness {
    /// Nothing that was asked stands in the way.
    Fit,
    /// Something stands in the way.
    Unfit,
    /// It cannot be told.
    Undetermined,
}

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SentCount {
    /// Datagrams.
    pub datagrams: usize,
    /// Octets of UDP payload.
    pub octets: u64,
}

/// The verdict on the way to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProbeVerdict {
    /// Fit or not.
    pub state: Fitness,
    /// Codes of the causes, as [`Cause::code`] has them.
    pub codes: Vec<&'static str>,
    /// The error that a Windows client shows.
    pub windows_error: Option<u32>,
    /// The verdict in words.
    pub text: String,
    /// What was sent.
    pub sent: SentCount,
}

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
    answers: Vec<ProbeAnswer>,
    causes: Vec<Cause>,
    verdict: ProbeVerdict,
    round_trip: Option<Duration>,
    strangers: u32,
    rate_limited: bool,
    cookies: bool,
}

impl ProbeReport {
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
        let mut answers: Vec<ProbeAnswer> = alloc::vec![
            udp(seen, ProbeQuestion::Udp500, seen.plan.ike),
            udp(seen, ProbeQuestion::Udp4500, seen.plan.natt),
            fragments_to(seen),
            mtu(seen),
            fragmentation(seen),
            capabilities(seen),
            product(seen),
            same_server(seen),
            loss(seen),
        ];
        answers.extend(seen.tcp.iter().map(|(question, up)| tcp(seen, *question, *up)));
        let causes = causes(seen, &answers);
        let verdict = verdict(seen, &answers, &causes);
        let round_trip = seen.round_trips().min();
        Self { answers, causes, verdict, round_trip, strangers: seen.strangers, rate_limited: seen.limited, cookies: seen.cookies }
    }
}

/// An answer without a value.
fn say(
    seen: &Evidence,
    question: ProbeQuestion,
    result: AnswerResult,
    confidence: Confidence,
    datagrams: usize,
    text: String,
) -> ProbeAnswer {
    ProbeAnswer { question, address: seen.plan.address, result, value: AnswerValue::None, confidence, datagrams, text }
}

fn accepted(seen: &Evidence) -> Option<&Init> {
    seen.init.as_ref().filter(|init| init.accepted.is_some())
}

fn udp(seen: &Evidence, question: ProbeQuestion, port: MarkedPort) -> ProbeAnswer {
    let (tries, repeats) = (seen.count(Purpose::Port, port), seen.count(Purpose::Same, port));
    let number = port.port;
    let refused = seen.trials.iter().filter(|trial| trial.port == number && trial.refused).count();
    // A server need not answer a first request behind the marker.
    let silent = !port.marker || repeats >= 3;
    let (result, confidence, text) = if seen.answers(port) {
        (Yes, High, format!("UDP port {number} answers"))
    } else if refused >= 2 || silent && tries >= 3 {
        (No, Medium, PortBlocked { port: number, told: None, arrival: None }.to_string())
    } else {
        (Unknown, Low, format!("UDP port {number} did not answer, which need not mean that it is blocked"))
    };
    say(seen, question, result, confidence, tries.saturating_add(repeats), text)
}

fn tcp(seen: &Evidence, question: ProbeQuestion, up: bool) -> ProbeAnswer {
    let text = if up { "the TCP port takes connections" } else { "no TCP connection came up" };
    say(seen, question, if up { Yes } else { No }, if up { High } else { Medium }, 0, text.into())
}

fn mtu(seen: &Evidence) -> ProbeAnswer {
    let datagrams = seen.trials.iter().filter(|trial| trial.purpose == Purpose::Mtu).count();
    let Some(bounds) = seen.bounds() else {
        return say(seen, ProbeQuestion::Mtu, Unknown, Low, datagrams, "no packet with DF was answered".into());
    };
    let (top, passed) = (seen.top(), bounds.passed);
    let exact = bounds.is_exact(top, seen.losses());
    let (result, confidence, text) = if passed >= top && (seen.local_limit.is_some() || passed < seen.plan.largest) {
        (Yes, Medium, format!("packets of {passed} octets pass, the largest that the own system sends; the path may take larger ones"))
    } else if passed >= top {
        (Yes, High, format!("packets of {passed} octets pass, the largest that were asked for"))
    } else if exact {
        (Yes, High, format!("packets of {passed} octets pass with DF, and larger ones do not"))
    } else if bounds.meet() {
        (Yes, Low, format!("packets of {passed} octets pass with DF; larger ones were silent, and so were others that could pass"))
    } else {
        (Unknown, Low, format!("packets of {passed} octets pass with DF; the limit was not found"))
    };
    ProbeAnswer { value: AnswerValue::Number(passed.into()), ..say(seen, ProbeQuestion::Mtu, result, confidence, datagrams, text) }
}

fn fragments_to(seen: &Evidence) -> ProbeAnswer {
    let datagrams = seen.trials.iter().filter(|trial| trial.purpose == Purpose::Fragment).count();
    let passed = seen.bounds().map_or(0, |bounds| bounds.passed);
    let (pair, came, both_forms) = seen.fragments(passed);
    // Only a known MTU of the own interface shows that the fragments were made here.
    let made_here = seen.plan.local_mtu.is_some_and(|local| local <= passed);
    let limited = passed < seen.top();
    let (result, confidence, text) = if came > 0 {
        (Yes, if both_forms && (made_here || limited) { High } else { Medium }, "datagrams that need IP fragments reach this server".into())
    } else if pair.is_certain(seen.losses()) {
        let text = format!(
            "datagrams of {passed} octets are answered, and those that need IP fragments are not: IP fragments do not reach this server"
        );
        (No, if made_here { High } else { Medium }, text)
    } else {
        (Unknown, Low, "whether IP fragments reach this server was not found".into())
    };
    say(seen, ProbeQuestion::FragmentsTo, result, confidence, datagrams, text)
}

fn fragmentation(seen: &Evidence) -> ProbeAnswer {
    let datagrams = init_datagrams(seen);
    let reply = accepted(seen).and_then(|init| init.accepted.as_ref());
    let (result, confidence, text) = match reply.map(|reply| reply.has(NotifyType::IKEV2_FRAGMENTATION_SUPPORTED)) {
        Some(true) => (Yes, High, "the server announces IKE fragmentation (RFC 7383)".into()),
        Some(false) => (No, High, FragmentationNotOffered { side: Some(Role::Responder) }.to_string()),
        None => (Unknown, Low, no_acceptance(seen).into()),
    };
    say(seen, ProbeQuestion::Fragmentation, result, confidence, datagrams, text)
}

fn init_datagrams(seen: &Evidence) -> usize {
    seen.trials.iter().filter(|trial| trial.purpose == Purpose::Init).count()
}

/// Why nothing is known of what the server announces.
fn no_acceptance(seen: &Evidence) -> &'static str {
    if seen.init.as_ref().is_some_and(|init| init.refused.is_some()) {
        "the server accepted no proposal, so that it announced nothing"
    } else {
        "no request was accepted"
    }
}

/// What a server announces beside IKE fragmentation.
const CAPABILITIES: &[NotifyType] = &[
    NotifyType::CHILDLESS_IKEV2_SUPPORTED,
    NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED,
    NotifyType::IKE_SA_INIT_FULL_TRANSCRIPT_AUTH,
    NotifyType::USE_PPK,
    NotifyType::USE_PPK_INT,
    NotifyType::SIGNATURE_HASH_ALGORITHMS,
    NotifyType::SUPPORTED_AUTH_METHODS,
    NotifyType::REDIRECT,
];

fn capabilities(seen: &Evidence) -> ProbeAnswer {
    let reply = accepted(seen).and_then(|init| init.accepted.as_ref());
    let Some(reply) = reply else {
        return say(seen, ProbeQuestion::Capabilities, Unknown, Low, init_datagrams(seen), no_acceptance(seen).into());
    };
    let names: Vec<String> = CAPABILITIES.iter().filter(|ty| reply.has(**ty)).map(ToString::to_string).collect();
    let result = if names.is_empty() { No } else { Yes };
    let text =
        if names.is_empty() { "the server announces no extension".into() } else { format!("the server announces {}", names.join(", ")) };
    let answer = say(seen, ProbeQuestion::Capabilities, result, High, init_datagrams(seen), text);
    ProbeAnswer { value: AnswerValue::List(names), ..answer }
}

fn product(seen: &Evidence) -> ProbeAnswer {
    let datagrams = init_datagrams(seen);
    let Some(name) = &seen.product else {
        return say(seen, ProbeQuestion::Product, Unknown, Low, datagrams, "the server is not recognised".into());
    };
    let answer = say(seen, ProbeQuestion::Product, Yes, Medium, datagrams, format!("the server seems to be {name}"));
    ProbeAnswer { value: AnswerValue::Text(name.clone()), ..answer }
}

fn same_server(seen: &Evidence) -> ProbeAnswer {
    let datagrams = seen.trials.iter().filter(|trial| trial.purpose == Purpose::Same).count();
    let of = |port: MarkedPort| -> Vec<u64> {
        let spis = accepted(seen).map_or(&[][..], |init| &init.spis);
        spis.iter().filter(|(from, _)| *from == port.port).map(|(_, spi)| *spi).collect()
    };
    let (first, second) = (of(seen.plan.ike), of(seen.plan.natt));
    let control = first.len() >= 2 && first.iter().all(|spi| first.first() == Some(spi));
    let (result, confidence, text) = match second.first() {
        Some(spi) if first.contains(spi) => (Yes, High, "both UDP ports lead to one server: it gives the same SPI".into()),
        Some(_) if control => (No, Medium, SpiUnknownOnNatPort { split: SplitEvidence::Seen }.to_string()),
        Some(_) => (Unknown, Low, "the server gives another SPI each time, so that its ports cannot be compared".into()),
        None => (Unknown, Low, "the second port did not accept the request that the first accepted".into()),
    };
    say(seen, ProbeQuestion::SameServer, result, confidence, datagrams, text)
}

fn loss(seen: &Evidence) -> ProbeAnswer {
    let losses = seen.losses();
    let datagrams = usize::try_from(losses.sent).unwrap_or(usize::MAX);
    let Some(trip) = seen.round_trips().min() else {
        return say(seen, ProbeQuestion::Loss, Unknown, Low, datagrams, "nothing was answered".into());
    };
    let millis = u64::try_from(trip.as_millis()).unwrap_or(u64::MAX);
    let text = format!("{} of {} requests were not answered; the shortest round trip took {millis} ms", losses.lost, losses.sent);
    let (result, confidence) = match losses.lost {
        0 if losses.sent < 10 => (Unknown, Low),
        0 => (No, Medium),
        _ => (Yes, Medium),
    };
    ProbeAnswer { value: AnswerValue::Number(millis), ..say(seen, ProbeQuestion::Loss, result, confidence, datagrams, text) }
}

fn result(answers: &[ProbeAnswer], question: ProbeQuestion) -> AnswerResult {
    answers.iter().find(|answer| answer.question == question).map_or(Unknown, |answer| answer.result)
}

/// What stands in the way, the nearest first.
fn causes(seen: &Evidence, answers: &[ProbeAnswer]) -> Vec<Cause> {
    let is_not = |question| result(answers, question) == No;
    let blocked = |port: MarkedPort| Cause::PortBlocked(PortBlocked { port: port.port, told: None, arrival: None });
    if is_not(ProbeQuestion::Udp500) {
        return alloc::vec![blocked(seen.plan.ike)];
    }
    let mut causes = Vec::new();
    if is_not(ProbeQuestion::Udp4500) {
        causes.push(blocked(seen.plan.natt));
    }
    if is_not(ProbeQuestion::SameServer) {
        causes.push(Cause::SpiUnknownOnNatPort(SpiUnknownOnNatPort { split: SplitEvidence::Seen }));
    }
    if is_not(ProbeQuestion::FragmentsTo) && is_not(ProbeQuestion::Fragmentation) {
        let transmissions = u32::try_from(seen.bounds().map_or(0, |bounds| seen.fragments(bounds.passed).0.silent)).unwrap_or(u32::MAX);
        causes.push(Cause::IpFragmentLost(IpFragmentLost {
            sender: Role::Initiator,
            exchange: Some(ExchangeType::IKE_SA_INIT),
            transmissions,
            arrived: None,
            total: None,
            arrival: None,
            told_by: None,
        }));
        causes.push(Cause::FragmentationNotOffered(FragmentationNotOffered { side: Some(Role::Responder) }));
    }
    causes
}

fn verdict(seen: &Evidence, answers: &[ProbeAnswer], causes: &[Cause]) -> ProbeVerdict {
    let is = |question| result(answers, question) == Yes;
    let works = is(ProbeQuestion::Udp500) && is(ProbeQuestion::Udp4500) && is(ProbeQuestion::Fragmentation);
    let (state, text) = if let Some(cause) = causes.first() {
        (Fitness::Unfit, cause.headline().map_or_else(|| cause.to_string(), ToString::to_string))
    } else if seen.limited {
        (Fitness::Undetermined, "The server answered and then fell silent, as one does that limits the rate: asking ended early.".into())
    } else if works && is(ProbeQuestion::SameServer) {
        (Fitness::Fit, "Both UDP ports answer from one server, and it announces IKE fragmentation.".into())
    } else {
        (Fitness::Undetermined, "Nothing was found that stands in the way, and not all that is needed was answered.".into())
    };
    let windows_error = causes.iter().find_map(|cause| cause.windows_error(true));
    ProbeVerdict { state, codes: causes.iter().map(Cause::code).collect(), windows_error, text, sent: seen.sent }
}
