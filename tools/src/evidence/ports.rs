//! Which traffic may be IKE, and how an IKE message stands in it.

use crate::capture::{Interest, OnlyEsp};
use ikev2::wire::transport::{self, NON_ESP_MARKER, Packet, Probe, is_unmarked};

pub(crate) const IKE: u16 = 500;
pub(crate) const NAT_T: u16 = 4500;

/// IP protocol numbers.
pub(crate) const UDP: u8 = 17;
pub(crate) const TCP: u8 = 6;
pub(crate) const ESP: u8 = 50;

/// What the capture is asked for.
pub(crate) fn interest() -> Interest {
    Interest { udp_ports: vec![IKE, NAT_T], tcp_ports: vec![NAT_T], tcp_openings: Vec::new(), ip_protocols: vec![ESP], only_esp: None }
}

/// What is ESP whatever else is known, with these ports named by the user: it need not be looked at again.
pub(crate) fn only_esp(named: &[u16]) -> OnlyEsp {
    let but = [IKE].into_iter().chain(named.iter().copied().filter(|port| *port != NAT_T)).collect();
    OnlyEsp { port: NAT_T, but, is_ike: |octets, on_wire| is_unmarked(octets, Some(on_wire)) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Udp500,
    Udp4500,
    /// The same without the marker that should stand before the message.
    Udp4500Unmarked,
    /// A port the user named.
    Udp,
    Tcp,
}

impl Transport {
    /// The name in JSON lines.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Udp500 => "udp500",
            Self::Udp4500 | Self::Udp4500Unmarked => "udp4500",
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
    /// Of the payload so many octets are missing.
    pub(crate) fn transport(&self, src: u16, dst: u16, payload: &[u8], missing: usize) -> Option<Transport> {
        let either = |port| src == port || dst == port;
        if self.named.iter().any(|(port, _)| either(*port)) {
            return Some(Transport::Udp);
        }
        match (either(IKE), either(NAT_T)) {
            // One end has moved to port 4500 and the other has not: only the octets tell.
            (true, true) if message(payload).is_none_or(|message| message.len() < payload.len()) => Some(Transport::Udp4500),
            (true, _) => Some(Transport::Udp500),
            (false, true) if is_unmarked(payload, Some(payload.len().saturating_add(missing))) => Some(Transport::Udp4500Unmarked),
            (false, true) => Some(Transport::Udp4500),
            (false, false) => None,
        }
    }

    /// What the payload of a datagram is.
    pub(crate) fn open<'p>(&mut self, transport: Transport, ports: (u16, u16), payload: &'p [u8]) -> Result<Packet<'p>, Nothing> {
        match (transport, payload) {
            (_, []) => Err("the datagram is empty".into()),
            (_, [0xff]) => Ok(Packet::Keepalive),
            (Transport::Udp500, _) => Ok(match transport::probe(payload, Some(IKE)) {
                // Some senders mark what they send from port 500 to another; no SPI of an initiator is zero.
                Probe::Ike2 { message, .. } | Probe::Ike1 { message, .. } => Packet::Ike(message),
                Probe::Esp { spi } => Packet::Esp { spi, packet: payload },
                _ => Packet::Ike(payload),
            }),
            (Transport::Udp4500Unmarked, _) => Ok(Packet::Ike(payload)),
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
        if let Some(message) = message(payload) {
            return Ok(Packet::Ike(message));
        }
        if here.any(|(_, marked)| *marked) {
            return transport::udp_4500(payload).map_err(|error| error.to_string());
        }
        Err(format!("{} octets that are neither an IKE message nor marked as one", payload.len()))
    }
}

/// The IKE message that octets of unknown kind read as, possibly cut short or broken further on.
fn message(octets: &[u8]) -> Option<&[u8]> {
    match transport::probe(octets, None) {
        Probe::Ike2 { message, .. } | Probe::Ike1 { message, .. } => Some(message),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An IKE_AUTH request of so many octets, of which the header says another number.
    fn request(octets: usize, length: u32) -> Vec<u8> {
        let mut message = [[7; 8], [9; 8]].concat();
        message.extend([46, 0x20, 35, 0x08, 0, 0, 0, 1]);
        message.extend(length.to_be_bytes());
        message.resize(octets, 0xa5);
        message
    }

    #[test]
    fn a_message_without_marker_is_no_esp() {
        let ports = Ports::new(&[]);
        let transport = |payload: &[u8], missing| ports.transport(NAT_T, 14_500, payload, missing);
        assert_eq!(transport(&request(207, 207), 0), Some(Transport::Udp4500Unmarked));
        // Cut by the capture.
        assert_eq!(transport(&request(68, 207), 139), Some(Transport::Udp4500Unmarked));
        // A length that is not that of the datagram, another version, an unknown exchange, a reserved flag.
        assert_eq!(transport(&request(208, 207), 0), Some(Transport::Udp4500));
        for (at, octet) in [(17, 0x10), (18, 99), (19, 0x48), (16, 200)] {
            let mut broken = request(207, 207);
            broken[at] = octet;
            assert_eq!(transport(&broken, 0), Some(Transport::Udp4500), "octet {at}");
        }
    }

    #[test]
    fn esp_on_port_500_is_told_from_ike() {
        let mut ports = Ports::new(&[]);
        let mut esp = |spi: u32, number: u32, octets| {
            let payload = [&spi.to_be_bytes()[..], &number.to_be_bytes(), &vec![0xa5; octets]].concat();
            matches!(ports.open(Transport::Udp500, (IKE, IKE), &payload), Ok(Packet::Esp { spi: found, .. }) if found == spi)
        };
        assert!(esp(0xc1a2_b3d4, 1, 120) && esp(256, 0xffff, 20));
        // A reserved SPI, no sequence number, one that has long counted, too short.
        assert!(!esp(255, 1, 120) && !esp(256, 0, 120) && !esp(256, 0x1_0000, 120) && !esp(256, 1, 19));
        let message = request(207, 207);
        assert!(matches!(ports.open(Transport::Udp500, (IKE, IKE), &message), Ok(Packet::Ike(_))));
        // One whose SPI looks like SPI and sequence number is a message all the same.
        let chance = [&[1, 2, 3, 4, 0, 0, 0, 5][..], &message[8..]].concat();
        assert!(matches!(ports.open(Transport::Udp500, (IKE, IKE), &chance), Ok(Packet::Ike(_))));
    }
}
