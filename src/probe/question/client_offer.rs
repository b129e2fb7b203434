//! Whether the server takes the offer of the caller.

use crate::diagnose::Confidence::{High, Low, Medium};
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{AnswerValue, ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::{Ask, Evidence};
use crate::probe::talk::Outcome;
use crate::probe::topic::Topic;
use crate::probe::trial::Purpose;
use crate::probe::turn::Turn;
use crate::registry::KeMethod;
use alloc::format;
use alloc::string::ToString;

pub(in crate::probe) fn next(seen: &Evidence, _: Turn) -> Option<Ask> {
    if seen.plan.offer.is_empty() {
        return None;
    }
    seen.pursue(Topic::ClientOffer, seen.main()?, || seen.plan.offer.clone())
}

/// `None` where there is no offer.
pub(in crate::probe) fn answer(seen: &Evidence) -> Option<ProbeAnswer> {
    if seen.plan.offer.is_empty() {
        return None;
    }
    let datagrams = seen.of(Purpose::Talk(Topic::ClientOffer)).count();
    let taken = |method: KeMethod| AnswerValue::Text(method.constant().map_or_else(|| method.to_string(), ToString::to_string));
    let (known, value, text) = match seen.outcome(Topic::ClientOffer) {
        Some(Outcome::Taken(method)) => {
            ((Yes, High), taken(method), format!("The server takes a proposal of the offer, with the key exchange {method}."))
        }
        Some(Outcome::Accepted) => ((Yes, Medium), AnswerValue::None, "The server takes a proposal of the offer.".into()),
        Some(Outcome::Refused) if seen.takes_something() => {
            ((No, High), AnswerValue::None, "The server takes other proposals, and none of the offer: NO_PROPOSAL_CHOSEN.".into())
        }
        Some(Outcome::Refused) => {
            let text = "The server took nothing that was offered. It may know no connection for this address, whatever is offered.";
            ((Unknown, Low), AnswerValue::None, text.into())
        }
        Some(Outcome::Other) => ((Unknown, Low), AnswerValue::None, "The server answered the offer with another error.".into()),
        None => ((Unknown, Low), AnswerValue::None, "The offer was not answered.".into()),
    };
    Some(ProbeAnswer { value, ..seen.say(ProbeQuestion::Offer, known, datagrams, text) })
}
