//! A payload as a JSON object.

use super::identity;
use super::json_fault::{fault, faults};
use super::line::{Hex, Line, List, Object, Shown};
use super::names;
use super::values;
use crate::evidence::decode::{Content, Part};
use crate::evidence::unlock::Verdict;
use crate::evidence::walk::Sealed;
use core::fmt::Display;
use ikev2::registry::{PayloadType, TransformAttributeType};
use ikev2::wire::{
    ConfigurationAttribute, Payload, ProposalSubstructure, TrafficSelector, TransformAttribute, TransformAttributeValue,
    TransformSubstructure,
};

/// The payload's own fields follow type, name, critical bit, length, and the octets of the body where they are wanted; those that keys add
/// to SK and SKF are the last.
pub(crate) fn payload(line: &mut Line, part: &Part<'_>, sealed: Option<&Sealed<'_>>, octets: bool) {
    let raw = &part.raw;
    line.field("type", raw.ty.0);
    line.field("name", names::payload(raw.ty));
    line.field("critical", raw.critical);
    line.field("len", raw.len());
    if octets {
        line.field("octets", Hex(raw.body));
    }
    fields(line, &part.payload);
    if let (PayloadType::SK | PayloadType::SKF, Some(sealed)) = (raw.ty, sealed) {
        self::sealed(line, sealed, octets);
    }
}

/// The payloads of what was encrypted.
pub(crate) fn content_payloads<'c>(
    content: &'c Content<'_>,
    octets: bool,
) -> List<impl Iterator<Item = Object<impl FnOnce(&mut Line) + 'c>>> {
    List(content.parts.parts.iter().map(move |part| Object(move |line: &mut Line| payload(line, part, None, octets))))
}

fn fields(line: &mut Line, payload: &Payload<'_>) {
    match payload {
        Payload::Sa(sa) => line.field("proposals", List(sa.proposals().map(|one| Object(move |line: &mut Line| proposal(line, &one))))),
        Payload::KeyExchange(ke) => {
            line.field("method", ke.method.0);
            line.field("data_len", ke.data.len());
        }
        Payload::IdI(id) | Payload::IdR(id) => {
            line.field("id_type", id.ty.0);
            line.field("value", identity::plain(id));
        }
        Payload::Cert(cert) => {
            line.field("encoding", cert.encoding.0);
            line.field("data_len", cert.data.len());
        }
        Payload::CertReq(request) => {
            line.field("encoding", request.encoding.0);
            line.field("hashes", request.hashes().map(|hashes| hashes.len()));
        }
        Payload::Auth(auth) => {
            line.field("method", auth.method.0);
            line.field("data_len", auth.data.len());
        }
        Payload::Nonce(nonce) => line.field("data_len", nonce.data.len()),
        Payload::Notify(notify) => {
            line.field("notify", notify.ty.0);
            line.field("notify_name", names::notify(notify.ty));
            line.field("protocol", notify.protocol.0);
            line.field("spi", Hex(notify.spi));
            line.field("data", Hex(notify.data));
        }
        Payload::Delete(delete) => {
            line.field("protocol", delete.protocol().0);
            line.field("spis", List(delete.spis().map(Hex)));
        }
        Payload::VendorId(vendor) => {
            line.field("data", Hex(vendor.data));
            line.field("vendor", vendor.name());
        }
        Payload::TsI(ts) | Payload::TsR(ts) => {
            line.field("selectors", List(ts.selectors().map(|one| Object(move |line: &mut Line| selector(line, &one)))));
        }
        Payload::Sk(sk) => {
            line.field("next", sk.first_payload.0);
            line.field("data_len", sk.sealed.len());
        }
        Payload::Skf(skf) => {
            line.field("next", skf.first_payload.0);
            line.field("fragment", skf.number);
            line.field("total", skf.total);
            line.field("data_len", skf.sealed.len());
        }
        Payload::Configuration(cp) => {
            line.field("cfg_type", cp.ty().0);
            line.field("attributes", List(cp.attributes().map(|one| Object(move |line: &mut Line| cfg_attribute(line, &one)))));
        }
        Payload::Eap(eap) => {
            line.field("code", eap.code.0);
            line.field("identifier", eap.identifier);
            line.field("eap_type", eap.ty().map(|(ty, _)| ty));
        }
        Payload::PuzzleSolution(puzzle) => line.field("data_len", puzzle.data.len()),
        Payload::Unknown(raw) => line.field("data_len", raw.body.len()),
        // The enum may grow.
        _ => {}
    }
}

