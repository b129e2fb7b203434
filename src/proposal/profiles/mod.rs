//! What stacks offer and accept unless told otherwise, as constants with their sources and how sure they are.
//!
//! ```
//! use ikev2::proposal::profiles::{self, Confidence};
//! let windows = profiles::find("windows10").unwrap();
//! assert_eq!(windows.id, "windows10-client-default-ike");
//! assert_eq!(windows.proposals().len(), 18);
//! // The order of the last six is less certain than the rest, and the profile says so.
//! assert_eq!(windows.confidence, Confidence::MediumHigh);
//! ```

mod apple;
mod appliances;
mod compare;
mod microsoft;
mod open_source;
mod transforms;

pub use apple::*;
pub use appliances::*;
pub use compare::{Agreement, Comparison, compare};
pub use microsoft::*;
pub use open_source::*;

use super::policy::{Dialect, Policy, Prefer};
use super::suite::{Proposal, Transform};
use crate::registry::{KeMethod, SecurityProtocol, TransformType};
use alloc::vec::Vec;

/// Who uses the proposals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Offered.
    Initiator,
    /// Accepted.
    Responder,
    /// Offered and accepted.
    Both,
}

/// How sure a profile is; [`Profile::confidence_note`] says of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Inferred, or from a single report.
    Medium,
    /// In the main certain.
    MediumHigh,
    /// From the vendor's documentation or source, or observed.
    High,
}

/// The default proposals of one stack in one role.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// The profile's name.
    pub id: &'static str,
    /// Shorter names it answers to.
    pub aliases: &'static [&'static str],
    /// Vendor and product.
    pub vendor: &'static str,
    /// Versions it holds for.
    pub versions: &'static str,
    /// Whether they are offered, accepted, or both.
    pub role: Role,
    /// IKE or ESP.
    pub protocol: SecurityProtocol,
    /// How sure the whole is.
    pub confidence: Confidence,
    /// Of what it is how sure, in words.
    pub confidence_note: &'static str,
    /// Whose order decides when the stack is the responder.
    pub prefer: Prefer,
    /// Where it is from.
    pub sources: &'static [&'static str],
    /// What else is known.
    pub notes: &'static str,
    proposals: &'static [&'static [Transform]],
}

impl Profile {
    /// The proposals, numbered from 1, in the order sent or preferred.
    #[must_use]
    pub fn proposals(&self) -> Vec<Proposal> {
        self.proposals.iter().map(|transforms| Proposal::new(self.protocol, *transforms)).collect()
    }

    /// The dialect the stack decides by; [`Dialect::Rfc`] for stacks nobody could observe.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        let stacks = [
            ("strongswan-5", Dialect::StrongSwan5),
            ("strongswan-6", Dialect::StrongSwan6),
            ("libreswan-4", Dialect::Libreswan4),
            ("libreswan-5", Dialect::Libreswan5),
            ("openiked", Dialect::OpenIked),
        ];
        stacks.iter().find(|(start, _)| self.id.starts_with(start)).map_or(Dialect::Rfc, |(_, dialect)| *dialect)
    }

    /// The profile as the policy of a responder. `None` never comes for the profiles of this module.
    #[must_use]
    pub fn policy(&self) -> Option<Policy> {
        Policy::new(self.dialect(), self.proposals()).ok().map(|policy| policy.prefer(self.prefer))
    }

    /// The method the KE payload is sent for: the first the first proposal names.
    #[must_use]
    pub fn ke_method(&self) -> Option<KeMethod> {
        let first = self.proposals.first()?;
        let method = first.iter().find(|t| t.ty == TransformType::KE)?;
        (!method.is_none()).then_some(KeMethod(method.id.0))
    }
}

/// The profile of this name or alias.
#[must_use]
pub fn find(name: &str) -> Option<&'static Profile> {
    all().find(|profile| profile.id == name || profile.aliases.contains(&name))
}

/// Every profile.
pub fn all() -> impl Iterator<Item = &'static Profile> {
    [MICROSOFT, APPLE, OPEN_SOURCE, APPLIANCES].into_iter().flatten().copied()
}

/// Profiles, one after the other, and the list of them.
macro_rules! profiles {
    ($all:ident; $($(#[$doc:meta])* $konst:ident = $id:literal, [$($alias:literal),*], $vendor:literal, $versions:literal, $role:ident, $protocol:ident,
        $confidence:ident, $note:literal, $prefer:ident, sources [$($source:literal),*], notes $notes:literal, proposals [$($proposal:expr,)*];)+) => {
        $(
            $(#[$doc])*
            pub const $konst: $crate::proposal::profiles::Profile = $crate::proposal::profiles::Profile {
                id: $id,
                aliases: &[$($alias),*],
                vendor: $vendor,
                versions: $versions,
                role: $crate::proposal::profiles::Role::$role,
                protocol: $crate::registry::SecurityProtocol::$protocol,
                confidence: $crate::proposal::profiles::Confidence::$confidence,
                confidence_note: $note,
                prefer: $crate::proposal::Prefer::$prefer,
                sources: &[$($source),*],
                notes: $notes,
                proposals: &[$($proposal),*],
            };
        )+

        pub(super) const $all: &[&$crate::proposal::profiles::Profile] = &[$(&$konst),+];
    };
}
use profiles;
