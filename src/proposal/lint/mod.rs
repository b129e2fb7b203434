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
mod parser;
#[cfg(test)]
mod tests;
mod words;

pub(super) use algorithms::unprotected;

use super::context::NegotiationContext;
use super::dialect::Dialect;
use super::policy::Policy;
use super::remedy::Side;
use super::suite::Proposal;
use crate::registry::SecurityProtocol;
use crate::transform::{Transform, Weakness};
use alloc::vec::Vec;

/// The kind of a [`Lint`]; the gravest is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum LintClass {
    /// A standard says MUST NOT.
    Forbidden,
    /// The daemon's own parser refuses such settings: the connection is not loaded.
    RefusedByDaemon,
    /// The usual builds of the daemon do not have it.
    NotInBuild,
    /// A standard advises against it.
    Weak,
    /// The sides differ in perfect forward secrecy, which shows when the Child SA is rekeyed, not before.
    Pfs,
}

/// What a [`Lint`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Concern {
    /// A transform that a standard advises against.
    Advice(Weakness),
    /// A cipher without integrity, in a proposal without an integrity algorithm (RFC 8221 section 4, RFC 7296 section 3.3.3).
    NoIntegrity(Transform),
    /// Additional key exchanges without a first one (RFC 9370 section 2.2.4).
    AdditionalWithoutKe,
    /// A transform that the builds of a daemon do not have.
    NotInBuild {
        /// The transform.
        transform: Transform,
        /// The daemon.
        dialect: Dialect,
    },
    /// libreswan loads no connection whose ESP proposals name more than one group.
    ManyEspGroups,
    /// libreswan loads no connection of which some ESP proposals name a group and some do not.
    SomeEspGroups,
    /// The exchange that would rekey the Child SA is refused; `offered` and `allowed` are a group of each side, as far as it has any.
    Pfs {
        /// The first group that the peer's ESP proposals name.
        offered: Option<Transform>,
        /// The first group that this side's ESP proposals name.
        allowed: Option<Transform>,
    },
}

/// Something that speaks against the proposals of one side.
///
/// `Display` writes the class, what is concerned, where, and why, with a colon and a blank between the parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Lint {
    /// The kind.
    pub class: LintClass,
    /// Whose proposals it is about; `None` when it is about both.
    pub side: Option<Side>,
    /// The proposals: Proposal Num of those offered, the place counted from 1 of local ones. Empty when it is about all of them.
    pub proposals: Vec<u8>,
    /// What it is about.
    pub concern: Concern,
}

impl Lint {
    /// A lint about all proposals of a side, or of both.
    #[must_use]
    pub const fn new(class: LintClass, side: Option<Side>, concern: Concern) -> Self {
        Self { class, side, proposals: Vec::new(), concern }
    }
}

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

/// The lints of one side while they are collected: one for each concern, whatever the number of proposals.
struct Lints {
    side: Side,
    list: Vec<Lint>,
}

/// Lints kept of one side: more say nothing to a reader, and hostile offers hold thousands of transforms.
const KEPT: usize = 64;

impl Lints {
    const fn new(side: Side) -> Self {
        Self { side, list: Vec::new() }
    }

    fn add(&mut self, class: LintClass, number: u8, concern: Concern) {
        if let Some(known) = self.list.iter_mut().find(|lint| lint.concern == concern) {
            if !known.proposals.contains(&number) {
                known.proposals.push(number);
            }
        } else if self.list.len() < KEPT {
            self.list.push(Lint { class, side: Some(self.side), proposals: Vec::from([number]), concern });
        }
    }

    fn add_of_all(&mut self, class: LintClass, concern: Concern) {
        self.list.push(Lint { class, side: Some(self.side), proposals: Vec::new(), concern });
    }

    fn sorted(mut self) -> Vec<Lint> {
        self.list.sort_by_key(|lint| lint.class);
        self.list
    }
}

/// Whether a proposal protects a Child SA's traffic.
const fn is_child(protocol: SecurityProtocol) -> bool {
    matches!(protocol, SecurityProtocol::ESP | SecurityProtocol::AH)
}
