//! The verdict on the way to an address, no more certain than the answers.

use super::answer::AnswerResult::{No, Yes};
use super::answer::{ProbeAnswer, ProbeQuestion};
use super::evidence::Evidence;
use super::findings::result;
use super::manners::SentCount;
use crate::diagnose::Cause;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

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

pub(super) fn verdict(seen: &Evidence, answers: &[ProbeAnswer], causes: &[Cause]) -> ProbeVerdict {
    let (state, text) = judged(seen, answers, causes);
    let windows_error = causes.iter().find_map(|cause| cause.windows_error(true));
    ProbeVerdict { state, codes: causes.iter().map(Cause::code).collect(), windows_error, text, sent: seen.sent }
}

fn judged(seen: &Evidence, answers: &[ProbeAnswer], causes: &[Cause]) -> (Fitness, String) {
    let of = |question| result(answers, question);
    if let Some(cause) = causes.first() {
        return (Fitness::Unfit, unfit(seen, cause));
    }
    if seen.limited {
        let text = "The server answered and then fell silent, as one does that limits the rate. Asking ended early.";
        return (Fitness::Undetermined, text.into());
    }
    if of(ProbeQuestion::LoginPath) == No {
        let text = "Both UDP ports may answer, but a login did not find its way: nothing came back to it.";
        return (Fitness::Undetermined, text.into());
    }
    let answers = of(ProbeQuestion::Udp500) == Yes && of(ProbeQuestion::Udp4500) == Yes && of(ProbeQuestion::SameServer) == Yes;
    if answers && of(ProbeQuestion::Fragmentation) == Yes {
        return (Fitness::Fit, "Both UDP ports answer from one server, and it announces IKE fragmentation.".into());
    }
    let both = of(ProbeQuestion::FragmentsTo) == Yes && of(ProbeQuestion::FragmentsFrom) == Yes;
    if answers && both && of(ProbeQuestion::Fragmentation) == No {
        let text = "Both UDP ports answer from one server, and IP fragments pass both ways. It does not announce IKE fragmentation.";
        return (Fitness::Fit, text.into());
    }
    if answers && of(ProbeQuestion::Fragmentation) == No {
        let text = "Both UDP ports answer from one server, but it does not announce IKE fragmentation, and it is not known whether IP fragments \
                    pass both ways. Large logins may fail.";
        return (Fitness::Undetermined, text.into());
    }
    (Fitness::Undetermined, "Nothing was found that stands in the way, and not all that is needed was answered.".into())
}

fn unfit(seen: &Evidence, cause: &Cause) -> String {
    let whole = seen.bounds().map(|bounds| bounds.passed);
    match (cause, whole) {
        (Cause::IpFragmentLost(_), Some(whole)) => format!(
            "Logins larger than {whole} octets are likely to end in error 809: IP fragments do not pass, and the server does not announce IKE \
             fragmentation. Switch on IKE fragmentation at the server."
        ),
        _ => cause.headline().map_or_else(|| cause.to_string(), ToString::to_string),
    }
}
