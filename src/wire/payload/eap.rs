//! Extensible Authentication, RFC 7296 section 3.16: an EAP packet (RFC 3748 section 4).
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |     Code      | Identifier    |           Length              |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |     Type      | Type-Data ...
//! +-+-+-+-+-+-+-+-+-
//! ```

use super::shape::{Lenient, fixed_shape, one_fault};
use crate::error::{Element, ParseErrorKind};
use crate::registry::PayloadType;
use crate::wire::chain::RawPayload;
use crate::wire::codec::{Fault, Parsed, Parser, fail, octets, rest, size};
use crate::wire::writer::Writer;

/// An EAP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Eap<'a> {
    /// Code.
    pub code: EapCode,
    /// Identifier: a response carries that of its request.
    pub identifier: u8,
    /// The octets after Length: Type and Type-Data of a request or response, nothing for success and failure.
    pub data: &'a [u8],
}

/// EAP Code, RFC 3748 section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EapCode(pub u8);

impl EapCode {
    /// A request of the authenticator.
    pub const REQUEST: Self = Self(1);
    /// A response of the peer.
    pub const RESPONSE: Self = Self(2);
    /// The authentication succeeded.
    pub const SUCCESS: Self = Self(3);
    /// The authentication failed.
    pub const FAILURE: Self = Self(4);

    /// The name RFC 3748 gives the code.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::REQUEST => "Request",
            Self::RESPONSE => "Response",
            Self::SUCCESS => "Success",
            Self::FAILURE => "Failure",
            _ => return None,
        })
    }
}

/// EAP Type, RFC 3748 section 5 and IANA's registry "Method Types".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EapType(pub u8);

impl EapType {
    /// Identity, RFC 3748 section 5.1.
    pub const IDENTITY: Self = Self(1);
    /// Notification, RFC 3748 section 5.2.
    pub const NOTIFICATION: Self = Self(2);
    /// Legacy Nak, RFC 3748 section 5.3.1: the peer does not do the method, and names those that it does.
    pub const LEGACY_NAK: Self = Self(3);
    /// Expanded types, RFC 3748 section 5.7.
    pub const EXPANDED: Self = Self(254);

    /// The usual name, of the types that are seen in IKEv2.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "Identity",
            2 => "Notification",
            3 => "Legacy Nak",
            4 => "MD5-Challenge",
            5 => "One-Time Password",
            6 => "Generic Token Card",
            13 => "EAP-TLS",
            17 => "EAP-Cisco Wireless",
            18 => "EAP-SIM",
            21 => "EAP-TTLS",
            23 => "EAP-AKA",
            25 => "PEAP",
            // IANA says MS-EAP-Authentication; type 29, EAP-MSCHAP-V2, is another of hardly any use.
            26 => "EAP-MSCHAPv2",
            29 => "EAP-MSCHAP-V2",
            43 => "EAP-FAST",
            47 => "EAP-PSK",
            49 => "EAP-IKEv2",
            50 => "EAP-AKA'",
            51 => "EAP-GPSK",
            52 => "EAP-pwd",
            53 => "EAP-EKE",
            55 => "TEAP",
            254 => "Expanded Types",
            255 => "Experimental",
            _ => return None,
        })
    }

    /// Whether it is a method, and not one of the types below 4 that serve all methods.
    #[must_use]
    pub const fn is_method(self) -> bool {
        self.0 > 3
    }
}

/// The name, or the number in words.
impl core::fmt::Display for EapType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "EAP type {}", self.0),
        }
    }
}

/// Type-Data of the expanded type 254, RFC 3748 section 5.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EapExpanded<'a> {
    /// Vendor-Id, an SMI enterprise number of 24 bits.
    pub vendor_id: u32,
    /// Vendor-Type.
    pub vendor_type: u32,
    /// Vendor data.
    pub data: &'a [u8],
}

const HEADER_LEN: usize = 4;

