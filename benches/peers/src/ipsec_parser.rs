//! ipsec-parser 0.7: reads only.
//!
//! Stops earlier: transform attributes, Configuration and EAP stay octets; no check of version, message length against the datagram,
//! last-substructure octets, proposal numbers, nonce size, selector lengths and ranges, critical bit, trailing octets. The data of a
//! Notify or Vendor ID loses its last four octets (its length is taken for one that counts the generic header).

use ipsec_parser::{
    IkePayloadType, IkeV2Payload, IkeV2PayloadContent as Content, IkeV2Transform, TrafficSelectorPayload, parse_ikev2_message,
    parse_ikev2_payload_list,
};

use crate::{Outcome, inputs::Sum};

pub fn message(datagram: &[u8]) -> Outcome {
    let (_, (header, payloads)) = parse_ikev2_message(datagram).map_err(|e| e.to_string())?;
    let mut sum = Sum::default();
    sum.int(header.init_spi);
    sum.int(header.resp_spi);
    sum.int(header.maj_ver);
    sum.int(header.min_ver);
    sum.int(header.exch_type.0);
    sum.int(header.flags);
    sum.int(header.msg_id);
    add(&payloads.map_err(|e| format!("{e:?}"))?, &mut sum);
    Ok(sum.total())
}

pub fn chain(first: u8, content: &[u8]) -> Outcome {
    let (_, payloads) = parse_ikev2_payload_list(content, IkePayloadType(first)).map_err(|e| e.to_string())?;
    let mut sum = Sum::default();
    add(&payloads.map_err(|e| format!("{e:?}"))?, &mut sum);
    Ok(sum.total())
}

fn add(payloads: &[IkeV2Payload<'_>], sum: &mut Sum) {
    for payload in payloads {
        sum.int(payload.hdr.next_payload_type.0);
        sum.int(payload.hdr.critical);
        match &payload.content {
            Content::SA(proposals) => {
                for proposal in proposals {
                    sum.int(proposal.proposal_num);
                    sum.int(proposal.protocol_id.0);
                    sum.octets(proposal.spi.unwrap_or_default());
                    for raw in &proposal.transforms {
                        transform(&IkeV2Transform::from(raw), sum);
                        sum.octets(raw.attributes.unwrap_or_default());
                    }
                }
            }
            Content::KE(ke) => {
                sum.int(ke.dh_group.0);
                sum.octets(ke.kex_data);
            }
            Content::IDi(id) | Content::IDr(id) => {
                sum.int(id.id_type.0);
                sum.octets(id.ident_data);
            }
            Content::Certificate(cert) => {
                sum.int(cert.cert_encoding.0);
                sum.octets(cert.cert_data);
            }
            Content::CertificateRequest(request) => {
                sum.int(request.cert_encoding.0);
                sum.octets(request.ca_data);
            }
            Content::Authentication(auth) => {
                sum.int(auth.auth_method.0);
                sum.octets(auth.auth_data);
            }
            Content::Nonce(nonce) => sum.octets(nonce.nonce_data),
            Content::Notify(notify) => {
                sum.int(notify.protocol_id.0);
                sum.int(notify.notify_type.0);
                sum.octets(notify.spi.unwrap_or_default());
                sum.octets(notify.notify_data.unwrap_or_default());
            }
            Content::Delete(delete) => {
                sum.int(delete.protocol_id.0);
                sum.int(delete.num_spi);
                sum.octets(delete.spi);
            }
            Content::VendorID(vendor) => sum.octets(vendor.vendor_id),
            Content::TSi(ts) | Content::TSr(ts) => selectors(ts, sum),
            Content::Encrypted(encrypted) => sum.octets(encrypted.0),
            Content::Unknown(octets) => sum.octets(octets),
            Content::Dummy => {}
        }
    }
}

fn transform(transform: &IkeV2Transform, sum: &mut Sum) {
    match transform {
        IkeV2Transform::Encryption(id) => sum.int(id.0),
        IkeV2Transform::PRF(id) => sum.int(id.0),
        IkeV2Transform::Auth(id) => sum.int(id.0),
        IkeV2Transform::DH(id) => sum.int(id.0),
        IkeV2Transform::ESN(id) => sum.int(id.0),
        IkeV2Transform::Unknown(ty, id) => {
            sum.int(ty.0);
            sum.int(*id);
        }
    }
}

fn selectors(ts: &TrafficSelectorPayload<'_>, sum: &mut Sum) {
    for selector in &ts.ts {
        sum.int(selector.ts_type.0);
        sum.int(selector.ip_proto_id);
        sum.int(selector.start_port);
        sum.int(selector.end_port);
        sum.octets(selector.start_addr);
        sum.octets(selector.end_addr);
    }
}
