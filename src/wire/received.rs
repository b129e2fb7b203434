//! The header of a message as it was received: IKEv2's, IKEv1's, or that of a version to come (RFC 7296 sections 2.5 and 3.1).

use super::codec::{At, Parsed, Parser, into_fault, octets, rest};
use super::header::{FLAG_INITIATOR, FLAG_RESPONSE, HEADER_LEN, Header};
use super::ikev1::Ikev1Header;
use super::spis::IkeSpis;
use crate::error::{Element, Origin, ParseError};
use crate::registry::{ExchangeType, Ikev1ExchangeType, PayloadType};

/// The major version of IKEv2.
pub(crate) const MAJOR: u8 = 2;
/// The major version of IKEv1.
const MAJOR_OF_IKEV1: u8 = 1;
/// The first Exchange Type of IKEv2; those below are of IKEv1 or reserved (RFC 7296 section 3.1).
const FIRST_EXCHANGE: u8 = 34;

/// Every field of the first 28 octets, from [`Header::peek`] and of any version.
///
/// The fields of [`header`](Self::header) have their meaning where [`is_ikev2`](Self::is_ikev2); of a message of IKEv1
/// [`ikev1`](Self::ikev1) gives them theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Received {
    /// The fields that a sender of IKEv2 chooses.
    pub header: Header,
    /// Major version: 2 of IKEv2, 1 of IKEv1.
    pub major: u8,
    /// Minor version. A receiver of IKEv2 ignores it.
    pub minor: u8,
    /// Next Payload: the type of the first payload.
    pub first: PayloadType,
    /// The octet of the flags, those without a meaning included.
    pub flags: u8,
    /// Length: octets of the whole message, as its sender counts them.
    pub length: u32,
}

impl Received {
    /// Whether the message is read as one of IKEv2: its major version says so, or its Exchange Type, which IKEv1 does not have.
    ///
    /// The version alone does not decide: OpenIKED answers an IKE_SA_INIT request of any version with an SA.
    #[must_use]
    #[inline]
    pub const fn is_ikev2(&self) -> bool {
        self.major == MAJOR || self.header.exchange.0 >= FIRST_EXCHANGE
    }

    /// Length as a size.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.length).unwrap_or(usize::MAX)
    }

    /// The header of a message of IKEv1; `None` of any other.
    #[must_use]
    pub const fn ikev1(&self) -> Option<Ikev1Header> {
        if self.major != MAJOR_OF_IKEV1 || self.is_ikev2() {
            return None;
        }
        let Header { spis, exchange, message_id, .. } = self.header;
        Some(Ikev1Header::new(spis, Ikev1ExchangeType(exchange.0), self.flags, message_id))
    }
}

impl Header {
    /// Reads the first 28 octets of a datagram, whatever version, Length and payloads are: enough to find the IKE SA, and to tell IKEv1.
    ///
    /// ```
    /// use ikev2::wire::Header;
    /// // The first message of IKEv1's Main Mode, of which no more than the header is there.
    /// let received = Header::peek(b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\x01\x10\x02\0\0\0\0\0\0\0\0\xa8")?;
    /// assert_eq!((received.major, received.minor, received.first.0, received.length), (1, 0, 1, 168));
    /// # Ok::<(), ikev2::error::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// [`Truncated`](crate::error::ParseErrorKind::Truncated) when fewer than 28 octets are there.
    #[inline]
    pub fn peek(datagram: &[u8]) -> Result<Received, ParseError> {
        let at = At { offset: 0, origin: Origin::Datagram };
        let fields = (octets::<HEADER_LEN>, rest).parse(datagram).and_then(|(_, (header, _))| fields(header));
        fields.map(|(_, fields)| fields).map_err(|error| into_fault(datagram, error).locate(Element::Header, datagram, at))
    }
}

#[inline]
fn fields(header: &[u8; HEADER_LEN]) -> Parsed<'_, Received> {
    (octets::<8>, octets::<8>, octets::<4>, octets::<4>, octets::<4>)
        .map(|(spi_i, spi_r, &[first, version, exchange, flags], message_id, length)| Received {
            header: Header {
                spis: IkeSpis { initiator: u64::from_be_bytes(*spi_i), responder: u64::from_be_bytes(*spi_r) },
                exchange: ExchangeType(exchange),
                initiator: flags & FLAG_INITIATOR != 0,
                response: flags & FLAG_RESPONSE != 0,
                message_id: u32::from_be_bytes(*message_id),
            },
            major: version >> 4,
            minor: version & 0x0f,
            first: PayloadType(first),
            flags,
            length: u32::from_be_bytes(*length),
        })
        .parse(header)
}

#[cfg(test)]
mod tests {
    use super::super::header::{FLAGS, LENGTH, NEXT_PAYLOAD, VERSION};
    use super::super::writer::Writer;
    use super::*;
    use crate::error::ParseErrorKind;

    #[test]
    fn hostile_04_a_datagram_shorter_than_the_header_says_how_much_is_there() {
        for available in 0..HEADER_LEN {
            let error = Header::peek(&[0xff; HEADER_LEN][..available]).unwrap_err();
            assert_eq!((error.element, error.offset), (Element::Header, 0));
            assert_eq!(error.kind, ParseErrorKind::Truncated { needed: HEADER_LEN, available });
            assert_eq!(error.notify(), None);
        }
    }

    #[test]
    fn reserved_flags_are_not_kept() {
        let mut octets = [0u8; HEADER_LEN];
        octets[FLAGS] = 0xff;
        let Received { header, flags, .. } = Header::peek(&octets).unwrap();
        assert!(header.initiator && header.response && flags == 0xff);
        let mut buf = [0xaa; HEADER_LEN];
        let mut w = Writer::new(&mut buf);
        header.emit(&mut w);
        assert_eq!(w.finish().unwrap()[16..20], [0, 0x20, 0, 0x28]);
    }

    #[test]
    fn the_offsets_are_those_of_the_fields() {
        let with = |offset: usize| {
            let mut octets = [0u8; HEADER_LEN];
            octets[offset] = 0x28;
            Header::peek(&octets).unwrap()
        };
        assert_eq!(with(NEXT_PAYLOAD).first, PayloadType(0x28));
        assert_eq!((with(VERSION).major, with(VERSION).minor), (2, 8));
        assert_eq!(with(FLAGS).flags, 0x28);
        assert_eq!(with(LENGTH).length, 0x2800_0000);
    }

    #[test]
    fn ikev1_is_told_by_its_version_and_an_exchange_that_ikev2_does_not_have() {
        for major in 0..16u8 {
            for exchange in 0..=u8::MAX {
                let mut octets = [0u8; HEADER_LEN];
                (octets[VERSION], octets[18]) = (major << 4, exchange);
                let received = Header::peek(&octets).unwrap();
                assert_eq!(received.is_ikev2(), major == 2 || exchange >= 34);
                assert_eq!(received.ikev1().map(|header| header.exchange.0), (major == 1 && exchange < 34).then_some(exchange));
            }
        }
    }
}
