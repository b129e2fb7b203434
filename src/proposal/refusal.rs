//! Why nothing was chosen: data first, prose second.

use crate::error::ParseError;
use crate::registry::{KeMethod, SecurityProtocol, TransformType};

/// What the stack answers instead of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No proposal fits: NO_PROPOSAL_CHOSEN.
    NoProposalChosen,
    /// A proposal fits, but the KE payload is of another method than the one chosen: INVALID_KE_PAYLOAD.
    InvalidKePayload {
        /// The method wanted instead.
        wanted: KeMethod,
    },
    /// The octets are not what the stack accepts: INVALID_SYNTAX.
    InvalidSyntax(Fault),
    /// The message is dropped without an answer.
    Dropped(Fault),
    /// An SA payload without a proposal, which OpenIKED sends for an offer it was left nothing of.
    EmptySaPayload,
}

/// What is wrong with the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The SA payload; offsets count from the first octet of its body.
    Sa(ParseError),
    /// The KE payload is of a method the stack has no name for.
    KeMethod(KeMethod),
    /// There is no KE payload.
    NoKePayload,
    /// A cipher that needs an INTEG transform was chosen without one.
    NoIntegrity,
}

impl From<ParseError> for Reason {
    fn from(error: ParseError) -> Self {
        Self::InvalidSyntax(Fault::Sa(error))
    }
}

/// Why a proposal is passed over before its transforms are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flaw {
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
