//! Where a Sealer's IVs come from.

use crate::error::CryptoError;
use core::ops::RangeInclusive;
use zeroize::Zeroizing;

/// The IVs one [`Sealer`](super::Sealer) may use: a range of counter values, each taken once, and a seed.
///
/// AEAD ciphers and AES-CTR send the counter itself as their 8-octet IV (RFC 5282 section 3.1, RFC 5930 section 2): they need
/// uniqueness, which a counter has and random octets have not. CBC needs unpredictable IVs (RFC 7296 section 3.14): there the IV
/// is the cipher applied, under the SA's own key, to the counter masked with the seed. That is the first method of NIST SP
/// 800-38A appendix C, with a secret mask so that no chosen plaintext can meet a later input of the cipher; as a block cipher is
/// a permutation, distinct counters give distinct IVs, whatever the seed's quality.
///
/// Not `Clone`, and consumed by the Sealer. Whoever makes a second Sealer with the same key (after a restart that kept the key,
/// or on another node of a cluster) gives each its own [`with_range`](Self::with_range).
pub struct IvSequence {
    next: Option<u64>,
    last: u64,
    seed: Zeroizing<[u8; 16]>,
}

impl IvSequence {
    /// The whole counter range, from 0; `seed` is 16 fresh random octets, kept secret. Only CBC uses the seed.
    #[must_use]
    pub fn new(seed: &[u8; 16]) -> Self {
        Self { next: Some(0), last: u64::MAX, seed: Zeroizing::new(*seed) }
    }

    /// Restricts the counter to those values of `range` that are left: a value that was taken, or that an earlier range left out,
    /// does not come back. If none is left, there is no IV at all.
    #[must_use]
    pub fn with_range(mut self, range: RangeInclusive<u64>) -> Self {
        self.last = self.last.min(*range.end());
        self.next = self.next.map(|next| next.max(*range.start())).filter(|next| *next <= self.last);
        self
    }

    /// The next counter value, which no later call yields again.
    ///
    /// # Errors
    /// [`CryptoError`], and from then on always, once the range is used up.
    pub fn next_counter(&mut self) -> Result<u64, CryptoError> {
        let counter = self.next.ok_or(CryptoError)?;
        self.next = if counter < self.last { counter.checked_add(1) } else { None };
        Ok(counter)
    }

    pub(super) fn seed(&self) -> &[u8; 16] {
        &self.seed
    }
}

impl core::fmt::Debug for IvSequence {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("IvSequence").field("next", &self.next).field("last", &self.last).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_25_a_range_never_gives_back_what_was_taken() {
        let mut ivs = IvSequence::new(&[0; 16]).with_range(10..=20);
        assert_eq!([ivs.next_counter(), ivs.next_counter()], [Ok(10), Ok(11)]);
        let mut ivs = ivs.with_range(0..=13);
        assert_eq!([ivs.next_counter(), ivs.next_counter(), ivs.next_counter()], [Ok(12), Ok(13), Err(CryptoError)]);
        // Used up is used up.
        assert_eq!(ivs.with_range(0..=u64::MAX).next_counter(), Err(CryptoError));
        // Ranges that do not meet, and an empty one.
        assert_eq!(IvSequence::new(&[0; 16]).with_range(0..=5).with_range(6..=9).next_counter(), Err(CryptoError));
        #[allow(clippy::reversed_empty_ranges, reason = "an empty range is what is tested")]
        let mut none = IvSequence::new(&[0; 16]).with_range(5..=4);
        assert_eq!(none.next_counter(), Err(CryptoError));
        let mut last = IvSequence::new(&[0; 16]).with_range(u64::MAX..=u64::MAX);
        assert_eq!([last.next_counter(), last.next_counter()], [Ok(u64::MAX), Err(CryptoError)]);
    }
}
