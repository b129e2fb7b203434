//! From transform ids to the Sealer and Opener they stand for.

#[cfg(feature = "alloc")]
use super::cipher::{Finish, ForOpening, ForSealing};
#[cfg(feature = "alloc")]
use super::{Ivs, Opener, Sealer};
use crate::error::{Algorithm, SuiteError, Unsupported};
use crate::registry::{Encr, Integ};
#[cfg(feature = "alloc")]
use alloc::boxed::Box;

/// The encryption and integrity transforms of an IKE SA, known to belong together.
///
/// The lengths are known whether or not this build can do the algorithms; [`Suite::supported`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Suite {
    encr: Encr,
    key_bits: u16,
    integ: Integ,
    cipher: Lengths,
    mac: Option<MacLengths>,
}

/// What a cipher's transform id and key length stand for, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Lengths {
    key: usize,
    salt: usize,
    iv: usize,
    block: usize,
    /// Of an AEAD cipher; 0 for one that needs a MAC beside it.
    icv: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct MacLengths {
    key: usize,
    icv: usize,
}

impl Suite {
    /// The suite of these transforms; `key_bits` is the Key Length attribute, `integ` absent or NONE for an AEAD cipher.
    ///
    /// Ciphers with one key length (3DES, ChaCha20-Poly1305, NULL) go without `key_bits` or with the one that is theirs.
    ///
    /// # Errors
    /// [`SuiteError::Unsupported`] for an algorithm or key length this crate does not have under any cargo feature;
    /// [`SuiteError::IntegMissing`] and [`SuiteError::IntegSuperfluous`] when the two do not belong together.
    pub fn new(
        encr: Encr,
        key_bits: Option<u16>,
        integ: Option<Integ>,
    ) -> Result<Self, SuiteError> {
        let none = |algorithm| Unsupported {
            algorithm,
            features: &[],
        };
        let (key_bits, cipher) =
            cipher(encr, key_bits).ok_or(none(Algorithm::Encr(encr, key_bits)))?;
        let integ = integ.unwrap_or(Integ::NONE);
        let mac = match integ {
            Integ::NONE if cipher.icv == 0 => return Err(SuiteError::IntegMissing(encr)),
            Integ::NONE => None,
            _ if cipher.icv != 0 => return Err(SuiteError::IntegSuperfluous { encr, integ }),
            _ => Some(mac(integ).ok_or(none(Algorithm::Integ(integ)))?),
        };
        Ok(Self {
            encr,
            key_bits,
            integ,
            cipher,
            mac,
        })
    }

    /// The encryption transform.
    #[must_use]
    pub const fn encr(&self) -> Encr {
        self.encr
    }

    /// Bits of the cipher's key, the salt not counted; 0 for NULL.
    #[must_use]
    pub const fn key_bits(&self) -> u16 {
        self.key_bits
    }

    /// The integrity transform; NONE for an AEAD cipher.
    #[must_use]
    pub const fn integ(&self) -> Integ {
        self.integ
    }

    /// Octets of SK_ei and of SK_er, the salt at their end included (RFC 5282 section 7.1).
    #[must_use]
    pub const fn sk_e_len(&self) -> usize {
        self.cipher.key.saturating_add(self.cipher.salt)
    }

    /// Octets of SK_ai and of SK_ar; 0 for an AEAD cipher.
    #[must_use]
    pub const fn sk_a_len(&self) -> usize {
        match self.mac {
            Some(mac) => mac.key,
            None => 0,
        }
    }

    /// Octets of the IV in front of the encrypted text.
    #[must_use]
    pub const fn iv_len(&self) -> usize {
        self.cipher.iv
    }

    /// Octets of the Integrity Checksum Data.
    #[must_use]
    pub const fn icv_len(&self) -> usize {
        match self.mac {
            Some(mac) => mac.icv,
            None => self.cipher.icv,
        }
    }

    /// The encrypted text is a multiple of this many octets; 1 for all but CBC.
    #[must_use]
    pub const fn block_len(&self) -> usize {
        self.cipher.block
    }

    /// Whether this build can do the suite.
    ///
    /// # Errors
    /// [`Unsupported`] names the transform that it cannot do, and the cargo features that bring it.
    pub const fn supported(&self) -> Result<(), Unsupported> {
        if cfg!(feature = "rustcrypto") || cfg!(feature = "ring") && self.is_in_ring() {
            Ok(())
        } else {
            Err(self.unsupported())
        }
    }

    /// A Sealer with SK_ei or SK_er (the salt at its end included) and SK_ai or SK_ar (empty for an AEAD cipher).
    ///
    /// # Errors
    /// [`SuiteError::Unsupported`] when this build cannot do the suite; an error for a key that has not its length.
    #[cfg(feature = "alloc")]
    pub fn sealer(
        &self,
        sk_e: &[u8],
        sk_a: &[u8],
        ivs: Ivs,
    ) -> Result<Box<dyn Sealer>, SuiteError> {
        self.make(sk_e, sk_a, ForSealing(ivs))
    }

    /// An Opener with SK_ei or SK_er (the salt at its end included) and SK_ai or SK_ar (empty for an AEAD cipher).
    ///
    /// # Errors
    /// [`SuiteError::Unsupported`] when this build cannot do the suite; an error for a key that has not its length.
    #[cfg(feature = "alloc")]
    pub fn opener(&self, sk_e: &[u8], sk_a: &[u8]) -> Result<Box<dyn Opener>, SuiteError> {
        self.make(sk_e, sk_a, ForOpening)
    }

