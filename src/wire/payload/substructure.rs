//! The substructures of an SA payload, cut from the octets: RFC 7296 sections 3.3.1, 3.3.2 and 3.3.5.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Last Substruc |   RESERVED    |         Proposal Length       |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Proposal Num  |  Protocol ID  |    SPI Size   |Num  Transforms|
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                        SPI (variable)                         ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Last Substruc |   RESERVED    |        Transform Length       |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |Transform Type |   RESERVED    |          Transform ID         |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |A|       Attribute Type        |    AF=0  Attribute Length     |
//! |F|                             |    AF=1  Attribute Value      |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                   AF=0  Attribute Value                       ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//!
//! Every structure is cut whole or not at all. What its fields may say is decided above: by the strict rules of `sa.rs`, and by
//! the dialects of `proposal`, which are no stricter than the peer they speak for.

use crate::error::{Element, ParseErrorKind};
use crate::registry::{SecurityProtocol, TransformAttributeType, TransformId, TransformType};
use crate::wire::codec::{Fault, element, no_element, size};

/// Octets of a proposal's fixed part, and of a transform's.
pub(crate) const HEAD: usize = 8;
/// Octets of an attribute's fixed part.
pub(crate) const ATTRIBUTE_HEAD: usize = 4;

/// Last Substruc of the last proposal, and of the last transform.
pub(crate) const LAST: u8 = 0;
/// Last Substruc of a proposal before another.
pub(crate) const MORE_PROPOSALS: u8 = 2;
/// Last Substruc of a transform before another.
pub(crate) const MORE_TRANSFORMS: u8 = 3;
/// The bit that tells TV from TLV.
pub(crate) const AF: u16 = 0x8000;

/// A proposal, its SPI and transforms not yet taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProposalCut<'a> {
    pub(crate) last: u8,
    pub(crate) number: u8,
    pub(crate) protocol: SecurityProtocol,
    pub(crate) spi_size: u8,
    /// Num Transforms.
    pub(crate) count: u8,
    /// The octets after the fixed part.
    pub(crate) body: &'a [u8],
}

/// A transform, its attributes not yet taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TransformCut<'a> {
    pub(crate) last: u8,
    pub(crate) ty: TransformType,
    pub(crate) id: TransformId,
    pub(crate) attributes: &'a [u8],
}

/// One attribute of a transform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransformAttribute<'a> {
    /// Attribute Type, without the AF bit.
    pub ty: TransformAttributeType,
    /// The value, in the format it was sent in.
    pub value: TransformAttributeValue<'a>,
}

/// Both formats of an attribute's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransformAttributeValue<'a> {
    /// Type/Value (AF=1): two octets.
    Tv(u16),
    /// Type/Length/Value (AF=0): any number of octets.
    Tlv(&'a [u8]),
}

impl TransformAttributeValue<'_> {
    /// The value as a number; `None` where it has no octets or does not fit into 16 bits.
    #[must_use]
    pub fn number(&self) -> Option<u16> {
        match *self {
            Self::Tv(number) => Some(number),
            Self::Tlv([octet]) => Some((*octet).into()),
            Self::Tlv(octets) => {
                let (high, low) = octets.split_last_chunk()?;
                high.iter().all(|octet| *octet == 0).then_some(u16::from_be_bytes(*low))
            }
        }
    }
}

/// A structure and the octets after it.
pub(crate) type Cut<'a, T> = Result<(T, &'a [u8]), Fault<'a>>;

/// Cuts the proposal at the start of `input`, if there is one.
#[inline(always)]
pub(crate) fn next_proposal(input: &[u8]) -> Option<(ProposalCut<'_>, &[u8])> {
    let (&[last, _, _, _, number, protocol, spi_size, count], body, after) = element::<HEAD>(input)?;
    Some((ProposalCut { last, number, protocol: SecurityProtocol(protocol), spi_size, count, body }, after))
}