/// What keys add to an SK or SKF payload.
fn sealed(line: &mut Line, sealed: &Sealed<'_>, octets: bool) {
    let opened = |verified: bool| if verified { "ok" } else { "unchecked" };
    match sealed.verdict {
        Verdict::Content { verified, .. } => {
            line.field("decrypt", opened(*verified));
            if let Some(content) = &sealed.content {
                inner(line, content, octets);
            }
        }
        Verdict::Fragment { progress, verified } => {
            line.field("decrypt", opened(*verified));
            line.field("reassembly", progress.as_str());
        }
        Verdict::IcvMismatch { .. } => line.field("decrypt", "ICV mismatch"),
        Verdict::Failed(reason) => line.field("decrypt", reason.as_str()),
        Verdict::NoKey => {}
    }
}

fn inner(line: &mut Line, content: &Content<'_>, octets: bool) {
    line.field("inner", content_payloads(content, octets));
    line.field("inner_fault", fault(content.parts.fault()));
    line.field("inner_faults", faults(&content.parts));
    if octets {
        line.field("inner_octets", Hex(content.octets));
    }
}

fn proposal(line: &mut Line, proposal: &ProposalSubstructure<'_>) {
    line.field("number", proposal.number);
    line.field("protocol", proposal.protocol.0);
    line.field("spi", Hex(proposal.spi));
    line.field("transforms", List(proposal.transforms().map(|one| Object(move |line: &mut Line| transform(line, &one)))));
}

fn transform(line: &mut Line, transform: &TransformSubstructure<'_>) {
    let key_bits = transform.key_length();
    line.field("type", transform.ty.0);
    line.field("id", transform.id.0);
    line.field("name", names::transform(transform.ty, transform.id));
    line.field("key_bits", key_bits);
    // The first key length became key_bits, if it is a number.
    let mut due = key_bits.is_some();
    let others = transform.attributes().filter(|one| one.ty != TransformAttributeType::KEY_LENGTH || !core::mem::take(&mut due));
    line.field("attributes", List(others.map(|one| Object(move |line: &mut Line| transform_attribute(line, &one)))));
}

fn transform_attribute(line: &mut Line, attribute: &TransformAttribute<'_>) {
    line.field("type", attribute.ty.0);
    match attribute.value {
        TransformAttributeValue::Tv(value) => line.field("value", Hex(&value.to_be_bytes())),
        TransformAttributeValue::Tlv(octets) => line.field("value", Hex(octets)),
    }
}

fn selector(line: &mut Line, selector: &TrafficSelector<'_>) {
    line.field("ts_type", selector.ty().0);
    match *selector {
        TrafficSelector::Ipv4 { protocol, ports, addresses } => {
            range(line, Some(protocol), Some(ports), Some((Shown(addresses.0), Shown(addresses.1))));
        }
        TrafficSelector::Ipv6 { protocol, ports, addresses } => {
            range(line, Some(protocol), Some(ports), Some((Shown(addresses.0), Shown(addresses.1))));
        }
        TrafficSelector::FibreChannel { fc_ids, r_ctls, types } => {
            range(line, None, None, Some((Shown(format_args!("{:06x}", fc_ids.0)), Shown(format_args!("{:06x}", fc_ids.1)))));
            let more = Object(|line: &mut Line| {
                line.field("r_ctl", List([r_ctls.0, r_ctls.1]));
                line.field("type", List([types.0, types.1]));
            });
            line.field("fibre_channel", more);
        }
        TrafficSelector::SecurityLabel(label) => {
            no_range(line, None);
            line.field("label", Hex(label));
        }
        TrafficSelector::Unknown { protocol, octets, .. } => {
            no_range(line, Some(protocol));
            line.field("data", Hex(octets));
        }
        _ => {
            no_range(line, None);
            line.field("data", None::<&str>);
        }
    }
}

fn no_range(line: &mut Line, protocol: Option<u8>) {
    range(line, protocol, None, None::<(Shown<&str>, Shown<&str>)>);
}

/// Protocol, ports and addresses, of the selectors that have them.
fn range<A: Display, B: Display>(
    line: &mut Line,
    protocol: Option<u8>,
    ports: Option<(u16, u16)>,
    addresses: Option<(Shown<A>, Shown<B>)>,
) {
    let (start, end) = addresses.unzip();
    line.field("protocol", protocol);
    line.field("start_port", ports.map(|(start, _)| start));
    line.field("end_port", ports.map(|(_, end)| end));
    line.field("start", start);
    line.field("end", end);
}

fn cfg_attribute(line: &mut Line, attribute: &ConfigurationAttribute<'_>) {
    line.field("type", attribute.ty.0);
    line.field("name", names::cfg_attribute(attribute.ty));
    line.field("value", values::cfg_plain(attribute));
    line.field("data", Hex(attribute.value));
}
