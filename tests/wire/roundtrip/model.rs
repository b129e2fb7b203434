//! Payloads of their own memory, made at random, written through the builders, and compared with what is read.

use ikev2::registry::*;
use ikev2::wire::{
    Auth, Cert, CertReq, ChainBuilder, Eap, EapCode, Id, KeyExchange, MessageBuilder, Nonce, Notify, Payload, PuzzleSolution, RawPayload,
    SaBuilder, TrafficSelector, TrafficSelectorsBuilder, TransformAttributeValue, VendorId,
};
use proptest::collection::vec;
use proptest::prelude::*;
use std::net::{Ipv4Addr, Ipv6Addr};

type Octets = Vec<u8>;

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Tv(u16),
    Tlv(Octets),
}

#[derive(Clone, Debug)]
pub(crate) struct TransformModel {
    ty: u8,
    id: u16,
    attributes: Vec<(u16, Value)>,
}

#[derive(Clone, Debug)]
pub(crate) struct ProposalModel {
    protocol: u8,
    spi: Octets,
    transforms: Vec<TransformModel>,
}

#[derive(Clone, Debug)]
pub(crate) enum SelectorModel {
    V4(u8, (u16, u16), (u32, u32)),
    V6(u8, (u16, u16), (u128, u128)),
    Fc((u32, u32), (u8, u8), (u8, u8)),
    Label(Octets),
    Unknown(u8, u8, Octets),
}

#[derive(Clone, Debug)]
pub(crate) enum Model {
    /// An offer, or an answer with this number.
    Sa(Vec<ProposalModel>, Option<u8>),
    Ke(u16, Octets),
    Id(bool, u8, Octets),
    Cert(u8, Octets),
    CertReq(u8, Octets),
    Auth(u8, Octets),
    Nonce(Octets),
    Notify(u8, Octets, u16, Octets),
    DeleteIke,
    Delete(bool, Vec<[u8; 4]>),
    Vendor(Octets),
    Ts(bool, Vec<SelectorModel>),
    Cp(u8, Vec<(u16, Octets)>),
    Eap(u8, u8, Octets),
    Puzzle(Octets),
    Unknown(u8, Octets),
}

fn octets(most: usize) -> impl Strategy<Value = Octets> {
    vec(any::<u8>(), 0..=most)
}

fn transform() -> impl Strategy<Value = TransformModel> {
    let value = prop_oneof![any::<u16>().prop_map(Value::Tv), octets(9).prop_map(Value::Tlv)];
    let attribute = (prop_oneof![Just(14), 0u16..0x8000], value);
    (any::<u8>(), any::<u16>(), vec(attribute, 0..3)).prop_map(|(ty, id, attributes)| TransformModel { ty, id, attributes })
}

fn proposal() -> impl Strategy<Value = ProposalModel> {
    let exactly = |n| vec(any::<u8>(), n..=n);
    let protocol_and_spi = prop_oneof![
        Just((1, Vec::new())),
        exactly(8).prop_map(|spi| (1, spi)),
        (2u8..=3, exactly(4)),
        (4u8.., octets(12)),
        octets(3).prop_map(|spi| (0, spi)),
    ];
    let all = (protocol_and_spi, vec(transform(), 0..6));
    all.prop_map(|((protocol, spi), transforms)| ProposalModel { protocol, spi, transforms })
}

fn ordered<T: Ord>(a: T, b: T) -> (T, T) {
    if a <= b { (a, b) } else { (b, a) }
}

fn selector() -> impl Strategy<Value = SelectorModel> {
    let ports = || prop_oneof![1 => Just((65535, 0)), 4 => (any::<u16>(), any::<u16>()).prop_map(|(a, b)| ordered(a, b))];
    let unknown = any::<u8>().prop_filter("of a known type", |ty| !(7..=10).contains(ty));
    prop_oneof![
        (any::<u8>(), ports(), any::<u32>(), any::<u32>()).prop_map(|(p, ports, a, b)| SelectorModel::V4(p, ports, ordered(a, b))),
        (any::<u8>(), ports(), any::<u128>(), any::<u128>()).prop_map(|(p, ports, a, b)| SelectorModel::V6(p, ports, ordered(a, b))),
        (0u32..1 << 24, 0u32..1 << 24, any::<[u8; 4]>()).prop_map(|(a, b, [c, d, e, f])| SelectorModel::Fc(
            ordered(a, b),
            ordered(c, d),
            ordered(e, f)
        )),
        octets(20).prop_map(SelectorModel::Label),
        (unknown, any::<u8>(), octets(20)).prop_map(|(ty, protocol, octets)| SelectorModel::Unknown(ty, protocol, octets)),
    ]
}

