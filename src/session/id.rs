//! What an IKE SA and a question about it are known by.

use core::fmt;

/// The name of an IKE SA at this endpoint: it stays the same when the IKE SA is rekeyed, and is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SaId(pub(super) u64);

impl fmt::Display for SaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// The name of one question: its answer takes it back to the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    pub(super) sa: SaId,
    pub(super) serial: u64,
}

impl Token {
    /// The IKE SA that the question is about.
    #[must_use]
    pub const fn sa(&self) -> SaId {
        self.sa
    }
}

/// The name of a Child SA at this endpoint: the SPI under which we receive.
///
/// It names one Child SA of one IKE SA; a rekeyed Child SA has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChildId(pub(super) [u8; 4]);

impl ChildId {
    /// The SPI under which we receive.
    #[must_use]
    pub const fn spi(self) -> u32 {
        u32::from_be_bytes(self.0)
    }
}

impl From<u32> for ChildId {
    fn from(spi: u32) -> Self {
        Self(spi.to_be_bytes())
    }
}

impl fmt::Display for ChildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.spi())
    }
}
