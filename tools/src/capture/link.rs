//! Link layers: from a captured frame to its IP packet.

use etherparse::{EtherType, Ethernet2HeaderSlice, SingleVlanHeaderSlice, ether_type};

use super::problem::Fault;

/// Link types of the pcap registry that are read here.
mod link_type {
    pub(super) const NULL: u16 = 0;
    pub(super) const ETHERNET: u16 = 1;
    /// `DLT_RAW` of most systems, found in files instead of 101.
    pub(super) const DLT_RAW: u16 = 12;
    /// `DLT_RAW` of OpenBSD.
    pub(super) const DLT_RAW_OPENBSD: u16 = 14;
    pub(super) const RAW: u16 = 101;
    pub(super) const LOOP: u16 = 108;
    pub(super) const LINUX_SLL: u16 = 113;
    pub(super) const IPV4: u16 = 228;
    pub(super) const IPV6: u16 = 229;
    pub(super) const LINUX_SLL2: u16 = 276;
}

/// Address family numbers of BSD loopback captures: the number for IPv6 differs between systems.
const AF_INET: u32 = 2;
const AF_INET6: [u32; 5] = [10, 23, 24, 28, 30];

const ETHER_TYPE_PPPOE_SESSION: EtherType = EtherType(0x8864);
const PPP_IPV4: [u8; 2] = [0x00, 0x21];
const PPP_IPV6: [u8; 2] = [0x00, 0x57];

/// What a frame carries.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Carried<'a> {
    Ip(&'a [u8]),
    /// ARP, LLDP, spanning tree and so on: nothing to read, nothing wrong.
    Other,
    UnsupportedLinkType,
}

/// Whether the capturing host sent the frame, where the link layer says so.
pub(super) fn outgoing(link_type: u16, frame: &[u8]) -> Option<bool> {
    const OUTGOING: u8 = 4;
    let packet_type = match link_type {
        link_type::LINUX_SLL => frame.get(1),
        link_type::LINUX_SLL2 => frame.get(10),
        _ => None,
    };
    // To this host, to all, to a group; 3 went between others and was only overheard.
    match *packet_type? {
        0..=2 => Some(false),
        OUTGOING => Some(true),
        _ => None,
    }
}

/// Finds the IP packet in a frame.
///
/// # Errors
/// The frame ends inside its link header.
pub(super) fn carried(link_type: u16, frame: &[u8]) -> Result<Carried<'_>, Fault> {
    match link_type {
        link_type::ETHERNET => ethernet(frame),
        // Both forms exist in files whatever the link type says: the octet order is that of the capturing machine.
        link_type::NULL | link_type::LOOP => loopback(frame),
        link_type::DLT_RAW | link_type::DLT_RAW_OPENBSD | link_type::RAW | link_type::IPV4 | link_type::IPV6 => Ok(Carried::Ip(frame)),
        // etherparse's cooked header refuses device types it does not know (tun among them) and has no version 2:
        // only the protocol field is of interest here.
        link_type::LINUX_SLL => {
            let (header, rest) = split::<16>("Linux cooked header", frame)?;
            let [.., a, b] = *header;
            after_ether_type(u16::from_be_bytes([a, b]), rest)
        }
        link_type::LINUX_SLL2 => {
            let (header, rest) = split::<20>("Linux cooked header, version 2", frame)?;
            let [a, b, ..] = *header;
            after_ether_type(u16::from_be_bytes([a, b]), rest)
        }
        _ => Ok(Carried::UnsupportedLinkType),
    }
}

fn ethernet(frame: &[u8]) -> Result<Carried<'_>, Fault> {
    let header = Ethernet2HeaderSlice::from_slice(frame).map_err(|e| Fault::short("Ethernet header", &e))?;
    let rest = frame.get(header.slice().len()..).unwrap_or_default();
    after_ether_type(header.ether_type().0, rest)
}

/// Any number of VLAN tags (QinQ has two), then IP, bare or in a PPPoE session.
fn after_ether_type(mut ether_type: u16, mut rest: &[u8]) -> Result<Carried<'_>, Fault> {
    loop {
        match EtherType(ether_type) {
            ether_type::IPV4 | ether_type::IPV6 => return Ok(Carried::Ip(rest)),
            ether_type::VLAN_TAGGED_FRAME | ether_type::PROVIDER_BRIDGING | ether_type::VLAN_DOUBLE_TAGGED_FRAME => {
                let tag = SingleVlanHeaderSlice::from_slice(rest).map_err(|e| Fault::short("VLAN tag", &e))?;
                ether_type = tag.ether_type().0;
                rest = rest.get(tag.slice().len()..).unwrap_or_default();
            }
            ETHER_TYPE_PPPOE_SESSION => {
                let (header, inner) = split::<8>("PPPoE header", rest)?;
                let [.., a, b] = *header;
                return Ok(match [a, b] {
                    PPP_IPV4 | PPP_IPV6 => Carried::Ip(inner),
                    _ => Carried::Other,
                });
            }
            _ => return Ok(Carried::Other),
        }
    }
}

fn loopback(frame: &[u8]) -> Result<Carried<'_>, Fault> {
    let (family, rest) = split::<4>("loopback header", frame)?;
    let is_ip = |family: u32| family == AF_INET || AF_INET6.contains(&family);
    if is_ip(u32::from_le_bytes(*family)) || is_ip(u32::from_be_bytes(*family)) { Ok(Carried::Ip(rest)) } else { Ok(Carried::Other) }
}

fn split<'a, const N: usize>(layer: &'static str, octets: &'a [u8]) -> Result<(&'a [u8; N], &'a [u8]), Fault> {
    octets.split_first_chunk::<N>().ok_or(Fault::Short { layer, needed: N, there: octets.len() })
}
