//! The substructures of an SA payload body as they stand in the octets, for readers that must not be stricter than a peer.
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Last Substruc |   RESERVED    |        Proposal Length        |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Proposal Num  |  Protocol ID  |    SPI Size   |Num  Transforms|
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                        SPI (variable), <Transforms>           ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//! RFC 7296 sections 3.3.1, 3.3.2 and 3.3.5. Every structure is read whole or not at all; what a stack makes of the values is
//! the matter of its dialect.

use super::suite::Code;
use crate::error::{Element, ParseError, ParseErrorKind, Space};
use crate::registry::{AttributeType, SecurityProtocol, TransformType};

/// Octets of a proposal's fixed part, and of a transform's.
pub(crate) const HEADER: usize = 8;
/// Octets of an attribute's fixed part.
const ATTRIBUTE_HEADER: usize = 4;
/// The AF bit of an attribute: Type/Value instead of Type/Length/Value.
const AF_TV: u16 = 0x8000;

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

/// A transform attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute<'a> {
    pub(crate) ty: AttributeType,
    pub(crate) value: Value<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Tv(u16),
    Tlv(&'a [u8]),
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

    pub(crate) const fn left(&self) -> usize {
        self.rest.len()
    }

    pub(crate) const fn fault(&self, element: Element, kind: ParseErrorKind) -> ParseError {
        ParseError { element, offset: self.at, space: Space::Input, kind }
    }

    /// Reads a fixed part of [`HEADER`] octets and the octets its length field adds to it.
    #[inline]
    fn substructure(&mut self, element: Element) -> Result<([u8; HEADER], &'a [u8]), ParseError> {
        let available = self.rest.len();
        let Some((header, rest)) = self.rest.split_first_chunk::<HEADER>() else {
            let needed = HEADER;
            return Err(self.fault(element, ParseErrorKind::Truncated { needed, available }));
        };
        let [_, _, high, low, ..] = *header;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some(body_len) = length.checked_sub(HEADER) else {
            let minimum = HEADER;
            return Err(self.fault(element, ParseErrorKind::LengthTooSmall { length, minimum }));
        };
        let Some((body, rest)) = rest.split_at_checked(body_len) else {
            return Err(self.fault(element, ParseErrorKind::LengthPastEnd { length, available }));
        };
        self.rest = rest;
        self.at = self.at.saturating_add(length);
        Ok((*header, body))
    }

    #[inline]
    pub(crate) fn proposal(&mut self) -> Result<OfferedProposal<'a>, ParseError> {
        let at = self.at;
        let ([last, _, _, _, number, protocol, spi_size, count], body) = self.substructure(Element::Proposal)?;
        Ok(OfferedProposal { at, last, number, protocol: SecurityProtocol(protocol), spi_size, count, body })
    }

    #[inline]
    pub(crate) fn transform(&mut self) -> Result<OfferedTransform<'a>, ParseError> {
        let at = self.at;
        let ([last, _, _, _, ty, _, high, low], attributes) = self.substructure(Element::Transform)?;
        Ok(OfferedTransform { at, last, ty: TransformType(ty), id: u16::from_be_bytes([high, low]), attributes })
    }

    /// Reads an attribute whose TLV length counts the value only (RFC 7296 section 3.3.5).
    pub(crate) fn attribute(&mut self) -> Result<Attribute<'a>, ParseError> {
        self.attribute_with(0)
    }

    /// Reads an attribute whose TLV length counts `counted` octets of the fixed part as well.
    pub(crate) fn attribute_with(&mut self, counted: usize) -> Result<Attribute<'a>, ParseError> {
        let element = Element::TransformAttribute;
        let available = self.rest.len();
        let Some((header, rest)) = self.rest.split_first_chunk::<ATTRIBUTE_HEADER>() else {
            let needed = ATTRIBUTE_HEADER;
            return Err(self.fault(element, ParseErrorKind::Truncated { needed, available }));
        };
        let [a, b, c, d] = *header;
        let (ty, second) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let (value, rest) = if ty & AF_TV != 0 {
            (Value::Tv(second), rest)
        } else {
            let length = usize::from(second);
            let Some(value_len) = length.checked_sub(counted) else {
                let minimum = counted;
                return Err(self.fault(element, ParseErrorKind::LengthTooSmall { length, minimum }));
            };
            let Some((value, rest)) = rest.split_at_checked(value_len) else {
                return Err(self.fault(element, ParseErrorKind::LengthPastEnd { length, available }));
            };
            (Value::Tlv(value), rest)
        };
        self.at = self.at.saturating_add(self.rest.len().saturating_sub(rest.len()));
        self.rest = rest;
        Ok(Attribute { ty: AttributeType(ty & !AF_TV), value })
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
    /// The SPI and a cursor over the transforms; `None` when the SPI is larger than the proposal.
    #[inline]
    pub(crate) fn split(&self) -> Option<(&'a [u8], Cursor<'a>)> {
        let (spi, transforms) = self.body.split_at_checked(usize::from(self.spi_size))?;
        let at = self.at.saturating_add(HEADER).saturating_add(usize::from(self.spi_size));
        Some((spi, Cursor::inside(transforms, at)))
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
        ParseError { element: Element::Proposal, offset: self.at, space: Space::Input, kind }
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
        ParseError { element: Element::Transform, offset: self.at, space: Space::Input, kind }
    }
}

impl Value<'_> {
    /// Type/Value, or up to 8 octets of Type/Length/Value read as a big-endian number of which the low 16 bits stay.
    pub(crate) fn low_bits(self) -> u16 {
        match self {
            Self::Tv(value) => value,
            Self::Tlv(octets) if octets.len() > 8 => u16::MAX,
            Self::Tlv(octets) => match *octets {
                [.., high, low] => u16::from_be_bytes([high, low]),
                [low] => u16::from(low),
                [] => 0,
            },
        }
    }
}
