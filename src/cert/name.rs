//! Distinguished names, RFC 5280 section 4.1.2.4, as text, RFC 4514.

use super::attribute::short_name;
use super::oid::Oid;
use super::value::text;
use crate::der::{Reader, Tlv, tag};
use crate::error::{ParseError, ParseErrorKind};
use core::fmt::{self, Write};

/// Attributes in one name. Real names have less than ten; text begins with the last part, so all parts are held.
const MAX_ATTRIBUTES: usize = 64;

/// A Name in DER, checked to its last octet; `Display` writes it as RFC 4514 does, most specific part first.
///
/// Characters that RFC 4514 reserves are escaped with a backslash; control characters and those that change how text is laid out
/// as their octets in hexadecimal (section 2.4 allows that for any). Values of unknown attributes, and values that are not the
/// text they claim to be, are written as `#` and their DER in hexadecimal.
///
/// ```
/// use ikev2::cert::DistinguishedName;
/// let der = b"\x30\x1d\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02XX\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05a,b\x1b\n";
/// assert_eq!(DistinguishedName::parse(der)?.to_string(), r"CN=a\,b\1B\0A,C=XX");
/// # Ok::<(), ikev2::error::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DistinguishedName<'a> {
    der: &'a [u8],
}

impl<'a> DistinguishedName<'a> {
    /// Checks a Name: what an ID_DER_ASN1_DN carries, or a certificate as its subject and issuer.
    ///
    /// # Errors
    /// When it is none, or has more than 64 attributes.
    pub fn parse(der: &'a [u8]) -> Result<Self, ParseError> {
        Self::of(Reader::only(der, tag::SEQUENCE)?)
    }

    pub(super) fn of(name: Tlv<'a>) -> Result<Self, ParseError> {
        let (mut rdns, mut count) = (name.reader(), 0_usize);
        while !rdns.is_empty() {
            count = count.saturating_add(check_rdn(rdns.required(tag::SET)?)?);
        }
        if count > MAX_ATTRIBUTES {
            return Err(name.error(ParseErrorKind::TooMany { maximum: MAX_ATTRIBUTES }));
        }
        Ok(Self { der: name.whole })
    }

    /// The DER; two names are equal when it is.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.der
    }

    /// Whether the name has no parts, as the subject of a certificate whose names are all alternative ones.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rdns().is_empty()
    }

    pub(super) fn rdns(&self) -> Reader<'a> {
        // `parse` has read it before.
        Reader::only(self.der, tag::SEQUENCE).map_or(Reader::new(&[]), |name| name.reader())
    }
}

/// A name in the order of its DER, as strongSwan writes names.
pub(crate) struct InOrder<'a>(pub(crate) DistinguishedName<'a>);

impl fmt::Display for InOrder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut rdns, mut between) = (self.0.rdns(), "");
        while let Ok(rdn) = rdns.any() {
            f.write_str(between)?;
            write_rdn(f, &rdn)?;
            between = ", ";
        }
        Ok(())
    }
}

/// SET SIZE (1..MAX) OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }: how many there are.
fn check_rdn(rdn: Tlv<'_>) -> Result<usize, ParseError> {
    let (mut attributes, mut count) = (rdn.reader(), 0_usize);
    if attributes.is_empty() {
        return Err(rdn.error(ParseErrorKind::EmptyList));
    }
    while !attributes.is_empty() {
        let mut attribute = attributes.required(tag::SEQUENCE)?.reader();
        Oid::of(attribute.required(tag::OID)?)?;
        attribute.any()?;
        attribute.end()?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

impl fmt::Display for DistinguishedName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut rdns, mut forward) = ([None; MAX_ATTRIBUTES], self.rdns());
        rdns.iter_mut().for_each(|slot| *slot = forward.any().ok());
        for (n, rdn) in rdns.iter().flatten().rev().enumerate() {
            f.write_str(if n == 0 { "" } else { "," })?;
            write_rdn(f, rdn)?;
        }
        Ok(())
    }
}

impl fmt::Debug for DistinguishedName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistinguishedName({self})")
    }
}

fn write_rdn(f: &mut fmt::Formatter<'_>, rdn: &Tlv<'_>) -> fmt::Result {
    let (mut attributes, mut first) = (rdn.reader(), true);
    while let Ok(attribute) = attributes.any() {
        let mut parts = attribute.reader();
        let (Ok(oid), Ok(value)) = (parts.any(), parts.any()) else { continue };
        f.write_str(if first { "" } else { "+" })?;
        first = false;
        match (short_name(oid.contents), Oid::of(oid)) {
            (Some(name), _) => {
                write!(f, "{name}=")?;
                write_value(f, &value)?;
            }
            // Section 2.4: with a dotted type goes a hexadecimal value.
            (None, Ok(oid)) => {
                write!(f, "{oid}=")?;
                write_hex(f, &value)?;
            }
            (None, Err(_)) => {}
        }
    }
    Ok(())
}

fn write_value(f: &mut fmt::Formatter<'_>, value: &Tlv<'_>) -> fmt::Result {
    match text(value) {
        Some(text) => write_text(f, &text),
        None => write_hex(f, value),
    }
}

fn write_hex(f: &mut fmt::Formatter<'_>, value: &Tlv<'_>) -> fmt::Result {
    f.write_char('#')?;
    value.whole.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let (mut chars, mut first) = (text.chars().peekable(), true);
    while let Some(char) = chars.next() {
        let last = chars.peek().is_none();
        match char {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{char}")?,
            ' ' if first || last => f.write_str("\\ ")?,
            '#' if first => f.write_str("\\#")?,
            _ if is_layout(char) => char.encode_utf8(&mut [0; 4]).bytes().try_for_each(|octet| write!(f, "\\{octet:02X}"))?,
            _ => f.write_char(char)?,
        }
        first = false;
    }
    Ok(())
}

