//! placeholder

#[cfg(all(test, feature = "alloc"))]
mod aead_vectors;
#[cfg(feature = "alloc")]
mod cipher;
#[cfg(feature = "alloc")]
mod ivs;
mod open;
#[cfg(feature = "ring")]
mod ring;
#[cfg(feature = "rustcrypto")]
mod rustcrypto;
mod seal;
mod suite;
#[cfg(all(test, feature = "alloc"))]
mod testing;
#[cfg(all(test, any(feature = "ring", feature = "rustcrypto")))]
mod tests;

#[cfg(feature = "alloc")]
pub use ivs::Ivs;
pub use open::{Kind, Opened, open};
#[cfg(feature = "alloc")]
pub(crate) use seal::seal_as;
pub use seal::{seal, seal_content};
pub use suite::Suite;

use crate::error::CryptoError;

/// Protects what one side of an IKE SA sends: encryption and integrity under its SK_e and SK_a (RFC 7296 section 3.14).
pub trait Sealer: Send + Sync {
    /// Octets of the IV.
    fn iv_len(&self) -> usize;

    /// Octets of the ICV (Integrity Checksum Data).
    fn icv_len(&self) -> usize;

    /// The text is a multiple of this many octets.
    fn block_len(&self) -> usize;

    /// Encrypts `text` in place and writes `iv` and `icv`, which authenticate `aad` as well.
    ///
    /// `aad` is the message from its first octet to the one before the IV. `iv` is output: no Sealer writes the same IV twice.
    ///
    /// # Errors
    /// [`CryptoError`] when a length is not right, and for ever once the Sealer has no IV left. `text` is then unspecified.
    fn seal(&mut self, aad: &[u8], iv: &mut [u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError>;
}

/// Opens what one side of an IKE SA has sealed (RFC 7296 section 3.14).
pub trait Opener: Send + Sync {
    /// Octets of the IV.
    fn iv_len(&self) -> usize;

    /// Octets of the ICV (Integrity Checksum Data).
    fn icv_len(&self) -> usize;

    /// The text is a multiple of this many octets.
    fn block_len(&self) -> usize;

    /// Verifies `aad`, `iv` and `text` against `icv`, in constant time, then decrypts `text` in place.
    ///
    /// # Errors
    /// [`CryptoError`] for whatever reason, the same for all. `text` is then unspecified.
    fn open(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError>;
}
