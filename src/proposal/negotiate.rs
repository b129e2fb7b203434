//! The choice itself.

use super::dialect::{Choice, Withdrawal};
use super::policy::Policy;
use super::question::Question;
use super::reason::{RefusalCause, RefusalResponse};
use super::selection::Selection;
use super::work::{Meter, octets};

/// Why the search for a choice ended.
pub(super) struct NoChoice {
    pub(super) reason: RefusalResponse,
    pub(super) cause: Option<RefusalCause>,
    pub(super) fitting: Option<Selection>,
}

impl<R: Into<RefusalResponse>> From<R> for NoChoice {
    fn from(reason: R) -> Self {
        Self { reason: reason.into(), cause: None, fitting: None }
    }
}

/// The choice, or why there is none.
#[expect(clippy::result_large_err, reason = "a refusal is made of it at once, and that is what allocates")]
pub(super) fn decide<M: Meter>(offer: &[u8], question: Question, policy: &Policy, meter: M) -> Result<Selection, NoChoice> {
    // Each stack reads the whole payload before it compares anything.
    meter.count_steps(octets(offer.len()));
    let Choice { hit, wrong_ke, withdrawal } = policy.dialect.choose(offer, &policy.locals, &policy.asked(question), meter)?;
    let selection = Selection::new(&hit, question.context());
    let withdrawal = withdrawal.filter(|late| wrong_ke.is_none() || !late.after_ke);
    match (withdrawal, wrong_ke) {
        (Some(Withdrawal { reason, cause, .. }), _) => Err(NoChoice { reason, cause: Some(cause), fitting: Some(selection) }),
        (None, Some(reason)) => Err(NoChoice { reason, cause: None, fitting: Some(selection) }),
        (None, None) => Ok(selection),
    }
}
