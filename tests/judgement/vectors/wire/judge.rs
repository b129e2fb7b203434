//! Whether the crate judges a vector as the vector says.

use super::describe;
use crate::kit::recorded::{hex, unhex};
use ikev2::error::{Element, Origin, ParseError, ParseErrorKind as Kind};
use ikev2::registry::PayloadType;
use ikev2::wire::transport::{Packet, udp_4500};
use ikev2::wire::{
    Chain, Configuration, Message, MessageBuilder, Nonce, Payload, Payloads, RawPayload, RemarkKind, Sa, TrafficSelectors, audit,
    audit_content,
};
use serde_json::{Value, json};

/// `Err` says how the crate's verdict differs.
pub(crate) fn judge(kind: &str, vector: &Value) -> Result<(), String> {
    let octets = unhex(vector["hex"].as_str().unwrap());
    let expect = &vector["expect"];
    match kind {
        "message" => message(&octets, expect),
        "header" => {
            let found = Message::parse_lenient(&octets).map_err(said)?;
            differs("header", expect, &describe::header(&found))
        }
        "message_chain_only" => chain_only(vector, &octets),
        "message_with_tail" => with_tail(&octets, expect),
        "canonical_encode" => canonical_encode(&octets, expect),
        "payload" | "payload_body" => {
            let (chain, first) = framed(kind, vector, &octets);
            let found = last_announcing(first, &chain);
            let raw = found.0.payloads().next().unwrap();
            let payload = raw.parse().map_err(said)?;
            if kind == "payload_body" {
                return differs("body", expect, &describe::body(&payload));
            }
            differs("body", &expect["body"], &describe::body(&payload))?;
            let mut described = describe::payload(raw, &payload, found.1);
            described["next_payload"] = octets[0].into();
            described["body"] = expect["body"].clone();
            differs("payload", expect, &described)
        }
        "payload_chain" => {
            let chain = Chain::parse(first_payload(vector), &octets).map_err(said)?;
            differs("chain", &expect["payloads"], &all_payloads(chain.payloads(), &reserved_in_content(&chain))?)
        }
        "cp_attribute" => {
            let body = [&[1, 0, 0, 0], &octets[..]].concat();
            let configuration = Configuration::parse(&body).map_err(said)?;
            differs("attributes", &json!([expect]), &describe::attributes(&configuration).into())
        }
        "transform" => {
            let mut found = describe_transform(&octets)?;
            found["length"] = octets.len().into();
            differs("transform", expect, &found)
        }
        "attribute" => {
            let transform = [&[0, 0, 0, 8 + u8::try_from(octets.len()).unwrap(), 1, 0, 0, 20], &octets[..]].concat();
            differs("attribute", expect, &describe_transform(&transform)?["attrs"][0])
        }
        "ts_selector" => {
            let body = [&[1, 0, 0, 0], &octets[..]].concat();
            let selectors = TrafficSelectors::parse(&body).map_err(said)?;
            differs("selector", expect, &describe::selector(&selectors.selectors().next().unwrap()))
        }
        "skf_body" => {
            let message = skf_message(vector, &octets);
            let raw = Message::parse(&message).map_err(said)?.payloads().next().unwrap();
            differs("fragment", expect, &describe::body(&raw.parse().map_err(said)?))
        }
        "udp4500_demux" => demux(&octets, expect),
        _ => reject(kind, vector, &octets),
    }
}

fn said(error: ParseError) -> String {
    error.to_string()
}

/// What is expected, and only what is expected, is compared: the vectors leave out what their origin does not decode.
fn differs(place: &str, expected: &Value, found: &Value) -> Result<(), String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected.iter().try_for_each(|(key, expected)| match found.get(key) {
            Some(_) if key == "data_sha256" && cfg!(not(feature = "ring")) => Ok(()),
            Some(found) => differs(&format!("{place}.{key}"), expected, found),
            None => Err(format!("{place}.{key} is not decoded")),
        }),
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let mut both = expected.iter().zip(found).enumerate();
            both.try_for_each(|(index, (expected, found))| differs(&format!("{place}[{index}]"), expected, found))
        }
        _ if expected == found => Ok(()),
        _ => Err(format!("{place}: {expected} expected, {found} found")),
    }
}

