//! Why something was refused, and why an IKE SA is over.

use crate::auth::AuthError;
use crate::error::{BuildError, CryptoError, ParseError, Unsupported};
use crate::exchange::{ProtectError, RequestError, WindowError};
use crate::fragment::strategy::SealMessageError;
use crate::ke::{AdditionalWithoutKeError, KeyExchangeError};
use crate::proposal::ResponseError;
use crate::registry::{ExchangeType, KeMethod, NotifyType, PayloadType};
use thiserror::Error;

/// What a peer did against the protocol, or what it did that we do not accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Violation {
    /// A message cannot be read.
    #[error(transparent)]
    Syntax(#[from] ParseError),
    /// A payload is missing.
    #[error("the message has no payload {0}")]
    Missing(PayloadType),
    /// A notify is missing.
    #[error("the message has no notify {0}")]
    MissingNotify(NotifyType),
    /// An exchange that is not due.
    #[error("exchange {0} is not due")]
    Exchange(ExchangeType),
    /// An SPI of zero, or of a wrong size.
    #[error("the SPI has a wrong size or is zero")]
    Spi,
    /// The SA payload of a response is no answer to our offer.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The KE payload is of another method than the one that is due.
    #[error("a KE payload of method {found} where {due} is due")]
    KeMethod {
        /// The method of the payload.
        found: KeMethod,
        /// The method that is due.
        due: KeMethod,
    },
    /// A public value that is not valid for its method.
    #[error("the key exchange data of method {0} is not valid")]
    KeData(KeMethod),
    /// Traffic selectors that are not within those we offered (RFC 7296 section 2.9).
    #[error("the traffic selectors are not within those that were offered")]
    Selectors,
    /// Additional key exchanges without INTERMEDIATE_EXCHANGE_SUPPORTED (RFC 9370 section 2.2.1).
    #[error("additional key exchanges without IKE_INTERMEDIATE")]
    IntermediateMissing,
    /// A secret of a key exchange that does not belong there.
    #[error(transparent)]
    KeyExchange(#[from] KeyExchangeError),
    /// Additional key exchanges with none to add to.
    #[error(transparent)]
    AdditionalWithoutKe(#[from] AdditionalWithoutKeError),
    /// A response has another COOKIE2 than its request, or none (RFC 4555 section 3.7).
    #[error("COOKIE2 of a response is not that of its request")]
    OtherCookie,
    /// The peer asks for another key exchange method or another cookie again and again.
    #[error("IKE_SA_INIT was begun again too often")]
    TooManyRounds,
}

/// Why the peer's proof of its identity is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AuthFailure {
    /// The application does not know the peer.
    #[error("the application does not accept this identity")]
    UnknownPeer,
    /// The peer is another than the one expected.
    #[error("the peer is another than the one expected")]
    OtherIdentity,
    /// The peer authenticates by another kind of method than the one agreed on.
    #[error("the peer authenticates by another kind of method")]
    OtherMethod,
    /// The shared key is another.
    #[error("the shared key is another")]
    SharedKey,
    /// The signature is wrong, or made in a way that is not accepted.
    #[error(transparent)]
    Signature(#[from] AuthError),
    /// The application does not vouch for the peer's certificate.
    #[error("the application does not vouch for the peer's certificate")]
    Certificate,
    /// The peer signs and sends no certificate.
    #[error("the peer sent no certificate")]
    NoCertificate,
    /// The key of the EAP method is another (RFC 7296 section 2.16).
    #[error("the key of the EAP method is another")]
    EapKey,
    /// The EAP method makes no key, and has to.
    #[error("the EAP method makes no key")]
    EapWithoutKey,
    /// EAP took too many rounds ([`Limits::eap_rounds`](super::Limits::eap_rounds)).
    #[error("EAP took too many rounds")]
    EapRounds,
    /// A PPK is mandatory, and the peer does not use it (RFC 8784, RFC 9867).
    #[error("the peer does not use the PPK that is mandatory")]
    NoPpk,
}

/// Why an IKE SA is over. It is told once, in the last event of the IKE SA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum CloseReason {
    /// The application asked for it.
    #[error("the application closed it")]
    Requested,
    /// The peer deleted it.
    #[error("the peer deleted it")]
    Deleted,
    /// There was no response to a request (RFC 7296 section 2.4).
    #[error("no response in exchange {0}")]
    NoResponse(ExchangeType),
    /// The peer refused the exchange.
    #[error("the peer refused {exchange}: {notify}")]
    Refused {
        /// The exchange.
        exchange: ExchangeType,
        /// The error that it sent.
        notify: NotifyType,
    },
    /// We refused the exchange, and told the peer.
    #[error("refused with {0}")]
    WeRefused(NotifyType),
    /// The peer's proof of its identity is not accepted.
    #[error("authentication failed: {0}")]
    Authentication(AuthFailure),
    /// The peer did not accept ours.
    #[error("the peer did not accept our authentication")]
    NotAuthenticated,
    /// EAP ended with Failure: the initiator did not authenticate itself (RFC 7296 section 2.16).
    #[error("EAP ended with Failure")]
    EapFailed,
    /// The time is over for which the initiator's authentication counts (RFC 4478).
    #[error("the initiator did not authenticate itself anew in time")]
    Expired,
    /// The peer broke the protocol.
    #[error(transparent)]
    Violation(Violation),
    /// The initiator did not authenticate itself in time.
    #[error("the initiator did not authenticate itself in time")]
    HalfOpen,
    /// A decision of the application came too late, or was a refusal.
    #[error("the application did not decide in time, or refused")]
    Undecided,
    /// The peer has begun anew: INITIAL_CONTACT (RFC 7296 section 2.4).
    #[error("the peer has begun anew")]
    InitialContact,
    /// The peer answered TEMPORARY_FAILURE for so long that there is no way on.
    #[error("the peer answers TEMPORARY_FAILURE again and again")]
    TemporaryFailures,
    /// The peer sends us to another gateway (RFC 5685).
    #[error("the peer redirects to another gateway")]
    Redirected,
    /// All Message IDs are used up, or the window has failed.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// A message of ours cannot be built or sealed.
    #[error(transparent)]
    Message(#[from] SealMessageError),
    /// A message of ours cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The provider does not have what was chosen.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// A cryptographic operation of our own failed, or there is no randomness.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The endpoint was shut down before it was up; one that was up ends as [`Requested`](Self::Requested).
    #[error("the endpoint is shut down")]
    Shutdown,
}

impl<V: Into<Violation>> From<V> for CloseReason {
    fn from(violation: V) -> Self {
        Self::Violation(violation.into())
    }
}

impl From<ProtectError> for CloseReason {
    fn from(error: ProtectError) -> Self {
        match error {
            ProtectError::Unsupported(error) => Self::Unsupported(error),
            ProtectError::Suite(crate::error::SuiteError::Unsupported(error)) => Self::Unsupported(error),
            ProtectError::Suite(_) | ProtectError::Crypto(_) => Self::Crypto(CryptoError),
        }
    }
}

impl From<RequestError> for CloseReason {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Window(error) => Self::Window(error),
            RequestError::Seal(error) => Self::Message(error),
            // A request is answered where it was taken.
            RequestError::Foreign(_) => Self::Window(WindowError::Failed),
        }
    }
}

/// What was refused, so that an IKE SA or a Child SA was not set up, or kept its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Refusing {
    /// The peer refused what we asked for.
    Peer,
    /// We refused what the peer asked for.
    We,
}
