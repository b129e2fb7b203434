//! IDi and IDr from text, and back (RFC 7296 section 3.5).

use ikev2::cert::DistinguishedName;
use ikev2::registry::IdType;
use ikev2::wire::Id;
use std::net::IpAddr;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) ty: IdType,
    pub(crate) data: Vec<u8>,
}

impl Identity {
    /// An address, a name in the notation of RFC 4514, a mailbox, or a domain name (with or without `@` in front).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let new = |ty, data: &[u8]| Some(Self { ty, data: data.to_vec() });
        if let Ok(address) = text.parse::<IpAddr>() {
            return match address {
                IpAddr::V4(address) => new(IdType::ID_IPV4_ADDR, &address.octets()),
                IpAddr::V6(address) => new(IdType::ID_IPV6_ADDR, &address.octets()),
            };
        }
        if text.contains('=') {
            return new(IdType::ID_DER_ASN1_DN, &encode_dn(text)?);
        }
        match text.strip_prefix('@') {
            Some(name) => new(IdType::ID_FQDN, name.as_bytes()),
            None if text.contains('@') => new(IdType::ID_RFC822_ADDR, text.as_bytes()),
            None => new(IdType::ID_FQDN, text.as_bytes()),
        }
    }

    pub(crate) fn of(id: &Id<'_>) -> Self {
        Self { ty: id.ty, data: id.data.to_vec() }
    }

    pub(crate) fn id(&self) -> Id<'_> {
        Id { ty: self.ty, data: &self.data }
    }

    /// Whether both name the same; distinguished names whatever their string types and the order they were written in.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self.ty, other.ty) {
            (IdType::ID_DER_ASN1_DN, IdType::ID_DER_ASN1_DN) => {
                let parts = |der: &[u8]| {
                    let text = DistinguishedName::parse(der).ok()?.to_string();
                    let mut parts: Vec<String> = text.split(',').map(str::to_owned).collect();
                    parts.sort();
                    Some(parts)
                };
                parts(&self.data).is_some_and(|own| Some(own) == parts(&other.data))
            }
            (IdType::ID_FQDN, IdType::ID_FQDN) => self.data.eq_ignore_ascii_case(&other.data),
            _ => self == other,
        }
    }
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.ty, self.id().address(), DistinguishedName::parse(&self.data)) {
            (_, Ok(Some(address)), _) => write!(f, "{address}"),
            (IdType::ID_DER_ASN1_DN, _, Ok(name)) => write!(f, "{name}"),
            (ty, ..) => write!(f, "{} \"{}\"", ty.name().unwrap_or("ID"), self.data.escape_ascii()),
        }
    }
}

/// `C=XX, O=Example, CN=name`, in the order written, as a Name in DER.
fn encode_dn(text: &str) -> Option<Vec<u8>> {
    let rdns = text.split(',').map(|part| {
        let (ty, value) = part.split_once('=')?;
        let (oid, printable): (&[u8], bool) = match ty.trim().to_ascii_uppercase().as_str() {
            "CN" => (b"\x55\x04\x03", false),
            "C" => (b"\x55\x04\x06", true),
            "L" => (b"\x55\x04\x07", false),
            "ST" => (b"\x55\x04\x08", false),
            "O" => (b"\x55\x04\x0a", false),
            "OU" => (b"\x55\x04\x0b", false),
            _ => return None,
        };
        let value = tlv(if printable { 0x13 } else { 0x0c }, value.trim().as_bytes())?;
        tlv(0x31, &tlv(0x30, &[tlv(0x06, oid)?, value].concat())?)
    });
    tlv(0x30, &rdns.collect::<Option<Vec<_>>>()?.concat())
}

/// One DER element.
pub(crate) fn tlv(tag: u8, contents: &[u8]) -> Option<Vec<u8>> {
    let length = match u8::try_from(contents.len()) {
        Ok(short) if short < 0x80 => vec![short],
        Ok(long) => vec![0x81, long],
        Err(_) => [&[0x82][..], &u16::try_from(contents.len()).ok()?.to_be_bytes()].concat(),
    };
    Some([&[tag][..], &length, contents].concat())
}
