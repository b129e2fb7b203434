//! Provider `rustcrypto`: every suite this crate has, on the RustCrypto crates and their hardware paths.
//!
//! AES-GCM (with every ICV length) and AES-XCBC are composed here from `aes`, `ctr` and `ghash`. All key schedules, MAC states
//! and salts are zeroized on drop.

mod aead;
mod cbc;
mod ctr;
mod gcm;
mod mac;

use super::Suite;
use super::cipher::{Cipher, Finish};
use crate::error::CryptoError;
use crate::registry::Encr;
use aead::Aead;
use aes::{Aes128, Aes192, Aes256};
use alloc::boxed::Box;
use camellia::{Camellia128, Camellia192, Camellia256};
use cbc::Cbc;
use ccm::Ccm;
use ccm::consts::{U8, U11, U12, U16};
use chacha20poly1305::ChaCha20Poly1305;
use ctr::Ctr;
use des::TdesEde3;
use gcm::Gcm;
use mac::Mac;

type Ccm8<C> = Ccm<C, U8, U11>;
type Ccm12<C> = Ccm<C, U12, U11>;
type Ccm16<C> = Ccm<C, U16, U11>;

/// Gives `finish` back when the provider does not have the suite.
pub(super) fn make<F: Finish>(suite: &Suite, key: &[u8], salt: &[u8], sk_a: &[u8], finish: F) -> Result<F::Out, F> {
    let icv_len = suite.icv_len();
    match (suite.encr(), suite.key_bits()) {
        (Encr::ENCR_AES_CBC, 128) => with_mac(Cbc::<Aes128>::new(key), suite, sk_a, finish),
        (Encr::ENCR_AES_CBC, 192) => with_mac(Cbc::<Aes192>::new(key), suite, sk_a, finish),
        (Encr::ENCR_AES_CBC, 256) => with_mac(Cbc::<Aes256>::new(key), suite, sk_a, finish),
        (Encr::ENCR_3DES, 192) => with_mac(Cbc::<TdesEde3>::new(key), suite, sk_a, finish),
        (Encr::ENCR_CAMELLIA_CBC, 128) => with_mac(Cbc::<Camellia128>::new(key), suite, sk_a, finish),
        (Encr::ENCR_CAMELLIA_CBC, 192) => with_mac(Cbc::<Camellia192>::new(key), suite, sk_a, finish),
        (Encr::ENCR_CAMELLIA_CBC, 256) => with_mac(Cbc::<Camellia256>::new(key), suite, sk_a, finish),
        (Encr::ENCR_AES_CTR, 128) => with_mac(Ctr::<Aes128>::new(key, salt), suite, sk_a, finish),
        (Encr::ENCR_AES_CTR, 192) => with_mac(Ctr::<Aes192>::new(key, salt), suite, sk_a, finish),
        (Encr::ENCR_AES_CTR, 256) => with_mac(Ctr::<Aes256>::new(key, salt), suite, sk_a, finish),
        (Encr::ENCR_NULL, 0) => with_mac(Some(Null), suite, sk_a, finish),
        (Encr::ENCR_AES_CCM_8, 128) => done(Aead::<Ccm8<Aes128>, 3>::new(key, salt), finish),
        (Encr::ENCR_AES_CCM_8, 192) => done(Aead::<Ccm8<Aes192>, 3>::new(key, salt), finish),
        (Encr::ENCR_AES_CCM_8, 256) => done(Aead::<Ccm8<Aes256>, 3>::new(key, salt), finish),
        (Encr::ENCR_AES_CCM_12, 128) => done(Aead::<Ccm12<Aes128>, 3>::new(key, salt), finish),
        (Encr::ENCR_AES_CCM_12, 192) => done(Aead::<Ccm12<Aes192>, 3>::new(key, salt), finish),
        (Encr::ENCR_AES_CCM_12, 256) => done(Aead::<Ccm12<Aes256>, 3>::new(key, salt), finish),
        (Encr::ENCR_AES_CCM_16, 128) => done(Aead::<Ccm16<Aes128>, 3>::new(key, salt), finish),
        (Encr::ENCR_AES_CCM_16, 192) => done(Aead::<Ccm16<Aes192>, 3>::new(key, salt), finish),
        (Encr::ENCR_AES_CCM_16, 256) => done(Aead::<Ccm16<Aes256>, 3>::new(key, salt), finish),
        (Encr::ENCR_AES_GCM_8 | Encr::ENCR_AES_GCM_12 | Encr::ENCR_AES_GCM_16, bits) => match bits {
            128 => done(Gcm::<Aes128>::new(key, salt, icv_len), finish),
            192 => done(Gcm::<Aes192>::new(key, salt, icv_len), finish),
            _ => done(Gcm::<Aes256>::new(key, salt, icv_len), finish),
        },
        (Encr::ENCR_CHACHA20_POLY1305, 256) => done(Aead::<ChaCha20Poly1305, 4>::new(key, salt), finish),
        _ => Err(finish),
    }
}

