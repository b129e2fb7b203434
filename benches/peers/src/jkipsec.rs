//! jkipsec 0.1: reads into owned structures, writes from them into vectors.
//!
//! Stops earlier: Certificate, Certificate Request, Delete, Configuration, EAP, Vendor ID and unknown payloads stay octets; no check of
//! last-substructure octets, proposal numbers, nonce size, selector types and ranges, critical bit, trailing octets. It has no writer
//! for a chain without an IKE header, nor for those payloads: the IKE_AUTH chain is not built.

use jkipsec::ike::payloads::{AuthPayload, IdPayload, KePayload, NoncePayload, NotifyPayload, TsPayload};
use jkipsec::ike::sa::{AttrValue, Attribute, Proposal, ProtocolId, SaPayload, Transform, TransformType};
use jkipsec::ike::{ExchangeType, Flags, Message, OutPayload, ParseError, PayloadKind, RawPayload, build_message, walk_chain};

use crate::inputs::source;
use crate::{Outcome, inputs::Sum};

pub fn message(datagram: &[u8]) -> Outcome {
    let message = Message::parse(datagram).map_err(|e| e.to_string())?;
    let mut sum = Sum::default();
    sum.int(message.header.initiator_spi);
    sum.int(message.header.responder_spi);
    sum.int(message.header.version);
    sum.int(message.header.exchange_type.as_u8());
    sum.int(message.header.flags.0);
    sum.int(message.header.message_id);
    add(&message.payloads, &mut sum).map_err(|e| e.to_string())?;
    Ok(sum.total())
}

pub fn chain(first: u8, content: &[u8]) -> Outcome {
    let payloads = walk_chain(PayloadKind::from_u8(first), content).map_err(|e| e.to_string())?;
    let mut sum = Sum::default();
    add(&payloads, &mut sum).map_err(|e| e.to_string())?;
    Ok(sum.total())
}

fn add(payloads: &[RawPayload<'_>], sum: &mut Sum) -> Result<(), ParseError> {
    for payload in payloads {
        let body = payload.body;
        sum.int(payload.kind.as_u8());
        sum.int(payload.header.critical);
        match payload.kind {
            PayloadKind::SecurityAssociation => {
                for proposal in &SaPayload::parse(body)?.proposals {
                    sum.int(proposal.proposal_num);
                    sum.int(proposal.protocol.as_u8());
                    sum.octets(&proposal.spi);
                    for transform in &proposal.transforms {
                        sum.int(transform.transform_type.as_u8());
                        sum.int(transform.transform_id);
                        for attribute in &transform.attributes {
                            sum.int(attribute.attr_type);
                            match &attribute.value {
                                AttrValue::Tv(value) => sum.int(*value),
                                AttrValue::Tlv(value) => sum.octets(value),
                            }
                        }
                    }
                }
            }
            PayloadKind::KeyExchange => {
                let ke = KePayload::parse(body)?;
                sum.int(ke.dh_group);
                sum.octets(&ke.key_data);
            }
            PayloadKind::IdentificationInitiator | PayloadKind::IdentificationResponder => {
                let id = IdPayload::parse(body)?;
                sum.int(id.id_type.as_u8());
                sum.octets(&id.data);
            }
            PayloadKind::Authentication => {
                let auth = AuthPayload::parse(body)?;
                sum.int(auth.method.as_u8());
                sum.octets(&auth.data);
            }
            PayloadKind::Nonce => sum.octets(&NoncePayload::parse(body)?.0),
            PayloadKind::Notify => {
                let notify = NotifyPayload::parse(body)?;
                sum.int(notify.protocol_id);
                sum.int(notify.notify_type);
                sum.octets(&notify.spi);
                sum.octets(&notify.data);
            }
            PayloadKind::TrafficSelectorInitiator | PayloadKind::TrafficSelectorResponder => {
                for selector in &TsPayload::parse(body)?.selectors {
                    sum.int(selector.ts_type.as_u8());
                    sum.int(selector.ip_protocol);
                    sum.int(selector.start_port);
                    sum.int(selector.end_port);
                    sum.octets(&selector.start_addr);
                    sum.octets(&selector.end_addr);
                }
            }
            _ => sum.octets(body),
        }
    }
    Ok(())
}

pub struct Offer {
    head: source::Head,
    sa: SaPayload,
}

impl From<&source::Offer> for Offer {
    fn from(offer: &source::Offer) -> Self {
        Self { head: offer.head, sa: sa(&offer.proposals) }
    }
}

impl Offer {
    pub fn build(&self) -> Vec<u8> {
        build(&self.head, &[body(PayloadKind::SecurityAssociation, self.sa.encoded_len(), |out| self.sa.write_body(out))])
    }
}

pub struct Response {
    head: source::Head,
    sa: SaPayload,
    ke: KePayload,
    nonce: NoncePayload,
    notifies: Vec<NotifyPayload>,
}

impl From<&source::Response> for Response {
    fn from(response: &source::Response) -> Self {
        Self {
            head: response.head,
            sa: sa(std::slice::from_ref(&response.proposal)),
            ke: KePayload { dh_group: response.ke_method, key_data: response.ke_data.to_vec() },
            nonce: NoncePayload(response.nonce.to_vec()),
            notifies: response
                .notifies
                .iter()
                .map(|notify| NotifyPayload { protocol_id: 0, notify_type: notify.ty, spi: Vec::new(), data: notify.data.to_vec() })
                .collect(),
        }
    }
}

impl Response {
    pub fn build(&self) -> Vec<u8> {
        let mut payloads = Vec::with_capacity(3 + self.notifies.len());
        payloads.push(body(PayloadKind::SecurityAssociation, self.sa.encoded_len(), |out| self.sa.write_body(out)));
        payloads.push(body(PayloadKind::KeyExchange, self.ke.encoded_len(), |out| self.ke.write_body(out)));
        payloads.push(body(PayloadKind::Nonce, self.nonce.encoded_len(), |out| self.nonce.write_body(out)));
        for notify in &self.notifies {
            payloads.push(body(PayloadKind::Notify, notify.encoded_len(), |out| notify.write_body(out)));
        }
        build(&self.head, &payloads)
    }
}

fn body(kind: PayloadKind, octets: usize, write: impl FnOnce(&mut Vec<u8>)) -> OutPayload {
    let mut body = Vec::with_capacity(octets);
    write(&mut body);
    OutPayload { kind, body }
}

fn build(head: &source::Head, payloads: &[OutPayload]) -> Vec<u8> {
    build_message(head.spi_i, head.spi_r, ExchangeType::from_u8(head.exchange), Flags(head.flags), head.message_id, payloads)
}

fn sa(proposals: &[source::Proposal]) -> SaPayload {
    SaPayload {
        proposals: proposals
            .iter()
            .map(|proposal| Proposal {
                proposal_num: proposal.number,
                protocol: ProtocolId::from_u8(proposal.protocol),
                spi: proposal.spi.to_vec(),
                transforms: proposal.transforms.iter().map(transform).collect(),
            })
            .collect(),
    }
}

fn transform(transform: &source::Transform) -> Transform {
    Transform {
        transform_type: TransformType::from_u8(transform.ty),
        transform_id: transform.id,
        attributes: transform
            .key_bits
            .map(|bits| Attribute { attr_type: Attribute::KEY_LENGTH, value: AttrValue::Tv(bits) })
            .into_iter()
            .collect(),
    }
}
