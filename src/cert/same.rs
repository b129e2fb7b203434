//! Whether two distinguished names name the same, RFC 5280 section 7.1.

use super::name::DistinguishedName;
use super::value::text;
use crate::der::Tlv;
use alloc::string::String;
use alloc::vec::Vec;

/// Attributes of one part of a name, sorted.
type Part<'a> = Vec<(&'a [u8], Value<'a>)>;

/// What is compared of a value.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Value<'a> {
    /// A string: without case of ASCII letters, spaces at its ends, and spaces behind a space.
    Text(String),
    /// The whole element.
    Der(&'a [u8]),
}

impl DistinguishedName<'_> {
    /// Whether both names have the same attributes, part by part, from the first to the last or from the last to the first: people write
    /// names in either order.
    ///
    /// Strings are compared as RFC 5280 section 7.1 says, whatever their types, without the case of letters, spaces at the ends and
    /// repeated spaces; but letters other than those of ASCII have to be the same, and no character stands for another. So a name that is
    /// the same here is the same to who does all of RFC 4518, and not always the other way round.
    ///
    /// ```
    /// use ikev2::cert::DistinguishedName;
    /// let utf8 = DistinguishedName::parse(b"\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03Sun")?;
    /// let printable = DistinguishedName::parse(b"\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x13\x03sun")?;
    /// assert!(utf8 != printable && utf8.is_same_as(&printable));
    /// # Ok::<(), ikev2::error::ParseError>(())
    /// ```
    #[must_use]
    pub fn is_same_as(&self, other: &DistinguishedName<'_>) -> bool {
        let (own, theirs) = (parts(self), parts(other));
        own == theirs || own.iter().eq(theirs.iter().rev())
    }
}

fn parts<'a>(name: &DistinguishedName<'a>) -> Vec<Part<'a>> {
    let (mut rdns, mut parts) = (name.rdns(), Vec::new());
    while let Ok(rdn) = rdns.any() {
        parts.push(part(rdn));
    }
    parts
}

fn part(rdn: Tlv<'_>) -> Part<'_> {
    let (mut attributes, mut part) = (rdn.reader(), Vec::new());
    while let Ok(attribute) = attributes.any() {
        let mut fields = attribute.reader();
        // `parse` has found both.
        let (Ok(oid), Ok(value)) = (fields.any(), fields.any()) else { continue };
        part.push((oid.contents, text(&value).map_or(Value::Der(value.whole), |text| Value::Text(prepared(&text)))));
    }
    part.sort();
    part
}

fn prepared(text: &str) -> String {
    let mut prepared = String::with_capacity(text.len());
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !prepared.is_empty() {
            prepared.push(' ');
        }
        prepared.extend(word.chars().map(|letter| letter.to_ascii_lowercase()));
    }
    prepared
}
