//! Which extensions the server announces beside IKE fragmentation.

use super::announcements::{datagrams, why_none};
use crate::diagnose::Confidence::{High, Low};
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{AnswerValue, ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::Evidence;
use crate::probe::topic::Topic;
use crate::registry::NotifyType;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const EXTENSIONS: &[NotifyType] = &[
    NotifyType::CHILDLESS_IKEV2_SUPPORTED,
    NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED,
    NotifyType::IKE_SA_INIT_FULL_TRANSCRIPT_AUTH,
    NotifyType::USE_PPK,
    NotifyType::USE_PPK_INT,
    NotifyType::SIGNATURE_HASH_ALGORITHMS,
    NotifyType::SUPPORTED_AUTH_METHODS,
];

pub(in crate::probe) fn answer(seen: &Evidence) -> ProbeAnswer {
    let question = ProbeQuestion::Capabilities;
    // Who sends clients elsewhere says so in place of an acceptance (RFC 5685 section 4).
    let redirects = seen.talk(Topic::Announcements).is_some_and(|talk| talk.redirected);
    let announced = EXTENSIONS.iter().filter(|ty| seen.announces(**ty) == Some(true));
    let names: Vec<String> = announced.chain(redirects.then_some(&NotifyType::REDIRECT)).map(ToString::to_string).collect();
    if seen.acceptance().is_none() && names.is_empty() {
        return seen.say(question, (Unknown, Low), datagrams(seen), why_none(seen));
    }
    let (result, text) = match names.as_slice() {
        [] => (No, "The server announces no extension but those asked for elsewhere.".into()),
        some => (Yes, format!("The server announces {}.", some.join(", "))),
    };
    ProbeAnswer { value: AnswerValue::List(names), ..seen.say(question, (result, High), datagrams(seen), text) }
}
