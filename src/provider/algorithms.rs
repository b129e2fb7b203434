//! Tables of algorithms that come from one place.

use super::key_exchange::KeyExchangeRow;
use super::row::{AeadRow, MacRow, ModeRow, PrfRow, VerifierRow};
use core::fmt;

/// Octets of a SHA-1 digest.
pub const SHA1_LEN: usize = 20;

/// SHA-1 of the concatenated parts.
pub type Sha1 = fn(parts: &[&[u8]]) -> [u8; SHA1_LEN];

/// Tables of algorithms that come from one place.
#[derive(Clone, Copy)]
pub struct Algorithms {
    pub(super) name: &'static str,
    pub(super) aeads: &'static [AeadRow],
    pub(super) modes: &'static [ModeRow],
    pub(super) macs: &'static [MacRow],
    pub(super) prfs: &'static [PrfRow],
    pub(super) verifiers: &'static [VerifierRow],
    pub(super) key_exchanges: &'static [KeyExchangeRow],
    pub(super) sha1: Option<Sha1>,
}

impl Algorithms {
    /// No algorithm yet. `name` is for people.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, aeads: &[], modes: &[], macs: &[], prfs: &[], verifiers: &[], key_exchanges: &[], sha1: None }
    }

    /// Sets the ciphers that authenticate.
    #[must_use]
    pub const fn with_aeads(mut self, rows: &'static [AeadRow]) -> Self {
        self.aeads = rows;
        self
    }

    /// Sets the ciphers that need a MAC beside them.
    #[must_use]
    pub const fn with_modes(mut self, rows: &'static [ModeRow]) -> Self {
        self.modes = rows;
        self
    }

    /// Sets the integrity algorithms.
    #[must_use]
    pub const fn with_macs(mut self, rows: &'static [MacRow]) -> Self {
        self.macs = rows;
        self
    }

    /// Sets the pseudorandom functions.
    #[must_use]
    pub const fn with_prfs(mut self, rows: &'static [PrfRow]) -> Self {
        self.prfs = rows;
        self
    }

    /// Sets the signature verifiers.
    #[must_use]
    pub const fn with_verifiers(mut self, rows: &'static [VerifierRow]) -> Self {
        self.verifiers = rows;
        self
    }

    /// Sets the key exchange methods.
    #[must_use]
    pub const fn with_key_exchanges(mut self, rows: &'static [KeyExchangeRow]) -> Self {
        self.key_exchanges = rows;
        self
    }

    /// Sets SHA-1, which NAT detection (RFC 7296 section 2.23) and CERTREQ (section 3.7) are defined with.
    #[must_use]
    pub const fn with_sha1(mut self, sha1: Sha1) -> Self {
        self.sha1 = Some(sha1);
        self
    }

    /// The name given to [`new`](Self::new).
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Debug for Algorithms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Algorithms").field("name", &self.name).finish_non_exhaustive()
    }
}
