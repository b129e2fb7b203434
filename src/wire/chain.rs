//! The chain of payloads, RFC 7296 section 3.2: the same after the IKE header and inside an SK payload.
//!
//! ```text
//!                      1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! | Next Payload  |C|  RESERVED   |         Payload Length        |
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```

use super::codec::{At, Fault, element, no_element};
#[cfg(feature = "alloc")]
use super::header::{HEADER_LEN, NEXT_PAYLOAD};
use crate::error::{Element, Origin, ParseError, ParseErrorKind};
use crate::registry::PayloadType;
use core::iter::FusedIterator;

/// Octets of the generic payload header.
pub const PAYLOAD_HEADER_LEN: usize = 4;

/// Offset of Payload Length in the generic payload header.
pub(crate) const PAYLOAD_LENGTH: usize = 2;

/// Octets of Fragment Number and Total Fragments, with which the body of SKF begins (RFC 7383 section 2.5).
pub(crate) const FRAGMENT_HEADER_LEN: usize = 4;

/// The critical bit of the generic payload header.
pub(crate) const CRITICAL: u8 = 0x80;

/// One payload whose framing was checked and whose body was not; [`parse`](Self::parse) checks the body.
///
/// From a [`Message`](super::Message) or a [`Chain`] it is one of a sound chain: none is unknown and critical. From a
/// [`LenientMessage`](super::LenientMessage) or a [`LenientChain`] only its own length is sure; what follows it may be broken,
/// and it may itself be the critical one that a strict parse refuses the message for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RawPayload<'a> {
    /// The payload's type, which the header before it announces.
    pub ty: PayloadType,
    /// The critical bit. It has no meaning on the payloads of RFC 7296, and is written for unknown ones only.
    pub critical: bool,
    /// The Next Payload field: the type of the payload after this one, or the first type inside SK and SKF.
    pub next_payload: PayloadType,
    /// The octets after the generic payload header.
    pub body: &'a [u8],
    pub(crate) at: At,
}

impl<'a> RawPayload<'a> {
    /// A payload of a type this crate does not write by itself.
    #[must_use]
    pub const fn new(ty: PayloadType, critical: bool, body: &'a [u8]) -> Self {
        Self { ty, critical, next_payload: PayloadType::NO_NEXT_PAYLOAD, body, at: At::INPUT }
    }

    /// Octets from the start of the message (or of the decrypted content) to the generic payload header.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at.offset
    }

    /// Octets of the payload, its generic header included.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.body.len().saturating_add(PAYLOAD_HEADER_LEN)
    }

    /// Whether the body is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Where the body stands.
    pub(crate) const fn body_at(&self) -> At {
        self.at.plus(PAYLOAD_HEADER_LEN)
    }
}

/// The decrypted content of an SK payload, or of a reassembled fragment set: a checked chain of payloads.
///
/// Every payload's length fits, the chain ends where the content ends, no unknown payload is critical, and there is no SK or
/// SKF. Only a strict reading gives a `Chain`: [`parse`](Self::parse), or [`LenientChain::strict`] where that found no fault.
///
/// ```
/// use ikev2::registry::PayloadType;
/// use ikev2::wire::{Chain, Payload};
/// let content = [0, 0, 0, 8, 0, 0, 0x40, 0x00]; // one Notify: INITIAL_CONTACT
/// let chain = Chain::parse(PayloadType::N, &content)?;
/// for raw in chain.payloads() {
///     assert!(matches!(raw.parse()?, Payload::Notify(_)));
/// }
/// # Ok::<(), ikev2::error::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chain<'a> {
    first: PayloadType,
    octets: &'a [u8],
}

/// What can be read of a chain, and the first fault in it.
///
/// The payloads are those whose lengths fit, whatever else is wrong with them: an unknown one may be critical, and the last may be an SK
/// payload, which does not nest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LenientChain<'a> {
    first: PayloadType,
    /// All that was there.
    content: &'a [u8],
    octets: &'a [u8],
    fault: Option<ParseError>,
}

