//! What vendors' stacks offer and accept by default, as far as it is publicly known, each row with its source and how sure it is.
//!
//! A profile is the list of one stack for one protocol. It stands on either side of a negotiation: [`Profile::offer`] writes it as an
//! SA payload body, [`Profile::policy`] makes it a policy. [`compare`] says what two of them would agree on and in what they differ.
//! Nothing here is a promise about a peer: [`Profile::confidence`] and [`Profile::notes`] belong to every conclusion.
//!
//! ```
//! use ikev2::proposal::{negotiate, profiles, Question, Refusal};
//! use ikev2::registry::KeMethod;
//! let windows = profiles::find("windows10").ok_or("no such profile")?;
//! let azure = profiles::find("azure").ok_or("no such profile")?;
//! assert_eq!(windows.name, "windows10-client-default-ike");
//! let offer = windows.offer(Question::Ike, &[])?;
//! let policy = azure.policy(azure.dialect, Question::Ike)?;
//! let selection = negotiate(&offer, Question::Ike, Some(KeMethod::MODP_1024), &policy).map_err(|refusal| refusal.reason()).unwrap();
//! assert_eq!(selection.number(), 10);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod alias;
mod android;
mod apple;
mod aws;
mod compare;
mod libreswan;
mod microsoft;
mod openiked;
mod routers;
mod strongswan;
mod transforms;

pub use alias::{ALIASES, Alias, find, find_for};
pub use android::*;
pub use apple::*;
pub use aws::*;
pub use compare::{Caveat, Comparison, Difference, compare};
pub use libreswan::*;
pub use microsoft::*;
pub use openiked::*;
pub use routers::*;
pub use strongswan::*;

use super::{Dialect, Policy, PolicyError, Prefer, Proposal, Question, Transform};
use crate::error::{BuildError, Element};
use crate::registry::{KeMethod, SecurityProtocol, TransformType};
use crate::wire::{PAYLOAD_HEADER_LEN, PayloadsBuilder, SaBuilder};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use thiserror::Error;

/// Every profile.
pub const ALL: &[Profile] = &[
    WINDOWS10_CLIENT_DEFAULT_IKE,
    WINDOWS11_CLIENT_DEFAULT_IKE,
    WINDOWS_CLIENT_NEGOTIATEDH2048_2_IKE,
    WINDOWS_CLIENT_DEFAULT_ESP,
    WINDOWS_CLIENT_CUSTOM_IKE_EXAMPLE,
    RRAS_DEFAULT_IKE_OUTCOME,
    AZURE_VPNGW_ROUTEBASED_DEFAULT_IKE,
    AZURE_VPNGW_ROUTEBASED_DEFAULT_ESP_INITIATOR,
    AZURE_VPNGW_ROUTEBASED_DEFAULT_ESP_RESPONDER,
    IOS_DEFAULT_IKE,
    IOS_DEFAULT_ESP,
    MACOS_DEFAULT_IKE,
    MACOS_DEFAULT_ESP,
    MACOS14_PROFILE_UNDEFINED_IKE,
    ANDROID_IKEV2VPNPROFILE_IKE,
    ANDROID_IKEV2VPNPROFILE_ESP,
    STRONGSWAN_5_9_DEFAULT_IKE,
    STRONGSWAN_5_9_DEFAULT_ESP,
    STRONGSWAN_5_9_0_5_9_5_DEFAULT_ESP,
    STRONGSWAN_6_0_2_DEFAULT_ESP,
    STRONGSWAN_6_0_DEFAULT_IKE,
    LIBRESWAN_5_DEFAULT_IKE,
    LIBRESWAN_4_DEFAULT_IKE,
    LIBRESWAN_5_DEFAULT_ESP,
    OPENIKED_DEFAULT_IKE,
    OPENIKED_DEFAULT_ESP,
    CISCO_IOS_15_DEFAULT_IKE,
    CISCO_IOSXE_17_DEFAULT_IKE,
    FORTIGATE_DEFAULT_IKE,
    FORTIGATE_DEFAULT_ESP,
    MIKROTIK_DEFAULT_IKE,
    MIKROTIK_DEFAULT_ESP,
    AWS_S2S_DEFAULT_IKE,
    AWS_S2S_DEFAULT_ESP,
];

/// How much a row can be relied on: the least sure part of it. [`Profile::confidence_note`] says which part that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A guess, if an informed one.
    Low,
    /// Inferred from logs or from a relative of the product.
    Medium,
    /// Read in source, in a vendor's documentation, or in logs that agree.
    High,
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

/// Which side of a negotiation a profile is known for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// What it offers.
    Initiator,
    /// What it accepts.
    Responder,
    /// The same list for both.
    Both,
}

impl Role {
    /// Whether the profile is known for the side of `other`.
    #[must_use]
    pub const fn acts_as(self, other: Self) -> bool {
        matches!((self, other), (Self::Both, _) | (Self::Initiator, Self::Initiator) | (Self::Responder, Self::Responder))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Initiator => "initiator",
            Self::Responder => "responder",
            Self::Both => "initiator and responder",
        })
    }
}

