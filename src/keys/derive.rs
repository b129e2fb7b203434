//! SKEYSEED and the seven keys of an IKE SA, RFC 7296 sections 2.14 and 2.18, RFC 9370 section 2.2, RFC 8784, RFC 9867.

use super::material::Material;
use super::{PrfFunction, PrfOutput};
use crate::error::CryptoError;
use crate::ke::{KeyExchangeError, KeyExchangeSecrets, KeyExchanges};
use crate::registry::KeMethod;
use crate::wire::IkeSpis;
use alloc::vec::Vec;
use core::fmt;

/// Octets of Ni and Nr that key AES-XCBC and AES-CMAC when SKEYSEED is computed (RFC 7296 section 2.14).
const HALF_NONCE: usize = 8;

/// The nonces of the exchange that brought the key exchange: Ni and Nr, without payload headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonces<'a> {
    /// Ni, of the initiator of that exchange.
    pub initiator: &'a [u8],
    /// Nr, of its responder.
    pub responder: &'a [u8],
}

/// Octets of the keys two negotiated transforms take; zero for one that takes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyLengths {
    /// The cipher's key together with its salt, when it has one (RFC 5282 section 7.1, RFC 5930 section 2).
    pub encr: usize,
    /// The integrity algorithm's key.
    pub integ: usize,
}

/// The additional key exchanges of IKE_SA_INIT that are still to run, each in an IKE_INTERMEDIATE exchange (RFC 9370 section 2.2.2).
///
/// [`Skeyseed::initial`] makes one, and only [`Skeyseed::updated`] takes a secret for it, so that no secret is left out of the keys.
/// IKE_AUTH begins when [`next`](Self::next_method) gives `None`.
#[derive(Debug)]
#[must_use = "IKE_AUTH must not begin before every additional key exchange has been run"]
pub struct AdditionalKeyExchanges {
    exchanges: KeyExchanges,
    run: usize,
}

impl AdditionalKeyExchanges {
    /// The method to run next; `None` when all have been run.
    #[must_use]
    pub fn next_method(&self) -> Option<KeMethod> {
        self.exchanges.methods().get(self.run).copied()
    }

    /// How many are still to run.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.exchanges.methods().len().saturating_sub(self.run)
    }

    /// Marks `method` as run with a usable secret.
    fn complete(&mut self, method: KeMethod, secret: &[u8]) -> Result<(), KeyExchangeError> {
        self.exchanges.check(self.run, method, secret)?;
        self.run = self.run.saturating_add(1);
        Ok(())
    }
}

/// SKEYSEED, from which the keys of one generation of an IKE SA come.
#[derive(Debug)]
pub struct Skeyseed(PrfOutput);

impl Skeyseed {
    /// prf(Ni | Nr, g^ir), of IKE_SA_INIT (RFC 7296 section 2.14). `method` is that of the KE payloads, `secret` what it gave.
    ///
    /// # Errors
    /// [`KeyExchangeError`] if `exchanges` does not begin with `method`, or the secret is empty or all zeros.
    pub fn initial(
        prf: PrfFunction,
        nonces: Nonces<'_>,
        exchanges: KeyExchanges,
        method: KeMethod,
        secret: &[u8],
    ) -> Result<(Self, AdditionalKeyExchanges), KeyExchangeError> {
        let mut additional = AdditionalKeyExchanges { exchanges, run: 0 };
        additional.complete(method, secret)?;
        let part = |nonce| {
            if prf.takes_half_nonces() { half(nonce) } else { nonce }
        };
        let skeyseed = Self(prf.prf_concat(&[part(nonces.initiator), part(nonces.responder)], &[secret]));
        Ok((skeyseed, additional))
    }

    /// prf(SK_d(n-1), SK(n) | Ni | Nr), after an IKE_INTERMEDIATE exchange that carried additional key exchange n
    /// (RFC 9370 section 2.2.2). The nonces are those of IKE_SA_INIT.
    ///
    /// # Errors
    /// [`KeyExchangeError`] if `method` is not the one that is next, or the secret is empty or all zeros.
    pub fn updated(
        prf: PrfFunction,
        sk_d: &[u8],
        nonces: Nonces<'_>,
        additional: &mut AdditionalKeyExchanges,
        method: KeMethod,
        secret: &[u8],
    ) -> Result<Self, KeyExchangeError> {
        additional.complete(method, secret)?;
        Ok(Self(prf.prf_concat(&[sk_d], &[secret, nonces.initiator, nonces.responder])))
    }

    /// prf(SK_d (old), SK(0) | Ni | Nr | SK(1) .. | SK(n)), of a rekey in CREATE_CHILD_SA (RFC 7296 section 2.18, RFC 9370
    /// section 2.2.4). `prf` and `sk_d` are the old IKE SA's, the nonces those of the CREATE_CHILD_SA exchange.
    ///
    /// # Errors
    /// If there is no key exchange among the secrets, which a rekey of an IKE SA cannot do without.
    pub fn rekeyed(prf: PrfFunction, sk_d: &[u8], nonces: Nonces<'_>, secrets: &KeyExchangeSecrets) -> Result<Self, CryptoError> {
        let (first, additional) = secrets.split().ok_or(CryptoError)?;
        let data: Vec<&[u8]> = [first, nonces.initiator, nonces.responder].into_iter().chain(additional).collect();
        Ok(Self(prf.prf_concat(&[sk_d], &data)))
    }

