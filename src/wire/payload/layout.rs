//! Fields of notification data and of configuration values: each says once how it is read and how it is written.
//!
//! A tuple of layouts is their fields one after the other. Lists and shapes that belong to one protocol element implement
//! [`Layout`] beside their type.

use super::code_point_list::CodePointList;
use crate::error::{BuildError, Element, ParseErrorKind};
use crate::registry::{IpcompTransform, KeMethod, PayloadType, PpkIdType, Prf};
use crate::wire::codec::{Fault, Parsed, Parser, fail, octets, rest};
use crate::wire::writer::Writer;
use core::marker::PhantomData;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Octets of one shape, both directions.
pub(super) trait Layout<'a> {
    type Value: Copy;

    /// Octets, where there are always as many.
    const SIZE: Option<usize>;

    /// Reads the value at the start of `input`.
    fn read(input: &'a [u8]) -> Parsed<'a, Self::Value>;

    /// Whether this layout, rather than another of the same type, reads `value`; the sizes of its parts are a matter of
    /// [`write`](Self::write).
    fn fits(value: Self::Value) -> bool;

    /// Writes what [`read`](Self::read) reads; `element` is what a value too large is a fault of.
    fn write(value: Self::Value, element: Element, w: &mut Writer<'_>);
}

/// Writes `value` and returns true; returns false, and writes nothing, if it is no value of `L`.
#[inline]
pub(super) fn put<'a, L: Layout<'a>>(value: L::Value, element: Element, w: &mut Writer<'_>) -> bool {
    let fits = L::fits(value);
    if fits {
        L::write(value, element, w);
    }
    fits
}

macro_rules! integers {
    ($($int:ident)+) => { $(
        impl<'a> Layout<'a> for $int {
            type Value = Self;
            const SIZE: Option<usize> = Some(size_of::<Self>());

            #[inline]
            fn read(input: &'a [u8]) -> Parsed<'a, Self> {
                octets.map(|octets| Self::from_be_bytes(*octets)).parse(input)
            }

            fn fits(_: Self) -> bool {
                true
            }

            fn write(value: Self, _: Element, w: &mut Writer<'_>) {
                w.put(value.to_be_bytes());
            }
        }
    )+ };
}

integers!(u8 u16 u32 u64);

/// Code points, written as the number they wrap.
macro_rules! code_points {
    ($($ty:ident($int:ident))+) => { $(
        impl<'a> Layout<'a> for $ty {
            type Value = Self;
            const SIZE: Option<usize> = Some(size_of::<$int>());

            #[inline]
            fn read(input: &'a [u8]) -> Parsed<'a, Self> {
                $int::read.map($ty).parse(input)
            }

            fn fits(_: Self) -> bool {
                true
            }

            fn write(value: Self, element: Element, w: &mut Writer<'_>) {
                $int::write(value.0, element, w);
            }
        }
    )+ };
}

code_points!(PayloadType(u8) IpcompTransform(u8) PpkIdType(u8) KeMethod(u16) Prf(u16));

macro_rules! addresses {
    ($($ty:ident)+) => { $(
        impl<'a> Layout<'a> for $ty {
            type Value = Self;
            const SIZE: Option<usize> = Some(size_of::<Self>());

            #[inline]
            fn read(input: &'a [u8]) -> Parsed<'a, Self> {
                octets::<{ size_of::<Self>() }>.map(|octets| Self::from(*octets)).parse(input)
            }

            fn fits(_: Self) -> bool {
                true
            }

            fn write(value: Self, _: Element, w: &mut Writer<'_>) {
                w.put(value.octets());
            }
        }
    )+ };
}

addresses!(Ipv4Addr Ipv6Addr);

/// An address of the family of `A`.
pub(super) struct Ip<A>(PhantomData<A>);

impl<'a, A: Layout<'a, Value = A> + Into<IpAddr>> Layout<'a> for Ip<A> {
    type Value = IpAddr;
    const SIZE: Option<usize> = A::SIZE;

    #[inline]
    fn read(input: &'a [u8]) -> Parsed<'a, IpAddr> {
        A::read.map(Into::into).parse(input)
    }

    fn fits(address: IpAddr) -> bool {
        A::SIZE == Some(if address.is_ipv4() { 4 } else { 16 })
    }

    fn write(address: IpAddr, element: Element, w: &mut Writer<'_>) {
        match address {
            IpAddr::V4(address) => Ipv4Addr::write(address, element, w),
            IpAddr::V6(address) => Ipv6Addr::write(address, element, w),
        }
    }
}

impl<'a, const N: usize> Layout<'a> for [u8; N] {
    type Value = &'a Self;
    const SIZE: Option<usize> = Some(N);

    #[inline]
    fn read(input: &'a [u8]) -> Parsed<'a, &'a Self> {
        octets(input)
    }

    fn fits(_: &'a Self) -> bool {
        true
    }

    fn write(value: &'a Self, _: Element, w: &mut Writer<'_>) {
        w.put(*value);
    }
}

/// All octets that are left.
pub(super) struct Rest;

impl<'a> Layout<'a> for Rest {
    type Value = &'a [u8];
    const SIZE: Option<usize> = None;

    #[inline]
    fn read(input: &'a [u8]) -> Parsed<'a, &'a [u8]> {
        rest(input)
    }

    fn fits(_: &'a [u8]) -> bool {
        true
    }

    fn write(value: &'a [u8], _: Element, w: &mut Writer<'_>) {
        w.slice(value);
    }
}

/// All octets that are left, which must be `MIN` to `MAX`.
pub(super) struct Within<const MIN: usize, const MAX: usize>;

impl<'a, const MIN: usize, const MAX: usize> Layout<'a> for Within<MIN, MAX> {
    type Value = &'a [u8];
    const SIZE: Option<usize> = None;

    fn read(input: &'a [u8]) -> Parsed<'a, &'a [u8]> {
        if (MIN..=MAX).contains(&input.len()) {
            rest(input)
        } else {
            fail(Fault::new(input, ParseErrorKind::SizeRange { size: input.len(), minimum: MIN, maximum: MAX }))
        }
    }

    fn fits(_: &'a [u8]) -> bool {
        true
    }

    fn write(value: &'a [u8], element: Element, w: &mut Writer<'_>) {
        let size = value.len();
        if !(MIN..=MAX).contains(&size) {
            w.fail(BuildError::SizeRange { element, size, minimum: MIN, maximum: MAX });
        }
        w.slice(value);
    }
}

impl<'a> Layout<'a> for CodePointList<'a> {
    type Value = Self;
    const SIZE: Option<usize> = None;

    fn read(input: &'a [u8]) -> Parsed<'a, Self> {
        Self::parser(input)
    }

    fn fits(_: Self) -> bool {
        true
    }

    fn write(list: Self, _: Element, w: &mut Writer<'_>) {
        list.emit(w);
    }
}

macro_rules! tuples {
    ($(($($layout:ident $value:ident),+))+) => { $(
        impl<'a, $($layout: Layout<'a>),+> Layout<'a> for ($($layout,)+) {
            type Value = ($($layout::Value,)+);
            const SIZE: Option<usize> = sum(&[$($layout::SIZE),+]);

            #[inline]
            fn read(input: &'a [u8]) -> Parsed<'a, Self::Value> {
                $(let (input, $value) = $layout::read(input)?;)+
                Ok((input, ($($value,)+)))
            }

            fn fits(($($value,)+): Self::Value) -> bool {
                true $(&& $layout::fits($value))+
            }

            fn write(($($value,)+): Self::Value, element: Element, w: &mut Writer<'_>) {
                $($layout::write($value, element, w);)+
            }
        }
    )+ };
}

tuples! {
    (A a, B b)
    (A a, B b, C c)
    (A a, B b, C c, D d)
}

/// The sum of sizes, if all are fixed.
const fn sum(mut sizes: &[Option<usize>]) -> Option<usize> {
    let mut sum = 0_usize;
    while let [first, left @ ..] = sizes {
        let Some(size) = first else { return None };
        sum = sum.saturating_add(*size);
        sizes = left;
    }
    Some(sum)
}
