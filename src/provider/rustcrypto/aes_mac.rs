//! AES-XCBC and AES-CMAC as integrity algorithm (RFC 3566, RFC 4494) and pseudorandom function (RFC 4434, RFC 4615).

mod xcbc;

use super::mac::{Keyed, fill};
use crate::error::CryptoError;
use crate::provider::{Algorithms, Mac, MacRow, PrfRow};
use crate::registry::{Integ, Prf};
use aes::Aes128;
use alloc::boxed::Box;
use cmac::digest::FixedOutput;
use cmac::{Cmac, KeyInit, Mac as _};
use xcbc::Xcbc;
use zeroize::Zeroizing;

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: aes-mac")
    .with_macs(&[
        MacRow::new(Integ::AUTH_AES_XCBC_96, |key| Ok(Box::new(Xcbc::new(key.try_into().map_err(|_| CryptoError)?)))),
        MacRow::new(Integ::AUTH_AES_CMAC_96, |key| {
            Ok(Box::new(Keyed(<Cmac<Aes128> as KeyInit>::new_from_slice(key).map_err(|_| CryptoError)?)))
        }),
    ])
    .with_prfs(&[PrfRow::new(Prf::PRF_AES128_XCBC, 16, xcbc_prf), PrfRow::new(Prf::PRF_AES128_CMAC, 16, cmac_prf)]);

/// RFC 4434 section 2: a shorter key is padded with zeros, a longer one is replaced by its own AES-XCBC-PRF-128 under zeros.
fn xcbc_prf(key: &[&[u8]]) -> Box<dyn Mac> {
    let mut block = Zeroizing::new([0; 16]);
    if fill(&mut *block, key) > block.len() {
        *block = Xcbc::new(&[0; 16]).mac(key.iter().copied());
    }
    Box::new(Xcbc::new(&block))
}

/// RFC 4615 section 3: a key of any length but 128 bits is replaced by its own AES-CMAC under zeros.
fn cmac_prf(key: &[&[u8]]) -> Box<dyn Mac> {
    let mut block = Zeroizing::new([0; 16]);
    if fill(&mut *block, key) != block.len() {
        let mut outer = <Cmac<Aes128> as KeyInit>::new(&[0; 16].into());
        key.iter().for_each(|part| outer.update(part));
        *block = outer.finalize_fixed().into();
    }
    Box::new(Keyed(<Cmac<Aes128> as KeyInit>::new(&(*block).into())))
}

impl Mac for Xcbc {
    fn compute(&self, parts: &mut dyn Iterator<Item = &[u8]>, out: &mut [u8]) -> Result<(), CryptoError> {
        let whole = Zeroizing::new(self.mac(parts));
        out.copy_from_slice(whole.get(..out.len()).ok_or(CryptoError)?);
        Ok(())
    }
}
