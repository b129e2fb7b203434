//! HMAC over any hash (RFC 2104).

use super::mac::{Keyed, fill};
use crate::provider::Mac;
use ::hmac::digest::block_api::EagerHash;
use ::hmac::digest::common::{Key, KeySizeUser};
use ::hmac::digest::{Digest, FixedOutput, Update};
use ::hmac::{Hmac, KeyInit};
use alloc::boxed::Box;
use zeroize::Zeroize;

/// HMAC with the key brought to the block size as RFC 2104 section 2 does, which leaves no length to refuse.
pub(super) fn hmac<D>(key: &[&[u8]]) -> Box<dyn Mac>
where
    D: EagerHash + Digest,
    Hmac<D>: KeyInit + Update + FixedOutput + Clone + Send + Sync + 'static,
{
    let mut block: Key<Hmac<D>> = Default::default();
    if fill(block.as_mut_slice(), key) > <Hmac<D> as KeySizeUser>::key_size() {
        let mut hash = D::new();
        key.iter().for_each(|part| Digest::update(&mut hash, part));
        let mut digest = hash.finalize();
        block.as_mut_slice().zeroize();
        block.iter_mut().zip(&digest).for_each(|(to, from)| *to = *from);
        digest.as_mut_slice().zeroize();
    }
    let mac = <Hmac<D> as KeyInit>::new(&block);
    block.as_mut_slice().zeroize();
    Box::new(Keyed(mac))
}
