//! Certificate Request, RFC 7296 section 3.7.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Cert Encoding |                                               |
//! +-+-+-+-+-+-+-+-+       Certification Authority                 ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::shape::fixed_shape;
use crate::error::Element;
use crate::registry::{CertEncoding, PayloadType};
use crate::wire::codec::{Parsed, Parser, be_u8, rest};
use crate::wire::writer::Writer;

/// Which trust anchors the sender accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CertReq<'a> {
    /// Cert Encoding of the certificate asked for.
    pub encoding: CertEncoding,
    /// Certification Authority: 20 octets for each trust anchor in the encodings 4, 12 and 13.
    pub authorities: &'a [u8],
}

fixed_shape!(CertReq, parse, all_or_nothing);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, CertReq<'_>> {
    (be_u8, rest).map(|(encoding, authorities)| CertReq { encoding: CertEncoding(encoding), authorities }).parse(body)
}

impl<'a> CertReq<'a> {
    pub(crate) const ELEMENT: Element = Element::Payload(PayloadType::CERTREQ);

    /// The SHA-1 hashes over each trust anchor's SubjectPublicKeyInfo; `None` when the encoding carries no hashes or the field
    /// is no whole number of them.
    #[must_use]
    pub fn hashes(&self) -> Option<impl ExactSizeIterator<Item = &'a [u8; 20]> + use<'a>> {
        let hashed =
            matches!(self.encoding, CertEncoding::X509_SIGNATURE | CertEncoding::HASH_AND_URL_X509 | CertEncoding::HASH_AND_URL_BUNDLE);
        let chunks = self.authorities.chunks_exact(20);
        // An exact chunk of 20 octets is an array of 20 octets: nothing is dropped here.
        (hashed && chunks.remainder().is_empty()).then(|| chunks.map(|chunk| chunk.first_chunk().unwrap_or(&[0; 20])))
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        w.put([self.encoding.0]);
        w.slice(self.authorities);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn hashes_are_items_of_twenty_octets() {
        let mut body = [1u8; 41];
        body[0] = 4;
        body[21..].fill(2);
        let hashes: Vec<_> = CertReq::parse(&body).unwrap().hashes().unwrap().collect();
        assert_eq!(hashes, [&[1; 20], &[2; 20]]);
        assert!(CertReq::parse(&body[..40]).unwrap().hashes().is_none());
        assert_eq!(CertReq::parse(&[4]).unwrap().hashes().unwrap().len(), 0);
        body[0] = 11;
        assert!(CertReq::parse(&body).unwrap().hashes().is_none());
    }
}
