//! What an EtherType follows: Ethernet, VLAN tags, LLC with SNAP, Linux cooked captures; and PPPoE.

use super::layer::{Kind, Step, split};
use crate::capture::problem::Fault;
use crate::capture::skipped::Inside;

pub(super) const IPV4: u16 = 0x0800;
pub(super) const IPV6: u16 = 0x86dd;
pub(super) const TRANSPARENT_BRIDGING: u16 = 0x6558;
pub(super) const PPPOE_SESSION: u16 = 0x8864;
pub(super) const MPLS: [u16; 2] = [0x8847, 0x8848];
const PPP: u16 = 0x880b;
/// IEEE 802.1Q and 802.1ad, and numbers that switches used for the outer tag before there was one; Cisco's VN-Tag.
const TAGS: [u16; 6] = [0x8100, 0x88a8, 0x9100, 0x9200, 0x9300, VN_TAG];
const VN_TAG: u16 = 0x8926;
/// IEEE 802.1ah: a service tag, then the customer's whole frame.
const BACKBONE_SERVICE: u16 = 0x88e7;
/// Below, the field is a length, and LLC follows.
const LEAST_TYPE: u16 = 0x0600;

/// What never carries IP: ARP, discovery, spanning trees, clocks, fieldbuses, keys and the like.
const NO_IP: [u16; 28] = [
    0x0806, 0x0842, 0x2000, 0x22ea, 0x22f0, 0x6002, 0x6003, 0x6004, 0x8035, 0x809b, 0x80f3, 0x8137, 0x8138, 0x8808, 0x8809, 0x8863, 0x886d,
    0x888e, 0x8892, 0x8899, 0x88a4, 0x88b8, 0x88ba, 0x88cc, 0x88f7, 0x8902, 0x890d, 0x9000,
];
/// Power line adapters and access points, which talk to themselves all the time.
const CHATTER: [u16; 9] = [0x887b, 0x8912, 0x88e1, 0x88e3, 0x88f5, 0x88f6, 0x893a, 0x8943, 0x9003];

pub(super) fn ethernet(frame: &[u8]) -> Result<Step<'_>, Fault> {
    let (header, rest) = split::<14>("Ethernet header", frame)?;
    let [.., a, b] = *header;
    let number = u16::from_be_bytes([a, b]);
    Ok(if number < LEAST_TYPE { Step::Inner(Kind::Llc, rest) } else { Step::Inner(Kind::EtherType(number), rest) })
}

pub(super) fn ether_type(number: u16, rest: &[u8]) -> Result<Step<'_>, Fault> {
    Ok(match number {
        IPV4 | IPV6 => Step::Inner(Kind::Ip, rest),
        VN_TAG => {
            let (tag, inner) = split::<6>("VN-Tag", rest)?;
            let [.., a, b] = *tag;
            tagged([a, b], inner)
        }
        _ if TAGS.contains(&number) => {
            let (tag, inner) = split::<4>("VLAN tag", rest)?;
            let [.., a, b] = *tag;
            tagged([a, b], inner)
        }
        BACKBONE_SERVICE => Step::Inner(Kind::Ethernet, split::<4>("backbone service tag", rest)?.1),
        _ if MPLS.contains(&number) => Step::Inner(Kind::Mpls, rest),
        PPPOE_SESSION => Step::Inner(Kind::Ppp, split::<6>("PPPoE header", rest)?.1),
        TRANSPARENT_BRIDGING => Step::Inner(Kind::Ethernet, rest),
        PPP => Step::Inner(Kind::PppFramed, rest),
        _ if number < LEAST_TYPE || NO_IP.contains(&number) || CHATTER.contains(&number) => Step::Nothing,
        _ => Step::Skipped(Inside::EtherType(number)),
    })
}

fn tagged(number: [u8; 2], inner: &[u8]) -> Step<'_> {
    let number = u16::from_be_bytes(number);
    if number < LEAST_TYPE { Step::Inner(Kind::Llc, inner) } else { Step::Inner(Kind::EtherType(number), inner) }
}

/// IEEE 802.2: SNAP with an EtherType, IP without one (RFC 948), and protocols that are none of IP's.
pub(super) fn llc(octets: &[u8]) -> Result<Step<'_>, Fault> {
    /// RFC 1042, and IEEE 802.1H for what cannot be bridged by it.
    const ENCAPSULATED: [[u8; 3]; 2] = [[0, 0, 0], [0, 0, 0xf8]];
    /// Discovery, VLAN and spanning tree protocols of Cisco, Extreme and Foundry.
    const DISCOVERY: [[u8; 3]; 3] = [[0, 0, 0x0c], [0, 0xe0, 0x2b], [0, 0xe0, 0x52]];
    let (header, rest) = split::<3>("LLC header", octets)?;
    Ok(match header {
        [0xaa, 0xaa, 3] => {
            let (snap, inner) = split::<5>("SNAP header", rest)?;
            let [a, b, c, high, low] = *snap;
            if ENCAPSULATED.contains(&[a, b, c]) {
                Step::Inner(Kind::EtherType(u16::from_be_bytes([high, low])), inner)
            } else if DISCOVERY.contains(&[a, b, c]) {
                Step::Nothing
            } else {
                Step::Skipped(Inside::Snap([a, b, c]))
            }
        }
        [6, 6, 3] => Step::Inner(Kind::Ip, rest),
        _ => Step::Nothing,
    })
}

/// etherparse refuses device types it does not know, tun among them: only the protocol is of interest here.
pub(super) fn cooked(frame: &[u8]) -> Result<Step<'_>, Fault> {
    let (header, rest) = split::<16>("Linux cooked header", frame)?;
    let [_, _, device_high, device_low, .., a, b] = *header;
    Ok(after_cooked(u16::from_be_bytes([device_high, device_low]), u16::from_be_bytes([a, b]), rest))
}

pub(super) fn cooked_2(frame: &[u8]) -> Result<Step<'_>, Fault> {
    let (header, rest) = split::<20>("Linux cooked header, version 2", frame)?;
    let [a, b, _, _, _, _, _, _, device_high, device_low, ..] = *header;
    Ok(after_cooked(u16::from_be_bytes([device_high, device_low]), u16::from_be_bytes([a, b]), rest))
}

fn after_cooked(device: u16, protocol: u16, rest: &[u8]) -> Step<'_> {
    const NETLINK: u16 = 824;
    const RADIOTAP: u16 = 803;
    const LLC: u16 = 4;
    match (device, protocol) {
        (NETLINK, _) => Step::Nothing,
        (RADIOTAP, _) => Step::Inner(Kind::Link(crate::capture::link_type::IEEE802_11_RADIOTAP), rest),
        (_, LLC) => Step::Inner(Kind::Llc, rest),
        _ => Step::Inner(Kind::EtherType(protocol), rest),
    }
}

/// Whether these octets begin like an Ethernet frame that holds what a tunnel of frames usually holds.
pub(super) fn reads_as_frame(octets: &[u8]) -> bool {
    const ARP: u16 = 0x0806;
    let Some(([.., a, b], rest)) = octets.split_first_chunk::<14>() else {
        return false;
    };
    match u16::from_be_bytes([*a, *b]) {
        IPV4 => rest.first().is_some_and(|first| first >> 4 == 4),
        IPV6 => rest.first().is_some_and(|first| first >> 4 == 6),
        length if length < LEAST_TYPE => matches!(rest, [0xaa, 0xaa, 3, ..] | [0x42, 0x42, 3, ..]),
        number => number == ARP || number == PPPOE_SESSION || TAGS.contains(&number) || MPLS.contains(&number),
    }
}
