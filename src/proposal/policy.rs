//! A policy as a value: what is allowed, in which order, and how the stack that holds it decides.

use super::asked::{Asked, Settings};
use super::context::Preference;
use super::dialect::Dialect;
use super::question::Question;
use super::suite::{Local, Proposal};
use alloc::vec::Vec;
use thiserror::Error;

/// A proposal no policy can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
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
/// use ikev2::proposal::{Dialect, Policy, Preference, Proposal};
/// use ikev2::transform::Transform;
/// use ikev2::registry::{Encr, KeMethod, Prf, SecurityProtocol};
/// let suite = Proposal::new(SecurityProtocol::IKE, [
///     Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256),
///     Transform::prf(Prf::PRF_HMAC_SHA2_384),
///     Transform::ke(KeMethod::ECP_384),
/// ]);
/// let policy = Policy::new(Dialect::StrongSwan6, [suite])?.with_preference(Preference::Supplied);
/// assert_eq!(policy.proposals().len(), 1);
/// # Ok::<(), ikev2::proposal::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    proposals: Vec<Proposal>,
    pub(super) locals: Vec<Local>,
    pub(super) dialect: Dialect,
    pub(super) settings: Settings,
}

impl Policy {
    /// A policy of proposals in order of preference.
    ///
    /// # Errors
    /// [`PolicyError`] when a proposal, or their number, exceeds what an SA payload can carry; with [`Dialect::Rfc`] also when a
    /// proposal [adds to no key exchange](Proposal::has_additional_without_ke).
    pub fn new(dialect: Dialect, proposals: impl Into<Vec<Proposal>>) -> Result<Self, PolicyError> {
        let proposals = proposals.into();
        if proposals.len() > usize::from(u8::MAX) {
            let index = usize::from(u8::MAX);
            return Err(PolicyError::TooMany { index });
        }
        let rules = dialect.policy_rules();
        if !rules.additional_without_ke {
            Self::check_key_exchanges(&proposals)?;
        }
        let locals: Vec<Local> = proposals
            .iter()
            .enumerate()
            .map(|(index, proposal)| {
                let mut unassigned = proposal.transforms.iter().map(|t| t.ty).filter(|ty| !ty.is_assigned());
                let first = unassigned.next();
                Local::index(proposal).ok_or(if proposal.transforms.len() > usize::from(u8::MAX) {
                    PolicyError::TooMany { index }
                } else if unassigned.all(|ty| Some(ty) == first) {
                    PolicyError::KeMethods { index }
                } else {
                    PolicyError::TransformType { index }
                })
            })
            .collect::<Result<_, _>>()?;
        let settings = Settings { prefer: Preference::Configured, accept_private: false, esp_aead: rules.esp_aead, names_addke: false }
            .of(locals.iter());
        Ok(Self { proposals, locals, dialect, settings })
    }

    /// What the policy is asked, and its settings.
    pub(super) const fn asked(&self, question: Question) -> Asked {
        Asked { question, settings: self.settings }
    }

    /// The same settings with some of the proposals, or with fewer transforms in them.
    pub(super) fn with_proposals(&self, proposals: Vec<Proposal>) -> Self {
        // What held all of them holds some of them.
        let indexed = proposals.into_iter().filter_map(|proposal| Local::index(&proposal).map(|local| (proposal, local)));
        let (proposals, locals): (Vec<_>, Vec<_>) = indexed.unzip();
        let settings = self.settings.of(locals.iter());
        Self { proposals, locals, dialect: self.dialect, settings }
    }

    /// Refuses additional key exchanges without a first one, which this crate neither offers nor accepts.
    pub(super) fn check_key_exchanges(proposals: &[Proposal]) -> Result<(), PolicyError> {
        match proposals.iter().position(Proposal::has_additional_without_ke) {
            Some(index) => Err(PolicyError::AdditionalWithoutKe { index }),
            None => Ok(()),
        }
    }

    /// Sets whose order decides (strongSwan: `charon.prefer_configured_proposals`). [`Dialect::Rfc`] and strongSwan heed it.
    #[must_use]
    pub const fn with_preference(mut self, prefer: Preference) -> Self {
        self.settings.prefer = prefer;
        self
    }

    /// Sets whether private ids, 1024 and above, may be chosen (strongSwan: `charon.accept_private_algs`, or the peer says by
    /// its vendor ID that it is strongSwan). Only strongSwan asks.
    #[must_use]
    pub const fn with_private_use(mut self, accept: bool) -> Self {
        self.settings.accept_private = accept;
        self
    }

    /// Sets whether AEAD ciphers can be had for ESP. Only OpenIKED asks: the build observed here refuses them.
    #[must_use]
    pub const fn with_esp_aead(mut self, accept: bool) -> Self {
        self.settings.esp_aead = accept;
        self
    }

    /// The same without key exchanges: what is offered and accepted for the Child SA of IKE_AUTH (RFC 7296 section 1.2).
    #[must_use]
    pub fn without_key_exchanges(&self) -> Self {
        let without = |proposal: &Proposal| {
            let transforms = proposal.transforms.iter().copied().filter(|transform| !transform.ty.is_key_exchange());
            Proposal::new(proposal.protocol, transforms.collect::<Vec<_>>())
        };
        self.with_proposals(self.proposals.iter().map(without).collect())
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
