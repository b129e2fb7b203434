//! All that lies around IKEv2, gathered as it comes.

use super::at::At;
use super::{dns, esp, ikev1, tls, udp};
use crate::capture::{NotLookedInto, Opening, Problem, Time};
use crate::evidence::carrier::Carrier;
use core::net::{IpAddr, SocketAddr};

/// The port of DNS.
const DOMAIN: u16 = 53;
/// Octets of an IKE message up to its exchange type.
const HEAD_LEN: usize = ikev1::HEAD_LEN;
/// Kinds remembered of what was not looked into.
const MAX_SKIPPED: usize = 64;

/// What was seen besides the IKE SAs.
#[derive(Debug, Default)]
pub(crate) struct Around {
    pub(crate) ikev1: ikev1::Sas,
    pub(crate) tls: tls::Connections,
    pub(crate) dns: dns::Names,
    pub(crate) esp: esp::Flows,
    pub(crate) udp: udp::Counts,
    /// IKEv2 messages, also such as were cut or belong to no IKE SA.
    pub(crate) ikev2: u64,
    /// Of these, messages of which no more than the beginning is there.
    pub(crate) ikev2_cut: u64,
    /// NAT keepalives.
    pub(crate) keepalives: u64,
    /// What came by the ports of IKE and could not be read.
    pub(crate) undecodable: u64,
    /// Of these, what begins like a message of IKE.
    pub(crate) heads: u64,
    /// Fragment sets that may have been IKE and never became whole.
    pub(crate) incomplete: u64,
    /// What was not looked into: link types that are not read, and what stands inside others.
    pub(crate) skipped: Vec<NotLookedInto>,
}

impl Around {
    /// Takes an IKE message of whatever version, or what is left of one.
    pub(crate) fn message(&mut self, carrier: &Carrier, octets: &[u8]) {
        match version(octets) {
            Some(1) => self.ikev1.see(At::of(&carrier.packets, carrier.time), (carrier.src, carrier.dst), octets),
            Some(2) => self.ikev2 = self.ikev2.saturating_add(1),
            _ => return,
        }
        self.tls.peers(carrier.src.ip(), carrier.dst.ip());
    }

    /// Takes the beginning of what came by a port of IKE and could not be read as a message.
    pub(crate) fn head(&mut self, carrier: &Carrier, octets: &[u8]) {
        match version(octets) {
            Some(2) => self.ikev2_cut = self.ikev2_cut.saturating_add(1),
            Some(_) => {}
            None => return,
        }
        self.heads = self.heads.saturating_add(1);
        self.message(carrier, octets);
    }

    /// Takes a fragment set that never became whole.
    pub(crate) fn incomplete(&mut self) {
        self.incomplete = self.incomplete.saturating_add(1);
    }

    /// Takes what came by a port of IKE and cannot be read.
    pub(crate) fn undecodable(&mut self) {
        self.undecodable = self.undecodable.saturating_add(1);
    }

    /// Takes a NAT keepalive.
    pub(crate) fn keepalive(&mut self) {
        self.keepalives = self.keepalives.saturating_add(1);
    }

    /// Takes an ESP packet, with or without a UDP or TCP header before it.
    pub(crate) fn esp(&mut self, packets: &[u64], time: Time, ends: (IpAddr, IpAddr), udp: bool) {
        self.esp.see(ends, udp, || At::of(packets, time));
    }

    /// Takes a datagram between ports that IKE does not use.
    pub(crate) fn datagram(&mut self, at: At, (src, dst): (SocketAddr, SocketAddr), payload: &[u8]) {
        let ports = [src.port(), dst.port()];
        if ports.contains(&DOMAIN) {
            self.dns.see(at, (src.ip(), dst.ip()), payload);
        }
        self.udp.see(ports);
    }

    /// Takes a segment at the beginning of a connection.
    pub(crate) fn opening(&mut self, opening: &Opening) {
        self.tls.see(opening);
    }

    /// Takes what could not be read.
    pub(crate) fn problem(&mut self, problem: &Problem) {
        if let Problem::NotLookedInto(skipped) = problem {
            if self.skipped.len() < MAX_SKIPPED {
                self.skipped.push(*skipped);
            }
        }
    }

    /// Whether anything came by the ports of IKE.
    pub(crate) fn is_ike_heard(&self) -> bool {
        let by_ports = [self.ikev2, self.keepalives, self.undecodable, self.incomplete];
        by_ports.iter().any(|count| *count > 0) || !self.ikev1.as_slice().is_empty() || self.esp.as_slice().iter().any(|flow| flow.udp)
    }
}

/// The major version in a header that begins like one of IKE: an exchange type of that version.
fn version(octets: &[u8]) -> Option<u8> {
    let head = octets.get(..HEAD_LEN)?;
    let [version, exchange] = *head.last_chunk::<2>()?;
    match (version >> 4, exchange) {
        (2, 34..) => Some(2),
        (1, 1..) => Some(1),
        _ => None,
    }
}
