//! Proposals written as the body of an SA payload.

use super::policy::{Policy, PolicyError};
use super::selection::Selection;
use super::suite::Proposal;
use crate::error::{BuildError, Element};
use crate::transform::Transform;
use crate::wire::{ProposalBuilder, SaBuilder};
use alloc::vec;
use alloc::vec::Vec;
use thiserror::Error;

/// Octets a first attempt has room for; most offers fit.
const ROOM: usize = 1024;

/// A policy that cannot be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
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
    /// `spi`. [`check_response`](super::check_response) reads what comes back.
    ///
    /// # Errors
    /// [`OfferError`] when a proposal [adds to no key exchange](Proposal::has_additional_without_ke), whatever the dialect, and when
    /// the offer cannot be encoded.
    pub fn offer(&self, spi: &[u8]) -> Result<Vec<u8>, OfferError> {
        Self::check_key_exchanges(self.proposals())?;
        Ok(emit_offer(self.proposals(), spi)?)
    }
}

/// Writes proposals as an offer, whoever makes it: the body of an SA payload with these proposals, numbered from 1, each with our `spi`.
///
/// # Errors
/// [`BuildError`] when there is no proposal, more than can be numbered, or one longer than its length field can say.
pub fn emit_offer(proposals: &[Proposal], spi: &[u8]) -> Result<Vec<u8>, BuildError> {
    let maximum = usize::from(u8::MAX);
    if proposals.len() > maximum {
        return Err(BuildError::Overflow { element: Element::Proposal, value: proposals.len(), maximum });
    }
    let mut room = ROOM;
    // A second round at most: the first says how much is needed.
    loop {
        let mut buf = vec![0; room];
        let body = SaBuilder::body(&mut buf, |sa| emit_all(proposals, sa, spi));
        match body {
            Ok(octets) => return Ok(octets.to_vec()),
            Err(BuildError::BufferTooSmall { needed }) if needed > room => room = needed,
            Err(other) => return Err(other),
        }
    }
}

/// Adds proposals to an SA payload under construction, numbered from 1: as many as can be numbered.
pub(crate) fn emit_all(proposals: &[Proposal], sa: &mut SaBuilder<'_, '_>, spi: &[u8]) {
    (1_u8..=u8::MAX).zip(proposals).for_each(|(number, proposal)| proposal.emit(sa, number, spi));
}

impl Proposal {
    /// Adds the proposal to an offer under construction.
    pub fn emit(&self, sa: &mut SaBuilder<'_, '_>, number: u8, spi: &[u8]) {
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
    pub fn emit(&self, sa: &mut SaBuilder<'_, '_>, spi: &[u8]) {
        sa.proposal(self.number(), self.protocol(), spi, |p| self.transforms().iter().for_each(|t| t.write(p)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Encr, SecurityProtocol};
    use crate::wire::{ChainBuilder, PAYLOAD_HEADER_LEN};

    #[test]
    fn an_offer_is_the_body_of_the_payload_a_message_would_have() {
        let offer = |proposals: usize, transforms: u16| -> Vec<Proposal> {
            let list = || (0..transforms).map(|bits| Transform::encr_bits(Encr::ENCR_AES_CBC, bits)).collect::<Vec<_>>();
            (0..proposals).map(|_| Proposal::new(SecurityProtocol::ESP, list())).collect()
        };
        // 21 transforms of 12 octets, header and SPI: 264 octets; the payload's header makes 65473, one more transform 68533.
        for (proposals, transforms) in [(0, 0), (1, 1), (2, 60), (248, 21), (255, 20), (255, 22), (256, 1)] {
            let offer = offer(proposals, transforms);
            let mut buf = vec![0; 80_000];
            let mut whole = ChainBuilder::new(&mut buf);
            whole.sa(|sa| (1_u8..=u8::MAX).zip(&offer).for_each(|(number, proposal)| proposal.emit(sa, number, &[7; 4])));
            let due = whole.finish().map(|(_, octets)| octets[PAYLOAD_HEADER_LEN..].to_vec());
            let made = emit_offer(&offer, &[7; 4]);
            match proposals {
                256 => assert!(matches!(made, Err(BuildError::Overflow { element: Element::Proposal, value: 256, .. }))),
                _ => assert_eq!(made, due, "{proposals} of {transforms}"),
            }
            assert_eq!(made.is_err(), matches!((proposals, transforms), (0 | 256, _) | (255, 22)));
        }
    }
}
