//! What is asked of an offer and a policy.

use super::side::Offer;
use ikev2::proposal::{Dialect, NegotiationContext, Preference, Question};
use ikev2::registry::{KeMethod, NotifyType};

/// What is asked of an offer and a policy.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Which exchange the SA payload stands in.
    pub context: NegotiationContext,
    /// Whose rules decide; `None` for those of the policy's profile or of its text's product, else the RFC's.
    pub dialect: Option<Dialect>,
    /// Whose order of preference decides; `None` for the dialect's.
    pub prefer: Option<Preference>,
    /// Which KE payload comes with the offer.
    pub ke: Ke,
    /// The group of the IKE SA in which a Child SA is asked for, where it is known.
    pub ike_group: Option<KeMethod>,
    /// All notifies of the IKE_SA_INIT request, where they are known.
    pub notifies: Option<Vec<NotifyType>>,
}

/// Which KE payload comes with the offer.
#[derive(Clone, Copy, Debug)]
pub enum Ke {
    /// Of the first method offered, as the dialect reads the offer, or the one in the capture.
    FirstOffered,
    /// This one, or none.
    Given(Option<KeMethod>),
}

impl Terms {
    /// One exchange, and nothing else said.
    #[must_use]
    pub const fn new(context: NegotiationContext) -> Self {
        Self { context, dialect: None, prefer: None, ke: Ke::FirstOffered, ike_group: None, notifies: None }
    }

    /// The question to a policy of `dialect`, with the offer's own KE payload and notifies where these terms do not say others.
    pub(super) fn question(&self, dialect: Dialect, offer: &Offer) -> Question {
        let ke = match (self.ke, offer.ke) {
            (Ke::Given(ke), _) | (Ke::FirstOffered, Ke::Given(ke)) => ke,
            (Ke::FirstOffered, Ke::FirstOffered) if self.context == NegotiationContext::IkeAuth => None,
            (Ke::FirstOffered, Ke::FirstOffered) => dialect.first_ke(&offer.body, self.context),
        };
        let mut question = Question::new(self.context, ke);
        if let Some(group) = self.ike_group {
            question = question.with_ike_group(group);
        }
        match self.notifies.as_ref().or(offer.notifies.as_ref()) {
            Some(notifies) => question.with_notifies(notifies.iter().copied()),
            None => question,
        }
    }
}
