//! Puzzle Solution, RFC 8019 section 8.2.

use super::shape::fixed_shape;
use crate::error::Element;
use crate::registry::PayloadType;
use crate::wire::codec::{Parsed, Parser, rest};
use crate::wire::writer::Writer;

/// The solution to a responder's puzzle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PuzzleSolution<'a> {
    /// Puzzle Solution Data: four keys of equal size, one after the other.
    pub data: &'a [u8],
}

fixed_shape!(PuzzleSolution, parse, all_or_nothing);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, PuzzleSolution<'_>> {
    rest.map(|data| PuzzleSolution { data }).parse(body)
}

impl<'a> PuzzleSolution<'a> {
    pub(crate) const ELEMENT: Element = Element::Payload(PayloadType::PS);

    /// The four keys; `None` when the data does not divide into four (RFC 8019 section 7.1.2).
    #[must_use]
    pub fn keys(&self) -> Option<[&'a [u8]; 4]> {
        let size = self.data.len().checked_div(4)?;
        let mut keys = self.data.chunks_exact(size.max(1));
        let found = [keys.next()?, keys.next()?, keys.next()?, keys.next()?];
        (keys.next().is_none() && keys.remainder().is_empty()).then_some(found)
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        w.slice(self.data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_keys_of_equal_size() {
        assert_eq!(PuzzleSolution { data: b"aabbccdd" }.keys(), Some([&b"aa"[..], b"bb", b"cc", b"dd"]));
        for len in [0, 1, 3, 5, 9] {
            assert_eq!(PuzzleSolution { data: &[0; 9][..len] }.keys(), None);
        }
    }
}
