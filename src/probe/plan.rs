//! What is asked of which ports.

use crate::proposal::Proposal;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

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
    pub(super) local: Option<SocketAddr>,
    pub(super) local_mtu: Option<u16>,
    pub(super) sends_whole: bool,
    pub(super) is_large: bool,
    pub(super) offer: Vec<Proposal>,
    pub(super) asks_policy: bool,
}

/// The largest packet that is sent with DF, in octets of IP packet: that of Ethernet, or of jumbo frames.
const USUAL: u16 = 1500;
const JUMBO: u16 = 9000;
/// The largest datagram that is sent, in octets of IP packet, put together: some receivers take no more than 3000, or than 10,000.
const USUAL_WHOLE: u16 = 3000;
const JUMBO_WHOLE: u16 = 12_000;

impl ProbePlan {
    /// Ports 500 and 4500 of an address, IP packets of up to 1500 octets, and datagrams of up to 3000 octets.
    #[must_use]
    pub const fn new(address: IpAddr) -> Self {
        let (ike, natt) = (MarkedPort { port: 500, marker: false }, MarkedPort { port: 4500, marker: true });
        Self { address, ike, natt, local: None, local_mtu: None, sends_whole: true, is_large: false, offer: Vec::new(), asks_policy: false }
    }

    /// The address that is asked.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// Another port in place of 500.
    #[must_use]
    pub fn with_ike_port(self, ike: MarkedPort) -> Self {
        Self { ike, ..self }
    }

    /// Another port in place of 4500.
    #[must_use]
    pub fn with_natt_port(self, natt: MarkedPort) -> Self {
        Self { natt, ..self }
    }

    /// The own address and the source port of [`ProbeSocket::First`](super::ProbeSocket::First): what a NAT on the way changes.
    #[must_use]
    pub fn with_local(self, local: SocketAddr) -> Self {
        Self { local: Some(local), ..self }
    }

    /// The MTU of the own interface, in octets of IP packet, where it is known. Nothing larger is sent with DF.
    #[must_use]
    pub fn with_local_mtu(self, octets: u16) -> Self {
        Self { local_mtu: Some(octets), ..self }
    }

    /// Whether this system can send with DF; without, the path MTU is not asked for. It can where nothing is said.
    #[must_use]
    pub fn with_dont_fragment(self, can_send: bool) -> Self {
        Self { sends_whole: can_send, ..self }
    }

    /// Whether IP packets of up to 9000 octets may be sent, in place of 1500, and datagrams of up to 12,000, in place of 3000.
    #[must_use]
    pub fn with_large(self, is_large: bool) -> Self {
        Self { is_large, ..self }
    }

    /// Asks whether the gateway would take this offer for an IKE SA.
    #[must_use]
    pub fn with_offer(self, offer: Vec<Proposal>) -> Self {
        Self { offer, ..self }
    }

    /// Asks what the gateway takes for an IKE SA. That raises the most datagrams to 140.
    #[must_use]
    pub fn with_policy(self, asks_policy: bool) -> Self {
        Self { asks_policy, ..self }
    }

    /// The largest packet that may be sent with DF, whatever the own interface sends.
    pub(super) const fn largest(&self) -> u16 {
        if self.is_large { JUMBO } else { USUAL }
    }

    /// The largest packet that is sent with DF.
    pub(super) fn top(&self) -> u16 {
        self.local_mtu.unwrap_or(self.largest()).min(self.largest())
    }

    /// The largest datagram that is sent, put together, with its headers.
    pub(super) const fn whole(&self) -> u16 {
        if self.is_large { JUMBO_WHOLE } else { USUAL_WHOLE }
    }

    /// Octets of the IP and UDP headers.
    pub(super) const fn headers(&self) -> u16 {
        if self.address.is_ipv4() { 28 } else { 48 }
    }
}