impl<'a> Chain<'a> {
    /// Checks the framing of every payload in `content`, the first of which has type `first` (the Next Payload field of SK, or
    /// of the first SKF).
    ///
    /// # Errors
    /// The first fault; offsets count from the start of `content`. SK and SKF are refused: they do not nest.
    pub fn parse(first: PayloadType, content: &'a [u8]) -> Result<Self, ParseError> {
        match walk(first, content, CONTENT, Holder::Encrypted) {
            Walked { fault: None, .. } => Ok(Self { first, octets: content }),
            Walked { fault: Some(fault), .. } => Err(fault),
        }
    }

    /// Reads as far as the framing goes.
    #[must_use]
    pub fn parse_lenient(first: PayloadType, content: &'a [u8]) -> LenientChain<'a> {
        let Walked { valid_len, fault } = walk(first, content, CONTENT, Holder::Encrypted);
        LenientChain { first, content, octets: content.get(..valid_len).unwrap_or_default(), fault }
    }
}

impl<'a> LenientChain<'a> {
    /// The first fault; `None` when a strict parse accepts the chain.
    #[must_use]
    pub const fn fault(&self) -> Option<ParseError> {
        self.fault
    }

    /// Reports every fault: those of the chain, and then those of each body, as [`RawPayload::faults`] does.
    pub fn faults(&self, mut report: impl FnMut(ParseError)) {
        faults(self.first, self.content, Holder::Encrypted, &mut |fault| {
            report(fault.locate(Element::PayloadHeader, self.content, CONTENT));
        });
        self.payloads().for_each(|raw| raw.faults(&mut report));
    }

    /// The chain, which is one if there is no fault in it.
    ///
    /// # Errors
    /// [`fault`](Self::fault).
    pub const fn strict(&self) -> Result<Chain<'a>, ParseError> {
        match self.fault {
            None => Ok(Chain { first: self.first, octets: self.octets }),
            Some(fault) => Err(fault),
        }
    }
}

/// A strict reading is a lenient one that found no fault.
impl<'a> From<Chain<'a>> for LenientChain<'a> {
    fn from(Chain { first, octets }: Chain<'a>) -> Self {
        Self { first, content: octets, octets, fault: None }
    }
}

/// What both readings show.
macro_rules! accessors {
    ($reading:ident, $octets:literal) => {
        impl<'a> $reading<'a> {
            /// The payloads, in order.
            #[must_use]
            pub const fn payloads(&self) -> Payloads<'a> {
                Payloads::new(self.first, self.octets, CONTENT)
            }

            /// The type of the first payload.
            #[must_use]
            pub const fn first_payload(&self) -> PayloadType {
                self.first
            }

            #[doc = $octets]
            #[must_use]
            pub const fn as_octets(&self) -> &'a [u8] {
                self.octets
            }
        }
    };
}
accessors!(Chain, "The octets of the chain.");
accessors!(LenientChain, "The octets of the payloads, without what no length frames.");

const CONTENT: At = At { offset: 0, origin: Origin::Content };

/// Iterates over the payloads of a checked chain; nothing here can fail.
#[derive(Clone, Debug)]
pub struct Payloads<'a> {
    next: PayloadType,
    octets: &'a [u8],
    /// Where `octets` end: they shrink from the front, and nobody asks for an offset unless something is wrong.
    end: At,
}

impl<'a> Payloads<'a> {
    pub(crate) const fn new(first: PayloadType, octets: &'a [u8], at: At) -> Self {
        Self { next: first, octets, end: at.plus(octets.len()) }
    }

    /// The payloads between an IKE header and the SK payload it ends before; `head` is both, as they were checked.
    #[cfg(feature = "alloc")]
    pub(crate) fn after_header(head: &'a [u8]) -> Self {
        match head.split_first_chunk::<HEADER_LEN>() {
            Some((header, octets)) => {
                Self::new(PayloadType(header[NEXT_PAYLOAD]), octets, At { offset: HEADER_LEN, origin: Origin::Datagram })
            }
            None => Self::new(PayloadType::NO_NEXT_PAYLOAD, &[], CONTENT),
        }
    }
}

impl<'a> Iterator for Payloads<'a> {
    type Item = RawPayload<'a>;

