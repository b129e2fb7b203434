//! Nonce, RFC 7296 section 3.9: 16 to 256 octets.

use super::shape::{Lenient, fixed_shape, one_fault};
use crate::error::{Element, ParseErrorKind};
use crate::registry::PayloadType;
use crate::wire::chain::RawPayload;
use crate::wire::codec::{Fault, Parsed, Parser, fail, rest};
use crate::wire::writer::Writer;

/// Random octets, once in each exchange that makes keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Nonce<'a> {
    /// Nonce Data.
    pub data: &'a [u8],
}

const MINIMUM: usize = 16;
const MAXIMUM: usize = 256;

fixed_shape!(Nonce, parse);
one_fault!(Nonce);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, Nonce<'_>> {
    // RFC 7296 section 3.9: the size of the Nonce Data MUST be between 16 and 256 octets, inclusive.
    if !(MINIMUM..=MAXIMUM).contains(&body.len()) {
        return fail(Fault::new(body, ParseErrorKind::SizeRange { size: body.len(), minimum: MINIMUM, maximum: MAXIMUM }));
    }
    rest.map(|data| Nonce { data }).parse(body)
}

impl<'a> Nonce<'a> {
    pub(crate) const ELEMENT: Element = Element::Payload(PayloadType::NONCE);

    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        (Some(Self { data: raw.body }), Self::parse_raw(raw).err())
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
    fn sixteen_to_two_hundred_and_fifty_six_octets() {
        for size in 0..=300 {
            assert_eq!(Nonce::parse(&[0; 300][..size]).is_ok(), (16..=256).contains(&size));
        }
    }
}
