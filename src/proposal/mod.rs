//! Negotiation: what a peer's offer and a policy agree on, and why they do not (RFC 7296 sections 2.7 and 3.3).
//!
//! A [`Policy`] is proposals in order of preference and a [`Dialect`]: whose rules decide. [`negotiate`] answers an offer as that
//! stack would: with a [`Selection`], or with a [`Refusal`] that knows the Notify to send, every pair that did not fit, the
//! nearest one, the smallest change on either side that would agree, and says all this in words.
//!
//! ```
//! use ikev2::proposal::notation::strongswan;
//! use ikev2::proposal::{Dialect, NegotiationContext, Policy, Question, RefusalResponse, emit_offer, negotiate};
//! use ikev2::registry::{KeMethod, NotifyType};
//!
//! // A client of long ago, and a server that asks for more.
//! let offer = emit_offer(&strongswan::parse_ike("aes256-sha384-modp1024,aes128-sha1-modp1024")?, &[])?;
//! let question = Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::MODP_1024));
//! let server = strongswan::parse_ike("aes256-sha384-ecp384")?;
//! let policy = Policy::new(Dialect::StrongSwan6, server)?;
//!
//! let refusal = negotiate(&offer, question, &policy).unwrap_err();
//! assert_eq!(refusal.response(), RefusalResponse::NoProposalChosen);
//! assert_eq!(refusal.notify().map(|n| n.ty), Some(NotifyType::NO_PROPOSAL_CHOSEN));
//! assert!(refusal.to_string().contains("the peer's 2 proposals all use MODP_1024 (group 2)"));
//!
//! // The server gives in.
//! let remedy = refusal.local_remedy().ok_or("nothing to be done")?;
//! let policy = Policy::new(Dialect::StrongSwan6, [remedy.proposal])?;
//! let selection = negotiate(&offer, question, &policy)?;
//! assert_eq!((selection.number(), selection.ke_method()), (1, Some(KeMethod::MODP_1024)));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! The answer is written by [`Selection::emit`] inside [`MessageBuilder::sa`](crate::wire::MessageBuilder::sa), an offer by
//! [`Policy::offer`], [`Proposal::emit`] or [`emit_offer`]; the initiator checks an answer with [`check_response`] and obeys INVALID_KE_PAYLOAD
//! through [`InvalidKeRetries`].

#![deny(clippy::wildcard_enum_match_arm)]

mod answer;
mod asked;
mod context;
mod dialect;
mod encode;
pub mod lint;
mod names;
mod negotiate;
pub mod notation;
mod offer;
mod pair_table;
mod pairs;
mod policy;
#[cfg(feature = "profiles")]
pub mod profiles;
mod prose;
mod question;
mod reason;
mod refusal;
mod remedy;
mod restrict;
mod selection;
mod side;
mod spelling;
mod suite;
mod work;

pub use answer::{InvalidKeRetries, ResponseError, check_response};
pub use context::{NegotiationContext, Preference};
pub use dialect::Dialect;
#[cfg(feature = "session")]
pub(crate) use encode::emit_all;
pub use encode::{OfferError, emit_offer};
pub use pair_table::PairTable;
pub use pairs::Pair;
pub use policy::{Policy, PolicyError};
pub use question::Question;
pub use reason::{Conflict, RefusalCause, RefusalResponse, SkipReason};
pub use refusal::Refusal;
pub use remedy::{Change, CommonDifference, Remedy};
pub use restrict::Restricted;
pub use selection::Selection;
pub use side::Side;
pub use spelling::UnknownName;
pub use suite::{Proposal, TransformTypes};

use work::Uncounted;

/// Decides which proposal of an offer is taken, by the rules of the policy's dialect.
///
/// `offer` is the body of an SA payload, without the generic payload header: each dialect has its own reader, and the octets
/// may be anything. `question` says which exchange it stands in and what came with it. Nothing is allocated when a proposal is taken; the
/// work is linear in the octets times the proposals of the policy.
///
/// # Errors
/// [`Refusal`]: what to answer instead, and why.
pub fn negotiate(offer: &[u8], question: Question, policy: &Policy) -> Result<Selection, Refusal> {
    negotiate::decide(offer, question, policy, Uncounted).map_err(|stop| Refusal::new(stop, offer, question, policy))
}

/// Compares every offered proposal with every local one, for showing; [`negotiate`] decides.
#[must_use]
pub fn compare_pairs(offer: &[u8], question: Question, policy: &Policy) -> PairTable {
    PairTable::new(offer, question, policy)
}
