//! The two shapes of payload bodies, and how each is read: strictly, or as far as it goes.

use crate::error::ParseError;

/// What a body gives when read as far as it goes: the value, if there is one, and the first fault.
pub(crate) type Lenient<T> = (Option<T>, Option<ParseError>);

/// Whether a check goes on after a fault: a strict reading ends at the first, a lenient one hears of all.
pub(crate) type Flow = core::ops::ControlFlow<()>;

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

        $crate::wire::payload::shape::one_fault!($ty);
    };
}
pub(crate) use fixed_shape;

/// A payload that is read no further than to its first fault.
macro_rules! one_fault {
    ($ty:ident) => {
        impl<'a> $ty<'a> {
            pub(crate) fn faults_raw(raw: $crate::wire::chain::RawPayload<'a>, report: &mut impl FnMut($crate::error::ParseError)) {
                Self::lenient_raw(raw).1.into_iter().for_each(report);
            }
        }
    };
}
pub(crate) use one_fault;

/// A payload of which there is nothing to report.
macro_rules! no_fault {
    ($ty:ident) => {
        impl<'a> $ty<'a> {
            pub(crate) fn faults_raw(_: $crate::wire::chain::RawPayload<'a>, _: &mut impl FnMut($crate::error::ParseError)) {}
        }
    };
}
pub(crate) use no_fault;

/// How a payload that is a list is read: its check walks the elements once. A lenient reading has every element whose length fits.
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
                match Self::first_fault(body) {
                    None => Ok(Self::view(body, at)),
                    Some(fault) => Err(fault.locate(element, body, at)),
                }
            }

            #[inline]
            fn first_fault(body: &'a [u8]) -> Option<$crate::wire::codec::Fault<'a>> {
                let mut first = None;
                // A check that was ended has said why.
                let _ = check(body, &mut |fault| {
                    first = Some(fault);
                    $crate::wire::payload::shape::Flow::Break(())
                });
                first
            }

            #[inline(always)]
            pub(crate) fn parse_raw(raw: $crate::wire::chain::RawPayload<'a>) -> Result<Self, $crate::error::ParseError> {
                Self::parse_at(raw.body, raw.body_at(), $crate::error::Element::Payload(raw.ty))
            }

            pub(crate) fn lenient_raw(raw: $crate::wire::chain::RawPayload<'a>) -> $crate::wire::payload::shape::Lenient<Self> {
                let fault = Self::first_fault(raw.body);
                let fault = fault.map(|fault| fault.locate($crate::error::Element::Payload(raw.ty), raw.body, raw.body_at()));
                (Some(Self::view(raw.body, raw.body_at())), fault)
            }

            pub(crate) fn faults_raw(raw: $crate::wire::chain::RawPayload<'a>, report: &mut impl FnMut($crate::error::ParseError)) {
                // It goes on to the end, and has nothing more to say there.
                let _ = check(raw.body, &mut |fault| {
                    report(fault.locate($crate::error::Element::Payload(raw.ty), raw.body, raw.body_at()));
                    $crate::wire::payload::shape::Flow::Continue(())
                });
            }
        }
    };
}
pub(crate) use list_shape;
