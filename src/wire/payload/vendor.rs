//! Vendor ID, RFC 7296 section 3.12: opaque octets, of which some are known.

use super::shape::fixed_shape;
use crate::error::Element;
use crate::registry::PayloadType;
use crate::wire::codec::{Parsed, Parser, rest};
use crate::wire::writer::Writer;

/// A vendor's mark: an MD5 hash of a text, or the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VendorId<'a> {
    /// The octets, of any length.
    pub data: &'a [u8],
}

/// The first octets of known Vendor IDs. Those of 16 octets are MD5 hashes of the quoted text.
const KNOWN: &[(&[u8], &str)] = &[
    (b"\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb", "strongSwan"),
    (b"\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61", "MS NT5 ISAKMPOAKLEY"),
    (b"\xfb\x1d\xe3\xcd\xf3\x41\xb7\xea\x16\xb7\xe5\xbe\x08\x55\xf1\x20", "MS-Negotiation Discovery Capable"),
    (b"\x26\x24\x4d\x38\xed\xdb\x61\xb3\x17\x2a\x36\xe3\xd0\xcf\xb8\x19", "Vid-Initial-Contact"),
    (b"\xe3\xa5\x96\x6a\x76\x37\x9f\xe7\x07\x22\x82\x31\xe5\xce\x86\x52", "IKE CGA version 1"),
    (b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3", "FRAGMENTATION"),
    // The hash is cut after 14 octets, the last two are a version.
    (b"\x12\xf5\xf2\x8c\x45\x71\x68\xa9\x70\x2d\x9f\xe2\x74\xcc", "CISCO-UNITY"),
    (b"\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57", "Dead Peer Detection"),
    (b"OpenIKED", "OpenIKED"),
    (b"CISCO-DELETE-REASON", "CISCO-DELETE-REASON"),
    (b"CISCO(COPYRIGHT)", "CISCO(COPYRIGHT)"),
    (b"CISCO-DYNAMIC-ROUTE", "CISCO-DYNAMIC-ROUTE"),
    (b"OE-Libreswan", "libreswan"),
    (b"Opportunistic IPsec", "libreswan Opportunistic IPsec"),
    (b"FLEXVPN-SUPPORTED", "FLEXVPN-SUPPORTED"),
];

fixed_shape!(VendorId, parse, all_or_nothing);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, VendorId<'_>> {
    rest.map(|data| VendorId { data }).parse(body)
}

impl VendorId<'_> {
    pub(crate) const ELEMENT: Element = Element::Payload(PayloadType::V);

    /// Whose mark it is, for those this crate knows.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        KNOWN.iter().find(|(mark, _)| self.data.starts_with(mark)).map(|(_, name)| *name)
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        w.slice(self.data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_marks_may_be_followed_by_a_version() {
        assert_eq!(VendorId { data: b"OpenIKED-7.2" }.name(), Some("OpenIKED"));
        assert_eq!(VendorId { data: b"OpenI" }.name(), None);
        assert_eq!(VendorId { data: b"" }.name(), None);
    }
}
