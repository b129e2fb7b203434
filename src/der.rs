//! The little of DER that names, keys and algorithms need (X.690): definite lengths, one-octet tags, nothing nested by itself.

use crate::error::{Element, Origin, ParseError, ParseErrorKind};
use alloc::vec::Vec;

/// Identifier octets.
pub(crate) mod tag {
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
}

/// The low bits of an identifier octet whose tag number follows in further octets; nothing read here has one.
const LONG_TAG: u8 = 0x1f;

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tlv<'a> {
    /// The identifier octet.
    pub(crate) tag: u8,
    /// The contents octets.
    pub(crate) contents: &'a [u8],
    /// Identifier, length and contents octets.
    pub(crate) whole: &'a [u8],
    offset: usize,
}

impl<'a> Tlv<'a> {
    /// Reads the contents as elements in turn.
    pub(crate) const fn reader(&self) -> Reader<'a> {
        Reader { rest: self.contents, offset: self.contents_offset() }
    }

    /// The contents as a positive number: without the leading zero that stands where its first bit would be a sign, and with no other.
    #[cfg(any(feature = "ecc", feature = "rsa"))]
    pub(crate) const fn positive(&self) -> Option<&'a [u8]> {
        match self.contents {
            [0, rest @ ..] if matches!(rest, [0x80..=0xff, ..]) => Some(rest),
            number @ [1..=0x7f, ..] => Some(number),
            _ => None,
        }
    }

    /// The fault that the contents are not what they should be.
    pub(crate) fn error(&self, kind: ParseErrorKind) -> ParseError {
        error(self.contents_offset(), kind)
    }

    const fn contents_offset(&self) -> usize {
        self.offset.saturating_add(self.whole.len().saturating_sub(self.contents.len()))
    }
}

/// Elements, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets, offset: 0 }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, of any tag.
    pub(crate) fn any(&mut self) -> Result<Tlv<'a>, ParseError> {
        let available = self.rest.len();
        let truncated = |needed| error(self.offset, ParseErrorKind::Truncated { needed, available });
        let [tag, first, after @ ..] = self.rest else { return Err(truncated(2)) };
        if tag & LONG_TAG == LONG_TAG {
            return Err(error(self.offset, ParseErrorKind::DerOctet { octet: *tag }));
        }
        let (length, after) = match first & 0x7f {
            short if first & 0x80 == 0 => (usize::from(short), after),
            count @ 1..=4 => {
                let (field, after) = after.split_at_checked(usize::from(count)).ok_or(truncated(usize::from(count).saturating_add(2)))?;
                let value = field.iter().fold(0_u32, |sum, octet| sum.wrapping_shl(8) | u32::from(*octet));
                // DER: no octet more than the length takes.
                if value < 0x80 || field.first() == Some(&0) {
                    return Err(error(self.offset.saturating_add(1), ParseErrorKind::DerOctet { octet: *first }));
                }
                (usize::try_from(value).unwrap_or(usize::MAX), after)
            }
            _ => return Err(error(self.offset.saturating_add(1), ParseErrorKind::DerOctet { octet: *first })),
        };
        let past = ParseErrorKind::LengthPastEnd { length, available: after.len() };
        let (contents, rest) = after.split_at_checked(length).ok_or(error(self.offset, past))?;
        let (whole, _) = self.rest.split_at_checked(available.saturating_sub(rest.len())).ok_or(error(self.offset, past))?;
        let tlv = Tlv { tag: *tag, contents, whole, offset: self.offset };
        self.offset = self.offset.saturating_add(whole.len());
        self.rest = rest;
        Ok(tlv)
    }

    /// The next element, which must have this tag.
    pub(crate) fn required(&mut self, tag: u8) -> Result<Tlv<'a>, ParseError> {
        let offset = self.offset;
        let tlv = self.any()?;
        if tlv.tag == tag { Ok(tlv) } else { Err(error(offset, ParseErrorKind::DerOctet { octet: tlv.tag })) }
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Tlv<'a>>, ParseError> {
        if self.rest.first() == Some(&tag) { self.any().map(Some) } else { Ok(None) }
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), ParseError> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(error(self.offset, ParseErrorKind::TrailingOctets { count })),
        }
    }

    /// The contents of the only element of `octets`, which must have this tag.
    pub(crate) fn only(octets: &'a [u8], tag: u8) -> Result<Tlv<'a>, ParseError> {
        let mut reader = Self::new(octets);
        let tlv = reader.required(tag)?;
        reader.end()?;
        Ok(tlv)
    }
}

