//! A policy as a value: what is allowed, in which order, and how the stack that holds it decides.

use super::suite::{Local, Proposal};
use crate::registry::SecurityProtocol;
use alloc::vec::Vec;
use thiserror::Error;

/// Whose rules decide. The stacks differ already in what they accept as an SA payload, and within a stack by version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Dialect {
    /// RFC 7296 sections 2.7 and 3.3, RFC 5282, RFC 9370. For stacks nobody could observe, too.
    #[default]
    Rfc,
    /// strongSwan 5.9 (charon).
    StrongSwan5,
    /// strongSwan 6, with RFC 9370.
    StrongSwan6,
    /// libreswan 4 (pluto 4.10).
    Libreswan4,
    /// libreswan 5, with RFC 9370.
    Libreswan5,
    /// OpenIKED 7.2 (iked).
    OpenIked,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 6] = [Self::Rfc, Self::StrongSwan5, Self::StrongSwan6, Self::Libreswan4, Self::Libreswan5, Self::OpenIked];

    /// The stack and version in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rfc => "RFC 7296",
            Self::StrongSwan5 => "strongSwan 5.9",
            Self::StrongSwan6 => "strongSwan 6",
            Self::Libreswan4 => "libreswan 4.10",
            Self::Libreswan5 => "libreswan 5",
            Self::OpenIked => "OpenIKED 7.2",
        }
    }
}

/// Whose order of preference decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Prefer {
    /// The responder's own order.
    #[default]
    Configured,
    /// The order in which the peer offers. libreswan and OpenIKED have no such setting.
    Supplied,
}

/// Which exchange the SA payload stands in. The same offer deserves different answers in different exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// IKE_SA_INIT: an IKE SA; no SPI (RFC 7296 section 3.3.1).
    Ike,
    /// IKE_AUTH: the first child SA. Key exchange transforms are left out of the comparison (RFC 7296 section 1.2).
    AuthChild,
    /// CREATE_CHILD_SA: a new or rekeyed child SA; key exchange transforms count (RFC 7296 section 1.3.1).
    Child,
    /// CREATE_CHILD_SA: a rekeyed IKE SA; SPI of 8 octets (RFC 7296 section 1.3.2).
    IkeRekey,
}

impl Question {
    /// Every question.
    pub const ALL: [Self; 4] = [Self::Ike, Self::AuthChild, Self::Child, Self::IkeRekey];

    /// Whether an IKE SA is asked for.
    #[must_use]
    pub const fn is_ike(self) -> bool {
        matches!(self, Self::Ike | Self::IkeRekey)
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
            Self::Ike => 0,
            Self::AuthChild | Self::Child => 4,
            Self::IkeRekey => 8,
        }
    }
}

/// A proposal no policy can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// More transforms than the Num Transforms field of a proposal can count, or more proposals than can be numbered.
    #[error("proposal {index} of the policy: more than 255 transforms, or more than 255 proposals")]
    TooMany {
        /// The proposal, counted from 0.
        index: usize,
    },
    /// More distinct key exchange methods than a set of them can hold, which is twice what the registry assigns.
    #[error("proposal {index} of the policy holds more than 64 key exchange methods")]
    KeMethods {
        /// The proposal, counted from 0.
        index: usize,
    },
    /// Methods for additional key exchanges, and none for the first. The policies of daemons may hold what the daemons accept.
    #[error("proposal {index} of the policy names additional key exchanges and no first one")]
    AdditionalWithoutKe {
        /// The proposal, counted from 0.
        index: usize,
    },
    /// Transforms of more than one type no registry row assigns.
    #[error("proposal {index} of the policy holds transforms of more than one type that is not assigned")]
    TransformType {
        /// The proposal, counted from 0.
        index: usize,
    },
}

