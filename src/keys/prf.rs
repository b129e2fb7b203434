//! Pseudorandom functions and prf+, RFC 7296 sections 2.13 and 3.3.2.

use crate::error::{CryptoError, Unsupported};
use crate::provider::{Mac, PrfRow, Provider};
use crate::registry;
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// Octets of the longest output, that of PRF_HMAC_SHA2_512.
const MAX_OUTPUT: usize = 64;

/// A pseudorandom function of a provider (RFC 7296 section 2.13).
///
/// Two functions are equal if their transform ids are, since the outputs are then the same.
#[derive(Clone, Copy)]
pub struct PrfFunction(&'static PrfRow);

impl PrfFunction {
    /// The function of transform type 2 with this id.
    ///
    /// # Errors
    /// [`Unsupported`], which names the cargo features that bring the function.
    pub fn new(provider: &Provider, id: registry::Prf) -> Result<Self, Unsupported> {
        provider.prf_row(id).map(Self)
    }

    /// The transform id.
    #[must_use]
    pub const fn id(self) -> registry::Prf {
        self.0.id()
    }

    /// Octets of output, which is also the preferred key size and so the length of SK_d, SK_pi and SK_pr (RFC 7296 section 2.13).
    #[must_use]
    pub const fn output_len(self) -> usize {
        self.0.output_len()
    }

    /// Returns true if only the first 64 bits of Ni and of Nr key the function when SKEYSEED is computed (RFC 7296 section 2.14).
    pub(super) const fn takes_half_nonces(self) -> bool {
        matches!(self.id().facts(), Some(facts) if facts.half_nonces)
    }

    /// prf(`key`, data), where the data are the concatenated `parts`.
    ///
    /// The AES functions take keys of any length by the rules of RFC 4434 section 2 and RFC 4615 section 3.
    #[must_use]
    pub fn compute(self, key: &[u8], parts: &[&[u8]]) -> PrfOutput {
        self.compute_keyed(&*self.0.key(&[key]), &mut parts.iter().copied())
    }

    /// As [`prf`](Self::prf), keyed with the concatenation of `key`.
    pub(super) fn prf_concat(self, key: &[&[u8]], parts: &[&[u8]]) -> PrfOutput {
        self.compute_keyed(&*self.0.key(key), &mut parts.iter().copied())
    }

    /// prf+(`key`, seed) into the whole of `out`, where the seed is the concatenated `seed` (RFC 7296 section 2.13).
    ///
    /// # Errors
    /// If `out` is longer than 255 times [`output_len`](Self::output_len), for which prf+ is not defined; `out` is then untouched. If the
    /// provider could not compute the function; `out` is then erased.
    pub fn prf_plus(self, key: &[u8], seed: &[&[u8]], out: &mut [u8]) -> Result<(), CryptoError> {
        if out.len().div_ceil(self.output_len()) > usize::from(u8::MAX) {
            return Err(CryptoError);
        }
        let keyed = self.0.key(&[key]);
        let mut previous = PrfOutput::empty();
        for (number, block) in (1..=u8::MAX).zip(out.chunks_mut(self.output_len())) {
            let mut parts =
                core::iter::once(previous.as_octets()).chain(seed.iter().copied()).chain(core::iter::once(core::slice::from_ref(&number)));
            let current = self.compute_keyed(&*keyed, &mut parts);
            if current.len == 0 {
                out.zeroize();
                return Err(CryptoError);
            }
            block.iter_mut().zip(current.as_octets()).for_each(|(to, from)| *to = *from);
            previous = current;
        }
        Ok(())
    }

    fn compute_keyed(self, keyed: &dyn Mac, parts: &mut dyn Iterator<Item = &[u8]>) -> PrfOutput {
        let mut output = PrfOutput::empty();
        output.len = self.output_len().min(MAX_OUTPUT);
        let computed = output.octets.get_mut(..output.len).map(|octets| keyed.compute(parts, octets));
        // Without a result there are no octets: no key is cut from them, and no value of a peer equals them.
        if computed != Some(Ok(())) {
            output.octets.zeroize();
            output.len = 0;
        }
        output
    }
}

impl PartialEq for PrfFunction {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for PrfFunction {}

impl core::hash::Hash for PrfFunction {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl fmt::Debug for PrfFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.id(), f)
    }
}

/// What a [`PrfFunction`] computed: SKEYSEED, an AUTH value, a link of IntAuth. Erased on drop, never printed.
///
/// It has no octets if the provider could not compute the function, which those of this crate always can. It then equals nothing, and
/// no keys come of it.
pub struct PrfOutput {
    octets: [u8; MAX_OUTPUT],
    len: usize,
}

impl PrfOutput {
    const fn empty() -> Self {
        Self { octets: [0; MAX_OUTPUT], len: 0 }
    }

    /// The octets, [`PrfFunction::output_len`] of them.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    /// Whether these are exactly the octets `other`, in time that depends on the lengths only.
    #[must_use]
    pub fn ct_eq(&self, other: &[u8]) -> bool {
        self.len != 0 && bool::from(self.as_octets().ct_eq(other))
    }
}

impl AsRef<[u8]> for PrfOutput {
    fn as_ref(&self) -> &[u8] {
        self.as_octets()
    }
}

impl Drop for PrfOutput {
    fn drop(&mut self) {
        self.octets.zeroize();
    }
}

impl fmt::Debug for PrfOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrfOutput({} octets)", self.len)
    }
}
