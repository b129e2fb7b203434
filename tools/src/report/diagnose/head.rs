//! What stands at the head of a report.

use super::view::View;
use crate::capture::Time;
use crate::evidence::diagnosis::State;
use crate::evidence::diagnosis::files;
use crate::evidence::diagnosis::track::{Diagnosis, Track};
use crate::report::clock::Clock;
use ikev2::fingerprint::Stack;

/// The state in words.
pub(super) fn state(report: &Diagnosis) -> &'static str {
    match report.state() {
        State::Fault => "something is wrong",
        State::Healthy if report.is_broken() => "it came up, as far as the damaged file can be read",
        State::Healthy => "it came up",
        State::Undetermined => "it cannot be told",
    }
}

pub(super) fn clock(report: &Diagnosis, view: View) -> Clock {
    Clock::new(report.zero(), view.zone)
}

/// What begins with a word, as a sentence does.
pub(super) fn sentence(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// `3 packets`, `1 packet`.
pub(super) fn count(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// What evidence is counted in.
pub(super) const fn unit(report: &Diagnosis) -> &'static str {
    if report.frame.log.is_some() { "line" } else { "packet" }
}

/// The file and what is in it.
pub(super) fn file(report: &Diagnosis) -> String {
    let frame = &report.frame;
    let kind = frame.log.map(|kind| format!(", a log of {kind}")).unwrap_or_default();
    format!("{}{kind}: {}, {}", frame.name, count(frame.packets, unit(report)), count(frame.messages, "IKE message"))
}

/// Which letter stands for which capture, where there are several.
pub(super) fn files(report: &Diagnosis) -> Option<String> {
    let files = &report.frame.files;
    (!files.is_empty()).then(|| {
        let what = if report.frame.log.is_some() { "Logs" } else { "Captures" };
        format!("{what}: {}", files::legend(files, unit(report)))
    })
}

/// What became of the IKE SAs.
pub(super) fn sas(report: &Diagnosis) -> String {
    let verdict = &report.verdict;
    let doubt = if verdict.undetermined > 0 { format!(", {} cannot be told", verdict.undetermined) } else { String::new() };
    format!("IKE SAs: {} ({} failed, {} came up{doubt})", verdict.ike_sas, verdict.failed, verdict.established)
}

/// When the capture began and ended.
pub(super) fn times(report: &Diagnosis, clock: Clock) -> String {
    let long = format!("{} s", report.duration);
    match (clock.date_time(Time::default()), clock.date_time(report.duration)) {
        (Some(from), Some(to)) => format!("{from} to {to} {}, {long}", clock.zone()),
        _ if report.frame.log.is_some() => format!("{long}; the dates of the log do not say which day of the world"),
        _ => format!("{long}; the capture has no clock"),
    }
}

/// What is known of where and how the packets of an IKE SA were taken.
pub(super) fn taken(report: &Diagnosis, track: &Track) -> String {
    let mut text = report.view(track).to_owned();
    if let Some(octets) = report.frame.cut {
        text.push_str(&format!("; packets cut at {octets} octets"));
    }
    if track.copies > 0 {
        text.push_str(&format!(
            "; {} left out",
            if track.copies == 1 { "1 copy of a packet".into() } else { format!("{} copies of packets", track.copies) }
        ));
    }
    text
}

/// What did not fit into the bounds.
pub(super) fn bounds(report: &Diagnosis) -> Option<String> {
    let verdict = &report.verdict;
    let (early, dropped, untold) = (verdict.closed_early, verdict.dropped, report.untold);
    (early > 0 || dropped > 0 || untold > 0).then(|| {
        format!(
            "Bounds reached: {early} IKE SAs were judged before the capture ended, {dropped} findings dropped, {untold} messages not drawn."
        )
    })
}

/// The names of stacks with `or` between them; none where it is not known.
pub(super) fn stack(stacks: &[Stack]) -> Option<String> {
    let names: Vec<_> = stacks.iter().map(|stack| stack.name()).collect();
    (!names.is_empty()).then(|| names.join(" or "))
}
