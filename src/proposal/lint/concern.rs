//! Lints as values.

use crate::proposal::dialect::Dialect;
use crate::proposal::side::Side;
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
