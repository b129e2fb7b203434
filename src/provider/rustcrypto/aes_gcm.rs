//! AES-GCM with an ICV of 8, 12 or 16 octets (NIST SP 800-38D, RFC 4106, RFC 5282).
//!
//! Ours because no crate offers the 8-octet ICV: GHASH and the counter mode are crates, this is their composition.

use super::ctr::keystream;
use crate::error::CryptoError;
use crate::provider::{self, AeadRow, Algorithms};
use crate::registry::Encr;
use aes::{Aes128, Aes192, Aes256};
use alloc::boxed::Box;
use aes::cipher::{Array, BlockCipherEncrypt, BlockSizeUser, KeyInit, StreamCipherCore, consts::U16};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: aes-gcm").with_aeads(&[
    AeadRow::new(Encr::ENCR_AES_GCM_8, 128, |key, salt| Gcm::<Aes128>::boxed(key, salt, 8)),
    AeadRow::new(Encr::ENCR_AES_GCM_8, 192, |key, salt| Gcm::<Aes192>::boxed(key, salt, 8)),
    AeadRow::new(Encr::ENCR_AES_GCM_8, 256, |key, salt| Gcm::<Aes256>::boxed(key, salt, 8)),
    AeadRow::new(Encr::ENCR_AES_GCM_12, 128, |key, salt| Gcm::<Aes128>::boxed(key, salt, 12)),
    AeadRow::new(Encr::ENCR_AES_GCM_12, 192, |key, salt| Gcm::<Aes192>::boxed(key, salt, 12)),
    AeadRow::new(Encr::ENCR_AES_GCM_12, 256, |key, salt| Gcm::<Aes256>::boxed(key, salt, 12)),
    AeadRow::new(Encr::ENCR_AES_GCM_16, 128, |key, salt| Gcm::<Aes128>::boxed(key, salt, 16)),
    AeadRow::new(Encr::ENCR_AES_GCM_16, 192, |key, salt| Gcm::<Aes192>::boxed(key, salt, 16)),
    AeadRow::new(Encr::ENCR_AES_GCM_16, 256, |key, salt| Gcm::<Aes256>::boxed(key, salt, 16)),
]);

struct Gcm<C> {
    cipher: C,
    ghash: GHash,
    salt: Zeroizing<[u8; 4]>,
    icv_len: usize,
}

impl<C> Gcm<C>
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16> + KeyInit + Send + Sync + 'static,
{
    fn boxed(key: &[u8], salt: &[u8], icv_len: usize) -> Result<Box<dyn provider::Aead>, CryptoError> {
        let cipher = C::new_from_slice(key).map_err(|_| CryptoError)?;
        let mut h = Array::default();
        cipher.encrypt_block(&mut h);
        let ghash = GHash::new(&h);
        h.zeroize();
        let salt = Zeroizing::new(salt.try_into().map_err(|_| CryptoError)?);
        Ok(Box::new(Self { cipher, ghash, salt, icv_len }))
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

impl<C> provider::Aead for Gcm<C>
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16> + Send + Sync,
{
    fn encrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        if icv.len() != self.icv_len {
            return Err(CryptoError);
        }
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
        let tag = tag.get(..self.icv_len).ok_or(CryptoError)?;
        if !bool::from(tag.ct_eq(icv)) {
            return Err(CryptoError);
        }
        keystream.try_apply_keystream_partial(text.into()).map_err(|_| CryptoError)
    }
}
