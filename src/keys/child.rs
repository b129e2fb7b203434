//! Keys of a Child SA, RFC 7296 section 2.17, RFC 9370 section 2.2.4.

use super::material::Material;
use super::{KeyLengths, Nonces, PrfFunction};
use crate::error::CryptoError;
use crate::ke::KeyExchangeSecrets;
use alloc::vec::Vec;
use core::fmt;

/// KEYMAT of one Child SA, cut into its keys. Erased on drop, never printed.
///
/// Initiator and responder are those of the exchange that made the Child SA, which need not be those of the IKE SA.
pub struct ChildKeys {
    lengths: KeyLengths,
    material: Material,
}

impl ChildKeys {
    /// prf+(SK_d, Ni | Nr), or with key exchanges of its own prf+(SK_d, SK(0) | Ni | Nr | SK(1) .. | SK(n)).
    ///
    /// `prf` and `sk_d` are the IKE SA's; for the Child SA of IKE_AUTH the nonces are those of IKE_SA_INIT.
    ///
    /// # Errors
    /// If the lengths add up to more than prf+ can give.
    pub fn derive(
        prf: PrfFunction,
        sk_d: &[u8],
        nonces: Nonces<'_>,
        secrets: &KeyExchangeSecrets,
        lengths: KeyLengths,
    ) -> Result<Self, CryptoError> {
        let sizes = [lengths.encr, lengths.integ, lengths.encr, lengths.integ];
        let nonces = [nonces.initiator, nonces.responder];
        let seed: Vec<&[u8]> = match secrets.split() {
            None => nonces.to_vec(),
            Some((first, additional)) => core::iter::once(first).chain(nonces).chain(additional).collect(),
        };
        Ok(Self { lengths, material: Material::derive(prf, sk_d, &seed, &sizes)? })
    }

    /// The lengths the keys were cut to.
    #[must_use]
    pub const fn lengths(&self) -> KeyLengths {
        self.lengths
    }

    /// Encryption of what the initiator sends; ends with the salt of a cipher that has one.
    #[must_use]
    pub fn encr_i(&self) -> &[u8] {
        self.material.cut(0, self.lengths.encr)
    }

    /// Integrity of what the initiator sends.
    #[must_use]
    pub fn integ_i(&self) -> &[u8] {
        self.material.cut(self.lengths.encr, self.lengths.integ)
    }

    /// Encryption of what the responder sends; ends with the salt of a cipher that has one.
    #[must_use]
    pub fn encr_r(&self) -> &[u8] {
        self.material.cut(self.one_way(), self.lengths.encr)
    }

    /// Integrity of what the responder sends.
    #[must_use]
    pub fn integ_r(&self) -> &[u8] {
        self.material.cut(self.one_way().saturating_add(self.lengths.encr), self.lengths.integ)
    }

    fn one_way(&self) -> usize {
        self.lengths.encr.saturating_add(self.lengths.integ)
    }
}

impl fmt::Debug for ChildKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildKeys").field("lengths", &self.lengths).finish_non_exhaustive()
    }
}
