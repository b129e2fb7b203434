//! What the standards say against the algorithms of a proposal: RFC 8247, RFC 8221, RFC 9395, RFC 9370.

use super::concern::{Concern, LintClass};
use super::lints::Lints;
use crate::proposal::suite::Proposal;
use crate::transform::{Advice, advice_against};

pub(super) fn lint(number: u8, proposal: &Proposal, lints: &mut Lints) {
    for weakness in proposal.transforms.iter().filter_map(|t| advice_against(proposal.protocol, *t)) {
        let class = if weakness.advice == Advice::MustNot { LintClass::Forbidden } else { LintClass::Weak };
        lints.add(class, number, Concern::Advice(weakness));
    }
    if let Some(cipher) = proposal.unprotected() {
        lints.add(LintClass::Forbidden, number, Concern::NoIntegrity(cipher));
    }
    if proposal.has_additional_without_ke() {
        lints.add(LintClass::Forbidden, number, Concern::AdditionalWithoutKe);
    }
}
