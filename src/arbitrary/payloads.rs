//! Payloads of every type, each within its rules.

use super::draw::Draw;
use super::sink::Sink;
use super::values;
use crate::registry::{
    AuthMethod, CertEncoding, ConfigurationAttributeType, ConfigurationType, Encr, ExchangeType, IdType, Integ, KeMethod, NotifyType,
    PayloadType, Prf, SecurityProtocol, SequenceNumbers, TransformAttributeType, TransformId, TransformType, TsType,
};
use crate::wire::{
    Auth, Cert, CertReq, Delete, Eap, EapCode, Header, Id, KeyExchange, Nonce, Notify, Payload, ProposalBuilder, PuzzleSolution,
    RawPayload, SaBuilder, Sk, Skf, TrafficSelector, TrafficSelectorsBuilder, TransformAttributeValue, VendorId,
};
use core::net::{Ipv4Addr, Ipv6Addr};

/// The payloads that can stand anywhere, those of unknown type apart.
const ANYWHERE: &[PayloadType] = &[
    PayloadType::N,
    PayloadType::SA,
    PayloadType::KE,
    PayloadType::NONCE,
    PayloadType::IDI,
    PayloadType::IDR,
    PayloadType::CERT,
    PayloadType::CERTREQ,
    PayloadType::AUTH,
    PayloadType::D,
    PayloadType::V,
    PayloadType::TSI,
    PayloadType::TSR,
    PayloadType::CP,
    PayloadType::EAP,
    PayloadType::PS,
];

/// Payloads that are drawn, after those of a usual exchange.
const MOST_DRAWN: usize = 4;

/// Half of the messages are those that have most of their payloads in clear.
pub(super) fn exchange(draw: &mut Draw<'_, '_>) -> ExchangeType {
    if draw.flag() { ExchangeType::IKE_SA_INIT } else { draw.code(ExchangeType::ASSIGNED, |draw| ExchangeType(draw.u8())) }
}

/// The payloads of a message, SK or SKF included.
pub(super) fn clear<'b>(draw: &mut Draw<'_, '_>, header: &Header, to: &mut impl Sink<'b>) {
    if header.exchange == ExchangeType::IKE_SA_INIT {
        if !draw.rarely() {
            usual(draw, header.response, &[PayloadType::SA, PayloadType::KE, PayloadType::NONCE], to);
        }
        some(draw, header.response, to);
        return;
    }
    if draw.flag() {
        some(draw, header.response, to);
    }
    match draw.u8() & 7 {
        0..=1 => {}
        2..=4 => {
            to.push(Payload::Sk(Sk { first_payload: draw.code(ANYWHERE, |draw| PayloadType(draw.u8())), sealed: draw.octets(0..=600) }));
        }
        _ => {
            let total = draw.u16().max(1);
            let number = if draw.flag() { 1 } else { draw.u16().clamp(1, total) };
            let first = if number == 1 { draw.code(ANYWHERE, |draw| PayloadType(draw.u8())) } else { PayloadType::NO_NEXT_PAYLOAD };
            to.push(Payload::Skf(Skf { first_payload: first, number, total, sealed: draw.octets(0..=600) }));
        }
    }
}

/// The payloads inside SK.
pub(super) fn inner<'b>(draw: &mut Draw<'_, '_>, to: &mut impl Sink<'b>) {
    use PayloadType as T;
    let response = draw.flag();
    let exchange: &[T] = match draw.u8() & 7 {
        0 => &[T::IDI, T::CERT, T::CERTREQ, T::AUTH, T::CP, T::SA, T::TSI, T::TSR],
        1 => &[T::IDR, T::AUTH, T::SA, T::TSI, T::TSR],
        2 => &[T::N, T::SA, T::NONCE, T::KE, T::TSI, T::TSR],
        3 => &[T::EAP],
        4 => &[T::D],
        5 => &[T::KE],
        _ => &[],
    };
    usual(draw, response, exchange, to);
    some(draw, response, to);
}

fn usual<'b>(draw: &mut Draw<'_, '_>, response: bool, types: &[PayloadType], to: &mut impl Sink<'b>) {
    for ty in types {
        payload(draw, *ty, response, to);
    }
}

