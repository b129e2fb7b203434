//! Whether the server announces IKE fragmentation (RFC 7383 section 2.3).

use super::announcements::{datagrams, why_none};
use crate::diagnose::Confidence::{High, Low};
use crate::diagnose::cause::FragmentationNotOffered;
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::Evidence;
use crate::registry::NotifyType;
use crate::role::Role;
use alloc::string::ToString;

pub(in crate::probe) fn answer(seen: &Evidence) -> ProbeAnswer {
    let (known, text) = match seen.announces(NotifyType::IKEV2_FRAGMENTATION_SUPPORTED) {
        Some(true) => ((Yes, High), "The server announces IKE fragmentation (RFC 7383).".into()),
        Some(false) => ((No, High), FragmentationNotOffered { side: Some(Role::Responder) }.to_string()),
        None => ((Unknown, Low), why_none(seen).into()),
    };
    seen.say(ProbeQuestion::Fragmentation, known, datagrams(seen), text)
}
