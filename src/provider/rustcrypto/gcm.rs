//! AES-GCM with an ICV of 8, 12 or 16 octets (NIST SP 800-38D, RFC 4106, RFC 5282).
//!
//! Ours because no crate offers the 8-octet ICV: GHASH and the counter mode are crates, this is their composition.

use super::ctr::keystream;
use crate::error::CryptoError;
use crate::protect::cipher::{Cipher, write_counter};
use aes::cipher::{Array, BlockCipherEncrypt, BlockSizeUser, KeyInit, StreamCipherCore, consts::U16};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

pub(super) struct Gcm<C> {
    cipher: C,
    ghash: GHash,
    salt: Zeroizing<[u8; 4]>,
    icv_len: usize,
}

impl<C> Gcm<C>
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16> + KeyInit,
{
    pub(super) fn new(key: &[u8], salt: &[u8], icv_len: usize) -> Option<Self> {
        let cipher = C::new_from_slice(key).ok()?;
        let mut h = Array::default();
        cipher.encrypt_block(&mut h);
        let ghash = GHash::new(&h);
        h.zeroize();
        Some(Self { cipher, ghash, salt: Zeroizing::new(salt.try_into().ok()?), icv_len })
    }
}

impl<C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>> Gcm<C> {
    /// The tag before it is cut to the ICV's length; `mask` is the first keystream block.
    fn tag(&self, mask: [u8; 16], aad: &[u8], text: &[u8]) -> Result<[u8; 16], CryptoError> {
        let mut hash = self.ghash.clone();
        hash.update_padded(aad);
        hash.update_padded(text);
        let bits = (u128::from(bits(aad)?) << 64) | u128::from(bits(text)?);
        hash.update(&[Array(bits.to_be_bytes())]);
        let tag = u128::from_be_bytes(hash.finalize().0) ^ u128::from_be_bytes(mask);
        Ok(tag.to_be_bytes())
    }
}

fn bits(octets: &[u8]) -> Result<u64, CryptoError> {
    u64::try_from(octets.len()).ok().and_then(|len| len.checked_mul(8)).ok_or(CryptoError)
}

impl<C> Cipher for Gcm<C>
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16> + Send + Sync,
{
    fn iv_len(&self) -> usize {
        8
    }

    fn icv_len(&self) -> usize {
        self.icv_len
    }

    fn block_len(&self) -> usize {
        1
    }

    fn write_iv(&self, counter: u64, _: &[u8; 16], iv: &mut [u8]) -> Result<(), CryptoError> {
        write_counter(counter, iv)
    }

    fn encrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        let mut keystream = keystream(&self.cipher, &self.salt, iv);
        let mut mask = Array::default();
        keystream.write_keystream_block(&mut mask);
        keystream.try_apply_keystream_partial(text.into()).map_err(|_| CryptoError)?;
        let tag = self.tag(mask.0, aad, text)?;
        icv.iter_mut().zip(tag).for_each(|(i, t)| *i = t);
        Ok(())
    }

    fn decrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        let mut keystream = keystream(&self.cipher, &self.salt, iv);
        let mut mask = Array::default();
        keystream.write_keystream_block(&mut mask);
        let tag = self.tag(mask.0, aad, text)?;
        let tag = tag.get(..icv.len()).ok_or(CryptoError)?;
        if !bool::from(tag.ct_eq(icv)) {
            return Err(CryptoError);
        }
        keystream.try_apply_keystream_partial(text.into()).map_err(|_| CryptoError)
    }
}