fn some<'b>(draw: &mut Draw<'_, '_>, response: bool, to: &mut impl Sink<'b>) {
    for _ in 0..draw.within(0..=MOST_DRAWN) {
        let ty = draw.code(ANYWHERE, |draw| PayloadType(draw.u8()));
        payload(draw, ty, response, to);
    }
}

fn payload<'b>(draw: &mut Draw<'_, '_>, ty: PayloadType, response: bool, to: &mut impl Sink<'b>) {
    match ty {
        PayloadType::SA => to.sa(|sa| proposals(draw, response, sa)),
        PayloadType::KE => to.push(Payload::KeyExchange(key_exchange(draw, response))),
        PayloadType::IDI => to.push(Payload::IdI(id(draw))),
        PayloadType::IDR => to.push(Payload::IdR(id(draw))),
        PayloadType::CERT => to.push(Payload::Cert(cert(draw))),
        PayloadType::CERTREQ => to.push(Payload::CertReq(cert_req(draw))),
        PayloadType::AUTH => auth(draw, to),
        PayloadType::NONCE => to.push(Payload::Nonce(Nonce { data: draw.octets(16..=256) })),
        PayloadType::N => notify(draw, to),
        PayloadType::D => delete(draw, to),
        PayloadType::V => to.push(Payload::VendorId(VendorId { data: values::vendor_id(draw) })),
        PayloadType::TSI => to.ts_i(|ts| selectors(draw, ts)),
        PayloadType::TSR => to.ts_r(|ts| selectors(draw, ts)),
        PayloadType::CP => configuration(draw, to),
        PayloadType::EAP => to.push(Payload::Eap(eap(draw))),
        PayloadType::PS => to.push(Payload::PuzzleSolution(PuzzleSolution { data: draw.octets(0..=128) })),
        // They end a message, and No Next Payload is none.
        PayloadType::SK | PayloadType::SKF | PayloadType::NO_NEXT_PAYLOAD => {}
        _ => to.push(Payload::Unknown(RawPayload::new(ty, false, draw.octets(0..=48)))),
    }
}

fn proposals<'b>(draw: &mut Draw<'_, '_>, response: bool, sa: &mut SaBuilder<'_, 'b>) {
    // A response holds the one proposal that was chosen, under the number it was offered with.
    let (first, count) = if response && draw.flag() { (draw.u8().max(1), 1) } else { (1, draw.within(1..=4)) };
    for number in (first..=u8::MAX).take(count) {
        let protocol = draw.code(&[SecurityProtocol::IKE, SecurityProtocol::ESP, SecurityProtocol::AH], |draw| SecurityProtocol(draw.u8()));
        let spi = match protocol {
            SecurityProtocol::IKE if draw.flag() => draw.octets(8..=8),
            SecurityProtocol::IKE => &[],
            SecurityProtocol::AH | SecurityProtocol::ESP => draw.octets(4..=4),
            _ => draw.octets(0..=16),
        };
        sa.proposal(number, protocol, spi, |proposal| {
            for _ in 0..draw.within(0..=8) {
                transform(draw, proposal);
            }
        });
    }
}

fn transform(draw: &mut Draw<'_, '_>, proposal: &mut ProposalBuilder<'_, '_>) {
    let ty = draw.code(TransformType::ASSIGNED, |draw| TransformType(draw.u8()));
    let any = |draw: &mut Draw<'_, '_>| draw.u16();
    let id: TransformId = match ty {
        TransformType::ENCR => draw.code(Encr::ASSIGNED, |draw| Encr(any(draw))).into(),
        TransformType::PRF => draw.code(Prf::ASSIGNED, |draw| Prf(any(draw))).into(),
        TransformType::INTEG => draw.code(Integ::ASSIGNED, |draw| Integ(any(draw))).into(),
        TransformType::SN => draw.code(SequenceNumbers::ASSIGNED, |draw| SequenceNumbers(any(draw))).into(),
        ty if ty.is_key_exchange() => draw.code(KeMethod::ASSIGNED, |draw| KeMethod(any(draw))).into(),
        _ => TransformId(any(draw)),
    };
    if ty == TransformType::ENCR && draw.flag() {
        proposal.transform_key_length(ty, id, draw.code(&[128, 192, 256], any));
        return;
    }
    proposal.transform_with(ty, id, |transform| {
        let count = if draw.rarely() { draw.within(1..=2) } else { 0 };
        for _ in 0..count {
            let ty = draw.code(TransformAttributeType::ASSIGNED, |draw| TransformAttributeType(draw.u16() & 0x7fff));
            let value =
                if draw.flag() { TransformAttributeValue::Tv(draw.u16()) } else { TransformAttributeValue::Tlv(draw.octets(0..=16)) };
            transform.attribute(ty, value);
        }
    });
}

