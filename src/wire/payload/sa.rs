//! Security Association, RFC 7296 section 3.3: proposals of transforms of attributes.
//!
//! `substructure.rs` has the formats and cuts the octets; the strict rules about what they say are here.

use super::shape::{Flow, list_shape};
use super::substructure::{
    self, HEAD, LAST, MORE_PROPOSALS, MORE_TRANSFORMS, ProposalCut, TransformAttribute, TransformCut, attribute, next_proposal,
    next_transform, no_proposal,
};
use crate::error::{Element, ParseErrorKind};
use crate::registry::{PayloadType, SecurityProtocol, TransformAttributeType, TransformId, TransformType};
use crate::transform::{List, Transform, TypedTransform};
use crate::wire::codec::{At, Fault};
use core::fmt;
use core::iter::FusedIterator;
use core::ops::ControlFlow;

/// An offer, or the answer to one.
///
/// From [`parse`](Self::parse) or [`RawPayload::parse`](crate::wire::RawPayload::parse) its framing was checked to the last attribute:
/// proposals numbered 1, 2, .. n, or a single one with the number it was offered under. From
/// [`RawPayload::parse_lenient`](crate::wire::RawPayload::parse_lenient) it has whatever lengths frame: no count, no number and no Last
/// Substruc ends a list, and a length that does not fit ends the innermost list it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sa<'a> {
    body: &'a [u8],
    at: At,
}

/// One proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProposalSubstructure<'a> {
    /// Proposal Num.
    pub number: u8,
    /// Protocol ID.
    pub protocol: SecurityProtocol,
    /// The sender's SPI: empty or 8 octets for IKE, 4 for AH and ESP; in a lenient reading of any size, and cut short where the proposal is.
    pub spi: &'a [u8],
    transforms: &'a [u8],
    at: At,
}

/// One transform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransformSubstructure<'a> {
    /// Transform Type.
    pub ty: TransformType,
    /// Transform ID, whose meaning depends on the type.
    pub id: TransformId,
    attributes: &'a [u8],
    at: At,
}

list_shape!(Sa, Element::Payload(PayloadType::SA));

impl<'a> Sa<'a> {
    const fn view(body: &'a [u8], at: At) -> Self {
        Self { body, at }
    }

    /// The proposals, in order.
    #[must_use]
    pub const fn proposals(&self) -> Proposals<'a> {
        Proposals { octets: self.body, at: self.at }
    }

    /// The body the view was made of.
    #[must_use]
    pub const fn as_octets(&self) -> &'a [u8] {
        self.body
    }
}

impl<'a> ProposalSubstructure<'a> {
    /// The transforms, in order.
    #[must_use]
    pub const fn transforms(&self) -> Transforms<'a> {
        Transforms { octets: self.transforms, at: self.at.plus(HEAD).plus(self.spi.len()) }
    }

    /// Octets from the start of the message (content, input) to the proposal.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at.offset
    }
}

impl<'a> TransformSubstructure<'a> {
    /// The attributes, in order.
    #[must_use]
    pub const fn attributes(&self) -> TransformAttributes<'a> {
        TransformAttributes { octets: self.attributes }
    }

    /// The first Key Length attribute, in bits.
    ///
    /// It is of TV format (RFC 7296 section 3.3.5). One of TLV format counts as well, if its value fits into 16 bits: strongSwan reads it so.
    #[must_use]
    pub fn key_length(&self) -> Option<u16> {
        let first = self.attributes().find(|attribute| attribute.ty == TransformAttributeType::KEY_LENGTH)?;
        first.value.number()
    }

    /// The transform by its type, for matching, with its first Key Length. [`attributes`](Self::attributes) has what else there is.
    #[must_use]
    pub fn typed(&self) -> TypedTransform {
        Transform::from(*self).typed()
    }

    /// Octets from the start of the message (content, input) to the transform.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at.offset
    }
}

/// Type, id and first Key Length; other attributes have no place in the value.
impl From<TransformSubstructure<'_>> for Transform {
    fn from(transform: TransformSubstructure<'_>) -> Self {
        Self { ty: transform.ty, id: transform.id, key_bits: transform.key_length() }
    }
}

/// As [`Transform`] is displayed: `AES_GCM_16_256`, `MODP_2048 (group 14)`.
impl fmt::Display for TransformSubstructure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Transform::from(*self).fmt(f)
    }
}