    #[inline]
    fn next(&mut self) -> Option<RawPayload<'a>> {
        let (&[next, flags, ..], body, rest) = element::<PAYLOAD_HEADER_LEN>(self.octets)?;
        let next = PayloadType(next);
        let at = self.end.minus(self.octets.len());
        let raw = RawPayload { ty: self.next, critical: flags & CRITICAL != 0, next_payload: next, body, at };
        self.next = next;
        self.octets = rest;
        Some(raw)
    }
}

impl FusedIterator for Payloads<'_> {}

/// How far a chain goes: octets of whole payloads, and the first fault.
pub(crate) struct Walked {
    pub(crate) valid_len: usize,
    pub(crate) fault: Option<ParseError>,
}

/// What holds a chain, which decides what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A message, which ends `length` octets after its header, as the header says; SK or SKF may be the last payload.
    Message {
        /// Octets from the header to the end that Length names.
        length: usize,
    },
    /// An SK payload, or a set of SKF payloads.
    Encrypted,
}

/// Checks the framing of a chain: lengths, the end, the critical rule, and that SK and SKF are last and not nested.
#[inline(always)]
pub(crate) fn walk(first: PayloadType, octets: &[u8], at: At, holder: Holder) -> Walked {
    if is_plain(first, octets, holder) {
        Walked { valid_len: octets.len(), fault: None }
    } else {
        walk_by_all_rules(first, octets, at, holder)
    }
}

/// Whether nothing is there that the other rules are about: to the last octet every payload in clear, or behind them SK or SKF in a message,
/// and none critical.
#[inline(always)]
fn is_plain(first: PayloadType, octets: &[u8], holder: Holder) -> bool {
    if matches!(holder, Holder::Message { length } if length < octets.len()) {
        return false;
    }
    let mut ty = first;
    let mut rest = octets;
    while ty != PayloadType::NO_NEXT_PAYLOAD {
        match element::<PAYLOAD_HEADER_LEN>(rest) {
            Some((&[next, flags, ..], body, after)) if flags & CRITICAL == 0 => {
                if is_encrypted(ty) {
                    let is_whole = ty == PayloadType::SK || fragment_header(body).is_ok();
                    return after.is_empty() && holder != Holder::Encrypted && is_whole;
                }
                rest = after;
                ty = PayloadType(next);
            }
            _ => return false,
        }
    }
    rest.is_empty()
}

#[inline(never)]
fn walk_by_all_rules(first: PayloadType, octets: &[u8], at: At, holder: Holder) -> Walked {
    let mut fault = None;
    let mut critical = None;
    let valid_len = faults(first, octets, holder, &mut |found| {
        let kind = if matches!(found.kind(), ParseErrorKind::UnsupportedCritical(_)) { &mut critical } else { &mut fault };
        if kind.is_none() {
            *kind = Some(found.locate(Element::PayloadHeader, octets, at));
        }
    });
    // RFC 7296 section 2.5: an unknown critical payload is answered as one, whatever is wrong behind it.
    Walked { valid_len, fault: critical.or(fault) }
}

/// Walks the payloads as far as their lengths fit and names every fault; gives the octets of whole payloads.
///
/// What follows SK or SKF is none: Next Payload speaks of their content.
pub(crate) fn faults<'a>(first: PayloadType, octets: &'a [u8], holder: Holder, found: &mut impl FnMut(Fault<'a>)) -> usize {
    let mut ty = first;
    let mut rest = octets;
    while ty != PayloadType::NO_NEXT_PAYLOAD {
        let Some((&[next, flags, ..], body, after)) = element::<PAYLOAD_HEADER_LEN>(rest) else {
            found(no_payload(ty, rest));
            return octets.len().saturating_sub(rest.len());
        };
        if is_behind(octets, rest, holder) && !reads_as_payload(ty, body) {
            break;
        }
        if flags & CRITICAL != 0 && !ty.is_known() {
            found(Fault::of(Element::Payload(ty), rest, ParseErrorKind::UnsupportedCritical(ty)));
        }
        if is_encrypted(ty) {
            if holder == Holder::Encrypted {
                found(Fault::of(Element::Payload(ty), rest, ParseErrorKind::EncryptedNotLast));
            }
            if ty == PayloadType::SKF {
                fragment_header(body).err().map(&mut *found);
            }
            if !after.is_empty() {
                found(Fault::new(after, ParseErrorKind::EncryptedNotLast));
            }
            return octets.len().saturating_sub(after.len());
        }
        rest = after;
        ty = PayloadType(next);
    }
    if !rest.is_empty() {
        found(Fault::new(rest, ParseErrorKind::TrailingOctets { count: rest.len() }));
    }
    octets.len().saturating_sub(rest.len())
}

