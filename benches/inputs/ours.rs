//! `ikev2` on the same octets: every payload parsed, every field of every view touched; and the same values written.

use super::Sum;
use super::source::{AuthChain, Head, Notify as NotifySource, Offer, Proposal as ProposalSource, Response, Selector as SelectorSource};
use core::net::{Ipv4Addr, Ipv6Addr};
use ikev2::error::{BuildError, ParseError};
use ikev2::registry::{
    AuthMethod, CertEncoding, ConfigurationAttributeType, ConfigurationType, ExchangeType, IdType, KeMethod, NotifyType, PayloadType,
    SecurityProtocol, TransformId, TransformType,
};
use ikev2::wire::{
    Auth, Cert, CertReq, Chain, ChainBuilder, Header, Id, IkeSpis, KeyExchange, Message, MessageBuilder, Nonce, Notify, Payload, Payloads,
    Sa, SaBuilder, TrafficSelector, TrafficSelectors, TrafficSelectorsBuilder, TransformAttributeValue,
};

/// Reads a whole message; the sum of all its fields.
///
/// # Errors
/// What `ikev2` found wrong.
#[inline(never)]
pub fn message(datagram: &[u8]) -> Result<u64, ParseError> {
    let message = Message::parse(datagram)?;
    let header = message.header();
    let (major, minor) = message.version();
    let mut sum = Sum::default();
    sum.int(header.spis.initiator);
    sum.int(header.spis.responder);
    sum.int(major);
    sum.int(minor);
    sum.int(header.exchange.0);
    sum.int(header.initiator);
    sum.int(header.response);
    sum.int(header.message_id);
    payloads(message.payloads(), &mut sum)?;
    Ok(sum.total())
}

/// Reads the chain inside an SK payload; the sum of all its fields.
///
/// # Errors
/// What `ikev2` found wrong.
#[inline(never)]
pub fn chain(first: u8, content: &[u8]) -> Result<u64, ParseError> {
    let mut sum = Sum::default();
    payloads(Chain::parse(PayloadType(first), content)?.payloads(), &mut sum)?;
    Ok(sum.total())
}

#[inline(always)]
fn payloads(payloads: Payloads<'_>, sum: &mut Sum) -> Result<(), ParseError> {
    for raw in payloads {
        sum.int(raw.ty.0);
        sum.int(raw.critical);
        match raw.parse()? {
            Payload::Sa(body) => sa(&body, sum),
            Payload::KeyExchange(ke) => {
                sum.int(ke.method.0);
                sum.octets(ke.data);
            }
            Payload::IdI(id) | Payload::IdR(id) => {
                sum.int(id.ty.0);
                sum.octets(id.data);
            }
            Payload::Cert(cert) => {
                sum.int(cert.encoding.0);
                sum.octets(cert.data);
            }
            Payload::CertReq(request) => {
                sum.int(request.encoding.0);
                sum.octets(request.authorities);
            }
            Payload::Auth(auth) => {
                sum.int(auth.method.0);
                sum.octets(auth.data);
            }
            Payload::Nonce(nonce) => sum.octets(nonce.data),
            Payload::Notify(notify) => {
                sum.int(notify.protocol.0);
                sum.int(notify.ty.0);
                sum.octets(notify.spi);
                sum.octets(notify.data);
            }
            Payload::Delete(delete) => {
                sum.int(delete.protocol().0);
                for spi in delete.spis() {
                    sum.octets(spi);
                }
            }
            Payload::VendorId(vendor) => sum.octets(vendor.data),
            Payload::TsI(ts) | Payload::TsR(ts) => selectors(&ts, sum),
            Payload::Sk(sk) => sum.octets(sk.sealed),
            Payload::Configuration(configuration) => {
                sum.int(configuration.ty().0);
                for attribute in configuration.attributes() {
                    sum.int(attribute.ty.0);
                    sum.octets(attribute.value);
                }
            }
            Payload::Eap(eap) => {
                sum.int(eap.code.0);
                sum.int(eap.identifier);
                sum.octets(eap.data);
            }
            Payload::Skf(skf) => {
                sum.int(skf.number);
                sum.int(skf.total);
                sum.octets(skf.sealed);
            }
            Payload::PuzzleSolution(solution) => sum.octets(solution.data),
            Payload::Unknown(raw) => sum.octets(raw.body),
            _ => {}
        }
    }
    Ok(())
}

#[inline(always)]
fn sa(sa: &Sa<'_>, sum: &mut Sum) {
    for proposal in sa.proposals() {
        sum.int(proposal.number);
        sum.int(proposal.protocol.0);
        sum.octets(proposal.spi);
        for transform in proposal.transforms() {
            sum.int(transform.ty.0);
            sum.int(transform.id.0);
            for attribute in transform.attributes() {
                sum.int(attribute.ty.0);
                match attribute.value {
                    TransformAttributeValue::Tv(value) => sum.int(value),
                    TransformAttributeValue::Tlv(value) => sum.octets(value),
                }
            }
        }
    }
}

