//! Why nothing was chosen, as values: the answer, the fault in the octets, and what keeps two proposals apart.

use crate::error::ParseError;
use crate::registry::{KeMethod, SecurityProtocol, TransformType};

/// What the stack answers instead of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RefusalResponse {
    /// No proposal fits: NO_PROPOSAL_CHOSEN.
    NoProposalChosen,
    /// A proposal fits, but the KE payload is of another method than the one chosen: INVALID_KE_PAYLOAD.
    InvalidKePayload {
        /// The method wanted instead.
        wanted: KeMethod,
    },
    /// The octets are not what the stack accepts: INVALID_SYNTAX.
    InvalidSyntax(RefusalCause),
    /// The message is dropped without an answer.
    Dropped(RefusalCause),
    /// An SA payload without a proposal, which OpenIKED sends for an offer it was left nothing of.
    EmptySaPayload,
}

/// What is wrong with the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RefusalCause {
    /// The SA payload; offsets count from the first octet of its body.
    Sa(ParseError),
    /// The KE payload is of a method the stack cannot read it as.
    KeMethod(KeMethod),
    /// There is no KE payload.
    NoKePayload,
    /// The last proposal holds a transform of a type the stack does not know, and with it the stack drops the request.
    LastProposal(TransformType),
    /// The last proposal is of another protocol than the one chosen, and the stack takes its word for all.
    LastProtocol(SecurityProtocol),
    /// A proposal is chosen, and none names an SPI.
    NoSpi,
    /// A cipher that needs an INTEG transform was chosen without one.
    NoIntegrity,
    /// Additional key exchanges were chosen in IKE_SA_INIT, and the peer does not announce INTERMEDIATE_EXCHANGE_SUPPORTED (RFC 9370
    /// section 2.2.1).
    NoIntermediate,
}

impl From<ParseError> for RefusalResponse {
    fn from(error: ParseError) -> Self {
        Self::InvalidSyntax(RefusalCause::Sa(error))
    }
}

/// Why a proposal is passed over before its transforms are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SkipReason {
    /// The protocol is none the exchange can negotiate.
    Protocol(SecurityProtocol),
    /// The SPI has another size than the exchange calls for, in octets.
    SpiSize {
        /// Octets offered.
        size: u8,
        /// Octets due.
        expected: u8,
    },
    /// There is no transform in it.
    Empty,
    /// Another proposal has the same number.
    RepeatedNumber,
    /// It holds a transform of a type the stack does not know.
    TransformType(TransformType),
    /// INTEG NONE and real INTEG transforms together.
    MixedInteg,
}

/// Why two proposals do not fit although every type does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Conflict {
    /// The protocols differ.
    Protocol,
    /// Ciphers with and without integrity of their own in one proposal (RFC 7296 section 3.3).
    MixedCiphers,
    /// An INTEG transform beside a cipher with integrity of its own (RFC 5282 section 8).
    IntegWithAead,
    /// Every additional key exchange has a common method, but no choice uses each method once (RFC 9370 section 2.2.1).
    KeMethodReused,
    /// An additional key exchange would be done, and none of KE before it (RFC 9370 section 2.2).
    AdditionalWithoutKe,
    /// An additional key exchange would be done after an IKE_SA_INIT request that does not announce INTERMEDIATE_EXCHANGE_SUPPORTED
    /// (RFC 9370 section 2.2.1).
    NoIntermediate,
}