/// Control characters, line separators, and what hides or reorders the text around it.
pub(crate) fn is_layout(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
        assert!(contents.len() < 0x80);
        [&[tag, u8::try_from(contents.len()).unwrap()], contents].concat()
    }

    fn attribute(oid: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        tlv(tag::SEQUENCE, &[tlv(tag::OID, oid), tlv(tag, value)].concat())
    }

    fn common_name(tag: u8, value: &[u8]) -> alloc::string::String {
        let der = tlv(tag::SEQUENCE, &tlv(tag::SET, &attribute(b"\x55\x04\x03", tag, value)));
        DistinguishedName::parse(&der).unwrap().to_string()
    }

    /// RFC 4514 section 4, the examples.
    #[test]
    fn rfc_4514_examples() {
        let uid = attribute(b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", 0x0c, b"jsmith");
        let dc = |name: &[u8]| tlv(tag::SET, &attribute(b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 0x16, name));
        let name = |rdns: &[Vec<u8>]| tlv(tag::SEQUENCE, &rdns.concat());
        let text = |der: &[u8]| DistinguishedName::parse(der).unwrap().to_string();
        assert_eq!(text(&name(&[dc(b"net"), dc(b"example"), tlv(tag::SET, &uid)])), "UID=jsmith,DC=example,DC=net");
        let both = [attribute(b"\x55\x04\x0b", 0x0c, b"Sales"), attribute(b"\x55\x04\x03", 0x0c, b"J.  Smith")].concat();
        assert_eq!(text(&name(&[dc(b"net"), dc(b"example"), tlv(tag::SET, &both)])), "OU=Sales+CN=J.  Smith,DC=example,DC=net");
        let cr = attribute(b"\x55\x04\x03", 0x0c, b"Before\rAfter");
        assert_eq!(text(&name(&[dc(b"net"), tlv(tag::SET, &cr)])), "CN=Before\\0DAfter,DC=net");
        let james = attribute(b"\x55\x04\x03", 0x0c, b"James \"Jim\" Smith, III");
        assert_eq!(text(&name(&[tlv(tag::SET, &james)])), "CN=James \\\"Jim\\\" Smith\\, III");
        let unknown = attribute(b"\x2b\x06\x01\x04\x01\x8b\x3a\x00", 0x04, b"Hi");
        assert_eq!(text(&name(&[tlv(tag::SET, &unknown)])), "1.3.6.1.4.1.1466.0=#04024869");
        assert_eq!(common_name(0x0c, "Lučić".as_bytes()), "CN=Lučić");
        assert_eq!(text(&name(&[])), "");
    }

    #[test]
    fn hostile_41_nothing_reaches_a_terminal_unescaped() {
        assert_eq!(common_name(0x0c, b"a\0b\x1b[2J\x7f"), "CN=a\\00b\\1B[2J\\7F");
        assert_eq!(common_name(0x0c, "\u{202e}x\u{85}".as_bytes()), "CN=\\E2\\80\\AEx\\C2\\85");
        assert_eq!(common_name(0x0c, b" # "), "CN=\\ #\\ ");
        assert_eq!(common_name(0x0c, b"# x"), "CN=\\# x");
        assert_eq!(common_name(0x0c, b" "), "CN=\\ ");
        assert_eq!(common_name(0x0c, b"\xff"), "CN=#0C01FF");
        assert_eq!(common_name(0x14, b"M\xfcller\n"), "CN=Müller\\0A");
        assert_eq!(common_name(0x1e, b"\0A\0\n"), "CN=A\\0A");
        assert_eq!(common_name(0x1e, b"\xd8\x00"), "CN=#1E02D800");
        assert_eq!(common_name(0x1e, b"\0A\0"), "CN=#1E03004100");
        assert_eq!(common_name(0x1c, b"\0\x01\xf6\0"), "CN=\u{1f600}");
        assert_eq!(common_name(0x1c, b"\0\x11\0\0"), "CN=#1C0400110000");
        assert_eq!(common_name(0x30, b""), "CN=#3000");
    }

    #[test]
    fn a_name_is_whole_and_its_parts_are_counted() {
        let part = tlv(tag::SET, &attribute(b"\x55\x04\x03", 0x0c, b"x"));
        let long = |count: usize| {
            let body = part.repeat(count);
            let length = u16::try_from(body.len()).unwrap().to_be_bytes();
            [&[0x30, 0x82], &length[..], &body].concat()
        };
        let text = DistinguishedName::parse(&long(64)).unwrap().to_string();
        assert_eq!(text.matches("CN=x").count(), 64);
        let kind = ParseErrorKind::TooMany { maximum: 64 };
        assert_eq!(DistinguishedName::parse(&long(65)).unwrap_err().kind, kind);
        let der = tlv(tag::SEQUENCE, &part);
        for cut in 0..der.len() {
            assert!(DistinguishedName::parse(&der[..cut]).is_err());
        }
        assert!(DistinguishedName::parse(&tlv(tag::SEQUENCE, &tlv(tag::SET, &[]))).is_err());
        assert_eq!(format!("{:?}", DistinguishedName::parse(&der).unwrap()), "DistinguishedName(CN=x)");
    }
}
