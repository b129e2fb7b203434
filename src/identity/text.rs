//! Identities in the spelling of strongSwan.

use super::error::{IdentityError, IdentityErrorKind};
use super::peer::Identity;
use super::{dn, hex};
use crate::cert::{DistinguishedName, InOrder, is_layout};
use crate::registry::IdType;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{Debug, Display, Formatter, Result as Written};
use core::net::IpAddr;
use core::str::FromStr;

/// Words that name a type before a colon; the first of a type is written.
const PREFIXES: &[(&str, IdType)] = &[
    ("ipv4", IdType::ID_IPV4_ADDR),
    ("ipv6", IdType::ID_IPV6_ADDR),
    ("fqdn", IdType::ID_FQDN),
    ("dns", IdType::ID_FQDN),
    ("rfc822", IdType::ID_RFC822_ADDR),
    ("email", IdType::ID_RFC822_ADDR),
    ("userfqdn", IdType::ID_RFC822_ADDR),
    ("asn1dn", IdType::ID_DER_ASN1_DN),
    ("asn1gn", IdType::ID_DER_ASN1_GN),
    ("keyid", IdType::ID_KEY_ID),
];

/// ID_NULL, which has no data to write.
const NULL: &str = "ID_NULL";

impl FromStr for Identity {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return match address {
                IpAddr::V4(address) => Self::new(IdType::ID_IPV4_ADDR, address.octets().to_vec()),
                IpAddr::V6(address) => Self::new(IdType::ID_IPV6_ADDR, address.octets().to_vec()),
            };
        }
        if let Some((ty, data)) = prefixed(text)? {
            return behind(text, ty, data);
        }
        match text {
            "" => return Err(IdentityErrorKind::Empty.at(0)),
            "%any" | "*" => return Err(IdentityErrorKind::Pattern.at(0)),
            NULL => return Self::new(IdType::ID_NULL, Vec::new()),
            _ => {}
        }
        let plain = |ty, data: &str| Self::new(ty, data.into()).map_err(|error| shift(error, text.len().saturating_sub(data.len())));
        if let Some(digits) = text.strip_prefix("@#") {
            Self::new(IdType::ID_KEY_ID, hex::octets(digits).ok_or(IdentityErrorKind::Hex.at(2))?)
        } else if let Some(mailbox) = text.strip_prefix("@@") {
            plain(IdType::ID_RFC822_ADDR, mailbox)
        } else if text.contains('=') {
            Self::new(IdType::ID_DER_ASN1_DN, dn::der(text)?)
        } else if let Some(name) = text.strip_prefix('@') {
            plain(IdType::ID_FQDN, name)
        } else {
            plain(if text.contains('@') { IdType::ID_RFC822_ADDR } else { IdType::ID_FQDN }, text)
        }
    }
}

/// The type that stands before a colon, and what stands behind it.
fn prefixed(text: &str) -> Result<Option<(IdType, &str)>, IdentityError> {
    let Some((word, data)) = text.split_once(':') else { return Ok(None) };
    if let Some(number) = word.strip_prefix('{').and_then(|word| word.strip_suffix('}')) {
        let digits = number.starts_with(|digit: char| digit.is_ascii_digit());
        let number = number.parse().ok().filter(|_| digits).ok_or(IdentityErrorKind::Type.at(1))?;
        return Ok(Some((IdType(number), data)));
    }
    Ok(PREFIXES.iter().find(|(known, _)| *known == word).map(|(_, ty)| (*ty, data)))
}

/// Data as they are, or in hexadecimal.
fn behind(text: &str, ty: IdType, data: &str) -> Result<Identity, IdentityError> {
    let at = text.len().saturating_sub(data.len());
    match data.strip_prefix('#') {
        Some(digits) => Identity::new(ty, hex::octets(digits).ok_or(IdentityErrorKind::Hex.at(at.saturating_add(1)))?),
        None => Identity::new(ty, data.into()).map_err(|error| shift(error, at)),
    }
}

fn shift(error: IdentityError, by: usize) -> IdentityError {
    error.kind.at(error.offset.saturating_add(by))
}

impl Display for Identity {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        let prefix = match PREFIXES.iter().find(|(_, ty)| *ty == self.ty()) {
            Some((word, _)) => String::from(*word),
            None => format!("{{{}}}", self.ty().0),
        };
        // Of a mailbox that looks like an address, or a key that looks like a prefix, only the longer forms come back.
        let plain = self.plain();
        let text = core::str::from_utf8(self.data()).ok().filter(|_| is_text(self.ty())).map(|text| format!("{prefix}:{text}"));
        if let Some(text) = plain.into_iter().chain(text).find(|text| self.comes_back(text)) {
            return f.write_str(&text);
        }
        write!(f, "{prefix}:#")?;
        self.data().iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl Debug for Identity {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        write!(f, "Identity({self})")
    }
}

/// Types whose data may be text.
const fn is_text(ty: IdType) -> bool {
    matches!(ty, IdType::ID_FQDN | IdType::ID_RFC822_ADDR | IdType::ID_KEY_ID)
}

impl Identity {
    /// The form without a prefix, where the type has one.
    fn plain(&self) -> Option<String> {
        match self.ty() {
            IdType::ID_IPV4_ADDR | IdType::ID_IPV6_ADDR => self.id().address().ok().flatten().map(|address| address.to_string()),
            IdType::ID_FQDN | IdType::ID_RFC822_ADDR => core::str::from_utf8(self.data()).ok().map(String::from),
            IdType::ID_DER_ASN1_DN => DistinguishedName::parse(self.data()).ok().map(|name| InOrder(name).to_string()),
            IdType::ID_NULL => Some(NULL.into()),
            _ => None,
        }
    }

    /// Whether the text can be shown, and reads as this identity.
    fn comes_back(&self, text: &str) -> bool {
        let same = |read: Self| if self.ty() == IdType::ID_DER_ASN1_DN { read.matches(self) } else { read == *self };
        !text.contains(is_layout) && text.parse().is_ok_and(same)
    }
}
