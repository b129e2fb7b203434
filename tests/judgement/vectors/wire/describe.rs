//! What the crate finds, in the vectors' terms.

use crate::kit::recorded::hex;
use ikev2::wire::{
    Configuration, LenientMessage, Payload, ProposalSubstructure, RawPayload, RemarkKind, Sa, TrafficSelector, TransformAttribute,
    TransformAttributeValue, TransformSubstructure, audit,
};
use serde_json::{Map, Value, json};

/// The header, the flags octet put together from the fields and from what the audit reports.
pub(crate) fn header(message: &LenientMessage<'_>) -> Value {
    let header = message.header();
    let (mut version_flag, mut reserved) = (false, 0);
    audit(*message, |remark| match remark.kind {
        RemarkKind::HigherVersion => version_flag = true,
        RemarkKind::Reserved(bits) if remark.offset == 19 => reserved = bits,
        _ => {}
    });
    let flags = u8::from(header.initiator) << 3 | u8::from(version_flag) << 4 | u8::from(header.response) << 5 | reserved;
    json!({
        "init_spi": format!("{:016x}", header.spis.initiator),
        "resp_spi": format!("{:016x}", header.spis.responder),
        "next_payload": message.first_payload().0,
        "major": message.version().0,
        "minor": message.version().1,
        "exchange": header.exchange.0,
        "flags": flags,
        "flag_response": header.response,
        "flag_version": version_flag,
        "flag_initiator": header.initiator,
        "message_id": header.message_id,
        "length": message.length(),
    })
}

/// One payload with its generic header; `reserved` is what the audit reports of it.
pub(crate) fn payload(raw: RawPayload<'_>, payload: &Payload<'_>, reserved: u8) -> Value {
    let name = match raw.ty.symbol() {
        Some("N") => "NOTIFY",
        Some("D") => "DELETE",
        Some("V") => "VENDOR",
        Some("Nonce") => "NONCE",
        Some(notation) => notation,
        None => "UNKNOWN",
    };
    let mut all = Map::new();
    all.insert("type".into(), raw.ty.0.into());
    all.insert("name".into(), name.into());
    all.insert("critical".into(), raw.critical.into());
    all.insert("reserved".into(), reserved.into());
    all.insert("length".into(), raw.len().into());
    all.insert("next_payload".into(), raw.next_payload.0.into());
    if let Value::Object(fields) = body(payload) {
        // The payload's length, not that of the EAP packet in it.
        for (name, value) in fields {
            all.entry(name).or_insert(value);
        }
    }
    all.into()
}

pub(crate) fn body(payload: &Payload<'_>) -> Value {
    match payload {
        Payload::Sa(sa) => json!({ "proposals": proposals(sa) }),
        Payload::KeyExchange(ke) => json!({ "group": ke.method.0, "ke_len": ke.data.len(), "ke_data": hex(ke.data) }),
        Payload::IdI(id) | Payload::IdR(id) => json!({ "id_type": id.ty.0, "id_data": hex(id.data) }),
        Payload::Cert(cert) => {
            json!({ "encoding": cert.encoding.0, "data": hex(cert.data), "data_len": cert.data.len(), "data_sha256": sha256(cert.data) })
        }
        Payload::CertReq(request) => json!({ "encoding": request.encoding.0, "data": hex(request.authorities) }),
        Payload::Auth(auth) => json!({ "method": auth.method.0, "data": hex(auth.data) }),
        Payload::Nonce(nonce) => json!({ "nonce": hex(nonce.data), "nonce_len": nonce.data.len() }),
        Payload::Notify(notify) => json!({
            "protocol": notify.protocol.0,
            "notify_type": notify.ty.0,
            "spi": hex(notify.spi),
            "data": hex(notify.data),
        }),
        Payload::Delete(delete) => {
            let spis: Vec<_> = delete.spis().map(hex).collect();
            json!({ "protocol": delete.protocol().0, "spi_size": delete.spi_size(), "num_spis": delete.spis().len(), "spis": spis })
        }
        Payload::VendorId(vendor) => json!({ "vendor_id": hex(vendor.data) }),
        Payload::TsI(ts) | Payload::TsR(ts) => {
            let selectors: Vec<_> = ts.selectors().map(|found| selector(&found)).collect();
            json!({ "count": selectors.len(), "selectors": selectors })
        }
        Payload::Sk(sk) => json!({ "encrypted_len": sk.sealed.len() }),
        Payload::Configuration(configuration) => {
            json!({ "cfg_type": configuration.ty().0, "attributes": attributes(configuration) })
        }
        Payload::Eap(eap) => {
            let mut all = json!({ "code": eap.code.0, "identifier": eap.identifier, "length": eap.data.len() + 4 });
            if let Some((ty, data)) = eap.ty() {
                all["eap_type"] = ty.into();
                all["type_data"] = hex(data).into();
            }
            all
        }
        Payload::Skf(skf) => json!({
            "fragment_number": skf.number,
            "total_fragments": skf.total,
            "encrypted_len": skf.sealed.len(),
            "encrypted": hex(skf.sealed),
        }),
        Payload::Unknown(_) => json!({ "unknown": true }),
        other => panic!("not known to this test: {other:?}"),
    }
}

