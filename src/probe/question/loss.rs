//! Whether datagrams are lost, and how long a round trip takes.

use crate::diagnose::Confidence::{Low, Medium};
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{AnswerValue, ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::Evidence;
use alloc::format;

/// So many datagrams say something of the path.
const ENOUGH: u32 = 10;

pub(in crate::probe) fn answer(seen: &Evidence) -> ProbeAnswer {
    let losses = seen.losses();
    let (question, datagrams) = (ProbeQuestion::Loss, usize::try_from(losses.sent).unwrap_or(usize::MAX));
    let Some(trip) = seen.round_trips().min() else {
        return seen.say(question, (Unknown, Low), datagrams, "No round trip was measured.");
    };
    let millis = u64::try_from(trip.as_millis()).unwrap_or(u64::MAX);
    let requests = if losses.sent == 1 { "request" } else { "requests" };
    let lost = match losses.lost {
        0 => format!("Each of {} {requests} that could pass was answered.", losses.sent),
        lost => format!("{lost} of {} {requests} that could pass {} not answered.", losses.sent, if lost == 1 { "was" } else { "were" }),
    };
    let text = format!("{lost} The shortest round trip took {millis} ms.");
    let known = match losses.lost {
        0 if losses.sent < ENOUGH => (Unknown, Low),
        0 => (No, Medium),
        _ => (Yes, Medium),
    };
    ProbeAnswer { value: AnswerValue::Number(millis), ..seen.say(question, known, datagrams, text) }
}
