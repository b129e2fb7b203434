//! The algorithms of `ring`.
//!
//! ring keeps key schedules and HMAC states in types that it does not erase and that cannot be erased from outside.

mod aead;
mod hmac;
#[cfg(feature = "ring-os-random")]
mod sign;
mod verify;

#[cfg(feature = "ring-os-random")]
pub use sign::SigningKey;

use super::{Algorithms, SHA1_LEN};

pub(super) static ALGORITHMS: Algorithms =
    Algorithms::new("ring").with_aeads(aead::ROWS).with_macs(hmac::MACS).with_prfs(hmac::PRFS).with_verifiers(verify::ROWS).with_sha1(sha1);

fn sha1(parts: &[&[u8]]) -> [u8; SHA1_LEN] {
    let mut context = ring::digest::Context::new(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY);
    parts.iter().for_each(|part| context.update(part));
    let mut digest = [0; SHA1_LEN];
    digest.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    digest
}
