//! How long a conversation may become.

use thiserror::Error;

/// Requests that one conversation may have. 64 KiB of TLS handshake, the most that is taken, are 64 fragments of 1024 octets each way:
/// twice that for smaller fragments.
pub const MAX_ROUNDS: u32 = 256;

/// Octets of EAP packets that are taken from the other side in one conversation: a TLS handshake of 64 KiB, and as much again for what is
/// around the fragments and for methods that were refused before.
pub const MAX_OCTETS: usize = 128 * 1024;

/// What a conversation has exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Limit {
    /// [`MAX_ROUNDS`].
    #[error("more than {MAX_ROUNDS} EAP packets have come")]
    Rounds,
    /// [`MAX_OCTETS`].
    #[error("more than {MAX_OCTETS} octets of EAP packets have come")]
    Octets,
}

/// What is left.
pub(super) struct Budget {
    rounds: u32,
    octets: usize,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self { rounds: MAX_ROUNDS, octets: MAX_OCTETS }
    }

    /// Takes a packet of `octets` off.
    pub(super) fn spend(&mut self, octets: usize) -> Result<(), Limit> {
        self.rounds = self.rounds.checked_sub(1).ok_or(Limit::Rounds)?;
        self.octets = self.octets.checked_sub(octets).ok_or(Limit::Octets)?;
        Ok(())
    }
}
