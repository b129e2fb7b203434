//! Verification of ECDSA by the curves of RustCrypto: P-521, and the pairs of curve and hash that `ring` lacks.

use super::verify::EcdsaForm;
use super::{KeyType, PublicKey, SignatureScheme};
use crate::der::{Reader, tag};
use crate::error::CryptoError;
use crate::registry::HashAlgorithm;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use sha2::Digest;

/// Octets of the longest field, that of P-521.
const MAX_FIELD: usize = 66;

/// `None` for what this backend does not do.
pub(super) fn verify(
    scheme: SignatureScheme,
    key: &PublicKey<'_>,
    form: EcdsaForm,
    octets: &[u8],
    signature: &[u8],
) -> Option<Result<(), CryptoError>> {
    let SignatureScheme::Ecdsa(hash) = scheme else { return None };
    let width = match key.key_type() {
        KeyType::EcdsaP256 => 32,
        KeyType::EcdsaP384 => 48,
        KeyType::EcdsaP521 => MAX_FIELD,
        _ => return None,
    };
    let mut prehash = [0; MAX_FIELD];
    let prehash = match hash {
        HashAlgorithm::SHA1 => right_aligned(&mut prehash, width, &sha1::Sha1::digest(octets)),
        HashAlgorithm::SHA2_256 => right_aligned(&mut prehash, width, &sha2::Sha256::digest(octets)),
        HashAlgorithm::SHA2_384 => right_aligned(&mut prehash, width, &sha2::Sha384::digest(octets)),
        HashAlgorithm::SHA2_512 => right_aligned(&mut prehash, width, &sha2::Sha512::digest(octets)),
        _ => return None,
    };
    let mut fixed = [0; 2 * MAX_FIELD];
    Some(prehash.and_then(|prehash| {
        let signature = match form {
            EcdsaForm::Fixed => signature,
            EcdsaForm::Der => fixed_form(&mut fixed, width, signature).ok_or(CryptoError)?,
        };
        match key.key_type() {
            KeyType::EcdsaP256 => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key.key());
                verify_with(key, p256::ecdsa::Signature::from_slice(signature), prehash)
            }
            KeyType::EcdsaP384 => {
                let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key.key());
                verify_with(key, p384::ecdsa::Signature::from_slice(signature), prehash)
            }
            _ => {
                let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(key.key());
                verify_with(key, p521::ecdsa::Signature::from_slice(signature), prehash)
            }
        }
    }))
}

fn verify_with<V: PrehashVerifier<S>, S, E>(key: Result<V, E>, signature: Result<S, E>, prehash: &[u8]) -> Result<(), CryptoError> {
    let (key, signature) = (key.map_err(|_| CryptoError)?, signature.map_err(|_| CryptoError)?);
    key.verify_prehash(prehash, &signature).map_err(|_| CryptoError)
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
        // An INTEGER is positive and has a leading zero only where its first bit would be a sign.
        let number = match reader.take(tag::INTEGER).ok()?.contents {
            [0, rest @ ..] if matches!(rest, [0x80..=0xff, ..]) => rest,
            number @ [1..=0x7f, ..] => number,
            _ => return None,
        };
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
        let long: alloc::vec::Vec<u8> = [&[0x30, 38, 2, 33][..], &[1; 33], &[2, 1, 1]].concat();
        assert_eq!(fixed(&long), None);
    }
}
