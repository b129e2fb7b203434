//! A row of the table: what one stack offers or accepts for one protocol, and how far it is known.

use crate::error::{BuildError, Element};
use crate::proposal::{Dialect, NegotiationContext, Policy, PolicyError, Preference, Proposal, names};
use crate::registry::{KeMethod, SecurityProtocol, TransformType};
use crate::role::Role;
use crate::transform::Transform;
use crate::wire::{ChainBuilder, PAYLOAD_HEADER_LEN, SaBuilder};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use thiserror::Error;

/// How much a row can be relied on: the least sure part of it. [`Profile::confidence_note`] says which part that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceConfidence {
    /// A guess, if an informed one.
    Low,
    /// Inferred from logs or from a relative of the product.
    Medium,
    /// Read in source, in a vendor's documentation, or in logs that agree.
    High,
}

impl fmt::Display for SourceConfidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

/// The sides of a negotiation a profile is known for; at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Roles {
    initiator: bool,
    responder: bool,
}

impl Roles {
    /// Known for what it offers.
    pub const INITIATOR: Self = Self { initiator: true, responder: false };
    /// Known for what it accepts.
    pub const RESPONDER: Self = Self { initiator: false, responder: true };
    /// The same list for both sides.
    pub const BOTH: Self = Self { initiator: true, responder: true };

    /// Whether the profile is known for this side.
    #[must_use]
    pub const fn contains(self, role: Role) -> bool {
        match role {
            Role::Initiator => self.initiator,
            Role::Responder => self.responder,
        }
    }
}

/// `initiator`, `responder`, or `initiator and responder`.
impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sides = [Role::Initiator, Role::Responder].into_iter().filter(|role| self.contains(*role));
        let first = sides.next().map_or("", Role::name);
        f.write_str(first)?;
        sides.try_for_each(|role| write!(f, " and {role}"))
    }
}

/// One proposal of a profile: its transforms, those of one type together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProfileProposal {
    groups: &'static [&'static [Transform]],
}

impl ProfileProposal {
    pub(super) const fn new(groups: &'static [&'static [Transform]]) -> Self {
        Self { groups }
    }

    /// The transforms, in wire order where that is known.
    pub fn transforms(&self) -> impl Iterator<Item = Transform> + Clone + use<> {
        self.groups.iter().flat_map(|group| group.iter().copied())
    }

    /// The transforms as an SA payload of this exchange carries them. IKE_AUTH has no KE transform but NONE, and those who would
    /// negotiate a method later leave the type out there (RFC 7296 section 1.2).
    fn sent(&self, context: NegotiationContext) -> impl Iterator<Item = Transform> + Clone + use<> {
        let keeps = move |group: &&'static [Transform]| {
            context != NegotiationContext::IkeAuth || group.iter().all(|t| !t.ty.is_key_exchange() || t.is_none())
        };
        self.groups.iter().copied().filter(keeps).flat_map(|group| group.iter().copied())
    }
}

/// What one stack offers or accepts for one protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Profile {
    /// The name it is found by.
    pub name: &'static str,
    /// Vendor and product.
    pub vendor: &'static str,
    /// The versions it holds for.
    pub versions: &'static str,
    /// The sides it is known for.
    pub roles: Roles,
    /// The protocol its proposals are for.
    pub protocol: SecurityProtocol,
    /// How much it can be relied on, at its weakest point.
    pub confidence: SourceConfidence,
    /// The same in the words of whoever collected it, with the parts that differ.
    pub confidence_note: &'static str,
    /// Where it was found.
    pub sources: &'static [&'static str],
    /// What else is known; may be empty.
    pub notes: &'static str,
    /// How the stack chooses as responder, where that is known.
    pub selection: Option<&'static str>,
    /// The rules the stack decides by; [`Dialect::Rfc`] when nobody could observe them.
    pub dialect: Dialect,
    /// Whose order of preference decides when it responds.
    pub prefer: Preference,
    /// The proposals, numbered 1, 2, .. in this order.
    pub proposals: &'static [ProfileProposal],
}

