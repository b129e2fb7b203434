//! Our half of a key exchange.

use super::close::{CloseReason, Violation};
use super::context::Context;
use crate::proposal::Policy;
use crate::provider::{KeyExchangeInProgress, SharedSecret};
use crate::registry::{KeMethod, TransformType};
use crate::wire::KeyExchange;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A key exchange that we began.
pub(super) struct OwnKeyExchange {
    pub(super) method: KeMethod,
    started: Box<dyn KeyExchangeInProgress>,
}

impl OwnKeyExchange {
    pub(super) fn begin(cx: &mut Context<'_>, method: KeMethod) -> Result<Self, CloseReason> {
        let started = cx.provider.key_exchange(method)?.begin(cx.random)?;
        Ok(Self { method, started })
    }

    /// The KE payload to send.
    pub(super) fn payload(&self) -> KeyExchange<'_> {
        KeyExchange { method: self.method, data: self.started.public() }
    }

    /// The secret, by the responder's KE payload.
    pub(super) fn finish(&self, theirs: &KeyExchange<'_>) -> Result<SharedSecret, Violation> {
        if theirs.method != self.method {
            return Err(Violation::KeMethod { found: theirs.method, due: self.method });
        }
        self.started.finish(theirs.data).map_err(|_| Violation::KeData(self.method))
    }
}

/// Answers a key exchange of the peer: the data of our KE payload, and the secret.
pub(super) fn answer(cx: &mut Context<'_>, theirs: &KeyExchange<'_>) -> Result<(Vec<u8>, SharedSecret), CloseReason> {
    let function = cx.provider.key_exchange(theirs.method)?;
    function.respond(cx.random, theirs.data).map_err(|_| Violation::KeData(theirs.method).into())
}

/// The methods that a policy offers for the first key exchange, those preferred first.
fn offered(policy: &Policy) -> impl Iterator<Item = KeMethod> + '_ {
    let transforms = policy.proposals().iter().flat_map(|proposal| proposal.of_type(TransformType::KE));
    transforms.map(|transform| KeMethod(transform.id.0)).filter(|method| *method != KeMethod::NONE)
}

/// The method of the first KE payload: the one that was wanted, if it is offered; else the one preferred.
pub(super) fn first_method(policy: &Policy, wanted: Option<KeMethod>) -> Option<KeMethod> {
    let wanted = wanted.filter(|wanted| offered(policy).any(|method| method == *wanted));
    wanted.or_else(|| offered(policy).next())
}

/// Whether additional key exchanges are offered.
pub(super) fn offers_additional(policy: &Policy) -> bool {
    let mut transforms = policy.proposals().iter().flat_map(|proposal| proposal.transforms.iter());
    transforms.any(|transform| transform.ty.additional_key_exchange().is_some_and(|number| number > 0) && !transform.is_none())
}
