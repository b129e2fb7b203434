//! Why a signature was not verified, or not made.

use super::{KeyType, SignatureScheme};
use crate::error::{CryptoError, ParseError};
use crate::registry::{AuthMethod, HashAlgorithm, NotifyType};
use thiserror::Error;

/// A signature that was not verified, or not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AuthError {
    /// Authentication Data, AlgorithmIdentifier or key are not in the form they must have.
    #[error("malformed: {0}")]
    Malformed(#[from] ParseError),
    /// The method is none that signs.
    #[error("{0} is no signature method of this crate")]
    Method(AuthMethod),
    /// The AlgorithmIdentifier names none of the schemes of [`SignatureScheme`].
    #[error("the AlgorithmIdentifier names no signature algorithm of this crate")]
    UnknownAlgorithm,
    /// The scheme takes another kind of key, or the method another scheme.
    #[error("{scheme} does not go with a key of type {key}")]
    KeyMismatch {
        /// The scheme.
        scheme: SignatureScheme,
        /// The kind of the key.
        key: KeyType,
    },
    /// The key's own RSASSA-PSS parameters do not allow the scheme (RFC 4055 section 3.3).
    #[error("the RSASSA-PSS parameters of the key do not allow {0}")]
    KeyRestricted(SignatureScheme),
    /// The scheme's hash is none of those the caller accepts.
    #[error("the hash algorithm {0} is not accepted")]
    HashNotAccepted(HashAlgorithm),
    /// An RSA key is smaller or larger than 2048 to 8192 bits.
    #[error("an RSA key of {0} bits, outside 2048 to 8192")]
    KeySize(usize),
    /// The provider, or the private key, does not do it.
    #[error("{scheme} with a key of type {key} is not supported{}{}", if .feature.is_some() { " by this provider; it comes with cargo feature " } else { "" }, .feature.unwrap_or(""))]
    Unsupported {
        /// The scheme.
        scheme: SignatureScheme,
        /// The kind of the key.
        key: KeyType,
        /// The cargo feature that brings it to a built-in provider; `None` if this crate does not do it at all.
        feature: Option<&'static str>,
    },
    /// The signature is wrong, or the key octets are.
    #[error(transparent)]
    Failed(#[from] CryptoError),
}

impl AuthError {
    /// The Notify a peer deserves whose AUTH payload this concerns (RFC 7296 section 2.21.2).
    #[must_use]
    pub const fn notify(&self) -> NotifyType {
        NotifyType::AUTHENTICATION_FAILED
    }
}
