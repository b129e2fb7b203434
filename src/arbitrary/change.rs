//! Targeted changes to a valid message, each of which says what it changed.

use super::draw::Draw;
use super::fields::{Field, fields};
use super::mutation::Mutation;
use alloc::vec::Vec;

/// One change to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AppliedMutation {
    /// What was changed.
    pub mutation: Mutation,
    /// Octets from the start of the message to the changed field; to the end of what is left or was there, when octets were
    /// taken off or added.
    pub offset: usize,
    /// The field before the change; the size of the message, when octets were taken off or added.
    pub before: u32,
    /// The field, or the size, after the change.
    pub after: u32,
}

impl core::fmt::Display for AppliedMutation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { mutation, offset, before, after } = self;
        write!(f, "{mutation:?} at octet {offset}: {before} became {after}")
    }
}

/// Changes of fields; truncating and appending are drawn apart. What most parsers get wrong comes more than once.
const KINDS: &[Mutation] = &[
    Mutation::Length,
    Mutation::Length,
    Mutation::Length,
    Mutation::Count,
    Mutation::Count,
    Mutation::SpiSize,
    Mutation::LastSubstructure,
    Mutation::ProposalNumber,
    Mutation::NextPayload,
    Mutation::NextPayload,
    Mutation::Critical,
    Mutation::Version,
    Mutation::FragmentNumber,
    Mutation::Type,
    Mutation::Reserved,
];

/// Values at the edges of what lengths and counts can be.
const EDGES: &[u32] = &[0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 127, 128, 254, 255, 256, 32767, 32768, 65534, 65535, u32::MAX];

/// What shall be changed, before it is known what there is to change.
pub(super) struct Plan {
    steps: [Option<Step>; 3],
    end: Option<End>,
}

#[derive(Clone, Copy)]
struct Step {
    mutation: Mutation,
    /// Which of the fields of that kind.
    which: usize,
    /// What it becomes.
    value: Value,
}

#[derive(Clone, Copy)]
enum Value {
    Plus(u32),
    Minus(u32),
    Edge(u32),
}

#[derive(Clone, Copy)]
struct End {
    octets: usize,
    cut: bool,
    /// Whether the header's Length is made to fit, so that the change is met only further in.
    fitted: bool,
}

impl Plan {
    pub(super) fn draw(draw: &mut Draw<'_, '_>) -> Self {
        let end = (draw.u8() & 3 == 3).then(|| End { octets: draw.within(1..=40), cut: draw.flag(), fitted: draw.flag() });
        let mut steps = [None; 3];
        let count = draw.within(usize::from(end.is_none())..=3);
        for step in steps.iter_mut().take(count) {
            *step = Some(Step::draw(draw));
        }
        Self { steps, end }
    }

    /// Changes `octets`, a valid message; gives the changes in the order they were made.
    pub(super) fn apply(&self, octets: &mut Vec<u8>) -> Vec<AppliedMutation> {
        let fields = fields(octets);
        let mut changes = Vec::new();
        for step in self.steps.iter().flatten() {
            changes.extend(step.apply(&fields, &changes, octets));
        }
        if let Some(end) = self.end {
            end.apply(octets, &mut changes);
        }
        if changes.is_empty() {
            End { octets: 1, cut: true, fitted: false }.apply(octets, &mut changes);
        }
        changes
    }
}

impl Step {
    fn draw(draw: &mut Draw<'_, '_>) -> Self {
        let mutation = draw.code(KINDS, |_| Mutation::Length);
        let which = draw.u16().into();
        let value = match draw.u8() & 3 {
            0 => Value::Plus(u32::from(draw.u8() & 7).saturating_add(1)),
            1 => Value::Minus(u32::from(draw.u8() & 7).saturating_add(1)),
            _ => Value::Edge(draw.code(EDGES, Draw::u32)),
        };
        Self { mutation, which, value }
    }

    fn apply(&self, fields: &[Field], done: &[AppliedMutation], octets: &mut [u8]) -> Option<AppliedMutation> {
        let free = || fields.iter().filter(|field| done.iter().all(|change| change.offset != field.offset));
        let count = free().filter(|field| field.mutation == self.mutation).count();
        // Every message has a version to change, in place of what it does not have.
        let field = match self.which.checked_rem(count) {
            Some(which) => free().filter(|field| field.mutation == self.mutation).nth(which)?,
            None => free().nth(self.which.checked_rem(free().count())?)?,
        };
        let slot = octets.get_mut(field.offset..field.offset.saturating_add(field.width))?;
        let before = slot.iter().fold(0u32, |value, octet| value << 8 | u32::from(*octet));
        let limit = u32::MAX >> 32usize.saturating_sub(field.width.saturating_mul(8)).min(31);
        let wanted = match self.value {
            Value::Plus(by) => before.wrapping_add(by),
            Value::Minus(by) => before.wrapping_sub(by),
            Value::Edge(value) => value,
        };
        let after = match field.bits {
            Some(bits) => before ^ bits,
            None => wanted & limit,
        };
        let after = if after == before { before ^ 1 } else { after };
        let [.., o3, o2, o1, o0] = after.to_be_bytes();
        let fresh = [o3, o2, o1, o0];
        for (slot, octet) in slot.iter_mut().rev().zip(fresh.iter().rev()) {
            *slot = *octet;
        }
        Some(AppliedMutation { mutation: field.mutation, offset: field.offset, before, after })
    }
}

impl End {
    fn apply(self, octets: &mut Vec<u8>, changes: &mut Vec<AppliedMutation>) {
        let before = octets.len();
        let after = if self.cut { before.saturating_sub(self.octets) } else { before.saturating_add(self.octets) };
        octets.resize(after, 0x5a);
        let size = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let mutation = if self.cut { Mutation::Truncated } else { Mutation::Appended };
        changes.push(AppliedMutation { mutation, offset: before.min(after), before: size(before), after: size(after) });
        let length = 24..28;
        let untouched = changes.iter().all(|change| change.offset != length.start);
        if let (true, true, Some(slot)) = (self.fitted, untouched, octets.get_mut(length.clone())) {
            slot.copy_from_slice(&size(after).to_be_bytes());
            changes.push(AppliedMutation { mutation: Mutation::Length, offset: length.start, before: size(before), after: size(after) });
        }
    }
}
