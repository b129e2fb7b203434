//! Key octets on the heap: in one place however often their owner moves, and erased when it goes.

use super::PrfFunction;
use crate::error::CryptoError;
use alloc::vec;
use alloc::vec::Vec;
use zeroize::Zeroizing;

pub(super) struct Material(Zeroizing<Vec<u8>>);

impl Material {
    /// prf+(`key`, `seed`), as many octets as `sizes` add up to.
    pub(super) fn derive(prf: PrfFunction, key: &[u8], seed: &[&[u8]], sizes: &[usize]) -> Result<Self, CryptoError> {
        let total = sizes.iter().try_fold(0_usize, |sum, size| sum.checked_add(*size)).ok_or(CryptoError)?;
        // prf+ ends at 255 outputs: nothing larger is allocated.
        if total > prf.output_len().saturating_mul(usize::from(u8::MAX)) {
            return Err(CryptoError);
        }
        let mut octets = Zeroizing::new(vec![0; total]);
        prf.prf_plus(key, seed, &mut octets)?;
        Ok(Self(octets))
    }

    /// Keys that were derived before, in one piece.
    pub(super) fn concat(keys: &[&[u8]]) -> Self {
        Self(Zeroizing::new(keys.concat()))
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn cut(&self, start: usize, len: usize) -> &[u8] {
        self.0.get(start..).and_then(|rest| rest.get(..len)).unwrap_or_default()
    }
}
