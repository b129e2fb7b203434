//! Outcomes in words, for every form of report.

use crate::evidence::negotiation::{Answer, Fix, Part, Whole};
use ikev2::proposal::lint::{Lint, LintClass};
use ikev2::proposal::{self, NegotiationContext, Refusal, RefusalResponse, Selection};

/// How an exchange ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Agreed,
    Refused,
    Untold,
}

/// What the stack answers.
pub(super) fn answered(refusal: &Refusal) -> String {
    match refusal.response() {
        RefusalResponse::InvalidKePayload { .. } => "try again with another group: INVALID_KE_PAYLOAD (17)".into(),
        RefusalResponse::Dropped(_) => "refused, without an answer".into(),
        RefusalResponse::EmptySaPayload => "refused, the answer is an SA payload without a proposal".into(),
        _ => refusal.notify().map_or("refused".into(), |notify| format!("refused, the answer is {}", notify.ty)),
    }
}

/// What an exchange is for.
pub(super) const fn exchange(context: NegotiationContext) -> &'static str {
    match context {
        NegotiationContext::IkeSaInit => "IKE SA (IKE_SA_INIT)",
        NegotiationContext::IkeAuth => "First Child SA (IKE_AUTH)",
        NegotiationContext::CreateChildSa => "Child SA rekeyed",
        NegotiationContext::RekeyIkeSa => "IKE SA rekeyed",
    }
}

/// What becomes of an exchange.
pub(super) fn end(part: &Part) -> (End, String) {
    match part {
        Part::NotSaid(why) => (End::Untold, format!("cannot be told: {why}")),
        Part::Asked(answer) => match (&answer.outcome, &answer.retried) {
            (Ok(selection), _) => (End::Agreed, agreed(selection)),
            (Err(_), Some(selection)) => (End::Agreed, format!("after INVALID_KE_PAYLOAD, {}", agreed(selection))),
            (Err(refusal), None) => {
                let windows = answer.windows_error.map(|error| format!("; a Windows client shows error {error}")).unwrap_or_default();
                (End::Refused, format!("{}{windows}", answered(refusal)))
            }
        },
    }
}

fn agreed(selection: &Selection) -> String {
    format!("agreed on {selection}")
}

/// Whose text is to be changed, and what its notation is.
pub(super) fn whose(fix: &Fix) -> String {
    let side = match fix.side {
        proposal::Side::Peer => "the initiator",
        proposal::Side::Local => "the responder",
    };
    format!("at {side}, in its own {} text:", fix.notation.product())
}

/// The exchanges that are refused, with the reason of each. Rekeying fails for the reasons that the first exchange has failed for: a
/// reason is told once.
pub(super) fn refused(whole: &Whole) -> Vec<(NegotiationContext, &Answer, String)> {
    let mut all: Vec<(NegotiationContext, &Answer, String)> = Vec::new();
    for (context, part) in &whole.parts {
        let Part::Asked(answer) = part else { continue };
        let Err(refusal) = &answer.outcome else { continue };
        let why = refusal.to_string();
        if !answer.agrees() && !all.iter().any(|(_, _, said)| *said == why) {
            all.push((*context, answer, why));
        }
    }
    all
}

/// The lints of all exchanges, each once, the gravest first. The four outcomes show a PFS difference themselves.
pub(super) fn lints(whole: &Whole) -> Vec<&Lint> {
    let answers = whole.parts.iter().filter_map(|(_, part)| match part {
        Part::Asked(answer) => Some(answer),
        Part::NotSaid(_) => None,
    });
    let mut all: Vec<&Lint> = Vec::new();
    for lint in answers.flat_map(|answer| &answer.lints).filter(|lint| lint.class != LintClass::Pfs) {
        if !all.contains(&lint) {
            all.push(lint);
        }
    }
    all.sort_by_key(|lint| lint.class);
    all
}
