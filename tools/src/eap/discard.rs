//! Why a packet was put aside.

use super::types::Type;
use ikev2::error::ParseError;
use ikev2::wire::EapCode;
use thiserror::Error;

/// Why a packet changed nothing: what waited before still waits. RFC 3748 calls this to discard silently.
///
/// In IKEv2 nobody but the authenticated other side can send such a packet, and IKE messages come once and in order: who answers each
/// message of the other side with one of its own has no reason to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Discard {
    /// It is no EAP packet.
    #[error("the EAP packet is not well formed: {0}")]
    Malformed(#[from] ParseError),
    /// Its code is none that this role takes.
    #[error("an EAP packet of code {} is none for this role", .0.0)]
    Code(EapCode),
    /// A response whose Identifier is not that of the request, RFC 3748 section 4.1; or a Success or Failure whose Identifier is neither
    /// that of the last request nor the next.
    #[error("the EAP packet has the Identifier {found}, and not {expected}")]
    Identifier {
        /// That of the last request.
        expected: u8,
        /// That of the packet.
        found: u8,
    },
    /// A request or response of another type than the conversation is at, RFC 3748 section 2.1.
    #[error("the EAP packet is of {found}, in the middle of {expected}")]
    Type {
        /// The type that is due.
        expected: Type,
        /// The type of the packet.
        found: Type,
    },
    /// A Success before the method has authenticated the authenticator, RFC 3748 section 4.2: believed, it would let anyone in its place.
    #[error("EAP-Success came before the method had authenticated the other side")]
    EarlySuccess,
    /// A Failure after the method came to its good end on both sides, RFC 3748 section 4.2.
    #[error("EAP-Failure came after the method had succeeded")]
    LateFailure,
    /// Nothing is due: the conversation has not begun, or is over.
    #[error("no EAP packet is due")]
    NotDue,
}