#[inline(always)]
fn selectors(ts: &TrafficSelectors<'_>, sum: &mut Sum) {
    for selector in ts.selectors() {
        sum.int(selector.ty().0);
        match selector {
            TrafficSelector::Ipv4 { protocol, ports, addresses } => {
                sum.int(protocol);
                sum.int(ports.0);
                sum.int(ports.1);
                sum.int(Ipv4Addr::to_bits(addresses.0));
                sum.int(Ipv4Addr::to_bits(addresses.1));
            }
            TrafficSelector::Ipv6 { protocol, ports, addresses } => {
                sum.int(protocol);
                sum.int(ports.0);
                sum.int(ports.1);
                sum.int(Ipv6Addr::to_bits(addresses.0) as u64);
                sum.int(Ipv6Addr::to_bits(addresses.1) as u64);
            }
            TrafficSelector::FibreChannel { fc_ids, r_ctls, types } => {
                sum.int(fc_ids.0);
                sum.int(fc_ids.1);
                sum.int(r_ctls.0);
                sum.int(r_ctls.1);
                sum.int(types.0);
                sum.int(types.1);
            }
            TrafficSelector::SecurityLabel(label) => sum.octets(label),
            TrafficSelector::Unknown { protocol, octets, .. } => {
                sum.int(protocol);
                sum.octets(octets);
            }
            _ => {}
        }
    }
}

/// Writes [`SA_20X12`](super::SA_20X12); the octets written.
///
/// # Errors
/// What `ikev2` could not write.
#[inline(never)]
pub fn offer(buffer: &mut [u8], offer: &Offer) -> Result<usize, BuildError> {
    let message = MessageBuilder::new(buffer, &header(&offer.head))
        .sa(|sa| {
            for source in &offer.proposals {
                proposal(sa, source);
            }
        })
        .finish()?;
    Ok(message.len())
}

/// Writes [`INIT_RESPONSE`](super::INIT_RESPONSE); the octets written.
///
/// # Errors
/// What `ikev2` could not write.
#[inline(never)]
pub fn response(buffer: &mut [u8], response: &Response) -> Result<usize, BuildError> {
    let mut builder = MessageBuilder::new(buffer, &header(&response.head));
    builder
        .sa(|sa| proposal(sa, &response.proposal))
        .push(Payload::KeyExchange(KeyExchange { method: KeMethod(response.ke_method), data: response.ke_data }))
        .push(Payload::Nonce(Nonce { data: response.nonce }));
    for source in &response.notifies {
        builder.push(notify(source));
    }
    Ok(builder.finish()?.len())
}

/// Writes [`AUTH_CHAIN`](super::AUTH_CHAIN); the octets written.
///
/// # Errors
/// What `ikev2` could not write.
#[inline(never)]
pub fn auth_chain(buffer: &mut [u8], chain: &AuthChain) -> Result<usize, BuildError> {
    let mut builder = ChainBuilder::new(buffer);
    builder.push(Payload::IdI(Id { ty: IdType(chain.id_i.0), data: chain.id_i.1 }));
    for &(encoding, data) in &chain.certs {
        builder.push(Payload::Cert(Cert { encoding: CertEncoding(encoding), data }));
    }
    builder
        .push(notify(&chain.initial_contact))
        .push(Payload::CertReq(CertReq { encoding: CertEncoding(chain.cert_req.0), authorities: chain.cert_req.1 }))
        .push(Payload::IdR(Id { ty: IdType(chain.id_r.0), data: chain.id_r.1 }))
        .push(Payload::Auth(Auth { method: AuthMethod(chain.auth.0), data: chain.auth.1 }))
        .configuration(ConfigurationType(chain.cfg_type), |cp| {
            for &(ty, value) in &chain.cfg_attributes {
                cp.attribute(ConfigurationAttributeType(ty), value);
            }
        })
        .sa(|sa| proposal(sa, &chain.proposal))
        .ts_i(|ts| add_selectors(ts, &chain.ts_i))
        .ts_r(|ts| add_selectors(ts, &chain.ts_r));
    for source in &chain.notifies {
        builder.push(notify(source));
    }
    Ok(builder.finish()?.1.len())
}

#[inline(always)]
fn header(head: &Head) -> Header {
    Header {
        spis: IkeSpis { initiator: head.spi_i, responder: head.spi_r },
        exchange: ExchangeType(head.exchange),
        initiator: head.flags & 0x08 != 0,
        response: head.flags & 0x20 != 0,
        message_id: head.message_id,
    }
}

#[inline(always)]
fn notify(source: &NotifySource) -> Payload<'static> {
    Payload::Notify(Notify::new(NotifyType(source.ty), source.data))
}

#[inline(always)]
fn proposal(sa: &mut SaBuilder<'_, '_>, source: &ProposalSource) {
    sa.proposal(source.number, SecurityProtocol(source.protocol), source.spi, |p| {
        for transform in &source.transforms {
            let (ty, id) = (TransformType(transform.ty), TransformId(transform.id));
            match transform.key_bits {
                Some(bits) => p.transform_key_length(ty, id, bits),
                None => p.transform(ty, id),
            };
        }
    });
}

#[inline(always)]
fn add_selectors(ts: &mut TrafficSelectorsBuilder<'_, '_>, selectors: &[SelectorSource]) {
    for source in selectors {
        ts.selector(TrafficSelector::Ipv4 {
            protocol: source.protocol,
            ports: source.ports,
            addresses: (source.addresses.0.into(), source.addresses.1.into()),
        });
    }
}
