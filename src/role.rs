//! The two sides of an IKE SA.

use core::fmt;

/// A side of an IKE SA (RFC 7296 section 2.2): who sent the IKE_SA_INIT request, or the rekey request that created the IKE SA, and its peer.
///
/// A role belongs to an IKE SA, not to an exchange: the responder of an IKE SA initiates exchanges too.
///
/// ```
/// use ikev2::Role;
/// assert_eq!(Role::Initiator.other(), Role::Responder);
/// assert_eq!(Role::Responder.to_string(), "responder");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Role {
    /// The original initiator of the IKE SA.
    Initiator,
    /// The original responder of the IKE SA.
    Responder,
}

impl Role {
    /// The other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Initiator => Self::Responder,
            Self::Responder => Self::Initiator,
        }
    }

    /// `initiator` or `responder`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Responder => "responder",
        }
    }

    /// Returns true for the initiator.
    #[must_use]
    pub const fn is_initiator(self) -> bool {
        matches!(self, Self::Initiator)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
