//! A whole message: header, chain, and nothing after it.

use super::chain::{self, Holder, Payloads, Walked, walk};
use super::codec::At;
use super::header::{self, HEADER_LEN, Header};
use super::received::{self, Received};
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
/// Only lengths bound what is shown, as they do for the most tolerant daemon: every payload whose Payload Length fits in the datagram is
/// there, whatever its other octets say. With a fault nothing else is promised: the version may be another than 2.0, the header's Length
/// may disagree with the octets, and an unknown payload may be critical.
///
/// | fault | what is shown |
/// |---|---|
/// | header Length below 28, or beyond the datagram | the payloads to the end of the datagram |
/// | header Length short of the datagram | the same; a payload behind Length only if its body reads as one |
/// | major version not 2 | the payloads, if the Exchange Type is one of IKEv2; none of IKEv1 |
/// | a Payload Length that does not fit, or no payload where one is announced | the payloads before it |
/// | octets after the last payload, or after SK or SKF | the payloads before them |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LenientMessage<'a> {
    view: View<'a>,
    fault: Option<ParseError>,
}

/// The parts of a message, however strictly they were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct View<'a> {
    received: Received,
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
        let received = Header::peek(datagram)?;
        if let Some(fault) = header_fault(&received, datagram) {
            return Err(fault);
        }
        let payloads = datagram.get(HEADER_LEN..).unwrap_or_default();
        match walk(received.first, payloads, PAYLOADS, Holder::Message { length: payloads.len() }).fault {
            None => Ok(Self { view: View { received, datagram, payloads } }),
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
    /// Only when there is no header to show: fewer than 28 octets.
    pub fn parse_lenient(datagram: &'a [u8]) -> Result<LenientMessage<'a>, ParseError> {
        let received = Header::peek(datagram)?;
        let in_header = header_fault(&received, datagram);
        let octets = datagram.get(HEADER_LEN..).unwrap_or_default();
        if !received.is_ikev2() {
            return Ok(LenientMessage { view: View { received, datagram, payloads: &[] }, fault: in_header });
        }
        let Walked { valid_len, fault: in_chain } = walk(received.first, octets, PAYLOADS, holder(&received, datagram));
        let payloads = octets.get(..valid_len).unwrap_or_default();
        let fault = match (in_header, in_chain) {
            // Octets after the message are a fault after all others; a message cut short is the reason for the others.
            (Some(behind @ ParseError { kind: ParseErrorKind::TrailingOctets { .. }, .. }), Some(chain)) => {
                Some(if is_behind(&chain, &behind) { behind } else { chain })
            }
            _ => in_header.or(in_chain),
        };
        Ok(LenientMessage { view: View { received, datagram, payloads }, fault })
    }
}

impl<'a> LenientMessage<'a> {
    /// The first fault a reader meets: of the version, of a Length that is too small or too great, of the chain, and after these that there
    /// are octets behind the message, which a strict parse reports before it looks inside. `None` when a strict parse accepts the message.
    #[must_use]
    pub const fn fault(&self) -> Option<ParseError> {
        self.fault
    }

    /// Reports every fault: those of the header, those of the chain, and then those of each body, as [`RawPayload::faults`] does.
    ///
    /// ```
    /// use ikev2::wire::Message;
    /// // Length 0, and an SA payload whose one proposal has number 7 and Last Substruc 2; strongSwan takes both.
    /// let octets = b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\x21\x20\x22\x08\0\0\0\0\0\0\0\0\
    ///     \0\0\0\x14\x02\0\0\x10\x07\x01\0\x01\0\0\0\x08\x04\0\0\x13";
    /// let read = Message::parse_lenient(octets)?;
    /// let mut codes = Vec::new();
    /// read.faults(|fault| codes.push((fault.offset, fault.kind.code())));
    /// assert_eq!(codes, [(24, "length-too-small"), (32, "last-substructure")]);
    /// # Ok::<(), ikev2::error::ParseError>(())
    /// ```
    ///
    /// [`RawPayload::faults`]: super::RawPayload::faults
    pub fn faults(&self, mut report: impl FnMut(ParseError)) {
        let View { received, datagram, .. } = &self.view;
        let behind = length_fault(received, datagram);
        version_fault(received).into_iter().chain(behind).for_each(&mut report);
        if !received.is_ikev2() {
            return;
        }
        let octets = datagram.get(HEADER_LEN..).unwrap_or_default();
        chain::faults(received.first, octets, holder(received, datagram), &mut |fault| {
            let fault = fault.locate(Element::PayloadHeader, octets, PAYLOADS);
            if !behind.is_some_and(|behind| is_behind(&fault, &behind)) {
                report(fault);
            }
        });
        self.payloads().for_each(|raw| raw.faults(&mut report));
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
                &self.view.received.header
            }

            /// The header with the fields that the octets after it decide.
            #[must_use]
            pub const fn received(&self) -> &Received {
                &self.view.received
            }

            /// The payloads in clear, in order; SK and SKF are among them, closed.
            #[must_use]
            pub const fn payloads(&self) -> Payloads<'a> {
                Payloads::new(self.view.received.first, self.view.payloads, PAYLOADS)
            }

            /// The octets the message was read from.
            #[must_use]
            pub const fn as_octets(&self) -> &'a [u8] {
                self.view.datagram
            }

            /// The type of the first payload, from the header.
            #[must_use]
            pub const fn first_payload(&self) -> PayloadType {
                self.view.received.first
            }

            /// Major and minor version, from the header.
            #[must_use]
            pub const fn version(&self) -> (u8, u8) {
                (self.view.received.major, self.view.received.minor)
            }

            /// The header's Length field: octets of the whole message, as its sender counts them.
            #[must_use]
            pub const fn length(&self) -> u32 {
                self.view.received.length
            }
        }
    };
}
accessors!(Message);
accessors!(LenientMessage);

