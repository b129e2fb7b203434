//! One question: what becomes of an offer, what speaks against either side, and what to change.

use super::fix::{self, Fix};
use super::question::question;
use super::side::{Offer, Side};
use super::terms::{Ke, Terms};
use ikev2::proposal::lint::{Concern, Lint, LintClass, lint_offer, lint_policy};
use ikev2::proposal::{NegotiationContext, Policy, Question, Refusal, RefusalResponse, Selection, negotiate};
use ikev2::registry::{KeMethod, TransformType};
use ikev2::transform::Transform;

/// What became of one offer.
#[derive(Debug)]
pub struct Answer {
    /// What was asked.
    pub question: Question,
    /// The policy that answered.
    pub policy: Policy,
    /// The choice, or why there is none.
    pub outcome: Result<Selection, Refusal>,
    /// The choice after the initiator has obeyed INVALID_KE_PAYLOAD (RFC 7296 section 1.3).
    pub retried: Option<Selection>,
    /// What speaks against either side, also when they agree.
    pub lints: Vec<Lint>,
    /// Changes of a side's own text with which the two agree.
    pub fixes: Vec<Fix>,
    /// What a reader of either text has to know.
    pub remarks: Vec<String>,
    /// The error that a Windows client shows for the refusal.
    pub windows_error: Option<u32>,
}

impl Answer {
    /// Whether the two come to agree, at once or after INVALID_KE_PAYLOAD.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        self.outcome.is_ok() || self.retried.is_some()
    }

    /// The choice, at once or after INVALID_KE_PAYLOAD.
    #[must_use]
    pub fn selection(&self) -> Option<&Selection> {
        self.outcome.as_ref().ok().or(self.retried.as_ref())
    }
}

/// Answers one question.
///
/// # Errors
/// The local side has no policy for it; the text says why.
pub fn answer(offer: &Offer, local: &Side, terms: &Terms) -> Result<Answer, String> {
    let policy = local.policy(terms)?;
    let asked = question(terms, &policy, offer);
    let outcome = negotiate(&offer.body, asked, &policy);
    let retried = outcome.as_ref().err().and_then(|refusal| fix::retry(offer, asked, &policy, refusal)?.ok());
    let mut lints = lint_offer(&offer.body, terms.context, policy.dialect());
    lints.extend(lint_policy(terms.context, &policy));
    // What IKE_AUTH refuses as well is no secret.
    if outcome.is_ok() {
        lints.extend(hidden_pfs(offer, local, terms));
    }
    lints.sort_by_key(|lint| lint.class);
    let fixes = match &outcome {
        Err(refusal) if retried.is_none() => fix::fixes(offer, local, terms, refusal),
        _ => Vec::new(),
    };
    let mut remarks = offer.side.as_ref().map(|side| side.remarks(terms.context)).unwrap_or_default();
    remarks.extend(local.remarks(terms.context));
    let windows_error = if outcome.is_err() && retried.is_none() { windows_error(offer, terms.context) } else { None };
    Ok(Answer { question: asked, policy, outcome, retried, lints, fixes, remarks, windows_error })
}

/// RasClient's numbers: 800 where the client offers its default proposals, 13868 where it offers a policy of its own, and for a Child SA.
fn windows_error(offer: &Offer, context: NegotiationContext) -> Option<u32> {
    let default = offer.side.as_ref().and_then(Side::windows)?;
    Some(if default && context.is_ike() { 800 } else { 13868 })
}

/// A PFS difference that the first Child SA does not show: the same sides, asked as CREATE_CHILD_SA asks.
fn hidden_pfs(offer: &Offer, local: &Side, terms: &Terms) -> Option<Lint> {
    let side = offer.side.as_ref().filter(|_| terms.context == NegotiationContext::IkeAuth)?;
    let later = Terms { context: NegotiationContext::CreateChildSa, ke: Ke::FirstOffered, ..terms.clone() };
    if !side.is_ready(&later) || !local.is_ready(&later) {
        return None;
    }
    let rekey = side.offer(&later).ok()?;
    let policy = local.policy(&later).ok()?;
    let asked = question(&later, &policy, &rekey);
    let refusal = negotiate(&rekey.body, asked, &policy).err().filter(|r| r.response() == RefusalResponse::NoProposalChosen)?;
    if refusal.cause().is_some() {
        return None;
    }
    let group = |method: KeMethod| Transform::ke(method);
    let offered = policy.dialect().first_ke(&rekey.body, later.context).map(group);
    let allowed = policy.proposals().iter().flat_map(|p| p.of_type(TransformType::KE)).find(|t| !t.is_none());
    Some(Lint::new(LintClass::Pfs, None, Concern::Pfs { offered, allowed }))
}
