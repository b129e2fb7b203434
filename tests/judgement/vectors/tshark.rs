//! Every captured message against tshark's own decode of it, clear and decrypted, field by field: lengths, types, proposals,
//! transforms, key lengths, notify data, selectors, attributes. The decodes lie in the folder IKEV2_SHARED names.

use ikev2::registry::{NotifyType, PayloadType};
use ikev2::wire::{
    Chain, Message, NotifyData, Payload, Payloads, RawPayload, TrafficSelector, TransformAttribute, TransformAttributeValue,
};
use serde_json::Value;

/// Fields of one payload: a name of tshark's, and its values in order.
type Fields = Vec<(&'static str, Vec<String>)>;

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn every_message_is_what_tshark_says() {
    let folder = crate::kit::shared::shared("captures");
    let (mut messages, mut contents, mut values) = (0, 0, 0);
    for name in crate::kit::recorded::capture_names() {
        let path = folder.join(format!("{name}.tshark.json"));
        if name.starts_with("pq-") {
            // tshark 4.0 knows nothing of those.
            continue;
        }
        let decode = crate::kit::recorded::json(&path);
        let packets = decode.as_array().unwrap();
        let recorded = crate::kit::recorded::recorded(&name);
        assert_eq!(packets.len(), recorded.len(), "{name}");
        for (packet, recorded) in packets.iter().zip(recorded) {
            let place = recorded.place();
            let tree = &packet["_source"]["layers"]["isakmp"];
            let message = Message::parse(&recorded.message).unwrap();
            header(&place, tree, &message);
            values += chain(&place, tree, message.payloads());
            messages += 1;
            let last = one(&tree["isakmp.typepayload_tree"]).pop();
            // The content of SK; that of fragments is decoded with the last, and once only.
            let inside = last.and_then(|last| match last.get("isakmp.fragments") {
                Some(_) => Some(last).filter(|inside| inside.get("isakmp.typepayload").is_some()),
                None => last["isakmp.enc.decrypted"].get("isakmp.enc.contained").filter(|inside| inside.is_object()),
            });
            let (Some(inside), Some(content)) = (inside, recorded.content()) else { continue };
            let place = format!("inside {place}");
            let first = PayloadType(content.first);
            values += chain(&place, inside, Chain::parse(first, &content.octets).unwrap().payloads());
            contents += 1;
        }
    }
    println!("{messages} messages, {contents} contents, {values} values");
    assert_eq!(messages, 1089);
    assert!(contents > 280 && values > 20_000, "{contents} contents, {values} values");
}

/// tshark writes a list of one as its element.
fn one(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(all) => all.iter().collect(),
        Value::Null => Vec::new(),
        single => vec![single],
    }
}

