//! Identification, RFC 7296 section 3.5.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |   ID Type     |                 RESERVED                      |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                   Identification Data                         ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::shape::{Lenient, fixed_shape, one_fault};
use crate::error::{Element, ParseError, ParseErrorKind};
use crate::registry::IdType;
use crate::wire::chain::RawPayload;
use crate::wire::codec::{At, Parsed, Parser, address, octets, rest};
use crate::wire::writer::Writer;
use core::net::IpAddr;

/// Who the peer says it is. Neither type nor data is checked beyond their framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Id<'a> {
    /// ID Type.
    pub ty: IdType,
    /// Identification Data: text without a terminator, 4 or 16 octets of address, DER, or opaque, by type.
    pub data: &'a [u8],
}

fixed_shape!(Id, parse);
one_fault!(Id);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, Id<'_>> {
    (octets::<4>, rest).map(|(&[ty, ..], data)| Id { ty: IdType(ty), data }).parse(body)
}

impl<'a> Id<'a> {
    /// The type stands first, and may be all that there is.
    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        match (Self::parse_raw(raw), raw.body) {
            (Ok(whole), _) => (Some(whole), None),
            (Err(fault), [ty, ..]) => (Some(Self { ty: IdType(*ty), data: &[] }), Some(fault)),
            (Err(fault), _) => (None, Some(fault)),
        }
    }
}

impl Id<'_> {
    pub(crate) const ELEMENT: Element = Element::Identification;

    /// The address of an ID_IPV4_ADDR or ID_IPV6_ADDR; `None` for other types.
    ///
    /// # Errors
    /// [`SizeMismatch`](ParseErrorKind::SizeMismatch) when the data is not 4 or 16 octets.
    pub fn address(&self) -> Result<Option<IpAddr>, ParseError> {
        let expected = match self.ty {
            IdType::ID_IPV4_ADDR => 4,
            IdType::ID_IPV6_ADDR => 16,
            _ => return Ok(None),
        };
        let wrong = At::INPUT.plus(4).error(Self::ELEMENT, ParseErrorKind::SizeMismatch { size: self.data.len(), expected });
        if self.data.len() == expected { address(self.data).map(Some).ok_or(wrong) } else { Err(wrong) }
    }

    /// The text of an ID_FQDN or ID_RFC822_ADDR when it is ASCII, as both must be (RFC 7296 section 3.5); escape it before you
    /// print it.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self.ty {
            IdType::ID_FQDN | IdType::ID_RFC822_ADDR if self.data.is_ascii() => core::str::from_utf8(self.data).ok(),
            _ => None,
        }
    }

    /// The body of the payload as it is sent, its reserved octets zero: what our AUTH is made over (RFC 7296 section 2.15). AUTH of a peer
    /// is made over the body as received, which [`Parts::first`](crate::wire::Parts::first) gives.
    ///
    /// ```
    /// use ikev2::registry::IdType;
    /// use ikev2::wire::Id;
    /// assert_eq!(Id { ty: IdType::ID_FQDN, data: b"sun" }.to_body(), b"\x02\0\0\0sun");
    /// ```
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_body(&self) -> alloc::vec::Vec<u8> {
        [&[self.ty.0, 0, 0, 0], self.data].concat()
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        w.put([self.ty.0, 0, 0, 0]);
        w.slice(self.data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_size_of_its_type() {
        for size in 0..=17 {
            let data = &[0x20; 17][..size];
            assert_eq!(Id { ty: IdType::ID_IPV4_ADDR, data }.address().is_ok(), size == 4);
            assert_eq!(Id { ty: IdType::ID_IPV6_ADDR, data }.address().is_ok(), size == 16);
            assert_eq!(Id { ty: IdType::ID_KEY_ID, data }.address(), Ok(None));
        }
        assert_eq!(Id { ty: IdType::ID_IPV4_ADDR, data: &[192, 0, 2, 1] }.address(), Ok(Some(IpAddr::from([192, 0, 2, 1]))));
    }

    #[test]
    fn hostile_41_text_is_given_only_when_it_is_ascii() {
        assert_eq!(Id { ty: IdType::ID_FQDN, data: b"moon.peer.test" }.text(), Some("moon.peer.test"));
        assert_eq!(Id { ty: IdType::ID_FQDN, data: b"\xff\xfe" }.text(), None);
        assert_eq!(Id { ty: IdType::ID_KEY_ID, data: b"moon" }.text(), None);
    }
}
