//! Why EAP-TLS failed.

use rustls::AlertDescription;
use thiserror::Error;

/// Octets of TLS that are taken as one message: what rustls takes of one handshake message. It is allocated as it comes.
pub const MAX_MESSAGE: usize = 65536;

/// Why EAP-TLS failed.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// The other side refused this one by a TLS alert.
    #[error("the other side sent the TLS alert {0:?}")]
    AlertReceived(AlertDescription),
    /// This side refused the other one.
    #[error("{error}{}", .alert.map(|alert| format!(", TLS alert {alert:?}")).unwrap_or_default())]
    Refused {
        /// The alert that was sent, where it is known: in TLS 1.3 most are encrypted.
        alert: Option<AlertDescription>,
        /// Why.
        error: rustls::Error,
    },
    /// Fragments that do not make a message.
    #[error("{0}")]
    Framing(#[from] FramingFault),
    /// The server sent something else than the protected success indication, one octet of 0 (RFC 9190 section 2.1.1), or a client sent
    /// data at all.
    #[error("application data other than the success indication of RFC 9190")]
    ApplicationData,
    /// The other side sent nothing, or a part of a TLS record, when this side had nothing more to say.
    #[error("the other side has nothing to say, and the TLS handshake is not over")]
    Silence,
    /// The client sent TLS data in the place of its last, empty, response.
    #[error("the client has more to say after the TLS handshake")]
    NotEmpty,
}

/// Fragments that do not make a message, RFC 5216 sections 2.1.5 and 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FramingFault {
    /// No Flags, or L without a length.
    #[error("a packet is too short for its flags")]
    Short,
    /// S where the conversation had begun, or not where it begins.
    #[error("the flag S is at the wrong place")]
    Start,
    /// More than a message may have, said by L or sent.
    #[error("a TLS message of more than {max} octets", max = MAX_MESSAGE)]
    TooLong,
    /// L does not say as many octets as were sent, or changes from fragment to fragment.
    #[error("the length of a TLS message is not that of its fragments")]
    Length,
    /// M with nothing in the packet.
    #[error("a fragment without octets")]
    Empty,
    /// Something else than an acknowledgement came for a fragment.
    #[error("a fragment was not acknowledged")]
    NoAcknowledgement,
}
