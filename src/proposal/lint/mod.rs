//! What speaks against a side's proposals, also when the two agree: forbidden and weak algorithms, what the daemon's build lacks, what
//! its parser refuses, and a PFS difference that IKE_AUTH does not show.
//!
//! ```
//! use ikev2::proposal::lint::{Lint, LintClass, lint_policy};
//! use ikev2::proposal::{Dialect, NegotiationContext, Policy, notation::strongswan};
//! let policy = Policy::new(Dialect::StrongSwan6, strongswan::parse_ike("aes128-md5-modp1024")?)?;
//! let lints: Vec<Lint> = lint_policy(NegotiationContext::IkeSaInit, &policy);
//! assert_eq!(lints[0].class, LintClass::Forbidden);
//! assert_eq!(lints[0].to_string(), "forbidden: HMAC_MD5_96 in this side's proposal 1: RFC 8247 says MUST NOT");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod algorithms;
mod build;
mod concern;
mod lints;
mod parser;
#[cfg(test)]
mod tests;
mod words;

pub use concern::{Concern, Lint, LintClass};

use super::context::NegotiationContext;
use super::dialect::Dialect;
use super::policy::Policy;
use super::side::Side;
use super::suite::Proposal;
use alloc::vec::Vec;
use lints::Lints;

/// What speaks against the proposals of a policy.
#[must_use]
pub fn lint_policy(context: NegotiationContext, policy: &Policy) -> Vec<Lint> {
    let numbered = (1..=u8::MAX).zip(policy.proposals()).filter(|(_, proposal)| context.takes(proposal.protocol));
    let mut lints = Lints::new(Side::Local);
    numbered.clone().for_each(|(number, proposal)| algorithms::lint(number, proposal, &mut lints));
    numbered.clone().for_each(|(number, proposal)| build::lint(policy.dialect(), number, proposal, &mut lints));
    let own: Vec<&Proposal> = numbered.map(|(_, proposal)| proposal).collect();
    parser::lint(policy.dialect(), context, &own, &mut lints);
    lints.sorted()
}

/// What speaks against the proposals of an offer, the body of an SA payload, as the dialect reads it. What it cannot read is passed
/// over.
#[must_use]
pub fn lint_offer(offer: &[u8], context: NegotiationContext, dialect: Dialect) -> Vec<Lint> {
    let mut lints = Lints::new(Side::Peer);
    for (number, proposal) in dialect.proposals_of(offer, context) {
        if context.takes(proposal.protocol) {
            algorithms::lint(number, &proposal, &mut lints);
        }
    }
    lints.sorted()
}
