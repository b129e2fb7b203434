//! Encrypted and Authenticated (SK), RFC 7296 section 3.14, and its fragment (SKF), RFC 7383 section 2.5.
//!
//! ```text
//!  SKF, after the generic payload header:
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |        Fragment Number        |        Total Fragments        |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//!  and then, as in SK: Initialization Vector, encrypted content with padding and Pad Length, Integrity Checksum Data
//! ```

use super::shape::{Lenient, no_fault};
use crate::error::{Element, ParseError};
use crate::registry::PayloadType;
use crate::wire::chain::{RawPayload, fragment_header};
use crate::wire::writer::Writer;

/// An SK payload, closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sk<'a> {
    /// The type of the first payload inside (Next Payload of the generic header).
    pub first_payload: PayloadType,
    /// Initialization Vector, ciphertext and Integrity Checksum Data, whose sizes the SA's transforms decide.
    pub sealed: &'a [u8],
}

// Closed, and all of it sealed.
no_fault!(Sk);
// The walk of the chain has reported a Fragment Number that cannot be.
no_fault!(Skf);

/// An SKF payload, closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Skf<'a> {
    /// The type of the first payload inside in fragment 1; zero in the others.
    pub first_payload: PayloadType,
    /// Fragment Number, 1..=`total`.
    pub number: u16,
    /// Total Fragments.
    pub total: u16,
    /// Initialization Vector, ciphertext and Integrity Checksum Data.
    pub sealed: &'a [u8],
}

impl<'a> Sk<'a> {
    #[inline]
    pub(crate) fn parse_raw(raw: RawPayload<'a>) -> Result<Self, ParseError> {
        Ok(Self { first_payload: raw.next_payload, sealed: raw.body })
    }

    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        (Some(Self { first_payload: raw.next_payload, sealed: raw.body }), None)
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
            Ok((number, total, sealed)) => Ok(Self { first_payload: raw.next_payload, number, total, sealed }),
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
