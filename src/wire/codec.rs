//! Integer and slice primitives under nom's combinators; the only file that names nom.
//!
//! nom's own integer parsers are generic over any input and measured about ten times slower here; these read whole arrays at
//! once. A [`Fault`] carries the slice at which reading failed, so that nothing counts octets until something has failed.

use crate::error::{Element, Origin, ParseError, ParseErrorKind};
use core::net::IpAddr;
pub(crate) use nom::Parser;
pub(crate) use nom::combinator::rest;

/// Where a view stands: octets from its origin. Not part of a view's value, hence equal to any other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub(crate) offset: usize,
    pub(crate) origin: Origin,
}

impl At {
    /// Octets handed to us on their own.
    pub(crate) const INPUT: Self = Self { offset: 0, origin: Origin::Input };

    /// The place `octets` further on.
    pub(crate) const fn plus(self, octets: usize) -> Self {
        Self { offset: self.offset.saturating_add(octets), origin: self.origin }
    }

    /// The place `octets` before.
    pub(crate) const fn minus(self, octets: usize) -> Self {
        Self { offset: self.offset.saturating_sub(octets), origin: self.origin }
    }

    /// The place of `part`, which lies within `whole`, which starts here.
    fn of(self, whole: &[u8], part: &[u8]) -> Self {
        self.plus(part.as_ptr().addr().saturating_sub(whole.as_ptr().addr()))
    }

    /// An error here.
    #[cold]
    pub(crate) const fn error(self, element: Element, kind: ParseErrorKind) -> ParseError {
        ParseError { element, offset: self.offset, origin: self.origin, kind }
    }
}

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for At {}

impl core::hash::Hash for At {
    fn hash<H: core::hash::Hasher>(&self, _: &mut H) {}
}

/// A fault on its way out: the octets at which it arose, still without an absolute offset.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault<'a> {
    at: &'a [u8],
    element: Option<Element>,
    kind: ParseErrorKind,
}

impl<'a> Fault<'a> {
    /// A fault of the element being read.
    #[cold]
    pub(crate) const fn new(at: &'a [u8], kind: ParseErrorKind) -> Self {
        Self { at, element: None, kind }
    }

    /// A fault of an element within the one being read.
    #[cold]
    pub(crate) const fn of(element: Element, at: &'a [u8], kind: ParseErrorKind) -> Self {
        Self { at, element: Some(element), kind }
    }

    /// The cause.
    pub(crate) const fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// The same fault, located: `whole` is what was read from `at` on as an `element`.
    #[cold]
    pub(crate) fn locate(self, element: Element, whole: &[u8], at: At) -> ParseError {
        at.of(whole, self.at).error(self.element.unwrap_or(element), self.kind)
    }
}

impl<'a> nom::error::ParseError<&'a [u8]> for Fault<'a> {
    fn from_error_kind(input: &'a [u8], _: nom::error::ErrorKind) -> Self {
        Self::new(input, ParseErrorKind::Truncated { needed: input.len().saturating_add(1), available: input.len() })
    }

    fn append(_: &'a [u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// What a parser gives: the octets left and the value.
pub(crate) type Parsed<'a, T> = nom::IResult<&'a [u8], T, Fault<'a>>;

/// A parser's failure.
#[cold]
pub(crate) const fn fail<'a, T>(fault: Fault<'a>) -> Parsed<'a, T> {
    Err(nom::Err::Error(fault))
}

/// Exactly `N` octets.
#[inline]
pub(crate) fn octets<const N: usize>(input: &[u8]) -> Parsed<'_, &[u8; N]> {
    match input.split_first_chunk::<N>() {
        Some((value, left)) => Ok((left, value)),
        None => fail(Fault::new(input, ParseErrorKind::Truncated { needed: N, available: input.len() })),
    }
}

/// Exactly `count` octets.
#[inline]
pub(crate) fn counted<'a>(count: usize) -> impl Fn(&'a [u8]) -> Parsed<'a, &'a [u8]> {
    move |input| match input.split_at_checked(count) {
        Some((value, left)) => Ok((left, value)),
        None => fail(Fault::new(input, ParseErrorKind::Truncated { needed: count, available: input.len() })),
    }
}

/// One octet.
#[inline]
pub(crate) fn be_u8(input: &[u8]) -> Parsed<'_, u8> {
    octets.map(|&[octet]| octet).parse(input)
}

/// Two octets, most significant first.
#[inline]
pub(crate) fn be_u16(input: &[u8]) -> Parsed<'_, u16> {
    octets.map(|value| u16::from_be_bytes(*value)).parse(input)
}

/// Four or sixteen octets as an address.
pub(crate) fn address(octets: &[u8]) -> Option<IpAddr> {
    match octets.len() {
        4 => octets.first_chunk::<4>().map(|octets| IpAddr::from(*octets)),
        16 => octets.first_chunk::<16>().map(|octets| IpAddr::from(*octets)),
        _ => None,
    }
}

/// A parser's result, when it must have read all of `whole`, which starts at `at`.
#[inline]
pub(crate) fn complete<'a, T>(element: Element, whole: &'a [u8], at: At, result: Parsed<'a, T>) -> Result<T, ParseError> {
    match result {
        Ok(([], value)) => Ok(value),
        Ok((left, _)) => Err(Fault::new(left, ParseErrorKind::TrailingOctets { count: left.len() }).locate(element, whole, at)),
        Err(error) => Err(into_fault(whole, error).locate(element, whole, at)),
    }
}

/// The fault inside nom's wrapper. Nothing here is streaming, so `Incomplete` does not occur.
#[cold]
pub(crate) fn into_fault<'a>(whole: &'a [u8], error: nom::Err<Fault<'a>>) -> Fault<'a> {
    match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => fault,
        nom::Err::Incomplete(_) => {
            Fault::new(whole, ParseErrorKind::Truncated { needed: whole.len().saturating_add(1), available: whole.len() })
        }
    }
}

/// Cuts an element off `input`: its `N` fixed octets, the octets that its length field counts beside them, and what follows it.
///
/// Payloads, proposals, transforms and traffic selectors all have their length in the same place and count themselves in it.
#[inline(always)]
pub(crate) fn element<const N: usize>(input: &[u8]) -> Option<(&[u8; N], &[u8], &[u8])> {
    let (head, after) = input.split_first_chunk::<N>()?;
    // A length below N wraps to one that no slice has.
    let (inner, after) = after.split_at_checked(length(head).wrapping_sub(N))?;
    Some((head, inner, after))
}

/// Why [`element`] found none.
#[cold]
pub(crate) fn no_element<const N: usize>(input: &[u8]) -> ParseErrorKind {
    match input.first_chunk::<N>().map(length) {
        None => ParseErrorKind::Truncated { needed: N, available: input.len() },
        Some(length) if length < N => ParseErrorKind::LengthTooSmall { length, minimum: N },
        Some(length) => ParseErrorKind::LengthPastEnd { length, available: input.len() },
    }
}

#[inline(always)]
fn length<const N: usize>(head: &[u8; N]) -> usize {
    match head.as_slice() {
        [_, _, hi, lo, ..] => size(*hi, *lo),
        _ => 0,
    }
}

/// A length or count field as the size it stands for.
#[inline]
pub(crate) fn size(hi: u8, lo: u8) -> usize {
    usize::from(u16::from_be_bytes([hi, lo]))
}
