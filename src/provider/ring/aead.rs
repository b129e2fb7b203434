//! AES-128-GCM-16, AES-256-GCM-16 (RFC 4106, RFC 5282) and ChaCha20-Poly1305 (RFC 7634).

use crate::error::CryptoError;
use crate::provider::{self, AeadRow};
use crate::registry::Encr;
use alloc::boxed::Box;
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, Nonce, Tag, UnboundKey};
use zeroize::Zeroizing;

pub(super) const ROWS: &[AeadRow] = &[
    AeadRow::new(Encr::ENCR_AES_GCM_16, 128, |key, salt| Aead::boxed(&AES_128_GCM, key, salt)),
    AeadRow::new(Encr::ENCR_AES_GCM_16, 256, |key, salt| Aead::boxed(&AES_256_GCM, key, salt)),
    AeadRow::new(Encr::ENCR_CHACHA20_POLY1305, 256, |key, salt| Aead::boxed(&CHACHA20_POLY1305, key, salt)),
];

struct Aead {
    key: LessSafeKey,
    salt: Zeroizing<[u8; 4]>,
}

impl Aead {
    fn boxed(algorithm: &'static Algorithm, key: &[u8], salt: &[u8]) -> Result<Box<dyn provider::Aead>, CryptoError> {
        let key = LessSafeKey::new(UnboundKey::new(algorithm, key).map_err(|_| CryptoError)?);
        Ok(Box::new(Self { key, salt: Zeroizing::new(salt.try_into().map_err(|_| CryptoError)?) }))
    }

    fn nonce(&self, iv: &[u8]) -> Result<Nonce, CryptoError> {
        let [a, b, c, d] = *self.salt;
        let [e, f, g, h, i, j, k, l] = *<&[u8; 8]>::try_from(iv).map_err(|_| CryptoError)?;
        Ok(Nonce::assume_unique_for_key([a, b, c, d, e, f, g, h, i, j, k, l]))
    }
}

impl provider::Aead for Aead {
    fn encrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        let icv: &mut [u8; 16] = icv.try_into().map_err(|_| CryptoError)?;
        let tag = self.key.seal_in_place_separate_tag(self.nonce(iv)?, Aad::from(aad), text).map_err(|_| CryptoError)?;
        icv.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        Ok(())
    }

    fn decrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        let tag = Tag::try_from(icv).map_err(|_| CryptoError)?;
        self.key.open_in_place_separate_tag(self.nonce(iv)?, Aad::from(aad), tag, text, 0..).map_err(|_| CryptoError)?;
        Ok(())
    }
}
