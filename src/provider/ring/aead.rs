//! Provider `ring`: AES-128-GCM-16, AES-256-GCM-16 (RFC 4106, RFC 5282) and ChaCha20-Poly1305 (RFC 7634).
//!
//! ring keeps the key schedule in a type that it does not zeroize and that cannot be zeroized from outside.

use super::Suite;
use super::cipher::{Cipher, Finish, write_counter};
use crate::error::CryptoError;
use crate::registry::Encr;
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, Tag, UnboundKey};
use zeroize::Zeroizing;

struct Aead {
    key: LessSafeKey,
    salt: Zeroizing<[u8; 4]>,
}

/// Gives `finish` back when ring does not have the suite.
pub(super) fn make<F: Finish>(suite: &Suite, key: &[u8], salt: &[u8], finish: F) -> Result<F::Out, F> {
    let algorithm = match (suite.encr(), suite.key_bits()) {
        (Encr::ENCR_AES_GCM_16, 128) => &AES_128_GCM,
        (Encr::ENCR_AES_GCM_16, 256) => &AES_256_GCM,
        (Encr::ENCR_CHACHA20_POLY1305, 256) => &CHACHA20_POLY1305,
        _ => return Err(finish),
    };
    let (Ok(key), Ok(salt)) = (UnboundKey::new(algorithm, key), salt.try_into()) else {
        return Err(finish);
    };
    Ok(finish.finish(Aead { key: LessSafeKey::new(key), salt: Zeroizing::new(salt) }))
}

impl Aead {
    fn nonce(&self, iv: &[u8]) -> Result<Nonce, CryptoError> {
        let [a, b, c, d] = *self.salt;
        let [e, f, g, h, i, j, k, l] = *<&[u8; 8]>::try_from(iv).map_err(|_| CryptoError)?;
        Ok(Nonce::assume_unique_for_key([a, b, c, d, e, f, g, h, i, j, k, l]))
    }
}

impl Cipher for Aead {
    fn iv_len(&self) -> usize {
        8
    }

    fn icv_len(&self) -> usize {
        16
    }

    fn block_len(&self) -> usize {
        1
    }

    fn write_iv(&self, counter: u64, _: &[u8; 16], iv: &mut [u8]) -> Result<(), CryptoError> {
        write_counter(counter, iv)
    }

    fn encrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        let tag = self.key.seal_in_place_separate_tag(self.nonce(iv)?, Aad::from(aad), text).map_err(|_| CryptoError)?;
        icv.copy_from_slice(tag.as_ref());
        Ok(())
    }

    fn decrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        let tag = Tag::try_from(icv).map_err(|_| CryptoError)?;
        self.key.open_in_place_separate_tag(self.nonce(iv)?, Aad::from(aad), tag, text, 0..).map_err(|_| CryptoError)?;
        Ok(())
    }
}
