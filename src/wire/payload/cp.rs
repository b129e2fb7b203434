//! Configuration, RFC 7296 section 3.15; the shapes of attribute values are in `cp_value.rs`.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |   CFG Type    |                    RESERVED                   |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |R|         Attribute Type      |            Length             |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                             Value                             ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::shape::Lenient;
use crate::error::{BuildError, Element, ParseError, ParseErrorKind};
use crate::registry::{ConfigurationAttributeType, ConfigurationType, PayloadType};
use crate::wire::chain::RawPayload;
use crate::wire::codec::{At, Fault, size};
use crate::wire::writer::Writer;
use core::iter::FusedIterator;

/// What a peer asks for, or is given: addresses, name servers, networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Configuration<'a> {
    body: &'a [u8],
    at: At,
}

/// One attribute; [`typed_value`](Self::typed_value) gives its value a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConfigurationAttribute<'a> {
    /// Attribute Type, 15 bits.
    pub ty: ConfigurationAttributeType,
    /// The value's octets; none in a request for any value.
    pub value: &'a [u8],
    pub(super) at: At,
}

const ELEMENT: Element = Element::Payload(PayloadType::CP);

/// The reserved bit before Attribute Type.
const RESERVED: u16 = 0x8000;

/// The first fault: no length frames anything behind it.
#[inline]
fn check(body: &[u8]) -> Option<Fault<'_>> {
    let Some((_, mut left)) = body.split_first_chunk::<4>() else {
        return Some(Fault::new(body, ParseErrorKind::Truncated { needed: 4, available: body.len() }));
    };
    while !left.is_empty() {
        match attribute(left) {
            Ok((_, _, after)) => left = after,
            Err(fault) => return Some(fault),
        }
    }
    None
}

/// Reads the attribute at the start of `input`; gives the octets after it.
#[inline]
fn attribute(input: &[u8]) -> Result<(ConfigurationAttributeType, &[u8], &[u8]), Fault<'_>> {
    let fault = |kind| Fault::of(Element::ConfigurationAttribute, input, kind);
    let Some((&[t1, t0, hi, lo], after)) = input.split_first_chunk::<4>() else {
        return Err(fault(ParseErrorKind::Truncated { needed: 4, available: input.len() }));
    };
    let length = size(hi, lo);
    match after.split_at_checked(length) {
        Some((value, after)) => Ok((ConfigurationAttributeType(u16::from_be_bytes([t1, t0]) & !RESERVED), value, after)),
        None => Err(fault(ParseErrorKind::LengthPastEnd { length, available: after.len() })),
    }
}

impl<'a> Configuration<'a> {
    /// Checks the body of a payload, the octets after its generic header.
    ///
    /// # Errors
    /// The first fault; offsets count from the start of `body`.
    pub fn parse(body: &'a [u8]) -> Result<Self, ParseError> {
        Self::parse_at(body, At::INPUT)
    }

    #[inline]
    fn parse_at(body: &'a [u8], at: At) -> Result<Self, ParseError> {
        match check(body) {
            None => Ok(Self { body, at }),
            Some(fault) => Err(fault.locate(ELEMENT, body, at)),
        }
    }

    #[inline]
    pub(crate) fn parse_raw(raw: RawPayload<'a>) -> Result<Self, ParseError> {
        Self::parse_at(raw.body, raw.body_at())
    }

    /// As far as the attributes go; a value whose size its type does not have is a fault here, though it is none to `parse`.
    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        let mut first = None;
        Self::faults_raw(raw, &mut |fault| first = first.or(Some(fault)));
        let has_type = !raw.body.is_empty();
        (has_type.then_some(Self { body: raw.body, at: raw.body_at() }), first)
    }

    /// Those of the values, and then where the attributes end before the body does.
    pub(crate) fn faults_raw(raw: RawPayload<'a>, report: &mut impl FnMut(ParseError)) {
        let at = raw.body_at();
        let values = Self { body: raw.body, at }.attributes().filter_map(|attribute| attribute.typed_value().err());
        let framing = check(raw.body).map(|fault| fault.locate(ELEMENT, raw.body, at));
        values.chain(framing).for_each(report);
    }

    /// CFG Type.
    #[must_use]
    pub fn ty(&self) -> ConfigurationType {
        ConfigurationType(self.body.first().copied().unwrap_or(0))
    }

    /// The attributes, in order.
    #[must_use]
    pub fn attributes(&self) -> ConfigurationAttributes<'a> {
        ConfigurationAttributes { octets: self.body.get(4..).unwrap_or_default(), at: self.at.plus(4) }
    }

    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        let mut builder = ConfigurationBuilder::new(w, self.ty());
        for attribute in self.attributes() {
            builder.attribute(attribute.ty, attribute.value);
        }
    }
}

impl<'a> ConfigurationAttribute<'a> {
    /// An attribute that stands nowhere yet.
    #[must_use]
    pub const fn new(ty: ConfigurationAttributeType, octets: &'a [u8]) -> Self {
        Self { ty, value: octets, at: At::INPUT }
    }

    /// Octets from the start of the message (content, input) to the attribute.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at.offset
    }
}

/// Iterates over checked attributes.
#[derive(Clone, Debug)]
pub struct ConfigurationAttributes<'a> {
    octets: &'a [u8],
    at: At,
}

impl<'a> Iterator for ConfigurationAttributes<'a> {
    type Item = ConfigurationAttribute<'a>;

    #[inline]
    fn next(&mut self) -> Option<ConfigurationAttribute<'a>> {
        if self.octets.is_empty() {
            return None;
        }
        let (ty, octets, left) = attribute(self.octets).ok()?;
        let found = ConfigurationAttribute { ty, value: octets, at: self.at };
        self.at = self.at.plus(4).plus(octets.len());
        self.octets = left;
        Some(found)
    }
}

impl FusedIterator for ConfigurationAttributes<'_> {}

/// Writes the attributes of a CP payload.
#[derive(Debug)]
pub struct ConfigurationBuilder<'w, 'b> {
    w: &'w mut Writer<'b>,
}

impl<'w, 'b> ConfigurationBuilder<'w, 'b> {
    pub(crate) fn new(w: &'w mut Writer<'b>, ty: ConfigurationType) -> Self {
        w.put([ty.0, 0, 0, 0]);
        Self { w }
    }

    /// Adds an attribute with `octets` as its value; none to ask for any value.
    #[inline]
    pub fn attribute(&mut self, ty: ConfigurationAttributeType, octets: &[u8]) -> &mut Self {
        self.with(ty, |w| w.slice(octets))
    }

    #[inline]
    pub(super) fn with(&mut self, ty: ConfigurationAttributeType, value: impl FnOnce(&mut Writer<'b>)) -> &mut Self {
        if ty.0 & RESERVED != 0 {
            let maximum = usize::from(!RESERVED);
            self.w.fail(BuildError::Overflow { element: Element::ConfigurationAttribute, value: ty.0.into(), maximum });
        }
        self.w.put(ty.0.to_be_bytes());
        let field = self.w.len();
        self.w.put([0; 2]);
        let start = self.w.len();
        value(self.w);
        let length = self.w.len().saturating_sub(start);
        self.w.patch_u16(Element::ConfigurationAttribute, field, length);
        self
    }
}
