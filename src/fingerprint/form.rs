//! The form of a message, as docs/fingerprint.md specifies it.
//!
//! Numbers and no names, so that a form does not change when a registry learns a name; the lengths of what differs between two messages of
//! one sender, and not its octets. What a reader ignores (reserved octets, critical bits, a protocol beside a notify) is there when it is
//! not zero.

use crate::registry::{NotifyType, PayloadType, SecurityProtocol, TransformAttributeType};
use crate::wire::{HEADER_LEN, LenientMessage, Payload, RawPayload, Sa, TransformAttributeValue, TransformSubstructure};
use core::fmt::{Result, Write};

/// What stands first in a form.
pub(super) const VERSION: u8 = 1;
/// Octets of a vendor ID, or of an attribute, that are written; of more, their number.
const WRITTEN: usize = 32;

/// The letter of requests and of responses.
pub(super) const fn kind(response: bool) -> char {
    if response { 'r' } else { 'q' }
}

/// The part that the stack decides: version and kind, header, payloads, shape of the proposals.
pub(super) fn stack(message: &LenientMessage<'_>, out: &mut dyn Write) -> Result {
    let header = message.header();
    let (major, minor) = message.version();
    write!(out, "{}{}_{major:x}{minor:x}{:02x}", VERSION, kind(header.response), message.received().flags)?;
    if header.spis.initiator == 0 {
        out.write_char('i')?;
    }
    if header.spis.responder != 0 {
        out.write_char('r')?;
    }
    out.write_char('_')?;
    chain(message, out)?;
    out.write_char('_')?;
    shape(message, out)
}

/// The part that the configuration decides: the transforms of each proposal, and the key exchange begun with.
pub(super) fn offer(message: &LenientMessage<'_>, out: &mut dyn Write) -> Result {
    let mut list = List::new(',');
    for proposal in sas(message).flat_map(|sa| sa.proposals()) {
        list.next(out)?;
        let mut transforms = List::new('-');
        for each in proposal.transforms() {
            transforms.next(out)?;
            transform(&each, out)?;
        }
        transforms.end(out)?;
    }
    list.end(out)?;
    for raw in payloads(message).filter(|raw| raw.ty == PayloadType::KE) {
        match raw.body {
            [high, low, _, _, data @ ..] => write!(out, ";{}.{}", u16::from_be_bytes([*high, *low]), data.len())?,
            _ => out.write_str(";?")?,
        }
    }
    Ok(())
}

/// The payloads: to the header's Length, if the datagram has as many octets and the header itself fits in it, else to the end of the datagram.
pub(super) fn payloads<'a>(message: &LenientMessage<'a>) -> impl Iterator<Item = RawPayload<'a>> + use<'a> {
    let (length, there) = (usize::try_from(message.length()).unwrap_or(usize::MAX), message.as_octets().len());
    let end = if (HEADER_LEN..=there).contains(&length) { length } else { there };
    message.payloads().take_while(move |raw| raw.offset().saturating_add(raw.len()) <= end)
}

/// The SA payloads, as far as they can be read.
pub(super) fn sas<'a>(message: &LenientMessage<'a>) -> impl Iterator<Item = Sa<'a>> + use<'a> {
    payloads(message).filter_map(|raw| match (raw.ty, raw.parse_lenient()) {
        (PayloadType::SA, (Payload::Sa(sa), _)) => Some(sa),
        _ => None,
    })
}

/// Whether the chain of payloads ends with the payload that says so.
pub(super) fn is_whole(message: &LenientMessage<'_>) -> bool {
    let next = payloads(message).last().map_or(message.first_payload(), |last| match last.ty {
        // Theirs is the type of the first payload inside.
        PayloadType::SK | PayloadType::SKF => PayloadType::NO_NEXT_PAYLOAD,
        _ => last.next_payload,
    });
    next == PayloadType::NO_NEXT_PAYLOAD
}

/// The octet after Next Payload: the critical bit and seven reserved ones.
pub(super) fn bits(message: &LenientMessage<'_>, raw: &RawPayload<'_>) -> u8 {
    octet(message, raw.offset().saturating_add(1))
}

fn octet(message: &LenientMessage<'_>, at: usize) -> u8 {
    message.as_octets().get(at).copied().unwrap_or(0)
}

/// Whether a reserved octet in the body of KE or SA is not zero.
pub(super) fn has_reserved(message: &LenientMessage<'_>, raw: &RawPayload<'_>) -> bool {
    match (raw.ty, raw.body) {
        (PayloadType::KE, [_, _, reserved @ ..]) => reserved.iter().take(2).any(|octet| *octet != 0),
        (PayloadType::SA, _) => match raw.parse_lenient() {
            (Payload::Sa(sa), _) => sa.proposals().any(|proposal| {
                let at = |offset: usize, by| octet(message, offset.saturating_add(by)) != 0;
                at(proposal.offset(), 1) || proposal.transforms().any(|each| at(each.offset(), 1) || at(each.offset(), 5))
            }),
            _ => false,
        },
        _ => false,
    }
}

