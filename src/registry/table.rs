//! What a table of code points is made of: the macro every table is written in, and what goes wrong when a text names no row.

use thiserror::Error;

/// A text that names no code point of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[error("no code point of {table} has this name")]
#[non_exhaustive]
pub struct UnknownCodePoint {
    /// The type of the table, as this module names it.
    pub table: &'static str,
}

/// One IANA table: a newtype, and a row for each assigned value.
///
/// A row is `CONSTANT as "identifier" = value, "IANA name", "reference", "sentence" => facts;`. The identifier is the keyword of
/// strongSwan's notation, without key length, where there is one; left out, it is the constant in lower case. Facts are what
/// the reference fixes about the value beyond its meaning; a table that has them names their type behind its own.
macro_rules! registry {
    (
        $(#[$doc:meta])* pub struct $ty:ident($int:ty): $facts:ident;
        $($konst:ident $(as $ident:literal)? = $value:literal, $name:literal, $reference:literal, $sentence:literal $(=> $fact:expr)?;)+
    ) => {
        $crate::registry::table::registry! {
            $(#[$doc])* pub struct $ty($int);
            $($konst $(as $ident)? = $value, $name, $reference, $sentence;)+
        }

        impl $ty {
            /// The columns of the row beyond its names; `None` when the value is not assigned, or its reference fixes none of them.
            #[must_use]
            #[inline]
            pub const fn facts(self) -> Option<&'static $facts> {
                match self.0 {
                    $($($value => {
                        const FACTS: &$facts = &$fact;
                        Some(FACTS)
                    })?)+
                    _ => None,
                }
            }
        }
    };
    (
        $(#[$doc:meta])* pub struct $ty:ident($int:ty);
        $($konst:ident $(as $ident:literal)? = $value:literal, $name:literal, $reference:literal, $sentence:literal;)+
    ) => {
        $(#[$doc])*
        ///
        /// The default is 0, which is reserved unless a constant says what it means.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $ty(pub $int);

        impl $ty {
            $(
                #[doc = concat!($sentence, "\n\n`", $value, "`: `", $name, "` (", $reference, ").")]
                pub const $konst: Self = Self($value);
            )+

            /// Every assigned row, in ascending order of value.
            pub const ASSIGNED: &'static [Self] = &[$(Self($value)),+];

            /// Whether the value has a row.
            #[must_use]
            #[inline]
            pub const fn is_assigned(self) -> bool {
                match self.0 {
                    $($value => true,)+
                    _ => false,
                }
            }

            /// The name IANA gives the value; `None` when it is unassigned, reserved or private.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($name),)+
                    _ => None,
                }
            }

            /// The name of the constant of this type that has the value.
            #[must_use]
            pub const fn constant(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some(stringify!($konst)),)+
                    _ => None,
                }
            }

            /// The identifier: one word in lower case, which does not change. It is strongSwan's keyword, without key length, where
            /// there is one, and else the constant's name.
            #[must_use]
            pub const fn ident(self) -> Option<&'static str> {
                match self.0 {
                    $($value => {
                        const IDENT: &str = $crate::registry::table::ident!($konst $($ident)?);
                        Some(IDENT)
                    })+
                    _ => None,
                }
            }

            /// The value an identifier stands for.
            #[must_use]
            pub fn from_ident(ident: &str) -> Option<Self> {
                Self::ASSIGNED.iter().copied().find(|row| row.ident() == Some(ident))
            }

            /// What the value means, in one sentence.
            #[must_use]
            pub const fn description(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($sentence),)+
                    _ => None,
                }
            }

            /// The document IANA names for the value.
            #[must_use]
            pub const fn reference(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($reference),)+
                    _ => None,
                }
            }
        }

        impl core::fmt::Display for $ty {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => write!(f, "{name} ({})", self.0),
                    None => write!(f, "unknown ({})", self.0),
                }
            }
        }

        impl core::fmt::Debug for $ty {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}({}", stringify!($ty), self.0)?;
                match self.name() {
                    Some(name) => write!(f, " {name})"),
                    None => f.write_str(")"),
                }
            }
        }

        /// Takes an identifier, IANA's name in any case, a decimal number, or what [`Display`](core::fmt::Display) writes.
        impl core::str::FromStr for $ty {
            type Err = $crate::registry::UnknownCodePoint;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let named = |row: &Self| row.name().is_some_and(|name| name.eq_ignore_ascii_case(text));
                let by_name = Self::from_ident(text).or_else(|| Self::ASSIGNED.iter().copied().find(named));
                let by_number = || match $crate::registry::table::number(text) {
                    (None, digits) => digits.parse().ok().map(Self),
                    (Some(name), digits) => {
                        digits.parse().ok().map(Self).filter(|row: &Self| row.name().unwrap_or("unknown") == name)
                    }
                };
                by_name.or_else(by_number).ok_or($crate::registry::UnknownCodePoint { table: stringify!($ty) })
            }
        }

        /// The [identifier](Self::ident) where there is one and the format is for people, else the number.
        #[cfg(feature = "serde")]
        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::registry::serial::serialize(self.ident(), self.0.into(), serializer)
            }
        }

        /// Takes what [`FromStr`](core::str::FromStr) takes, and numbers.
        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = |value: u64| value.try_into().ok().map(Self);
                $crate::registry::serial::deserialize(stringify!($ty), number, deserializer)
            }
        }

        impl From<$int> for $ty {
            fn from(value: $int) -> Self {
                Self(value)
            }
        }
    };
}
pub(super) use registry;

/// The identifier of a row: the one it names, or else its constant in lower case.
macro_rules! ident {
    ($konst:ident $ident:literal) => {
        $ident
    };
    ($konst:ident) => {{
        const UPPER: &str = stringify!($konst);
        const LOWER: [u8; UPPER.len()] = $crate::registry::table::lower(UPPER);
        match core::str::from_utf8(&LOWER) {
            Ok(ident) => ident,
            Err(_) => UPPER,
        }
    }};
}
pub(super) use ident;

/// The octets of an identifier in lower case; `N` is its length.
pub(super) const fn lower<const N: usize>(upper: &str) -> [u8; N] {
    let mut lower = [0; N];
    let mut from = upper.as_bytes();
    let mut to: &mut [u8] = &mut lower;
    while let (Some((octet, rest)), Some((slot, slots))) = (from.split_first(), to.split_first_mut()) {
        *slot = octet.to_ascii_lowercase();
        from = rest;
        to = slots;
    }
    lower
}

/// The parts of `name (number)`, or the whole as the number.
pub(super) fn number(text: &str) -> (Option<&str>, &str) {
    let parts = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
    parts.map_or((None, text), |(name, digits)| (Some(name), digits))
}
