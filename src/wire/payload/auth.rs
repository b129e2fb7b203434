//! Authentication, RFC 7296 section 3.8, and the Digital Signature method of RFC 7427.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Auth Method   |                RESERVED                       |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                      Authentication Data                      ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//! Authentication Data of method 14: one octet of length, an AlgorithmIdentifier of that length in DER, the signature.

use super::shape::{Lenient, fixed_shape, one_fault};
use crate::error::Element;
use crate::registry::{AuthMethod, PayloadType};
use crate::wire::chain::RawPayload;
use crate::wire::codec::{Parsed, Parser, octets, rest};
use crate::wire::writer::Writer;

/// The proof of identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Auth<'a> {
    /// Auth Method.
    pub method: AuthMethod,
    /// Authentication Data.
    pub data: &'a [u8],
}

/// Authentication Data of method 14, RFC 7427 section 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DigitalSignature<'a> {
    /// The AlgorithmIdentifier, in DER; not checked.
    pub algorithm: &'a [u8],
    /// The signature value.
    pub signature: &'a [u8],
}

fixed_shape!(Auth, parse);
one_fault!(Auth);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, Auth<'_>> {
    (octets::<4>, rest).map(|(&[method, ..], data)| Auth { method: AuthMethod(method), data }).parse(body)
}

impl<'a> Auth<'a> {
    pub(crate) const ELEMENT: Element = Element::Payload(PayloadType::AUTH);

    /// The method stands first, and may be all that there is.
    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        match (Self::parse_raw(raw), raw.body) {
            (Ok(whole), _) => (Some(whole), None),
            (Err(fault), [method, ..]) => (Some(Self { method: AuthMethod(*method), data: &[] }), Some(fault)),
            (Err(fault), _) => (None, Some(fault)),
        }
    }

    /// The two parts of method 14; `None` for other methods and for data that ends within the first part.
    #[must_use]
    pub fn digital_signature(&self) -> Option<DigitalSignature<'a>> {
        if self.method != AuthMethod::DIGITAL_SIGNATURE {
            return None;
        }
        let (length, after) = self.data.split_first()?;
        let (algorithm, signature) = after.split_at_checked(usize::from(*length))?;
        Some(DigitalSignature { algorithm, signature })
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        w.put([self.method.0, 0, 0, 0]);
        w.slice(self.data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_14_is_split_at_its_length_octet() {
        let auth = Auth::parse(&[14, 0, 0, 0, 2, 0x30, 0, 9, 9]).unwrap();
        assert_eq!(auth.digital_signature(), Some(DigitalSignature { algorithm: &[0x30, 0], signature: &[9, 9] }));
        assert_eq!(Auth::parse(&[14, 0, 0, 0, 3, 0x30, 0]).unwrap().digital_signature(), None);
        assert_eq!(Auth::parse(&[14, 0, 0, 0]).unwrap().digital_signature(), None);
        assert_eq!(Auth::parse(&[1, 0, 0, 0, 2, 0x30, 0, 9]).unwrap().digital_signature(), None);
    }
}
