//! What a strict parse ignores because RFC 7296 says so, for those who want to know.
//!
//! RFC 7296 section 2.5 has a receiver ignore the minor version, reserved bits and octets, and the critical bit of payloads it
//! understands. A monitor may take them for a fingerprint, an implementer for a bug. The size of Key Exchange Data is here as
//! well: whether it must fit its method is decided when the method is used.

use super::chain::{CRITICAL, LenientChain, Payloads, RawPayload};
use super::header::{FLAG_INITIATOR, FLAG_RESPONSE, FLAG_VERSION, FLAGS, VERSION};
use super::message::LenientMessage;
use super::payload::Payload;
use crate::error::{Element, Origin, ParseErrorKind};
use crate::registry::TsType;

/// Something legal to ignore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Remark {
    /// Where it is.
    pub element: Element,
    /// The octet, counted from 0.
    pub offset: usize,
    /// What `offset` is counted from.
    pub origin: Origin,
    /// What it is.
    pub kind: RemarkKind,
}

/// The kinds of [`Remark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RemarkKind {
    /// The minor version is not zero.
    MinorVersion(u8),
    /// The V flag: the sender speaks a higher major version, or fails to clear the flag.
    HigherVersion,
    /// Reserved bits or octets are not zero: the octet found.
    Reserved(u8),
    /// The critical bit on a payload that RFC 7296 says must not have it.
    Critical,
    /// Key Exchange Data does not have the size of its method.
    KeLength(ParseErrorKind),
}

impl core::fmt::Display for Remark {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} at octet {} of the {}: ", self.element, self.offset, self.origin)?;
        match self.kind {
            RemarkKind::MinorVersion(minor) => write!(f, "minor version {minor}"),
            RemarkKind::HigherVersion => f.write_str("the sender speaks a higher major version"),
            RemarkKind::Reserved(octet) => write!(f, "reserved bits are set (0x{octet:02x})"),
            RemarkKind::Critical => f.write_str("marked critical, which has no meaning here"),
            RemarkKind::KeLength(kind) => write!(f, "{kind}"),
        }
    }
}

/// Reports what `message` has that a strict parse ignores, SK and SKF closed; of a lenient reading, before its fault.
///
/// ```
/// use ikev2::wire::{Message, audit, RemarkKind};
/// let octets = *b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\x00\x21\x25\x48\0\0\0\0\0\0\0\x1c";
/// let mut kinds = Vec::new();
/// audit(Message::parse(&octets)?, |remark| kinds.push(remark.kind));
/// assert_eq!(kinds, [RemarkKind::MinorVersion(1), RemarkKind::Reserved(0x40)]);
/// # Ok::<(), ikev2::error::ParseError>(())
/// ```
pub fn audit<'a>(message: impl Into<LenientMessage<'a>>, mut report: impl FnMut(Remark)) {
    let message = message.into();
    let mut header = |offset, kind| report(Remark { element: Element::Header, offset, origin: Origin::Datagram, kind });
    if message.version().1 != 0 {
        header(VERSION, RemarkKind::MinorVersion(message.version().1));
    }
    let flags = message.received().flags;
    if flags & FLAG_VERSION != 0 {
        header(FLAGS, RemarkKind::HigherVersion);
    }
    let reserved = flags & !(FLAG_INITIATOR | FLAG_VERSION | FLAG_RESPONSE);
    if reserved != 0 {
        header(FLAGS, RemarkKind::Reserved(reserved));
    }
    payloads(message.as_octets(), message.payloads(), message.header().response, &mut report);
}

/// Reports the same of the content of an SK payload; `response` is the flag of the message it came in.
pub fn audit_content<'a>(content: impl Into<LenientChain<'a>>, response: bool, mut report: impl FnMut(Remark)) {
    let content = content.into();
    payloads(content.as_octets(), content.payloads(), response, &mut report);
}

