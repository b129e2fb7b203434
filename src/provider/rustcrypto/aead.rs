//! AEAD ciphers that are crates: AES-CCM (RFC 4309, RFC 5282) and ChaCha20-Poly1305 (RFC 7634). Nonce = salt | IV of 8 octets.

use crate::error::CryptoError;
use crate::protect::cipher::{Cipher, write_counter};
use ccm::aead::array::typenum::Unsigned;
use ccm::aead::{AeadCore, AeadInOut, KeyInit, Nonce, Tag};
use zeroize::Zeroizing;

pub(super) struct Aead<A, const SALT: usize> {
    aead: A,
    salt: Zeroizing<[u8; SALT]>,
}

impl<A: KeyInit, const SALT: usize> Aead<A, SALT> {
    pub(super) fn new(key: &[u8], salt: &[u8]) -> Option<Self> {
        Some(Self { aead: A::new_from_slice(key).ok()?, salt: Zeroizing::new(salt.try_into().ok()?) })
    }
}

impl<A: AeadCore, const SALT: usize> Aead<A, SALT> {
    fn nonce(&self, iv: &[u8]) -> Nonce<A> {
        let mut nonce = Nonce::<A>::default();
        let octets = self.salt.iter().chain(iv);
        nonce.iter_mut().zip(octets).for_each(|(n, octet)| *n = *octet);
        nonce
    }
}

impl<A: AeadInOut + Send + Sync, const SALT: usize> Cipher for Aead<A, SALT> {
    fn iv_len(&self) -> usize {
        8
    }

    fn icv_len(&self) -> usize {
        A::TagSize::USIZE
    }

    fn block_len(&self) -> usize {
        1
    }

    fn write_iv(&self, counter: u64, _: &[u8; 16], iv: &mut [u8]) -> Result<(), CryptoError> {
        write_counter(counter, iv)
    }

    fn encrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        let tag = self.aead.encrypt_inout_detached(&self.nonce(iv), aad, text.into()).map_err(|_| CryptoError)?;
        icv.iter_mut().zip(tag).for_each(|(i, t)| *i = t);
        Ok(())
    }

    fn decrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        let tag = Tag::<A>::try_from(icv).map_err(|_| CryptoError)?;
        self.aead.decrypt_inout_detached(&self.nonce(iv), aad, text.into(), &tag).map_err(|_| CryptoError)
    }
}
