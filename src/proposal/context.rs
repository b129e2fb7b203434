//! What is asked of a policy, and the settings that bear on the answer.

use super::question::Question;
use super::spelling::spelled;
use super::suite::{Local, TransformTypes};
use crate::registry::{KeMethod, SecurityProtocol};

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

/// What a policy sets beside its proposals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) prefer: Preference,
    pub(super) accept_private: bool,
    pub(super) esp_aead: bool,
    /// Whether a proposal of the policy names additional key exchanges.
    pub(super) names_addke: bool,
}

impl Settings {
    /// The same for a policy of these proposals.
    pub(super) fn of<'l>(self, mut locals: impl Iterator<Item = &'l Local>) -> Self {
        Self { names_addke: locals.any(|local| local.types.overlaps(TransformTypes::ADDKE)), ..self }
    }
}

/// What bears on the answer beside the offer and the local proposals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) question: Question,
    pub(super) settings: Settings,
}

impl Asked {
    /// Of no KE payload, under the settings that a policy starts with: for reading alone.
    pub(super) const fn plain(context: NegotiationContext) -> Self {
        Self {
            question: Question::new(context, None),
            settings: Settings { prefer: Preference::Configured, accept_private: true, esp_aead: true, names_addke: true },
        }
    }

    /// The method the KE payload should have been of, when `chosen` is the method chosen.
    pub(super) fn wanted(&self, chosen: KeMethod) -> Option<KeMethod> {
        (!self.question.context().leaves_out_ke() && chosen != KeMethod::NONE && self.question.ke() != Some(chosen)).then_some(chosen)
    }
}