fn key_exchange<'a>(draw: &mut Draw<'_, 'a>, response: bool) -> KeyExchange<'a> {
    let method = draw.code(KeMethod::ASSIGNED, |draw| KeMethod(draw.u16()));
    let size = match method.data_len() {
        Some((_, size)) if response => size..=size,
        Some((size, _)) => size..=size,
        None => 1..=128,
    };
    KeyExchange { method, data: draw.octets(size) }
}

fn id<'a>(draw: &mut Draw<'_, 'a>) -> Id<'a> {
    let ty = draw.code(IdType::ASSIGNED, |draw| IdType(draw.u8()));
    let data = match ty {
        IdType::ID_IPV4_ADDR => draw.octets(4..=4),
        IdType::ID_IPV6_ADDR => draw.octets(16..=16),
        IdType::ID_FQDN | IdType::ID_RFC822_ADDR => draw.text(1..=48),
        IdType::ID_NULL => &[],
        _ => draw.octets(0..=64),
    };
    Id { ty, data }
}

fn cert<'a>(draw: &mut Draw<'_, 'a>) -> Cert<'a> {
    let encoding = draw.code(CertEncoding::ASSIGNED, |draw| CertEncoding(draw.u8()));
    let data = match encoding {
        CertEncoding::HASH_AND_URL_X509 | CertEncoding::HASH_AND_URL_BUNDLE => draw.octets(20..=64),
        _ => draw.octets(0..=1500),
    };
    Cert { encoding, data }
}

fn cert_req<'a>(draw: &mut Draw<'_, 'a>) -> CertReq<'a> {
    let encoding = draw.code(CertEncoding::ASSIGNED, |draw| CertEncoding(draw.u8()));
    let authorities = match encoding {
        CertEncoding::X509_SIGNATURE | CertEncoding::HASH_AND_URL_X509 | CertEncoding::HASH_AND_URL_BUNDLE => {
            let size = draw.within(0..=5).saturating_mul(20);
            draw.octets(size..=size)
        }
        _ => draw.octets(0..=64),
    };
    CertReq { encoding, authorities }
}

fn auth<'b>(draw: &mut Draw<'_, '_>, to: &mut impl Sink<'b>) {
    let method = draw.code(AuthMethod::ASSIGNED, |draw| AuthMethod(draw.u8()));
    let mut signature = [0; 1 + 16 + 64];
    let data = if method == AuthMethod::DIGITAL_SIGNATURE {
        let algorithm = draw.octets(0..=16);
        let parts = [&[u8::try_from(algorithm.len()).unwrap_or(0)], algorithm, draw.octets(0..=64)];
        let mut size = 0usize;
        for (slot, octet) in signature.iter_mut().zip(parts.into_iter().flatten()) {
            *slot = *octet;
            size = size.saturating_add(1);
        }
        signature.get(..size).unwrap_or_default()
    } else {
        draw.octets(0..=512)
    };
    to.push(Payload::Auth(Auth { method, data }));
}

fn notify<'b>(draw: &mut Draw<'_, '_>, to: &mut impl Sink<'b>) {
    let ty = draw.code(NotifyType::ASSIGNED, |draw| NotifyType(draw.u16()));
    let mut scratch = [0; values::SCRATCH];
    let data = values::notify_data(draw, ty, &mut scratch);
    if !matches!(ty, NotifyType::REKEY_SA | NotifyType::CHILD_SA_NOT_FOUND) {
        to.notify(data);
        return;
    }
    let protocol = draw.code(&[SecurityProtocol::ESP, SecurityProtocol::AH], |draw| SecurityProtocol(draw.u8()));
    to.push(Payload::Notify(Notify { protocol, spi: draw.octets(4..=4), ty, data: draw.octets(0..=8) }));
}

