//! Public keys as a SubjectPublicKeyInfo holds them, RFC 5280 section 4.1.2.7.

use super::{AuthError, KeyType, SignatureScheme};
use crate::der::{Reader, Tlv, tag};
use crate::error::{ParseError, ParseErrorKind};

/// A public key, from a certificate or bare (RFC 7670).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey<'a> {
    ty: KeyType,
    /// What an id-RSASSA-PSS key with parameters is restricted to.
    restricted: Option<Result<SignatureScheme, AuthError>>,
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
        let algorithm = reader.required(tag::SEQUENCE)?;
        let ty = KeyType::of(algorithm)?;
        let restricted = match ty {
            KeyType::RsaPss => pss_restriction(algorithm)?,
            _ => None,
        };
        let bit_string = reader.required(tag::BIT_STRING)?;
        reader.end()?;
        let key = match bit_string.contents {
            [0, key @ ..] => key,
            // Unused bits: no key is a number of bits that ends within an octet.
            [unused, ..] => return Err(bit_string.error(ParseErrorKind::DerOctet { octet: *unused })),
            [] => return Err(bit_string.error(ParseErrorKind::NoData)),
        };
        let bits = match ty {
            KeyType::Rsa | KeyType::RsaPss => Some(modulus_bits(key)?),
            _ => ty.bits(),
        };
        Ok(Self { ty, restricted, bits, key, spki: spki.whole })
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

    /// The RSASSA-PSS parameters that a key of type [`RsaPss`](KeyType::RsaPss) is restricted to (RFC 4055 section 3.3): hash, hash
    /// of MGF1, and the least salt length. `None` for a key without parameters, which any RSASSA-PSS signature may be made with.
    ///
    /// # Errors
    /// [`AuthError`] if there are parameters that this crate cannot read. No signature by the key is then accepted.
    pub const fn pss_parameters(&self) -> Result<Option<SignatureScheme>, AuthError> {
        match self.restricted {
            None => Ok(None),
            Some(Ok(scheme)) => Ok(Some(scheme)),
            Some(Err(error)) => Err(error),
        }
    }

    /// RFC 4055 section 3.3: hash and mask generation are those of the key's parameters, and the salt is not shorter.
    pub(crate) fn allows(&self, scheme: SignatureScheme) -> Result<(), AuthError> {
        match (self.pss_parameters()?, scheme) {
            (
                Some(SignatureScheme::RsaPss { hash: own_hash, mgf: own_mgf, salt_len: least }),
                SignatureScheme::RsaPss { hash, mgf, salt_len },
            ) if (hash, mgf) != (own_hash, own_mgf) || salt_len < least => Err(AuthError::KeyRestricted(scheme)),
            _ => Ok(()),
        }
    }

    /// The SubjectPublicKeyInfo, for `keys::authority` and for a CERT payload of encoding 15.
    #[must_use]
    pub const fn spki(&self) -> &'a [u8] {
        self.spki
    }

    /// The contents of the BIT STRING: RSAPublicKey in DER, a point, or the octets of an Edwards curve key.
    pub(crate) const fn key(&self) -> &'a [u8] {
        self.key
    }
}

/// The parameters of an id-RSASSA-PSS AlgorithmIdentifier (RFC 4055 section 1.2), if there are any.
fn pss_restriction(algorithm: Tlv<'_>) -> Result<Option<Result<SignatureScheme, AuthError>>, ParseError> {
    let mut reader = algorithm.reader();
    reader.required(tag::OID)?;
    if reader.is_empty() {
        return Ok(None);
    }
    let parameters = reader.required(tag::SEQUENCE)?;
    reader.end()?;
    Ok(Some(SignatureScheme::of_pss_parameters(parameters)))
}

/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017 appendix A.1.1).
fn modulus_bits(key: &[u8]) -> Result<usize, ParseError> {
    let modulus = Reader::only(key, tag::SEQUENCE)?.reader().required(tag::INTEGER)?.contents;
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
        assert_eq!(PublicKey::parse(&unused).unwrap_err().kind, ParseErrorKind::DerOctet { octet: 1 });
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
