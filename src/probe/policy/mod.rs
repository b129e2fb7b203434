//! What the gateway takes for an IKE SA, found by offers that nothing can be accepted of.

mod oracle;
mod region;
mod search;
mod universe;

use super::answer::AnswerResult::{Unknown, Yes};
use super::answer::{AnswerValue, ProbeAnswer, ProbeQuestion};
use super::evidence::{Ask, Evidence};
use super::manners;
use super::talk::Outcome;
use super::topic::Topic;
use super::trial::Purpose;
use super::turn::Turn;
use crate::diagnose::Confidence::{High, Low, Medium};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use oracle::{Oracle, Stop, Verdict};
use region::Region;
use search::{Found, search};

/// Datagrams that are for it in any case; beyond them it takes what other questions have left, but for this many.
const OWN: usize = 60;
const LEFT: usize = 12;
/// Octets of a request beside its proposals: IP and UDP headers over IPv6, the marker, the IKE header, the header of the SA payload, the KE
/// payload of the method that is never offered, nonce, notifies and Vendor ID.
const BESIDE: u16 = 48 + 4 + 28 + 4 + 104 + 36 + 16 + 44;
/// Where nothing is known of the path, what each takes (RFC 8200 section 5).
const SURE: u16 = 1280;

fn is_mine(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::Talk(Topic::Policy(_)))
}

fn datagrams(seen: &Evidence) -> usize {
    seen.trials.iter().filter(|trial| is_mine(trial.purpose)).count()
}

/// What came of the offer with a number; see [`Oracle`].
fn told(seen: &Evidence, number: usize) -> Option<Option<Verdict>> {
    let topic = Topic::Policy(number);
    match seen.outcome(topic) {
        Some(Outcome::Taken(method)) => Some(Some(Some(method))),
        Some(Outcome::Refused) => Some(Some(None)),
        Some(Outcome::Accepted | Outcome::Other) => Some(None),
        None => seen.is_given_up(topic).then_some(None),
    }
}

/// How far the search has come.
fn run(seen: &Evidence) -> (Found, Result<(), Stop>, usize) {
    let path = seen.bounds().map_or(SURE, |bounds| bounds.passed);
    let mut oracle = Oracle::new(|number| told(seen, number), usize::from(path.saturating_sub(BESIDE)));
    let mut found = Found::default();
    let end = search(&mut oracle, &mut found);
    (found, end, oracle.asked())
}

pub(super) fn next(seen: &Evidence, _: Turn) -> Option<Ask> {
    let is_spent = datagrams(seen) >= OWN && seen.trials.len().saturating_add(LEFT) >= manners::most(&seen.plan);
    if !seen.plan.asks_policy || is_spent {
        return None;
    }
    let (_, Err(Stop::Ask(offer)), number) = run(seen) else { return None };
    seen.pursue(Topic::Policy(number), seen.main()?, || offer)
}

/// `None` where it was not asked for.
pub(super) fn answer(seen: &Evidence) -> Option<ProbeAnswer> {
    if !seen.plan.asks_policy {
        return None;
    }
    let (question, datagrams) = (ProbeQuestion::Policy, datagrams(seen));
    let (found, end, _) = run(seen);
    // Without something that is taken, refusals prove nothing.
    if found.is_whole && found.regions.is_empty() {
        let text = "Nothing that was offered was taken. The server may know no connection for this address, whatever is offered.";
        return Some(seen.say(question, (Unknown, Low), datagrams, text));
    }
    let texts: Vec<String> = found.regions.iter().map(Region::text).collect();
    let list = texts.join(", ");
    let (known, text) = match end {
        Ok(()) => {
            let confidence = if found.untried == 0 { High } else { Medium };
            ((Yes, confidence), format!("The server takes {list}, and nothing else of what was asked for."))
        }
        Err(Stop::Contradiction) => {
            ((Unknown, Low), "The server takes together what it refuses alone: what it takes was not found.".into())
        }
        _ if texts.is_empty() => ((Unknown, Low), "What the server takes was not found.".into()),
        _ => ((Unknown, Low), format!("The server takes {list}. Whether it takes anything else was not found.")),
    };
    Some(ProbeAnswer { value: AnswerValue::List(texts), ..seen.say(question, known, datagrams, text) })
}
