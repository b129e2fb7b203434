//! Why a datagram was not used.

use super::close::Violation;
use crate::error::ParseError;
use crate::exchange::Discarded;
use crate::registry::NotifyType;
use thiserror::Error;

/// Why a datagram was not used. At most it was counted, led to a liveness check, or is kept until the exchange would give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Ignored {
    /// It is no IKE message, ESP packet or keepalive.
    #[error(transparent)]
    NotIke(#[from] ParseError),
    /// It is a message of IKEv1, or of a version that is answered and not served.
    #[error("major version {0}")]
    Version(u8),
    /// No IKE SA has this SPI. RFC 7296 section 2.21.4 lets such messages be ignored.
    #[error("no IKE SA has the SPI {0:016x}")]
    UnknownSpi(u64),
    /// The IKE SA is over, and answers retransmissions only.
    #[error("the IKE SA is over")]
    Over,
    /// A message for an IKE SA that does not open, or is not due.
    #[error(transparent)]
    Discarded(#[from] Discarded),
    /// An unprotected message that is not due, or that cannot be what it seems to be: anybody can have sent it.
    #[error("an unprotected message: {0}")]
    Unprotected(Violation),
    /// An unprotected error about an IKE SA that is up: it is at most a reason for a liveness check (RFC 7296 section 2.21.4).
    #[error("an unprotected error about an IKE SA that is up")]
    UnprotectedError,
    /// An answer to IKE_SA_INIT from an address or port that was not asked (RFC 7296 section 2.11).
    #[error("an answer from where nobody was asked")]
    Elsewhere,
    /// A late copy of an answer that was obeyed: the cookie it asks for was shown, the method it asks for is the one in use.
    #[error("a copy of an answer that was obeyed")]
    Repeated,
    /// An error in IKE_SA_INIT is held back: something better may come (RFC 7296 section 2.21.1). So is an answer that comes after another
    /// one, of which nothing may come (section 2.4).
    #[error("an unprotected answer, held back")]
    HeldBack,
    /// An IKE_SA_INIT request is answered with COOKIE: its sender has to show that it can be reached (RFC 7296 section 2.6).
    #[error("a cookie is demanded")]
    CookieDemanded,
    /// An IKE_SA_INIT request is answered with this error, and nothing is kept.
    #[error("refused with {0}")]
    Refused(NotifyType),
    /// A bound of [`Limits`](super::Limits) is reached.
    #[error("too many IKE SAs, or too many half open")]
    Limit,
    /// The application has not taken the events or the datagrams that wait, or decided what a message that came by TCP depends on. By UDP, the peer
    /// will send it again; by TCP, it is to be handed in again ([`Endpoint::handle`](super::Endpoint::handle)).
    #[error("events or datagrams wait to be taken")]
    Busy,
    /// An answer would be longer than what came from this address, or is one too many: it could be meant to flood somebody else.
    #[error("an answer could flood an address that is not proved")]
    Amplification,
}
