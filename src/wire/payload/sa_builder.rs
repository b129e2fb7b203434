//! Writing an SA payload through closures: counts, lengths and last-substructure octets are patched as they become known.

use super::sa::Sa;
use super::substructure::{AF, LAST, MORE_PROPOSALS, MORE_TRANSFORMS, TransformAttribute, TransformAttributeValue};
use crate::error::{BuildError, Element};
use crate::registry::{PayloadType, SecurityProtocol, TransformAttributeType, TransformId, TransformType};
use crate::wire::PAYLOAD_HEADER_LEN;
use crate::wire::writer::Writer;

/// Writes the proposals of an SA payload.
#[derive(Debug)]
pub struct SaBuilder<'w, 'b> {
    w: &'w mut Writer<'b>,
    last: Option<usize>,
}

/// Writes the transforms of one proposal.
#[derive(Debug)]
pub struct ProposalBuilder<'w, 'b> {
    w: &'w mut Writer<'b>,
    last: Option<usize>,
    count: usize,
}

/// Writes the attributes of one transform.
#[derive(Debug)]
pub struct TransformBuilder<'w, 'b> {
    w: &'w mut Writer<'b>,
}

impl<'w, 'b> SaBuilder<'w, 'b> {
    pub(crate) const fn new(w: &'w mut Writer<'b>) -> Self {
        Self { w, last: None }
    }

    /// Writes the body of an SA payload, the octets after its generic header, into `buf`.
    ///
    /// ```
    /// use ikev2::registry::{Encr, SecurityProtocol, TransformType};
    /// use ikev2::wire::{Sa, SaBuilder};
    ///
    /// let mut buf = [0; 64];
    /// let body = SaBuilder::body(&mut buf, |sa| {
    ///     sa.proposal(1, SecurityProtocol::IKE, &[], |proposal| {
    ///         proposal.transform_key_length(TransformType::ENCR, Encr::ENCR_AES_GCM_16, 256);
    ///     });
    /// })?;
    /// assert_eq!(Sa::parse(body)?.proposals().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The first value that did not fit its field, [`BufferTooSmall`](BuildError::BufferTooSmall) with the size needed, or
    /// [`Overflow`](BuildError::Overflow) for a body that no Payload Length can say.
    pub fn body(buf: &'b mut [u8], proposals: impl FnOnce(&mut SaBuilder<'_, 'b>)) -> Result<&'b mut [u8], BuildError> {
        let mut w = Writer::new(buf);
        let mut sa = SaBuilder::new(&mut w);
        proposals(&mut sa);
        sa.finish();
        let (value, maximum) = (w.len().saturating_add(PAYLOAD_HEADER_LEN), usize::from(u16::MAX));
        if value > maximum {
            w.fail(BuildError::Overflow { element: Element::Payload(PayloadType::SA), value, maximum });
        }
        w.finish()
    }

    /// Adds a proposal. `number` is 1, 2, .. n in an offer, the offered number in an answer; `spi` is the sender's.
    #[inline(always)]
    pub fn proposal(
        &mut self,
        number: u8,
        protocol: SecurityProtocol,
        spi: &[u8],
        transforms: impl FnOnce(&mut ProposalBuilder<'_, 'b>),
    ) -> &mut Self {
        let start = self.w.len();
        self.last = Some(start);
        let spi_size = self.w.octet(Element::Proposal, spi.len());
        self.w.put([MORE_PROPOSALS, 0, 0, 0, number, protocol.0, spi_size, 0]);
        self.w.slice(spi);
        let mut proposal = ProposalBuilder { w: self.w, last: None, count: 0 };
        transforms(&mut proposal);
        let ProposalBuilder { last, count, .. } = proposal;
        if let Some(last) = last {
            self.w.patch(last, [LAST]);
        }
        self.w.patch_u8(Element::Proposal, start.saturating_add(7), count);
        self.w.patch_len(Element::Proposal, start, 2);
        self
    }

    /// An SA payload without proposals is none (RFC 7296 section 3.3).
    pub(crate) fn finish(self) {
        match self.last {
            Some(last) => self.w.patch(last, [LAST]),
            None => self.w.fail(BuildError::EmptyList { element: Element::Payload(PayloadType::SA) }),
        }
    }
}

impl<'b> ProposalBuilder<'_, 'b> {
    /// Adds a transform without attributes.
    #[inline]
    pub fn transform(&mut self, ty: TransformType, id: impl Into<TransformId>) -> &mut Self {
        let [id1, id0] = id.into().0.to_be_bytes();
        self.add([MORE_TRANSFORMS, 0, 0, 8, ty.0, 0, id1, id0])
    }

    /// Adds a transform with a Key Length attribute of `bits`.
    #[inline]
    pub fn transform_key_length(&mut self, ty: TransformType, id: impl Into<TransformId>, bits: u16) -> &mut Self {
        let [id1, id0] = id.into().0.to_be_bytes();
        let [a1, a0] = (TransformAttributeType::KEY_LENGTH.0 | AF).to_be_bytes();
        let [v1, v0] = bits.to_be_bytes();
        self.add([MORE_TRANSFORMS, 0, 0, 12, ty.0, 0, id1, id0, a1, a0, v1, v0])
    }

    /// Adds a transform with attributes.
    #[inline]
    pub fn transform_with(
        &mut self,
        ty: TransformType,
        id: impl Into<TransformId>,
        attributes: impl FnOnce(&mut TransformBuilder<'_, 'b>),
    ) -> &mut Self {
        let start = self.w.len();
        self.transform(ty, id);
        attributes(&mut TransformBuilder { w: self.w });
        self.w.patch_len(Element::Transform, start, 2);
        self
    }

    #[inline]
    fn add<const N: usize>(&mut self, transform: [u8; N]) -> &mut Self {
        self.last = Some(self.w.len());
        self.count = self.count.saturating_add(1);
        self.w.put(transform);
        self
    }
}

impl TransformBuilder<'_, '_> {
    /// Adds an attribute in the format its value has.
    #[inline]
    pub fn attribute(&mut self, ty: TransformAttributeType, value: TransformAttributeValue<'_>) -> &mut Self {
        if ty.0 & AF != 0 {
            let maximum = usize::from(!AF);
            self.w.fail(BuildError::Overflow { element: Element::TransformAttribute, value: ty.0.into(), maximum });
        }
        match value {
            TransformAttributeValue::Tv(value) => {
                let [t1, t0] = (ty.0 | AF).to_be_bytes();
                let [v1, v0] = value.to_be_bytes();
                self.w.put([t1, t0, v1, v0]);
            }
            TransformAttributeValue::Tlv(value) => {
                self.w.put(ty.0.to_be_bytes());
                let field = self.w.len();
                self.w.put([0; 2]);
                self.w.slice(value);
                self.w.patch_u16(Element::TransformAttribute, field, value.len());
            }
        }
        self
    }
}

impl Sa<'_> {
    /// Writes the view back, element by element, so that what was reserved is zero again.
    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        let mut builder = SaBuilder::new(w);
        for proposal in self.proposals() {
            builder.proposal(proposal.number, proposal.protocol, proposal.spi, |p| {
                for transform in proposal.transforms() {
                    p.transform_with(transform.ty, transform.id, |t| {
                        for TransformAttribute { ty, value } in transform.attributes() {
                            t.attribute(ty, value);
                        }
                    });
                }
            });
        }
        builder.finish();
    }
}
