//! A payload in words.

use super::detail;
use super::identity;
use super::names::{self, named};
use super::nat;
use super::node::Node;
use super::text::{hex, hex_short, quoted, text_or_hex};
use super::values;
use crate::evidence::carrier::Carrier;
use crate::evidence::decode::Part;
use ikev2::registry::{PayloadType, SecurityProtocol};
use ikev2::wire::EapType;
use ikev2::wire::{CertReq, Delete, Eap, Header, KeyExchange, Notify, Payload, RawPayload, VendorId};

/// `header` and `carrier` are those of the message the payload came in.
pub(crate) fn payload(part: &Part<'_>, header: &Header, carrier: &Carrier) -> Node {
    let raw = &part.raw;
    let label = match raw.ty.symbol() {
        Some(notation) => notation.into(),
        None => format!("{}", raw.ty.0),
    };
    let line = |items| Node::new(label.clone(), items);
    let mut node = match &part.payload {
        Payload::Sa(sa) => line(vec!["Security Association".into(), detail::plural(sa.proposals().count(), "proposal")])
            .with(sa.proposals().map(|proposal| detail::proposal(&proposal))),
        Payload::KeyExchange(ke) => line(key_exchange(ke)),
        Payload::IdI(id) => line(vec![format!("Identification of the initiator: {}", identity::identity(id))]),
        Payload::IdR(id) => line(vec![format!("Identification of the responder: {}", identity::identity(id))]),
        Payload::Cert(cert) => line(identity::certificate(cert)).with(identity::facts(cert)),
        Payload::CertReq(request) => line(certificate_request(request)).with(anchors(request)),
        Payload::Auth(auth) => line(identity::authentication(auth)),
        Payload::Nonce(nonce) => line(vec![format!("Nonce of {}", detail::plural(nonce.data.len(), "octet"))]),
        Payload::Notify(notify) => line(self::notify(notify, nat::verdict(notify, header, carrier))),
        Payload::Delete(delete) => line(self::delete(delete)),
        Payload::VendorId(vendor) => line(vec![vendor_id(vendor)]),
        Payload::TsI(ts) => line(vec!["Traffic Selectors of the initiator".into()]).with(ts.selectors().map(detail::selector)),
        Payload::TsR(ts) => line(vec!["Traffic Selectors of the responder".into()]).with(ts.selectors().map(detail::selector)),
        Payload::Sk(sk) => line(vec![
            format!("Encrypted and Authenticated: {} of IV, ciphertext and checksum", detail::plural(sk.sealed.len(), "octet")),
            inside(sk.first_payload),
        ]),
        Payload::Skf(skf) => {
            let mut items = vec![
                format!("Encrypted Fragment {} of {}", skf.number, skf.total),
                format!("{} of IV, ciphertext and checksum", detail::plural(skf.sealed.len(), "octet")),
            ];
            // RFC 7383 section 2.5: Next Payload is set in the first fragment.
            if skf.number == 1 || skf.first_payload != PayloadType::NO_NEXT_PAYLOAD {
                items.push(inside(skf.first_payload));
            }
            line(items)
        }
        Payload::Configuration(cp) => {
            line(vec![format!("Configuration {}", cp.ty())]).with(cp.attributes().map(|attribute| values::cfg_attribute(&attribute)))
        }
        Payload::Eap(eap) => line(self::eap(eap)),
        Payload::PuzzleSolution(puzzle) => line(vec![match puzzle.keys() {
            Some(keys) => format!("Puzzle Solution: keys {}", keys.map(hex_short).join(", ")),
            None => format!("Puzzle Solution of no four equal keys: {}", hex_short(puzzle.data)),
        }]),
        Payload::Unknown(raw) => line(unknown(raw)),
        // The enum may grow.
        _ => line(vec![detail::plural(raw.body.len(), "octet")]),
    };
    if raw.critical {
        node.items.push("critical".into());
    }
    node
}

fn inside(first: PayloadType) -> String {
    match first {
        PayloadType::NO_NEXT_PAYLOAD => "nothing inside".into(),
        first => match first.symbol() {
            Some(notation) => format!("{notation} ({}) comes first inside", first.0),
            None => format!("payload type {} comes first inside", first.0),
        },
    }
}