fn done<F: Finish, C: Cipher + 'static>(cipher: Option<C>, finish: F) -> Result<F::Out, F> {
    match cipher {
        Some(cipher) => Ok(finish.finish(cipher)),
        None => Err(finish),
    }
}

fn with_mac<F: Finish, M: Mode + 'static>(mode: Option<M>, suite: &Suite, sk_a: &[u8], finish: F) -> Result<F::Out, F> {
    let mac = mac::new(suite.integ(), sk_a);
    let cipher = mode.zip(mac).map(|(mode, mac)| EncryptThenMac { mode, mac, icv_len: suite.icv_len() });
    done(cipher, finish)
}

/// A mode of encryption without authentication.
trait Mode: Send + Sync {
    fn iv_len(&self) -> usize;
    fn block_len(&self) -> usize;
    fn write_iv(&self, counter: u64, seed: &[u8; 16], iv: &mut [u8]) -> Result<(), CryptoError>;
    fn encrypt(&self, iv: &[u8], text: &mut [u8]) -> Result<(), CryptoError>;
    fn decrypt(&self, iv: &[u8], text: &mut [u8]) -> Result<(), CryptoError>;
}

/// ENCR_NULL (RFC 2410): no IV, and the text stays what it is.
struct Null;

impl Mode for Null {
    fn iv_len(&self) -> usize {
        0
    }

    fn block_len(&self) -> usize {
        1
    }

    fn write_iv(&self, _: u64, _: &[u8; 16], _: &mut [u8]) -> Result<(), CryptoError> {
        Ok(())
    }

    fn encrypt(&self, _: &[u8], _: &mut [u8]) -> Result<(), CryptoError> {
        Ok(())
    }

    fn decrypt(&self, _: &[u8], _: &mut [u8]) -> Result<(), CryptoError> {
        Ok(())
    }
}

/// RFC 7296 section 3.14: the MAC covers what precedes the IV, the IV, and the encrypted text.
struct EncryptThenMac<M> {
    mode: M,
    mac: Box<dyn Mac>,
    icv_len: usize,
}

impl<M: Mode> Cipher for EncryptThenMac<M> {
    fn iv_len(&self) -> usize {
        self.mode.iv_len()
    }

    fn icv_len(&self) -> usize {
        self.icv_len
    }

    fn block_len(&self) -> usize {
        self.mode.block_len()
    }

    fn write_iv(&self, counter: u64, seed: &[u8; 16], iv: &mut [u8]) -> Result<(), CryptoError> {
        self.mode.write_iv(counter, seed, iv)
    }

    fn encrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        self.mode.encrypt(iv, text)?;
        self.mac.write([aad, iv, text], icv);
        Ok(())
    }

    fn decrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        self.mac.verify([aad, iv, text], icv)?;
        self.mode.decrypt(iv, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::{ZeroizeOnDrop, Zeroizing};

    /// Fails to compile when a crate's `zeroize` feature is not on.
    #[test]
    fn what_holds_a_key_is_erased_on_drop() {
        fn erased<T: ZeroizeOnDrop>() {}
        erased::<Aes128>();
        erased::<Aes192>();
        erased::<Aes256>();
        erased::<Camellia128>();
        erased::<Camellia192>();
        erased::<Camellia256>();
        erased::<TdesEde3>();
        erased::<ChaCha20Poly1305>();
        // Hmac, Cmac and GHash do not carry the marker themselves; what they are made of does.
        erased::<md5::Md5>();
        erased::<sha1::Sha1>();
        erased::<sha2::Sha256>();
        erased::<sha2::Sha384>();
        erased::<sha2::Sha512>();
        erased::<cmac::block_api::CmacCore<Aes128>>();
        erased::<Zeroizing<[u8; 4]>>();
    }
}
