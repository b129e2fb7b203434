//! SK and SKF opened and sealed: integrity and encryption of IKE messages, RFC 7296 section 3.14, RFC 5282, RFC 7383.
//!
//! [`Suite`] turns transform ids into a [`Sealer`] for what one side sends and an [`Opener`] for what it receives; [`open`] and
//! [`seal`] apply them to whole messages, in place and without allocating.
//!
//! What holds:
//! - Nothing of a received message is decrypted or looked at before its ICV was verified, in constant time, over the octets as
//!   they were received. [`Opened`] is the proof of that, and [`open`] the only way to one.
//! - A failed verification says nothing about why, and the lengths of what is handed to a Sealer or Opener are checked: an
//!   error, never a panic.
//! - A [`Sealer`] or [`Opener`] of one's own, and a provider of one's own, have to keep these rules themselves.
//! - No [`Sealer`] uses an IV twice: `IvSequence` hands out each counter value once and fails for ever when the range is used up.
//!   Sealing a message again, as opposed to sending its octets again, takes another IV.
//!
//! The algorithms come from a `provider::Provider`; `Suite::supported` tells what it has, and what would bring the rest.
//! RustCrypto's ciphers erase their key schedules and MAC states when a Sealer or Opener is dropped, and so does this crate with the
//! octets it keeps (salts, the seed of `IvSequence`). ring's key schedules stay in memory as they are, because ring offers no way to
//! erase them, and so may copies on the stack from the moment a key is set up. No type here shows key octets in its `Debug` output.
//!
//! `ENCR_NULL` (RFC 2410) encrypts nothing: it is there for tests and research, and RFC 7296 section 5 forbids it
//! for IKE SAs.
//!
//! ```
//! # #[cfg(feature = "ring")] {
//! use ikev2::protect::{EncryptedPayload, IvSequence, Suite, open, seal};
//! use ikev2::provider::Provider;
//! use ikev2::registry::{Encr, ExchangeType, NotifyType};
//! use ikev2::wire::{Chain, Header, IkeSpis, Notify, Payload};
//!
//! let provider = Provider::ring();
//! let suite = Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None)?;
//! let (sk_ei, seed) = ([7; 36], [9; 16]); // from ikev2::keys, and 16 random octets
//! let mut sealer = suite.sealer(&provider, &sk_ei, &[], IvSequence::new(&seed))?;
//! let opener = suite.opener(&provider, &sk_ei, &[])?;
//!
//! let header = Header {
//!     spis: IkeSpis { initiator: 1, responder: 2 }, exchange: ExchangeType::INFORMATIONAL, initiator: true, response: false, message_id: 7,
//! };
//! let mut buf = [0; 128];
//! let datagram = seal(&mut buf, &header, &[], &mut *sealer, |inner| {
//!     inner.push(Payload::Notify(Notify::new(NotifyType::INITIAL_CONTACT, &[])));
//! })?;
//!
//! let opened = open(datagram, &*opener)?;
//! assert_eq!((opened.header(), opened.kind()), (&header, EncryptedPayload::Sk));
//! for raw in Chain::parse(opened.first_payload(), opened.content())?.payloads() {
//!     assert!(matches!(raw.parse()?, Payload::Notify(notify) if notify.ty == NotifyType::INITIAL_CONTACT));
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(test)]
#[cfg(feature = "alloc")]
mod aead_vectors;
#[cfg(feature = "alloc")]
mod cipher;
#[cfg(feature = "alloc")]
mod ivs;
mod open;
mod seal;
mod suite;
#[cfg(test)]
#[cfg(feature = "alloc")]
mod testing;
#[cfg(test)]
#[cfg(feature = "alloc")]
mod tests;

#[cfg(feature = "alloc")]
pub use ivs::IvSequence;
pub use open::{EncryptedPayload, Opened, open};
#[cfg(feature = "alloc")]
pub(crate) use seal::{SKF_PREFIX, seal_after, seal_as};
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
