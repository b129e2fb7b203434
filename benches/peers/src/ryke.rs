//! ryke 0.3: reads into owned structures, writes from them into vectors.
//!
//! Stops earlier: of a transform's attributes only the last Key Length is kept; Vendor ID and unknown payloads stay octets; no check of
//! version, message length, last-substructure octets, transform count, proposal numbers, nonce size, selector types and ranges, critical
//! bit, trailing octets.

use ryke::ikev2::eap::EapPacket;
use ryke::ikev2::message::{ExchangeType, Flags, IkeHeader, MessageBuilder, PayloadType, encode_payload_chain, payloads};
use ryke::ikev2::payload::{
    Authentication, CertRequest, Certificate, ConfigAttr, Configuration, Delete, Identification, KeyExchange, Nonce, Notify, Proposal,
    SecurityAssociation, TrafficSelector, TrafficSelectors, Transform,
};

use crate::inputs::source;
use crate::{Outcome, inputs::Sum};

pub fn message(datagram: &[u8]) -> Outcome {
    let header = IkeHeader::parse(datagram).map_err(|e| e.to_string())?;
    let mut sum = Sum::default();
    sum.int(header.initiator_spi);
    sum.int(header.responder_spi);
    sum.int(header.major_version);
    sum.int(header.minor_version);
    sum.int(header.exchange_type.to_u8());
    sum.int(header.flags.to_u8());
    sum.int(header.message_id);
    add(header.next_payload, &datagram[IkeHeader::LEN..], &mut sum)?;
    Ok(sum.total())
}

pub fn chain(first: u8, content: &[u8]) -> Outcome {
    let mut sum = Sum::default();
    add(PayloadType::from_u8(first), content, &mut sum)?;
    Ok(sum.total())
}

fn add(first: PayloadType, octets: &[u8], sum: &mut Sum) -> Result<(), String> {
    add_all(first, octets, sum).map_err(|e| e.to_string())
}

fn add_all(first: PayloadType, octets: &[u8], sum: &mut Sum) -> Result<(), ryke::IkeError> {
    for payload in payloads(first, octets) {
        let payload = payload?;
        let body = payload.data;
        sum.int(payload.payload_type.to_u8());
        sum.int(payload.critical);
        match payload.payload_type {
            PayloadType::SecurityAssociation => {
                for proposal in &SecurityAssociation::parse(body)?.proposals {
                    sum.int(proposal.num);
                    sum.int(proposal.protocol_id);
                    sum.octets(&proposal.spi);
                    for transform in &proposal.transforms {
                        sum.int(transform.transform_type);
                        sum.int(transform.transform_id);
                        sum.int(transform.key_length.unwrap_or(0));
                    }
                }
            }
            PayloadType::KeyExchange => {
                let ke = KeyExchange::parse(body)?;
                sum.int(ke.dh_group);
                sum.octets(&ke.data);
            }
            PayloadType::IdInitiator | PayloadType::IdResponder => {
                let id = Identification::parse(body)?;
                sum.int(id.id_type);
                sum.octets(&id.data);
            }
            PayloadType::Certificate => {
                let cert = Certificate::parse(body)?;
                sum.int(cert.encoding);
                sum.octets(&cert.data);
            }
            PayloadType::CertRequest => {
                let request = CertRequest::parse(body)?;
                sum.int(request.encoding);
                for hash in &request.ca_hashes {
                    sum.octets(hash);
                }
            }
            PayloadType::Authentication => {
                let auth = Authentication::parse(body)?;
                sum.int(auth.method);
                sum.octets(&auth.data);
            }
            PayloadType::Nonce => sum.octets(&Nonce::parse(body).data),
            PayloadType::Notify => {
                let notify = Notify::parse(body)?;
                sum.int(notify.protocol_id);
                sum.int(notify.notify_type);
                sum.octets(&notify.spi);
                sum.octets(&notify.data);
            }
            PayloadType::Delete => {
                let delete = Delete::parse(body)?;
                sum.int(delete.protocol_id);
                for spi in &delete.spis {
                    sum.int(*spi);
                }
            }
            PayloadType::TrafficSelectorInitiator | PayloadType::TrafficSelectorResponder => {
                for selector in &TrafficSelectors::parse(body)?.selectors {
                    sum.int(selector.ts_type);
                    sum.int(selector.ip_protocol);
                    sum.int(selector.start_port);
                    sum.int(selector.end_port);
                    sum.octets(&selector.start_addr);
                    sum.octets(&selector.end_addr);
                }
            }
            PayloadType::Configuration => {
                let configuration = Configuration::parse(body)?;
                sum.int(configuration.cfg_type);
                for attribute in &configuration.attrs {
                    sum.int(attribute.attr_type);
                    sum.octets(&attribute.value);
                }
            }
            PayloadType::Eap => {
                let eap = EapPacket::parse(body)?;
                sum.int(eap.code);
                sum.int(eap.identifier);
                sum.octets(&eap.data);
            }
            _ => sum.octets(body),
        }
    }
    Ok(())
}

pub struct Offer {
    header: IkeHeader,
    sa: SecurityAssociation,
}

impl From<&source::Offer> for Offer {
    fn from(offer: &source::Offer) -> Self {
        Self { header: header(&offer.head), sa: sa(&offer.proposals) }
    }
}

impl Offer {
    pub fn build(&self) -> Vec<u8> {
        MessageBuilder::new(self.header).push(PayloadType::SecurityAssociation, self.sa.to_bytes()).build()
    }
}

