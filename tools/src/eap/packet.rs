//! EAP packets, RFC 3748 section 4: read by [`ikev2::wire::Eap`], written here.
//!
//! ```text
//! Code(1) Identifier(1) Length(2) [Type(1) Type-Data]
//! ```

use super::discard::Discard;
use super::types::Type;
use ikev2::wire::{Eap, EapCode};

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
}
