//! What a daemon's own parser refuses, so that the connection is not loaded.
//!
//! libreswan 4.10 and 5.2: the ESP proposals of a connection name one group, or none, and all of them the same (`ipsec algparse`: "more
//! than one IKEv2 ESP DH algorithm requires unimplemented CHILD_SA INVALID_KE", "either all or no ESP proposals should specify DH").

use super::concern::{Concern, LintClass};
use super::lints::Lints;
use crate::proposal::context::NegotiationContext;
use crate::proposal::dialect::Dialect;
use crate::proposal::suite::Proposal;
use crate::registry::TransformType;

pub(super) fn lint(dialect: Dialect, context: NegotiationContext, proposals: &[&Proposal], lints: &mut Lints) {
    if context.is_ike() || !matches!(dialect, Dialect::Libreswan4 | Dialect::Libreswan5) {
        return;
    }
    let groups = |proposal: &Proposal| proposal.of_type(TransformType::KE).filter(|t| !t.is_none()).count();
    let with = proposals.iter().filter(|proposal| groups(proposal) > 0);
    if with.clone().count() > 0 && with.clone().count() < proposals.len() {
        lints.add_of_all(LintClass::RefusedByDaemon, Concern::SomeEspGroups);
    }
    let mut all = proposals.iter().flat_map(|proposal| proposal.of_type(TransformType::KE));
    let first = all.next();
    if all.any(|group| Some(group) != first) {
        lints.add_of_all(LintClass::RefusedByDaemon, Concern::ManyEspGroups);
    }
}
