//! HMAC with SHA-1 and SHA-2: integrity algorithms (RFC 2404, RFC 4868) and pseudorandom functions.

use crate::error::CryptoError;
use crate::provider::{self, MacRow, PrfRow};
use crate::registry::{Integ, Prf};
use alloc::boxed::Box;
use ring::hmac::{Algorithm, Context, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512, Key};
use zeroize::Zeroizing;

pub(super) const MACS: &[MacRow] = &[
    MacRow::new(Integ::AUTH_HMAC_SHA1_96, |key| Ok(Hmac::boxed(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &[key]))),
    MacRow::new(Integ::AUTH_HMAC_SHA2_256_128, |key| Ok(Hmac::boxed(HMAC_SHA256, &[key]))),
    MacRow::new(Integ::AUTH_HMAC_SHA2_384_192, |key| Ok(Hmac::boxed(HMAC_SHA384, &[key]))),
    MacRow::new(Integ::AUTH_HMAC_SHA2_512_256, |key| Ok(Hmac::boxed(HMAC_SHA512, &[key]))),
];

pub(super) const PRFS: &[PrfRow] = &[
    PrfRow::new(Prf::PRF_HMAC_SHA1, 20, |key| Hmac::boxed(HMAC_SHA1_FOR_LEGACY_USE_ONLY, key)),
    PrfRow::new(Prf::PRF_HMAC_SHA2_256, 32, |key| Hmac::boxed(HMAC_SHA256, key)),
    PrfRow::new(Prf::PRF_HMAC_SHA2_384, 48, |key| Hmac::boxed(HMAC_SHA384, key)),
    PrfRow::new(Prf::PRF_HMAC_SHA2_512, 64, |key| Hmac::boxed(HMAC_SHA512, key)),
];

struct Hmac(Key);

impl Hmac {
    fn boxed(algorithm: Algorithm, key: &[&[u8]]) -> Box<dyn provider::Mac> {
        Box::new(Self(match *key {
            [whole] => Key::new(algorithm, whole),
            _ => Key::new(algorithm, &Zeroizing::new(key.concat())),
        }))
    }
}

impl provider::Mac for Hmac {
    fn compute(&self, parts: &mut dyn Iterator<Item = &[u8]>, out: &mut [u8]) -> Result<(), CryptoError> {
        let mut context = Context::with_key(&self.0);
        parts.for_each(|part| context.update(part));
        let whole = context.sign();
        out.copy_from_slice(whole.as_ref().get(..out.len()).ok_or(CryptoError)?);
        Ok(())
    }
}
