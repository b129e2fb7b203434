//! Lints in words.

use super::concern::{Concern, Lint, LintClass};
use crate::proposal::names::Listing;
use crate::proposal::side::Side;
use crate::transform::Advice;
use core::fmt::{Display, Formatter, Result};

impl LintClass {
    /// The class in words: `forbidden`, `refused by the daemon`, `not in this build`, `weak`, `pfs`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::RefusedByDaemon => "refused by the daemon",
            Self::NotInBuild => "not in this build",
            Self::Weak => "weak",
            Self::Pfs => "pfs",
        }
    }
}

/// Proposals that a text names before it says how many more there are.
const NAMED: usize = 6;

impl Display for Lint {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}: ", self.class.name())?;
        match self.concern {
            Concern::Advice(weakness) => {
                let says = match weakness.advice {
                    Advice::MustNot => "says MUST NOT",
                    Advice::ShouldNot => "says SHOULD NOT",
                    Advice::Ageing => "says MUST-: it is about to be given up",
                    Advice::Downgraded => "has downgraded it to MAY",
                };
                write!(f, "{} in {}: {} {says}", weakness.transform, Place(self), weakness.reference)
            }
            Concern::NoIntegrity(cipher) => {
                write!(f, "{cipher} without integrity in {}: RFC 8221 section 4 says MUST NOT", Place(self))
            }
            Concern::AdditionalWithoutKe => write!(
                f,
                "an additional key exchange without a first one in {}: RFC 9370 section 2.2.4 has no exchange for it to follow",
                Place(self)
            ),
            Concern::NotInBuild { transform, dialect } => write!(
                f,
                "{transform} in {}: the usual builds of {} do not have it, and the connection is not loaded or the proposal not used",
                Place(self),
                dialect.name()
            ),
            Concern::ManyEspGroups => f.write_str(
                "the ESP proposals of this side name more than one key exchange group: libreswan does not load such a connection; \
                 leave one group, the same in each proposal",
            ),
            Concern::SomeEspGroups => f.write_str(
                "some ESP proposals of this side name a key exchange group and some do not: libreswan does not load such a \
                 connection; name the group in each, or in none",
            ),
            Concern::Pfs { offered, allowed } => {
                f.write_str("when the Child SA is rekeyed, ")?;
                match offered {
                    Some(group) => write!(f, "the peer offers {group}, ")?,
                    None => f.write_str("the peer offers no key exchange group, ")?,
                }
                match allowed {
                    Some(group) => write!(f, "and this side needs {group}")?,
                    None => f.write_str("and this side allows none")?,
                }
                f.write_str(": IKE_AUTH carries no KE payload (RFC 7296 section 1.2), so the tunnel comes up and fails hours later")
            }
        }
    }
}

/// Whose proposals, and which.
struct Place<'a>(&'a Lint);

impl Display for Place<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Lint { side, proposals, .. } = self.0;
        f.write_str(match side {
            Some(Side::Peer) => "the peer's ",
            Some(Side::Local) => "this side's ",
            None => "the ",
        })?;
        f.write_str(if let [_] = proposals.as_slice() { "proposal " } else { "proposals " })?;
        write!(f, "{}", Listing { items: proposals.iter(), last: "and", most: NAMED })
    }
}
