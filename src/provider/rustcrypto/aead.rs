//! AEAD ciphers that are crates: AES-CCM (RFC 4309, RFC 5282) and ChaCha20-Poly1305 (RFC 7634). Nonce = salt | IV of 8 octets.

use crate::error::CryptoError;
use crate::provider;
use ::aead::{AeadCore, AeadInOut, KeyInit, Nonce, Tag};
use alloc::boxed::Box;
use zeroize::Zeroizing;

pub(super) struct Aead<A, const SALT: usize> {
    aead: A,
    salt: Zeroizing<[u8; SALT]>,
}

impl<A: KeyInit + AeadInOut + Send + Sync + 'static, const SALT: usize> Aead<A, SALT> {
    pub(super) fn boxed(key: &[u8], salt: &[u8]) -> Result<Box<dyn provider::Aead>, CryptoError> {
        let salt = Zeroizing::new(salt.try_into().map_err(|_| CryptoError)?);
        Ok(Box::new(Self { aead: A::new_from_slice(key).map_err(|_| CryptoError)?, salt }))
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

impl<A: AeadInOut + Send + Sync, const SALT: usize> provider::Aead for Aead<A, SALT> {
    fn encrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        let tag = self.aead.encrypt_inout_detached(&self.nonce(iv), aad, text.into()).map_err(|_| CryptoError)?;
        icv.iter_mut().zip(tag).for_each(|(to, from)| *to = from);
        Ok(())
    }

    fn decrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        let tag = Tag::<A>::try_from(icv).map_err(|_| CryptoError)?;
        self.aead.decrypt_inout_detached(&self.nonce(iv), aad, text.into(), &tag).map_err(|_| CryptoError)
    }
}
