//! What is asked of an offer and a policy.

use ikev2::proposal::{Dialect, NegotiationContext, Preference};
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
}
