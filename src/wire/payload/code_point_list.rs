//! A list of code points of two octets each, as notifies and configuration attributes carry it.

use crate::wire::codec::{Parsed, Parser, counted};
use crate::wire::writer::Writer;
use core::iter::FusedIterator;

/// A list of numbers of two octets each; iterates over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CodePointList<'a> {
    octets: &'a [u8],
}

impl<'a> CodePointList<'a> {
    /// The numbers in `octets`, two octets each, most significant first; `None` when an octet is left over.
    #[must_use]
    pub const fn from_octets(octets: &'a [u8]) -> Option<Self> {
        if octets.len() & 1 == 0 { Some(Self { octets }) } else { None }
    }

    pub(super) fn parser(octets: &'a [u8]) -> Parsed<'a, Self> {
        let whole = octets.len() & !1;
        counted(whole).map(|octets| Self { octets }).parse(octets)
    }

    pub(super) fn emit(self, w: &mut Writer<'_>) {
        w.slice(self.octets);
    }
}

impl Iterator for CodePointList<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        let (value, left) = self.octets.split_first_chunk()?;
        self.octets = left;
        Some(u16::from_be_bytes(*value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.octets.len() / 2;
        (len, Some(len))
    }
}

impl ExactSizeIterator for CodePointList<'_> {}
impl FusedIterator for CodePointList<'_> {}