fn message(octets: &[u8], expect: &Value) -> Result<(), String> {
    let message = Message::parse(octets).map_err(said)?;
    differs("header", &expect["header"], &describe::header(&message.into()))?;
    let mut reserved = Vec::new();
    audit(message, |remark| {
        if let (Element::PayloadHeader, RemarkKind::Reserved(bits)) = (remark.element, remark.kind) {
            reserved.push((remark.offset - 1, bits));
        }
    });
    differs("payloads", &expect["payloads"], &all_payloads(message.payloads(), &reserved)?)
}

/// Offsets of payloads whose reserved bits are not zero, and the bits.
fn reserved_in_content(chain: &Chain<'_>) -> Vec<(usize, u8)> {
    let mut reserved = Vec::new();
    audit_content(*chain, false, |remark| {
        if let (Element::PayloadHeader, RemarkKind::Reserved(bits)) = (remark.element, remark.kind) {
            reserved.push((remark.offset - 1, bits));
        }
    });
    reserved
}

fn all_payloads(payloads: Payloads<'_>, reserved: &[(usize, u8)]) -> Result<Value, String> {
    let each = payloads.map(|raw| {
        let bits = reserved.iter().find(|(offset, _)| *offset == raw.offset()).map_or(0, |(_, bits)| *bits);
        let payload = raw.parse().map_err(|error| format!("payload {}: {error}", raw.ty.0))?;
        Ok(describe::payload(raw, &payload, bits))
    });
    each.collect::<Result<Vec<_>, String>>().map(Value::from)
}

fn first_payload(vector: &Value) -> PayloadType {
    number(&vector["first_payload"])
}

fn number(value: &Value) -> PayloadType {
    PayloadType(u8::try_from(value.as_u64().unwrap()).unwrap())
}

/// A payload alone, as the whole of a chain: its own Next Payload is cleared, or a generic header put before its body.
fn framed(kind: &str, vector: &Value, octets: &[u8]) -> (Vec<u8>, PayloadType) {
    let mut chain = octets.to_vec();
    if kind.starts_with("payload_body") {
        let [hi, lo] = u16::try_from(octets.len() + 4).unwrap().to_be_bytes();
        chain.splice(..0, [0, 0, hi, lo]);
    } else if let Some(next) = chain.first_mut() {
        *next = 0;
    }
    (chain, number(&vector["payload_type"]))
}

/// The one payload of a chain, with the reserved bits of its header. SK and SKF stand in messages only.
fn last_announcing(first: PayloadType, chain: &[u8]) -> (Message<'_>, u8) {
    let length = u32::try_from(chain.len() + 28).unwrap().to_be_bytes();
    let header = [&[0; 16], &[first.0, 0x20, 35, 8][..], &[0; 4], &length].concat();
    // The message must outlive this call, as the vectors do.
    let octets: &'static [u8] = Vec::leak([&header, chain].concat());
    let message = Message::parse(octets).unwrap();
    (message, chain[1] & 0x7f)
}

fn chain_only(vector: &Value, octets: &[u8]) -> Result<(), String> {
    let whole;
    let message = match vector.get("first_payload") {
        None => Message::parse(octets),
        Some(first) => {
            let length = u32::try_from(octets.len() + 28).unwrap().to_be_bytes();
            whole = [&[0; 16], &[number(first).0, 0x20, 35, 8][..], &[0; 4], &length, octets].concat();
            Message::parse(&whole)
        }
    };
    let describe = |raw: RawPayload<'_>| json!({ "type": raw.ty.0, "next_payload": raw.next_payload.0, "length": raw.len(), "critical": raw.critical, "body": hex(raw.body) });
    let found: Vec<_> = message.map_err(said)?.payloads().map(describe).collect();
    differs("payloads", &vector["expect"]["payloads"], &found.into())
}

