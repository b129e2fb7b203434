//! The counter mode of AES-CTR and AES-GCM: counter block = salt of 4 octets | IV of 8 | block counter of 4 (RFC 3686 section 4, NIST SP
//! 800-38D section 7.1).

use aes::cipher::{Array, BlockCipherEncrypt, BlockSizeUser, InnerIvInit, consts::U16};
use ctr::CtrCore;
use ctr::flavors::Ctr32BE;

/// The keystream from block 1 of `salt | iv | counter` on, as AES-CTR and AES-GCM use it.
pub(super) fn keystream<'c, C>(cipher: &'c C, salt: &[u8; 4], iv: &[u8]) -> CtrCore<&'c C, Ctr32BE>
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>,
{
    let mut block = Array::default();
    let octets = salt.iter().chain(iv).chain(&[0, 0, 0, 1]);
    block.iter_mut().zip(octets).for_each(|(b, octet)| *b = *octet);
    CtrCore::inner_iv_init(cipher, &block)
}
