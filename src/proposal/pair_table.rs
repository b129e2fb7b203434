//! An offer beside a policy, for showing.

use super::negotiate::decide;
use super::pairs::{Detail, Pair};
use super::policy::Policy;
use super::question::Question;
use super::work::Steps;
use crate::registry::KeMethod;
use alloc::boxed::Box;

/// An offer beside a policy, pair by pair, whatever the outcome.
#[derive(Clone, Debug)]
pub struct PairTable {
    detail: Box<Detail>,
    work: u64,
}

impl PairTable {
    pub(super) fn new(offer: &[u8], question: Question, policy: &Policy) -> Self {
        // With a KE payload no stack stops at: the method wanted is found after the search.
        let steps = Steps::default();
        let _ = decide(offer, question.with_ke(Some(KeMethod::MODP_2048)), policy, &steps).is_ok();
        Self { detail: Box::new(Detail::new(offer, question, policy, None)), work: steps.taken() }
    }

    /// Steps [`negotiate`](super::negotiate()) takes at most for this offer: four octets read, or two transforms compared, are one.
    ///
    /// They are counted, not estimated. Whatever the offer holds, they are linear in it: each octet is read a fixed number of times
    /// for every proposal of the policy, and each transform compared with those the policy's proposals hold.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.work
    }

    /// Every offered proposal beside every local one, offered in the outer loop.
    pub fn pairs(&self) -> impl Iterator<Item = Pair<'_>> + '_ {
        self.detail.pairs()
    }
}
