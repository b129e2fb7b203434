//! The question that an offer puts to a policy.

use super::side::Offer;
use super::terms::{Ke, Terms};
use ikev2::proposal::{NegotiationContext, Policy, Question, RefusalCause, negotiate};
use ikev2::registry::{KeMethod, TransformType};

/// The question to a policy, with the offer's own KE payload and notifies where the terms do not say others.
pub(super) fn question(terms: &Terms, policy: &Policy, offer: &Offer) -> Question {
    let ke = match (terms.ke, offer.ke) {
        (Ke::Given(ke), _) | (Ke::FirstOffered, Ke::Given(ke)) => ke,
        (Ke::FirstOffered, Ke::FirstOffered) => first_offered(&offer.body, terms.context, policy),
    };
    let mut question = Question::new(terms.context, ke);
    if let Some(group) = terms.ike_group {
        question = question.with_ike_group(group);
    }
    match terms.notifies.as_ref().or(offer.notifies.as_ref()) {
        Some(notifies) => question.with_notifies(notifies.iter().copied()),
        None => question,
    }
}

/// The method of a KE payload that nobody spoke of: the first of the offer, as the policy's dialect reads it.
fn first_offered(offer: &[u8], context: NegotiationContext, policy: &Policy) -> Option<KeMethod> {
    if context == NegotiationContext::IkeAuth {
        return None;
    }
    policy.dialect().first_ke(offer, context).or_else(|| beside_unreadable(offer, context, policy))
}

/// The policy's own method, where no method is read in the offer because of a fault in it. Some dialects ask for the KE payload before they look
/// into the SA payload, and would refuse the offer for what is only not known.
fn beside_unreadable(offer: &[u8], context: NegotiationContext, policy: &Policy) -> Option<KeMethod> {
    let mut own = policy.proposals().iter().flat_map(|proposal| proposal.of_type(TransformType::KE)).filter(|t| !t.is_none());
    let method = own.next().map(|transform| KeMethod(transform.id.0))?;
    let refusal = negotiate(offer, Question::new(context, Some(method)), policy).err()?;
    matches!(refusal.cause(), Some(RefusalCause::Sa(_))).then_some(method)
}
