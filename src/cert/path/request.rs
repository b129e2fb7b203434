//! What is asked of a path, and how much may be done to find it.

use super::purposes::KeyPurposes;
use crate::provider::Provider;

/// What [`validate`](super::validate) is asked.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PathRequest<'a> {
    /// Verifies the signatures.
    pub provider: &'a Provider,
    /// The certificate to vouch for, in DER: of the first CERT payload (RFC 7296 section 3.6).
    pub leaf: &'a [u8],
    /// Others that are at hand, in DER and in any order; those that cannot be read are passed over.
    pub others: &'a [&'a [u8]],
    /// Those that are trusted, in DER; those that cannot be read are passed over.
    pub anchors: &'a [&'a [u8]],
    /// Seconds since the start of 1970 in UTC.
    pub now: i64,
    /// Extended key usages that are accepted.
    pub purposes: KeyPurposes,
    /// How much may be done.
    pub limits: PathLimits,
    /// Whether signatures may be of a hash by SHA-1, for which collisions are made.
    pub accept_sha1: bool,
}

impl<'a> PathRequest<'a> {
    /// A leaf alone, at a moment in seconds since the start of 1970 in UTC.
    #[must_use]
    pub fn new(provider: &'a Provider, leaf: &'a [u8], anchors: &'a [&'a [u8]], now: i64) -> Self {
        let (purposes, limits) = (KeyPurposes::default(), PathLimits::default());
        Self { provider, leaf, others: &[], anchors, now, purposes, limits, accept_sha1: false }
    }

    /// With others that are at hand.
    #[must_use]
    pub const fn with_others(self, others: &'a [&'a [u8]]) -> Self {
        Self { others, ..self }
    }

    /// With other extended key usages.
    #[must_use]
    pub const fn with_purposes(self, purposes: KeyPurposes) -> Self {
        Self { purposes, ..self }
    }

    /// With other limits.
    #[must_use]
    pub const fn with_limits(self, limits: PathLimits) -> Self {
        Self { limits, ..self }
    }

    /// With signatures by SHA-1.
    #[must_use]
    pub const fn with_sha1(self) -> Self {
        Self { accept_sha1: true, ..self }
    }
}

/// How much [`validate`](super::validate) may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PathLimits {
    /// Certificates of the peer, the leaf counted.
    pub certificates: usize,
    /// Certificates below the anchor, the leaf counted.
    pub depth: usize,
    /// Verifications of signatures, those that fail counted.
    pub verifications: usize,
    /// Comparisons of a name with a subtree of name constraints, or of two parts of a distinguished name.
    pub comparisons: usize,
}

impl Default for PathLimits {
    /// 16 certificates, since a peer that does not know our anchors sends two or three paths at most; 8 of them in a path, since
    /// authorities of the Web and of states have 4; 32 verifications, which take some milliseconds, and with which a path of 8 may have
    /// four issuers of one name at each step; 65536 comparisons, which have room for 100 names under 100 subtrees at each of 6 authorities.
    fn default() -> Self {
        Self { certificates: 16, depth: 8, verifications: 32, comparisons: 65536 }
    }
}