/// One element with these contents; `None` where their length takes more than two octets, which nothing here has.
pub(crate) fn element(tag: u8, contents: &[u8]) -> Option<Vec<u8>> {
    let [high, low] = u16::try_from(contents.len()).ok()?.to_be_bytes();
    let head = match (high, low) {
        (0, 0..=0x7f) => [&[tag, low][..], contents],
        (0, _) => [&[tag, 0x81, low][..], contents],
        _ => [&[tag, 0x82, high, low][..], contents],
    };
    Some(head.concat())
}

const fn error(offset: usize, kind: ParseErrorKind) -> ParseError {
    ParseError { element: Element::Der, offset, origin: Origin::Input, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(octets: &[u8]) -> Result<&[u8], ParseErrorKind> {
        Reader::only(octets, tag::INTEGER).map(|tlv| tlv.contents).map_err(|error| error.kind)
    }

    #[test]
    fn lengths_are_definite_minimal_and_inside() {
        let long: Vec<u8> = [&[2, 0x81, 0x80][..], &[7; 128]].concat();
        assert_eq!(kind(&long), Ok(&[7; 128][..]));
        assert_eq!(kind(&[2, 0]), Ok(&[][..]));
        assert_eq!(kind(&[2, 1, 9]), Ok(&[9][..]));
        assert_eq!(kind(&[]), Err(ParseErrorKind::Truncated { needed: 2, available: 0 }));
        assert_eq!(kind(&[2]), Err(ParseErrorKind::Truncated { needed: 2, available: 1 }));
        assert_eq!(kind(&[2, 2, 9]), Err(ParseErrorKind::LengthPastEnd { length: 2, available: 1 }));
        assert_eq!(kind(&[2, 1, 9, 9]), Err(ParseErrorKind::TrailingOctets { count: 1 }));
        assert_eq!(kind(&[3, 1, 9]), Err(ParseErrorKind::DerOctet { octet: 3 }));
        assert_eq!(kind(&[0x1f, 1, 9]), Err(ParseErrorKind::DerOctet { octet: 0x1f }));
        // Indefinite, not minimal, with a leading zero, of five octets, of a length no input has.
        assert_eq!(kind(&[2, 0x80, 0, 0]), Err(ParseErrorKind::DerOctet { octet: 0x80 }));
        assert_eq!(kind(&[2, 0x81, 1, 9]), Err(ParseErrorKind::DerOctet { octet: 0x81 }));
        assert_eq!(kind(&[2, 0x82, 0, 0x80, 9]), Err(ParseErrorKind::DerOctet { octet: 0x82 }));
        assert_eq!(kind(&[2, 0x85, 1, 1, 1, 1, 1]), Err(ParseErrorKind::DerOctet { octet: 0x85 }));
        assert_eq!(kind(&[2, 0x84, 0xff, 0xff, 0xff, 0xff]), Err(ParseErrorKind::LengthPastEnd { length: 0xffff_ffff, available: 0 }));
        assert_eq!(kind(&[2, 0x82, 1]), Err(ParseErrorKind::Truncated { needed: 4, available: 3 }));
    }

    #[test]
    fn offsets_count_from_the_outermost_octet() {
        let octets = [0x30, 5, 2, 1, 9, 4, 0];
        let mut inner = Reader::only(&octets, tag::SEQUENCE).unwrap().reader();
        assert_eq!(inner.optional(tag::NULL), Ok(None));
        assert_eq!(inner.required(tag::INTEGER).unwrap().whole, [2, 1, 9]);
        assert_eq!(inner.end().unwrap_err().offset, 5);
        assert_eq!(inner.required(tag::NULL).unwrap_err().offset, 5);
        assert!(inner.is_empty() && inner.end().is_ok());
    }
}