/// One proposal of a profile: its transforms, those of one type together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProfileProposal {
    groups: &'static [&'static [Transform]],
}

impl ProfileProposal {
    const fn new(groups: &'static [&'static [Transform]]) -> Self {
        Self { groups }
    }

    /// The transforms, in wire order where that is known.
    pub fn transforms(&self) -> impl Iterator<Item = Transform> + Clone + use<> {
        self.groups.iter().flat_map(|group| group.iter().copied())
    }

    /// The transforms as an SA payload of this exchange carries them. IKE_AUTH has no KE transform but NONE, and those who would
    /// negotiate a method later leave the type out there (RFC 7296 section 1.2).
    fn sent(&self, question: Question) -> impl Iterator<Item = Transform> + Clone + use<> {
        let keeps = move |group: &&'static [Transform]| {
            question != Question::AuthChild || group.iter().all(|t| !t.ty.is_key_exchange() || t.is_none())
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
    /// Which side it is known for.
    pub role: Role,
    /// The protocol its proposals are for.
    pub protocol: SecurityProtocol,
    /// How much it can be relied on, at its weakest point.
    pub confidence: Confidence,
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
    pub prefer: Prefer,
    /// The proposals, numbered 1, 2, .. in this order.
    pub proposals: &'static [ProfileProposal],
}

/// A profile cannot be used so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The profile is for another protocol than the exchange negotiates.
    #[error("the profile is for {}, and this exchange negotiates {}", super::names::protocol(*.protocol), if .question.is_ike() { "an IKE SA" } else { "ESP or AH" })]
    Question {
        /// The profile's protocol.
        protocol: SecurityProtocol,
        /// The exchange asked for.
        question: Question,
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
        matches!(self.confidence, Confidence::Low)
    }

    /// The method of the KE payload it sends first: that of the first KE transform (RFC 7296 section 1.2). `None` when the exchange
    /// carries none.
    #[must_use]
    pub fn first_ke(&self, question: Question) -> Option<KeMethod> {
        let first = self.proposals.first()?;
        let ke = first.sent(question).find(|t| t.ty == TransformType::KE && !t.is_none())?;
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
    /// [`ProfileError::Question`] when the profile is for another protocol than `question` asks for.
    pub fn policy(&self, dialect: Dialect, question: Question) -> Result<Policy, ProfileError> {
        self.check(question)?;
        // What the row lists it has; the OpenIKED build without AEAD for ESP has another list.
        Ok(Policy::new(dialect, self.to_proposals())?.prefer(self.prefer).esp_aead(true))
    }

    /// The profile as the body of an SA payload, after the generic header. `spi` is the initiator's: none, 4 or 8 octets
    /// ([`Question::spi_size`]).
    ///
    /// # Errors
    /// [`ProfileError::Question`] when the profile is for another protocol than `question` asks for, [`ProfileError::Build`] when
    /// the SPI is not of the size due.
    pub fn offer(&self, question: Question, spi: &[u8]) -> Result<Vec<u8>, ProfileError> {
        self.check(question)?;
        let expected = usize::from(question.spi_size());
        if spi.len() != expected {
            return Err(BuildError::SpiSize { element: Element::Proposal, size: spi.len(), expected }.into());
        }
        let write = |buf: &mut [u8]| PayloadsBuilder::new(buf).sa(|sa| self.emit(question, spi, sa)).finish().map(|(_, chain)| chain.len());
        let mut payload = Vec::new();
        if let Err(BuildError::BufferTooSmall { needed }) = write(&mut payload) {
            payload = vec![0; needed];
        }
        write(&mut payload)?;
        payload.drain(..PAYLOAD_HEADER_LEN.min(payload.len()));
        Ok(payload)
    }

    /// Writes the proposals into an SA payload under construction.
    pub fn emit(&self, question: Question, spi: &[u8], sa: &mut SaBuilder<'_, '_>) {
        for (number, proposal) in (1..=u8::MAX).zip(self.proposals) {
            sa.proposal(number, self.protocol, spi, |p| {
                for transform in proposal.sent(question) {
                    match transform.key_bits {
                        Some(bits) => p.transform_key_length(transform.ty, transform.id, bits),
                        None => p.transform(transform.ty, transform.id),
                    };
                }
            });
        }
    }

    const fn check(&self, question: Question) -> Result<(), ProfileError> {
        if question.takes(self.protocol) { Ok(()) } else { Err(ProfileError::Question { protocol: self.protocol, question }) }
    }
}

/// `windows10-client-default-ike: Microsoft .., 10 (..), initiator, IKE; confidence medium (high for ..)`.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = super::names::protocol(self.protocol);
        write!(f, "{}: {}, {}, {}, {protocol}; ", self.name, self.vendor, self.versions, self.role)?;
        write!(f, "confidence {} ({})", self.confidence, self.confidence_note)
    }
}
