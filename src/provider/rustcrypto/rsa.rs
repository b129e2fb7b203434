//! RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017 section 8): verification, and nothing else.
//!
//! No operation with a private key is here. RUSTSEC-2023-0071 (Marvin) says that the time which the crate `rsa` takes for one may tell the
//! key to others. A verification has no secret: key, message and signature are public.

use crate::der::{Reader, tag};
use crate::error::CryptoError;
use crate::provider::{Algorithms, VerifierRow};
use crate::registry::HashAlgorithm;
use crate::signature::EcdsaForm::Der;
use crate::signature::KeyType::{Rsa, RsaPss};
use crate::signature::SignatureScheme;
use ::rsa::signature::Verifier;
use ::rsa::{BoxedUint, PublicKey, pkcs1v15, pss};
use core::ops::RangeInclusive;
use sha2::digest::const_oid::AssociatedOid;
use sha2::digest::{Digest, FixedOutputReset};

/// Sizes of the modulus: those of `ring`, whose 2048 bits begin at 2041.
const MODULUS_BITS: RangeInclusive<usize> = 2048..=8192;
/// The largest public exponent, that of `ring` as well. The work grows with its length: a hostile certificate chooses it.
const MAX_EXPONENT: u64 = (1 << 33) - 1;

macro_rules! rows {
    (@row pkcs1 $hash:ident, $key:ident, $digest:ty) => {
        VerifierRow::new(SignatureScheme::RsaPkcs1(HashAlgorithm::$hash), $key, Der, pkcs1::<$digest>)
    };
    (@row pss $salt:literal, $hash:ident, $key:ident, $digest:ty) => {
        VerifierRow::new(SignatureScheme::pss(HashAlgorithm::$hash, $salt), $key, Der, pss::<$digest, $salt>)
    };
    ($($scheme:ident $($salt:literal,)? $hash:ident, $key:ident, $digest:ty;)+) => {
        &[$(rows!(@row $scheme $($salt,)? $hash, $key, $digest)),+]
    };
}

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: rsa").with_verifiers(rows! {
    pkcs1 SHA1, Rsa, sha1::Sha1;
    pkcs1 SHA2_256, Rsa, sha2::Sha256;
    pkcs1 SHA2_384, Rsa, sha2::Sha384;
    pkcs1 SHA2_512, Rsa, sha2::Sha512;
    pss 32, SHA2_256, Rsa, sha2::Sha256;
    pss 48, SHA2_384, Rsa, sha2::Sha384;
    pss 64, SHA2_512, Rsa, sha2::Sha512;
    pss 32, SHA2_256, RsaPss, sha2::Sha256;
    pss 48, SHA2_384, RsaPss, sha2::Sha384;
    pss 64, SHA2_512, RsaPss, sha2::Sha512;
});

/// RFC 8017 section 8.2.2: the whole encoded message is compared, so that one DigestInfo is right. Its hash has NULL as parameters, which
/// "SHALL" be there in a signature (appendix A.2.4), unlike in other AlgorithmIdentifiers.
fn pkcs1<D: Digest + AssociatedOid>(key: &[u8], octets: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
    let key = pkcs1v15::VerifyingKey::<D>::new(public_key(key, signature)?);
    let signature = pkcs1v15::Signature::try_from(signature).map_err(|_| CryptoError)?;
    key.verify(octets, &signature).map_err(|_| CryptoError)
}

/// RFC 8017 section 8.1.2, with MGF1 of the same hash and a salt of exactly `SALT` octets.
fn pss<D: Digest + FixedOutputReset, const SALT: usize>(key: &[u8], octets: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
    let key = pss::VerifyingKey::<D>::new_with_salt_len(public_key(key, signature)?, SALT);
    let signature = pss::Signature::try_from(signature).map_err(|_| CryptoError)?;
    key.verify(octets, &signature).map_err(|_| CryptoError)
}

/// The key, if the signature has its length: what is refused here has cost no arithmetic.
fn public_key(key: &[u8], signature: &[u8]) -> Result<PublicKey, CryptoError> {
    let (modulus, exponent) = components(key).ok_or(CryptoError)?;
    if signature.len() != modulus.len() {
        return Err(CryptoError);
    }
    let modulus = BoxedUint::from_be_slice_vartime(modulus);
    PublicKey::new_with_size_limits(modulus, exponent.into(), MODULUS_BITS).map_err(|_| CryptoError)
}

