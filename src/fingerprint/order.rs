//! Whether a message has the form of a row: the places in order, and the values.

use super::form::{algorithms, bits, has_reserved, is_whole, payloads, sas};
use super::stack::Stack;
use crate::registry::{NotifyType, PayloadType, TransformType};
use crate::wire::{LenientMessage, Payload, RawPayload};

/// What stands at a place.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Payload(PayloadType),
    /// One of these.
    Notify(&'static [NotifyType]),
}

/// A place in the order of a stack.
#[derive(Clone, Copy)]
pub(super) struct Place {
    part: Part,
    must: bool,
    many: bool,
}

pub(super) const fn payload(ty: PayloadType) -> Place {
    Place { part: Part::Payload(ty), must: false, many: false }
}

pub(super) const fn notify(types: &'static [NotifyType]) -> Place {
    Place { part: Part::Notify(types), must: false, many: false }
}

/// A place that may be empty.
pub(super) const fn may(place: Place) -> Place {
    Place { must: false, ..place }
}

/// A place without which the row does not hold.
pub(super) const fn must(place: Place) -> Place {
    Place { must: true, ..place }
}

/// A place for several of a kind.
pub(super) const fn any_number(place: Place) -> Place {
    Place { many: true, ..place }
}

/// What the code of a stack does.
pub(super) struct Order {
    pub(super) stack: Stack,
    /// Whether it is that of its responses or of its requests.
    pub(super) response: bool,
    /// Whether it has two signs, so that nobody has them by chance.
    pub(super) certain: bool,
    /// Everything that the message may have, in order.
    pub(super) places: &'static [Place],
    /// One of these notifies is there, if any is named.
    pub(super) one_of: &'static [NotifyType],
    /// Octets of the nonce.
    pub(super) nonce: usize,
    /// What SIGNATURE_HASH_ALGORITHMS may say, if it is there.
    pub(super) hashes: &'static [&'static [u16]],
    /// The order of transform types in a proposal; empty where it is not known.
    pub(super) transforms: &'static [TransformType],
}

impl Order {
    /// What most rows have in common.
    pub(super) const OF_32: Self = Self {
        stack: Stack::StrongSwan,
        response: false,
        certain: true,
        places: &[],
        one_of: &[],
        nonce: 32,
        hashes: &[],
        transforms: &[],
    };

    /// Whether a message has it.
    pub(super) fn holds(&self, message: &LenientMessage<'_>) -> bool {
        self.response == message.header().response
            && self.has_places(message)
            && payloads(message).all(|raw| self.has_value(&raw))
            && (self.one_of.is_empty() || payloads(message).any(|raw| Part::Notify(self.one_of).is(&raw)))
            && self.has_proposals(message)
    }

    /// Whether nothing stands where it has no place, and everything is there that must be.
    fn has_places(&self, message: &LenientMessage<'_>) -> bool {
        let mut left = self.places.iter();
        let mut at: Option<&Place> = None;
        for raw in payloads(message) {
            if at.is_some_and(|place| place.many && place.part.is(&raw)) {
                continue;
            }
            at = left.by_ref().find(|place| place.must || place.part.is(&raw)).filter(|place| place.part.is(&raw));
            if at.is_none() {
                return false;
            }
        }
        left.all(|place| !place.must)
    }

    fn has_value(&self, raw: &RawPayload<'_>) -> bool {
        match raw.parse_lenient().0 {
            Payload::Nonce(nonce) => nonce.data.len() == self.nonce,
            Payload::Notify(notify) if notify.ty == NotifyType::SIGNATURE_HASH_ALGORITHMS => {
                self.hashes.iter().any(|hashes| algorithms(notify.data).eq(hashes.iter().copied()))
            }
            _ => true,
        }
    }

    /// Whether the proposals are numbered as an offer or an answer, without SPIs, and their transform types are in order.
    fn has_proposals(&self, message: &LenientMessage<'_>) -> bool {
        sas(message).flat_map(|sa| sa.proposals()).zip(1u8..).all(|(proposal, number)| {
            let in_order = self.transforms.is_empty() || in_order(self.transforms, proposal.transforms().map(|transform| transform.ty));
            proposal.spi.is_empty() && (self.response || proposal.number == number) && in_order
        })
    }
}

impl Part {
    fn is(self, raw: &RawPayload<'_>) -> bool {
        match (self, raw.ty, raw.body) {
            (Self::Payload(ty), there, _) => ty == there,
            (Self::Notify(types), PayloadType::N, [_, _, high, low, ..]) => types.contains(&NotifyType(u16::from_be_bytes([*high, *low]))),
            (Self::Notify(_), ..) => false,
        }
    }
}

/// Whether types come in an order, each as often as it likes.
fn in_order(order: &[TransformType], types: impl Iterator<Item = TransformType>) -> bool {
    let mut left = order;
    for ty in types {
        match left.iter().position(|one| *one == ty).and_then(|at| left.get(at..)) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    true
}

/// Whether a message has none of the marks that a form has for what is ignored: all rows are of stacks that send none.
pub(super) fn is_plain(message: &LenientMessage<'_>) -> bool {
    let header = message.header();
    // The I flag in a request, the R flag in a response; version 2.0.
    let flags = if header.response { 0x20 } else { 0x08 };
    let has_marks = |raw: RawPayload<'_>| {
        let addressed = raw.ty == PayloadType::N && !matches!(raw.body, [0, 0, _, _, ..]);
        bits(message, &raw) != 0 || addressed || has_reserved(message, &raw)
    };
    (message.version(), message.received().flags, header.spis.responder != 0) == ((2, 0), flags, header.response)
        && header.spis.initiator != 0
        && is_whole(message)
        && !payloads(message).any(has_marks)
}
