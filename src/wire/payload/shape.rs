//! The two shapes of payload bodies, and how each is read: strictly, or as far as it goes.

use crate::error::ParseError;
use crate::wire::codec::Fault;

/// What a body gives when read as far as it goes: the value, if there is one, and the first fault.
pub(crate) type Lenient<T> = (Option<T>, Option<ParseError>);

/// What a list gives when read as far as it goes: octets of whole elements, and the first fault.
pub(crate) struct Checked<'a> {
    pub(crate) valid_len: usize,
    pub(crate) fault: Option<Fault<'a>>,
}

/// How a payload of fixed shape is read: its parser, and how much of it a fault leaves to be seen.
macro_rules! fixed_shape {
    ($ty:ident, $parser:path) => {
        impl<'a> $ty<'a> {
            #[doc = concat!("Reads the body of a payload, the octets after its generic header.\n\n# Errors\nThe first fault; offsets count from the start of `body`.")]
            pub fn parse(body: &'a [u8]) -> Result<Self, $crate::error::ParseError> {
                Self::parse_at(body, $crate::wire::codec::At::INPUT, Self::ELEMENT)
            }

            #[inline]
            fn parse_at(
                body: &'a [u8],
                at: $crate::wire::codec::At,
                element: $crate::error::Element,
            ) -> Result<Self, $crate::error::ParseError> {
                $crate::wire::codec::complete(element, body, at, $parser(body))
            }

            #[inline(always)]
            pub(crate) fn parse_raw(raw: $crate::wire::chain::RawPayload<'a>) -> Result<Self, $crate::error::ParseError> {
                Self::parse_at(raw.body, raw.body_at(), $crate::error::Element::Payload(raw.ty))
            }
        }
    };
    ($ty:ident, $parser:path, all_or_nothing) => {
        $crate::wire::payload::shape::fixed_shape!($ty, $parser);

        impl<'a> $ty<'a> {
            pub(crate) fn lenient_raw(raw: $crate::wire::chain::RawPayload<'a>) -> $crate::wire::payload::shape::Lenient<Self> {
                match Self::parse_raw(raw) {
                    Ok(body) => (Some(body), None),
                    Err(fault) => (None, Some(fault)),
                }
            }
        }
    };
}
pub(crate) use fixed_shape;

/// How a payload that is a list is read: its check walks the elements once, and a fault leaves those before it.
macro_rules! list_shape {
    ($ty:ident, $element:expr) => {
        impl<'a> $ty<'a> {
            /// Checks the body of a payload, the octets after its generic header.
            ///
            /// # Errors
            /// The first fault; offsets count from the start of `body`.
            #[inline]
            pub fn parse(body: &'a [u8]) -> Result<Self, $crate::error::ParseError> {
                Self::parse_at(body, $crate::wire::codec::At::INPUT, $element)
            }

            #[inline]
            fn parse_at(
                body: &'a [u8],
                at: $crate::wire::codec::At,
                element: $crate::error::Element,
            ) -> Result<Self, $crate::error::ParseError> {
                match check(body).fault {
                    None => Ok(Self::view(body, at)),
                    Some(fault) => Err(fault.locate(element, body, at)),
                }
            }

            #[inline(always)]
            pub(crate) fn parse_raw(raw: $crate::wire::chain::RawPayload<'a>) -> Result<Self, $crate::error::ParseError> {
                Self::parse_at(raw.body, raw.body_at(), $crate::error::Element::Payload(raw.ty))
            }

            pub(crate) fn lenient_raw(raw: $crate::wire::chain::RawPayload<'a>) -> $crate::wire::payload::shape::Lenient<Self> {
                let $crate::wire::payload::shape::Checked { valid_len, fault } = check(raw.body);
                let fault = fault.map(|fault| fault.locate($crate::error::Element::Payload(raw.ty), raw.body, raw.body_at()));
                (raw.body.get(..valid_len).map(|valid| Self::view(valid, raw.body_at())), fault)
            }
        }
    };
}
pub(crate) use list_shape;