/// What a peer is allowed to get: proposals in order of preference, the dialect that decides, and its settings.
///
/// ```
/// use ikev2::proposal::{Dialect, Policy, Prefer, Proposal, Transform};
/// use ikev2::registry::{Encr, KeMethod, Prf, SecurityProtocol};
/// let suite = Proposal::new(SecurityProtocol::IKE, [
///     Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256),
///     Transform::prf(Prf::PRF_HMAC_SHA2_384),
///     Transform::ke(KeMethod::ECP_384),
/// ]);
/// let policy = Policy::new(Dialect::StrongSwan6, [suite])?.prefer(Prefer::Supplied);
/// assert_eq!(policy.proposals().len(), 1);
/// # Ok::<(), ikev2::proposal::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    proposals: Vec<Proposal>,
    pub(crate) locals: Vec<Local>,
    pub(crate) dialect: Dialect,
    pub(crate) prefer: Prefer,
    pub(crate) accept_private: bool,
    pub(crate) esp_aead: bool,
}

impl Policy {
    /// A policy of proposals in order of preference.
    ///
    /// # Errors
    /// [`PolicyError`] when a proposal, or their number, exceeds what an SA payload can carry; with [`Dialect::Rfc`] also when a
    /// proposal [adds to no key exchange](Proposal::adds_to_no_key_exchange).
    pub fn new(dialect: Dialect, proposals: impl Into<Vec<Proposal>>) -> Result<Self, PolicyError> {
        let proposals = proposals.into();
        if proposals.len() > usize::from(u8::MAX) {
            let index = usize::from(u8::MAX);
            return Err(PolicyError::TooMany { index });
        }
        if dialect == Dialect::Rfc {
            Self::check_key_exchanges(&proposals)?;
        }
        let locals = proposals
            .iter()
            .enumerate()
            .map(|(index, proposal)| {
                let mut aliens = proposal.transforms.iter().map(|t| t.ty).filter(|ty| !ty.is_assigned());
                let first = aliens.next();
                Local::index(proposal).ok_or(if proposal.transforms.len() > usize::from(u8::MAX) {
                    PolicyError::TooMany { index }
                } else if aliens.all(|ty| Some(ty) == first) {
                    PolicyError::KeMethods { index }
                } else {
                    PolicyError::TransformType { index }
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            proposals,
            locals,
            dialect,
            prefer: Prefer::Configured,
            accept_private: false,
            // The captured OpenIKED build loads no AEAD cipher for ESP.
            esp_aead: !matches!(dialect, Dialect::OpenIked),
        })
    }

    /// The same settings with some of the proposals, or with fewer transforms in them.
    pub(super) fn with_proposals(&self, proposals: Vec<Proposal>) -> Self {
        // What held all of them holds some of them.
        let indexed = proposals.into_iter().filter_map(|proposal| Local::index(&proposal).map(|local| (proposal, local)));
        let (proposals, locals) = indexed.unzip();
        Self { proposals, locals, ..*self }
    }

    /// Refuses additional key exchanges without a first one, which this crate neither offers nor accepts.
    pub(super) fn check_key_exchanges(proposals: &[Proposal]) -> Result<(), PolicyError> {
        match proposals.iter().position(Proposal::adds_to_no_key_exchange) {
            Some(index) => Err(PolicyError::AdditionalWithoutKe { index }),
            None => Ok(()),
        }
    }

    /// Sets whose order decides (strongSwan: `charon.prefer_configured_proposals`). [`Dialect::Rfc`] and strongSwan heed it.
    #[must_use]
    pub const fn prefer(mut self, prefer: Prefer) -> Self {
        self.prefer = prefer;
        self
    }

    /// Sets whether private ids, 1024 and above, may be chosen (strongSwan: `charon.accept_private_algs`, or the peer says by
    /// its vendor ID that it is strongSwan). Only strongSwan asks.
    #[must_use]
    pub const fn accept_private(mut self, accept: bool) -> Self {
        self.accept_private = accept;
        self
    }

    /// Sets whether AEAD ciphers can be had for ESP. Only OpenIKED asks: the build observed here refuses them.
    #[must_use]
    pub const fn esp_aead(mut self, accept: bool) -> Self {
        self.esp_aead = accept;
        self
    }

    /// The proposals, in order of preference.
    #[must_use]
    pub fn proposals(&self) -> &[Proposal] {
        &self.proposals
    }

    /// The dialect that decides.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }
}