/// Whether a payload at `rest` begins behind the end that the header's Length names.
fn is_behind(octets: &[u8], rest: &[u8], holder: Holder) -> bool {
    match holder {
        Holder::Message { length } => octets.len().saturating_sub(rest.len()) >= length,
        Holder::Encrypted => false,
    }
}

/// Whether octets behind the end of the message are one more payload of it, and not what happens to stand there: whether there is
/// something of its type in them. strongSwan reads to the end of the datagram whatever Length says.
fn reads_as_payload(ty: PayloadType, body: &[u8]) -> bool {
    RawPayload::new(ty, false, body).shows_something() && !(is_encrypted(ty) && body.is_empty())
}

/// Fragment Number, Total Fragments and what follows, as the chain's check and the typed view both need them.
#[inline]
pub(crate) fn fragment_header(body: &[u8]) -> Result<(u16, u16, &[u8]), Fault<'_>> {
    let element = Element::Payload(PayloadType::SKF);
    let Some((&[n1, n0, t1, t0], sealed)) = body.split_first_chunk::<FRAGMENT_HEADER_LEN>() else {
        return Err(Fault::of(element, body, ParseErrorKind::Truncated { needed: FRAGMENT_HEADER_LEN, available: body.len() }));
    };
    let (number, total) = (u16::from_be_bytes([n1, n0]), u16::from_be_bytes([t1, t0]));
    // RFC 7383 section 2.5: both fields MUST NOT be zero, and the number MUST NOT exceed the total.
    if number == 0 || number > total {
        return Err(Fault::of(element, body, ParseErrorKind::FragmentNumber { number, total }));
    }
    Ok((number, total, sealed))
}

/// Why no payload of type `ty` begins at `input`.
#[cold]
fn no_payload(ty: PayloadType, input: &[u8]) -> Fault<'_> {
    let kind = if input.is_empty() { ParseErrorKind::ChainEnds(ty) } else { no_element::<PAYLOAD_HEADER_LEN>(input) };
    Fault::new(input, kind)
}

