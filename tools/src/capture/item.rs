//! What a capture is asked for, and what it gives.

use core::net::{IpAddr, SocketAddr};
use core::slice;

use super::opening::Opening;
use super::problem::{IncompleteFragments, Problem};
use super::sight::Sight;
use super::skipped::NotLookedInto;
use super::streams::StreamPiece;
use super::time::Time;

/// What is wanted besides UDP datagrams, which are always given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interest {
    /// UDP ports whose datagrams are never taken for a tunnel's, whatever the other port is.
    pub(crate) udp_ports: Vec<u16>,
    /// TCP connections with one of these ports at either end.
    pub(crate) tcp_ports: Vec<u16>,
    /// TCP ports of which only the segments that open a connection are given: nothing of their streams is kept.
    pub(crate) tcp_openings: Vec<u16>,
    /// IP protocols whose payloads are given as they are (50 = ESP, 1 and 58 = ICMP).
    pub(crate) ip_protocols: Vec<u8>,
    /// What is ESP beyond doubt is given as such, and nothing of its payload: in a capture of days it is nearly all.
    pub(crate) only_esp: Option<OnlyEsp>,
}

/// The next thing a capture tells, in the order of its packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Datagram(Datagram),
    Stream(StreamPiece),
    Opening(Opening),
    /// Only with [`Interest::only_esp`].
    Esp(EspPacket),
    Ip(IpPayload),
    Problem(Problem),
}

impl Item {
    /// When it came, or became whole; what is wrong with the file itself has no time of its own.
    pub(crate) fn time(&self) -> Time {
        match self {
            Self::Datagram(datagram) => datagram.time,
            Self::Stream(piece) => piece.time,
            Self::Opening(opening) => opening.time,
            Self::Esp(packet) => packet.time,
            Self::Ip(packet) => packet.time,
            Self::Problem(Problem::Unreadable { time, .. } | Problem::NotLookedInto(NotLookedInto { time, .. })) => *time,
            Self::Problem(Problem::IncompleteFragments(IncompleteFragments { time, .. })) => *time,
            Self::Problem(_) => Time::default(),
        }
    }

    pub(crate) fn set_time(&mut self, to: Time) {
        match self {
            Self::Datagram(datagram) => datagram.time = to,
            Self::Stream(piece) => piece.time = to,
            Self::Opening(opening) => opening.time = to,
            Self::Esp(packet) => packet.time = to,
            Self::Ip(packet) => packet.time = to,
            Self::Problem(Problem::Unreadable { time, .. } | Problem::NotLookedInto(NotLookedInto { time, .. })) => *time = to,
            Self::Problem(Problem::IncompleteFragments(IncompleteFragments { time, .. })) => *time = to,
            Self::Problem(_) => {}
        }
    }

    /// The packets that carried it; none carries what is wrong with the file itself.
    pub(crate) fn packets(&self) -> &[u64] {
        match self {
            Self::Datagram(datagram) => &datagram.packets,
            Self::Stream(piece) => slice::from_ref(&piece.packet),
            Self::Opening(opening) => slice::from_ref(&opening.packet),
            Self::Esp(packet) => slice::from_ref(&packet.packet),
            Self::Ip(packet) => &packet.packets,
            Self::Problem(Problem::Unreadable { packet, .. } | Problem::NotLookedInto(NotLookedInto { first: packet, .. })) => {
                slice::from_ref(packet)
            }
            Self::Problem(Problem::IncompleteFragments(set)) => &set.packets,
            Self::Problem(Problem::BrokenFile { .. } | Problem::EndsInRecord { .. } | Problem::EndsInGzip { .. }) => &[],
        }
    }
}

/// A UDP datagram, its IP fragments put together; its checksum is not looked at (network cards fill it in later).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Datagram {
    /// The packets that carried it, counted from 1, in order of arrival; copies that brought nothing new are left out.
    pub(crate) packets: Vec<u64>,
    /// Of the packet that completed it.
    pub(crate) time: Time,
    pub(crate) src: SocketAddr,
    pub(crate) dst: SocketAddr,
    pub(crate) payload: Vec<u8>,
    /// IP packets that carried it; 1: it came whole.
    pub(crate) ip_fragments: u32,
    /// Octets of IP payload in each of those packets; empty when it came whole.
    pub(crate) fragment_sizes: Vec<usize>,
    pub(crate) truncation: Option<Truncation>,
    pub(crate) sight: Sight,
}

/// An ESP packet that came in one IP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EspPacket {
    pub(crate) packet: u64,
    pub(crate) time: Time,
    /// Port 0 of both ends stands for ESP without a UDP header before it.
    pub(crate) src: SocketAddr,
    pub(crate) dst: SocketAddr,
    /// 0 where the packet ends before it.
    pub(crate) spi: u32,
    pub(crate) sight: Sight,
}

impl EspPacket {
    /// Whether a UDP header stands before it.
    pub(crate) fn in_udp(&self) -> bool {
        self.src.port() != 0 || self.dst.port() != 0
    }
}

/// Which packets are ESP beyond doubt, and wanted as nothing more.
#[derive(Clone, Debug)]
pub(crate) struct OnlyEsp {
    /// The UDP port at which what has no non-ESP marker is ESP.
    pub(crate) port: u16,
    /// Ports that say something else, whatever the other port is.
    pub(crate) but: Vec<u16>,
    /// Whether a payload is an IKE message all the same; it is told how many octets were on the wire.
    pub(crate) is_ike: fn(&[u8], usize) -> bool,
}

/// The payload of an IP packet of another protocol, its fragments put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IpPayload {
    pub(crate) packets: Vec<u64>,
    pub(crate) time: Time,
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    pub(crate) protocol: u8,
    pub(crate) payload: Vec<u8>,
    pub(crate) truncation: Option<Truncation>,
    pub(crate) sight: Sight,
}

/// The end of a payload is not in the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Truncation {
    /// Octets that the length fields announce and that are not there.
    pub(crate) missing: usize,
    /// The capture's snap length cut it; if not, the packet itself is shorter than it says.
    pub(crate) by_snap_length: bool,
}