pub struct Response {
    header: IkeHeader,
    sa: SecurityAssociation,
    ke: KeyExchange,
    nonce: Nonce,
    notifies: Vec<Notify>,
}

impl From<&source::Response> for Response {
    fn from(response: &source::Response) -> Self {
        Self {
            header: header(&response.head),
            sa: sa(std::slice::from_ref(&response.proposal)),
            ke: KeyExchange { dh_group: response.ke_method, data: response.ke_data.to_vec() },
            nonce: Nonce { data: response.nonce.to_vec() },
            notifies: response.notifies.iter().map(notify).collect(),
        }
    }
}

impl Response {
    pub fn build(&self) -> Vec<u8> {
        let mut builder = MessageBuilder::new(self.header)
            .push(PayloadType::SecurityAssociation, self.sa.to_bytes())
            .push(PayloadType::KeyExchange, self.ke.to_bytes())
            .push(PayloadType::Nonce, self.nonce.to_bytes());
        for notify in &self.notifies {
            builder = builder.push(PayloadType::Notify, notify.to_bytes());
        }
        builder.build()
    }
}

pub struct AuthChain {
    id_i: Identification,
    certs: Vec<Certificate>,
    initial_contact: Notify,
    cert_req: CertRequest,
    id_r: Identification,
    auth: Authentication,
    configuration: Configuration,
    sa: SecurityAssociation,
    ts_i: TrafficSelectors,
    ts_r: TrafficSelectors,
    notifies: Vec<Notify>,
}

impl From<&source::AuthChain> for AuthChain {
    fn from(chain: &source::AuthChain) -> Self {
        let id = |(id_type, data): (u8, &[u8])| Identification { id_type, data: data.to_vec() };
        Self {
            id_i: id(chain.id_i),
            certs: chain.certs.iter().map(|&(encoding, data)| Certificate { encoding, data: data.to_vec() }).collect(),
            initial_contact: notify(&chain.initial_contact),
            cert_req: CertRequest {
                encoding: chain.cert_req.0,
                ca_hashes: chain.cert_req.1.chunks_exact(20).map(|c| c.try_into().unwrap()).collect(),
            },
            id_r: id(chain.id_r),
            auth: Authentication { method: chain.auth.0, data: chain.auth.1.to_vec() },
            configuration: Configuration {
                cfg_type: chain.cfg_type,
                attrs: chain.cfg_attributes.iter().map(|&(attr_type, value)| ConfigAttr { attr_type, value: value.to_vec() }).collect(),
            },
            sa: sa(std::slice::from_ref(&chain.proposal)),
            ts_i: selectors(&chain.ts_i),
            ts_r: selectors(&chain.ts_r),
            notifies: chain.notifies.iter().map(notify).collect(),
        }
    }
}

impl AuthChain {
    pub fn build(&self) -> Vec<u8> {
        let mut chain = vec![(PayloadType::IdInitiator, self.id_i.to_bytes())];
        for cert in &self.certs {
            chain.push((PayloadType::Certificate, cert.to_bytes()));
        }
        chain.extend([
            (PayloadType::Notify, self.initial_contact.to_bytes()),
            (PayloadType::CertRequest, self.cert_req.to_bytes()),
            (PayloadType::IdResponder, self.id_r.to_bytes()),
            (PayloadType::Authentication, self.auth.to_bytes()),
            (PayloadType::Configuration, self.configuration.to_bytes()),
            (PayloadType::SecurityAssociation, self.sa.to_bytes()),
            (PayloadType::TrafficSelectorInitiator, self.ts_i.to_bytes()),
            (PayloadType::TrafficSelectorResponder, self.ts_r.to_bytes()),
        ]);
        for notify in &self.notifies {
            chain.push((PayloadType::Notify, notify.to_bytes()));
        }
        encode_payload_chain(&chain)
    }
}

fn header(head: &source::Head) -> IkeHeader {
    IkeHeader {
        initiator_spi: head.spi_i,
        responder_spi: head.spi_r,
        next_payload: PayloadType::NoNext,
        major_version: 2,
        minor_version: 0,
        exchange_type: ExchangeType::from_u8(head.exchange),
        flags: Flags::from_u8(head.flags),
        message_id: head.message_id,
        length: 0,
    }
}

fn sa(proposals: &[source::Proposal]) -> SecurityAssociation {
    SecurityAssociation {
        proposals: proposals
            .iter()
            .map(|proposal| Proposal {
                num: proposal.number,
                protocol_id: proposal.protocol,
                spi: proposal.spi.to_vec(),
                transforms: proposal
                    .transforms
                    .iter()
                    .map(|transform| Transform { transform_type: transform.ty, transform_id: transform.id, key_length: transform.key_bits })
                    .collect(),
            })
            .collect(),
    }
}

fn notify(notify: &source::Notify) -> Notify {
    Notify::status(notify.ty, notify.data.to_vec())
}

fn selectors(selectors: &[source::Selector]) -> TrafficSelectors {
    TrafficSelectors {
        selectors: selectors
            .iter()
            .map(|selector| TrafficSelector {
                ts_type: 7,
                ip_protocol: selector.protocol,
                start_port: selector.ports.0,
                end_port: selector.ports.1,
                start_addr: selector.addresses.0.to_be_bytes().to_vec(),
                end_addr: selector.addresses.1.to_be_bytes().to_vec(),
            })
            .collect(),
    }
}
