//! The question a policy is asked: where the offer stands, and what else the request says that bears on the answer.

use super::context::NegotiationContext;
use crate::registry::{KeMethod, NotifyType};
use crate::wire::Parts;

/// What an offer is part of: the exchange, the KE payload beside it, and what else bears on the answer.
///
/// ```
/// use ikev2::proposal::{NegotiationContext, Question};
/// use ikev2::registry::{KeMethod, NotifyType};
///
/// let init = Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::CURVE25519));
/// assert_eq!(init.announces_intermediate(), None); // not known
/// assert_eq!(init.with_notifies([]).announces_intermediate(), Some(false));
/// let whole = init.with_notifies([NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED]);
/// assert_eq!(whole.announces_intermediate(), Some(true));
///
/// // The first child SA has no KE payload; a later one may, and the group of the IKE SA counts.
/// let first = Question::from(NegotiationContext::IkeAuth);
/// let later = Question::new(NegotiationContext::CreateChildSa, None).with_ike_group(KeMethod::MODP_2048);
/// assert_eq!((first.ke(), later.ike_group()), (None, Some(KeMethod::MODP_2048)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    context: NegotiationContext,
    ke: Option<KeMethod>,
    ike_group: Option<KeMethod>,
    /// `None`: nobody said what the IKE_SA_INIT request announced.
    announced: Option<Announced>,
}

/// The notifies of an IKE_SA_INIT request that bear on a negotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
struct Announced {
    intermediate: bool,
    ppk: bool,
}

impl From<NegotiationContext> for Question {
    fn from(context: NegotiationContext) -> Self {
        Self::new(context, None)
    }
}

impl Question {
    /// The question of an exchange, with the method of the KE payload beside the offer. The group of the IKE SA and the notifies are
    /// not known.
    #[must_use]
    pub const fn new(context: NegotiationContext, ke: Option<KeMethod>) -> Self {
        Self { context, ke, ike_group: None, announced: None }
    }

    /// The question that a whole IKE_SA_INIT request asks: with the method of its KE payload, and its notifies.
    #[must_use]
    pub fn of_init(request: &Parts<'_>) -> Self {
        let ke = request.key_exchange.map(|ke| ke.method);
        Self::new(NegotiationContext::IkeSaInit, ke).with_notifies(request.notifies().map(|notify| notify.ty))
    }

    /// Sets the method of the first key exchange of the IKE SA that a CREATE_CHILD_SA exchange belongs to. libreswan 4 puts it in place of
    /// the groups of its `esp=`.
    #[must_use]
    pub const fn with_ike_group(mut self, method: KeMethod) -> Self {
        self.ike_group = Some(method);
        self
    }

    /// Says which notifies the IKE_SA_INIT request of this IKE SA holds, all of them: what is not among them was not announced.
    #[must_use]
    pub fn with_notifies(mut self, notifies: impl IntoIterator<Item = NotifyType>) -> Self {
        let mut announced = Announced::default();
        for notify in notifies {
            announced.intermediate |= notify == NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED;
            announced.ppk |= notify == NotifyType::USE_PPK;
        }
        self.announced = Some(announced);
        self
    }

    /// The same with a KE payload of another method, or none.
    #[must_use]
    pub const fn with_ke(mut self, ke: Option<KeMethod>) -> Self {
        self.ke = ke;
        self
    }

    /// Which exchange the SA payload stands in.
    #[must_use]
    pub const fn context(self) -> NegotiationContext {
        self.context
    }

    /// The method of the KE payload; `None` when there is no such payload.
    #[must_use]
    pub const fn ke(self) -> Option<KeMethod> {
        self.ke
    }

    /// The method of the first key exchange of the IKE SA; `None` when it is not known.
    #[must_use]
    pub const fn ike_group(self) -> Option<KeMethod> {
        self.ike_group
    }

    /// Whether the IKE_SA_INIT request announces INTERMEDIATE_EXCHANGE_SUPPORTED, without which no additional key exchange can follow it
    /// (RFC 9242 section 3.1, RFC 9370 section 2.2.1); `None` when its notifies are not known.
    #[must_use]
    pub fn announces_intermediate(self) -> Option<bool> {
        self.announced.map(|announced| announced.intermediate)
    }

    /// Whether the IKE_SA_INIT request announces USE_PPK (RFC 8784 section 3); `None` when its notifies are not known.
    #[must_use]
    pub fn announces_ppk(self) -> Option<bool> {
        self.announced.map(|announced| announced.ppk)
    }
}