/// A strict parse refuses the tail; a lenient one yields all before it and says where it begins.
fn with_tail(octets: &[u8], expect: &Value) -> Result<(), String> {
    let error = Message::parse(octets).err().ok_or("accepted")?;
    let strict = expect["strict_datagram"].as_str().unwrap();
    if !class(strict, &error) {
        return Err(format!("{strict} expected, refused for: {error}"));
    }
    let lenient = Message::parse_lenient(octets).map_err(said)?;
    let end = lenient.fault().ok_or("no fault")?.offset;
    let read: usize = lenient.payloads().map(|raw| raw.len()).sum();
    let found = json!({ "message_len": read + 28, "tail": hex(&octets[end..]), "strict_datagram": strict });
    differs("message", expect, &found)
}

fn canonical_encode(octets: &[u8], expect: &Value) -> Result<(), String> {
    let message = Message::parse(octets).map_err(said)?;
    let mut buf = [0; 256];
    let mut builder = MessageBuilder::new(&mut buf, message.header());
    for raw in message.payloads() {
        builder.push(Payload::Unknown(raw));
    }
    let again = builder.finish().map_err(|error| error.to_string())?;
    differs("message", &expect["reencoded"], &hex(again).into())
}

fn describe_transform(octets: &[u8]) -> Result<Value, String> {
    // One that announces more is followed by another.
    let more: &[u8] = if octets[0] == 3 { &[0, 0, 0, 8, 2, 0, 0, 2] } else { &[] };
    let count = if more.is_empty() { 1 } else { 2 };
    let length = u8::try_from(8 + octets.len() + more.len()).unwrap();
    let body = [&[0, 0, 0, length, 1, 1, 0, count], octets, more].concat();
    let sa = Sa::parse(&body).map_err(said)?;
    let transform = sa.proposals().next().unwrap().transforms().next().unwrap();
    Ok(describe::transform(&transform, more.is_empty()))
}

fn skf_message(vector: &Value, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 32).unwrap().to_be_bytes();
    let payload = [number(&vector["next_payload"]).0, 0, 0, u8::try_from(body.len() + 4).unwrap()];
    [&[0; 16], &[53, 0x20, 35, 8][..], &[0; 4], &length, &payload, body].concat()
}

fn demux(octets: &[u8], expect: &Value) -> Result<(), String> {
    let found = match udp_4500(octets).map_err(said)? {
        Packet::Ike(message) => json!({ "kind": "ike", "length": Message::parse(message).map_err(said)?.length() }),
        Packet::Esp { spi, packet } => {
            assert_eq!(packet, octets);
            json!({ "kind": "esp", "spi": format!("{spi:08x}") })
        }
        Packet::Keepalive => json!({ "kind": "nat_keepalive" }),
    };
    differs("datagram", expect, &found)
}

/// A vector that must be refused: a strict reading refuses it. The chain is checked before any body, so the fault a vector names
/// may be a second one, which a lenient reading finds.
fn reject(kind: &str, vector: &Value, octets: &[u8]) -> Result<(), String> {
    let name = vector["expect"]["reject"].as_str().unwrap();
    let of_chain = |first, octets| {
        let bodies = bodies(Chain::parse_lenient(first, octets).payloads(), name);
        (Chain::parse(first, octets).err(), bodies)
    };
    let (chain, bodies) = match kind {
        "message_reject" => {
            let lenient = Message::parse_lenient(octets);
            (Message::parse(octets).err(), lenient.map_or(Vec::new(), |lenient| bodies(lenient.payloads(), name)))
        }
        "payload_reject" | "payload_body_reject" => {
            let (chain, first) = framed(kind, vector, octets);
            of_chain(first, &chain)
        }
        "payload_chain_reject" => of_chain(first_payload(vector), octets),
        "skf_body_reject" => (Message::parse(&skf_message(vector, octets)).err(), Vec::new()),
        "cp_attribute_reject" => (Configuration::parse(&[&[1, 0, 0, 0], octets].concat()).err(), Vec::new()),
        "ts_selector_reject" => (TrafficSelectors::parse(&[&[1, 0, 0, 0], octets].concat()).err(), Vec::new()),
        _ => panic!("kind {kind}"),
    };
    let faults: Vec<_> = chain.into_iter().chain(bodies).collect();
    match faults.iter().find(|fault| class(name, fault)) {
        Some(_) => Ok(()),
        None if faults.is_empty() => Err("accepted".to_owned()),
        None => Err(format!("{name} expected, refused for: {faults:?}")),
    }
}

