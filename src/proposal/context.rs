//! Which exchange a policy is asked about, and whose order of preference decides.

use super::spelling::spelled;
use crate::registry::SecurityProtocol;

/// Whose order of preference decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Preference {
    /// The responder's own order.
    #[default]
    Configured,
    /// The order in which the peer offers. libreswan and OpenIKED have no such setting.
    Supplied,
}

spelled! {
    Preference as "prefer" {
        Configured = "configured";
        Supplied = "supplied";
    }
}

/// Which exchange the SA payload stands in. The same offer deserves different answers in different exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NegotiationContext {
    /// IKE_SA_INIT: an IKE SA; no SPI (RFC 7296 section 3.3.1).
    IkeSaInit,
    /// IKE_AUTH: the first child SA. Key exchange transforms are left out of the comparison (RFC 7296 section 1.2).
    IkeAuth,
    /// CREATE_CHILD_SA: a new or rekeyed child SA; key exchange transforms count (RFC 7296 section 1.3.1).
    CreateChildSa,
    /// CREATE_CHILD_SA: a rekeyed IKE SA; SPI of 8 octets (RFC 7296 section 1.3.2).
    RekeyIkeSa,
}

spelled! {
    NegotiationContext as "question" {
        IkeSaInit = "ike";
        IkeAuth = "auth_child";
        CreateChildSa = "child";
        RekeyIkeSa = "ike_rekey";
    }
}

impl NegotiationContext {
    /// Whether an IKE SA is asked for.
    #[must_use]
    pub const fn is_ike(self) -> bool {
        matches!(self, Self::IkeSaInit | Self::RekeyIkeSa)
    }

    /// Whether a proposal for `protocol` can be an answer to this question.
    #[must_use]
    pub const fn takes(self, protocol: SecurityProtocol) -> bool {
        match protocol {
            SecurityProtocol::IKE => self.is_ike(),
            SecurityProtocol::ESP | SecurityProtocol::AH => !self.is_ike(),
            _ => false,
        }
    }

    /// Octets of the SPI a proposal carries (RFC 7296 section 3.3.1).
    #[must_use]
    pub const fn spi_size(self) -> u8 {
        match self {
            Self::IkeSaInit => 0,
            Self::IkeAuth | Self::CreateChildSa => 4,
            Self::RekeyIkeSa => 8,
        }
    }

    /// Whether key exchange transforms are left out of the comparison.
    pub(super) const fn leaves_out_ke(self) -> bool {
        matches!(self, Self::IkeAuth)
    }
}