fn payload() -> impl Strategy<Value = Model> {
    let eap_code = prop_oneof![
        (1u8..=2, vec(any::<u8>(), 1..30)),
        (3u8..=4).prop_map(|code| (code, Vec::new())),
        (5u8.., octets(30)),
        octets(30).prop_map(|data| (0, data)),
    ];
    let unknown = any::<u8>().prop_filter("known", |ty| !matches!(*ty, 0 | 33..=48 | 53 | 54));
    prop_oneof![
        4 => (vec(proposal(), 1..5)).prop_map(|proposals| Model::Sa(proposals, None)),
        1 => (proposal(), 1u8..).prop_map(|(proposal, number)| Model::Sa(vec![proposal], Some(number))),
        1 => (any::<u16>(), octets(100)).prop_map(|(method, data)| Model::Ke(method, data)),
        1 => (any::<bool>(), any::<u8>(), octets(30)).prop_map(|(r, ty, data)| Model::Id(r, ty, data)),
        1 => (any::<u8>(), octets(60)).prop_map(|(encoding, data)| Model::Cert(encoding, data)),
        1 => (any::<u8>(), octets(60)).prop_map(|(encoding, data)| Model::CertReq(encoding, data)),
        1 => (any::<u8>(), octets(60)).prop_map(|(method, data)| Model::Auth(method, data)),
        1 => vec(any::<u8>(), 16..=256).prop_map(Model::Nonce),
        2 => (any::<u8>(), octets(9), any::<u16>(), octets(30)).prop_map(|(p, spi, ty, data)| Model::Notify(p, spi, ty, data)),
        1 => Just(Model::DeleteIke),
        1 => (any::<bool>(), vec(any::<[u8; 4]>(), 0..6)).prop_map(|(esp, spis)| Model::Delete(esp, spis)),
        1 => octets(40).prop_map(Model::Vendor),
        4 => (any::<bool>(), vec(selector(), 1..5)).prop_map(|(r, selectors)| Model::Ts(r, selectors)),
        3 => (any::<u8>(), vec((0u16..0x8000, octets(20)), 0..5)).prop_map(|(ty, attributes)| Model::Cp(ty, attributes)),
        1 => (eap_code, any::<u8>()).prop_map(|((code, data), id)| Model::Eap(code, id, data)),
        1 => octets(40).prop_map(Model::Puzzle),
        1 => (unknown, octets(40)).prop_map(|(ty, body)| Model::Unknown(ty, body)),
    ]
}

pub(crate) fn payloads() -> impl Strategy<Value = Vec<Model>> {
    vec(payload(), 0..7)
}

macro_rules! push {
    ($self:ident, $builder:ident) => {
        match $self {
            Model::Sa(proposals, number) => drop_it($builder.sa(|sa| write_proposals(sa, proposals, *number))),
            Model::Ts(false, selectors) => drop_it($builder.ts_i(|ts| write_selectors(ts, selectors))),
            Model::Ts(true, selectors) => drop_it($builder.ts_r(|ts| write_selectors(ts, selectors))),
            Model::Cp(ty, attributes) => drop_it($builder.configuration(ConfigurationType(*ty), |cp| {
                for (ty, value) in attributes {
                    cp.attribute(ConfigurationAttributeType(*ty), value);
                }
            })),
            Model::Delete(esp, spis) => drop_it($builder.delete(if *esp { SecurityProtocol::ESP } else { SecurityProtocol::AH }, spis)),
            simple => drop_it($builder.push(simple.simple())),
        }
    };
}

/// The builder's methods return the builder.
fn drop_it<T>(_: &mut T) {}

impl Model {
    pub(crate) fn push_to_message(&self, builder: &mut MessageBuilder<'_>) {
        push!(self, builder);
    }

    pub(crate) fn push(&self, builder: &mut ChainBuilder<'_>) {
        push!(self, builder);
    }

