//! What was chosen.

use super::context::NegotiationContext;
use super::dialect::{FittingPair, MOST};
use crate::ke::{AdditionalWithoutKeError, KeyExchanges};
use crate::registry::{KeMethod, Prf, SecurityProtocol, TransformType};
use crate::transform::Transform;
use core::fmt;

/// What was chosen. Only [`negotiate`](super::negotiate()) and [`check_response`](super::check_response) make one.
#[derive(Clone, Copy)]
pub struct Selection {
    number: u8,
    protocol: SecurityProtocol,
    spi: [u8; 8],
    spi_len: u8,
    transforms: [Transform; MOST],
    len: u8,
    local: usize,
    context: NegotiationContext,
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Selection")
            .field("number", &self.number)
            .field("protocol", &self.protocol)
            .field("peer_spi", &self.peer_spi())
            .field("transforms", &self.transforms())
            .finish_non_exhaustive()
    }
}

impl Selection {
    pub(super) fn new(hit: &FittingPair<'_>, context: NegotiationContext) -> Self {
        let mut spi = [0; 8];
        let mut spi_len = 0;
        for (slot, octet) in spi.iter_mut().zip(hit.offered.spi()) {
            *slot = *octet;
            spi_len = u8::saturating_add(spi_len, 1);
        }
        let mut transforms = [Transform::new(TransformType::ENCR, 0); MOST];
        let mut len = 0;
        for (slot, (ty, code)) in transforms.iter_mut().zip(hit.chosen.iter()) {
            *slot = code.transform(ty);
            len = u8::saturating_add(len, 1);
        }
        let (number, protocol) = (hit.offered.number, hit.offered.protocol);
        Self { number, protocol, spi, spi_len, transforms, len, local: hit.local, context }
    }

    /// The Proposal Num of the proposal chosen, which the answer repeats.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// The protocol of the proposal chosen.
    #[must_use]
    pub const fn protocol(&self) -> SecurityProtocol {
        self.protocol
    }

    /// The peer's SPI: 0, 4 or 8 octets.
    #[must_use]
    pub fn peer_spi(&self) -> &[u8] {
        self.spi.get(..usize::from(self.spi_len)).unwrap_or(&[])
    }

    /// The transforms as the answer carries them, one of each type.
    #[must_use]
    pub fn transforms(&self) -> &[Transform] {
        self.transforms.get(..usize::from(self.len)).unwrap_or(&[])
    }

    /// The transform chosen of one type.
    #[must_use]
    pub fn transform(&self, ty: TransformType) -> Option<Transform> {
        self.transforms().iter().copied().find(|t| t.ty == ty)
    }

    /// The method of the first key exchange; `None` when there is none.
    #[must_use]
    pub fn ke_method(&self) -> Option<KeMethod> {
        self.transform(TransformType::KE).map(|t| KeMethod(t.id.0)).filter(|method| *method != KeMethod::NONE)
    }

    /// The pseudorandom function chosen; `None` for ESP and AH, whose keys the PRF of the IKE SA derives (RFC 7296 section 2.17).
    #[must_use]
    pub fn prf(&self) -> Option<Prf> {
        self.transform(TransformType::PRF).map(|t| Prf(t.id.0))
    }

    /// The key exchanges that must be run, and whose secrets the keys are made of. There are none for the Child SA of IKE_AUTH, whatever its
    /// proposal holds (RFC 7296 section 1.2).
    ///
    /// # Errors
    /// [`AdditionalWithoutKeError`] if additional key exchanges were chosen and none they could add to. [`check_response`](super::check_response)
    /// and [`Dialect::Rfc`](super::Dialect::Rfc) refuse that before; other dialects choose as their daemons do.
    pub fn key_exchanges(&self) -> Result<KeyExchanges, AdditionalWithoutKeError> {
        if self.context == NegotiationContext::IkeAuth {
            return Ok(KeyExchanges::NONE);
        }
        // By type: an answer may carry its transforms in any order.
        let additional = TransformType::ADDITIONAL_KEY_EXCHANGES.iter().filter_map(|ty| self.transform(*ty));
        KeyExchanges::new(self.ke_method(), additional.map(|t| KeMethod(t.id.0)))
    }

    /// What was asked.
    #[must_use]
    pub const fn context(&self) -> NegotiationContext {
        self.context
    }

    /// The place in the policy of the proposal that fitted, from 0.
    #[must_use]
    pub const fn local_index(&self) -> usize {
        self.local
    }
}
