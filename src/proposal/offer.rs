//! An SA payload body as it stands in the octets, for readers that must not be stricter than a peer.
//!
//! [`substructure`] cuts proposals, transforms and attributes; a cursor remembers where. What a stack makes of the values is the
//! matter of its dialect.

use super::suite::Code;
use crate::error::{Element, Origin, ParseError, ParseErrorKind};
use crate::registry::{SecurityProtocol, TransformType};
use crate::wire::codec::At;
use crate::wire::substructure::{self, Cut, ProposalCut};
use crate::wire::{TransformAttribute, TransformAttributeValue};

/// Octets of a proposal's fixed part, and of a transform's.
pub(crate) use crate::wire::substructure::HEAD as HEADER;

/// A place in the SA payload body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    at: usize,
}

/// A proposal substructure. SPI and transforms are not yet taken apart: not every stack looks at them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfferedProposal<'a> {
    pub(crate) at: usize,
    pub(crate) last: u8,
    pub(crate) number: u8,
    pub(crate) protocol: SecurityProtocol,
    pub(crate) spi_size: u8,
    /// The Num Transforms field.
    pub(crate) count: u8,
    body: &'a [u8],
}

/// A transform substructure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfferedTransform<'a> {
    pub(crate) at: usize,
    pub(crate) last: u8,
    pub(crate) ty: TransformType,
    pub(crate) id: u16,
    pub(crate) attributes: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets, at: 0 }
    }

    const fn inside(octets: &'a [u8], at: usize) -> Self {
        Self { rest: octets, at }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) const fn remaining_len(&self) -> usize {
        self.rest.len()
    }

    pub(crate) const fn fault(&self, element: Element, kind: ParseErrorKind) -> ParseError {
        ParseError { element, offset: self.at, origin: Origin::Input, kind }
    }

    /// Moves behind what was cut; gives it and where it began.
    #[inline(always)]
    fn advance<T>(&mut self, cut: Cut<'a, T>) -> Result<(usize, T), ParseError> {
        let Self { rest, at } = *self;
        match cut {
            Ok((cut, after)) => {
                // What is left of the octets is never more than they were.
                *self = Self { rest: after, at: at.wrapping_add(rest.len()).wrapping_sub(after.len()) };
                Ok((at, cut))
            }
            Err(fault) => Err(fault.locate(Element::Proposal, rest, At { offset: at, origin: Origin::Input })),
        }
    }

    #[inline]
    pub(crate) fn proposal(&mut self) -> Result<OfferedProposal<'a>, ParseError> {
        let (at, cut) = self.advance(substructure::proposal(self.rest))?;
        let ProposalCut { last, number, protocol, spi_size, count, body } = cut;
        Ok(OfferedProposal { at, last, number, protocol, spi_size, count, body })
    }

    #[inline]
    pub(crate) fn transform(&mut self) -> Result<OfferedTransform<'a>, ParseError> {
        let (at, cut) = self.advance(substructure::transform(self.rest))?;
        Ok(OfferedTransform { at, last: cut.last, ty: cut.ty, id: cut.id.0, attributes: cut.attributes })
    }

    /// Reads an attribute whose TLV length counts the value only (RFC 7296 section 3.3.5).
    pub(crate) fn attribute(&mut self) -> Result<TransformAttribute<'a>, ParseError> {
        self.attribute_with(0)
    }

    /// Reads an attribute whose TLV length counts `counted` octets of the fixed part as well.
    pub(crate) fn attribute_with(&mut self, counted: usize) -> Result<TransformAttribute<'a>, ParseError> {
        self.advance(substructure::attribute(self.rest, counted)).map(|(_, attribute)| attribute)
    }

    /// The proposals from here on, up to the first that cannot be read.
    pub(crate) fn proposals(mut self) -> impl Iterator<Item = OfferedProposal<'a>> + Clone {
        core::iter::from_fn(move || self.proposal().ok())
    }

    /// The transforms from here on, up to the first that cannot be read.
    #[inline]
    pub(crate) fn transforms(mut self) -> impl Iterator<Item = OfferedTransform<'a>> + Clone {
        core::iter::from_fn(move || self.transform().ok())
    }
}

impl<'a> OfferedProposal<'a> {
    const fn cut(&self) -> ProposalCut<'a> {
        let Self { last, number, protocol, spi_size, count, body, .. } = *self;
        ProposalCut { last, number, protocol, spi_size, count, body }
    }

    /// The SPI and a cursor over the transforms.
    ///
    /// # Errors
    /// When the proposal ends within its SPI.
    #[inline]
    pub(crate) fn split(&self) -> Result<(&'a [u8], Cursor<'a>), ParseError> {
        let (spi, transforms) = self.cut().split().ok_or_else(|| self.fault(self.cut().ends_in_spi()))?;
        let at = self.at.saturating_add(HEADER).saturating_add(usize::from(self.spi_size));
        Ok((spi, Cursor::inside(transforms, at)))
    }

    /// A cursor over the transforms; over nothing when the SPI is larger than the proposal.
    #[inline]
    pub(crate) fn inner(&self) -> Cursor<'a> {
        self.split().map_or(Cursor::new(&[]), |(_, inner)| inner)
    }

    pub(crate) fn spi(&self) -> &'a [u8] {
        self.split().map_or(&[], |(spi, _)| spi)
    }

    pub(crate) const fn fault(&self, kind: ParseErrorKind) -> ParseError {
        ParseError { element: Element::Proposal, offset: self.at, origin: Origin::Input, kind }
    }
}

impl<'a> OfferedTransform<'a> {
    /// Octets of all of it.
    #[inline]
    pub(crate) const fn octets(&self) -> usize {
        HEADER.saturating_add(self.attributes.len())
    }

    /// A cursor over the attributes.
    pub(crate) const fn inner(&self) -> Cursor<'a> {
        Cursor::inside(self.attributes, self.at.saturating_add(HEADER))
    }

    /// The common forms: no attribute, or one Key Length in TV form. `None` leaves the attributes to the dialect.
    #[inline]
    pub(crate) fn plain(&self) -> Option<Code> {
        match *self.attributes {
            [] => Some(Code::new(self.id, 0)),
            [0x80, 0x0e, high, low] => Some(Code::new(self.id, u16::from_be_bytes([high, low]))),
            _ => None,
        }
    }

    pub(crate) const fn fault(&self, kind: ParseErrorKind) -> ParseError {
        ParseError { element: Element::Transform, offset: self.at, origin: Origin::Input, kind }
    }
}

/// Type/Value, or up to 8 octets of Type/Length/Value read as a big-endian number of which the low 16 bits stay.
pub(crate) fn low_bits(value: TransformAttributeValue<'_>) -> u16 {
    match value {
        TransformAttributeValue::Tv(value) => value,
        TransformAttributeValue::Tlv(octets) if octets.len() > 8 => u16::MAX,
        TransformAttributeValue::Tlv(octets) => match *octets {
            [.., high, low] => u16::from_be_bytes([high, low]),
            [low] => u16::from(low),
            [] => 0,
        },
    }
}
