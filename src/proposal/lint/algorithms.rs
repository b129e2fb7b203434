//! What the standards say against the algorithms of a proposal: RFC 8247, RFC 8221, RFC 9395, RFC 9370.

use super::{Concern, LintClass, Lints};
use crate::proposal::suite::Proposal;
use crate::registry::{SecurityProtocol, TransformType};
use crate::transform::{Advice, advice_against};

pub(super) fn lint(number: u8, proposal: &Proposal, lints: &mut Lints) {
    for weakness in proposal.transforms.iter().filter_map(|t| advice_against(proposal.protocol, *t)) {
        let class = if weakness.advice == Advice::MustNot { LintClass::Forbidden } else { LintClass::Weak };
        lints.add(class, number, Concern::Advice(weakness));
    }
    if let Some(cipher) = unprotected(proposal) {
        lints.add(LintClass::Forbidden, number, Concern::NoIntegrity(cipher));
    }
    if proposal.has_additional_without_ke() {
        lints.add(LintClass::Forbidden, number, Concern::AdditionalWithoutKe);
    }
}

/// A cipher of the proposal that would go without integrity: it has none of its own, and no integrity algorithm stands beside it, or
/// NONE may be chosen.
pub(in crate::proposal) fn unprotected(proposal: &Proposal) -> Option<crate::transform::Transform> {
    if proposal.protocol == SecurityProtocol::AH {
        return None;
    }
    let plain = proposal.of_type(TransformType::ENCR).find(|t| !t.is_aead())?;
    let none = proposal.of_type(TransformType::INTEG).all(|t| t.is_none());
    // NONE beside others is for the AEAD ciphers of the same proposal.
    let mixed = proposal.of_type(TransformType::ENCR).any(|t| t.is_aead());
    let may_be_none = !mixed && proposal.of_type(TransformType::INTEG).any(|t| t.is_none());
    (none || may_be_none).then_some(plain)
}
