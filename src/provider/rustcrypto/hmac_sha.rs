//! HMAC with SHA-1 and SHA-2 as integrity algorithm (RFC 2404, RFC 4868) and pseudorandom function, and SHA-1 itself.

use super::hmac::hmac;
use crate::provider::{Algorithms, MacRow, PrfRow, SHA1_LEN};
use crate::registry::{Integ, Prf};
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha384, Sha512};

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: hmac-sha")
    .with_macs(&[
        MacRow::new(Integ::AUTH_HMAC_SHA1_96, |key| Ok(hmac::<Sha1>(&[key]))),
        MacRow::new(Integ::AUTH_HMAC_SHA2_256_128, |key| Ok(hmac::<Sha256>(&[key]))),
        MacRow::new(Integ::AUTH_HMAC_SHA2_384_192, |key| Ok(hmac::<Sha384>(&[key]))),
        MacRow::new(Integ::AUTH_HMAC_SHA2_512_256, |key| Ok(hmac::<Sha512>(&[key]))),
    ])
    .with_prfs(&[
        PrfRow::new(Prf::PRF_HMAC_SHA1, 20, hmac::<Sha1>),
        PrfRow::new(Prf::PRF_HMAC_SHA2_256, 32, hmac::<Sha256>),
        PrfRow::new(Prf::PRF_HMAC_SHA2_384, 48, hmac::<Sha384>),
        PrfRow::new(Prf::PRF_HMAC_SHA2_512, 64, hmac::<Sha512>),
    ])
    .with_sha1(sha1);

fn sha1(parts: &[&[u8]]) -> [u8; SHA1_LEN] {
    let mut hash = Sha1::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}
