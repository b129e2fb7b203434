//! Cryptographic algorithms as values: ciphers, MACs, PRFs, hashes, signature verification and key exchanges.
//!
//! A [`Provider`] is a list of [`Algorithms`], searched in order. An [`Algorithms`] is a set of tables; a row names an algorithm by its
//! IANA code point and holds the function that sets it up with a key. `Provider::ring` and `Provider::rustcrypto` are the two
//! that come with this crate, under the cargo features of the same names; [`Provider::builtin`] is all that the build has. What a
//! provider has is data, so that a policy can be restricted to it
//! ([`Policy::restrict`](crate::proposal::Policy::restrict)) before anything is offered or chosen.
//!
//! Features choose RustCrypto's algorithms by family, so that firmware pays for what it uses; `rustcrypto` turns on all of them:
//!
//! | feature | encryption | integrity, PRF and hash | signatures verified and made, key exchanges |
//! |---|---|---|---|
//! | `ring` | AES-GCM-16 (128, 256), ChaCha20-Poly1305 | HMAC-SHA-1, HMAC-SHA-2, SHA-1 | RSA, ECDSA P-256 and P-384, Ed25519 verified |
//! | `ring-os-random` | | | RSA up to 4096 bits, ECDSA with the curve's own hash, and Ed25519 made, with randomness of the operating system |
//! | `aes-gcm`, `aes-cbc`, `aes-ctr`, `aes-ccm` | AES in that mode, every key length | | |
//! | `chacha20poly1305` | ChaCha20-Poly1305 | | |
//! | `camellia` | Camellia in CBC mode | | |
//! | `hmac-sha` | | HMAC-SHA-1, HMAC-SHA-2, SHA-1 | |
//! | `aes-mac` | | AES-XCBC, AES-CMAC | |
//! | `legacy` | 3DES, NULL | HMAC-MD5, the HMACs of RFC 4595 | |
//! | `ecc` | | | ECDSA P-256, P-384, P-521 with SHA-1 and SHA-2 verified, with SHA-2 made without randomness (RFC 6979) |
//! | `rsa` | | | RSA with 2048 to 8192 bits verified: RSASSA-PKCS1-v1_5 with SHA-1 and SHA-2, RSASSA-PSS with SHA-2 |
//! | `ke-x25519` | | | X25519 |
//! | `ke-ecp` | | | ECDH on P-256, P-384, P-521 |
//! | `ke-modp` | | | MODP with 1024 and 1536 bits, which RFC 8247 tells to avoid, and with 2048, 3072, 4096, 6144, 8192 |
//! | `ke-ml-kem` | | | ML-KEM-512, ML-KEM-768, ML-KEM-1024 |
//!
//! A key exchange takes the caller's [`Random`]: ring's own would draw from the operating system, and is left out. Curve448 is not there:
//! those of its crates that are maintained are pre-releases.
//!
//! A provider of one's own is made of the same rows, and may stand before or behind those of this crate:
//!
//! ```
//! use ikev2::error::CryptoError;
//! use ikev2::provider::{Algorithms, Mac, MacRow, Provider};
//! use ikev2::registry::Integ;
//!
//! /// A stand-in for the driver of a hardware engine.
//! struct Sum(u8);
//!
//! impl Mac for Sum {
//!     fn compute(&self, parts: &mut dyn Iterator<Item = &[u8]>, out: &mut [u8]) -> Result<(), CryptoError> {
//!         out.fill(parts.flatten().fold(self.0, |sum, octet| sum.wrapping_add(*octet)));
//!         Ok(())
//!     }
//! }
//!
//! const MACS: &[MacRow] = &[MacRow::new(Integ::AUTH_HMAC_SHA1_96, |key| Ok(Box::new(Sum(*key.first().ok_or(CryptoError)?))))];
//! static ENGINE: Algorithms = Algorithms::new("engine").with_macs(MACS);
//! static PROVIDER: Provider = Provider::new(&[&ENGINE]);
//!
//! assert!(PROVIDER.has_mac(Integ::AUTH_HMAC_SHA1_96));
//! assert!(!PROVIDER.has_mac(Integ::AUTH_HMAC_SHA2_256_128));
//! ```

mod algorithms;
pub(crate) mod features;
mod key_exchange;
mod random;
#[cfg(feature = "ring")]
mod ring;
mod row;
mod rustcrypto;
#[cfg(test)]
pub(crate) mod tests;

pub use algorithms::{Algorithms, SHA1_LEN, Sha1};
pub use key_exchange::{KeyExchangeFunction, KeyExchangeInProgress, KeyExchangeRow, SharedSecret};
pub use random::Random;
#[cfg(feature = "ring-os-random")]
pub use ring::SigningKey;
pub use row::{Aead, AeadRow, Mac, MacRow, Mode, ModeRow, PrfRow, VerifierRow};
#[cfg(feature = "ecc")]
pub use rustcrypto::EcdsaKey;

use crate::error::{Algorithm, Unsupported};
use crate::registry::{Encr, HashAlgorithm, Integ, KeMethod, Prf};
use crate::signature::{EcdsaForm, KeyType, SignatureScheme};
use core::fmt;

