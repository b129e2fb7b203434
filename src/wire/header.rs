//! The IKE header, RFC 7296 section 3.1.
//!
//! ```text
//!                      1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                       IKE SA Initiator's SPI                  |
//! |                                                               |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                       IKE SA Responder's SPI                  |
//! |                                                               |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |  Next Payload | MjVer | MnVer | Exchange Type |     Flags     |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                          Message ID                           |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |                            Length                             |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::codec::{At, Parsed, Parser, into_fault, octets, rest};
use super::received::Received;
use super::writer::Writer;
use crate::error::{Element, Origin, ParseError};
use crate::registry::{ExchangeType, PayloadType};
use crate::role::Role;

/// Octets of the IKE header.
pub const HEADER_LEN: usize = 28;

/// Offset of the Next Payload field.
pub(crate) const NEXT_PAYLOAD: usize = 16;
/// Offset of the major and minor version.
pub(crate) const VERSION: usize = 17;
/// Offset of the Flags.
pub(crate) const FLAGS: usize = 19;
/// Offset of the Length field.
pub(crate) const LENGTH: usize = 24;

/// The Initiator flag: the sender is the original initiator of the IKE SA.
pub(crate) const FLAG_INITIATOR: u8 = 0x08;
/// The Version flag: the sender speaks a higher major version. Ignored on receipt, clear when sent.
pub(crate) const FLAG_VERSION: u8 = 0x10;
/// The Response flag.
pub(crate) const FLAG_RESPONSE: u8 = 0x20;

/// The two SPIs that name an IKE SA (RFC 7296 section 3.1), from either side alike.
///
/// ```
/// let spis = ikev2::wire::IkeSpis { initiator: 1, responder: 0x2a };
/// assert_eq!(spis.to_string(), "0000000000000001:000000000000002a");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IkeSpis {
    /// IKE SA Initiator's SPI, not zero.
    pub initiator: u64,
    /// IKE SA Responder's SPI; zero while it is not known (RFC 7296 section 2.6).
    pub responder: u64,
}

impl core::fmt::Display for IkeSpis {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:016x}:{:016x}", self.initiator, self.responder)
    }
}

/// Reads what [`Display`](core::fmt::Display) writes: two times 16 hexadecimal digits with a colon between them.
impl core::str::FromStr for IkeSpis {
    type Err = NoIkeSpis;

    fn from_str(text: &str) -> Result<Self, NoIkeSpis> {
        let spi = |digits: &str| {
            let is_spi = digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if is_spi { u64::from_str_radix(digits, 16).map_err(|_| NoIkeSpis) } else { Err(NoIkeSpis) }
        };
        let (initiator, responder) = text.split_once(':').ok_or(NoIkeSpis)?;
        Ok(Self { initiator: spi(initiator)?, responder: spi(responder)? })
    }
}

/// A text that is not the SPIs of an IKE SA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the SPIs of an IKE SA are written as twice 16 hexadecimal digits with a colon between them")]
pub struct NoIkeSpis;

/// As text: SPIs have 64 bits, and many readers of JSON keep 53 of a number.
#[cfg(feature = "serde")]
impl serde::Serialize for IkeSpis {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for IkeSpis {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl serde::de::Visitor<'_> for Text {
            type Value = IkeSpis;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("the SPIs of an IKE SA, as hexadecimal digits")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<IkeSpis, E> {
                text.parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// What a sender chooses in the IKE header; Next Payload and Length follow from the payloads, the version is 2.0.
///
/// As read by [`Message::parse`](super::Message::parse), reserved flags and the minor version are ignored (RFC 7296 section 2.5);
/// [`audit`](super::audit) reports them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Header {
    /// The SPIs of the IKE SA; the responder's is zero in an IKE_SA_INIT request (RFC 7296 section 2.6).
    pub spis: IkeSpis,
    /// Exchange Type; unknown ones are kept.
    pub exchange: ExchangeType,
    /// The I flag: sent by the original initiator of the IKE SA.
    pub initiator: bool,
    /// The R flag: a response to the request with the same Message ID.
    pub response: bool,
    /// Message ID.
    pub message_id: u32,
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

    /// The side of the IKE SA that sent the message, as the I flag says.
    #[must_use]
    pub const fn sender(&self) -> Role {
        if self.initiator { Role::Initiator } else { Role::Responder }
    }

    /// The side of the IKE SA that began the exchange: the sender of a request, and the peer of who sends a response.
    #[must_use]
    pub const fn requester(&self) -> Role {
        if self.response { self.sender().other() } else { self.sender() }
    }

    /// Writes the header with Next Payload and Length zero, to be patched.
    #[inline]
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        let flags = if self.initiator { FLAG_INITIATOR } else { 0 } | if self.response { FLAG_RESPONSE } else { 0 };
        w.put(self.spis.initiator.to_be_bytes());
        w.put(self.spis.responder.to_be_bytes());
        w.put([0, 0x20, self.exchange.0, flags]);
        w.put(self.message_id.to_be_bytes());
        w.put([0; 4]);
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
    fn both_messages_of_an_exchange_name_the_side_that_began_it() {
        for requester in [Role::Initiator, Role::Responder] {
            for response in [false, true] {
                let sender = if response { requester.other() } else { requester };
                let initiator = sender == Role::Initiator;
                let exchange = ExchangeType::INFORMATIONAL;
                let header = Header { spis: IkeSpis::default(), exchange, initiator, response, message_id: 0 };
                assert_eq!((header.sender(), header.requester()), (sender, requester));
            }
        }
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
}
