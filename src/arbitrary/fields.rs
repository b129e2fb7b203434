//! Where the fields of a valid message stand that are worth changing.

use super::mutation::Mutation;
use crate::registry::PayloadType;
use crate::wire::{Message, PAYLOAD_HEADER_LEN, Payload, RawPayload, Sa, TransformAttribute, TransformAttributeValue};
use alloc::vec;
use alloc::vec::Vec;

/// One field: its place, its size in octets, and which of its bits change when the value itself is of no interest.
pub(super) struct Field {
    pub(super) offset: usize,
    pub(super) width: usize,
    pub(super) mutation: Mutation,
    pub(super) bits: Option<u32>,
}

impl Field {
    const fn new(offset: usize, width: usize, mutation: Mutation) -> Self {
        Self { offset, width, mutation, bits: None }
    }

    const fn bits(offset: usize, mutation: Mutation, bits: u32) -> Self {
        Self { offset, width: 1, mutation, bits: Some(bits) }
    }
}

/// The fields of `octets`, which is a valid message.
pub(super) fn fields(octets: &[u8]) -> Vec<Field> {
    let mut fields = vec![
        Field::new(16, 1, Mutation::NextPayload),
        Field::new(17, 1, Mutation::Version),
        Field::bits(19, Mutation::Reserved, 0xc7),
        Field::new(24, 4, Mutation::Length),
    ];
    let Ok(message) = Message::parse(octets) else {
        return fields;
    };
    for raw in message.payloads() {
        let at = raw.offset();
        fields.push(Field::new(at, 1, Mutation::NextPayload));
        fields.push(Field::bits(at.saturating_add(1), Mutation::Critical, 0x80));
        fields.push(Field::new(at.saturating_add(2), 2, Mutation::Length));
        body(raw, at.saturating_add(PAYLOAD_HEADER_LEN), &mut fields);
    }
    fields
}

fn body(raw: RawPayload<'_>, at: usize, fields: &mut Vec<Field>) {
    let plus = |octets: usize| at.saturating_add(octets);
    match raw.parse() {
        Ok(Payload::Sa(sa)) => security_association(&sa, fields),
        Ok(Payload::Notify(_)) => fields.push(Field::new(plus(1), 1, Mutation::SpiSize)),
        Ok(Payload::Delete(_)) => {
            fields.push(Field::new(at, 1, Mutation::Type));
            fields.push(Field::new(plus(1), 1, Mutation::SpiSize));
            fields.push(Field::new(plus(2), 2, Mutation::Count));
        }
        Ok(Payload::TsI(ts) | Payload::TsR(ts)) => {
            fields.push(Field::new(at, 1, Mutation::Count));
            fields.push(Field::bits(plus(1), Mutation::Reserved, 0xff));
            let mut at = plus(4);
            let mut left = raw.body.get(4..).unwrap_or_default();
            for _ in ts.selectors() {
                fields.push(Field::new(at, 1, Mutation::Type));
                fields.push(Field::new(at.saturating_add(2), 2, Mutation::Length));
                let [_, _, hi, lo, ..] = left else { return };
                let length = usize::from(u16::from_be_bytes([*hi, *lo]));
                at = at.saturating_add(length);
                left = left.get(length..).unwrap_or_default();
            }
        }
        Ok(Payload::Configuration(cp)) => {
            for attribute in cp.attributes() {
                fields.push(Field::bits(attribute.offset(), Mutation::Reserved, 0x80));
                fields.push(Field::new(attribute.offset().saturating_add(2), 2, Mutation::Length));
            }
        }
        Ok(Payload::Eap(_)) => {
            fields.push(Field::new(at, 1, Mutation::Type));
            fields.push(Field::new(plus(2), 2, Mutation::Length));
        }
        Ok(Payload::Skf(_)) => {
            fields.push(Field::new(at, 2, Mutation::FragmentNumber));
            fields.push(Field::new(plus(2), 2, Mutation::FragmentNumber));
        }
        _ if matches!(raw.ty, PayloadType::IDI | PayloadType::IDR | PayloadType::AUTH) => {
            fields.push(Field::new(at, 1, Mutation::Type));
            fields.push(Field::bits(plus(1), Mutation::Reserved, 0xff));
        }
        _ => {}
    }
}

fn security_association(sa: &Sa<'_>, fields: &mut Vec<Field>) {
    for proposal in sa.proposals() {
        let at = proposal.offset();
        let plus = |octets: usize| at.saturating_add(octets);
        fields.push(Field::new(at, 1, Mutation::LastSubstructure));
        fields.push(Field::bits(plus(1), Mutation::Reserved, 0xff));
        fields.push(Field::new(plus(2), 2, Mutation::Length));
        fields.push(Field::new(plus(4), 1, Mutation::ProposalNumber));
        fields.push(Field::new(plus(5), 1, Mutation::Type));
        fields.push(Field::new(plus(6), 1, Mutation::SpiSize));
        fields.push(Field::new(plus(7), 1, Mutation::Count));
        for transform in proposal.transforms() {
            let at = transform.offset();
            fields.push(Field::new(at, 1, Mutation::LastSubstructure));
            fields.push(Field::new(at.saturating_add(2), 2, Mutation::Length));
            let mut at = at.saturating_add(8);
            for TransformAttribute { value, .. } in transform.attributes() {
                // The AF bit: a value becomes a length, or a length a value.
                fields.push(Field::bits(at, Mutation::Type, 0x80));
                let more = match value {
                    TransformAttributeValue::Tv(_) => 0,
                    TransformAttributeValue::Tlv(value) => {
                        fields.push(Field::new(at.saturating_add(2), 2, Mutation::Length));
                        value.len()
                    }
                };
                at = at.saturating_add(4).saturating_add(more);
            }
        }
    }
}
