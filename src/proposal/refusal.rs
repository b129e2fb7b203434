//! Why nothing was chosen: data first. The prose made of it is in `prose.rs`.

use super::dialect::Dialect;
use super::negotiate::Stop;
use super::pairs::{Detail, Pair};
use super::policy::Policy;
use super::question::Question;
use super::reason::{Fault, Reason};
use super::selection::Selection;
use crate::registry::{KeMethod, NotifyType};
use crate::wire::Notify;
use alloc::boxed::Box;

/// An offer that was not taken: the answer it gets, and everything there is to know about why.
///
/// Send [`notify`](Self::notify), log the value itself: [`Display`](core::fmt::Display) explains it.
#[derive(Clone, Debug)]
pub struct Refusal {
    reason: Reason,
    cause: Option<Fault>,
    /// INVALID_KE_PAYLOAD's data: the method wanted (RFC 7296 section 1.3).
    wanted: [u8; 2],
    pub(super) detail: Box<Detail>,
}

impl core::error::Error for Refusal {}

impl Refusal {
    #[cold]
    pub(super) fn new(stop: Stop, offer: &[u8], question: Question, ke: Option<KeMethod>, policy: &Policy) -> Self {
        let Stop { reason, cause, fitting } = stop;
        let readable = match reason {
            Reason::InvalidSyntax(_) | Reason::Dropped(_) => &[],
            Reason::NoProposalChosen | Reason::InvalidKePayload { .. } | Reason::EmptySaPayload => offer,
        };
        let wanted = if let Reason::InvalidKePayload { wanted } = reason { wanted.0.to_be_bytes() } else { [0; 2] };
        Self { reason, cause, wanted, detail: Box::new(Detail::new(readable, question, ke, policy, fitting)) }
    }

    /// What the stack answers.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// What is wrong with the octets, or what the stack stumbles over after it has chosen. `None` when the proposals are the matter.
    #[must_use]
    pub const fn cause(&self) -> Option<Fault> {
        match self.reason {
            Reason::InvalidSyntax(fault) | Reason::Dropped(fault) => Some(fault),
            Reason::NoProposalChosen | Reason::InvalidKePayload { .. } | Reason::EmptySaPayload => self.cause,
        }
    }

    /// The Notify to answer with; `None` when the stack sends none.
    #[must_use]
    pub const fn notify(&self) -> Option<Notify<'_>> {
        Some(match self.reason {
            Reason::NoProposalChosen => Notify::new(NotifyType::NO_PROPOSAL_CHOSEN, &[]),
            Reason::InvalidKePayload { .. } => Notify::new(NotifyType::INVALID_KE_PAYLOAD, &self.wanted),
            Reason::InvalidSyntax(_) => Notify::new(NotifyType::INVALID_SYNTAX, &[]),
            Reason::Dropped(_) | Reason::EmptySaPayload => return None,
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

    /// The choice that stands but for the KE payload; only with [`Reason::InvalidKePayload`].
    #[must_use]
    pub fn fitting(&self) -> Option<&Selection> {
        self.detail.fitting.as_ref()
    }

    /// Every offered proposal beside every local one, offered in the outer loop. Empty when the octets were not readable.
    pub fn pairs(&self) -> impl Iterator<Item = Pair<'_>> + '_ {
        self.detail.pairs()
    }
}
