//! Sealers and Openers over the ciphers of a provider: lengths checked, IVs taken once, encrypt-then-MAC.

use super::{IvSequence, Opener, Sealer, Suite};
use crate::error::{CryptoError, SuiteError, Unsupported};
use crate::provider::{Aead, AeadRow, Mac, MacRow, Mode, ModeRow, Provider};
use alloc::boxed::Box;
use subtle::ConstantTimeEq;

/// Octets of the longest ICV there is, that of AUTH_HMAC_SHA2_512_256.
const MAX_ICV: usize = 32;

impl Suite {
    /// Returns `Ok` if the provider has the suite.
    ///
    /// # Errors
    /// [`Unsupported`] names the transform that it does not have, and the cargo features that bring it.
    pub fn supported(&self, provider: &Provider) -> Result<(), Unsupported> {
        self.rows(provider).map(drop)
    }

    fn rows(&self, provider: &Provider) -> Result<Rows, Unsupported> {
        let (encr, key_bits) = (self.encr(), self.key_bits());
        Ok(if self.is_aead() {
            Rows::Aead(provider.aead(encr, key_bits)?)
        } else {
            Rows::EncryptThenMac(provider.mode(encr, key_bits)?, provider.mac(self.integ())?)
        })
    }

    /// A Sealer with SK_ei or SK_er (the salt at its end included) and SK_ai or SK_ar (empty for an AEAD cipher).
    ///
    /// # Errors
    /// [`SuiteError::Unsupported`] if the provider does not have the suite; an error for a key that does not have its length.
    pub fn sealer(&self, provider: &Provider, sk_e: &[u8], sk_a: &[u8], ivs: IvSequence) -> Result<Box<dyn Sealer>, SuiteError> {
        Ok(self.keyed(provider, sk_e, sk_a)?.sealer(ivs))
    }

    /// An Opener with SK_ei or SK_er (the salt at its end included) and SK_ai or SK_ar (empty for an AEAD cipher).
    ///
    /// # Errors
    /// [`SuiteError::Unsupported`] if the provider does not have the suite; an error for a key that does not have its length.
    pub fn opener(&self, provider: &Provider, sk_e: &[u8], sk_a: &[u8]) -> Result<Box<dyn Opener>, SuiteError> {
        Ok(self.keyed(provider, sk_e, sk_a)?.opener())
    }

    fn keyed(&self, provider: &Provider, sk_e: &[u8], sk_a: &[u8]) -> Result<Keyed, SuiteError> {
        let rows = self.rows(provider)?;
        if sk_e.len() != self.sk_e_len() {
            return Err(SuiteError::EncryptionKeyLength { length: sk_e.len(), expected: self.sk_e_len() });
        }
        if sk_a.len() != self.sk_a_len() {
            return Err(SuiteError::IntegrityKeyLength { length: sk_a.len(), expected: self.sk_a_len() });
        }
        Keyed::new(self, &rows, sk_e, sk_a)
    }
}

/// What a provider has for a suite.
enum Rows {
    Aead(&'static AeadRow),
    EncryptThenMac(&'static ModeRow, &'static MacRow),
}

/// The ciphers of a suite under one side's keys.
struct Keyed {
    iv_len: usize,
    icv_len: usize,
    block_len: usize,
    cipher: Cipher,
}

enum Cipher {
    Aead(Box<dyn Aead>),
    /// RFC 7296 section 3.14: the MAC covers what precedes the IV, the IV, and the encrypted text.
    EncryptThenMac(Box<dyn Mode>, Box<dyn Mac>),
}

impl Keyed {
    /// `sk_e` and `sk_a` have the lengths of the suite.
    fn new(suite: &Suite, rows: &Rows, sk_e: &[u8], sk_a: &[u8]) -> Result<Self, SuiteError> {
        let (key, salt) = sk_e.split_at_checked(usize::from(suite.key_bits().div_ceil(8))).unwrap_or_default();
        let cipher = match rows {
            Rows::Aead(row) => Cipher::Aead(row.key(key, salt).map_err(SuiteError::Key)?),
            Rows::EncryptThenMac(mode, mac) => {
                Cipher::EncryptThenMac(mode.key(key, salt).map_err(SuiteError::Key)?, mac.key(sk_a).map_err(SuiteError::Key)?)
            }
        };
        Ok(Self { iv_len: suite.iv_len(), icv_len: suite.icv_len(), block_len: suite.block_len(), cipher })
    }

    fn sealer(self, ivs: IvSequence) -> Box<dyn Sealer> {
        Box::new(Sealing { keyed: self, ivs })
    }

    fn opener(self) -> Box<dyn Opener> {
        Box::new(Opening(self))
    }

    fn check(&self, iv: usize, text: usize, icv: usize) -> Result<(), CryptoError> {
        let whole_blocks = text.checked_rem(self.block_len) == Some(0);
        if iv == self.iv_len && icv == self.icv_len && whole_blocks { Ok(()) } else { Err(CryptoError) }
    }
}

fn mac(mac: &dyn Mac, parts: [&[u8]; 3], icv: &mut [u8]) -> Result<(), CryptoError> {
    mac.compute(&mut parts.into_iter(), icv)
}

struct Sealing {
    keyed: Keyed,
    ivs: IvSequence,
}

impl Sealer for Sealing {
    fn iv_len(&self) -> usize {
        self.keyed.iv_len
    }

    fn icv_len(&self) -> usize {
        self.keyed.icv_len
    }

    fn block_len(&self) -> usize {
        self.keyed.block_len
    }

    fn seal(&mut self, aad: &[u8], iv: &mut [u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        self.keyed.check(iv.len(), text.len(), icv.len())?;
        // Taken before it is used: a seal that fails half-way costs an IV, it never gives one back.
        let counter = self.ivs.next_counter()?;
        match &self.keyed.cipher {
            Cipher::Aead(cipher) => {
                // RFC 5282 section 3.1: the counter itself, in network byte order.
                *iv.first_chunk_mut::<8>().ok_or(CryptoError)? = counter.to_be_bytes();
                cipher.encrypt(aad, iv, text, icv)
            }
            Cipher::EncryptThenMac(mode, keyed) => {
                mode.derive_iv(counter, self.ivs.seed(), iv)?;
                mode.encrypt(iv, text)?;
                mac(&**keyed, [aad, iv, text], icv)
            }
        }
    }
}

struct Opening(Keyed);

impl Opener for Opening {
    fn iv_len(&self) -> usize {
        self.0.iv_len
    }

    fn icv_len(&self) -> usize {
        self.0.icv_len
    }

    fn block_len(&self) -> usize {
        self.0.block_len
    }

    fn open(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        self.0.check(iv.len(), text.len(), icv.len())?;
        match &self.0.cipher {
            Cipher::Aead(cipher) => cipher.decrypt(aad, iv, text, icv),
            Cipher::EncryptThenMac(mode, keyed) => {
                let mut due = [0; MAX_ICV];
                let due = due.get_mut(..icv.len()).ok_or(CryptoError)?;
                // What a provider's MAC leaves unwritten must not look like the ICV.
                due.iter_mut().zip(icv).for_each(|(to, octet)| *to = !octet);
                mac(&**keyed, [aad, iv, text], due)?;
                if bool::from(due.ct_eq(icv)) { mode.decrypt(iv, text) } else { Err(CryptoError) }
            }
        }
    }
}
