//! What is asked of which ports.

use core::net::IpAddr;

/// A UDP port of the gateway, and whether the non-ESP marker (RFC 3948 section 2.2) stands before each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MarkedPort {
    /// The port.
    pub port: u16,
    /// Whether the marker is sent and expected.
    pub marker: bool,
}

/// What a [`Prober`](super::Prober) asks of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbePlan {
    pub(super) address: IpAddr,
    pub(super) ike: MarkedPort,
    pub(super) natt: MarkedPort,
    pub(super) local_mtu: Option<u16>,
    pub(super) largest: u16,
}

impl ProbePlan {
    /// Ports 500 and 4500 of an address, and sizes up to 1500 octets.
    #[must_use]
    pub const fn new(address: IpAddr) -> Self {
        let (ike, natt) = (MarkedPort { port: 500, marker: false }, MarkedPort { port: 4500, marker: true });
        Self { address, ike, natt, local_mtu: None, largest: 1500 }
    }

    /// Another port in place of 500.
    #[must_use]
    pub const fn with_ike_port(self, ike: MarkedPort) -> Self {
        Self { ike, ..self }
    }

    /// Another port in place of 4500.
    #[must_use]
    pub const fn with_natt_port(self, natt: MarkedPort) -> Self {
        Self { natt, ..self }
    }

    /// The MTU of the own interface, in octets of IP packet, where it is known. Nothing larger is sent with DF.
    #[must_use]
    pub const fn with_local_mtu(self, octets: u16) -> Self {
        Self { local_mtu: Some(octets), ..self }
    }

    /// Whether IP packets of up to 9000 octets may be sent, in place of 1500.
    #[must_use]
    pub const fn with_large(self, large: bool) -> Self {
        Self { largest: if large { 9000 } else { 1500 }, ..self }
    }

    /// The largest packet that is sent with DF.
    pub(super) fn top(&self) -> u16 {
        self.local_mtu.unwrap_or(self.largest).min(self.largest)
    }

    /// Octets of the IP and UDP headers.
    pub(super) const fn headers(&self) -> u16 {
        if self.address.is_ipv4() { 28 } else { 48 }
    }
}
