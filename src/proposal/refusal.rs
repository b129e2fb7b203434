//! Why nothing was chosen: data first. The prose made of it is in `prose.rs`.

use super::context::NegotiationContext;
use super::dialect::Dialect;
use super::negotiate::NoChoice;
use super::pairs::{Detail, Pair};
use super::policy::Policy;
use super::question::Question;
use super::reason::{RefusalCause, RefusalResponse};
use super::selection::Selection;
use crate::registry::NotifyType;
use crate::wire::Notify;
use alloc::boxed::Box;

/// An offer that was not taken: the answer it gets, and everything there is to know about why.
///
/// Send [`notify`](Self::notify), log the value itself: [`Display`](core::fmt::Display) explains it.
#[derive(Clone, Debug)]
pub struct Refusal {
    reason: RefusalResponse,
    cause: Option<RefusalCause>,
    /// INVALID_KE_PAYLOAD's data: the method wanted (RFC 7296 section 1.3).
    wanted: [u8; 2],
    pub(super) detail: Box<Detail>,
}

impl core::error::Error for Refusal {}

impl Refusal {
    #[cold]
    pub(super) fn new(stop: NoChoice, offer: &[u8], question: Question, policy: &Policy) -> Self {
        let NoChoice { reason, cause, fitting } = stop;
        let readable = match reason {
            RefusalResponse::InvalidSyntax(_) | RefusalResponse::Dropped(_) => &[],
            RefusalResponse::NoProposalChosen | RefusalResponse::InvalidKePayload { .. } | RefusalResponse::EmptySaPayload => offer,
        };
        let wanted = if let RefusalResponse::InvalidKePayload { wanted } = reason { wanted.0.to_be_bytes() } else { [0; 2] };
        Self { reason, cause, wanted, detail: Box::new(Detail::new(readable, question, policy, fitting)) }
    }

    /// What the stack answers.
    #[must_use]
    pub const fn response(&self) -> RefusalResponse {
        self.reason
    }

    /// What is wrong with the octets, or what the stack stumbles over after it has chosen. `None` when the proposals are the matter.
    #[must_use]
    pub const fn cause(&self) -> Option<RefusalCause> {
        match self.reason {
            RefusalResponse::InvalidSyntax(fault) | RefusalResponse::Dropped(fault) => Some(fault),
            RefusalResponse::NoProposalChosen | RefusalResponse::InvalidKePayload { .. } | RefusalResponse::EmptySaPayload => self.cause,
        }
    }

    /// The Notify to answer with; `None` when the stack sends none.
    #[must_use]
    pub const fn notify(&self) -> Option<Notify<'_>> {
        Some(match self.reason {
            RefusalResponse::NoProposalChosen => Notify::new(NotifyType::NO_PROPOSAL_CHOSEN, &[]),
            RefusalResponse::InvalidKePayload { .. } => Notify::new(NotifyType::INVALID_KE_PAYLOAD, &self.wanted),
            RefusalResponse::InvalidSyntax(_) => Notify::new(NotifyType::INVALID_SYNTAX, &[]),
            RefusalResponse::Dropped(_) | RefusalResponse::EmptySaPayload => return None,
        })
    }

    /// Whose rules refused.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.detail.dialect
    }

    /// What was asked.
    #[must_use]
    pub fn question(&self) -> Question {
        self.detail.question
    }

    /// The exchange asked about.
    #[must_use]
    pub fn context(&self) -> NegotiationContext {
        self.detail.question.context()
    }

    /// The choice that stands but for the KE payload; only with [`RefusalResponse::InvalidKePayload`].
    #[must_use]
    pub fn fitting(&self) -> Option<&Selection> {
        self.detail.fitting.as_ref()
    }

    /// Every offered proposal beside every local one, offered in the outer loop. Empty when the octets were not readable.
    pub fn pairs(&self) -> impl Iterator<Item = Pair<'_>> + '_ {
        self.detail.pairs()
    }
}
