//! Key Exchange, RFC 7296 section 3.4.
//!
//! ```text
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |   Key Exchange Method Num     |           RESERVED            |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ~                       Key Exchange Data                       ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::shape::{Lenient, fixed_shape, one_fault};
use crate::error::{Element, ParseErrorKind};
use crate::registry::{KeMethod, PayloadType};
use crate::wire::chain::RawPayload;
use crate::wire::codec::{Parsed, Parser, octets, rest};
use crate::wire::writer::Writer;

/// A public value, or a KEM's encapsulation key or ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyExchange<'a> {
    /// The method the data belongs to.
    pub method: KeMethod,
    /// Key Exchange Data; its size is not checked against the method, see [`check_len`](Self::check_len).
    pub data: &'a [u8],
}

fixed_shape!(KeyExchange, parse);
one_fault!(KeyExchange);

#[inline]
fn parse(body: &[u8]) -> Parsed<'_, KeyExchange<'_>> {
    (octets::<4>, rest).map(|(&[hi, lo, _, _], data)| KeyExchange { method: KeMethod(u16::from_be_bytes([hi, lo])), data }).parse(body)
}

impl<'a> KeyExchange<'a> {
    /// The method stands first, and may be all that there is.
    pub(crate) fn lenient_raw(raw: RawPayload<'a>) -> Lenient<Self> {
        match (Self::parse_raw(raw), raw.body) {
            (Ok(whole), _) => (Some(whole), None),
            (Err(fault), [hi, lo, ..]) => (Some(Self { method: KeMethod(u16::from_be_bytes([*hi, *lo])), data: &[] }), Some(fault)),
            (Err(fault), _) => (None, Some(fault)),
        }
    }
}

impl KeyExchange<'_> {
    pub(crate) const ELEMENT: Element = Element::Payload(PayloadType::KE);

    /// Checks the size of the data against the method, for methods whose size is fixed ([`KeMethod::data_len`]); of any other
    /// method only empty data is refused.
    ///
    /// # Errors
    /// [`SizeMismatch`](ParseErrorKind::SizeMismatch) or [`NoData`](ParseErrorKind::NoData).
    pub const fn check_len(&self, response: bool) -> Result<(), ParseErrorKind> {
        let size = self.data.len();
        match self.method.data_len() {
            Some((from_initiator, from_responder)) => {
                let expected = if response { from_responder } else { from_initiator };
                if size == expected { Ok(()) } else { Err(ParseErrorKind::SizeMismatch { size, expected }) }
            }
            None if size == 0 => Err(ParseErrorKind::NoData),
            None => Ok(()),
        }
    }

    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        let [hi, lo] = self.method.0.to_be_bytes();
        w.put([hi, lo, 0, 0]);
        w.slice(self.data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_31_data_of_no_wrong_or_right_length() {
        let empty = KeyExchange::parse(&[0, 19, 0, 0]).unwrap();
        assert_eq!(empty.check_len(false), Err(ParseErrorKind::SizeMismatch { size: 0, expected: 64 }));
        let unknown = KeyExchange::parse(&[4, 1, 0, 0]).unwrap();
        assert_eq!(unknown.check_len(false), Err(ParseErrorKind::NoData));
        for size in 0..1600 {
            let ke = KeyExchange { method: KeMethod::ML_KEM_768, data: &[0; 1600][..size] };
            assert_eq!(ke.check_len(false).is_ok(), size == 1184);
            assert_eq!(ke.check_len(true).is_ok(), size == 1088);
        }
        for short in 0..4 {
            let error = KeyExchange::parse(&[0; 4][..short]).unwrap_err();
            assert_eq!(error.kind, ParseErrorKind::Truncated { needed: 4, available: short });
        }
    }
}
