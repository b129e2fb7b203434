//! FNV-1a with 64 bits (draft-eastlake-fnv): a short name for octets that nobody forges on purpose.

/// The state of the hash: what it is of the octets so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fnv1a(pub(crate) u64);

impl Fnv1a {
    /// The hash of no octets: the offset basis.
    pub(crate) const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);
    const PRIME: u64 = 0x0100_0000_01b3;

    /// The hash of what came before and these octets.
    pub(crate) fn and(self, octets: &[u8]) -> Self {
        Self(octets.iter().fold(self.0, |hash, octet| (hash ^ u64::from(*octet)).wrapping_mul(Self::PRIME)))
    }
}

impl core::fmt::Write for Fnv1a {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        *self = self.and(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The draft's own vectors.
    #[test]
    fn published_vectors() {
        for (text, hash) in [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)] {
            assert_eq!(Fnv1a::EMPTY.and(text.as_bytes()).0, hash, "{text}");
        }
        assert_eq!(Fnv1a::EMPTY.and(b"foo").and(b"bar"), Fnv1a::EMPTY.and(b"foobar"));
    }
}
