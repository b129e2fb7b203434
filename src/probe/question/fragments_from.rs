//! Whether IP fragments come back from the server: only an answer that is larger than the path's packets can tell.

use crate::diagnose::Confidence::{High, Low, Medium};
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::{Ask, Evidence};
use crate::probe::offer::broad;
use crate::probe::talk::Outcome;
use crate::probe::topic::Topic;
use crate::probe::trial::Purpose;
use crate::probe::turn::Turn;
use crate::registry::KeMethod;
use alloc::format;

/// Its public value and its ciphertext have 1568 octets each (FIPS 203 table 3): the request needs IP fragments as well as the answer.
const LARGE: KeMethod = KeMethod::ML_KEM_1024;
/// So many silent requests, where IP fragments reach the server, say that the answer is lost.
const SILENT: usize = 5;

pub(in crate::probe) fn next(seen: &Evidence, _: Turn) -> Option<Ask> {
    let is_taken = seen.outcome(Topic::MlKem) == Some(Outcome::Taken(LARGE));
    // Without the way there, silence would prove nothing.
    if !is_taken || seen.largest_answer() > usize::from(seen.top()) || super::fragments_to::answer(seen).result != Yes {
        return None;
    }
    let ask = seen.pursue(Topic::LargeAnswer, seen.main()?, || broad(&[LARGE]))?;
    Some(Ask { method: LARGE, ..ask })
}

pub(in crate::probe) fn answer(seen: &Evidence) -> ProbeAnswer {
    let question = ProbeQuestion::FragmentsFrom;
    let sent = seen.of(Purpose::Talk(Topic::LargeAnswer));
    let (datagrams, silent) = (sent.clone().count(), sent.filter(|trial| trial.is_silent(seen.now)).count());
    let largest = seen.largest_answer();
    let (known, text) = if seen.plan.local_mtu.is_some_and(|local| largest > usize::from(local)) {
        ((Yes, High), format!("An answer of {largest} octets, which came in IP fragments, arrived."))
    } else if seen.talk(Topic::LargeAnswer).is_none() {
        ((Unknown, Low), "No answer of this server to IKE_SA_INIT is so large that it needs IP fragments.".into())
    } else if seen.outcome(Topic::LargeAnswer).is_none() && silent >= SILENT && seen.losses().lost == 0 {
        let text = "Datagrams in IP fragments reach the server, and an answer that needs them does not come back: IP fragments from this server are lost.";
        ((No, Medium), text.into())
    } else {
        ((Unknown, Low), "Whether IP fragments come back from this server was not found.".into())
    };
    seen.say(question, known, datagrams, text)
}