fn chain(message: &LenientMessage<'_>, out: &mut dyn Write) -> Result {
    let mut list = List::new(',');
    for raw in payloads(message) {
        list.next(out)?;
        write!(out, "{}", raw.ty.0)?;
        match bits(message, &raw) {
            0 => {}
            bits => write!(out, "!{bits:02x}")?,
        }
        if has_reserved(message, &raw) {
            out.write_char('~')?;
        }
        detail(&raw, out)?;
    }
    if !is_whole(message) {
        list.next(out)?;
        out.write_char('?')?;
    }
    list.end(out)
}

/// What is written of a body, but for those of SA and KE.
fn detail(raw: &RawPayload<'_>, out: &mut dyn Write) -> Result {
    match (raw.ty, raw.body) {
        (PayloadType::NONCE, nonce) => write!(out, ".{}", nonce.len()),
        (PayloadType::V, id) => {
            out.write_char('.')?;
            hex(id, out)
        }
        (PayloadType::CERTREQ, [encoding, ..]) => write!(out, ".{encoding}"),
        (PayloadType::N, [protocol, spi_size, high, low, rest @ ..]) => {
            let ty = NotifyType(u16::from_be_bytes([*high, *low]));
            write!(out, ".{}", ty.0)?;
            if (*protocol, *spi_size) != (0, 0) {
                write!(out, "p{protocol}s{spi_size}")?;
            }
            if ty == NotifyType::SIGNATURE_HASH_ALGORITHMS {
                hashes(rest.get(usize::from(*spi_size)..).unwrap_or_default(), out)
            } else {
                Ok(())
            }
        }
        (PayloadType::CERTREQ | PayloadType::N, _) => out.write_str(".?"),
        _ => Ok(()),
    }
}

/// The hash algorithms of SIGNATURE_HASH_ALGORITHMS; an odd octet at the end is none.
fn hashes(data: &[u8], out: &mut dyn Write) -> Result {
    out.write_char('=')?;
    let mut list = List::new('.');
    for hash in algorithms(data) {
        list.next(out)?;
        write!(out, "{hash}")?;
    }
    list.end(out)
}

/// The code points in the data of SIGNATURE_HASH_ALGORITHMS.
pub(super) fn algorithms(data: &[u8]) -> impl Iterator<Item = u16> {
    data.chunks_exact(2).filter_map(|hash| hash.try_into().ok()).map(u16::from_be_bytes)
}

/// Number, protocol, SPI size and transform types of every proposal; types that follow each other are written once.
fn shape(message: &LenientMessage<'_>, out: &mut dyn Write) -> Result {
    let mut list = List::new(',');
    for proposal in sas(message).flat_map(|sa| sa.proposals()) {
        list.next(out)?;
        let SecurityProtocol(protocol) = proposal.protocol;
        write!(out, "{}.{protocol}.{}.", proposal.number, proposal.spi.len())?;
        let mut types = List::new('-');
        let mut before = None;
        for each in proposal.transforms() {
            if before.replace(each.ty) != Some(each.ty) {
                types.next(out)?;
                write!(out, "{}", each.ty.0)?;
            }
        }
        types.end(out)?;
    }
    list.end(out)
}

/// Type and id, and after another `:` each attribute: of Key Length in TV format its value alone.
fn transform(transform: &TransformSubstructure<'_>, out: &mut dyn Write) -> Result {
    write!(out, "{}:{}", transform.ty.0, transform.id.0)?;
    for attribute in transform.attributes() {
        match (attribute.ty, attribute.value) {
            (TransformAttributeType::KEY_LENGTH, TransformAttributeValue::Tv(bits)) => write!(out, ":{bits}")?,
            (ty, TransformAttributeValue::Tv(value)) => write!(out, ":{}={value}", ty.0)?,
            (ty, TransformAttributeValue::Tlv(value)) => {
                write!(out, ":{}/", ty.0)?;
                hex(value, out)?;
            }
        }
    }
    Ok(())
}

/// Octets in hexadecimal, the first 32 of them; then `+` and how many more there are.
fn hex(octets: &[u8], out: &mut dyn Write) -> Result {
    for octet in octets.iter().take(WRITTEN) {
        write!(out, "{octet:02x}")?;
    }
    match octets.len().saturating_sub(WRITTEN) {
        0 => Ok(()),
        more => write!(out, "+{more}"),
    }
}

/// A list with something between its items; an empty one is written as `-`.
struct List {
    between: char,
    is_empty: bool,
}

impl List {
    const fn new(between: char) -> Self {
        Self { between, is_empty: true }
    }

    fn next(&mut self, out: &mut dyn Write) -> Result {
        if core::mem::replace(&mut self.is_empty, false) { Ok(()) } else { out.write_char(self.between) }
    }

    fn end(self, out: &mut dyn Write) -> Result {
        if self.is_empty { out.write_char('-') } else { Ok(()) }
    }
}
