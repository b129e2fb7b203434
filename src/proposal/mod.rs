//! Security Association negotiation: what a peer's offer and a policy agree on, and why they do not.

mod dialect;
mod negotiate;
mod offer;
mod policy;
mod refusal;
mod suite;

pub use dialect::Clash;
pub use negotiate::Selection;
pub use policy::{Dialect, Policy, PolicyError, Prefer, Question};
pub use refusal::{Fault, Flaw, Reason};
pub use suite::{Proposal, Transform, TypeSet};

use crate::registry::KeMethod;

/// Decides.
///
/// # Errors
/// [`Reason`].
pub fn negotiate(offer: &[u8], question: Question, ke: Option<KeMethod>, policy: &Policy) -> Result<Selection, Reason> {
    negotiate::decide(offer, question, ke, policy)
}
