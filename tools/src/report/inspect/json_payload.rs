//! A payload as a JSON object.

use super::identity;
use super::names;
use super::text::hex;
use super::values;
use crate::evidence::decode::Part;
use ikev2::registry::TransformAttributeType;
use ikev2::wire::{Configuration, Payload, Sa, TrafficSelector, TrafficSelectors, TransformAttributeValue, TransformSubstructure};
use serde_json::{Map, Value, json};

/// The payload's own fields follow type, name, critical bit and length.
pub(crate) fn payload(part: &Part<'_>) -> Value {
    let raw = &part.raw;
    let mut object = Map::new();
    object.insert("type".into(), raw.ty.0.into());
    object.insert("name".into(), names::payload(raw.ty).into());
    object.insert("critical".into(), raw.critical.into());
    object.insert("len".into(), raw.len().into());
    if let Value::Object(fields) = fields(&part.payload) {
        object.extend(fields);
    }
    Value::Object(object)
}

fn fields(payload: &Payload<'_>) -> Value {
    match payload {
        Payload::Sa(sa) => json!({ "proposals": proposals(sa) }),
        Payload::KeyExchange(ke) => json!({ "method": ke.method.0, "data_len": ke.data.len() }),
        Payload::IdI(id) | Payload::IdR(id) => json!({ "id_type": id.ty.0, "value": identity::plain(id) }),
        Payload::Cert(cert) => json!({ "encoding": cert.encoding.0, "data_len": cert.data.len() }),
        Payload::CertReq(request) => json!({ "encoding": request.encoding.0, "hashes": request.hashes().map(|hashes| hashes.len()) }),
        Payload::Auth(auth) => json!({ "method": auth.method.0, "data_len": auth.data.len() }),
        Payload::Nonce(nonce) => json!({ "data_len": nonce.data.len() }),
        Payload::Notify(notify) => json!({
            "notify": notify.ty.0,
            "notify_name": names::notify(notify.ty),
            "protocol": notify.protocol.0,
            "spi": hex(notify.spi),
            "data": hex(notify.data),
        }),
        Payload::Delete(delete) => json!({ "protocol": delete.protocol().0, "spis": delete.spis().map(hex).collect::<Vec<_>>() }),
        Payload::VendorId(vendor) => json!({ "data": hex(vendor.data), "vendor": vendor.name() }),
        Payload::TsI(ts) | Payload::TsR(ts) => json!({ "selectors": selectors(ts) }),
        Payload::Sk(sk) => json!({ "next": sk.first_payload.0, "data_len": sk.sealed.len() }),
        Payload::Skf(skf) => {
            json!({ "next": skf.first_payload.0, "fragment": skf.number, "total": skf.total, "data_len": skf.sealed.len() })
        }
        Payload::Configuration(cp) => json!({ "cfg_type": cp.ty().0, "attributes": attributes(cp) }),
        Payload::Eap(eap) => json!({ "code": eap.code.0, "identifier": eap.identifier, "eap_type": eap.ty().map(|(ty, _)| ty) }),
        Payload::PuzzleSolution(puzzle) => json!({ "data_len": puzzle.data.len() }),
        Payload::Unknown(raw) => json!({ "data_len": raw.body.len() }),
        // The enum may grow.
        _ => json!({}),
    }
}

fn proposals(sa: &Sa<'_>) -> Vec<Value> {
    sa.proposals()
        .map(|proposal| {
            json!({
                "number": proposal.number,
                "protocol": proposal.protocol.0,
                "spi": hex(proposal.spi),
                "transforms": proposal.transforms().map(|transform| self::transform(&transform)).collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn transform(transform: &TransformSubstructure<'_>) -> Value {
    let key_bits = transform.key_length();
    let mut key_length_due = key_bits.is_some();
    let mut others = Vec::new();
    for attribute in transform.attributes() {
        let value = match attribute.value {
            // The one that became key_bits.
            TransformAttributeValue::Tv(_) if attribute.ty == TransformAttributeType::KEY_LENGTH && key_length_due => {
                key_length_due = false;
                continue;
            }
            TransformAttributeValue::Tv(value) => hex(&value.to_be_bytes()),
            TransformAttributeValue::Tlv(octets) => hex(octets),
        };
        others.push(json!({ "type": attribute.ty.0, "value": value }));
    }
    json!({
        "type": transform.ty.0,
        "id": transform.id.0,
        "name": names::transform(transform.ty, transform.id),
        "key_bits": key_bits,
        "attributes": others,
    })
}

fn selectors(ts: &TrafficSelectors<'_>) -> Vec<Value> {
    ts.selectors()
        .map(|selector| {
            let ty = selector.ty().0;
            let range = |protocol: u8, ports: (u16, u16), start: String, end: String| {
                json!({
                    "ts_type": ty, "protocol": protocol, "start_port": ports.0, "end_port": ports.1, "start": start, "end": end,
                })
            };
            let other = |protocol: Option<u8>, start: Option<String>, end: Option<String>, key: &str, value: Value| {
                let mut object = json!({
                    "ts_type": ty, "protocol": protocol, "start_port": null, "end_port": null, "start": start, "end": end,
                });
                if let Value::Object(object) = &mut object {
                    object.insert(key.into(), value);
                }
                object
            };
            match selector {
                TrafficSelector::Ipv4 { protocol, ports, addresses } => {
                    range(protocol, ports, addresses.0.to_string(), addresses.1.to_string())
                }
                TrafficSelector::Ipv6 { protocol, ports, addresses } => {
                    range(protocol, ports, addresses.0.to_string(), addresses.1.to_string())
                }
                TrafficSelector::FibreChannel { fc_ids, r_ctls, types } => {
                    let fc_id = |id: u32| Some(format!("{id:06x}"));
                    let more = json!({ "r_ctl": [r_ctls.0, r_ctls.1], "type": [types.0, types.1] });
                    other(None, fc_id(fc_ids.0), fc_id(fc_ids.1), "fibre_channel", more)
                }
                TrafficSelector::SecurityLabel(label) => other(None, None, None, "label", hex(label).into()),
                TrafficSelector::Unknown { protocol, octets, .. } => other(Some(protocol), None, None, "data", hex(octets).into()),
                _ => other(None, None, None, "data", Value::Null),
            }
        })
        .collect()
}

fn attributes(cp: &Configuration<'_>) -> Vec<Value> {
    cp.attributes()
        .map(|attribute| {
            json!({
                "type": attribute.ty.0,
                "name": names::cfg_attribute(attribute.ty),
                "value": values::cfg_plain(&attribute),
                "data": hex(attribute.value),
            })
        })
        .collect()
}
