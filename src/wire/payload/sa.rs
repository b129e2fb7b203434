//! Security Association, RFC 7296 section 3.3: proposals of transforms of attributes.
//!
//! `substructure.rs` has the formats and cuts the octets; the strict rules about what they say are here.

use super::shape::{Checked, list_shape};
use super::substructure::{
    self, HEAD, LAST, MORE_PROPOSALS, MORE_TRANSFORMS, ProposalCut, TransformAttribute, TransformAttributeValue, TransformCut, attribute,
    next_proposal, next_transform, no_proposal,
};
use crate::error::{Element, ParseErrorKind};
use crate::registry::{PayloadType, SecurityProtocol, TransformAttributeType, TransformId, TransformType};
use crate::transform::{List, Transform, TypedTransform};
use crate::wire::codec::{At, Fault};
use core::fmt;
use core::iter::FusedIterator;

/// An offer, or the answer to one, whose framing was checked to the last attribute: proposals numbered 1, 2, .. n, or a single
/// one with the number it was offered under.
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
    /// The sender's SPI: empty or 8 octets for IKE, 4 for AH and ESP.
    pub spi: &'a [u8],
    transforms: &'a [u8],
    count: u8,
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
        Transforms { octets: self.transforms, left: self.count, at: self.at.plus(HEAD).plus(self.spi.len()) }
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

    /// The first Key Length attribute in TV format, in bits.
    #[must_use]
    pub fn key_length(&self) -> Option<u16> {
        self.attributes().find_map(|attribute| match attribute {
            TransformAttribute { ty: TransformAttributeType::KEY_LENGTH, value: TransformAttributeValue::Tv(bits) } => Some(bits),
            _ => None,
        })
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

/// Walks every proposal, transform and attribute once.
#[inline]
fn check(body: &[u8]) -> Checked<'_> {
    let mut left = body;
    let mut expected = Some(1);
    while let Some(number) = expected {
        match proposal(left, number) {
            Ok([]) => return Checked { valid_len: body.len(), fault: None },
            Ok(after) => left = after,
            Err(fault) => return checked_to_fault(body, left, fault),
        }
        expected = number.checked_add(1);
    }
    // A 256th proposal has no number left.
    checked_to_fault(body, left, Fault::of(Element::Proposal, left, ParseErrorKind::TooMany { maximum: usize::from(u8::MAX) }))
}

#[cold]
fn checked_to_fault<'a>(body: &'a [u8], left: &'a [u8], fault: Fault<'a>) -> Checked<'a> {
    Checked { valid_len: body.len().saturating_sub(left.len()), fault: Some(fault) }
}

/// Checks the proposal at the start of `input`; gives the octets after it.
#[inline]
fn proposal(input: &[u8], expected: u8) -> Result<&[u8], Fault<'_>> {
    let fault = |kind| Fault::of(Element::Proposal, input, kind);
    let Some((cut, after)) = next_proposal(input) else {
        return Err(if input.is_empty() { fault(ParseErrorKind::EmptyList) } else { no_proposal(input) });
    };
    let ProposalCut { last, number, protocol, spi_size, count, .. } = cut;
    let Some((_, transforms)) = cut.split() else {
        return Err(fault(cut.ends_in_spi()));
    };
    let more = if after.is_empty() { LAST } else { MORE_PROPOSALS };
    if last != more {
        return Err(fault(ParseErrorKind::LastSubstructure { found: last, expected: more }));
    }
    // RFC 7296 section 3.3.1: an offer counts 1, 2, .. n; an answer is one proposal under the number it had in the offer.
    let answer = expected == 1 && after.is_empty() && number != 0;
    if number != expected && !answer {
        return Err(fault(ParseErrorKind::ProposalNumber { found: number, expected }));
    }
    // RFC 7296 section 3.3.1: SPI Size is zero in the first negotiation of an IKE SA, 8 in later ones, 4 for AH and ESP.
    let expected = match protocol {
        SecurityProtocol::IKE if spi_size != 0 => 8,
        SecurityProtocol::AH | SecurityProtocol::ESP => 4,
        _ => spi_size,
    };
    if spi_size != expected {
        return Err(fault(ParseErrorKind::SizeMismatch { size: spi_size.into(), expected: expected.into() }));
    }
    let mut left = transforms;
    let mut present = 0usize;
    while !left.is_empty() {
        left = transform(left)?;
        // Never more of them than octets: this does not wrap.
        present = present.wrapping_add(1);
    }
    if present != usize::from(count) {
        return Err(fault(ParseErrorKind::CountMismatch { announced: count.into(), present }));
    }
    Ok(after)
}

/// Checks the transform at the start of `input`; gives the octets after it.
#[inline(always)]
fn transform(input: &[u8]) -> Result<&[u8], Fault<'_>> {
    match usual_transform(input) {
        Some(after) => Ok(after),
        None => any_transform(input),
    }
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

/// Checks any transform, and explains what is wrong with it.
#[cold]
#[inline(never)]
fn any_transform(input: &[u8]) -> Result<&[u8], Fault<'_>> {
    let (TransformCut { last, mut attributes, .. }, after) = substructure::transform(input)?;
    let more = if after.is_empty() { LAST } else { MORE_TRANSFORMS };
    if last != more {
        return Err(Fault::of(Element::Transform, input, ParseErrorKind::LastSubstructure { found: last, expected: more }));
    }
    while !attributes.is_empty() {
        attributes = attribute(attributes, 0)?.1;
    }
    Ok(after)
}

/// Iterates over the proposals of a checked SA payload.
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
        let (spi, transforms) = cut.split()?;
        let at = self.at;
        self.at = at.plus(cut.len());
        self.octets = left;
        Some(ProposalSubstructure { number: cut.number, protocol: cut.protocol, spi, transforms, count: cut.count, at })
    }
}

impl FusedIterator for Proposals<'_> {}

/// Iterates over the transforms of a checked proposal.
#[derive(Clone, Debug)]
pub struct Transforms<'a> {
    octets: &'a [u8],
    left: u8,
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
        self.left = self.left.saturating_sub(1);
        Some(TransformSubstructure { ty: cut.ty, id: cut.id, attributes: cut.attributes, at })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left.into(), Some(self.left.into()))
    }
}

impl ExactSizeIterator for Transforms<'_> {}
impl FusedIterator for Transforms<'_> {}

/// Iterates over the attributes of a checked transform.
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
