//! Notification data, configuration values and Vendor IDs, each in the shape its type asks for.

use super::draw::Draw;
use crate::registry::{
    ConfigurationAttributeType, GatewayIdType, IpcompTransform, KeMethod, NotifyType, PayloadType, PpkIdType, Prf, private,
};
use crate::wire::{ConfigurationAttribute, ConfigurationValue, EncryptedDns, Gateway, Notify, NotifyData};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Octets of the largest value that has to be put together, rather than taken as it is.
pub(super) const SCRATCH: usize = 128;

pub(super) fn notify_data<'s, 'a: 's>(draw: &mut Draw<'_, 'a>, ty: NotifyType, scratch: &'s mut [u8; SCRATCH]) -> NotifyData<'s> {
    use NotifyType as T;
    match ty {
        T::UNSUPPORTED_CRITICAL_PAYLOAD => NotifyData::UnsupportedCriticalPayload(PayloadType(draw.u8())),
        T::INVALID_MESSAGE_ID => NotifyData::InvalidMessageId(draw.u32()),
        T::INVALID_SPI => NotifyData::InvalidSpi(draw.octets(0..=8)),
        T::INVALID_KE_PAYLOAD => NotifyData::InvalidKePayload(draw.code(KeMethod::ASSIGNED, |draw| KeMethod(draw.u16()))),
        T::SET_WINDOW_SIZE => NotifyData::SetWindowSize(draw.u32()),
        T::IPCOMP_SUPPORTED => {
            let transform = draw.code(IpcompTransform::ASSIGNED, |draw| IpcompTransform(draw.u8()));
            NotifyData::IpcompSupported(draw.u16(), transform, draw.octets(0..=8))
        }
        T::NAT_DETECTION_SOURCE_IP => NotifyData::NatDetectionSourceIp(hash(draw)),
        T::NAT_DETECTION_DESTINATION_IP => NotifyData::NatDetectionDestinationIp(hash(draw)),
        T::COOKIE => NotifyData::Cookie(draw.octets(1..=64)),
        T::COOKIE2 => NotifyData::Cookie2(draw.octets(8..=64)),
        T::ADDITIONAL_IP4_ADDRESS => NotifyData::AdditionalAddress(ipv4(draw).into()),
        T::ADDITIONAL_IP6_ADDRESS => NotifyData::AdditionalAddress(ipv6(draw).into()),
        T::NO_NATS_ALLOWED => {
            let (source, destination): (IpAddr, IpAddr) =
                if draw.flag() { (ipv4(draw).into(), ipv4(draw).into()) } else { (ipv6(draw).into(), ipv6(draw).into()) };
            NotifyData::NoNatsAllowed((source, draw.u16()), (destination, draw.u16()))
        }
        T::AUTH_LIFETIME => NotifyData::AuthLifetime(draw.u32()),
        T::REDIRECT => NotifyData::Redirect(gateway(draw), draw.octets(0..=32)),
        T::REDIRECTED_FROM => NotifyData::RedirectedFrom(gateway(draw), draw.octets(0..=32)),
        T::TICKET_LT_OPAQUE => NotifyData::TicketLtOpaque(draw.u32(), draw.octets(0..=64)),
        T::IKEV2_MESSAGE_ID_SYNC => NotifyData::MessageIdSync(draw.u32(), draw.u32(), draw.u32()),
        T::PUZZLE => NotifyData::Puzzle(draw.code(Prf::ASSIGNED, |draw| Prf(draw.u16())), draw.u8()),
        T::PPK_IDENTITY => NotifyData::PpkIdentity(ppk_id_type(draw), draw.octets(0..=32)),
        T::PPK_IDENTITY_KEY => {
            let confirmation = draw.octets(8..=8).first_chunk().unwrap_or(&[0; 8]);
            NotifyData::PpkIdentityKey(ppk_id_type(draw), draw.octets(0..=32), confirmation)
        }
        T::USE_AGGFRAG => NotifyData::UseAggfrag(draw.u8()),
        private::notify_type::MS_NOTIFY_STATUS => NotifyData::MsNotifyStatus(draw.u32()),
        // Lists are views of octets that were checked.
        T::SECURE_PASSWORD_METHODS | T::SIGNATURE_HASH_ALGORITHMS => checked(ty, u16_list(draw)),
        T::SUPPORTED_AUTH_METHODS => checked(ty, announcements(draw, scratch)),
        _ => checked(ty, draw.octets(0..=32)),
    }
}

fn hash<'a>(draw: &mut Draw<'_, 'a>) -> &'a [u8; 20] {
    draw.octets(20..=20).first_chunk().unwrap_or(&[0; 20])
}

/// The data of a notify; of another one, if the octets are not in the shape of this type.
fn checked(ty: NotifyType, octets: &[u8]) -> NotifyData<'_> {
    Notify::new(ty, octets).typed_data().unwrap_or(NotifyData::Empty(NotifyType::INITIAL_CONTACT))
}

