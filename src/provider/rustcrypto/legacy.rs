//! What only old peers and tests ask for: 3DES (RFC 2451), HMAC-MD5 (RFC 2403), the HMACs of Fibre Channel (RFC 4595), and NULL encryption (RFC 2410), which RFC 7296
//! section 5 forbids for IKE SAs.

use super::cbc::Cbc;
use super::hmac::hmac;
use crate::error::CryptoError;
use crate::provider::{Algorithms, MacRow, Mode, ModeRow, PrfRow};
use crate::registry::{Encr, Integ, Prf};
use alloc::boxed::Box;
use des::TdesEde3;
use md5::Md5;
use sha1::Sha1;

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: legacy")
    .with_modes(&[
        ModeRow::new(Encr::ENCR_3DES, 192, Cbc::<TdesEde3>::boxed),
        ModeRow::new(Encr::ENCR_NULL, 0, |_, _| Ok(Box::new(Null))),
    ])
    .with_macs(&[
        MacRow::new(Integ::AUTH_HMAC_MD5_96, |key| Ok(hmac::<Md5>(&[key]))),
        MacRow::new(Integ::AUTH_HMAC_MD5_128, |key| Ok(hmac::<Md5>(&[key]))),
        MacRow::new(Integ::AUTH_HMAC_SHA1_160, |key| Ok(hmac::<Sha1>(&[key]))),
    ])
    .with_prfs(&[PrfRow::new(Prf::PRF_HMAC_MD5, 16, hmac::<Md5>)]);

/// ENCR_NULL (RFC 2410): no IV, and the text stays what it is.
struct Null;

impl Mode for Null {
    fn derive_iv(&self, _: u64, _: &[u8; 16], _: &mut [u8]) -> Result<(), CryptoError> {
        Ok(())
    }

    fn encrypt(&self, _: &[u8], _: &mut [u8]) -> Result<(), CryptoError> {
        Ok(())
    }

    fn decrypt(&self, _: &[u8], _: &mut [u8]) -> Result<(), CryptoError> {
        Ok(())
    }
}
