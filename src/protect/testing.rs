//! What the tests of this module share.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test fails by panicking")]

use super::Suite;
use super::{IvSequence, Opener, Sealer};
use crate::provider::Provider;
use crate::registry::{Encr, Integ};
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(super) const MACS: [Integ; 9] = [
    Integ::AUTH_HMAC_MD5_96,
    Integ::AUTH_HMAC_SHA1_96,
    Integ::AUTH_HMAC_MD5_128,
    Integ::AUTH_HMAC_SHA1_160,
    Integ::AUTH_AES_XCBC_96,
    Integ::AUTH_AES_CMAC_96,
    Integ::AUTH_HMAC_SHA2_256_128,
    Integ::AUTH_HMAC_SHA2_384_192,
    Integ::AUTH_HMAC_SHA2_512_256,
];

/// Every suite there is, whether this build can do it or not.
pub(super) fn suites() -> Vec<Suite> {
    let keyed = [Some(128), Some(192), Some(256)];
    let mut suites = Vec::new();
    for encr in [
        Encr::ENCR_AES_GCM_8,
        Encr::ENCR_AES_GCM_12,
        Encr::ENCR_AES_GCM_16,
        Encr::ENCR_AES_CCM_8,
        Encr::ENCR_AES_CCM_12,
        Encr::ENCR_AES_CCM_16,
    ] {
        suites.extend(keyed.map(|bits| Suite::new(encr, bits, None).unwrap()));
    }
    suites.push(Suite::new(Encr::ENCR_CHACHA20_POLY1305, None, None).unwrap());
    for mac in MACS {
        for encr in [Encr::ENCR_AES_CBC, Encr::ENCR_AES_CTR, Encr::ENCR_CAMELLIA_CBC] {
            suites.extend(keyed.map(|bits| Suite::new(encr, bits, Some(mac)).unwrap()));
        }
        suites.extend([Encr::ENCR_3DES, Encr::ENCR_NULL].map(|encr| Suite::new(encr, None, Some(mac)).unwrap()));
    }
    suites
}

/// A Sealer and an Opener under keys that differ from suite to suite, or nothing when the provider does not have the suite.
pub(super) fn pair(provider: &Provider, suite: &Suite) -> Option<(Box<dyn Sealer>, Box<dyn Opener>)> {
    let octets = |n, salt: u8| (0..n).map(|at| (at as u8).wrapping_mul(29) ^ salt).collect::<Vec<u8>>();
    let salt = (suite.encr().0 as u8) ^ (suite.key_bits() as u8).rotate_left(3) ^ ((suite.integ().0 as u8) << 4);
    let (sk_e, sk_a) = (octets(suite.sk_e_len(), salt), octets(suite.sk_a_len(), !salt));
    suite.supported(provider).ok()?;
    let sealer = suite.sealer(provider, &sk_e, &sk_a, IvSequence::new(&[salt; 16])).unwrap();
    Some((sealer, suite.opener(provider, &sk_e, &sk_a).unwrap()))
}