fn delete<'b>(draw: &mut Draw<'_, '_>, to: &mut impl Sink<'b>) {
    match draw.u8() & 3 {
        0 => to.push(Payload::Delete(Delete::IKE_SA)),
        1 => {
            let size = draw.within(0..=4).saturating_mul(4);
            to.push(Payload::Delete(Delete::child_sas(SecurityProtocol::AH, draw.octets(size..=size))));
        }
        _ => {
            let spis: [[u8; 4]; 4] = [draw.array(), draw.array(), draw.array(), draw.array()];
            let count = draw.within(0..=4);
            to.delete(SecurityProtocol::ESP, spis.get(..count).unwrap_or_default());
        }
    }
}

fn selectors(draw: &mut Draw<'_, '_>, ts: &mut TrafficSelectorsBuilder<'_, '_>) {
    for _ in 0..draw.within(1..=4) {
        let ty = draw.code(TsType::ASSIGNED, |draw| TsType(draw.u8()));
        ts.selector(match ty {
            TsType::TS_IPV4_ADDR_RANGE => TrafficSelector::Ipv4 {
                protocol: draw.u8(),
                ports: ports(draw),
                addresses: ordered(Ipv4Addr::from(draw.u32()), Ipv4Addr::from(draw.u32())),
            },
            TsType::TS_IPV6_ADDR_RANGE => TrafficSelector::Ipv6 {
                protocol: draw.u8(),
                ports: ports(draw),
                addresses: ordered(Ipv6Addr::from(draw.array::<16>()), Ipv6Addr::from(draw.array::<16>())),
            },
            TsType::TS_FC_ADDR_RANGE => TrafficSelector::FibreChannel {
                fc_ids: ordered(draw.u32() & 0x00ff_ffff, draw.u32() & 0x00ff_ffff),
                r_ctls: ordered(draw.u8(), draw.u8()),
                types: ordered(draw.u8(), draw.u8()),
            },
            TsType::TS_SECLABEL => TrafficSelector::SecurityLabel(draw.octets(0..=64)),
            ty => TrafficSelector::Unknown { ty, protocol: draw.u8(), octets: draw.octets(0..=32) },
        });
    }
}

/// ANY, OPAQUE, or a range.
fn ports(draw: &mut Draw<'_, '_>) -> (u16, u16) {
    match draw.u8() & 3 {
        0 => (0, u16::MAX),
        1 => (u16::MAX, 0),
        _ => ordered(draw.u16(), draw.u16()),
    }
}

fn ordered<T: Ord>(a: T, b: T) -> (T, T) {
    if a <= b { (a, b) } else { (b, a) }
}

fn configuration<'b>(draw: &mut Draw<'_, '_>, to: &mut impl Sink<'b>) {
    let ty = draw.code(ConfigurationType::ASSIGNED, |draw| ConfigurationType(draw.u8()));
    to.configuration(ty, |cp| {
        for _ in 0..draw.within(0..=6) {
            let ty = draw.code(ConfigurationAttributeType::ASSIGNED, |draw| ConfigurationAttributeType(draw.u16() & 0x7fff));
            let mut scratch = [0; values::SCRATCH];
            cp.value(ty, &values::cfg_value(draw, ty, &mut scratch));
        }
    });
}

fn eap<'a>(draw: &mut Draw<'_, 'a>) -> Eap<'a> {
    let code = draw.code(&[EapCode::REQUEST, EapCode::RESPONSE, EapCode::SUCCESS, EapCode::FAILURE], |draw| EapCode(draw.u8()));
    let octets: &[u8] = match code {
        EapCode::SUCCESS | EapCode::FAILURE => &[],
        // Type 254, Vendor-Id, Vendor-Type and data.
        _ if draw.rarely() => &[254, 0, 0x01, 0x37, 0, 0, 0, 1, 0xca, 0xfe],
        _ => draw.octets(1..=128),
    };
    Eap { code, identifier: draw.u8(), data: octets }
}
