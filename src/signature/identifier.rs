//! The AlgorithmIdentifiers of signature schemes, RFC 7427 appendix A, RFC 8420.

use super::{AuthError, SignatureScheme};
use crate::der::{Reader, Tlv, tag};
use crate::error::{ParseError, ParseErrorKind};
use crate::registry::HashAlgorithm;

macro_rules! identifiers {
    ($($scheme:pat = $value:expr, $octets:expr;)+) => {
        impl SignatureScheme {
            /// The schemes this crate has an AlgorithmIdentifier for.
            const ALL: &'static [Self] = &[$($value),+];

            /// The AlgorithmIdentifier in DER; `None` for RSASSA-PSS with anything but one SHA-2 hash and a salt of its length,
            /// and for hashes without one.
            #[must_use]
            pub const fn algorithm_identifier(self) -> Option<&'static [u8]> {
                match self {
                    $($scheme => Some($octets),)+
                    _ => None,
                }
            }
        }
    };
}

identifiers! {
    Self::RsaPkcs1(HashAlgorithm::SHA1) = Self::RsaPkcs1(HashAlgorithm::SHA1), b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00";
    Self::RsaPkcs1(HashAlgorithm::SHA2_256) = Self::RsaPkcs1(HashAlgorithm::SHA2_256), b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
    Self::RsaPkcs1(HashAlgorithm::SHA2_384) = Self::RsaPkcs1(HashAlgorithm::SHA2_384), b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00";
    Self::RsaPkcs1(HashAlgorithm::SHA2_512) = Self::RsaPkcs1(HashAlgorithm::SHA2_512), b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00";
    Self::RsaPss { hash: HashAlgorithm::SHA2_256, mgf: HashAlgorithm::SHA2_256, salt_len: 32 } = Self::pss(HashAlgorithm::SHA2_256, 32),
        b"\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\
          \xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\
          \xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\
          \xa2\x03\x02\x01\x20";
    Self::RsaPss { hash: HashAlgorithm::SHA2_384, mgf: HashAlgorithm::SHA2_384, salt_len: 48 } = Self::pss(HashAlgorithm::SHA2_384, 48),
        b"\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\
          \xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\
          \xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\
          \xa2\x03\x02\x01\x30";
    Self::RsaPss { hash: HashAlgorithm::SHA2_512, mgf: HashAlgorithm::SHA2_512, salt_len: 64 } = Self::pss(HashAlgorithm::SHA2_512, 64),
        b"\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\
          \xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\
          \xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\
          \xa2\x03\x02\x01\x40";
    Self::Ecdsa(HashAlgorithm::SHA1) = Self::Ecdsa(HashAlgorithm::SHA1), b"\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01";
    Self::Ecdsa(HashAlgorithm::SHA2_256) = Self::Ecdsa(HashAlgorithm::SHA2_256), b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
    Self::Ecdsa(HashAlgorithm::SHA2_384) = Self::Ecdsa(HashAlgorithm::SHA2_384), b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03";
    Self::Ecdsa(HashAlgorithm::SHA2_512) = Self::Ecdsa(HashAlgorithm::SHA2_512), b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04";
    Self::Ed25519 = Self::Ed25519, b"\x30\x05\x06\x03\x2b\x65\x70";
    Self::Ed448 = Self::Ed448, b"\x30\x05\x06\x03\x2b\x65\x71";
}

const OID_RSASSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
const OID_MGF1: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08";
const OID_SHA1: &[u8] = b"\x2b\x0e\x03\x02\x1a";
/// SHA-256, SHA-384 and SHA-512 are this and 1, 2, 3.
const OID_SHA2: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02";

impl SignatureScheme {
    /// Reads an AlgorithmIdentifier in DER.
    ///
    /// Parameters of the RSA PKCS#1 identifiers may be NULL or absent (RFC 4055 section 5); those of RSASSA-PSS default to
    /// SHA-1 and 20 octets of salt (section 3.1).
    ///
    /// # Errors
    /// [`AuthError::Malformed`] for what is no AlgorithmIdentifier, [`AuthError::UnknownAlgorithm`] for one not listed here.
    pub fn parse(algorithm_identifier: &[u8]) -> Result<Self, AuthError> {
        let mut reader = Reader::only(algorithm_identifier, tag::SEQUENCE)?.reader();
        let oid = reader.required(tag::OID)?;
        if oid.contents == OID_RSASSA_PSS {
            let parameters = reader.required(tag::SEQUENCE)?;
            reader.end()?;
            return parse_pss(parameters);
        }
        let has_oid = |scheme: &&Self| {
            let identifier = scheme.algorithm_identifier().and_then(|octets| octets.get(2..));
            identifier.is_some_and(|octets| octets.starts_with(oid.whole))
        };
        let scheme = *Self::ALL.iter().find(has_oid).ok_or(AuthError::UnknownAlgorithm)?;
        if let Self::RsaPkcs1(_) = scheme {
            null(&mut reader)?;
        }
        reader.end()?;
        Ok(scheme)
    }

    /// Reads RSASSA-PSS-params (RFC 4055 section 3.1), which stand in the AlgorithmIdentifier of a signature or of a key.
    pub(super) fn of_pss_parameters(parameters: Tlv<'_>) -> Result<Self, AuthError> {
        parse_pss(parameters)
    }
}

