//! ECDSA on P-256, P-384 and P-521 with any hash: verification, and signatures without randomness (RFC 6979).

use crate::der::{Reader, tag};
use crate::error::CryptoError;
use crate::provider::{Algorithms, VerifierRow};
use crate::registry::HashAlgorithm;
use crate::signature::EcdsaForm::{Der, Fixed};
use crate::signature::KeyType::{EcdsaP256, EcdsaP384, EcdsaP521};
use crate::signature::{AuthError, EcdsaForm, KeyType, SignatureScheme, Signer, check_key};
use alloc::vec::Vec;
use core::fmt;
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use sha2::Digest;

/// Octets of the longest field, that of P-521.
const MAX_FIELD: usize = 66;
/// The identifier octet of a DER OCTET STRING.
const OCTET_STRING: u8 = 0x04;

macro_rules! row {
    ($key:ident, $curve:ident, $hash:ident, $digest:ty, $form:ident) => {
        VerifierRow::new(SignatureScheme::Ecdsa(HashAlgorithm::$hash), $key, $form, |key, octets, signature| {
            $curve(key, &<$digest>::digest(octets), $form, signature)
        })
    };
}

macro_rules! rows {
    ($($key:ident, $curve:ident;)+) => {
        &[$(
            row!($key, $curve, SHA1, sha1::Sha1, Der), row!($key, $curve, SHA2_256, sha2::Sha256, Der),
            row!($key, $curve, SHA2_384, sha2::Sha384, Der), row!($key, $curve, SHA2_512, sha2::Sha512, Der),
            row!($key, $curve, SHA1, sha1::Sha1, Fixed), row!($key, $curve, SHA2_256, sha2::Sha256, Fixed),
            row!($key, $curve, SHA2_384, sha2::Sha384, Fixed), row!($key, $curve, SHA2_512, sha2::Sha512, Fixed),
        )+]
    };
}

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: ecc").with_verifiers(rows! {
    EcdsaP256, p256;
    EcdsaP384, p384;
    EcdsaP521, p521;
});

macro_rules! curve {
    ($($name:ident, $width:literal;)+) => {$(
        fn $name(key: &[u8], digest: &[u8], form: EcdsaForm, signature: &[u8]) -> Result<(), CryptoError> {
            let (mut prehash, mut fixed) = ([0; MAX_FIELD], [0; 2 * MAX_FIELD]);
            let prehash = right_aligned(&mut prehash, $width, digest)?;
            let signature = match form {
                Fixed => signature,
                Der => fixed_form(&mut fixed, $width, signature).ok_or(CryptoError)?,
            };
            let key = ::$name::ecdsa::VerifyingKey::from_sec1_bytes(key).map_err(|_| CryptoError)?;
            let signature = ::$name::ecdsa::Signature::from_slice(signature).map_err(|_| CryptoError)?;
            key.verify_prehash(prehash, &signature).map_err(|_| CryptoError)
        }
    )+};
}

curve! {
    p256, 32;
    p384, 48;
    p521, 66;
}

/// A private ECDSA key of RustCrypto that signs AUTH payloads, on P-256, P-384 or P-521. It is erased on drop and not printed.
///
/// The nonce of a signature is derived from the key and the message as in RFC 6979, with the hash of the curve, so that no randomness is
/// needed.
pub struct EcdsaKey(Key);

enum Key {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
}

impl EcdsaKey {
    /// Reads a PrivateKeyInfo in DER (PKCS#8, RFC 5958) that holds an ECPrivateKey (RFC 5915).
    ///
    /// # Errors
    /// [`AuthError::Malformed`] for octets that are none, [`AuthError::UnknownAlgorithm`] for another kind of key or curve,
    /// [`AuthError::Failed`] for a number that is no private key of the curve.
    pub fn from_pkcs8(private_key_info: &[u8]) -> Result<Self, AuthError> {
        let ty = KeyType::of_pkcs8(private_key_info)?;
        let mut info = Reader::only(private_key_info, tag::SEQUENCE)?.reader();
        info.required(tag::INTEGER)?;
        info.required(tag::SEQUENCE)?;
        if !matches!(ty, EcdsaP256 | EcdsaP384 | EcdsaP521) {
            return Err(AuthError::UnknownAlgorithm);
        }
        let mut key = Reader::only(info.required(OCTET_STRING)?.contents, tag::SEQUENCE)?.reader();
        key.required(tag::INTEGER)?;
        let number = key.required(OCTET_STRING)?.contents;
        let failed = |_| AuthError::Failed(CryptoError);
        Ok(Self(match ty {
            EcdsaP256 => Key::P256(p256::ecdsa::SigningKey::from_slice(number).map_err(failed)?),
            EcdsaP384 => Key::P384(p384::ecdsa::SigningKey::from_slice(number).map_err(failed)?),
            _ => Key::P521(p521::ecdsa::SigningKey::from_slice(number).map_err(failed)?),
        }))
    }
}

