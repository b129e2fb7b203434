//! Target `roundtrip`: structured messages, written, read and written again; and every change of one octet.

use super::changes::changes;
use super::invariants;
use arbitrary::{Arbitrary, Unstructured};
use ikev2::arbitrary::{NearlyValidMessage, ValidContent, ValidMessage};
use ikev2::wire::{Chain, ChainBuilder, Message, MessageBuilder, Payload};

/// The first octet decides what is done with the others, the second which octets are changed.
pub fn roundtrip(data: &[u8]) {
    let Some((&[what, window], rest)) = data.split_first_chunk() else {
        return;
    };
    let mut input = Unstructured::new(rest);
    match what & 7 {
        0 => message(ValidMessage::arbitrary(&mut input).unwrap().as_octets()),
        1 => content(&ValidContent::arbitrary(&mut input).unwrap()),
        2 => {
            let nearly = NearlyValidMessage::arbitrary(&mut input).unwrap();
            assert!(!nearly.mutations().is_empty());
            nearly.mutations().iter().for_each(|change| assert_ne!(change.before, change.after, "{change}"));
            invariants::message(nearly.as_octets());
        }
        3 => changes(ValidMessage::arbitrary(&mut input).unwrap().as_octets(), window, invariants::message),
        4 => {
            let content = ValidContent::arbitrary(&mut input).unwrap();
            changes(content.as_octets(), window, |octets| invariants::content(content.first_payload().0, octets));
        }
        5 => changes(rest, window, invariants::message),
        6 => {
            if let Some((&first, octets)) = rest.split_first() {
                changes(octets, window, |octets| invariants::content(first, octets));
            }
        }
        _ => invariants::message(rest),
    }
}

fn message(octets: &[u8]) {
    let message = Message::parse(octets).unwrap();
    let mut again = vec![0; octets.len()];
    let mut builder = MessageBuilder::new(&mut again, message.header());
    for raw in message.payloads() {
        let payload = raw.parse().unwrap();
        values(&payload);
        builder.push(payload);
    }
    assert_eq!(builder.finish().unwrap(), octets);
    invariants::message(octets);
}

fn content(valid: &ValidContent) {
    let octets = valid.as_octets();
    let chain = Chain::parse(valid.first_payload(), octets).unwrap();
    let mut again = vec![0; octets.len()];
    let mut builder = ChainBuilder::new(&mut again);
    for raw in chain.payloads() {
        let payload = raw.parse().unwrap();
        values(&payload);
        builder.push(payload);
    }
    let (first, written) = builder.finish().unwrap();
    assert!(first == valid.first_payload() && written == octets);
    invariants::content(first.0, octets);
}

/// Generated values have the shape of their type.
fn values(payload: &Payload<'_>) {
    match payload {
        Payload::Notify(notify) => assert!(notify.typed_data().is_ok(), "{notify:?}"),
        Payload::Configuration(cp) => assert!(cp.attributes().all(|attribute| attribute.typed_value().is_ok()), "{cp:?}"),
        _ => {}
    }
}