    /// prf+(PPK, SK_d), after an IKE_INTERMEDIATE exchange in which both sides took a post-quantum preshared key (RFC 9867 section 3.1). `sk_d`
    /// is the one before; where the exchange carried an additional key exchange as well, the one that [`updated`](Self::updated) led to.
    #[must_use]
    pub fn with_ppk(prf: PrfFunction, sk_d: &[u8], ppk: &[u8]) -> Self {
        // As long as one output of the function: the first block of prf+ (RFC 7296 section 2.13).
        Self(prf.prf_concat(&[ppk], &[sk_d, &[1]]))
    }

    /// The octets.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        self.0.as_octets()
    }
}

fn half(nonce: &[u8]) -> &[u8] {
    nonce.get(..HALF_NONCE).unwrap_or(nonce)
}

/// SK_d, SK_ai, SK_ar, SK_ei, SK_er, SK_pi and SK_pr of one generation of an IKE SA. Erased on drop, never printed.
pub struct IkeKeys {
    prf: PrfFunction,
    lengths: KeyLengths,
    material: Material,
}

impl IkeKeys {
    /// prf+(SKEYSEED, Ni | Nr | SPIi | SPIr), cut in the order of RFC 7296 section 2.14.
    ///
    /// `prf` is the one negotiated for the IKE SA that gets the keys; after a rekey the SPIs are the new ones.
    ///
    /// # Errors
    /// When the lengths add up to more than prf+ can give.
    pub fn derive(
        prf: PrfFunction,
        skeyseed: &Skeyseed,
        nonces: Nonces<'_>,
        spis: IkeSpis,
        lengths: KeyLengths,
    ) -> Result<Self, CryptoError> {
        let prf_len = prf.output_len();
        let sizes = [prf_len, lengths.integ, lengths.integ, lengths.encr, lengths.encr, prf_len, prf_len];
        let seed: [&[u8]; 4] = [nonces.initiator, nonces.responder, &spis.initiator.to_be_bytes(), &spis.responder.to_be_bytes()];
        let material = Material::derive(prf, skeyseed.as_octets(), &seed, &sizes)?;
        Ok(Self { prf, lengths, material })
    }

    /// The same keys with a post-quantum preshared key (PPK) mixed in: SK_d, SK_pi and SK_pr become prf+(PPK, SK_d), prf+(PPK, SK_pi) and
    /// prf+(PPK, SK_pr); the keys that protect messages stay (RFC 8784 section 3).
    ///
    /// # Errors
    /// If the provider could not compute the function.
    pub fn with_ppk(&self, ppk: &[u8]) -> Result<Self, CryptoError> {
        let mixed = |key: &[u8]| Material::derive(self.prf, ppk, &[key], &[key.len()]);
        let (sk_d, sk_pi, sk_pr) = (mixed(self.sk_d())?, mixed(self.sk_pi())?, mixed(self.sk_pr())?);
        let kept = self.material.cut(self.prf.output_len(), self.protecting_len());
        let material = Material::concat(&[sk_d.octets(), kept, sk_pi.octets(), sk_pr.octets()]);
        Ok(Self { prf: self.prf, lengths: self.lengths, material })
    }

    /// Octets of the keys that protect messages.
    const fn protecting_len(&self) -> usize {
        self.lengths.integ.saturating_add(self.lengths.encr).saturating_mul(2)
    }

    /// The pseudorandom function of the IKE SA.
    #[must_use]
    pub const fn prf_function(&self) -> PrfFunction {
        self.prf
    }

    /// The lengths the keys were cut to.
    #[must_use]
    pub const fn lengths(&self) -> KeyLengths {
        self.lengths
    }

    /// SK_d: further keys are derived from it.
    #[must_use]
    pub fn sk_d(&self) -> &[u8] {
        self.cut(0, 0, 0, self.prf.output_len())
    }

    /// SK_ai: integrity of what the original initiator sends; empty for an AEAD cipher.
    #[must_use]
    pub fn sk_ai(&self) -> &[u8] {
        self.cut(1, 0, 0, self.lengths.integ)
    }

    /// SK_ar: integrity of what the original responder sends; empty for an AEAD cipher.
    #[must_use]
    pub fn sk_ar(&self) -> &[u8] {
        self.cut(1, 1, 0, self.lengths.integ)
    }

    /// SK_ei: encryption of what the original initiator sends; ends with the salt of a cipher that has one.
    #[must_use]
    pub fn sk_ei(&self) -> &[u8] {
        self.cut(1, 2, 0, self.lengths.encr)
    }

    /// SK_er: encryption of what the original responder sends; ends with the salt of a cipher that has one.
    #[must_use]
    pub fn sk_er(&self) -> &[u8] {
        self.cut(1, 2, 1, self.lengths.encr)
    }

    /// SK_pi: keys the initiator's part of AUTH and IntAuth.
    #[must_use]
    pub fn sk_pi(&self) -> &[u8] {
        self.cut(1, 2, 2, self.prf.output_len())
    }

    /// SK_pr: keys the responder's part of AUTH and IntAuth.
    #[must_use]
    pub fn sk_pr(&self) -> &[u8] {
        self.cut(2, 2, 2, self.prf.output_len())
    }

    /// `len` octets behind so many keys of the prf's, the integrity's and the cipher's length.
    fn cut(&self, prfs: usize, integs: usize, encrs: usize, len: usize) -> &[u8] {
        let lengths = [(prfs, self.prf.output_len()), (integs, self.lengths.integ), (encrs, self.lengths.encr)];
        // `Material::derive` has added up more than this without overflow.
        let start = lengths.into_iter().map(|(count, size)| count.saturating_mul(size)).fold(0, usize::saturating_add);
        self.material.cut(start, len)
    }
}

impl fmt::Debug for IkeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IkeKeys").field("prf", &self.prf).field("lengths", &self.lengths).finish_non_exhaustive()
    }
}
