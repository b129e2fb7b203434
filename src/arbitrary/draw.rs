//! Draws that never fail: once the input is used up, each gives its least value.

use ::arbitrary::{Arbitrary, Unstructured};
use core::ops::RangeInclusive;

pub(super) struct Draw<'u, 'a>(pub(super) &'u mut Unstructured<'a>);

/// Octets for what is long and opaque: a fuzzer gains nothing from choosing each of them. Printable, hence text as well.
static FILLER: [u8; 1600] = {
    let mut filler = [b'a'; 1600];
    let mut slot: &mut [u8] = &mut filler;
    let mut octet = b'a';
    while let [first, rest @ ..] = slot {
        *first = octet;
        octet = if octet == b'z' { b'a' } else { octet.wrapping_add(1) };
        slot = rest;
    }
    filler
};

/// Up to this size octets are taken from the input.
const CHOSEN: usize = 64;

impl<'a> Draw<'_, 'a> {
    fn any<T: Arbitrary<'a> + Default>(&mut self) -> T {
        self.0.arbitrary().unwrap_or_default()
    }

    pub(super) fn flag(&mut self) -> bool {
        self.u8() & 1 != 0
    }

    /// True once in eight draws.
    pub(super) fn rarely(&mut self) -> bool {
        self.u8() & 7 == 7
    }

    pub(super) fn u8(&mut self) -> u8 {
        self.any()
    }

    pub(super) fn u16(&mut self) -> u16 {
        self.any()
    }

    pub(super) fn u32(&mut self) -> u32 {
        self.any()
    }

    pub(super) fn u64(&mut self) -> u64 {
        self.any()
    }

    pub(super) fn array<const N: usize>(&mut self) -> [u8; N] {
        self.any::<Wrapped<N>>().0
    }

    pub(super) fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        let least = *range.start();
        self.0.int_in_range(range).unwrap_or(least)
    }

    /// One of `assigned`, or rarely any number at all.
    pub(super) fn code<T: Copy>(&mut self, assigned: &[T], any: impl FnOnce(&mut Self) -> T) -> T {
        if self.rarely() {
            return any(self);
        }
        match self.0.choose(assigned) {
            Ok(found) => *found,
            Err(_) => any(self),
        }
    }

    /// So many octets.
    pub(super) fn octets(&mut self, size: RangeInclusive<usize>) -> &'a [u8] {
        let size = self.within(size);
        if size <= CHOSEN && size <= self.0.len() { self.0.bytes(size).unwrap_or_default() } else { FILLER.get(..size).unwrap_or_default() }
    }

    /// So many octets of ASCII.
    pub(super) fn text(&mut self, size: RangeInclusive<usize>) -> &'static [u8] {
        let size = self.within(size);
        FILLER.get(..size).unwrap_or_default()
    }
}

/// An array of any size, which core gives no default for.
struct Wrapped<const N: usize>([u8; N]);

impl<const N: usize> Default for Wrapped<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<'a, const N: usize> Arbitrary<'a> for Wrapped<N> {
    fn arbitrary(u: &mut Unstructured<'a>) -> ::arbitrary::Result<Self> {
        u.arbitrary().map(Self)
    }
}
