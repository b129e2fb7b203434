//! Which stack answers.

use super::announcements::datagrams;
use crate::diagnose::Confidence::{Low, Medium};
use crate::probe::answer::AnswerResult::{Unknown, Yes};
use crate::probe::answer::{AnswerValue, ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::Evidence;
use alloc::format;

pub(in crate::probe) fn answer(seen: &Evidence) -> ProbeAnswer {
    let (question, datagrams) = (ProbeQuestion::Product, datagrams(seen));
    let Some(name) = &seen.product else {
        return seen.say(question, (Unknown, Low), datagrams, "The server is not recognised.");
    };
    let answer = seen.say(question, (Yes, Medium), datagrams, format!("The server seems to be {name}."));
    ProbeAnswer { value: AnswerValue::Text(name.clone()), ..answer }
}