impl Signer for EcdsaKey {
    fn key_type(&self) -> KeyType {
        match self.0 {
            Key::P256(_) => EcdsaP256,
            Key::P384(_) => EcdsaP384,
            Key::P521(_) => EcdsaP521,
        }
    }

    fn sign(&self, scheme: SignatureScheme, form: EcdsaForm, octets: &[u8]) -> Result<Vec<u8>, AuthError> {
        check_key(scheme, self.key_type())?;
        let unsupported = AuthError::Unsupported { scheme, key: self.key_type(), feature: None };
        let SignatureScheme::Ecdsa(hash) = scheme else { return Err(unsupported) };
        let digest = match hash {
            HashAlgorithm::SHA2_256 => sha2::Sha256::digest(octets).to_vec(),
            HashAlgorithm::SHA2_384 => sha2::Sha384::digest(octets).to_vec(),
            HashAlgorithm::SHA2_512 => sha2::Sha512::digest(octets).to_vec(),
            _ => return Err(unsupported),
        };
        let mut buf = [0; MAX_FIELD];
        macro_rules! sign {
            ($curve:ident, $key:expr, $width:literal) => {{
                let prehash = right_aligned(&mut buf, $width, &digest)?;
                let signature: $curve::ecdsa::Signature = $key.sign_prehash(prehash).map_err(|_| CryptoError)?;
                match form {
                    Fixed => signature.to_bytes().to_vec(),
                    Der => signature.to_der().as_bytes().to_vec(),
                }
            }};
        }
        Ok(match &self.0 {
            Key::P256(key) => sign!(p256, key, 32),
            Key::P384(key) => sign!(p384, key, 48),
            Key::P521(key) => sign!(p521, key, 66),
        })
    }
}

impl fmt::Debug for EcdsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EcdsaKey").field(&self.key_type()).finish()
    }
}

/// The digest as a number of the field's width: its leftmost octets (FIPS 186-5 section 6.4), or zeros before it. The crates
/// refuse a digest shorter than half the field.
fn right_aligned<'b>(buf: &'b mut [u8; MAX_FIELD], width: usize, digest: &[u8]) -> Result<&'b [u8], CryptoError> {
    let kept = digest.get(..width).unwrap_or(digest);
    let field = buf.get_mut(..width).ok_or(CryptoError)?;
    field.iter_mut().rev().zip(kept.iter().rev()).for_each(|(to, from)| *to = *from);
    Ok(field)
}

/// r | s from Ecdsa-Sig-Value in DER.
fn fixed_form<'b>(buf: &'b mut [u8; 2 * MAX_FIELD], width: usize, signature: &[u8]) -> Option<&'b [u8]> {
    let mut reader = Reader::only(signature, tag::SEQUENCE).ok()?.reader();
    let both = buf.get_mut(..width.checked_mul(2)?)?;
    for half in both.chunks_mut(width) {
        let number = reader.required(tag::INTEGER).ok()?.positive()?;
        let start = width.checked_sub(number.len())?;
        half.iter_mut().skip(start).zip(number).for_each(|(to, from)| *to = *from);
    }
    reader.end().ok()?;
    Some(both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_is_read_strictly() {
        let fixed = |der: &[u8]| fixed_form(&mut [0; 2 * MAX_FIELD], 32, der).map(<[u8]>::to_vec);
        let mut expected = [0; 64];
        (expected[31], expected[63]) = (7, 0x80);
        assert_eq!(fixed(&[0x30, 7, 2, 1, 7, 2, 2, 0, 0x80]), Some(expected.to_vec()));
        // A zero, a negative number, a leading zero too many, something after it, one number only.
        for bad in [&[0x30, 6, 2, 1, 0, 2, 1, 1][..], &[0x30, 6, 2, 1, 0x80, 2, 1, 1], &[0x30, 7, 2, 2, 0, 7, 2, 1, 1]] {
            assert_eq!(fixed(bad), None, "{bad:?}");
        }
        assert_eq!(fixed(&[0x30, 8, 2, 1, 7, 2, 1, 7, 5, 0]), None);
        assert_eq!(fixed(&[0x30, 3, 2, 1, 7]), None);
        let long: Vec<u8> = [&[0x30, 38, 2, 33][..], &[1; 33], &[2, 1, 1]].concat();
        assert_eq!(fixed(&long), None);
    }
}