/// The faults of bodies; those of Key Exchange Data against its method, which is a call of its own, when that is asked for.
fn bodies(payloads: Payloads<'_>, name: &str) -> Vec<ParseError> {
    let fault = |raw: RawPayload<'_>| match raw.parse() {
        Ok(Payload::KeyExchange(ke)) if name == "ke_length_for_group" => {
            // The verdict has no place of its own: it is that of the payload.
            ke.check_len(false).err().map(|kind| {
                let mut fault = Nonce::parse(&[]).unwrap_err();
                (fault.element, fault.offset, fault.origin, fault.kind) = (Element::Payload(raw.ty), raw.offset(), Origin::Content, kind);
                fault
            })
        }
        parsed => parsed.err(),
    };
    payloads.filter_map(fault).collect()
}

/// Whether an error is one of a class the vectors name.
fn class(class: &str, error: &ParseError) -> bool {
    let of = |types: &[PayloadType], parts: &[Element]| {
        parts.contains(&error.element) || types.iter().any(|ty| error.element == Element::Payload(*ty))
    };
    let header = error.element == Element::Header;
    let chain = error.element == Element::PayloadHeader;
    let sa = of(&[PayloadType::SA], &[Element::Proposal, Element::Transform, Element::TransformAttribute]);
    let ts = of(&[PayloadType::TSI, PayloadType::TSR], &[Element::TrafficSelector]);
    match class {
        "truncated_header" => header && matches!(error.kind, Kind::Truncated { .. }),
        "length_mismatch" => {
            header && matches!(error.kind, Kind::LengthTooSmall { .. } | Kind::LengthPastEnd { .. } | Kind::TrailingOctets { .. })
        }
        "major_version" => matches!(error.kind, Kind::MajorVersion { .. }),
        "payload_overrun" => chain && matches!(error.kind, Kind::LengthPastEnd { .. } | Kind::Truncated { .. } | Kind::ChainEnds(_)),
        "payload_too_short" => chain && matches!(error.kind, Kind::LengthTooSmall { .. }),
        "trailing_bytes" => chain && matches!(error.kind, Kind::TrailingOctets { .. }),
        "unknown_critical" => matches!(error.kind, Kind::UnsupportedCritical(_)),
        "sk_not_last" => matches!(error.kind, Kind::EncryptedNotLast),
        "skf_bad" | "skf_too_short" => of(&[PayloadType::SKF], &[]) && matches!(error.kind, Kind::Truncated { .. }),
        "skf_bad_fragment_number" => matches!(error.kind, Kind::FragmentNumber { .. }),
        "sa_bad_proposal" | "sa_bad_transform" | "sa_bad_attribute" => sa,
        "ts_bad" => ts,
        "ts_port_range" | "ts_address_range" => ts && matches!(error.kind, Kind::RangeReversed),
        "ke_length_for_group" => of(&[PayloadType::KE], &[]) && matches!(error.kind, Kind::SizeMismatch { .. }),
        "ke_bad" => of(&[PayloadType::KE], &[]),
        "id_bad" => of(&[PayloadType::IDI, PayloadType::IDR], &[]),
        "auth_bad" => of(&[PayloadType::AUTH], &[]),
        "notify_bad" => of(&[PayloadType::N], &[]),
        "delete_bad" => of(&[PayloadType::D], &[]),
        "cp_bad" => of(&[PayloadType::CP], &[Element::ConfigurationAttribute]),
        "eap_bad" => of(&[PayloadType::EAP], &[]),
        _ => false,
    }
}