/// Number, protocol and transforms: `proposal 1, IKE: AES_GCM_16_256, PRF_HMAC_SHA2_256, X25519 (group 31)`.
impl fmt::Display for ProposalSubstructure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.protocol.name() {
            Some(name) => write!(f, "proposal {}, {name}: ", self.number)?,
            None => write!(f, "proposal {}, protocol {}: ", self.number, self.protocol.0)?,
        }
        List(self.transforms().map(Transform::from)).fmt(f)
    }
}

/// The AF bit in the first octet of Attribute Type.
const AF_OCTET: u8 = 0x80;

/// RESERVED in the first four octets of a transform, which are Last Substruc, RESERVED and Transform Length.
const RESERVED: u32 = 0x00ff_0000;
/// The others of a transform without attributes, before another.
const PLAIN: u32 = u32::from_be_bytes([MORE_TRANSFORMS, 0, 0, 8]);
/// The others of a transform with an attribute in TV format, before another.
const KEYED: u32 = u32::from_be_bytes([MORE_TRANSFORMS, 0, 0, 12]);
/// The others of the last transform, without attributes.
const LAST_PLAIN: u32 = u32::from_be_bytes([LAST, 0, 0, 8]);

/// Walks every proposal, transform and attribute once, as far as lengths fit.
#[inline]
fn check<'a>(body: &'a [u8], found: &mut impl FnMut(Fault<'a>) -> Flow) -> Flow {
    let mut left = body;
    let mut due = Some(1u8);
    loop {
        let Some((cut, after)) = next_proposal(left) else {
            let empty = Fault::of(Element::Proposal, left, ParseErrorKind::EmptyList);
            return found(if left.is_empty() { empty } else { no_proposal(left) });
        };
        proposal(left, &cut, after.is_empty(), due, found)?;
        if after.is_empty() {
            return Flow::Continue(());
        }
        left = after;
        if let Some(number) = due {
            due = number.checked_add(1);
            if due.is_none() {
                // Proposal Num has one octet: a 256th proposal has no number left.
                found(Fault::of(Element::Proposal, left, ParseErrorKind::TooMany { maximum: usize::from(u8::MAX) }))?;
            }
        }
    }
}

/// Checks the proposal `cut` from the start of `input`, and what is in it.
#[inline(always)]
fn proposal<'a>(input: &'a [u8], cut: &ProposalCut<'a>, is_last: bool, due: Option<u8>, found: &mut impl FnMut(Fault<'a>) -> Flow) -> Flow {
    let fault = |kind| Fault::of(Element::Proposal, input, kind);
    let ProposalCut { last, number, protocol, spi_size, .. } = *cut;
    let split = cut.split();
    if split.is_none() {
        found(fault(cut.ends_in_spi()))?;
    }
    let expected = if is_last { LAST } else { MORE_PROPOSALS };
    if last != expected {
        found(fault(ParseErrorKind::LastSubstructure { found: last, expected }))?;
    }
    if let Some(due) = due {
        // RFC 7296 section 3.3.1: an offer counts 1, 2, .. n; an answer is one proposal under the number it had in the offer.
        let is_answer = due == 1 && is_last && number != 0;
        if number != due && !is_answer {
            found(fault(ParseErrorKind::ProposalNumber { found: number, expected: due }))?;
        }
    }
    // Where it ends within its SPI there is nothing more of it.
    let Some((_, octets)) = split else { return Flow::Continue(()) };
    // RFC 7296 section 3.3.1: SPI Size is zero in the first negotiation of an IKE SA, 8 in later ones, 4 for AH and ESP.
    if spi_size != 0 || protocol != SecurityProtocol::IKE {
        let expected = match protocol {
            SecurityProtocol::IKE => 8,
            SecurityProtocol::AH | SecurityProtocol::ESP => 4,
            _ => spi_size,
        };
        if spi_size != expected {
            found(fault(ParseErrorKind::SizeMismatch { size: spi_size.into(), expected: expected.into() }))?;
        }
    }
    let mut left = octets;
    let mut present = 0usize;
    while !left.is_empty() {
        left = match usual_transform(left) {
            Some(after) => after,
            None => match any_transform(left, found)? {
                Some(after) => after,
                // Of what follows a length that does not fit there is no number.
                None => return Flow::Continue(()),
            },
        };
        // Never more of them than octets: this does not wrap.
        present = present.wrapping_add(1);
    }
    let announced = usize::from(cut.count);
    if present != announced {
        found(fault(ParseErrorKind::CountMismatch { announced, present }))?;
    }
    Flow::Continue(())
}