/// Cuts the proposal at the start of `input`. Only the lenient reader, which comes with `alloc`, has no more to say of the fault.
#[cfg(any(feature = "alloc", test))]
#[inline(always)]
pub(crate) fn proposal(input: &[u8]) -> Cut<'_, ProposalCut<'_>> {
    match next_proposal(input) {
        Some(cut) => Ok(cut),
        None => Err(no_proposal(input)),
    }
}

/// Cuts the transform at the start of `input`, if there is one.
#[inline(always)]
pub(crate) fn next_transform(input: &[u8]) -> Option<(TransformCut<'_>, &[u8])> {
    // Nearly all transforms have no attribute or one Key Length, and these branches are predicted: the next transform is
    // looked at without waiting for the length of this one.
    let (head, after) = input.split_first_chunk::<HEAD>()?;
    let [_, _, hi, lo, ..] = *head;
    let (attributes, after) = match size(hi, lo) {
        8 => (&[][..], after),
        12 => after.split_at_checked(ATTRIBUTE_HEAD)?,
        _ => element::<HEAD>(input).map(|(_, attributes, after)| (attributes, after))?,
    };
    Some((TransformCut::new(head, attributes), after))
}

/// Cuts the transform at the start of `input`.
#[inline(always)]
pub(crate) fn transform(input: &[u8]) -> Cut<'_, TransformCut<'_>> {
    match element::<HEAD>(input) {
        Some((head, attributes, after)) => Ok((TransformCut::new(head, attributes), after)),
        None => Err(no_transform(input)),
    }
}

/// Cuts the attribute at the start of `input`. The length of a TLV counts its value, and `counted` octets of the fixed part: none
/// by RFC 7296 section 3.3.5.
#[inline(always)]
pub(crate) fn attribute(input: &[u8], counted: usize) -> Cut<'_, TransformAttribute<'_>> {
    let fault = |kind| Fault::of(Element::TransformAttribute, input, kind);
    let Some((&[t1, t0, v1, v0], after)) = input.split_first_chunk::<ATTRIBUTE_HEAD>() else {
        return Err(fault(ParseErrorKind::Truncated { needed: ATTRIBUTE_HEAD, available: input.len() }));
    };
    let ty = u16::from_be_bytes([t1, t0]);
    if ty & AF != 0 {
        return Ok((
            TransformAttribute { ty: TransformAttributeType(ty & !AF), value: TransformAttributeValue::Tv(u16::from_be_bytes([v1, v0])) },
            after,
        ));
    }
    let length = size(v1, v0);
    let Some(value_len) = length.checked_sub(counted) else {
        return Err(fault(ParseErrorKind::LengthTooSmall { length, minimum: counted }));
    };
    match after.split_at_checked(value_len) {
        Some((value, after)) => {
            Ok((TransformAttribute { ty: TransformAttributeType(ty), value: TransformAttributeValue::Tlv(value) }, after))
        }
        None => Err(fault(ParseErrorKind::LengthPastEnd { length, available: after.len().saturating_add(counted) })),
    }
}

/// Why there is no proposal at the start of `input`.
#[cold]
pub(crate) fn no_proposal(input: &[u8]) -> Fault<'_> {
    Fault::of(Element::Proposal, input, no_element::<HEAD>(input))
}

/// Why there is no transform at the start of `input`.
#[cold]
fn no_transform(input: &[u8]) -> Fault<'_> {
    Fault::of(Element::Transform, input, no_element::<HEAD>(input))
}

impl<'a> ProposalCut<'a> {
    /// Proposal Length.
    #[inline(always)]
    pub(crate) const fn len(&self) -> usize {
        // Cut from behind its fixed part: does not wrap, and the compiler finds the length field in it again.
        self.body.len().wrapping_add(HEAD)
    }

    /// The SPI, and the octets of the transforms; `None` when the proposal ends within its SPI.
    #[inline(always)]
    pub(crate) fn split(&self) -> Option<(&'a [u8], &'a [u8])> {
        self.body.split_at_checked(usize::from(self.spi_size))
    }

