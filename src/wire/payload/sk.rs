//! Encrypted and Authenticated (SK), RFC 7296 section 3.14, and its fragment (SKF), RFC 7383 section 2.5.
//!
//! ```text
//!  SKF, after the generic payload header:
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |        Fragment Number        |        Total Fragments        |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//!  and then, as in SK: Initialization Vector, encrypted content with padding and Pad Length, Integrity Checksum Data
//! ```

use super::Lenient;
use crate::error::{Element, ParseError, ParseErrorKind};
use crate::registry::PayloadType;
use crate::wire::RawPayload;
use crate::wire::codec::Fault;
use crate::wire::writer::Writer;

/// An SK payload, closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sk<'a> {
    /// The type of the first payload inside (Next Payload of the generic header).
    pub first: PayloadType,
    /// Initialization Vector, ciphertext and Integrity Checksum Data, whose sizes the SA's transforms decide.
    pub sealed: &'a [u8],
}

/// An SKF payload, closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Skf<'a> {
    /// The type of the first payload inside in fragment 1; zero in the others.
    pub first: PayloadType,
    /// Fragment Number, 1..=`total`.
    pub number: u16,
    /// Total Fragments.
    pub total: u16,
    /// Initialization Vector, ciphertext and Integrity Checksum Data.
    pub sealed: &'a [u8],
}

/// Fragment Number, Total Fragments and what follows, as the chain's check and the typed view both need them.
#[inline]
pub(crate) fn fragment_header(body: &[u8]) -> Result<(u16, u16, &[u8]), Fault<'_>> {
    let element = Element::Payload(PayloadType::SKF);
    let Some((&[n1, n0, t1, t0], sealed)) = body.split_first_chunk() else {
        return Err(Fault::of(element, body, ParseErrorKind::Truncated { needed: 4, available: body.len() }));
    };
    let (number, total) = (u16::from_be_bytes([n1, n0]), u16::from_be_bytes([t1, t0]));
    // RFC 7383 section 2.5: both fields MUST NOT be zero, and the number MUST NOT exceed the total.
    if number == 0 || number > total {
        return Err(Fault::of(element, body, ParseErrorKind::FragmentNumber { number, total }));
    }
    Ok((number, total, sealed))
}

impl<'a> Sk<'a> {
    #[inline]
    pub(crate) fn parse_raw(raw: RawPayload<'a>) -> Result<Self, ParseError> {
        Ok(Self { first: raw.next, sealed: raw.body })
    }

    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        (Some(Self { first: raw.next, sealed: raw.body }), None)
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        w.slice(self.sealed);
    }
}

impl<'a> Skf<'a> {
    #[inline]
    pub(crate) fn parse_raw(raw: RawPayload<'a>) -> Result<Self, ParseError> {
        match fragment_header(raw.body) {
            Ok((number, total, sealed)) => Ok(Self { first: raw.next, number, total, sealed }),
            Err(fault) => Err(fault.locate(Element::Payload(PayloadType::SKF), raw.body, raw.body_at())),
        }
    }

    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        match Self::parse_raw(raw) {
            Ok(body) => (Some(body), None),
            Err(fault) => (None, Some(fault)),
        }
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        w.put(self.number.to_be_bytes());
        w.put(self.total.to_be_bytes());
        w.slice(self.sealed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_02_03_a_fragment_header_is_four_octets_and_counts_from_one() {
        for len in 0..4 {
            assert!(fragment_header(&[0, 1, 0, 1][..len]).is_err());
        }
        for number in [0u16, 1, 2, 255, 256, 65535] {
            for total in [0u16, 1, 2, 255, 256, 65535] {
                let [n1, n0] = number.to_be_bytes();
                let [t1, t0] = total.to_be_bytes();
                assert_eq!(fragment_header(&[n1, n0, t1, t0]).is_ok(), number != 0 && total != 0 && number <= total);
            }
        }
    }
}
