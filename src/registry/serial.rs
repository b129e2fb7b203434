//! Code points for serde: the identifier where the value has one and the format is for people, else the number.

use core::fmt::{Formatter, Result};
use core::marker::PhantomData;
use core::str::FromStr;
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::ser::Serializer;

pub(super) fn serialize<S: Serializer>(ident: Option<&'static str>, value: u16, serializer: S) -> core::result::Result<S::Ok, S::Error> {
    match ident.filter(|_| serializer.is_human_readable()) {
        Some(ident) => serializer.serialize_str(ident),
        None => serializer.serialize_u16(value),
    }
}

pub(super) fn deserialize<'de, T, D>(
    table: &'static str,
    number: fn(u64) -> Option<T>,
    deserializer: D,
) -> core::result::Result<T, D::Error>
where
    T: FromStr,
    D: Deserializer<'de>,
{
    let visitor = CodePoint { table, number, of: PhantomData };
    if deserializer.is_human_readable() { deserializer.deserialize_any(visitor) } else { deserializer.deserialize_u16(visitor) }
}

struct CodePoint<T> {
    table: &'static str,
    number: fn(u64) -> Option<T>,
    of: PhantomData<T>,
}

impl<T: FromStr> Visitor<'_> for CodePoint<T> {
    type Value = T;

    fn expecting(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "an identifier or a number of {}", self.table)
    }

    fn visit_str<E: Error>(self, text: &str) -> core::result::Result<T, E> {
        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_u64<E: Error>(self, value: u64) -> core::result::Result<T, E> {
        (self.number)(value).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
    }
}
