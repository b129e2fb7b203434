//! Certificate, RFC 7296 section 3.6.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Cert Encoding |                                               |
//! +-+-+-+-+-+-+-+-+       Certificate Data                        ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::shape::fixed_shape;
use crate::error::Element;
use crate::registry::{CertEncoding, PayloadType};
use crate::wire::codec::{Parsed, Parser, be_u8, rest};
use crate::wire::writer::Writer;

/// A certificate, a list of revoked ones, or where to fetch one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cert<'a> {
    /// Cert Encoding.
    pub encoding: CertEncoding,
    /// Certificate Data in that encoding.
    pub data: &'a [u8],
}

/// The data of the encodings 12 and 13: what to fetch, and its SHA-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct HashAndUrl<'a> {
    /// SHA-1 over the certificate or bundle.
    pub hash: &'a [u8; 20],
    /// The URL, of any length, not checked.
    pub url: &'a [u8],
}

fixed_shape!(Cert, parse, all_or_nothing);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, Cert<'_>> {
    (be_u8, rest).map(|(encoding, data)| Cert { encoding: CertEncoding(encoding), data }).parse(body)
}

impl<'a> Cert<'a> {
    pub(crate) const ELEMENT: Element = Element::Payload(PayloadType::CERT);

    /// Hash and URL, for the two encodings that carry them and data of at least 20 octets.
    #[must_use]
    pub fn hash_and_url(&self) -> Option<HashAndUrl<'a>> {
        match self.encoding {
            CertEncoding::HASH_AND_URL_X509 | CertEncoding::HASH_AND_URL_BUNDLE => {
                self.data.split_first_chunk().map(|(hash, url)| HashAndUrl { hash, url })
            }
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        w.put([self.encoding.0]);
        w.slice(self.data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_and_url_is_split_after_twenty_octets() {
        let mut body = [7; 24];
        body[0] = 12;
        body[21..].copy_from_slice(b"a:b");
        let found = Cert::parse(&body).unwrap().hash_and_url().unwrap();
        assert_eq!((found.hash, found.url), (&[7; 20], &b"a:b"[..]));
        assert_eq!(Cert::parse(&body[..20]).unwrap().hash_and_url(), None);
        assert_eq!(Cert::parse(&[4, 1, 2]).unwrap().hash_and_url(), None);
        assert!(Cert::parse(&[]).is_err());
    }
}
