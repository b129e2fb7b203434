//! Whether the server takes ML-KEM, as the first key exchange or as an additional one (RFC 9370), and announces PPKs.

use crate::diagnose::Confidence::{High, Low, Medium};
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{AnswerValue, ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::{Ask, Evidence};
use crate::probe::offer::{broad, with_each};
use crate::probe::talk::Outcome;
use crate::probe::topic::Topic;
use crate::probe::trial::Purpose;
use crate::probe::turn::Turn;
use crate::registry::{KeMethod, NotifyType, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The largest first: a server that takes several names the one whose answer is the largest, by our order or by its own.
const ML_KEM: [KeMethod; 3] = [KeMethod::ML_KEM_1024, KeMethod::ML_KEM_768, KeMethod::ML_KEM_512];

pub(in crate::probe) fn next(seen: &Evidence, _: Turn) -> Option<Ask> {
    let main = seen.main().filter(|_| seen.takes_something())?;
    let additional = || ML_KEM.map(|method| Transform::addke(TransformType::ADDKE1, method));
    seen.pursue(Topic::MlKem, main, || broad(&ML_KEM))
        .or_else(|| seen.pursue(Topic::Hybrid, main, || with_each(broad(seen.methods()), &additional())))
}

pub(in crate::probe) fn answer(seen: &Evidence) -> ProbeAnswer {
    let topics = [Topic::MlKem, Topic::Hybrid];
    let datagrams = topics.map(|topic| seen.of(Purpose::Talk(topic)).count()).into_iter().sum();
    let outcomes = topics.map(|topic| seen.outcome(topic));
    let announces = |ty| seen.announces(ty) == Some(true);
    let mut names: Vec<String> = Vec::new();
    if let [Some(Outcome::Taken(method)), _] = outcomes {
        names.push(method.to_string());
    }
    // A server that passes over transforms it does not know would seem to take them.
    if matches!(outcomes, [_, Some(Outcome::Taken(_))]) && announces(NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED) {
        names.push("ML-KEM as additional key exchange (RFC 9370)".into());
    }
    names.extend([NotifyType::USE_PPK, NotifyType::USE_PPK_INT].into_iter().filter(|ty| announces(*ty)).map(|ty| ty.to_string()));
    let refused = outcomes.iter().all(|outcome| matches!(outcome, Some(Outcome::Refused | Outcome::Other)));
    let (known, text) = match names.as_slice() {
        [] if refused && seen.takes_something() => ((No, Medium), "The server takes no ML-KEM, and announces no PPK.".into()),
        [] => ((Unknown, Low), "Whether the server takes ML-KEM was not found.".into()),
        some => ((Yes, High), format!("Against quantum computers the server takes {}.", some.join(", "))),
    };
    ProbeAnswer { value: AnswerValue::List(names), ..seen.say(ProbeQuestion::PostQuantum, known, datagrams, text) }
}
