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

    /// Any u-coordinate is taken, that which is not reduced too, its most significant bit ignored (RFC 7748 section 5). A point of small
    /// order is told by the secret, which is then all zeros (RFC 7748 section 6.1, RFC 6989 section 2.4).
    fn agree(&self, theirs: &[u8]) -> Result<SharedSecret, CryptoError> {
        let theirs: [u8; LEN] = theirs.try_into().map_err(|_| CryptoError)?;
        let secret = Zeroizing::new(MontgomeryPoint(theirs).mul_clamped(*self.0).to_bytes());
        if secret.ct_eq(&[0; LEN]).into() { Err(CryptoError) } else { Ok(SharedSecret::new(secret.to_vec())) }
    }
}
