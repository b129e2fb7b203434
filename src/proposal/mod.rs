//! Security Association negotiation: what a peer's offer and a policy agree on, and why they do not.

mod answer;
mod dialect;
mod encode;
mod names;
mod negotiate;
pub mod notation;
mod offer;
mod policy;
pub mod profiles;
mod prose;
mod refusal;
mod remedy;
mod suite;
mod weakness;

pub use answer::{AnswerError, KeRetries, check_answer};
pub use dialect::Clash;
pub use encode::encode_offer;
pub use negotiate::Selection;
pub use policy::{Dialect, Policy, PolicyError, Prefer, Question};
pub use refusal::{Fault, Flaw, Mismatch, Reason, Refusal};
pub use remedy::{Divide, Remedy, Side, Step};
pub use suite::{Proposal, Transform, TypeSet};
pub use weakness::{Advice, Weakness, weakness};

use crate::registry::KeMethod;

/// Decides.
///
/// # Errors
/// [`Refusal`].
pub fn negotiate(offer: &[u8], question: Question, ke: Option<KeMethod>, policy: &Policy) -> Result<Selection, Refusal> {
    negotiate::decide(offer, question, ke, policy).map_err(|refused| {
        let (reason, fitting) = *refused;
        Refusal::new(reason, offer, question, ke, policy, fitting)
    })
}
