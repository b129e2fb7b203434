//! The choice itself.

use super::dialect::{self, Chosen, Libreswan, OpenIked, Rfc, Rules, StrongSwan};
use super::policy::{Dialect, Policy, Question};
use super::reason::{Fault, Reason};
use super::selection::Selection;
use super::work::{Meter, octets};
use crate::registry::{KeMethod, TransformType};

/// Why the search for a choice ended.
pub(super) struct Stop {
    pub(super) reason: Reason,
    pub(super) cause: Option<Fault>,
    pub(super) fitting: Option<Selection>,
}

impl<R: Into<Reason>> From<R> for Stop {
    fn from(reason: R) -> Self {
        Self { reason: reason.into(), cause: None, fitting: None }
    }
}

/// The choice, or why there is none.
#[expect(clippy::result_large_err, reason = "a refusal is made of it at once, and that is what allocates")]
pub(super) fn decide<M: Meter>(
    offer: &[u8],
    question: Question,
    ke: Option<KeMethod>,
    policy: &Policy,
    meter: M,
) -> Result<Selection, Stop> {
    // Each stack reads the whole payload before it compares anything.
    meter.spend(octets(offer.len()));
    if let Some(fault) = unreadable_ke(question, ke, policy.dialect) {
        return Err(Reason::InvalidSyntax(fault).into());
    }
    let mut late = None;
    let hit = match policy.dialect {
        Dialect::Rfc => {
            let rules = Rfc::new(policy, question, meter);
            rules.check(offer)?;
            dialect::first_fit(&rules, policy, dialect::proposals(offer))
        }
        Dialect::StrongSwan5 | Dialect::StrongSwan6 => {
            let rules = StrongSwan::new(policy, question, policy.dialect == Dialect::StrongSwan6, meter);
            rules.check(offer)?;
            dialect::first_fit(&rules, policy, StrongSwan::considered(offer))
        }
        Dialect::Libreswan4 | Dialect::Libreswan5 => {
            Libreswan::new(question, policy.dialect == Dialect::Libreswan5, meter).select(offer, policy)?
        }
        Dialect::OpenIked => {
            let rules = OpenIked::new(policy, question, ke, meter);
            rules.check(offer).map_err(|reason| match reason {
                Reason::InvalidSyntax(fault) => Reason::Dropped(fault),
                other => other,
            })?;
            if let Some(reason) = rules.stopped_by_last(offer) {
                return Err(reason.into());
            }
            let hit = rules.select(offer, policy);
            if hit.is_none() && question == Question::AuthChild && rules.drops_all(offer) {
                return Err(Reason::EmptySaPayload.into());
            }
            late = hit.as_ref().and_then(|hit| rules.afterthought(hit, offer));
            hit
        }
    };
    let hit = hit.ok_or(Reason::NoProposalChosen)?;
    let selection = Selection::new(&hit, question);
    let wrong_ke = wanted(&hit.chosen, question, ke).and_then(|wanted| wrong_ke(wanted, question, ke, policy.dialect));
    match (wrong_ke, late) {
        (_, Some((reason, cause, false))) | (None, Some((reason, cause, true))) => {
            Err(Stop { reason, cause: Some(cause), fitting: Some(selection) })
        }
        (Some(reason), _) => Err(Stop { reason, cause: None, fitting: Some(selection) }),
        (None, None) => Ok(selection),
    }
}

/// What makes a stack give up on the KE payload, or on its absence, before it looks at the proposals.
fn unreadable_ke(question: Question, ke: Option<KeMethod>, dialect: Dialect) -> Option<Fault> {
    match (dialect, ke) {
        (Dialect::Libreswan4 | Dialect::Libreswan5, Some(method)) => (!Libreswan::names(method)).then_some(Fault::KeMethod(method)),
        (Dialect::Libreswan4 | Dialect::Libreswan5, None) => question.is_ike().then_some(Fault::NoKePayload),
        (Dialect::StrongSwan5 | Dialect::StrongSwan6, None) => (question == Question::Ike).then_some(Fault::NoKePayload),
        _ => None,
    }
}

/// The method the KE payload should have been of.
fn wanted(chosen: &Chosen, question: Question, ke: Option<KeMethod>) -> Option<KeMethod> {
    if dialect::leaves_out_ke(question) {
        return None;
    }
    chosen.get(TransformType::KE).map(|code| KeMethod(code.id())).filter(|method| *method != KeMethod::NONE && ke != Some(*method))
}

/// What a stack answers when the KE payload is not of the method chosen; `None` when it does not mind.
fn wrong_ke(wanted: KeMethod, question: Question, ke: Option<KeMethod>, dialect: Dialect) -> Option<Reason> {
    match dialect {
        // pluto reads the payload as one of the method chosen before it looks at the method named.
        Dialect::Libreswan4 | Dialect::Libreswan5 if question == Question::Child => {
            Some(Reason::InvalidSyntax(ke.map_or(Fault::NoKePayload, Fault::KeMethod)))
        }
        // iked asks for perfect forward secrecy only of those who send a KE payload.
        Dialect::OpenIked if question == Question::Child && ke.is_none() => None,
        _ => Some(Reason::InvalidKePayload { wanted }),
    }
}