fn proposals(sa: &Sa<'_>) -> Vec<Value> {
    let count = sa.proposals().count();
    let each = sa.proposals().enumerate().map(|(index, proposal)| describe_proposal(&proposal, index + 1 == count));
    each.collect()
}

fn describe_proposal(proposal: &ProposalSubstructure<'_>, last: bool) -> Value {
    let count = proposal.transforms().count();
    let transforms: Vec<_> = proposal.transforms().enumerate().map(|(index, found)| transform(&found, index + 1 == count)).collect();
    json!({
        "last": if last { 0 } else { 2 },
        "number": proposal.number,
        "protocol": proposal.protocol.0,
        "spi": hex(proposal.spi),
        "num_transforms": count,
        "transforms": transforms,
    })
}

pub(crate) fn transform(found: &TransformSubstructure<'_>, last: bool) -> Value {
    let attrs: Vec<_> = found.attributes().map(|attribute| transform_attribute(&attribute)).collect();
    json!({ "last": if last { 0 } else { 3 }, "type": found.ty.0, "id": found.id.0, "attrs": attrs })
}

pub(crate) fn transform_attribute(attribute: &TransformAttribute<'_>) -> Value {
    match attribute.value {
        TransformAttributeValue::Tv(value) => json!({ "type": attribute.ty.0, "format": "TV", "value": value }),
        TransformAttributeValue::Tlv(value) => json!({ "type": attribute.ty.0, "format": "TLV", "value": hex(value) }),
    }
}

pub(crate) fn selector(found: &TrafficSelector<'_>) -> Value {
    let range = |length: usize, protocol: u8, ports: (u16, u16), start: &[u8], end: &[u8]| {
        json!({
            "ts_type": found.ty().0,
            "length": length,
            "protocol": protocol,
            "start_port": ports.0,
            "end_port": ports.1,
            "start_addr": hex(start),
            "end_addr": hex(end),
        })
    };
    match *found {
        TrafficSelector::Ipv4 { protocol, ports, addresses } => range(16, protocol, ports, &addresses.0.octets(), &addresses.1.octets()),
        TrafficSelector::Ipv6 { protocol, ports, addresses } => range(40, protocol, ports, &addresses.0.octets(), &addresses.1.octets()),
        _ => panic!("no vector has such a selector: {found:?}"),
    }
}

pub(crate) fn attributes(configuration: &Configuration<'_>) -> Vec<Value> {
    configuration.attributes().map(|attribute| json!({ "type": attribute.ty.0, "value": hex(attribute.value) })).collect()
}

#[cfg(feature = "ring")]
fn sha256(octets: &[u8]) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, octets).as_ref())
}

/// Nothing equals it: without a hash the two certificates in question are compared by size alone, see `judge::differs`.
#[cfg(not(feature = "ring"))]
fn sha256(_: &[u8]) -> String {
    String::new()
}
