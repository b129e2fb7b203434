//! Public keys as a SubjectPublicKeyInfo holds them, RFC 5280 section 4.1.2.7.

use crate::der::{Reader, Tlv, tag};
use crate::error::{ParseError, ParseErrorKind};
use core::fmt;

/// The kind of a public key, and its curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

    /// The kind that an AlgorithmIdentifier of a key names.
    pub(super) fn of(algorithm: Tlv<'_>) -> Result<Self, ParseError> {
        let mut reader = algorithm.reader();
        let oid = reader.take(tag::OID)?.contents;
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

/// A public key, from a certificate or bare (RFC 7670).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey<'a> {
    ty: KeyType,
    bits: Option<usize>,
    key: &'a [u8],
    spki: &'a [u8],
}

impl<'a> PublicKey<'a> {
    /// Reads a SubjectPublicKeyInfo in DER: what a CERT payload of encoding 15 carries (RFC 7670 section 3).
    ///
    /// # Errors
    /// When it is none; the key itself is checked when it is used.
    pub fn parse(spki: &'a [u8]) -> Result<Self, ParseError> {
        Self::of(Reader::only(spki, tag::SEQUENCE)?)
    }

    pub(crate) fn of(spki: Tlv<'a>) -> Result<Self, ParseError> {
        let mut reader = spki.reader();
        let ty = KeyType::of(reader.take(tag::SEQUENCE)?)?;
        let bit_string = reader.take(tag::BIT_STRING)?;
        reader.end()?;
        let key = match bit_string.contents {
            [0, key @ ..] => key,
            // Unused bits: no key is a number of bits that ends within an octet.
            [unused, ..] => return Err(bit_string.error(ParseErrorKind::Der { octet: *unused })),
            [] => return Err(bit_string.error(ParseErrorKind::NoData)),
        };
        let bits = match ty {
            KeyType::Rsa | KeyType::RsaPss => Some(modulus_bits(key)?),
            _ => ty.bits(),
        };
        Ok(Self { ty, bits, key, spki: spki.whole })
    }

    /// Its kind.
    #[must_use]
    pub const fn key_type(&self) -> KeyType {
        self.ty
    }

    /// Its size in bits: of the modulus for RSA, of the field for a curve; `None` for an unknown kind.
    #[must_use]
    pub const fn bits(&self) -> Option<usize> {
        self.bits
    }

    /// The SubjectPublicKeyInfo, for `keys::authority` and for a CERT payload of encoding 15.
    #[must_use]
    pub const fn spki(&self) -> &'a [u8] {
        self.spki
    }

    /// The contents of the BIT STRING: RSAPublicKey in DER, a point, or the octets of an Edwards curve key.
    #[cfg_attr(not(any(feature = "ring", feature = "rustcrypto")), expect(dead_code, reason = "only a backend verifies"))]
    pub(super) const fn key(&self) -> &'a [u8] {
        self.key
    }
}

/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017 appendix A.1.1).
fn modulus_bits(key: &[u8]) -> Result<usize, ParseError> {
    let modulus = Reader::only(key, tag::SEQUENCE)?.reader().take(tag::INTEGER)?.contents;
    let zeros = modulus.iter().take_while(|octet| **octet == 0).count();
    let top = modulus.get(zeros).map_or(0, |octet| octet.leading_zeros());
    let octets = modulus.len().saturating_sub(zeros);
    Ok(octets.saturating_mul(8).saturating_sub(usize::try_from(top).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ed25519_key() {
        // RFC 8410 section 10.1.
        let spki = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00\x19\xbf\x44\x09\x69\x84\xcd\xfe\x85\x41\xba\xc1\x67\xdc\x3b\x96\
            \xc8\x50\x86\xaa\x30\xb6\xb6\xcb\x0c\x5c\x38\xad\x70\x31\x66\xe1";
        let key = PublicKey::parse(spki).unwrap();
        assert_eq!((key.key_type(), key.bits(), key.key().len()), (KeyType::Ed25519, Some(256), 32));
        for cut in 0..spki.len() {
            assert!(PublicKey::parse(&spki[..cut]).is_err());
        }
        let mut unused = *spki;
        unused[11] = 1;
        assert_eq!(PublicKey::parse(&unused).unwrap_err().kind, ParseErrorKind::Der { octet: 1 });
    }

    #[test]
    fn modulus_bits_ignore_the_sign_octet() {
        let bits = |modulus: &[u8]| {
            let mut key = alloc::vec![0x30, 0, 2, 0];
            key.extend(modulus);
            key.extend([2, 1, 3]);
            key[3] = u8::try_from(modulus.len()).unwrap();
            key[1] = key[3] + 5;
            modulus_bits(&key)
        };
        assert_eq!(bits(&[0, 0x80, 0]), Ok(16));
        assert_eq!(bits(&[1, 0]), Ok(9));
        assert_eq!(bits(&[0]), Ok(0));
        assert_eq!(bits(&[]), Ok(0));
    }
}
