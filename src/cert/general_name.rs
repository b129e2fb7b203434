//! GeneralName, RFC 5280 section 4.2.1.6: alternative names of a certificate, and ID_DER_ASN1_GN.

use super::{DistinguishedName, Oid};
use crate::der::{Reader, Tlv};
use crate::error::ParseError;
use core::fmt;
use core::net::IpAddr;

/// One name of a subject. Text is octets as they came; `Display` escapes what is not printable ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GeneralName<'a> {
    /// rfc822Name: a mailbox.
    Rfc822(&'a [u8]),
    /// dNSName.
    Dns(&'a [u8]),
    /// directoryName.
    Directory(DistinguishedName<'a>),
    /// uniformResourceIdentifier.
    Uri(&'a [u8]),
    /// iPAddress.
    Ip(IpAddr),
    /// registeredID.
    RegisteredId(Oid<'a>),
    /// Another kind, or one of these with contents it cannot have.
    Other {
        /// The identifier octet.
        tag: u8,
        /// The contents octets.
        contents: &'a [u8],
    },
}

impl<'a> GeneralName<'a> {
    /// Reads a GeneralName in DER.
    ///
    /// # Errors
    /// When it is not one DER element.
    pub fn parse(der: &'a [u8]) -> Result<Self, ParseError> {
        let mut reader = Reader::new(der);
        let tlv = reader.any()?;
        reader.end()?;
        Ok(Self::of(tlv))
    }

    pub(super) fn of(tlv: Tlv<'a>) -> Self {
        let Tlv { tag, contents, .. } = tlv;
        let other = Self::Other { tag, contents };
        match tag {
            0x81 => Self::Rfc822(contents),
            0x82 => Self::Dns(contents),
            0xa4 => DistinguishedName::parse(contents).map_or(other, Self::Directory),
            0x86 => Self::Uri(contents),
            0x87 => address(contents).map_or(other, Self::Ip),
            0x88 => Oid::of(tlv).map_or(other, Self::RegisteredId),
            _ => other,
        }
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    let v6 = <[u8; 16]>::try_from(octets).map(IpAddr::from);
    v4.or(v6).ok()
}

impl fmt::Display for GeneralName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rfc822(text) => write!(f, "email:{}", text.escape_ascii()),
            Self::Dns(text) => write!(f, "DNS:{}", text.escape_ascii()),
            Self::Directory(name) => write!(f, "DirName:{name}"),
            Self::Uri(text) => write!(f, "URI:{}", text.escape_ascii()),
            Self::Ip(address) => write!(f, "IP:{address}"),
            Self::RegisteredId(oid) => write!(f, "RID:{oid}"),
            Self::Other { tag, contents } => {
                write!(f, "#{tag:02x}:")?;
                contents.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn hostile_41_text_is_escaped() {
        let text = |der: &[u8]| GeneralName::parse(der).unwrap().to_string();
        assert_eq!(text(b"\x82\x05a\0b\x1b\xff"), "DNS:a\\x00b\\x1b\\xff");
        assert_eq!(text(b"\x81\x03a@b"), "email:a@b");
        assert_eq!(text(b"\x86\x01\n"), "URI:\\n");
        assert_eq!(text(b"\x87\x04\xc0\x00\x02\x01"), "IP:192.0.2.1");
        assert_eq!(text(b"\x87\x03\xc0\x00\x02"), "#87:c00002");
        assert_eq!(text(b"\x88\x01\x2a"), "RID:1.2");
        assert_eq!(text(b"\xa4\x02\x30\x00"), "DirName:");
        assert_eq!(text(b"\xa4\x01\x30"), "#a4:30");
        assert_eq!(text(b"\xa0\x00"), "#a0:");
        assert!(GeneralName::parse(b"\x82\x01a\x00").is_err());
        assert!(GeneralName::parse(b"").is_err());
    }
}
