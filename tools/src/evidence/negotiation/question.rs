//! The question that an offer puts to a policy.

use super::side::Offer;
use super::terms::{Ke, Terms};
use ikev2::proposal::{Dialect, NegotiationContext, Question};

/// The question to a policy of `dialect`, with the offer's own KE payload and notifies where the terms do not say others.
pub(super) fn question(terms: &Terms, dialect: Dialect, offer: &Offer) -> Question {
    let ke = match (terms.ke, offer.ke) {
        (Ke::Given(ke), _) | (Ke::FirstOffered, Ke::Given(ke)) => ke,
        (Ke::FirstOffered, Ke::FirstOffered) if terms.context == NegotiationContext::IkeAuth => None,
        (Ke::FirstOffered, Ke::FirstOffered) => dialect.first_ke(&offer.body, terms.context),
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
