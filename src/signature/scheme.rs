//! Signature schemes: how a signature is made.

use crate::registry::HashAlgorithm;
use core::fmt;

/// How a signature is made, as an AlgorithmIdentifier says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5 with this hash (RFC 8017 section 8.2).
    RsaPkcs1(HashAlgorithm),
    /// RSASSA-PSS (RFC 8017 section 8.1).
    RsaPss {
        /// The hash of the message.
        hash: HashAlgorithm,
        /// The hash of MGF1.
        mgf: HashAlgorithm,
        /// Octets of salt.
        salt_len: u16,
    },
    /// ECDSA with this hash, on whichever curve the key has (RFC 5758).
    Ecdsa(HashAlgorithm),
    /// Ed25519 (RFC 8410, RFC 8420).
    Ed25519,
    /// Ed448 (RFC 8410, RFC 8420).
    Ed448,
}

/// How r and s of an ECDSA signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum EcdsaForm {
    /// Ecdsa-Sig-Value in DER (RFC 3279 section 2.2.3), for method 14.
    Der,
    /// r | s, each as long as the curve's field (RFC 4754 section 7), for methods 9 to 11.
    Fixed,
}

impl SignatureScheme {
    /// RSASSA-PSS with one hash throughout; the salts in use have its length. trailerField has its default.
    pub(crate) const fn pss(hash: HashAlgorithm, salt_len: u16) -> Self {
        Self::RsaPss { hash, mgf: hash, salt_len }
    }

    /// The hash a peer must have announced in SIGNATURE_HASH_ALGORITHMS for it (RFC 7427 section 4, RFC 8420 section 2).
    #[must_use]
    pub const fn hash(self) -> HashAlgorithm {
        match self {
            Self::RsaPkcs1(hash) | Self::RsaPss { hash, .. } | Self::Ecdsa(hash) => hash,
            Self::Ed25519 | Self::Ed448 => HashAlgorithm::IDENTITY,
        }
    }
}

impl fmt::Display for SignatureScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |hash: HashAlgorithm| hash.name().unwrap_or("an unknown hash");
        match *self {
            Self::RsaPkcs1(hash) => write!(f, "RSA PKCS#1 v1.5 with {}", name(hash)),
            Self::RsaPss { hash, mgf, salt_len } if hash == mgf => {
                write!(f, "RSASSA-PSS with {} and {salt_len} octets of salt", name(hash))
            }
            Self::RsaPss { hash, mgf, salt_len } => {
                write!(f, "RSASSA-PSS with {}, MGF1 with {} and {salt_len} octets of salt", name(hash), name(mgf))
            }
            Self::Ecdsa(hash) => write!(f, "ECDSA with {}", name(hash)),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Ed448 => f.write_str("Ed448"),
        }
    }
}
