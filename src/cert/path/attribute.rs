//! Attributes of distinguished names, compared as RFC 5280 section 7.1 has it.

use crate::cert::DistinguishedName;
use crate::cert::name::is_layout;
use crate::cert::value::string;
use crate::der::{Reader, Tlv};
use alloc::string::String;

/// One attribute of an RDN.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    /// The contents octets of its type.
    pub(super) oid: &'a [u8],
    /// Its value.
    pub(super) value: Tlv<'a>,
}

/// The RDNs of a name, the outermost first.
pub(super) fn rdns(name: DistinguishedName<'_>) -> impl Iterator<Item = Tlv<'_>> {
    let mut rdns = name.rdns();
    core::iter::from_fn(move || rdns.any().ok())
}

/// The attributes of an RDN, which was read before.
pub(super) fn attributes(rdn: Tlv<'_>) -> impl Iterator<Item = Attribute<'_>> {
    let mut attributes: Reader<'_> = rdn.reader();
    core::iter::from_fn(move || {
        let mut parts = attributes.any().ok()?.reader();
        Some(Attribute { oid: parts.any().ok()?.contents, value: parts.any().ok()? })
    })
}

impl Attribute<'_> {
    /// Whether two of one type have the same value: text without case, without spaces at its ends, with one for several, and without
    /// characters that do not show; all else octet for octet. `None` for what is not the text it claims to be.
    pub(super) fn is_same(&self, other: &Attribute<'_>) -> Option<bool> {
        if self.value.whole == other.value.whole {
            return Some(true);
        }
        Some(match (text(&self.value)?, text(&other.value)?) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        })
    }
}

/// The text of a value, as far as RFC 4518 section 2 has it count; `Some(None)` when it is none, `None` when it cannot be read.
fn text(value: &Tlv<'_>) -> Option<Option<String>> {
    let Some(text) = string(value)? else { return Some(None) };
    let shown: String = text.chars().filter(|char| char.is_whitespace() || !is_layout(*char)).flat_map(char::to_lowercase).collect();
    let mut folded = String::with_capacity(shown.len());
    for word in shown.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    Some(Some(folded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn same(one: (u8, &[u8]), other: (u8, &[u8])) -> Option<bool> {
        let der = |(tag, value): (u8, &[u8])| -> Vec<u8> { [&[tag, u8::try_from(value.len()).unwrap()], value].concat() };
        let (one, other) = (der(one), der(other));
        let [one, other] = [&one, &other].map(|der| Attribute { oid: b"\x55\x04\x0a", value: Reader::new(der).any().unwrap() });
        assert_eq!(one.is_same(&other), other.is_same(&one));
        one.is_same(&other)
    }

    /// RFC 5280 section 7.1.
    #[test]
    fn rfc_5280_7_1_text_is_compared_as_people_read_it() {
        for (one, other, due) in [
            ((0x0c, &b"Example"[..]), (0x13, &b"example"[..]), Some(true)),
            ((0x0c, b" Example \t Corp "), (0x0c, b"example corp"), Some(true)),
            ((0x0c, b"ExampleCorp"), (0x0c, b"example corp"), Some(false)),
            ((0x1e, b"\0E\0v\0i\0l"), (0x0c, b"evil"), Some(true)),
            ((0x1c, b"\0\0\0E"), (0x14, b"e"), Some(true)),
            ((0x14, b"M\xfcller"), (0x0c, "MÜLLER".as_bytes()), Some(true)),
            ((0x0c, "E\u{200b}v\u{ad}il\0".as_bytes()), (0x0c, b"evil"), Some(true)),
            ((0x04, b"evil"), (0x0c, b"evil"), Some(false)),
            ((0x0c, b"\xff"), (0x0c, b"evil"), None),
            ((0x1e, b"\0e\0"), (0x0c, b"evil"), None),
            ((0x1e, b"\xd8\0"), (0x0c, b"evil"), None),
            ((0x0c, b"\xff"), (0x0c, b"\xff"), Some(true)),
        ] {
            assert_eq!(same(one, other), due, "{one:?} {other:?}");
        }
    }
}
