//! What an endpoint gives back.

use crate::session::close::CloseReason;
use crate::session::ignored::Ignored;
use crate::session::path::NetworkPath;
use thiserror::Error;

/// What became of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an ESP packet is for the application"]
pub enum Handled {
    /// It was taken.
    Consumed,
    /// It is an ESP packet with this SPI, for whoever decrypts ESP.
    Esp {
        /// Security Parameters Index.
        spi: u32,
    },
    /// It is a NAT keepalive.
    Keepalive,
    /// It was not used, for this reason.
    Ignored(Ignored),
}

/// A datagram to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "what is not sent is lost"]
pub struct Transmission {
    /// Between which ends.
    pub path: NetworkPath,
    /// Octets of the datagram, in the buffer.
    pub len: usize,
    /// Whether the IP layer may fragment it; on a TCP connection it does not matter. Where it may not, the sender sets Don't Fragment if it can.
    pub may_fragment: bool,
}

/// The buffer is shorter than the datagram, which is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the datagram has {needed} octets")]
pub struct ShortBuffer {
    /// Octets of the datagram.
    pub needed: usize,
}

/// Why an IKE SA was not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InitiateError {
    /// There are as many IKE SAs as there may be.
    #[error("there are as many IKE SAs as there may be")]
    Limit,
    /// Nothing is left to offer that the provider can do.
    #[error("there is no proposal that the provider can do")]
    NothingToOffer,
    /// The responder is to prove itself by a certificate, and nobody says who it must be
    /// ([`PeerConfig::with_expected_identity`](crate::session::PeerConfig::with_expected_identity),
    /// [`with_any_identity`](crate::session::PeerConfig::with_any_identity)).
    #[error("the expected identity of the responder is not said")]
    NoExpectedIdentity,
    /// The responder may do without a proof of its own because EAP proves who it is, and EAP is not how we authenticate ourselves (RFC 5998).
    #[error("EAP is to authenticate the responder, and not us")]
    EapOnlyWithoutEap,
    /// The endpoint is shut down.
    #[error("the endpoint is shut down")]
    Shutdown,
    /// The request cannot be made.
    #[error(transparent)]
    Request(#[from] CloseReason),
}

/// Why nothing is done of what the application asks of an IKE SA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum CommandError {
    /// As much waits for its turn as may ([`Limits::commands`](crate::session::Limits::commands)): it may be asked for again once something of it
    /// is done.
    #[error("too much waits for its turn in this IKE SA")]
    QueueFull,
    /// MOBIKE was not agreed on with the peer, or the IKE SA is not up (RFC 4555 section 3.2). A host that has moved begins another IKE SA.
    #[error("MOBIKE is not agreed on with the peer")]
    NoMobike,
    /// The peer began the IKE SA, and decides on its addresses (RFC 4555 section 3.5).
    #[error("the addresses are for the initiator to change")]
    NotInitiator,
    /// The IKE SA has no such Child SA.
    #[error("the IKE SA has no such Child SA")]
    UnknownChild,
    /// The path is no TCP connection, or the IKE SA is carried by none.
    #[error("the path, or that of the IKE SA, is no TCP connection")]
    NoConnection,
}