    fn simple(&self) -> Payload<'_> {
        match self {
            Self::Ke(method, data) => Payload::KeyExchange(KeyExchange { method: KeMethod(*method), data }),
            Self::Id(false, ty, data) => Payload::IdI(Id { ty: IdType(*ty), data }),
            Self::Id(true, ty, data) => Payload::IdR(Id { ty: IdType(*ty), data }),
            Self::Cert(encoding, data) => Payload::Cert(Cert { encoding: CertEncoding(*encoding), data }),
            Self::CertReq(encoding, authorities) => Payload::CertReq(CertReq { encoding: CertEncoding(*encoding), authorities }),
            Self::Auth(method, data) => Payload::Auth(Auth { method: AuthMethod(*method), data }),
            Self::Nonce(data) => Payload::Nonce(Nonce { data }),
            Self::Notify(protocol, spi, ty, octets) => {
                Payload::Notify(Notify { protocol: SecurityProtocol(*protocol), spi, ty: NotifyType(*ty), data: octets })
            }
            Self::DeleteIke => Payload::Delete(ikev2::wire::Delete::IKE_SA),
            Self::Vendor(data) => Payload::VendorId(VendorId { data }),
            Self::Eap(code, identifier, octets) => Payload::Eap(Eap { code: EapCode(*code), identifier: *identifier, data: octets }),
            Self::Puzzle(data) => Payload::PuzzleSolution(PuzzleSolution { data }),
            Self::Unknown(ty, body) => Payload::Unknown(RawPayload::new(PayloadType(*ty), false, body)),
            list => panic!("{list:?} is written through a closure"),
        }
    }

    /// Panics unless `read` is this payload.
    pub(crate) fn check(&self, read: &Payload<'_>) {
        match (self, read) {
            (Self::Sa(proposals, number), Payload::Sa(sa)) => {
                assert_eq!(sa.proposals().count(), proposals.len());
                for (index, (model, read)) in proposals.iter().zip(sa.proposals()).enumerate() {
                    assert_eq!(read.number, number.unwrap_or(index as u8 + 1));
                    assert_eq!((read.protocol.0, read.spi), (model.protocol, &*model.spi));
                    assert_eq!(read.transforms().count(), model.transforms.len());
                    for (model, read) in model.transforms.iter().zip(read.transforms()) {
                        check_transform(model, &read);
                    }
                }
            }
            (Self::Ts(responder, selectors), Payload::TsI(ts) | Payload::TsR(ts)) => {
                assert_eq!(*responder, matches!(read, Payload::TsR(_)));
                assert_eq!(ts.selectors().collect::<Vec<_>>(), selectors.iter().map(SelectorModel::view).collect::<Vec<_>>());
            }
            (Self::Cp(ty, attributes), Payload::Configuration(cp)) => {
                assert_eq!(cp.ty().0, *ty);
                let read: Vec<_> = cp.attributes().map(|attribute| (attribute.ty.0, attribute.value.to_vec())).collect();
                assert_eq!(read, *attributes);
            }
            (Self::Delete(esp, spis), Payload::Delete(delete)) => {
                assert_eq!((delete.protocol().0, delete.spi_size()), (if *esp { 3 } else { 2 }, 4));
                assert!(delete.spis().eq(spis.iter()));
            }
            // The views that say nothing of where they stand compare as they are.
            (Self::Unknown(ty, body), Payload::Unknown(raw)) => assert_eq!((raw.ty.0, raw.body, raw.critical), (*ty, &**body, false)),
            (simple, read) => assert_eq!(simple.simple(), *read),
        }
    }
}

fn write_proposals(sa: &mut SaBuilder<'_, '_>, proposals: &[ProposalModel], number: Option<u8>) {
    for (index, proposal) in proposals.iter().enumerate() {
        let number = number.unwrap_or(index as u8 + 1);
        sa.proposal(number, SecurityProtocol(proposal.protocol), &proposal.spi, |p| {
            for transform in &proposal.transforms {
                p.transform_with(TransformType(transform.ty), TransformId(transform.id), |t| {
                    for (ty, value) in &transform.attributes {
                        match value {
                            Value::Tv(value) => t.attribute(TransformAttributeType(*ty), TransformAttributeValue::Tv(*value)),
                            Value::Tlv(value) => t.attribute(TransformAttributeType(*ty), TransformAttributeValue::Tlv(value)),
                        };
                    }
                });
            }
        });
    }
}

fn check_transform(model: &TransformModel, read: &ikev2::wire::TransformSubstructure<'_>) {
    assert_eq!((read.ty.0, read.id.0), (model.ty, model.id));
    assert_eq!(read.attributes().count(), model.attributes.len());
    for ((ty, value), read) in model.attributes.iter().zip(read.attributes()) {
        assert_eq!(read.ty.0, *ty);
        match (value, read.value) {
            (Value::Tv(model), TransformAttributeValue::Tv(read)) => assert_eq!(*model, read),
            (Value::Tlv(model), TransformAttributeValue::Tlv(read)) => assert_eq!(model, read),
            other => panic!("{other:?}"),
        }
    }
}

fn write_selectors(ts: &mut TrafficSelectorsBuilder<'_, '_>, selectors: &[SelectorModel]) {
    for selector in selectors {
        ts.selector(selector.view());
    }
}

impl SelectorModel {
    fn view(&self) -> TrafficSelector<'_> {
        match self {
            Self::V4(protocol, ports, (first, last)) => {
                TrafficSelector::Ipv4 { protocol: *protocol, ports: *ports, addresses: (Ipv4Addr::from(*first), Ipv4Addr::from(*last)) }
            }
            Self::V6(protocol, ports, (first, last)) => {
                TrafficSelector::Ipv6 { protocol: *protocol, ports: *ports, addresses: (Ipv6Addr::from(*first), Ipv6Addr::from(*last)) }
            }
            Self::Fc(fc_ids, r_ctls, types) => TrafficSelector::FibreChannel { fc_ids: *fc_ids, r_ctls: *r_ctls, types: *types },
            Self::Label(label) => TrafficSelector::SecurityLabel(label),
            Self::Unknown(ty, protocol, octets) => TrafficSelector::Unknown { ty: TsType(*ty), protocol: *protocol, octets },
        }
    }
}
