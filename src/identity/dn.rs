//! Distinguished names from text, RFC 4514 section 3, but in the order of the text.

use super::error::{IdentityError, IdentityErrorKind};
use super::hex;
use crate::cert::attribute;
use crate::der::{element, tag};
use alloc::vec::Vec;

/// String types of ASN.1.
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;

/// An attribute as it stands in the text.
struct Piece<'a> {
    /// Octets of the text before it.
    at: usize,
    text: &'a str,
    /// Another attribute of the same part follows.
    has_more: bool,
}

/// The DER of a Name. It is checked where it becomes an identity.
pub(super) fn der(text: &str) -> Result<Vec<u8>, IdentityError> {
    let too_long = || IdentityErrorKind::TooLong { maximum: usize::from(u16::MAX) }.at(0);
    let (mut name, mut part) = (Vec::new(), Vec::new());
    for piece in pieces(text) {
        part.push(attribute_of(&piece)?);
        if !piece.has_more {
            // X.690 section 11.6: the elements of a SET OF in ascending order.
            part.sort();
            name.push(element(tag::SET, &part.concat()).ok_or_else(too_long)?);
            part.clear();
        }
    }
    element(tag::SEQUENCE, &name.concat()).ok_or_else(too_long)
}

/// What stands between commas and plus signs, unless they are escaped.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut at, mut is_escaped) = (Vec::new(), 0, false);
    for (end, char) in text.char_indices() {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ',' | '+' => {
                pieces.push(Piece { at, text: text.get(at..end).unwrap_or_default(), has_more: char == '+' });
                at = end.saturating_add(1);
            }
            _ => {}
        }
    }
    pieces.push(Piece { at, text: text.get(at..).unwrap_or_default(), has_more: false });
    pieces
}

/// SEQUENCE { type OBJECT IDENTIFIER, value ANY }.
fn attribute_of(piece: &Piece<'_>) -> Result<Vec<u8>, IdentityError> {
    let wrong = IdentityErrorKind::Attribute.at(piece.at);
    let (ty, text) = piece.text.split_once('=').ok_or(wrong)?;
    let at = piece.at.saturating_add(ty.len()).saturating_add(1);
    let ty = match ty.trim_matches(' ') {
        "E" => "emailAddress",
        ty => ty,
    };
    let (name, oid) = match attribute(ty) {
        Some((name, oid)) => (name, oid.to_vec()),
        None => ("", arcs(ty).ok_or(wrong)?),
    };
    let value = match text.trim_matches(' ').strip_prefix('#') {
        Some(digits) => hex::octets(digits).ok_or(IdentityErrorKind::Hex.at(at))?,
        None => {
            let value = unescaped(text, at)?;
            element(string_type(name, &value), &value).ok_or(IdentityErrorKind::TooLong { maximum: usize::from(u16::MAX) }.at(at))?
        }
    };
    let contents = element(tag::OID, &oid).map(|oid| [oid, value].concat());
    contents.and_then(|contents| element(tag::SEQUENCE, &contents)).ok_or(wrong)
}

/// As RFC 5280 has the attributes: PrintableString and IA5String where there is no choice, else UTF8String.
fn string_type(attribute: &str, value: &[u8]) -> u8 {
    let is_printable = |octet: &u8| octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(octet);
    match attribute {
        "C" | "serialNumber" | "dnQualifier" if value.iter().all(is_printable) => PRINTABLE_STRING,
        "DC" | "emailAddress" if value.is_ascii() => IA5_STRING,
        _ => UTF8_STRING,
    }
}

/// The value without the spaces around it, escaped ones apart, and without escapes: a backslash before two hexadecimal digits, which are
/// one octet, or before the character that is meant.
fn unescaped(text: &str, at: usize) -> Result<Vec<u8>, IdentityError> {
    let before = text.len().saturating_sub(text.trim_start_matches(' ').len());
    let (mut value, mut kept) = (Vec::new(), 0);
    let mut rest = text.trim_start_matches(' ').as_bytes();
    let wrong = |rest: &[u8]| at.saturating_add(text.len().saturating_sub(rest.len()));
    while let [octet, after @ ..] = rest {
        let is_significant = !matches!(octet, b' ');
        rest = match (octet, after) {
            (b'\\', [high, low, after @ ..]) if high.is_ascii_hexdigit() => {
                let digits = [*high, *low];
                let octets = core::str::from_utf8(&digits).ok().and_then(hex::octets);
                value.extend(octets.ok_or(IdentityErrorKind::Hex.at(wrong(rest)))?);
                after
            }
            (b'\\', [escaped, after @ ..]) => {
                value.push(*escaped);
                after
            }
            (b'\\', []) => return Err(IdentityErrorKind::Value.at(wrong(rest))),
            (octet, after) => {
                value.push(*octet);
                after
            }
        };
        if is_significant {
            kept = value.len();
        }
    }
    value.truncate(kept);
    match core::str::from_utf8(&value) {
        Ok("") => Err(IdentityErrorKind::Value.at(at.saturating_add(before))),
        Ok(_) => Ok(value),
        Err(_) => Err(IdentityErrorKind::Utf8.at(at)),
    }
}

/// The contents octets of an identifier with dots between its arcs (X.690 section 8.19), `OID.` before it or not.
fn arcs(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix("OID.").unwrap_or(text);
    let mut arcs = text.split('.').map(|arc| {
        let is_number = !arc.is_empty() && arc.bytes().all(|digit| digit.is_ascii_digit());
        arc.parse::<u128>().ok().filter(|_| is_number)
    });
    let (first, second) = (arcs.next()??, arcs.next()??);
    if first > 2 || (first < 2 && second > 39) {
        return None;
    }
    let mut contents = base_128(first.checked_mul(40)?.checked_add(second)?);
    for arc in arcs {
        contents.extend(base_128(arc?));
    }
    Some(contents)
}

fn base_128(value: u128) -> Vec<u8> {
    let digit = |shift: u32| u8::try_from(value.wrapping_shr(shift) & 0x7f).unwrap_or(0);
    let mut octets: Vec<u8> = (1..=18).rev().map(|n: u32| digit(n.saturating_mul(7)) | 0x80).skip_while(|octet| *octet == 0x80).collect();
    octets.push(digit(0));
    octets
}
