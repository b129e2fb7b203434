//! Security Association negotiation: what a peer's offer and a policy agree on, and why they do not.

mod dialect;
mod names;
mod negotiate;
mod offer;
mod policy;
mod refusal;
mod suite;
mod weakness;

pub use dialect::Clash;
pub use negotiate::Selection;
pub use policy::{Dialect, Policy, PolicyError, Prefer, Question};
pub use refusal::{Fault, Flaw, Mismatch, Reason, Refusal};
pub use suite::{Proposal, Transform, TypeSet};
pub use weakness::{Advice, Weakness, weakness};

use crate::registry::KeMethod;

/// Decides.
///
/// # Errors
/// [`Refusal`].
pub fn negotiate(offer: &[u8], question: Question, ke: Option<KeMethod>, policy: &Policy) -> Result<Selection, Refusal> {
    negotiate::decide(offer, question, ke, policy).map_err(|(reason, fitting)| Refusal::new(reason, offer, question, ke, policy, fitting))
}
