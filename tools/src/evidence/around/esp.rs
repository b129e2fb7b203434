//! Who sent ESP to whom.

use super::at::At;
use core::net::IpAddr;
use std::collections::HashMap;

/// Flows remembered.
const MAX_FLOWS: usize = 4096;

/// ESP from one address to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    pub(crate) first: At,
    /// Its packets have a UDP or TCP header before them.
    pub(crate) udp: bool,
    pub(crate) packets: u64,
}

/// The flows of a capture, in the order of their first packets.
#[derive(Debug, Default)]
pub(crate) struct Flows {
    flows: Vec<Flow>,
    by_ends: HashMap<(IpAddr, IpAddr), usize>,
    /// The one seen last: traffic comes in runs, and a capture may hold little else.
    latest: usize,
    /// Packets of flows that are not remembered.
    pub(crate) more: u64,
}

impl Flows {
    pub(crate) fn as_slice(&self) -> &[Flow] {
        &self.flows
    }

    pub(crate) fn see(&mut self, (src, dst): (IpAddr, IpAddr), udp: bool, at: impl FnOnce() -> At) {
        if !self.flows.get(self.latest).is_some_and(|flow| flow.src == src && flow.dst == dst) {
            self.latest = match self.by_ends.get(&(src, dst)) {
                Some(place) => *place,
                None if self.flows.len() >= MAX_FLOWS => {
                    self.more = self.more.saturating_add(1);
                    return;
                }
                None => {
                    let place = self.flows.len();
                    self.by_ends.insert((src, dst), place);
                    self.flows.push(Flow { src, dst, first: at(), udp, packets: 0 });
                    place
                }
            };
        }
        if let Some(flow) = self.flows.get_mut(self.latest) {
            flow.packets = flow.packets.saturating_add(1);
            flow.udp |= udp;
        }
    }

    /// Whether both addresses sent ESP to each other.
    pub(crate) fn both_ways(&self, a: IpAddr, b: IpAddr) -> bool {
        [(a, b), (b, a)].iter().all(|ends| self.by_ends.contains_key(ends))
    }
}