/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017 appendix A.1.1) in DER: two odd numbers within bounds.
fn components(key: &[u8]) -> Option<(&[u8], u64)> {
    let mut reader = Reader::only(key, tag::SEQUENCE).ok()?.reader();
    let modulus = reader.required(tag::INTEGER).ok()?.positive()?;
    let exponent = reader.required(tag::INTEGER).ok()?.positive()?;
    reader.end().ok()?;
    let unused = usize::try_from(modulus.first()?.leading_zeros()).ok()?;
    let bits = modulus.len().checked_mul(8)?.checked_sub(unused)?;
    let odd = |number: &[u8]| number.last().is_some_and(|octet| octet & 1 == 1);
    let value = exponent.iter().try_fold(0_u64, |sum, octet| Some(sum.checked_mul(256)? | u64::from(*octet)))?;
    let fits = MODULUS_BITS.contains(&bits) && odd(modulus) && odd(exponent) && (3..=MAX_EXPONENT).contains(&value);
    fits.then_some((modulus, value))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    /// An INTEGER of these contents.
    fn integer(contents: &[u8]) -> Vec<u8> {
        let length = u16::try_from(contents.len()).unwrap().to_be_bytes();
        match length {
            [0, short @ ..=0x7f] => [&[tag::INTEGER, short][..], contents].concat(),
            _ => [&[tag::INTEGER, 0x82][..], &length, contents].concat(),
        }
    }

    fn key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
        let body = [integer(modulus), integer(exponent)].concat();
        [&[tag::SEQUENCE, 0x82][..], &u16::try_from(body.len()).unwrap().to_be_bytes(), &body].concat()
    }

    /// The contents of an INTEGER of so many bits, in which all are set.
    fn ones(bits: usize) -> Vec<u8> {
        let mut octets = vec![0xff; bits / 8];
        octets.insert(0, (1_u8 << (bits % 8)) - 1);
        octets
    }

    fn bits(modulus: &[u8], exponent: &[u8]) -> Option<usize> {
        components(&key(modulus, exponent)).map(|(modulus, _)| modulus.len() * 8 - usize::try_from(modulus[0].leading_zeros()).unwrap())
    }

    #[test]
    fn a_modulus_is_odd_and_within_bounds() {
        let e = [1, 0, 1];
        for size in [2048, 2049, 2055, 2056, 3072, 8191, 8192] {
            assert_eq!(bits(&ones(size), &e), Some(size));
        }
        for size in [16, 1024, 2040, 2041, 2047, 8193, 8200, 16_384] {
            assert_eq!(bits(&ones(size), &e), None, "{size}");
        }
        let mut even = ones(2048);
        *even.last_mut().unwrap() = 0xfe;
        assert_eq!(bits(&even, &e), None);
        // A zero too many, none where the number would be negative.
        assert_eq!(bits(&[&[0], &ones(2048)[..]].concat(), &e), None);
        assert_eq!(bits(&ones(2048)[1..], &e), None);
    }

    #[test]
    fn an_exponent_is_odd_and_within_bounds() {
        let n = ones(2048);
        let value = |exponent: &[u8]| components(&key(&n, exponent)).map(|(_, value)| value);
        assert_eq!(value(&[3]), Some(3));
        assert_eq!(value(&[1, 0, 1]), Some(65_537));
        assert_eq!(value(&[1, 0xff, 0xff, 0xff, 0xff]), Some(MAX_EXPONENT));
        for bad in [&[][..], &[0], &[1], &[2], &[4], &[0x83], &[0, 3], &[2, 0, 0, 0, 1], &[3, 0xff, 0xff, 0xff, 0xff], &[1; 8], &[1; 9]] {
            assert_eq!(value(bad), None, "{bad:?}");
        }
        assert_eq!(value(&ones(2040)), None);
    }

    #[test]
    fn a_key_is_two_integers_and_no_more() {
        let right = key(&ones(2048), &[3]);
        assert!(components(&right).is_some());
        for cut in 0..right.len() {
            assert_eq!(components(&right[..cut]), None, "{cut}");
        }
        assert_eq!(components(&[&right[..], &[0]].concat()), None);
        let mut third = [&right[..], &[tag::INTEGER, 1, 3]].concat();
        third[3] += 3;
        assert_eq!(components(&third), None);
    }
}