pub(super) fn cfg_value<'s, 'a: 's>(
    draw: &mut Draw<'_, 'a>,
    ty: ConfigurationAttributeType,
    scratch: &'s mut [u8; SCRATCH],
) -> ConfigurationValue<'s> {
    use ConfigurationAttributeType as T;
    if draw.rarely() {
        return ConfigurationValue::Empty;
    }
    match ty {
        T::INTERNAL_IP4_ADDRESS
        | T::INTERNAL_IP4_NETMASK
        | T::INTERNAL_IP4_DNS
        | T::INTERNAL_IP4_NBNS
        | T::INTERNAL_IP4_DHCP
        | T::P_CSCF_IP4_ADDRESS => ConfigurationValue::Ipv4(ipv4(draw)),
        T::INTERNAL_IP6_DNS | T::INTERNAL_IP6_DHCP | T::P_CSCF_IP6_ADDRESS => ConfigurationValue::Ipv6(ipv6(draw)),
        T::INTERNAL_IP6_ADDRESS | T::INTERNAL_IP6_SUBNET | T::INTERNAL_IP6_PREFIX => {
            ConfigurationValue::Ipv6Prefix(ipv6(draw), draw.u8() & 0x7f)
        }
        T::INTERNAL_IP4_SUBNET => ConfigurationValue::Ipv4Subnet(ipv4(draw), ipv4(draw)),
        T::MIP6_HOME_PREFIX => ConfigurationValue::HomePrefix(draw.u32(), ipv6(draw), draw.u8() & 0x7f),
        T::TIMEOUT_PERIOD_FOR_LIVENESS_CHECK => ConfigurationValue::Seconds(draw.u32()),
        T::INTERNAL_IP6_LINK => ConfigurationValue::Link(draw.u64(), draw.octets(0..=16)),
        T::APPLICATION_VERSION | T::INTERNAL_DNS_DOMAIN => ConfigurationValue::Text(draw.text(1..=32)),
        T::INTERNAL_DNSSEC_TA => ConfigurationValue::TrustAnchor(draw.u16(), draw.u8(), draw.u8(), draw.octets(0..=48)),
        T::ENCDNS_IP4 => ConfigurationValue::EncryptedDns(encrypted_dns(draw, 4)),
        T::ENCDNS_IP6 => ConfigurationValue::EncryptedDns(encrypted_dns(draw, 16)),
        // Lists are views of octets that were checked.
        T::SUPPORTED_ATTRIBUTES => reread(ty, u16_list(draw)),
        T::ENCDNS_DIGEST_INFO => reread(ty, digest_info(draw, scratch)),
        _ => reread(ty, draw.octets(0..=32)),
    }
}

/// The value of an attribute; none, if the octets are not in the shape of this type.
fn reread(ty: ConfigurationAttributeType, octets: &[u8]) -> ConfigurationValue<'_> {
    ConfigurationAttribute::new(ty, octets).typed_value().unwrap_or(ConfigurationValue::Empty)
}

/// A mark of a known vendor with something after it, or any octets.
pub(super) fn vendor_id<'a>(draw: &mut Draw<'_, 'a>) -> &'a [u8] {
    match draw.u8() & 3 {
        0 => b"OpenIKED-7.4",
        1 => b"\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb",
        _ => draw.octets(0..=40),
    }
}

fn ipv4(draw: &mut Draw<'_, '_>) -> Ipv4Addr {
    Ipv4Addr::from(draw.u32())
}

fn ipv6(draw: &mut Draw<'_, '_>) -> Ipv6Addr {
    Ipv6Addr::from(draw.array::<16>())
}

fn ppk_id_type(draw: &mut Draw<'_, '_>) -> PpkIdType {
    draw.code(PpkIdType::ASSIGNED, |draw| PpkIdType(draw.u8()))
}

fn gateway<'a>(draw: &mut Draw<'_, 'a>) -> Gateway<'a> {
    match draw.u8() & 3 {
        0 => Gateway::Address(ipv4(draw).into()),
        1 => Gateway::Address(ipv6(draw).into()),
        2 => Gateway::Fqdn(draw.text(0..=48)),
        _ => Gateway::Unknown(GatewayIdType(draw.u8().max(4)), draw.octets(0..=16)),
    }
}

fn encrypted_dns<'a>(draw: &mut Draw<'_, 'a>, address_len: u8) -> EncryptedDns<'a> {
    let size = draw.within(0..=3).saturating_mul(address_len.into());
    EncryptedDns {
        priority: draw.u16(),
        addresses: draw.octets(size..=size),
        address_len,
        name: draw.octets(0..=24),
        parameters: draw.octets(0..=24),
    }
}

fn u16_list<'a>(draw: &mut Draw<'_, 'a>) -> &'a [u8] {
    let size = draw.within(0..=6).saturating_mul(2);
    draw.octets(size..=size)
}

/// One or two announcements of two, three or more octets each.
fn announcements<'s>(draw: &mut Draw<'_, '_>, scratch: &'s mut [u8; SCRATCH]) -> &'s [u8] {
    let mut out = Scratch { octets: scratch, len: 0 };
    for _ in 0..draw.within(0..=2) {
        let fields = draw.octets(1..=24);
        out.octet(fields.len().saturating_add(1));
        out.slice(fields);
    }
    out.finish()
}

/// Num Hash Algs, ADN Length, name, identifiers, digest.
fn digest_info<'s>(draw: &mut Draw<'_, '_>, scratch: &'s mut [u8; SCRATCH]) -> &'s [u8] {
    let mut out = Scratch { octets: scratch, len: 0 };
    let (name, hashes) = (draw.octets(0..=24), u16_list(draw));
    out.octet(hashes.len() / 2);
    out.octet(name.len());
    out.slice(name);
    out.slice(hashes);
    out.slice(draw.octets(0..=32));
    out.finish()
}

struct Scratch<'s> {
    octets: &'s mut [u8; SCRATCH],
    len: usize,
}

impl<'s> Scratch<'s> {
    fn octet(&mut self, value: usize) {
        self.slice(&[u8::try_from(value).unwrap_or(u8::MAX)]);
    }

    fn slice(&mut self, octets: &[u8]) {
        let end = self.len.saturating_add(octets.len());
        if let Some(slot) = self.octets.get_mut(self.len..end) {
            slot.copy_from_slice(octets);
            self.len = end;
        }
    }

    fn finish(self) -> &'s [u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }
}
