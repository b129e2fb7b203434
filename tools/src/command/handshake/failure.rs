//! Why a handshake, or a part of it, did not come about.

use ikev2::error::{BuildError, CryptoError, FragmentError, ParseError, SealError, SuiteError, Unsupported};
use ikev2::exchange::{ForeignRequest, WindowError};
use ikev2::ke::{AdditionalWithoutKeError, KeyExchangeError};
use ikev2::proposal::ResponseError;
use ikev2::registry::NotifyType;
use thiserror::Error;

#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The command line asks for what cannot be done, or a file cannot be read.
    #[error("{0}")]
    Usage(String),
    #[error("sockets: {0}")]
    Io(#[from] std::io::Error),
    /// No TCP connection can be opened.
    #[error("no TCP connection to {0}: {1}")]
    Unreachable(std::net::SocketAddr, std::io::Error),
    /// The peer refused.
    #[error("the peer answered {}", notify(*.0))]
    Refused(NotifyType),
    /// EAP ended with Failure.
    #[error("EAP ended with Failure")]
    EapFailed,
    /// The peer did not answer.
    #[error("no answer")]
    NoAnswer,
    #[error("{0}")]
    KeyExchange(#[from] KeyExchangeError),
    #[error("{0}")]
    AdditionalWithoutKe(#[from] AdditionalWithoutKeError),
    /// A message of the peer is not well formed.
    #[error("{0}")]
    Parse(#[from] ParseError),
    /// The peer, or this program, broke the protocol.
    #[error("{0}")]
    Protocol(String),
    #[error("authentication failed: {0}")]
    Authentication(String),
}

pub(crate) fn notify(ty: NotifyType) -> String {
    ty.name().map_or_else(|| ty.0.to_string(), str::to_owned)
}

macro_rules! protocol {
    ($($ty:ty),+) => {
        $(impl From<$ty> for Failure {
            fn from(error: $ty) -> Self {
                Self::Protocol(error.to_string())
            }
        })+
    };
}

protocol!(BuildError, CryptoError, ForeignRequest, FragmentError, SealError, SuiteError, Unsupported, WindowError, ResponseError);

impl From<ring::error::Unspecified> for Failure {
    fn from(_: ring::error::Unspecified) -> Self {
        Self::Protocol("a cryptographic operation failed".into())
    }
}

impl From<ikev2::auth::AuthError> for Failure {
    fn from(error: ikev2::auth::AuthError) -> Self {
        Self::Authentication(error.to_string())
    }
}