/// RSASSA-PSS-params, RFC 4055 section 3.1.
fn parse_pss(parameters: Tlv<'_>) -> Result<SignatureScheme, AuthError> {
    let mut reader = parameters.reader();
    let (mut hash, mut mgf, mut salt_len) = (HashAlgorithm::SHA1, HashAlgorithm::SHA1, 20);
    if let Some(field) = reader.optional(0xa0)? {
        hash = parse_hash(field.reader())?;
    }
    if let Some(field) = reader.optional(0xa1)? {
        let sequence = only(field.reader(), tag::SEQUENCE)?;
        let mut generator = sequence.reader();
        if generator.required(tag::OID)?.contents != OID_MGF1 {
            return Err(AuthError::UnknownAlgorithm);
        }
        mgf = parse_hash(generator)?;
    }
    if let Some(field) = reader.optional(0xa2)? {
        salt_len = small(field)?;
    }
    if let Some(field) = reader.optional(0xa3)? {
        // trailerFieldBC, the only one there is.
        if small(field)? != 1 {
            return Err(AuthError::UnknownAlgorithm);
        }
    }
    reader.end()?;
    Ok(SignatureScheme::RsaPss { hash, mgf, salt_len })
}

/// The AlgorithmIdentifier of a hash, whose parameters may be NULL or absent (RFC 4055 section 2.1).
fn parse_hash(reader: Reader<'_>) -> Result<HashAlgorithm, AuthError> {
    let mut reader = only(reader, tag::SEQUENCE)?.reader();
    let oid = reader.required(tag::OID)?.contents;
    null(&mut reader)?;
    reader.end()?;
    match oid.split_last() {
        _ if oid == OID_SHA1 => Ok(HashAlgorithm::SHA1),
        Some((1, OID_SHA2)) => Ok(HashAlgorithm::SHA2_256),
        Some((2, OID_SHA2)) => Ok(HashAlgorithm::SHA2_384),
        Some((3, OID_SHA2)) => Ok(HashAlgorithm::SHA2_512),
        _ => Err(AuthError::UnknownAlgorithm),
    }
}

fn null(reader: &mut Reader<'_>) -> Result<(), ParseError> {
    match reader.optional(tag::NULL)? {
        Some(null) if !null.contents.is_empty() => Err(null.error(ParseErrorKind::SizeMismatch { size: null.contents.len(), expected: 0 })),
        _ => Ok(()),
    }
}

fn only<'a>(mut reader: Reader<'a>, tag: u8) -> Result<Tlv<'a>, ParseError> {
    let tlv = reader.required(tag)?;
    reader.end()?;
    Ok(tlv)
}

/// A non-negative INTEGER below 65536: the largest salt of the largest key has 990 octets.
fn small(field: Tlv<'_>) -> Result<u16, AuthError> {
    match *only(field.reader(), tag::INTEGER)?.contents {
        [value @ 0..=0x7f] | [0, value @ 0x80..=0xff] => Ok(value.into()),
        [high @ 1..=0x7f, low] | [0, high @ 0x80..=0xff, low] => Ok(u16::from_be_bytes([high, low])),
        _ => Err(AuthError::UnknownAlgorithm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identifier_reads_back_and_no_prefix_or_trailer_does() {
        for scheme in SignatureScheme::ALL {
            let octets = scheme.algorithm_identifier().unwrap();
            assert_eq!(SignatureScheme::parse(octets), Ok(*scheme));
            for cut in 0..octets.len() {
                assert!(SignatureScheme::parse(&octets[..cut]).is_err());
            }
            let mut longer = octets.to_vec();
            longer.extend([5, 0]);
            assert!(matches!(SignatureScheme::parse(&longer), Err(AuthError::Malformed(_))));
            longer[1] += 2;
            assert!(SignatureScheme::parse(&longer).is_err(), "{scheme}: parameters too many");
        }
    }

    /// RFC 7427 appendix A.4.1 and A.4.2: empty parameters, and the defaults written out.
    #[test]
    fn pss_defaults() {
        let sha1 = SignatureScheme::RsaPss { hash: HashAlgorithm::SHA1, mgf: HashAlgorithm::SHA1, salt_len: 20 };
        let empty = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x00";
        assert_eq!(SignatureScheme::parse(empty), Ok(sha1));
        let full = b"\x30\x3e\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x31\xa0\x0b\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\
            \xa1\x18\x30\x16\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\
            \xa2\x03\x02\x01\x14\xa3\x03\x02\x01\x01";
        assert_eq!(SignatureScheme::parse(full), Ok(sha1));
        let mut trailer = *full;
        trailer[63] = 2;
        assert_eq!(SignatureScheme::parse(&trailer), Err(AuthError::UnknownAlgorithm));
    }

    #[test]
    fn rsa_parameters_may_be_absent() {
        let absent = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
        assert_eq!(SignatureScheme::parse(absent), Ok(SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_256)));
        // md5WithRSAEncryption is nothing this crate will verify.
        let md5 = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04\x05\x00";
        assert_eq!(SignatureScheme::parse(md5), Err(AuthError::UnknownAlgorithm));
    }
}
