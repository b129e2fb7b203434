//! What was seen and not looked into: counted by what it stands in, and told once, at the end.

use core::fmt;
use std::collections::BTreeMap;

use super::link_type;
use super::time::Time;

/// Kinds told one by one: each takes a line, and a capture made on purpose could have 65536.
const MAX_KINDS: usize = 32;

/// What packets stand in that were not looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Inside {
    LinkType(u16),
    EtherType(u16),
    /// An organization's protocols behind LLC and SNAP.
    Snap([u8; 3]),
    /// An address family of BSD loopback.
    Family(u32),
    Ppp(u16),
    IpProtocol(u8),
    /// A version of GRE, or its source routes.
    Gre(u8),
    /// Octets behind an MPLS label stack that are neither IP nor Ethernet.
    Mpls,
    /// A GTP-U tunnel with neither IP nor Ethernet inside.
    GtpU,
    Tzsp(u16),
    /// Encrypted Wi-Fi.
    ProtectedFrame,
    WirelessFragment,
    WirelessAggregate,
    /// So many headers that nobody can mean it.
    TooManyHeaders,
    /// More kinds than are told one by one.
    Other,
}

/// How many there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotLookedInto {
    pub(crate) inside: Inside,
    pub(crate) packets: u64,
    /// Number and time of the first of them.
    pub(crate) first: u64,
    pub(crate) time: Time,
}

#[derive(Debug, Default)]
pub(super) struct Skipped {
    kinds: BTreeMap<Inside, NotLookedInto>,
}

impl Skipped {
    pub(super) fn count(&mut self, inside: Inside, packet: u64, time: Time) {
        let known = self.kinds.contains_key(&inside) || self.kinds.len() < MAX_KINDS;
        let inside = if known { inside } else { Inside::Other };
        let kind = self.kinds.entry(inside).or_insert(NotLookedInto { inside, packets: 0, first: packet, time });
        kind.packets = kind.packets.saturating_add(1);
    }

    /// In the order of the first packet of each kind.
    pub(super) fn list(&self) -> Vec<NotLookedInto> {
        let mut all: Vec<_> = self.kinds.values().copied().collect();
        all.sort_by_key(|kind| kind.first);
        all
    }
}

impl fmt::Display for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |f: &mut fmt::Formatter<'_>, name: Option<&str>| name.map_or(Ok(()), |name| write!(f, " ({name})"));
        match *self {
            Self::LinkType(number) => {
                write!(f, "link type {number}")?;
                named(f, link_type::name(number))
            }
            Self::EtherType(number) => {
                write!(f, "EtherType {number:#06x}")?;
                named(f, ether_type_name(number))
            }
            Self::Snap([a, b, c]) => write!(f, "SNAP of organization {a:02x}-{b:02x}-{c:02x}"),
            Self::Family(number) => write!(f, "address family {number} of a loopback"),
            Self::Ppp(number) => {
                write!(f, "PPP protocol {number:#06x}")?;
                named(f, ppp_name(number))
            }
            Self::IpProtocol(number) => {
                write!(f, "IP protocol {number}")?;
                named(f, ip_protocol_name(number))
            }
            Self::Gre(version) => write!(f, "GRE of version {version} with fields that are not read"),
            Self::Mpls => f.write_str("MPLS that are neither IP nor Ethernet"),
            Self::GtpU => f.write_str("GTP-U that are neither IP nor Ethernet"),
            Self::Tzsp(number) => write!(f, "TZSP of protocol {number}"),
            Self::ProtectedFrame => f.write_str("encrypted IEEE 802.11 frames"),
            Self::WirelessFragment => f.write_str("fragmented IEEE 802.11 frames"),
            Self::WirelessAggregate => f.write_str("aggregated IEEE 802.11 frames (A-MSDU)"),
            Self::TooManyHeaders => f.write_str("too many headers"),
            Self::Other => f.write_str("other protocols"),
        }
    }
}

impl fmt::Display for NotLookedInto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inside, packets, first, .. } = self;
        match packets {
            1 => write!(f, "1 packet inside {inside} was not looked into: packet {first}"),
            _ => write!(f, "{packets} packets inside {inside} were not looked into, from packet {first} on"),
        }
    }
}

fn ether_type_name(number: u16) -> Option<&'static str> {
    Some(match number {
        0x22f3 => "TRILL",
        0x8100 | 0x88a8 => "VLAN",
        0x88e5 => "MACsec",
        0x894f => "NSH",
        0x8903 => "FabricPath",
        _ => return None,
    })
}

fn ppp_name(number: u16) -> Option<&'static str> {
    Some(match number {
        0x002d | 0x002f => "Van Jacobson compressed TCP/IP",
        0x0031 => "bridging",
        0x003d => "multilink",
        0x0053 | 0x0055 => "encrypted",
        0x00fb | 0x00fd => "compressed or encrypted",
        _ => return None,
    })
}

fn ip_protocol_name(number: u8) -> Option<&'static str> {
    Some(match number {
        55 => "minimal encapsulation",
        98 => "encapsulation header",
        108 => "IPComp",
        115 => "L2TP",
        _ => return None,
    })
}
