//! Who spoke IKE with whom.

use core::net::IpAddr;
use std::collections::HashSet;

/// Pairs in one generation: the memory this takes is bounded, and a pair is forgotten only while so many others speak and it does not.
const MAX_PAIRS: usize = 1 << 16;

#[derive(Debug, Default)]
pub(crate) struct Speakers {
    young: HashSet<(IpAddr, IpAddr)>,
    old: HashSet<(IpAddr, IpAddr)>,
    /// The pair seen last: a capture may hold little else.
    latest: Option<(IpAddr, IpAddr)>,
}

impl Speakers {
    pub(crate) fn see(&mut self, one: IpAddr, other: IpAddr) {
        let pair = pair(one, other);
        if self.latest.replace(pair) == Some(pair) {
            return;
        }
        if self.young.len() >= MAX_PAIRS {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(pair);
    }

    pub(crate) fn spoke(&self, one: IpAddr, other: IpAddr) -> bool {
        let pair = pair(one, other);
        self.young.contains(&pair) || self.old.contains(&pair)
    }
}

fn pair(one: IpAddr, other: IpAddr) -> (IpAddr, IpAddr) {
    (one.min(other), one.max(other))
}