/// Checks a transform as nearly all are, without attributes or with a Key Length, in a few comparisons.
#[inline(always)]
fn usual_transform(input: &[u8]) -> Option<&[u8]> {
    let (head, after) = input.split_first_chunk::<HEAD>()?;
    let head = u32::from_be_bytes(*head.first_chunk()?) & !RESERVED;
    if head == PLAIN && !after.is_empty() {
        return Some(after);
    }
    match after {
        [af, _, _, _, after @ ..] if head == KEYED && af & AF_OCTET != 0 && !after.is_empty() => Some(after),
        [] if head == LAST_PLAIN => Some(after),
        _ => None,
    }
}

/// Checks any transform, and explains what is wrong with it; gives the octets after it, if its length fits.
#[cold]
#[inline(never)]
fn any_transform<'a>(input: &'a [u8], found: &mut impl FnMut(Fault<'a>) -> Flow) -> ControlFlow<(), Option<&'a [u8]>> {
    let (TransformCut { last, mut attributes, .. }, after) = match substructure::transform(input) {
        Ok(cut) => cut,
        Err(fault) => return found(fault).map_continue(|()| None),
    };
    let expected = if after.is_empty() { LAST } else { MORE_TRANSFORMS };
    if last != expected {
        found(Fault::of(Element::Transform, input, ParseErrorKind::LastSubstructure { found: last, expected }))?;
    }
    while !attributes.is_empty() {
        match attribute(attributes, 0) {
            Ok((_, left)) => attributes = left,
            Err(fault) => {
                found(fault)?;
                break;
            }
        }
    }
    ControlFlow::Continue(Some(after))
}

/// Iterates over the proposals of an SA payload, as far as lengths fit.
#[derive(Clone, Debug)]
pub struct Proposals<'a> {
    octets: &'a [u8],
    at: At,
}

impl<'a> Iterator for Proposals<'a> {
    type Item = ProposalSubstructure<'a>;

    #[inline]
    fn next(&mut self) -> Option<ProposalSubstructure<'a>> {
        let (cut, left) = next_proposal(self.octets)?;
        // One that ends within its SPI has nothing behind it.
        let (spi, transforms) = cut.split().unwrap_or((cut.body, &[]));
        let at = self.at;
        self.at = at.plus(cut.len());
        self.octets = left;
        Some(ProposalSubstructure { number: cut.number, protocol: cut.protocol, spi, transforms, at })
    }
}

impl FusedIterator for Proposals<'_> {}

/// Iterates over the transforms of a proposal, as far as lengths fit.
#[derive(Clone, Debug)]
pub struct Transforms<'a> {
    octets: &'a [u8],
    at: At,
}

impl<'a> Iterator for Transforms<'a> {
    type Item = TransformSubstructure<'a>;

    #[inline]
    fn next(&mut self) -> Option<TransformSubstructure<'a>> {
        let (cut, left) = next_transform(self.octets)?;
        let at = self.at;
        self.at = at.plus(cut.len());
        self.octets = left;
        Some(TransformSubstructure { ty: cut.ty, id: cut.id, attributes: cut.attributes, at })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // Num Transforms counts them, and may lie.
        (0, Some(self.octets.len() / HEAD))
    }
}

impl FusedIterator for Transforms<'_> {}

/// Iterates over the attributes of a transform, as far as lengths fit.
#[derive(Clone, Debug)]
pub struct TransformAttributes<'a> {
    octets: &'a [u8],
}

impl<'a> Iterator for TransformAttributes<'a> {
    type Item = TransformAttribute<'a>;

    #[inline]
    fn next(&mut self) -> Option<TransformAttribute<'a>> {
        if self.octets.is_empty() {
            return None;
        }
        let (attribute, left) = attribute(self.octets, 0).ok()?;
        self.octets = left;
        Some(attribute)
    }
}

impl FusedIterator for TransformAttributes<'_> {}
