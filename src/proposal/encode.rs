//! Proposals written as the body of an SA payload.

use super::policy::{Policy, PolicyError};
use super::selection::Selection;
use super::suite::{Proposal, Transform};
use crate::error::{BuildError, Element};
use crate::registry::PayloadType;
use crate::wire::{PAYLOAD_HEADER_LEN, PayloadsBuilder, ProposalBuilder, SaBuilder};
use alloc::vec;
use alloc::vec::Vec;
use thiserror::Error;

/// Octets a first attempt has room for; most offers fit.
const ROOM: usize = 1024;

/// A policy that cannot be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OfferError {
    /// A proposal is one this crate does not offer.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// There is no proposal, or one longer than its length field can say.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl Policy {
    /// Writes the policy as an offer of this side: the body of an SA payload with its proposals, numbered from 1, each with our
    /// `spi`. [`check_answer`](super::check_answer) reads what comes back.
    ///
    /// # Errors
    /// [`OfferError`] when a proposal [adds to no key exchange](Proposal::adds_to_no_key_exchange), whatever the dialect, and when
    /// the offer cannot be encoded.
    pub fn offer(&self, spi: &[u8]) -> Result<Vec<u8>, OfferError> {
        Self::check_key_exchanges(self.proposals())?;
        Ok(encode_offer(self.proposals(), spi)?)
    }
}

/// Writes proposals as an offer, whoever makes it: the body of an SA payload with these proposals, numbered from 1, each with our `spi`.
///
/// # Errors
/// [`BuildError`] when there is no proposal, more than can be numbered, or one longer than its length field can say.
pub fn encode_offer(proposals: &[Proposal], spi: &[u8]) -> Result<Vec<u8>, BuildError> {
    let maximum = usize::from(u8::MAX);
    if proposals.len() > maximum {
        return Err(BuildError::Overflow { element: Element::Proposal, value: proposals.len(), maximum });
    }
    let mut room = ROOM;
    // A second round at most: the first says how much is needed.
    loop {
        let mut buf = vec![0; room];
        let mut builder = PayloadsBuilder::new(&mut buf);
        builder.sa(|sa| {
            for (number, proposal) in (1_u8..=u8::MAX).zip(proposals) {
                proposal.write(sa, number, spi);
            }
        });
        match builder.finish() {
            Ok((PayloadType::SA, octets)) => return Ok(octets.get(PAYLOAD_HEADER_LEN..).unwrap_or(&[]).to_vec()),
            Ok(_) => return Ok(Vec::new()),
            Err(BuildError::BufferTooSmall { needed }) if needed > room => room = needed,
            Err(other) => return Err(other),
        }
    }
}

impl Proposal {
    /// Adds the proposal to an offer under construction.
    pub fn write(&self, sa: &mut SaBuilder<'_, '_>, number: u8, spi: &[u8]) {
        sa.proposal(number, self.protocol, spi, |p| self.transforms.iter().for_each(|t| t.write(p)));
    }
}

impl Transform {
    fn write(self, proposal: &mut ProposalBuilder<'_, '_>) {
        match self.key_bits {
            Some(bits) => proposal.transform_key_length(self.ty, self.id, bits),
            None => proposal.transform(self.ty, self.id),
        };
    }
}

impl Selection {
    /// Writes the answer: the proposal chosen under the number offered, with our `spi` (RFC 7296 section 3.3.1).
    pub fn write(&self, sa: &mut SaBuilder<'_, '_>, spi: &[u8]) {
        sa.proposal(self.number(), self.protocol(), spi, |p| self.transforms().iter().for_each(|t| t.write(p)));
    }
}
