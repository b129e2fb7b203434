//! A whole message: header, chain, and nothing after it.

use super::chain::{Payloads, Walked, walk};
use super::codec::At;
use super::header::{self, Framing, HEADER_LEN, Header};
use crate::error::{Element, Origin, ParseError, ParseErrorKind};
use crate::registry::PayloadType;

const START: At = At { offset: 0, origin: Origin::Datagram };
const PAYLOADS: At = START.plus(HEADER_LEN);
const VERSION: At = START.plus(header::VERSION);
const LENGTH: At = START.plus(header::LENGTH);

/// An IKE message whose header and payload framing were checked to the last octet.
///
/// Every payload's length fits, the chain ends where the message ends, no unknown payload is critical, and SK or SKF, if
/// there, is the last. Bodies are checked by [`RawPayload::parse`](super::RawPayload::parse). Only a strict reading gives a
/// `Message`: [`parse`](Self::parse), or [`LenientMessage::strict`] where that found no fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    view: View<'a>,
}

/// What a monitor can read of a message, and the first fault in it.
///
/// The header is whole. The payloads are those before the fault, each with a length that fits. With a fault nothing else is
/// promised: the version may be another than 2.0, Length may disagree with the octets, and an unknown payload may be critical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LenientMessage<'a> {
    view: View<'a>,
    fault: Option<ParseError>,
}

/// The parts of a message, however strictly they were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct View<'a> {
    header: Header,
    framing: Framing,
    datagram: &'a [u8],
    payloads: &'a [u8],
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
            None => Ok(Self { view: View { header, framing, datagram, payloads } }),
            Some(fault) => Err(fault),
        }
    }

    /// Reads as much of a message as there is, for those who watch rather than answer.
    ///
    /// ```
    /// use ikev2::error::ParseErrorKind;
    /// use ikev2::wire::Message;
    /// // A Vendor ID, and then the end where Next Payload announces a Nonce.
    /// let octets = b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\x2b\x20\x22\x08\0\0\0\0\0\0\0\x20\x28\0\0\x04";
    /// let read = Message::parse_lenient(octets)?;
    /// assert_eq!(read.payloads().count(), 1);
    /// assert!(matches!(read.fault().unwrap().kind, ParseErrorKind::ChainEnds(_)));
    /// assert!(read.strict().is_err());
    /// # Ok::<(), ikev2::error::ParseError>(())
    /// ```
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
                let chain = datagram.get(HEADER_LEN..end).unwrap_or_default();
                let Walked { valid_len, fault: in_chain } = walk(framing.first, chain, PAYLOADS, false);
                payloads = chain.get(..valid_len).unwrap_or_default();
                // Octets after the message are a fault after all others; a message cut short is the reason for the others.
                fault = match fault {
                    Some(ParseError { kind: ParseErrorKind::TrailingOctets { .. }, .. }) | None => in_chain.or(fault),
                    short => short,
                };
            }
        }
        Ok(LenientMessage { view: View { header, framing, datagram, payloads }, fault })
    }
}

impl<'a> LenientMessage<'a> {
    /// The fault that stands first; `None` when a strict parse accepts the message. (A strict parse reports octets after the
    /// message before it looks for a fault inside.)
    #[must_use]
    pub const fn fault(&self) -> Option<ParseError> {
        self.fault
    }

    /// The message, which is one if there is no fault in it.
    ///
    /// # Errors
    /// [`fault`](Self::fault).
    pub const fn strict(&self) -> Result<Message<'a>, ParseError> {
        match self.fault {
            None => Ok(Message { view: self.view }),
            Some(fault) => Err(fault),
        }
    }
}

/// A strict reading is a lenient one that found no fault.
impl<'a> From<Message<'a>> for LenientMessage<'a> {
    fn from(message: Message<'a>) -> Self {
        Self { view: message.view, fault: None }
    }
}

/// What both readings show.
macro_rules! accessors {
    ($reading:ident) => {
        impl<'a> $reading<'a> {
            /// The header.
            #[must_use]
            pub const fn header(&self) -> &Header {
                &self.view.header
            }

            /// The payloads in clear, in order; SK and SKF are among them, closed.
            #[must_use]
            pub const fn payloads(&self) -> Payloads<'a> {
                Payloads::new(self.view.framing.first, self.view.payloads, PAYLOADS)
            }

            /// The octets the message was read from.
            #[must_use]
            pub const fn as_octets(&self) -> &'a [u8] {
                self.view.datagram
            }

            /// The type of the first payload, from the header.
            #[must_use]
            pub const fn first_payload(&self) -> PayloadType {
                self.view.framing.first
            }

            /// Major and minor version, from the header.
            #[must_use]
            pub const fn version(&self) -> (u8, u8) {
                (self.view.framing.version >> 4, self.view.framing.version & 0x0f)
            }

            /// The header's Length field: octets of the whole message, as its sender counts them.
            #[must_use]
            pub const fn length(&self) -> u32 {
                self.view.framing.length
            }
        }
    };
}
accessors!(Message);
accessors!(LenientMessage);

impl LenientMessage<'_> {
    /// The header's flags, those without a meaning included.
    pub(crate) const fn flags(&self) -> u8 {
        self.view.framing.flags
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
        START.plus(length).error(Element::Header, ParseErrorKind::TrailingOctets { count: available.saturating_sub(length) })
    }
}