/// Where an IKE SA gets its cryptography from.
#[derive(Clone, Copy)]
pub struct Provider {
    sets: &'static [&'static Algorithms],
}

impl Provider {
    /// A provider that takes each algorithm from the first of `sets` that has it.
    #[must_use]
    pub const fn new(sets: &'static [&'static Algorithms]) -> Self {
        Self { sets }
    }

    /// The algorithms of `ring`.
    #[cfg(feature = "ring")]
    #[must_use]
    pub const fn ring() -> Self {
        const SETS: &[&Algorithms] = &[&ring::ALGORITHMS];
        Self { sets: SETS }
    }

    /// The algorithms of the RustCrypto crates, as far as their features are on.
    #[must_use]
    pub const fn rustcrypto() -> Self {
        Self { sets: rustcrypto::SETS }
    }

    /// All that this build has. `ring` comes first: it is the faster one, and its code is the one most reviewed.
    #[must_use]
    pub const fn builtin() -> Self {
        Self { sets: rustcrypto::BUILTIN }
    }

    fn find<R>(&self, table: fn(&Algorithms) -> &'static [R], fits: impl Fn(&R) -> bool) -> Option<&'static R> {
        self.sets.iter().flat_map(|set| table(set)).find(|row| fits(row))
    }

    pub(crate) fn aead(&self, encr: Encr, key_bits: u16) -> Result<&'static AeadRow, Unsupported> {
        let row = self.find(|set| set.aeads, |row| row.is(encr, key_bits));
        row.ok_or_else(|| features::unsupported(Algorithm::Encr(encr, Some(key_bits).filter(|bits| *bits != 0))))
    }

    pub(crate) fn mode(&self, encr: Encr, key_bits: u16) -> Result<&'static ModeRow, Unsupported> {
        let row = self.find(|set| set.modes, |row| row.is(encr, key_bits));
        row.ok_or_else(|| features::unsupported(Algorithm::Encr(encr, Some(key_bits).filter(|bits| *bits != 0))))
    }

    pub(crate) fn mac(&self, integ: Integ) -> Result<&'static MacRow, Unsupported> {
        self.find(|set| set.macs, |row| row.id() == integ).ok_or_else(|| features::unsupported(Algorithm::Integ(integ)))
    }

    pub(crate) fn prf_row(&self, id: Prf) -> Result<&'static PrfRow, Unsupported> {
        self.find(|set| set.prfs, |row| row.id() == id).ok_or_else(|| features::unsupported(Algorithm::Prf(id)))
    }

    pub(crate) fn verifier(&self, scheme: SignatureScheme, key: KeyType, form: EcdsaForm) -> Option<&'static VerifierRow> {
        self.find(|set| set.verifiers, |row| row.is(scheme, key, form))
    }

    /// The key exchange method, to be run.
    ///
    /// # Errors
    /// [`Unsupported`], which names the cargo feature that brings it.
    pub fn key_exchange(&self, method: KeMethod) -> Result<KeyExchangeFunction, Unsupported> {
        let row = self.find(|set| set.key_exchanges, |row| row.method() == method);
        row.map(KeyExchangeFunction::new).ok_or_else(|| features::unsupported(Algorithm::Ke(method)))
    }

    /// SHA-1, for [`nat_detection`](crate::keys::nat_detection_hash) and [`authority`](crate::keys::authority_hash).
    ///
    /// # Errors
    /// [`Unsupported`], which names the cargo features that bring it.
    pub fn sha1(&self) -> Result<Sha1, Unsupported> {
        let found = self.sets.iter().find_map(|set| set.sha1);
        found.ok_or_else(|| features::unsupported(Algorithm::Hash(HashAlgorithm::SHA1)))
    }

    /// Returns true if there is the cipher with a key of `key_bits` bits, the salt not counted; 0 for NULL.
    #[must_use]
    pub fn has_cipher(&self, encr: Encr, key_bits: u16) -> bool {
        self.aead(encr, key_bits).is_ok() || self.mode(encr, key_bits).is_ok()
    }

    /// Returns true if there is the integrity algorithm.
    #[must_use]
    pub fn has_mac(&self, integ: Integ) -> bool {
        self.mac(integ).is_ok()
    }

    /// Returns true if there is the pseudorandom function.
    #[must_use]
    pub fn has_prf(&self, prf: Prf) -> bool {
        self.prf_row(prf).is_ok()
    }

    /// Returns true if signatures of the scheme by keys of the type can be verified. `form` says how r and s of ECDSA are written.
    #[must_use]
    pub fn has_verifier(&self, scheme: SignatureScheme, key: KeyType, form: EcdsaForm) -> bool {
        self.verifier(scheme, key, form).is_some()
    }

    /// Returns true if there is the key exchange method.
    #[must_use]
    pub fn has_key_exchange(&self, method: KeMethod) -> bool {
        self.key_exchange(method).is_ok()
    }

    /// The names of the sets, in the order in which they are searched.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.sets.iter().map(|set| set.name)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
