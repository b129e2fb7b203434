//! Types of public keys, RFC 3279, RFC 5480, RFC 8410.

use crate::der::{Reader, Tlv, tag};
use crate::error::ParseError;
use core::fmt;

/// The kind of a public key, and its curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum KeyType {
    /// RSA, for any scheme (RFC 3279 section 2.3.1).
    Rsa,
    /// RSA, for RSASSA-PSS only (RFC 4055 section 1.2).
    RsaPss,
    /// ECDSA on the curve P-256.
    EcdsaP256,
    /// ECDSA on the curve P-384.
    EcdsaP384,
    /// ECDSA on the curve P-521.
    EcdsaP521,
    /// ECDSA on the curve brainpoolP256r1 (RFC 5639).
    EcdsaBrainpoolP256r1,
    /// ECDSA on the curve brainpoolP384r1 (RFC 5639).
    EcdsaBrainpoolP384r1,
    /// ECDSA on the curve brainpoolP512r1 (RFC 5639).
    EcdsaBrainpoolP512r1,
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// Ed448 (RFC 8410).
    Ed448,
    /// Anything else.
    Other,
}

impl KeyType {
    /// The size of a key of this type in bits; `None` where each key has its own.
    #[must_use]
    pub const fn bits(self) -> Option<usize> {
        Some(match self {
            Self::EcdsaP256 | Self::EcdsaBrainpoolP256r1 | Self::Ed25519 => 256,
            Self::EcdsaP384 | Self::EcdsaBrainpoolP384r1 => 384,
            Self::EcdsaP521 => 521,
            Self::EcdsaBrainpoolP512r1 => 512,
            Self::Ed448 => 456,
            Self::Rsa | Self::RsaPss | Self::Other => return None,
        })
    }

    /// Whether keys of this type sign with ECDSA.
    #[must_use]
    pub const fn is_ecdsa(self) -> bool {
        matches!(
            self,
            Self::EcdsaP256
                | Self::EcdsaP384
                | Self::EcdsaP521
                | Self::EcdsaBrainpoolP256r1
                | Self::EcdsaBrainpoolP384r1
                | Self::EcdsaBrainpoolP512r1
        )
    }

    /// The type of the key in a PrivateKeyInfo ::= SEQUENCE { version INTEGER, privateKeyAlgorithm AlgorithmIdentifier, .. } in DER
    /// (PKCS#8, RFC 5958 section 2).
    ///
    /// # Errors
    /// If the octets are none, with the offset of the fault.
    pub fn of_pkcs8(private_key_info: &[u8]) -> Result<Self, ParseError> {
        let mut reader = Reader::only(private_key_info, tag::SEQUENCE)?.reader();
        reader.required(tag::INTEGER)?;
        Self::of(reader.required(tag::SEQUENCE)?)
    }

    /// The kind that an AlgorithmIdentifier of a key names.
    pub(crate) fn of(algorithm: Tlv<'_>) -> Result<Self, ParseError> {
        let mut reader = algorithm.reader();
        let oid = reader.required(tag::OID)?.contents;
        Ok(match oid {
            b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" => Self::Rsa,
            b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a" => Self::RsaPss,
            b"\x2b\x65\x70" => Self::Ed25519,
            b"\x2b\x65\x71" => Self::Ed448,
            // id-ecPublicKey; curves given by their parameters are not for certificates (RFC 5480 section 2.1.1).
            b"\x2a\x86\x48\xce\x3d\x02\x01" => match reader.optional(tag::OID)?.map(|curve| curve.contents) {
                Some(b"\x2a\x86\x48\xce\x3d\x03\x01\x07") => Self::EcdsaP256,
                Some(b"\x2b\x81\x04\x00\x22") => Self::EcdsaP384,
                Some(b"\x2b\x81\x04\x00\x23") => Self::EcdsaP521,
                Some(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x07") => Self::EcdsaBrainpoolP256r1,
                Some(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0b") => Self::EcdsaBrainpoolP384r1,
                Some(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0d") => Self::EcdsaBrainpoolP512r1,
                _ => Self::Other,
            },
            _ => Self::Other,
        })
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "RSA",
            Self::RsaPss => "RSASSA-PSS",
            Self::EcdsaP256 => "ECDSA P-256",
            Self::EcdsaP384 => "ECDSA P-384",
            Self::EcdsaP521 => "ECDSA P-521",
            Self::EcdsaBrainpoolP256r1 => "ECDSA brainpoolP256r1",
            Self::EcdsaBrainpoolP384r1 => "ECDSA brainpoolP384r1",
            Self::EcdsaBrainpoolP512r1 => "ECDSA brainpoolP512r1",
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
            Self::Other => "unknown",
        })
    }
}
