//! What a step of an exchange works with, beside the IKE SA.

use super::config::Config;
use super::id::SaId;
use super::names::Names;
use crate::error::CryptoError;
use crate::exchange::MessageContent;
use crate::instant::Instant;
use crate::provider::{Provider, Random};
use crate::registry::PayloadType;
use bytes::Bytes;
use core::time::Duration;

/// The type of the first payload, and the payloads.
pub(super) type Content = (PayloadType, Bytes);

/// Octets of the nonces that we send: no less than half of what any PRF here takes as a key (RFC 7296 section 2.10).
pub(super) const NONCE: usize = 32;

/// What a step of an exchange works with, beside the IKE SA.
pub(super) struct Context<'c> {
    pub(super) provider: &'c Provider,
    pub(super) random: &'c mut dyn Random,
    pub(super) names: &'c mut Names,
    pub(super) config: &'c Config,
    pub(super) now: Instant,
    /// Whether somebody looks on.
    pub(super) is_watched: bool,
}

impl Context<'_> {
    pub(super) fn octets<const N: usize>(&mut self) -> Result<[u8; N], CryptoError> {
        let mut octets = [0; N];
        self.random.fill(&mut octets)?;
        Ok(octets)
    }

    pub(super) fn ike_spi(&mut self, owner: SaId) -> Result<u64, CryptoError> {
        self.names.claim_ike(owner, self.config.spi_prefix, self.random)
    }

    pub(super) fn child_spi(&mut self, owner: SaId) -> Result<[u8; 4], CryptoError> {
        self.names.claim_child(owner, &self.config.spis, self.random)
    }

    /// The content of a message that is sent, if somebody looks on.
    pub(super) fn shown(&self, content: &MessageContent) -> Option<Content> {
        self.is_watched.then(|| (content.first_payload(), Bytes::copy_from_slice(content.octets())))
    }

    /// A number below `bound`; 0 without randomness, which nothing depends on but how evenly things are spread.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.octets().map_or(0, u64::from_be_bytes).checked_rem(bound).unwrap_or(0)
    }

    /// A time of `span` less a random part of a tenth, so that two sides seldom act at once.
    pub(super) fn jittered(&mut self, span: Duration) -> Duration {
        let tenth = u64::try_from(span.as_millis()).unwrap_or(u64::MAX).checked_div(10).unwrap_or(0);
        span.saturating_sub(Duration::from_millis(self.below(tenth.saturating_add(1))))
    }
}