/// The first fault of the header's own fields.
#[inline]
fn header_fault(received: &Received, datagram: &[u8]) -> Option<ParseError> {
    version_fault(received).or_else(|| length_fault(received, datagram))
}

#[inline]
fn version_fault(received: &Received) -> Option<ParseError> {
    let major = received.major;
    (major != received::MAJOR).then(|| VERSION.error(Element::Header, ParseErrorKind::MajorVersion { major }))
}

/// Why Length is not that of the datagram.
#[inline]
fn length_fault(received: &Received, datagram: &[u8]) -> Option<ParseError> {
    let length = received.len();
    (length != datagram.len()).then(|| wrong_length(length, datagram.len()))
}

#[cold]
fn wrong_length(length: usize, available: usize) -> ParseError {
    if length < HEADER_LEN {
        LENGTH.error(Element::Header, ParseErrorKind::LengthTooSmall { length, minimum: HEADER_LEN })
    } else if length > available {
        LENGTH.error(Element::Header, ParseErrorKind::LengthPastEnd { length, available })
    } else {
        START.plus(length).error(Element::Header, ParseErrorKind::TrailingOctets { count: available.saturating_sub(length) })
    }
}

/// What holds the chain of a message whose Length may be wrong: below 28 it names no end.
fn holder(received: &Received, datagram: &[u8]) -> Holder {
    let length = received.len().checked_sub(HEADER_LEN).unwrap_or(datagram.len());
    Holder::Message { length }
}

/// Whether a fault of the chain says no more than that there are octets behind the end of the message.
fn is_behind(chain: &ParseError, behind: &ParseError) -> bool {
    let of_octets = |fault: &ParseError| matches!(fault.kind, ParseErrorKind::TrailingOctets { .. });
    of_octets(behind) && chain.offset >= behind.offset && (of_octets(chain) || chain.kind == ParseErrorKind::EncryptedNotLast)
}
