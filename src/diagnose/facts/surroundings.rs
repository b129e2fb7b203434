//! What is known beside single IKE SAs: who was heard, what ICMP said.

use crate::diagnose::observation::IcmpError;
use crate::instant::Instant;
use alloc::collections::{BTreeMap, BTreeSet};
use core::net::{IpAddr, SocketAddr};

/// Ends heard from, ICMP errors kept, pairs of hosts with IKE_AUTH: each so many at most, further ones are not remembered.
const MOST: usize = 4096;

#[derive(Default)]
pub(in crate::diagnose) struct Surroundings {
    heard: BTreeSet<(IpAddr, u16)>,
    /// Destination of the packet complained about -> what was said.
    icmp: BTreeMap<(IpAddr, u16), IcmpError>,
    /// Initiator and responder of which IKE_AUTH was seen.
    ike_auth: BTreeSet<(IpAddr, IpAddr)>,
    /// Two hosts, the lesser first, between which CREATE_CHILD_SA was seen, and when first.
    rekeys: BTreeMap<(IpAddr, IpAddr), Instant>,
}

impl Surroundings {
    pub(in crate::diagnose) fn note_sender(&mut self, end: SocketAddr) {
        if self.heard.len() < MOST {
            self.heard.insert((end.ip(), end.port()));
        }
    }

    pub(in crate::diagnose) fn note_icmp(&mut self, dst: SocketAddr, error: IcmpError) {
        if self.icmp.len() < MOST {
            self.icmp.entry((dst.ip(), dst.port())).or_insert(error);
        }
    }

    pub(in crate::diagnose) fn note_ike_auth(&mut self, initiator: IpAddr, responder: IpAddr) {
        if self.ike_auth.len() < MOST {
            self.ike_auth.insert((initiator, responder));
        }
    }

    pub(in crate::diagnose) fn note_create_child_sa(&mut self, a: IpAddr, b: IpAddr, time: Instant) {
        if self.rekeys.len() < MOST {
            self.rekeys.entry((a.min(b), a.max(b))).or_insert(time);
        }
    }

    /// Whether an IKE SA that began then may be one that took the place of another.
    pub(in crate::diagnose) fn rekeyed(&self, a: IpAddr, b: IpAddr, time: Instant) -> bool {
        self.rekeys.get(&(a.min(b), a.max(b))).is_some_and(|first| *first <= time)
    }

    /// Whether anything came from there.
    pub(in crate::diagnose) fn heard(&self, host: IpAddr, port: u16) -> bool {
        self.heard.contains(&(host, port))
    }

    /// ICMP errors about packets to a port of a host.
    pub(in crate::diagnose) fn icmp(&self, host: IpAddr, port: u16) -> impl Iterator<Item = IcmpError> + '_ {
        [self.icmp.get(&(host, port)), self.icmp.get(&(host, 0))].into_iter().flatten().copied()
    }

    /// Whether an ICMP error said that the port of the host cannot be reached.
    pub(in crate::diagnose) fn refuses(&self, host: IpAddr, port: u16) -> bool {
        self.icmp(host, port).any(|error| matches!(error, IcmpError::PortUnreachable | IcmpError::Prohibited | IcmpError::Unreachable))
    }

    pub(in crate::diagnose) fn saw_ike_auth(&self, initiator: IpAddr, responder: IpAddr) -> bool {
        self.ike_auth.contains(&(initiator, responder))
    }
}