    /// Why [`split`](Self::split) gave nothing.
    #[cold]
    pub(crate) fn ends_in_spi(&self) -> ParseErrorKind {
        ParseErrorKind::LengthTooSmall { length: self.len(), minimum: HEAD.saturating_add(self.spi_size.into()) }
    }
}

impl<'a> TransformCut<'a> {
    #[inline(always)]
    const fn new(head: &[u8; HEAD], attributes: &'a [u8]) -> Self {
        let [last, _, _, _, ty, _, hi, lo] = *head;
        Self { last, ty: TransformType(ty), id: TransformId(u16::from_be_bytes([hi, lo])), attributes }
    }

    /// Transform Length.
    #[inline(always)]
    pub(crate) const fn len(&self) -> usize {
        // As above.
        self.attributes.len().wrapping_add(HEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::codec::At;

    fn kind<T: core::fmt::Debug>(cut: Cut<'_, T>, whole: &[u8]) -> (Element, usize, ParseErrorKind) {
        let error = cut.unwrap_err().locate(Element::Header, whole, At::INPUT);
        (error.element, error.offset, error.kind)
    }

    /// Every length of every octet: whole and with all that follows, or a fault.
    #[test]
    fn a_structure_is_cut_whole_or_not_at_all() {
        let octets = [9u8; 40];
        for available in 0..octets.len() {
            for length in 0..=50u8 {
                let mut input = octets;
                input[2..4].copy_from_slice(&[0, length]);
                let (input, length) = (&input[..available], usize::from(length));
                let expected = match (available, length) {
                    (..8, _) => Some(ParseErrorKind::Truncated { needed: 8, available }),
                    (_, ..8) => Some(ParseErrorKind::LengthTooSmall { length, minimum: 8 }),
                    _ if length > available => Some(ParseErrorKind::LengthPastEnd { length, available }),
                    _ => None,
                };
                match (proposal(input), transform(input), expected) {
                    (Ok((p, after)), Ok((t, after_too)), None) => {
                        assert_eq!((p.len(), p.body.len(), after), (length, length - 8, &input[length..]));
                        assert_eq!((t.len(), t.attributes.len(), after_too), (length, length - 8, after));
                        assert_eq!(p.split().is_some(), length >= 17);
                    }
                    (p, t, Some(expected)) => {
                        assert_eq!(kind(p, input), (Element::Proposal, 0, expected));
                        assert_eq!(kind(t, input), (Element::Transform, 0, expected));
                    }
                    (p, t, None) => panic!("{p:?} {t:?}"),
                }
            }
        }
    }

    #[test]
    fn the_length_of_an_attribute_counts_its_value_or_all_of_it() {
        for counted in [0, ATTRIBUTE_HEAD] {
            for available in 0..12 {
                for length in 0..16u8 {
                    let mut input = [7u8; 12];
                    input[..4].copy_from_slice(&[0, 14, 0, length]);
                    let (input, length) = (&input[..available], usize::from(length));
                    let cut = attribute(input, counted);
                    let expected = match available.checked_sub(4) {
                        None => Some(ParseErrorKind::Truncated { needed: 4, available }),
                        Some(_) if length < counted => Some(ParseErrorKind::LengthTooSmall { length, minimum: counted }),
                        Some(left) if length - counted > left => Some(ParseErrorKind::LengthPastEnd { length, available: left + counted }),
                        Some(_) => None,
                    };
                    match expected {
                        Some(expected) => assert_eq!(kind(cut, input), (Element::TransformAttribute, 0, expected)),
                        None => {
                            let (found, after) = cut.unwrap();
                            assert_eq!(
                                found,
                                TransformAttribute {
                                    ty: TransformAttributeType::KEY_LENGTH,
                                    value: TransformAttributeValue::Tlv(&[7; 12][..length - counted])
                                }
                            );
                            assert_eq!(after.len(), available - 4 - (length - counted));
                        }
                    }
                }
            }
        }
    }
}
