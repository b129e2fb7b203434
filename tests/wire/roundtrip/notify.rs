//! Notify data as a caller may put it together, right or wrong.

use ikev2::registry::{GatewayIdType, IpcompTransform, KeMethod, NotifyType, PayloadType, PpkIdType, Prf, private::notify_type};
use ikev2::wire::{AuthAnnouncements, CodePointList, Gateway, Notify, NotifyData};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::net::IpAddr;

/// What a draw is made of.
#[derive(Clone, Debug)]
pub(crate) struct Drawn {
    ty: NotifyType,
    shape: u8,
    octets: Vec<u8>,
    fixed: [u8; 20],
    list: Vec<u16>,
    announcements: Vec<Vec<u8>>,
    numbers: [u32; 3],
    addresses: (IpAddr, IpAddr),
    gateway: u8,
}

pub(crate) fn drawn() -> impl Strategy<Value = Drawn> {
    let ty = prop_oneof![
        4 => select(NotifyType::ASSIGNED),
        1 => Just(notify_type::MS_NOTIFY_STATUS),
        1 => any::<u16>().prop_map(NotifyType),
    ];
    let octets = prop_oneof![3 => vec(any::<u8>(), 0..70), 1 => Just(Vec::new()), 1 => vec(any::<u8>(), 250..260)];
    let announcements = vec(vec(any::<u8>(), 1..20), 0..4);
    (
        ty,
        any::<u8>(),
        octets,
        any::<[u8; 20]>(),
        vec(any::<u16>(), 0..6),
        announcements,
        any::<[u32; 3]>(),
        any::<(IpAddr, IpAddr)>(),
        0..6u8,
    )
        .prop_map(|(ty, shape, octets, fixed, list, announcements, numbers, addresses, gateway)| Drawn {
            ty,
            shape,
            octets,
            fixed,
            list,
            announcements,
            numbers,
            addresses,
            gateway,
        })
}

impl Drawn {
    /// Octets of the lists a shape may be a view of.
    pub(crate) fn lists(&self) -> (Vec<u8>, Vec<u8>) {
        let list = self.list.iter().flat_map(|value| value.to_be_bytes()).collect();
        let announced = self.announcements.iter().flat_map(|a| [&[u8::try_from(a.len() + 1).unwrap()], &a[..]].concat());
        (list, announced.collect())
    }

    /// Every shape there is, by number; the last two are of any type, known or not.
    pub(crate) fn data<'a>(&'a self, (list, announced): &'a (Vec<u8>, Vec<u8>)) -> NotifyData<'a> {
        let octets = &self.octets[..];
        let [a, b, c] = self.numbers;
        let (short, octet) = (u16::try_from(a & 0xffff).unwrap(), u8::try_from(b & 0xff).unwrap());
        let gateway = match self.gateway {
            0 => Gateway::Address(self.addresses.0),
            1 => Gateway::Fqdn(octets),
            2 => Gateway::Unknown(GatewayIdType(octet), octets),
            n => Gateway::Unknown(GatewayIdType(n - 2), octets),
        };
        let values = CodePointList::from_octets(list).unwrap();
        match self.shape % 28 {
            0 => NotifyData::UnsupportedCriticalPayload(PayloadType(octet)),
            1 => NotifyData::InvalidMessageId(a),
            2 => NotifyData::InvalidSpi(octets),
            3 => NotifyData::InvalidKePayload(KeMethod(short)),
            4 => NotifyData::SetWindowSize(a),
            5 => NotifyData::IpcompSupported(short, IpcompTransform(octet), octets),
            6 => NotifyData::NatDetectionSourceIp(&self.fixed),
            7 => NotifyData::NatDetectionDestinationIp(&self.fixed),
            8 => NotifyData::Cookie(octets),
            9 => NotifyData::Cookie2(octets),
            10 => NotifyData::AdditionalAddress(self.addresses.0),
            11 => NotifyData::NoNatsAllowed((self.addresses.0, short), (self.addresses.1, u16::from(octet))),
            12 => NotifyData::AuthLifetime(a),
            13 => NotifyData::Redirect(gateway, octets),
            14 => NotifyData::RedirectedFrom(gateway, octets),
            15 => NotifyData::TicketLtOpaque(a, octets),
            16 => NotifyData::MessageIdSync(a, b, c),
            17 => NotifyData::SecurePasswordMethods(values),
            18 => NotifyData::SignatureHashAlgorithms(values),
            19 => NotifyData::Puzzle(Prf(short), octet),
            20 => NotifyData::PpkIdentity(PpkIdType(octet), octets),
            21 => NotifyData::PpkIdentityKey(PpkIdType(octet), octets, self.fixed.first_chunk().unwrap()),
            22 => NotifyData::UseAggfrag(octet),
            23 => NotifyData::SupportedAuthMethods(AuthAnnouncements::from_octets(announced).unwrap()),
            24 => NotifyData::MsNotifyStatus(a),
            25 => NotifyData::Empty(self.ty),
            26 => NotifyData::Unknown(self.ty, octets),
            // As a receiver would show it, where the octets have the shape of the type.
            _ => Notify::new(self.ty, octets).typed_data().unwrap_or(NotifyData::Empty(self.ty)),
        }
    }
}