fixed_shape!(Eap, parse);
one_fault!(Eap);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, Eap<'_>> {
    let (after, &[code, identifier, hi, lo]) = octets.parse(body)?;
    let length = size(hi, lo);
    let code = EapCode(code);
    // A request or response has a Type.
    let minimum = if matches!(code, EapCode::REQUEST | EapCode::RESPONSE) { 5 } else { HEADER_LEN };
    if length < minimum {
        return fail(Fault::new(body, ParseErrorKind::LengthTooSmall { length, minimum }));
    }
    // RFC 7296 section 3.16: of a Success or Failure the length MUST be four octets. The codes RFC 6867 adds have data.
    if matches!(code, EapCode::SUCCESS | EapCode::FAILURE) && length != HEADER_LEN {
        return fail(Fault::new(body, ParseErrorKind::SizeMismatch { size: length, expected: HEADER_LEN }));
    }
    if length > body.len() {
        return fail(Fault::new(body, ParseErrorKind::LengthPastEnd { length, available: body.len() }));
    }
    if let Some(trailing @ [_, ..]) = body.get(length..) {
        return fail(Fault::new(trailing, ParseErrorKind::TrailingOctets { count: trailing.len() }));
    }
    rest.map(|octets| Eap { code, identifier, data: octets }).parse(after)
}

impl<'a> Eap<'a> {
    pub(crate) const ELEMENT: Element = Element::Payload(PayloadType::EAP);

    /// Type and Type-Data of a request or response.
    #[must_use]
    pub const fn ty(&self) -> Option<(u8, &'a [u8])> {
        match (self.code, self.data) {
            (EapCode::REQUEST | EapCode::RESPONSE, [ty, data @ ..]) => Some((*ty, data)),
            _ => None,
        }
    }

    /// What the peer says it is called, in a response of type 1 (Identity); escape it before you print it.
    #[must_use]
    pub const fn identity(&self) -> Option<&'a [u8]> {
        match self.ty() {
            Some((1, identity)) if matches!(self.code, EapCode::RESPONSE) => Some(identity),
            _ => None,
        }
    }

    /// The vendor's type and data, in a packet of type 254.
    #[must_use]
    pub fn expanded(&self) -> Option<EapExpanded<'a>> {
        match self.ty() {
            Some((254, data)) => {
                let (&[v2, v1, v0, t3, t2, t1, t0], data) = data.split_first_chunk()?;
                let vendor_type = u32::from_be_bytes([t3, t2, t1, t0]);
                Some(EapExpanded { vendor_id: u32::from_be_bytes([0, v2, v1, v0]), vendor_type, data })
            }
            _ => None,
        }
    }

    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        let there =
            raw.body.split_first_chunk().map(|(&[code, identifier, _, _], octets)| Self { code: EapCode(code), identifier, data: octets });
        (there, Self::parse_raw(raw).err())
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        let start = w.len();
        w.put([self.code.0, self.identifier, 0, 0]);
        w.slice(self.data);
        w.patch_len(Self::ELEMENT, start, 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_field_is_the_length_of_the_packet() {
        for length in 0..=12u8 {
            for code in 0..=5u8 {
                let body = [code, 7, 0, length, 1, b'a', b'b', b'c'];
                let whole = length == 8 && !matches!(code, 3 | 4);
                assert_eq!(Eap::parse(&body).is_ok(), whole, "{code} {length}");
                assert_eq!(Eap::parse(&body[..4]).is_ok(), length == 4 && !(1..=2).contains(&code));
            }
        }
        assert!(Eap::parse(&[3, 0, 0]).is_err());
    }

    #[test]
    fn identity_and_expanded_types_are_read() {
        assert_eq!(Eap::parse(&[2, 0, 0, 8, 1, b'b', b'o', b'b']).unwrap().identity(), Some(&b"bob"[..]));
        assert_eq!(Eap::parse(&[1, 0, 0, 5, 1]).unwrap().identity(), None);
        let body = [1, 0, 0, 13, 254, 0, 1, 0x37, 0, 0, 0, 26, 9];
        let expanded = Eap::parse(&body).unwrap().expanded().unwrap();
        assert_eq!(expanded, EapExpanded { vendor_id: 311, vendor_type: 26, data: &[9] });
    }
}
