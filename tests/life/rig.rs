//! Two hosts whose datagrams pass through the hands of a test, which may read them, keep them, change them or put its own in their place.

use crate::host::{Host, PLAIN, Proposals, config, path};
use crate::toy::Seeded;
use ikev2::Instant;
use ikev2::session::{Config, Handled, NetworkPath, PathEncapsulation};
use ikev2::wire::transport::{Packet, tcp_frame, udp_4500};
use std::time::Duration;

pub(crate) const MOON: usize = 0;
pub(crate) const CAROL: usize = 1;

/// A datagram as its receiver sees it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) to: usize,
    pub(crate) path: NetworkPath,
    pub(crate) octets: Vec<u8>,
}

impl Seen {
    /// The IKE message, without a marker or the head of a frame; none is in a keepalive.
    pub(crate) fn message(&self) -> Option<&[u8]> {
        let packet = match self.path.encapsulation {
            PathEncapsulation::Udp => Ok(Packet::Ike(&self.octets[..])),
            PathEncapsulation::NonEspMarker => udp_4500(&self.octets),
            PathEncapsulation::Tcp => tcp_frame(&self.octets),
        };
        match packet {
            Ok(Packet::Ike(message)) => Some(message),
            _ => None,
        }
    }
}

pub(crate) struct Rig {
    pub(crate) now: Instant,
    pub(crate) hosts: [Host; 2],
    /// All that was sent, in order.
    pub(crate) wire: Vec<Seen>,
    buf: Vec<u8>,
}

impl Rig {
    pub(crate) fn new(seed: u64, proposals: Proposals, change: impl Fn(Config) -> Config) -> Self {
        let mut random = Seeded(seed);
        let (moon, carol) = ("192.0.2.1:500", "198.51.100.2:500");
        let seeds = [random.next(), random.next()];
        let host = |name, own, other, seed| Host::new(name, path(own, other), proposals, change(config(proposals)), seed);
        let hosts = [host("moon", moon, carol, seeds[0]), host("carol", carol, moon, seeds[1])];
        Self { now: Instant::START, hosts, wire: Vec::new(), buf: vec![0; 65_535] }
    }

    pub(crate) fn plain(seed: u64) -> Self {
        Self::new(seed, PLAIN, |config| config)
    }

    /// What a host has to send now.
    pub(crate) fn sent(&mut self, from: usize) -> Vec<Seen> {
        let mut sent = Vec::new();
        while let Some(transmit) = self.hosts[from].endpoint.poll_transmit(self.now, &mut self.buf).unwrap() {
            let path = NetworkPath { local: transmit.path.peer, peer: transmit.path.local, ..transmit.path };
            sent.push(Seen { to: 1 - from, path, octets: self.buf[..transmit.len].to_vec() });
        }
        self.wire.extend(sent.iter().cloned());
        sent
    }

    /// Hands a datagram to its host.
    pub(crate) fn give(&mut self, seen: &Seen) -> Handled {
        let host = &mut self.hosts[seen.to];
        let handled = host.endpoint.handle(self.now, seen.path, &mut seen.octets.clone());
        self.decide(seen.to);
        handled
    }

    pub(crate) fn decide(&mut self, at: usize) {
        let host = &mut self.hosts[at];
        // One decision leads to the next question.
        for _ in 0..4 {
            host.events(self.now);
            host.decide(self.now);
        }
        host.events(self.now);
    }

    /// Both hosts talk until they have nothing more to say. `between` sees each datagram before it arrives.
    pub(crate) fn talk_with(&mut self, mut between: impl FnMut(&mut Self, &Seen)) {
        loop {
            let mut sent = self.sent(MOON);
            sent.extend(self.sent(CAROL));
            if sent.is_empty() {
                return;
            }
            for seen in sent {
                between(self, &seen);
                let _ = self.give(&seen);
            }
        }
    }

    pub(crate) fn talk(&mut self) {
        self.talk_with(|_, _| {});
    }

    /// Time passes at one host alone, which does what is due, and is heard by nobody.
    pub(crate) fn pass_alone(&mut self, at: usize, span: Duration) {
        let end = self.now + span;
        let mut idle = 0;
        while let Some(due) = self.hosts[at].due().filter(|due| *due <= end) {
            idle = if due > self.now { 0 } else { idle + 1 };
            assert!(idle < 64, "a timer that is due for ever\n{}", self.hosts[at].log.join("\n"));
            self.now = self.now.max(due);
            self.hosts[at].endpoint.handle_timeout(self.now);
            self.decide(at);
            self.sent(at);
        }
        self.now = end;
    }

    /// `by` begins an IKE SA, and both sides set it up.
    pub(crate) fn set_up(&mut self, by: usize) {
        self.hosts[by].initiate(self.now);
        self.talk();
        assert_eq!(self.hosts.each_ref().map(|host| host.children.len()), [1, 1]);
    }

    /// The children that the endpoint lists are those that it has told of.
    pub(crate) fn check(&self, at: usize) {
        let host = &self.hosts[at];
        let mut listed: Vec<_> =
            host.endpoint.sas().flat_map(|id| host.endpoint.view(id).unwrap().children().collect::<Vec<_>>()).collect();
        let told: Vec<_> = host.children.iter().filter(|(_, child)| child.is_up).map(|(id, _)| *id).collect();
        listed.sort_unstable();
        assert_eq!(listed, told, "{}", host.log.join("\n"));
    }
}
