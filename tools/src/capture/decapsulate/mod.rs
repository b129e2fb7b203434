//! From a captured frame to the innermost IP packet: one loop, one header a turn.
//!
//! ```text
//! layer.rs        what a header is, and what comes of reading it
//! ethernet.rs     Ethernet, VLAN tags, LLC and SNAP, PPPoE, Linux cooked: whatever an EtherType follows
//! ppp.rs          PPP with and without HDLC, Cisco HDLC
//! mpls.rs         label stacks, with IP or Ethernet behind
//! wireless.rs     IEEE 802.11, and what capture programs put before it (radiotap, Prism, AVS)
//! host.rs         what operating systems put before a packet: loopback, PKTAP, NFLOG, PPI and others
//! ip_tunnels.rs   IP in IP, GRE, ERSPAN, EtherIP
//! udp_tunnels.rs  VXLAN, GENEVE, GTP-U, TZSP, Teredo
//! ```
//!
//! etherparse reads IP headers and what stands above; below, it has neither cooked captures of every device nor most of the
//! headers here, and a few octets of each are all that matters.

mod ethernet;
mod host;
mod ip_tunnels;
mod layer;
mod mpls;
mod ppp;
mod udp_tunnels;
mod wireless;

pub(super) use host::outgoing;

use super::ip::{self, IpPacket};
use super::link_type;
use super::problem::Fault;
use super::skipped::Inside;
use layer::{Kind, Step};

/// Headers of one packet. Each takes octets, so that the packet's length bounds the loop as well; this keeps one packet from
/// costing as much as thousands. A provider's pseudo-wire with tags, inside a tunnel, inside a mirror session has about 15.
const MAX_HEADERS: usize = 32;

/// Where the loop begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start<'a> {
    Frame(u16, &'a [u8]),
    /// Put together from IP fragments.
    Packet(IpPacket<'a>),
}

/// What a packet comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// The innermost IP packet, or a fragment that hides what is inside.
    Ip(IpPacket<'a>),
    Nothing,
    Skipped(Inside),
}

/// Headers left to one packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(MAX_HEADERS)
    }
}

/// Reads headers until an IP packet that is no tunnel, or nothing that can be read, is left. Datagrams from or to a port of
/// `own` are what they are: a NAT may have given a client the port of a tunnel.
///
/// # Errors
/// A header that is cut or contradicts itself.
pub(super) fn innermost<'a>(start: Start<'a>, budget: &mut Budget, own: &[u16]) -> Result<Found<'a>, Fault> {
    let mut step = match start {
        Start::Frame(link_type, frame) => Step::Inner(Kind::Link(link_type), frame),
        Start::Packet(packet) => Step::Packet(packet),
    };
    loop {
        step = match step {
            Step::Nothing => return Ok(Found::Nothing),
            Step::Skipped(inside) => return Ok(Found::Skipped(inside)),
            Step::Inner(kind, octets) => {
                let Some(left) = budget.0.checked_sub(1) else {
                    return Ok(Found::Skipped(Inside::TooManyHeaders));
                };
                budget.0 = left;
                open(kind, octets)?
            }
            Step::Packet(packet) if packet.upper.fragment.is_some() => return Ok(Found::Ip(packet)),
            Step::Packet(packet) => match inside(&packet, own)? {
                Some(inner) => inner,
                None => return Ok(Found::Ip(packet)),
            },
        };
    }
}

fn open(kind: Kind, octets: &[u8]) -> Result<Step<'_>, Fault> {
    match kind {
        Kind::Link(number) => link(number, octets),
        Kind::Ethernet => ethernet::ethernet(octets),
        Kind::EtherType(number) => ethernet::ether_type(number, octets),
        Kind::Llc => ethernet::llc(octets),
        Kind::Ppp => ppp::ppp(octets),
        Kind::PppFramed => ppp::framed(octets),
        Kind::CiscoHdlc => ppp::cisco_hdlc(octets),
        Kind::Mpls => mpls::label_stack(octets),
        Kind::Wireless { padded } => wireless::frame(octets, padded),
        Kind::Ip => ip::read(octets).map(Step::Packet),
    }
}

fn link(number: u16, frame: &[u8]) -> Result<Step<'_>, Fault> {
    match number {
        link_type::ETHERNET => Ok(Step::Inner(Kind::Ethernet, frame)),
        link_type::DLT_RAW | link_type::DLT_RAW_OPENBSD | link_type::RAW | link_type::IPV4 | link_type::IPV6 => {
            Ok(Step::Inner(Kind::Ip, frame))
        }
        link_type::LINUX_SLL => ethernet::cooked(frame),
        link_type::LINUX_SLL2 => ethernet::cooked_2(frame),
        link_type::PPP_ETHER => ethernet::ether_type(ethernet::PPPOE_SESSION, frame),
        link_type::ATM_RFC1483 => Ok(Step::Inner(Kind::Llc, frame)),
        link_type::PPP | link_type::PPP_HDLC => Ok(Step::Inner(Kind::PppFramed, frame)),
        link_type::PPP_PPPD | link_type::PPP_WITH_DIR => ppp::with_direction(number, frame),
        link_type::C_HDLC | link_type::C_HDLC_WITH_DIR => ppp::with_direction(number, frame),
        link_type::MPLS => Ok(Step::Inner(Kind::Mpls, frame)),
        link_type::IEEE802_11 => Ok(Step::Inner(Kind::Wireless { padded: false }, frame)),
        link_type::IEEE802_11_RADIOTAP => wireless::radiotap(frame),
        link_type::IEEE802_11_PRISM | link_type::IEEE802_11_AVS => wireless::prism_or_avs(frame),
        _ => host::link(number, frame),
    }
}

/// What a tunnel's packet carries; `None` for what is no tunnel.
fn inside<'a>(packet: &IpPacket<'a>, own: &[u16]) -> Result<Option<Step<'a>>, Fault> {
    match packet.upper.protocol {
        ip::TCP => Ok(None),
        ip::UDP => Ok(udp_tunnels::inside(packet, own)),
        protocol => ip_tunnels::inside(protocol, packet.upper.payload),
    }
}
