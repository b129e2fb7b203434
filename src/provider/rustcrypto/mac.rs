//! What all MACs share.

use crate::error::CryptoError;
use crate::provider::Mac;
use ::hmac::digest::{FixedOutput, Update};
use zeroize::Zeroize;

/// A MAC that has absorbed its key; cloned for each message.
pub(super) struct Keyed<M>(pub(super) M);

impl<M: Update + FixedOutput + Clone + Send + Sync> Mac for Keyed<M> {
    fn compute(&self, parts: &mut dyn Iterator<Item = &[u8]>, out: &mut [u8]) -> Result<(), CryptoError> {
        let mut mac = self.0.clone();
        parts.for_each(|part| mac.update(part));
        let mut whole = mac.finalize_fixed();
        let leading = whole.as_slice().get(..out.len()).map(|leading| out.copy_from_slice(leading));
        whole.as_mut_slice().zeroize();
        leading.ok_or(CryptoError)
    }
}

/// Copies as much of `key` as fits, and returns its whole length in octets.
pub(super) fn fill(block: &mut [u8], key: &[&[u8]]) -> usize {
    let octets = || key.iter().copied().flatten();
    block.iter_mut().zip(octets()).for_each(|(to, from)| *to = *from);
    octets().count()
}