    #[cfg(feature = "alloc")]
    fn make<F: Finish>(&self, sk_e: &[u8], sk_a: &[u8], finish: F) -> Result<F::Out, SuiteError> {
        self.supported()?;
        if sk_e.len() != self.sk_e_len() {
            return Err(SuiteError::EncryptionKeyLength {
                length: sk_e.len(),
                expected: self.sk_e_len(),
            });
        }
        if sk_a.len() != self.sk_a_len() {
            return Err(SuiteError::IntegrityKeyLength {
                length: sk_a.len(),
                expected: self.sk_a_len(),
            });
        }
        let (key, salt) = sk_e.split_at_checked(self.cipher.key).unwrap_or_default();
        let made = self.from_ring(key, salt, finish);
        made.or_else(|finish| self.from_rustcrypto(key, salt, sk_a, finish))
            .map_err(|_| self.unsupported().into())
    }

    #[cfg(feature = "ring")]
    fn from_ring<F: Finish>(&self, key: &[u8], salt: &[u8], finish: F) -> Result<F::Out, F> {
        super::ring::make(self, key, salt, finish)
    }

    #[cfg(all(feature = "alloc", not(feature = "ring")))]
    fn from_ring<F: Finish>(&self, _: &[u8], _: &[u8], finish: F) -> Result<F::Out, F> {
        Err(finish)
    }

    #[cfg(feature = "rustcrypto")]
    fn from_rustcrypto<F: Finish>(
        &self,
        key: &[u8],
        salt: &[u8],
        sk_a: &[u8],
        finish: F,
    ) -> Result<F::Out, F> {
        super::rustcrypto::make(self, key, salt, sk_a, finish)
    }

    #[cfg(all(feature = "alloc", not(feature = "rustcrypto")))]
    fn from_rustcrypto<F: Finish>(
        &self,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        finish: F,
    ) -> Result<F::Out, F> {
        Err(finish)
    }

    const fn is_in_ring(&self) -> bool {
        matches!(
            (self.encr, self.key_bits),
            (Encr::ENCR_AES_GCM_16, 128 | 256) | (Encr::ENCR_CHACHA20_POLY1305, _)
        )
    }

    const fn unsupported(&self) -> Unsupported {
        let key_bits = if self.key_bits == 0 {
            None
        } else {
            Some(self.key_bits)
        };
        Unsupported {
            algorithm: Algorithm::Encr(self.encr, key_bits),
            features: if self.is_in_ring() {
                &["ring", "rustcrypto"]
            } else {
                &["rustcrypto"]
            },
        }
    }
}

/// Key bits and lengths of a cipher; `None` for one this crate does not have.
const fn cipher(encr: Encr, key_bits: Option<u16>) -> Option<(u16, Lengths)> {
    let key_bits = match (encr, key_bits) {
        (Encr::ENCR_3DES, None | Some(192)) => 192,
        (Encr::ENCR_CHACHA20_POLY1305, None | Some(256)) => 256,
        (Encr::ENCR_NULL, None) => 0,
        (
            Encr::ENCR_AES_CBC
            | Encr::ENCR_AES_CTR
            | Encr::ENCR_AES_CCM_8
            | Encr::ENCR_AES_CCM_12
            | Encr::ENCR_AES_CCM_16
            | Encr::ENCR_AES_GCM_8
            | Encr::ENCR_AES_GCM_12
            | Encr::ENCR_AES_GCM_16
            | Encr::ENCR_CAMELLIA_CBC,
            Some(bits @ (128 | 192 | 256)),
        ) => bits,
        _ => return None,
    };
    let key = match key_bits {
        0 => 0,
        128 => 16,
        192 => 24,
        _ => 32,
    };
    let (salt, iv, block, icv) = match encr {
        Encr::ENCR_NULL => (0, 0, 1, 0),
        Encr::ENCR_3DES => (0, 8, 8, 0),
        Encr::ENCR_AES_CTR => (4, 8, 1, 0),
        Encr::ENCR_AES_CCM_8 => (3, 8, 1, 8),
        Encr::ENCR_AES_CCM_12 => (3, 8, 1, 12),
        Encr::ENCR_AES_CCM_16 => (3, 8, 1, 16),
        Encr::ENCR_AES_GCM_8 => (4, 8, 1, 8),
        Encr::ENCR_AES_GCM_12 => (4, 8, 1, 12),
        Encr::ENCR_AES_GCM_16 | Encr::ENCR_CHACHA20_POLY1305 => (4, 8, 1, 16),
        _ => (0, 16, 16, 0),
    };
    Some((
        key_bits,
        Lengths {
            key,
            salt,
            iv,
            block,
            icv,
        },
    ))
}

/// Lengths of an integrity algorithm; `None` for one this crate does not have.
const fn mac(integ: Integ) -> Option<MacLengths> {
    let (key, icv) = match integ {
        Integ::AUTH_HMAC_MD5_96 | Integ::AUTH_AES_XCBC_96 | Integ::AUTH_AES_CMAC_96 => (16, 12),
        Integ::AUTH_HMAC_SHA1_96 => (20, 12),
        Integ::AUTH_HMAC_SHA2_256_128 => (32, 16),
        Integ::AUTH_HMAC_SHA2_384_192 => (48, 24),
        Integ::AUTH_HMAC_SHA2_512_256 => (64, 32),
        _ => return None,
    };
    Some(MacLengths { key, icv })
}
