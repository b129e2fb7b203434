//! A whole message: header, chain, and nothing after it.

use super::chain::{Payloads, Walked, walk};
use super::codec::At;
use super::header::{self, Framing, HEADER_LEN, Header};
use crate::error::{Element, ParseError, ParseErrorKind, Space};
use crate::registry::PayloadType;

const START: At = At { offset: 0, space: Space::Datagram };
const PAYLOADS: At = START.plus(HEADER_LEN);
const VERSION: At = START.plus(header::VERSION);
const LENGTH: At = START.plus(header::LENGTH);

/// An IKE message whose header and payload framing were checked to the last octet.
///
/// Every payload's length fits, the chain ends where the message ends, no unknown payload is critical, and SK or SKF, if
/// there, is the last. Bodies are checked by [`RawPayload::parse`](super::RawPayload::parse).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    header: Header,
    framing: Framing,
    datagram: &'a [u8],
    payloads: &'a [u8],
}

/// What a monitor can read of a message, and the first fault in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LenientMessage<'a> {
    /// The header and the payloads before the fault.
    pub message: Message<'a>,
    /// The fault that stands first; `None` when a strict parse accepts the message. (A strict parse reports octets after the
    /// message before it looks for a fault inside.)
    pub fault: Option<ParseError>,
}

impl<'a> Message<'a> {
    /// Reads a message: `datagram` is the IKE message and nothing else (see [`transport`](super::transport)).
    ///
    /// ```
    /// use ikev2::error::{Element, ParseErrorKind};
    /// use ikev2::wire::Message;
    /// let error = Message::parse(&[0; 27]).unwrap_err();
    /// assert_eq!(error.element, Element::Header);
    /// assert_eq!(error.kind, ParseErrorKind::Truncated { needed: 28, available: 27 });
    /// ```
    ///
    /// # Errors
    /// The first fault, with its offset from the start of `datagram`: header short, major version not 2, header Length
    /// that is not the datagram's, or a fault in the payload chain.
    #[inline]
    pub fn parse(datagram: &'a [u8]) -> Result<Self, ParseError> {
        let (header, framing) = Header::parse(datagram)?;
        if let Some(fault) = header_fault(&framing, datagram) {
            return Err(fault);
        }
        let payloads = datagram.get(HEADER_LEN..).unwrap_or_default();
        match walk(framing.first, payloads, PAYLOADS, false).fault {
            None => Ok(Self { header, framing, datagram, payloads }),
            Some(fault) => Err(fault),
        }
    }

    /// Reads as much of a message as there is, for those who watch rather than answer.
    ///
    /// # Errors
    /// Only when there is no header to show: fewer than 28 octets, or a Length below 28.
    pub fn parse_lenient(datagram: &'a [u8]) -> Result<LenientMessage<'a>, ParseError> {
        let (header, framing) = Header::parse(datagram)?;
        let mut fault = header_fault(&framing, datagram);
        let mut payloads = &[][..];
        match fault {
            Some(short @ ParseError { kind: ParseErrorKind::LengthTooSmall { .. }, .. }) => return Err(short),
            // The octets after the header of another major version have another meaning.
            Some(ParseError { kind: ParseErrorKind::MajorVersion { .. }, .. }) => {}
            _ => {
                let end = usize::try_from(framing.length).unwrap_or(usize::MAX).min(datagram.len());
                let there = datagram.get(HEADER_LEN..end).unwrap_or_default();
                let Walked { good, fault: in_chain } = walk(framing.first, there, PAYLOADS, false);
                payloads = there.get(..good).unwrap_or_default();
                // Octets after the message are a fault after all others; a message cut short is the reason for the others.
                fault = match fault {
                    Some(ParseError { kind: ParseErrorKind::Trailing { .. }, .. }) | None => in_chain.or(fault),
                    short => short,
                };
            }
        }
        Ok(LenientMessage { message: Self { header, framing, datagram, payloads }, fault })
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The payloads in clear, in order; SK and SKF are among them, closed.
    #[must_use]
    pub const fn payloads(&self) -> Payloads<'a> {
        Payloads::new(self.framing.first, self.payloads, PAYLOADS)
    }

    /// The octets the message was read from.
    #[must_use]
    pub const fn as_octets(&self) -> &'a [u8] {
        self.datagram
    }

    /// The type of the first payload, from the header.
    #[must_use]
    pub const fn first(&self) -> PayloadType {
        self.framing.first
    }

    /// Major and minor version, from the header.
    #[must_use]
    pub const fn version(&self) -> (u8, u8) {
        (self.framing.version >> 4, self.framing.version & 0x0f)
    }

    /// The header's Length field: octets of the whole message.
    #[must_use]
    pub const fn length(&self) -> u32 {
        self.framing.length
    }

    pub(crate) const fn framing(&self) -> &Framing {
        &self.framing
    }
}

/// The first fault of the header's own fields.
#[inline]
fn header_fault(framing: &Framing, datagram: &[u8]) -> Option<ParseError> {
    let major = framing.version >> 4;
    if major != 2 {
        return Some(VERSION.error(Element::Header, ParseErrorKind::MajorVersion { major }));
    }
    let length = usize::try_from(framing.length).unwrap_or(usize::MAX);
    if length == datagram.len() {
        return None;
    }
    Some(length_fault(length, datagram.len()))
}

#[cold]
fn length_fault(length: usize, available: usize) -> ParseError {
    if length < HEADER_LEN {
        LENGTH.error(Element::Header, ParseErrorKind::LengthTooSmall { length, minimum: HEADER_LEN })
    } else if length > available {
        LENGTH.error(Element::Header, ParseErrorKind::LengthPastEnd { length, available })
    } else {
        START.plus(length).error(Element::Header, ParseErrorKind::Trailing { count: available.saturating_sub(length) })
    }
}