fn unknown(raw: &RawPayload<'_>) -> Vec<String> {
    let name = raw.ty.name().or_else(|| raw.ty.private_name());
    vec![
        match name {
            Some(name) => name.into(),
            None => "unknown payload type".into(),
        },
        if raw.body.is_empty() { "empty".into() } else { hex_short(raw.body) },
    ]
}

fn key_exchange(ke: &KeyExchange<'_>) -> Vec<String> {
    vec![
        format!("Key Exchange, method {}", named(names::ke_method(ke.method), ke.method.0)),
        format!("{} of data", detail::plural(ke.data.len(), "octet")),
    ]
}

fn certificate_request(request: &CertReq<'_>) -> Vec<String> {
    let authorities = match request.hashes() {
        Some(hashes) if hashes.len() == 0 => "of any trust anchor".into(),
        Some(hashes) => format!("of one of {}", detail::plural(hashes.len(), "trust anchor")),
        None if request.authorities.is_empty() => "of any authority".into(),
        None => format!("authority {}", hex_short(request.authorities)),
    };
    vec![format!("Certificate Request, {}", request.encoding), authorities]
}

fn anchors(request: &CertReq<'_>) -> Vec<Node> {
    let hashes: Vec<_> = request.hashes().into_iter().flatten().map(|hash| hex(hash)).collect();
    if hashes.is_empty() { Vec::new() } else { vec![Node::new("SHA-1 of the anchor's key:", hashes)] }
}

/// `known` says more than the data does by itself.
fn notify(notify: &Notify<'_>, known: Option<String>) -> Vec<String> {
    let mut head = format!("Notify {}", named(names::notify(notify.ty), notify.ty.0));
    let values = known.map_or_else(|| values::notify(notify), |known| vec![known]);
    if !values.is_empty() {
        head.push(':');
    }
    let about = match notify.sa() {
        Some((protocol, spi)) => Some(format!("about {protocol} SA {}", hex(spi))),
        // RFC 7296 section 3.10: without an SPI the protocol is that of no SA in particular.
        None if notify.protocol != SecurityProtocol(0) => Some(format!("protocol {}", notify.protocol)),
        None => None,
    };
    let mut values = values.into_iter();
    let first = values.next().map_or_else(|| head.clone(), |first| format!("{head} {first}"));
    core::iter::once(first).chain(values).chain(about).collect()
}

fn delete(delete: &Delete<'_>) -> Vec<String> {
    if delete.protocol() == SecurityProtocol::IKE {
        return vec!["Delete this IKE SA".into()];
    }
    let spis = delete.spis().map(hex).collect::<Vec<_>>();
    if spis.is_empty() {
        return vec![format!("Delete no {} SA", delete.protocol())];
    }
    vec![format!("Delete {} SA {}", delete.protocol(), spis.join(", "))]
}

fn vendor_id(vendor: &VendorId<'_>) -> String {
    match vendor.name() {
        Some(name) => format!("Vendor ID {name}: {}", text_or_hex(vendor.data)),
        None => format!("Vendor ID {}", text_or_hex(vendor.data)),
    }
}

fn eap(eap: &Eap<'_>) -> Vec<String> {
    let code = named(eap.code.name(), eap.code.0);
    let mut items = vec![format!("Extensible Authentication {code}"), format!("identifier {}", eap.identifier)];
    let Some((ty, data)) = eap.ty() else {
        return items;
    };
    items.push(format!("type {}", named(EapType(ty).name(), ty)));
    match (eap.identity(), eap.expanded()) {
        (Some(identity), _) => items.push(quoted(identity)),
        (_, Some(expanded)) => {
            items.push(format!("vendor {} type {}", expanded.vendor_id, expanded.vendor_type));
            items.push(detail::plural(expanded.data.len(), "octet"));
        }
        _ if data.is_empty() => {}
        _ => items.push(detail::plural(data.len(), "octet")),
    }
    items
}
