//! X25519 (RFC 7748, RFC 8031).

use super::diffie_hellman::{PrivateKey, begin, respond};
use crate::error::CryptoError;
use crate::provider::{Algorithms, KeyExchangeRow, Random, SharedSecret};
use crate::registry::KeMethod;
use alloc::vec::Vec;
use curve25519_dalek::montgomery::MontgomeryPoint;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Octets of a scalar, of a u-coordinate and of the secret.
const LEN: usize = 32;

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: ke-x25519").with_key_exchanges(&[KeyExchangeRow::new(
    KeMethod::CURVE25519,
    |random| begin(Scalar::draw(random)?),
    |random, data| respond(Scalar::draw(random)?, data),
)]);

/// Before decodeScalar25519, which each use does anew (RFC 7748 section 5).
struct Scalar(Zeroizing<[u8; LEN]>);

impl Scalar {
    fn draw(random: &mut dyn Random) -> Result<Self, CryptoError> {
        let mut octets = Zeroizing::new([0; LEN]);
        random.fill(octets.as_mut_slice())?;
        Ok(Self(octets))
    }
}

impl PrivateKey for Scalar {
    fn public(&self) -> Result<Vec<u8>, CryptoError> {
        Ok(MontgomeryPoint::mul_base_clamped(*self.0).to_bytes().to_vec())
    }

    /// Every u-coordinate is taken, also one that is not reduced, and its most significant bit is ignored (RFC 7748 section 5, RFC 8031
    /// section 3.2). A point of small order is told by the secret, which is then all zeros (RFC 7748 section 6.1).
    fn agree(&self, theirs: &[u8]) -> Result<SharedSecret, CryptoError> {
        let theirs: [u8; LEN] = theirs.try_into().map_err(|_| CryptoError)?;
        let secret = Zeroizing::new(MontgomeryPoint(theirs).mul_clamped(*self.0).to_bytes());
        if secret.ct_eq(&[0; LEN]).into() { Err(CryptoError) } else { Ok(SharedSecret::new(secret.to_vec())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::tests::hex;
    use crate::provider::tests::key_exchanges::{refused, taken};

    /// The points of small order, in every form: their secret is zero.
    #[test]
    fn rfc_7748_section_6_1_a_secret_of_zeros_is_refused() {
        for point in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ] {
            refused(KeMethod::CURVE25519, &hex(point));
        }
        taken(KeMethod::CURVE25519, &hex("0900000000000000000000000000000000000000000000000000000000000000"));
        // 9 + p is not reduced, and is 9.
        taken(KeMethod::CURVE25519, &hex("f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
    }
}
