//! Which traffic may be IKE, and how an IKE message stands in it.

use crate::capture::Interest;
use ikev2::wire::transport::{self, NON_ESP_MARKER, Packet};
use ikev2::wire::{HEADER_LEN, Message};

pub(crate) const IKE: u16 = 500;
pub(crate) const NAT_T: u16 = 4500;

/// IP protocol numbers.
pub(crate) const UDP: u8 = 17;
pub(crate) const TCP: u8 = 6;
pub(crate) const ESP: u8 = 50;

/// What the capture is asked for.
pub(crate) fn interest() -> Interest {
    Interest { udp_ports: vec![IKE, NAT_T], tcp_ports: vec![NAT_T], tcp_openings: Vec::new(), ip_protocols: vec![ESP] }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Udp500,
    Udp4500,
    /// A port the user named.
    Udp,
    Tcp,
}

impl Transport {
    /// The name in JSON lines.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Udp500 => "udp500",
            Self::Udp4500 => "udp4500",
            Self::Udp => "udp",
            Self::Tcp => "tcp",
        }
    }
}

/// Where IKE is looked for on UDP.
#[derive(Debug)]
pub(crate) struct Ports {
    /// Ports the user named, and whether a message behind the non-ESP marker was seen there: such a port carries ESP as well.
    named: Vec<(u16, bool)>,
}

/// Why a datagram is no IKE message, no ESP packet and no keepalive.
pub(crate) type Nothing = String;

impl Ports {
    pub(crate) fn new(named: &[u16]) -> Self {
        let standard = [IKE, NAT_T];
        Self { named: named.iter().filter(|port| !standard.contains(port)).map(|port| (*port, false)).collect() }
    }

    /// The transport of a datagram between these two ports; `None` when it is not looked at.
    pub(crate) fn transport(&self, src: u16, dst: u16, payload: &[u8]) -> Option<Transport> {
        let either = |port| src == port || dst == port;
        if self.named.iter().any(|(port, _)| either(*port)) {
            return Some(Transport::Udp);
        }
        match (either(IKE), either(NAT_T)) {
            // One end has moved to port 4500 and the other has not: only the marker tells.
            (true, true) if payload.starts_with(&NON_ESP_MARKER) || !is_message(payload) => Some(Transport::Udp4500),
            (true, _) => Some(Transport::Udp500),
            (false, true) => Some(Transport::Udp4500),
            (false, false) => None,
        }
    }

    /// What the payload of a datagram is.
    pub(crate) fn open<'p>(&mut self, transport: Transport, ports: (u16, u16), payload: &'p [u8]) -> Result<Packet<'p>, Nothing> {
        match (transport, payload) {
            (_, []) => Err("the datagram is empty".into()),
            (_, [0xff]) => Ok(Packet::Keepalive),
            // Some senders mark what they send from port 500 to another; no SPI of an initiator is zero.
            (Transport::Udp500, [0, 0, 0, 0, message @ ..]) if is_message(message) => Ok(Packet::Ike(message)),
            (Transport::Udp500, _) => Ok(Packet::Ike(payload)),
            (Transport::Udp, _) => self.named_port(ports, payload),
            (Transport::Udp4500 | Transport::Tcp, _) => transport::udp_4500(payload).map_err(|error| error.to_string()),
        }
    }

    /// With the marker: IKE. Without it: IKE if it reads as such, ESP where marked messages were seen.
    fn named_port<'p>(&mut self, (src, dst): (u16, u16), payload: &'p [u8]) -> Result<Packet<'p>, Nothing> {
        let mut here = self.named.iter_mut().filter(|(port, _)| *port == src || *port == dst);
        if payload.starts_with(&NON_ESP_MARKER) {
            here.for_each(|(_, marked)| *marked = true);
            return transport::udp_4500(payload).map_err(|error| error.to_string());
        }
        if is_message(payload) {
            return Ok(Packet::Ike(payload));
        }
        if here.any(|(_, marked)| *marked) {
            return transport::udp_4500(payload).map_err(|error| error.to_string());
        }
        Err(format!("{} octets that are neither an IKE message nor marked as one", payload.len()))
    }
}

/// Whether octets without a marker read as an IKE message, possibly cut short or broken further on.
fn is_message(octets: &[u8]) -> bool {
    match Message::parse_lenient(octets) {
        Ok(read) => {
            let length = usize::try_from(read.length()).unwrap_or(usize::MAX);
            let expected = matches!(read.version().0, 1 | 2) && read.header().spis.initiator != 0;
            expected && (length == octets.len() || (HEADER_LEN..=MAX_MESSAGE).contains(&length) && read.version() == (2, 0))
        }
        Err(_) => false,
    }
}

/// Octets of the largest UDP datagram.
const MAX_MESSAGE: usize = 65535;
