//! EAP packets, RFC 3748 section 4: read by [`ikev2::wire::Eap`], written here.
//!
//! ```text
//! Code(1) Identifier(1) Length(2) [Type(1) Type-Data]
//! ```

use super::discard::Discard;
use ikev2::wire::{Eap, EapCode};
use std::fmt;

/// The type of a request or response, RFC 3748 section 5 and IANA's registry "Method Types".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Type(pub u8);

impl Type {
    /// Identity, RFC 3748 section 5.1.
    pub const IDENTITY: Self = Self(1);
    /// Notification, RFC 3748 section 5.2.
    pub const NOTIFICATION: Self = Self(2);
    /// Legacy Nak, RFC 3748 section 5.3.1.
    pub const NAK: Self = Self(3);
    /// MD5-Challenge, RFC 3748 section 5.4. It makes no keys, and is not implemented.
    pub const MD5_CHALLENGE: Self = Self(4);
    /// One-Time Password, RFC 3748 section 5.5. It makes no keys, and is not implemented.
    pub const OTP: Self = Self(5);
    /// Generic Token Card, RFC 3748 section 5.6. It makes no keys, and is not implemented.
    pub const GTC: Self = Self(6);
    /// EAP-TLS, RFC 5216 and RFC 9190.
    pub const TLS: Self = Self(13);
    /// EAP-TTLS, RFC 5281. It is not implemented.
    pub const TTLS: Self = Self(21);
    /// PEAP. It is not implemented.
    pub const PEAP: Self = Self(25);
    /// EAP-MSCHAPv2, draft-kamath-pppext-eap-mschapv2.
    pub const MS_CHAP_V2: Self = Self(26);
    /// Expanded types, RFC 3748 section 5.7. None is implemented.
    pub const EXPANDED: Self = Self(254);

    /// The name in IANA's registry, of the types that have a constant here.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::IDENTITY => "Identity",
            Self::NOTIFICATION => "Notification",
            Self::NAK => "Legacy Nak",
            Self::MD5_CHALLENGE => "MD5-Challenge",
            Self::OTP => "One-Time Password",
            Self::GTC => "Generic Token Card",
            Self::TLS => "EAP-TLS",
            Self::TTLS => "EAP-TTLS",
            Self::PEAP => "PEAP",
            Self::MS_CHAP_V2 => "EAP-MSCHAPv2",
            Self::EXPANDED => "Expanded Types",
            _ => return None,
        })
    }

    /// Whether this is a method of RFC 3748 that makes no MSK. RFC 7296 section 2.16 advises against them in IKEv2.
    #[must_use]
    pub const fn is_keyless(self) -> bool {
        matches!(self, Self::MD5_CHALLENGE | Self::OTP | Self::GTC)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0)?,
            None => write!(f, "type {}", self.0)?,
        }
        if self.is_keyless() { f.write_str(", which makes no key") } else { Ok(()) }
    }
}

/// A request or response.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) identifier: u8,
    pub(super) ty: Type,
    /// Type-Data.
    pub(super) data: &'a [u8],
}

#[derive(Clone, Copy)]
pub(super) enum Packet<'a> {
    Request(Message<'a>),
    Response(Message<'a>),
    Success { identifier: u8 },
    Failure { identifier: u8 },
}

/// Reads a packet that fills `octets`.
pub(super) fn read(octets: &[u8]) -> Result<Packet<'_>, Discard> {
    let eap = Eap::parse(octets)?;
    let identifier = eap.identifier;
    let message = eap.ty().map(|(ty, data)| Message { identifier, ty: Type(ty), data });
    match (eap.code, message) {
        (EapCode::REQUEST, Some(message)) => Ok(Packet::Request(message)),
        (EapCode::RESPONSE, Some(message)) => Ok(Packet::Response(message)),
        (EapCode::SUCCESS, _) => Ok(Packet::Success { identifier }),
        (EapCode::FAILURE, _) => Ok(Packet::Failure { identifier }),
        (code, _) => Err(Discard::Code(code)),
    }
}

pub(super) fn request(identifier: u8, ty: Type, data: &[u8]) -> Vec<u8> {
    write(EapCode::REQUEST, identifier, &[&[ty.0], data])
}

pub(super) fn response(identifier: u8, ty: Type, data: &[u8]) -> Vec<u8> {
    write(EapCode::RESPONSE, identifier, &[&[ty.0], data])
}

pub(super) fn success(identifier: u8) -> Vec<u8> {
    write(EapCode::SUCCESS, identifier, &[])
}

pub(super) fn failure(identifier: u8) -> Vec<u8> {
    write(EapCode::FAILURE, identifier, &[])
}

fn write(code: EapCode, identifier: u8, parts: &[&[u8]]) -> Vec<u8> {
    let data = parts.concat();
    // A name has 256 octets at most, and a fragment of TLS 16 KiB: no packet comes near the bound of the field.
    let length = u16::try_from(data.len().saturating_add(4)).unwrap_or(u16::MAX);
    let [hi, lo] = length.to_be_bytes();
    [&[code.0, identifier, hi, lo], &*data].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let octets = request(7, Type::TLS, &[0x20]);
        assert_eq!(octets, [1, 7, 0, 6, 13, 0x20]);
        assert!(matches!(read(&octets), Ok(Packet::Request(Message { identifier: 7, ty: Type::TLS, data: [0x20] }))));
        assert!(matches!(read(&response(8, Type::IDENTITY, b"bob")), Ok(Packet::Response(Message { identifier: 8, data: b"bob", .. }))));
        assert!(matches!(read(&success(9)), Ok(Packet::Success { identifier: 9 })));
        assert!(matches!(read(&failure(9)), Ok(Packet::Failure { identifier: 9 })));
        assert!(matches!(read(&[5, 1, 0, 5, 1]), Err(Discard::Code(EapCode(5)))));
        assert!(matches!(read(&[1, 1, 0, 6, 1]), Err(Discard::Malformed(_))));
    }

    #[test]
    fn a_method_without_keys_is_called_so() {
        assert_eq!(Type::MD5_CHALLENGE.to_string(), "MD5-Challenge (4), which makes no key");
        assert_eq!(Type::TLS.to_string(), "EAP-TLS (13)");
        assert_eq!(Type(99).to_string(), "type 99");
    }
}
