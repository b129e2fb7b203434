//! Object identifiers in dotted form.

use crate::der::Tlv;
use crate::error::{ParseError, ParseErrorKind};
use core::fmt;

/// An OBJECT IDENTIFIER; `Display` writes its arcs with dots between them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Oid<'a>(&'a [u8]);

impl<'a> Oid<'a> {
    /// Checks that the contents are arcs, each at most 128 bits: those under 2.25 are UUIDs.
    pub(crate) fn of(oid: Tlv<'a>) -> Result<Self, ParseError> {
        let mut rest = oid.contents;
        if rest.is_empty() {
            return Err(oid.error(ParseErrorKind::NoData));
        }
        while let [octet, ..] = *rest {
            (_, rest) = arc(rest).ok_or(oid.error(ParseErrorKind::DerOctet { octet }))?;
        }
        Ok(Self(oid.contents))
    }

    /// The contents octets of the DER.
    #[must_use]
    pub const fn as_octets(&self) -> &'a [u8] {
        self.0
    }
}

/// The first arc, in base 128 with a bit that says "more", and what is left.
fn arc(octets: &[u8]) -> Option<(u128, &[u8])> {
    let mut value = 0_u128;
    for (n, octet) in octets.iter().enumerate() {
        let leading_zero = n == 0 && *octet == 0x80;
        if leading_zero || value.leading_zeros() < 7 {
            return None;
        }
        value = value.wrapping_shl(7) | u128::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            return Some((value, octets.get(n.saturating_add(1)..)?));
        }
    }
    None
}

impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_dotted(f, self.0)
    }
}

/// Writes arcs with dots between them, as far as they go.
pub(super) fn write_dotted(f: &mut fmt::Formatter<'_>, mut rest: &[u8]) -> fmt::Result {
    let mut first = true;
    while let Some((value, after)) = arc(rest) {
        rest = after;
        match value {
            // The first two arcs share one number (X.690 section 8.19.4).
            0..=39 if first => write!(f, "0.{value}")?,
            40..=79 if first => write!(f, "1.{}", value.saturating_sub(40))?,
            _ if first => write!(f, "2.{}", value.saturating_sub(80))?,
            _ => write!(f, ".{value}")?,
        }
        first = false;
    }
    Ok(())
}

impl fmt::Debug for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::{Reader, tag};
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    fn text(contents: &[u8]) -> Option<String> {
        let der: Vec<u8> = [&[tag::OID, u8::try_from(contents.len()).unwrap()], contents].concat();
        Oid::of(Reader::only(&der, tag::OID).unwrap()).ok().map(|oid| oid.to_string())
    }

    #[test]
    fn arcs() {
        assert_eq!(text(b"\x2a\x86\x48\x86\xf7\x0d").as_deref(), Some("1.2.840.113549"));
        assert_eq!(text(b"\x00").as_deref(), Some("0.0"));
        assert_eq!(text(b"\x88\x37\x03").as_deref(), Some("2.999.3"));
        // 2.25 and the largest UUID.
        let uuid = [&b"\x69\x83"[..], &[0xff; 17], &[0x7f]].concat();
        assert_eq!(text(&uuid).as_deref(), Some("2.25.340282366920938463463374607431768211455"));
        let more = [&b"\x69\x87"[..], &[0xff; 17], &[0x7f]].concat();
        assert_eq!(text(&more), None);
        assert_eq!(text(b""), None);
        assert_eq!(text(b"\x2a\x86"), None);
        assert_eq!(text(b"\x2a\x80\x01"), None);
    }
}
