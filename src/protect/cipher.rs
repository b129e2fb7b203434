//! What a provider implements: one cipher under one key. Everything that all of them owe the traits is here, once.

use super::{Ivs, Opener, Sealer};
use crate::error::CryptoError;
use alloc::boxed::Box;

/// A cipher and its key: encryption with authentication of one text under a given IV.
///
/// The lengths of `iv`, `text` and `icv` have been checked by the caller against the cipher's own.
pub(super) trait Cipher: Send + Sync {
    fn iv_len(&self) -> usize;
    fn icv_len(&self) -> usize;
    fn block_len(&self) -> usize;

    /// Writes the IV that belongs to `counter`: distinct ones for distinct counters.
    fn write_iv(&self, counter: u64, seed: &[u8; 16], iv: &mut [u8]) -> Result<(), CryptoError>;

    fn encrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError>;

    fn decrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError>;
}

/// The counter itself as IV of 8 octets, in network byte order.
pub(super) fn write_counter(counter: u64, iv: &mut [u8]) -> Result<(), CryptoError> {
    *iv.first_chunk_mut::<8>().ok_or(CryptoError)? = counter.to_be_bytes();
    Ok(())
}

fn check<C: Cipher>(cipher: &C, iv: usize, text: usize, icv: usize) -> Result<(), CryptoError> {
    let whole_blocks = text.checked_rem(cipher.block_len()) == Some(0);
    if iv == cipher.iv_len() && icv == cipher.icv_len() && whole_blocks { Ok(()) } else { Err(CryptoError) }
}

struct Sealing<C> {
    cipher: C,
    ivs: Ivs,
}

impl<C: Cipher> Sealer for Sealing<C> {
    fn iv_len(&self) -> usize {
        self.cipher.iv_len()
    }

    fn icv_len(&self) -> usize {
        self.cipher.icv_len()
    }

    fn block_len(&self) -> usize {
        self.cipher.block_len()
    }

    fn seal(&mut self, aad: &[u8], iv: &mut [u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        check(&self.cipher, iv.len(), text.len(), icv.len())?;
        // Taken before it is used: a seal that fails half-way costs an IV, it never gives one back.
        let counter = self.ivs.take()?;
        self.cipher.write_iv(counter, self.ivs.seed(), iv)?;
        self.cipher.encrypt(aad, iv, text, icv)
    }
}

struct Opening<C>(C);

impl<C: Cipher> Opener for Opening<C> {
    fn iv_len(&self) -> usize {
        self.0.iv_len()
    }

    fn icv_len(&self) -> usize {
        self.0.icv_len()
    }

    fn block_len(&self) -> usize {
        self.0.block_len()
    }

    fn open(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        check(&self.0, iv.len(), text.len(), icv.len())?;
        self.0.decrypt(aad, iv, text, icv)
    }
}

/// What becomes of a keyed cipher: a Sealer or an Opener, so that a provider chooses the cipher in one place for both.
pub(super) trait Finish: Sized {
    type Out;
    fn finish<C: Cipher + 'static>(self, cipher: C) -> Self::Out;
}

pub(super) struct ForSealing(pub(super) Ivs);

impl Finish for ForSealing {
    type Out = Box<dyn Sealer>;

    fn finish<C: Cipher + 'static>(self, cipher: C) -> Self::Out {
        Box::new(Sealing { cipher, ivs: self.0 })
    }
}

pub(super) struct ForOpening;

impl Finish for ForOpening {
    type Out = Box<dyn Opener>;

    fn finish<C: Cipher + 'static>(self, cipher: C) -> Self::Out {
        Box::new(Opening(cipher))
    }
}
