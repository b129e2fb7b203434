//! ECDH on P-256, P-384 and P-521 (RFC 5903).

use super::diffie_hellman::{PrivateKey, begin, respond};
use crate::error::CryptoError;
use crate::provider::{Algorithms, KeyExchangeRow, Random, SharedSecret};
use crate::registry::KeMethod;
use alloc::vec::Vec;
use p256::elliptic_curve::ecdh::diffie_hellman;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize, PublicKey, SecretKey};
use zeroize::Zeroizing;

/// In front of a point that is not compressed (SEC 1 section 2.3.3). Key Exchange Data go without it (RFC 5903 section 7).
const UNCOMPRESSED: u8 = 4;
/// How often a scalar is drawn before the source of randomness is taken to be broken: two draws do on average with the worst curve.
const DRAWS: usize = 64;

macro_rules! row {
    ($method:ident, $curve:ty, $octets:literal, $top:literal) => {
        KeyExchangeRow::new(
            KeMethod::$method,
            |random| begin(draw::<$curve, $octets>(random, $top)?),
            |random, data| respond(draw::<$curve, $octets>(random, $top)?, data),
        )
    };
}

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: ke-ecp").with_key_exchanges(&[
    row!(ECP_256, p256::NistP256, 32, 0xff),
    row!(ECP_384, p384::NistP384, 48, 0xff),
    row!(ECP_521, p521::NistP521, 66, 0x01),
]);

/// A scalar below the order of the group, and not zero, found by rejection (FIPS 186-5 appendix A.2.2). `top` are the bits of the first
/// octet that the order has.
fn draw<C: CurveArithmetic, const N: usize>(random: &mut dyn Random, top: u8) -> Result<SecretKey<C>, CryptoError> {
    for _ in 0..DRAWS {
        let mut octets = Zeroizing::new([0; N]);
        random.fill(octets.as_mut_slice())?;
        if let Some(first) = octets.first_mut() {
            *first &= top;
        }
        if let Ok(key) = SecretKey::from_slice(octets.as_slice()) {
            return Ok(key);
        }
    }
    Err(CryptoError)
}

impl<C> PrivateKey for SecretKey<C>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    fn public(&self) -> Result<Vec<u8>, CryptoError> {
        let point = self.public_key().to_sec1_point(false);
        point.as_bytes().get(1..).map(<[u8]>::to_vec).ok_or(CryptoError)
    }

    /// The coordinates are below the prime, and the point is on the curve (RFC 6989 section 2.3); these curves have no smaller subgroup.
    /// The secret is the coordinate x alone (RFC 5903 section 9).
    fn agree(&self, theirs: &[u8]) -> Result<SharedSecret, CryptoError> {
        let point = [&[UNCOMPRESSED], theirs].concat();
        let theirs = PublicKey::<C>::from_sec1_bytes(&point).map_err(|_| CryptoError)?;
        let secret = diffie_hellman(self.to_nonzero_scalar(), theirs.as_affine());
        Ok(SharedSecret::new(secret.raw_secret_bytes().to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::tests::key_exchanges::{refused, taken};
    use crate::provider::tests::hex;

    /// The prime of the field.
    const PRIMES: [(KeMethod, &str); 3] = [
        (KeMethod::ECP_256, "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
        (KeMethod::ECP_384, "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff"),
        (
            KeMethod::ECP_521,
            "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
             ffffffffffffffffffffffffffffffff",
        ),
    ];

    #[test]
    fn rfc_6989_section_2_3_a_public_value_is_a_point_of_the_curve() {
        for (method, prime) in PRIMES {
            let point = SecretKey::<p256::NistP256>::from_slice(&[7; 32]).unwrap().public().unwrap();
            let on_256 = method == KeMethod::ECP_256;
            let prime = hex(prime);
            let zero = alloc::vec![0; prime.len()];
            // Not on the curve: the neutral element as SEC 1 does not write it, and a y that is the prime itself, or x.
            for (x, y) in [(&zero, &zero), (&zero, &prime), (&prime, &prime), (&prime, &zero)] {
                refused(method, &[&x[..], y].concat());
            }
            if on_256 {
                taken(method, &point);
                for at in [0, 31, 32, 63] {
                    let mut other = point.clone();
                    other[at] ^= 1;
                    refused(method, &other);
                }
            }
        }
    }
}