/// The values of every field `name` in a tree, in order; a name that ends in a dot stands for all that begin with it.
fn gather(tree: &Value, name: &str, found: &mut Vec<String>) {
    match tree {
        Value::Object(fields) => {
            for (key, value) in fields {
                let of_name = if name.ends_with('.') { key.starts_with(name) } else { key == name };
                if of_name && !value.is_object() {
                    found.extend(one(value).into_iter().map(|value| value.as_str().unwrap().to_owned()));
                } else {
                    gather(value, name, found);
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|tree| gather(tree, name, found)),
        _ => {}
    }
}

fn header(place: &str, tree: &Value, message: &Message<'_>) {
    let header = message.header();
    let fields: Fields = vec![
        ("isakmp.ispi", vec![colons(&header.spis.initiator.to_be_bytes())]),
        ("isakmp.rspi", vec![colons(&header.spis.responder.to_be_bytes())]),
        ("isakmp.exchangetype", number(header.exchange.0)),
        ("isakmp.flag_i", number(u8::from(header.initiator))),
        ("isakmp.flag_r", number(u8::from(header.response))),
        ("isakmp.messageid", vec![format!("0x{:08x}", header.message_id)]),
        ("isakmp.length", vec![message.length().to_string()]),
    ];
    for (name, ours) in fields {
        let mut theirs = Vec::new();
        gather(tree, name, &mut theirs);
        assert_eq!(theirs, ours, "{place}: {name}");
    }
    assert_eq!(tree["isakmp.nextpayload"], message.first_payload().0.to_string(), "{place}");
}

/// Compares a chain with the tree of it; gives the number of values compared.
fn chain(place: &str, tree: &Value, payloads: Payloads<'_>) -> usize {
    let types: Vec<_> = one(&tree["isakmp.typepayload"]).into_iter().map(|ty| ty.as_str().unwrap()).collect();
    let ours: Vec<_> = payloads.clone().map(|raw| raw.ty.0.to_string()).collect();
    assert_eq!(types, ours, "{place}");
    let trees = one(&tree["isakmp.typepayload_tree"]);
    assert_eq!(trees.len(), types.len(), "{place}");
    let mut values = 0;
    for (tree, raw) in trees.into_iter().zip(payloads) {
        let place = format!("{place}, payload {}", raw.ty);
        assert_eq!(tree["isakmp.nextpayload"], raw.next_payload.0.to_string(), "{place}");
        assert_eq!(tree["isakmp.payloadlength"], raw.len().to_string(), "{place}");
        assert_eq!(tree["isakmp.criticalpayload"], u8::from(raw.critical).to_string(), "{place}");
        for (name, ours) in fields(raw) {
            let mut theirs = Vec::new();
            gather(tree, name, &mut theirs);
            assert_eq!(theirs, ours, "{place}: {name}");
            values += ours.len();
        }
    }
    values
}

fn colons(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(":")
}

fn number(value: impl ToString) -> Vec<String> {
    vec![value.to_string()]
}

/// A field that tshark leaves out when there is nothing in it.
fn unless_empty(octets: &[u8]) -> Vec<String> {
    if octets.is_empty() { Vec::new() } else { vec![colons(octets)] }
}

fn fields(raw: RawPayload<'_>) -> Fields {
    match raw.parse().unwrap() {
        Payload::Sa(sa) => {
            let proposals = || sa.proposals();
            let transforms = || sa.proposals().flat_map(|proposal| proposal.transforms());
            let attributes = || transforms().flat_map(|transform| transform.attributes());
            let format =
                |attribute: TransformAttribute<'_>| u8::from(matches!(attribute.value, TransformAttributeValue::Tv(_))).to_string();
            vec![
                ("isakmp.prop.number", proposals().map(|p| p.number.to_string()).collect()),
                ("isakmp.prop.protoid", proposals().map(|p| p.protocol.0.to_string()).collect()),
                ("isakmp.spisize", proposals().map(|p| p.spi.len().to_string()).collect()),
                ("isakmp.prop.transforms", proposals().map(|p| p.transforms().count().to_string()).collect()),
                ("isakmp.spi", proposals().flat_map(|p| unless_empty(p.spi)).collect()),
                ("isakmp.tf.type", transforms().map(|t| t.ty.0.to_string()).collect()),
                ("isakmp.tf.id.", transforms().map(|t| t.id.0.to_string()).collect()),
                ("isakmp.ike2.attr.format", attributes().map(format).collect()),
                ("isakmp.ike2.attr.type", attributes().map(|a| a.ty.0.to_string()).collect()),
                ("isakmp.ike2.attr.key_length", transforms().filter_map(|t| t.key_length()).map(|bits| bits.to_string()).collect()),
            ]
        }
        Payload::KeyExchange(ke) => {
            vec![("isakmp.key_exchange.dh_group", number(ke.method.0)), ("isakmp.key_exchange.data", number(colons(ke.data)))]
        }
        Payload::IdI(id) | Payload::IdR(id) => {
            let text = || number(id.text().unwrap());
            vec![
                ("isakmp.id.type", number(id.ty.0)),
                ("isakmp.id.data.fqdn", if id.ty.0 == 2 { text() } else { Vec::new() }),
                ("isakmp.id.data.user_fqdn", if id.ty.0 == 3 { text() } else { Vec::new() }),
            ]
        }
        Payload::Cert(cert) => vec![("isakmp.cert.encoding", number(cert.encoding.0))],
        Payload::CertReq(request) => vec![
            ("isakmp.certreq.type", number(request.encoding.0)),
            ("isakmp.ike.certreq.authority", request.hashes().unwrap().map(|hash| colons(hash)).collect()),
        ],
        Payload::Auth(auth) => {
            let signature = auth.digital_signature();
            let part = |part: Option<String>| part.into_iter().collect();
            vec![
                ("isakmp.auth.method", number(auth.method.0)),
                ("isakmp.auth.data", number(colons(auth.data))),
                ("isakmp.auth.data.sig.asn1.len", part(signature.map(|s| s.algorithm.len().to_string()))),
                ("isakmp.auth.data.sig.asn1.data", part(signature.map(|s| colons(s.algorithm)))),
                ("isakmp.auth.data.sig.value", part(signature.map(|s| colons(s.signature)))),
            ]
        }
        Payload::Nonce(nonce) => vec![("isakmp.nonce", number(colons(nonce.data)))],
        Payload::Notify(notify) => {
            let data = notify.typed_data().unwrap();
            let method = if let NotifyData::InvalidKePayload(method) = data { number(method.0) } else { Vec::new() };
            let (cpi, transform) = match data {
                NotifyData::IpcompSupported(cpi, transform, _) => (number(cpi), number(transform.0)),
                _ => Default::default(),
            };
            let hashes = notify.signature_hashes().into_iter().flatten().map(|hash| hash.0.to_string()).collect();
            let is_rekey = notify.ty == NotifyType::REKEY_SA;
            assert_eq!(is_rekey, notify.sa().is_some());
            vec![
                ("isakmp.notify.protoid", number(notify.protocol.0)),
                ("isakmp.spisize", number(notify.spi.len())),
                ("isakmp.notify.msgtype", number(notify.ty.0)),
                ("isakmp.notify.data", number(colons(notify.data))),
                ("isakmp.notify.data.signature_hash_algorithms", hashes),
                ("isakmp.notify.data.accepted_dh_group", method),
                ("isakmp.notify.data.ipcomp.cpi", cpi),
                ("isakmp.notify.data.ipcomp.transform_id", transform),
            ]
        }
        Payload::Delete(delete) => vec![
            ("isakmp.delete.protoid", number(delete.protocol().0)),
            ("isakmp.spisize", number(delete.spi_size())),
            ("isakmp.spinum", number(delete.spis().len())),
            ("isakmp.delete.spi", delete.spis().map(colons).collect()),
        ],
        Payload::VendorId(vendor) => vec![("isakmp.vid_bytes", number(colons(vendor.data)))],
        Payload::TsI(ts) | Payload::TsR(ts) => {
            let (mut all, mut v4, mut v6) = (Vec::new(), Vec::new(), Vec::new());
            for selector in ts.selectors() {
                match selector {
                    TrafficSelector::Ipv4 { protocol, ports, addresses } => {
                        all.push((7, protocol, 16, ports));
                        v4.push(addresses);
                    }
                    TrafficSelector::Ipv6 { protocol, ports, addresses } => {
                        all.push((8, protocol, 40, ports));
                        v6.push(addresses);
                    }
                    other => panic!("{other:?}"),
                }
            }
            vec![
                ("isakmp.ts.number", number(all.len())),
                ("isakmp.ts.type", all.iter().map(|(ty, ..)| ty.to_string()).collect()),
                ("isakmp.ts.protoid", all.iter().map(|(_, protocol, ..)| protocol.to_string()).collect()),
                ("isakmp.ts.selector_length", all.iter().map(|(_, _, length, _)| length.to_string()).collect()),
                ("isakmp.ts.start_port", all.iter().map(|(.., ports)| ports.0.to_string()).collect()),
                ("isakmp.ts.end_port", all.iter().map(|(.., ports)| ports.1.to_string()).collect()),
                ("isakmp.ts.start_ipv4", v4.iter().map(|(start, _)| start.to_string()).collect()),
                ("isakmp.ts.end_ipv4", v4.iter().map(|(_, end)| end.to_string()).collect()),
                ("isakmp.ts.start_ipv6", v6.iter().map(|(start, _)| start.to_string()).collect()),
                ("isakmp.ts.end_ipv6", v6.iter().map(|(_, end)| end.to_string()).collect()),
            ]
        }
        Payload::Configuration(cp) => vec![
            ("isakmp.cfg.type", number(cp.ty().0)),
            ("isakmp.cfg.attr.type", cp.attributes().map(|attribute| attribute.ty.0.to_string()).collect()),
            ("isakmp.cfg.attr.length", cp.attributes().map(|attribute| attribute.value.len().to_string()).collect()),
            ("isakmp.cfg.attr.value", cp.attributes().flat_map(|attribute| unless_empty(attribute.value)).collect()),
        ],
        Payload::Eap(eap) => vec![
            ("eap.code", number(eap.code.0)),
            ("eap.id", number(eap.identifier)),
            ("eap.len", number(eap.data.len() + 4)),
            ("eap.type", eap.ty().map(|(ty, _)| ty.to_string()).into_iter().collect()),
        ],
        Payload::Skf(skf) => vec![("isakmp.frag.number", number(skf.number)), ("isakmp.frag.total", number(skf.total))],
        Payload::Sk(_) => Vec::new(),
        other => panic!("not captured: {other:?}"),
    }
}
