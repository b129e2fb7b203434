//! With the core of `ikev2`: `default-features = false`.

use ikev2::registry::{KeMethod, Prf, SecurityProtocol, TransformType};
use ikev2::transform::{Transform, TypedTransform, advice_against};
use ikev2::wire::{Message, Payload, Received, Sa};

use super::{Event, Header, Record};

pub fn record(datagram: &[u8]) -> Option<Record<TypedTransform>> {
    let message = Message::parse_lenient(datagram).ok()?;
    let mut record = Record::new(of_header(message.received()));
    record.payload_types.push(message.first_payload().0);
    for raw in &message {
        record.payload_types.push(raw.next_payload.0);
        let (payload, fault) = raw.parse_lenient();
        match payload {
            Payload::Sa(sa) => proposals(sa, message.header().response, &mut record),
            Payload::KeyExchange(ke) => record.key_exchange = Some((ke.method.0, ke.data.len())),
            Payload::Nonce(nonce) => record.nonce = Some(nonce.data.len()),
            Payload::Notify(notify) => {
                record.errors += u32::from(notify.ty.is_error());
                record.notify_types.push(notify.ty.0);
            }
            _ => {}
        }
        record.faults.extend(fault.map(|fault| (fault.offset, fault.kind.code())));
    }
    record.faults.extend(message.fault().map(|fault| (fault.offset, fault.kind.code())));
    if !record.faults.is_empty() {
        record.events.set(Event::MalformedData);
    }
    Some(record)
}

fn of_header(received: &Received) -> Header {
    let header = &received.header;
    Header {
        spi_initiator: header.spis.initiator,
        spi_responder: header.spis.responder,
        major: received.major,
        minor: received.minor,
        exchange: header.exchange.0,
        flags: received.flags,
        message_id: header.message_id,
        length: received.length,
    }
}

/// Keeps the transforms, in one walk over their octets; an event for each that is weak or unknown, and for what is missing.
fn proposals(sa: Sa<'_>, response: bool, record: &mut Record<TypedTransform>) {
    let events = &mut record.events;
    for proposal in &sa {
        let (mut key_exchange, mut integrity) = (false, false);
        let transforms = proposal.transforms().map(Transform::from).map(|transform| {
            key_exchange |= transform.ty == TransformType::KE;
            integrity |= transform.is_aead() || transform.ty == TransformType::INTEG && !transform.is_none();
            judge(proposal.protocol, transform).into_iter().for_each(|event| events.set(event));
            transform.typed()
        });
        if response {
            record.chosen.extend(transforms);
        } else {
            record.offered.push(transforms.collect());
        }
        if !key_exchange {
            events.set(Event::WeakCryptoNoDh);
        }
        if !integrity {
            events.set(Event::WeakCryptoNoAuth);
        }
        if proposal.protocol == SecurityProtocol::AH {
            events.set(Event::NoEncryption);
        }
    }
}

/// An event for what is weak or unknown.
fn judge(protocol: SecurityProtocol, transform: Transform) -> Option<Event> {
    let is_weak = |event| advice_against(protocol, transform).map(|_| event);
    match transform.typed() {
        TypedTransform::Prf(Prf(0)) | TypedTransform::Ke(KeMethod::NONE) => Some(Event::InvalidProposal),
        TypedTransform::Other(_) => Some(Event::UnknownProposal),
        TypedTransform::Encr(..) => is_weak(Event::WeakCryptoEnc),
        TypedTransform::Prf(_) => is_weak(Event::WeakCryptoPrf),
        TypedTransform::Integ(_) => is_weak(Event::WeakCryptoAuth),
        _ => is_weak(Event::WeakCryptoDh),
    }
}