fn payloads(space: &[u8], payloads: Payloads<'_>, response: bool, report: &mut impl FnMut(Remark)) {
    for raw in payloads {
        let mut remark = |element, offset, kind| report(Remark { element, offset, origin: raw.at.origin, kind });
        let flags_at = raw.offset().saturating_add(1);
        let flags = space.get(flags_at).copied().unwrap_or(0);
        if flags & !CRITICAL != 0 {
            remark(Element::PayloadHeader, flags_at, RemarkKind::Reserved(flags & !CRITICAL));
        }
        if raw.critical && raw.ty.is_known() {
            remark(Element::PayloadHeader, flags_at, RemarkKind::Critical);
        }
        let (payload, _) = raw.parse_lenient();
        reserved(&raw, &payload, |element, offset| {
            if let Some(&octet @ 1..) = space.get(offset) {
                remark(element, offset, RemarkKind::Reserved(octet));
            }
        });
        match payload {
            Payload::KeyExchange(ke) => {
                if let Err(kind) = ke.check_len(response) {
                    remark(Element::Payload(raw.ty), raw.body_at().offset, RemarkKind::KeLength(kind));
                }
            }
            Payload::Configuration(cp) => {
                // The bit before the 15 of Attribute Type.
                for attribute in cp.attributes() {
                    if let Some(0x80..) = space.get(attribute.offset()) {
                        remark(Element::ConfigurationAttribute, attribute.offset(), RemarkKind::Reserved(0x80));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Names the offset of every octet that is reserved in the body of a payload.
fn reserved(raw: &RawPayload<'_>, payload: &Payload<'_>, mut octet: impl FnMut(Element, usize)) {
    let body = raw.body_at().offset;
    let element = Element::Payload(raw.ty);
    let mut after = |element, start: usize, offsets: &[usize]| {
        for offset in offsets {
            octet(element, start.saturating_add(*offset));
        }
    };
    match payload {
        Payload::KeyExchange(_) => after(element, body, &[2, 3]),
        Payload::IdI(_) | Payload::IdR(_) | Payload::Auth(_) | Payload::Configuration(_) => after(element, body, &[1, 2, 3]),
        Payload::Sa(sa) => {
            for proposal in sa.proposals() {
                after(Element::Proposal, proposal.offset(), &[1]);
                for transform in proposal.transforms() {
                    after(Element::Transform, transform.offset(), &[1, 5]);
                }
            }
        }
        Payload::TsI(ts) | Payload::TsR(ts) => {
            after(element, body, &[1, 2, 3]);
            let mut start = body.saturating_add(4);
            for selector in ts.selectors() {
                match selector.ty() {
                    TsType::TS_FC_ADDR_RANGE => after(Element::TrafficSelector, start, &[1, 4, 8]),
                    TsType::TS_SECLABEL => after(Element::TrafficSelector, start, &[1]),
                    _ => {}
                }
                start = start.saturating_add(selector.len());
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::PayloadType;
    use crate::wire::chain::Chain;
    use alloc::vec::Vec;

    fn remarks(first: PayloadType, content: &[u8]) -> Vec<(usize, RemarkKind)> {
        let mut found = Vec::new();
        audit_content(Chain::parse(first, content).unwrap(), false, |remark| found.push((remark.offset, remark.kind)));
        found
    }

    #[test]
    fn reserved_octets_are_found_in_every_substructure() {
        use RemarkKind::Reserved;
        let sa = [0, 0x81, 0, 20, 0, 1, 0, 16, 1, 1, 0, 1, 0, 2, 0, 8, 2, 3, 0, 5];
        let critical = (1, RemarkKind::Critical);
        assert_eq!(remarks(PayloadType::SA, &sa), [(1, Reserved(1)), critical, (5, Reserved(1)), (13, Reserved(2)), (17, Reserved(3))]);
        let id = [0, 0, 0, 9, 2, 0, 7, 0, b'a'];
        assert_eq!(remarks(PayloadType::IDI, &id), [(6, Reserved(7))]);
        let label = [0, 0, 0, 13, 1, 0, 0, 0, 10, 9, 0, 5, b'l'];
        assert_eq!(remarks(PayloadType::TSI, &label), [(9, Reserved(9))]);
        let cp = [0, 0, 0, 16, 1, 0, 0, 0, 0, 7, 0, 0, 0x80, 1, 0, 0];
        assert_eq!(remarks(PayloadType::CP, &cp), [(12, Reserved(0x80))]);
    }

    #[test]
    fn hostile_31_key_exchange_data_of_the_wrong_size_is_reported() {
        let ke = [0, 0, 0, 9, 0, 31, 0, 0, 1];
        let size = ParseErrorKind::SizeMismatch { size: 1, expected: 32 };
        assert_eq!(remarks(PayloadType::KE, &ke), [(4, RemarkKind::KeLength(size))]);
    }
}