/// A profile cannot be used so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ProfileError {
    /// The profile is for another protocol than the exchange negotiates.
    #[error("the profile is for {}, and this exchange negotiates {}", names::protocol(*.protocol), if .context.is_ike() { "an IKE SA" } else { "ESP or AH" })]
    Context {
        /// The profile's protocol.
        protocol: SecurityProtocol,
        /// The exchange asked for.
        context: NegotiationContext,
    },
    /// No policy can hold it.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The SPI has not the size the exchange calls for.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl Profile {
    /// Whether its least sure part is a guess: to be said beside whatever is concluded from it.
    #[must_use]
    pub const fn is_uncertain(&self) -> bool {
        matches!(self.confidence, SourceConfidence::Low)
    }

    /// The method of the KE payload it sends first: that of the first KE transform (RFC 7296 section 1.2). `None` when the exchange
    /// carries none.
    #[must_use]
    pub fn first_ke(&self, context: NegotiationContext) -> Option<KeMethod> {
        let first = self.proposals.first()?;
        let ke = first.sent(context).find(|t| t.ty == TransformType::KE && !t.is_none())?;
        Some(KeMethod(ke.id.0))
    }

    /// The profile as proposals.
    #[must_use]
    pub fn to_proposals(&self) -> Vec<Proposal> {
        self.proposals.iter().map(|p| Proposal::new(self.protocol, p.transforms().collect::<Vec<_>>())).collect()
    }

    /// The profile as a responder's policy, with its own order of preference, under the rules of `dialect`; its own are
    /// [`dialect`](Self::dialect).
    ///
    /// # Errors
    /// [`ProfileError::Context`] when the profile is for another protocol than `context` calls for.
    pub fn policy(&self, dialect: Dialect, context: NegotiationContext) -> Result<Policy, ProfileError> {
        self.check(context)?;
        // What the row lists it has; the OpenIKED build without AEAD for ESP has another list.
        Ok(Policy::new(dialect, self.to_proposals())?.with_preference(self.prefer).with_esp_aead(true))
    }

    /// The profile as the body of an SA payload, after the generic header. `spi` is the initiator's: none, 4 or 8 octets
    /// ([`NegotiationContext::spi_size`]).
    ///
    /// # Errors
    /// [`ProfileError::Context`] when the profile is for another protocol than `context` calls for, [`ProfileError::Build`] when
    /// the SPI is not of the size due.
    pub fn offer(&self, context: NegotiationContext, spi: &[u8]) -> Result<Vec<u8>, ProfileError> {
        self.check(context)?;
        let expected = usize::from(context.spi_size());
        if spi.len() != expected {
            return Err(BuildError::SpiSize { element: Element::Proposal, size: spi.len(), expected }.into());
        }
        let write = |buf: &mut [u8]| ChainBuilder::new(buf).sa(|sa| self.emit(context, spi, sa)).finish().map(|(_, chain)| chain.len());
        let mut payload = Vec::new();
        if let Err(BuildError::BufferTooSmall { needed }) = write(&mut payload) {
            payload = vec![0; needed];
        }
        write(&mut payload)?;
        payload.drain(..PAYLOAD_HEADER_LEN.min(payload.len()));
        Ok(payload)
    }

    /// Writes the proposals into an SA payload under construction.
    pub fn emit(&self, context: NegotiationContext, spi: &[u8], sa: &mut SaBuilder<'_, '_>) {
        for (number, proposal) in (1..=u8::MAX).zip(self.proposals) {
            sa.proposal(number, self.protocol, spi, |p| {
                for transform in proposal.sent(context) {
                    match transform.key_bits {
                        Some(bits) => p.transform_key_length(transform.ty, transform.id, bits),
                        None => p.transform(transform.ty, transform.id),
                    };
                }
            });
        }
    }

    const fn check(&self, context: NegotiationContext) -> Result<(), ProfileError> {
        if context.takes(self.protocol) { Ok(()) } else { Err(ProfileError::Context { protocol: self.protocol, context }) }
    }
}

/// `windows10-client-default-ike: Microsoft .., 10 (..), initiator, IKE; confidence medium (high for ..)`.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = names::protocol(self.protocol);
        write!(f, "{}: {}, {}, {}, {protocol}; ", self.name, self.vendor, self.versions, self.roles)?;
        write!(f, "confidence {} ({})", self.confidence, self.confidence_note)
    }
}