/// Whether the payload holds others: what follows it in clear text is a fault, and Next Payload speaks of its content.
#[inline]
const fn is_encrypted(ty: PayloadType) -> bool {
    matches!(ty, PayloadType::SK | PayloadType::SKF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ParseErrorKind::*;
    use alloc::vec::Vec;

    fn fault(first: u8, octets: &[u8]) -> (Element, usize, ParseErrorKind) {
        let error = Chain::parse(PayloadType(first), octets).unwrap_err();
        assert_eq!(error.origin, Origin::Content);
        assert_eq!(Chain::parse_lenient(PayloadType(first), octets).fault(), Some(error));
        (error.element, error.offset, error.kind)
    }

    #[test]
    fn hostile_02_a_length_below_its_header_or_past_the_end_is_located() {
        let header = Element::PayloadHeader;
        for length in 0..4u8 {
            assert_eq!(fault(200, &[200, 0, 0, 4, 0, 0, 0, length]), (header, 4, LengthTooSmall { length: length.into(), minimum: 4 }));
        }
        assert_eq!(fault(200, &[0, 0, 0, 5]), (header, 0, LengthPastEnd { length: 5, available: 4 }));
        assert_eq!(fault(200, &[0, 0, 0xff, 0xff]), (header, 0, LengthPastEnd { length: 65535, available: 4 }));
        assert_eq!(fault(200, &[200, 0, 0, 4]), (header, 4, ChainEnds(PayloadType(200))));
        assert_eq!(fault(200, &[200, 0, 0, 4, 0, 0]), (header, 4, Truncated { needed: 4, available: 2 }));
        assert_eq!(fault(200, &[0, 0, 0, 4, 7, 7, 7]), (header, 4, TrailingOctets { count: 3 }));
        assert_eq!(fault(0, &[7]), (header, 0, TrailingOctets { count: 1 }));
        assert!(Chain::parse(PayloadType(0), &[]).is_ok());
    }

    /// What is plain is not looked at by all rules, and these would show and say the same of it, wherever Length ends the message.
    #[test]
    fn the_short_way_leads_where_all_rules_lead() {
        let chains: [(u8, &[u8]); 9] = [
            // A Vendor ID, and a Nonce that is too short, so that behind Length it does not read as a payload.
            (43, &[40, 0, 0, 8, 1, 2, 3, 4, 0, 0, 0, 8, 1, 2, 3, 4]),
            (43, &[43, 0, 0, 8, 1, 2, 3, 4, 0, 0, 0, 8, 1, 2, 3, 4]),
            (43, &[46, 0, 0, 4, 33, 0, 0, 8, 1, 2, 3, 4]),
            (46, &[33, 0, 0, 8, 1, 2, 3, 4, 9]),
            (46, &[33, CRITICAL, 0, 4]),
            (53, &[33, 0, 0, 10, 0, 1, 0, 1, 7, 7]),
            (53, &[33, 0, 0, 8, 0, 2, 0, 1]),
            (53, &[33, 0, 0, 7, 0, 2, 0]),
            (200, &[0, CRITICAL, 0, 4]),
        ];
        for (first, octets) in chains {
            let lengths = (0..octets.len() + 2).map(|length| Holder::Message { length });
            for holder in lengths.chain([Holder::Encrypted]) {
                let [short, long] = [walk, walk_by_all_rules].map(|walk| walk(PayloadType(first), octets, CONTENT, holder));
                assert_eq!((short.valid_len, short.fault), (long.valid_len, long.fault), "{first} {octets:?} {holder:?}");
            }
        }
    }

    #[test]
    fn hostile_27_every_payload_type_octet_is_read_unsigned_and_only_unknown_critical_ones_are_refused() {
        for ty in 1..=255u8 {
            let encrypted = matches!(ty, 46 | 53);
            for critical in [0, CRITICAL] {
                let octets = [0, critical, 0, 8, 0, 0, 0, 0];
                let parsed = Chain::parse(PayloadType(ty), &octets);
                match (encrypted, critical != 0 && !PayloadType(ty).is_known()) {
                    (true, _) => assert_eq!(parsed.unwrap_err().kind, EncryptedNotLast),
                    (_, true) => assert_eq!(parsed.unwrap_err().kind, UnsupportedCritical(PayloadType(ty))),
                    _ => assert_eq!(parsed.unwrap().payloads().next().unwrap().ty.0, ty),
                }
            }
        }
    }

    #[test]
    fn a_critical_payload_is_a_fault_and_still_yielded_with_what_follows() {
        let octets = [201, CRITICAL, 0, 4, 0, 0, 0, 5, 9];
        let lenient = Chain::parse_lenient(PayloadType(200), &octets);
        let types: Vec<_> = lenient.payloads().map(|raw| (raw.ty.0, raw.critical, raw.offset())).collect();
        assert_eq!(types, [(200, true, 0), (201, false, 4)]);
        assert_eq!(fault(200, &octets), (Element::Payload(PayloadType(200)), 0, UnsupportedCritical(PayloadType(200))));
    }

    #[test]
    fn hostile_02_03_a_fragment_header_is_four_octets_and_counts_from_one() {
        for len in 0..4 {
            assert!(fragment_header(&[0, 1, 0, 1][..len]).is_err());
        }
        for number in [0u16, 1, 2, 255, 256, 65535] {
            for total in [0u16, 1, 2, 255, 256, 65535] {
                let [n1, n0] = number.to_be_bytes();
                let [t1, t0] = total.to_be_bytes();
                assert_eq!(fragment_header(&[n1, n0, t1, t0]).is_ok(), number != 0 && total != 0 && number <= total);
            }
        }
    }
}
