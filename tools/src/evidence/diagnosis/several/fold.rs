//! The things of another capture among those that are known: what both saw once, with the addresses of the first.

use super::clock;
use super::seen::Seen;
use super::twin::{self, Class};
use core::net::{IpAddr, SocketAddr};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Folded {
    pub(super) things: Vec<Seen>,
    /// What was added to the times of the other capture, if messages told.
    pub(super) shift: Option<i64>,
}

/// Takes another capture; `clocks` is what is added to its times as far as nothing but the clocks tells.
pub(super) fn fold(known: Vec<Seen>, mut other: Vec<Seen>, clocks: i64) -> Folded {
    let classes = twin::classes(&known, &other);
    let shift = clock::shift(&classes, &known, &other);
    other.iter_mut().for_each(|seen| seen.shift(shift.unwrap_or(clocks)));
    if shift.is_none() {
        let mut things = known;
        things.extend(other);
        things.sort_by_key(Seen::time);
        return Folded { things, shift };
    }
    Folded { things: join(known, other, &classes), shift }
}

fn join(known: Vec<Seen>, mut other: Vec<Seen>, classes: &[Class]) -> Vec<Seen> {
    let mut twins: BTreeMap<usize, usize> = classes.iter().flat_map(|class| twin::pairs(class, &known, &other)).collect();
    let translator = Translator::of(&known, &other, &twins);
    other.iter_mut().for_each(|seen| translator.translate(seen));
    headless(&known, &other, &mut twins);
    let mut rest: Vec<Option<Seen>> = other.into_iter().map(Some).collect();
    let mut things = Vec::with_capacity(known.len().saturating_add(rest.len()));
    for (n, mut seen) in known.into_iter().enumerate() {
        if let Some(twin) = twins.get(&n).and_then(|twin| rest.get_mut(*twin)).and_then(Option::take) {
            seen.join(twin);
        }
        things.push(seen);
    }
    things.extend(rest.into_iter().flatten());
    things.sort_by_key(Seen::time);
    things
}

/// IP fragments without the first, which names no message, belong to what was sent in IP fragments at that time.
fn headless(known: &[Seen], other: &[Seen], twins: &mut BTreeMap<usize, usize>) {
    let mut taken: BTreeSet<usize> = twins.values().copied().collect();
    let open: Vec<usize> = known.iter().enumerate().filter(|(n, seen)| seen.fragmented().is_some() && !twins.contains_key(n)).map(|(n, _)| n).collect();
    for n in open {
        let Some(whole) = known.get(n) else { continue };
        let rest = other.iter().enumerate().find(|(m, rest)| !taken.contains(m) && twin::may_be_headless(whole, rest));
        if let Some((m, _)) = rest {
            taken.insert(m);
            twins.insert(n, m);
        }
    }
}

/// What an address translator between two captures does, as far as both saw the same.
#[derive(Default)]
struct Translator {
    flows: BTreeMap<(SocketAddr, SocketAddr), (SocketAddr, SocketAddr)>,
    /// By addresses alone, where that is not ambiguous.
    hosts: BTreeMap<(IpAddr, IpAddr), BTreeSet<(IpAddr, IpAddr)>>,
}

impl Translator {
    fn of(known: &[Seen], other: &[Seen], twins: &BTreeMap<usize, usize>) -> Self {
        let mut translator = Self::default();
        for (a, b) in twins {
            let ends = |all: &[Seen], n: &usize| all.get(*n).and_then(Seen::ends);
            let (Some(here), Some(there)) = (ends(known, a), ends(other, b)) else { continue };
            for (here, there) in [(here, there), ((here.1, here.0), (there.1, there.0))] {
                translator.flows.insert(there, here);
                translator.hosts.entry((there.0.ip(), there.1.ip())).or_default().insert((here.0.ip(), here.1.ip()));
            }
        }
        translator
    }

    fn translate(&self, seen: &mut Seen) {
        let Some((src, dst)) = seen.ends() else { return };
        if let Some(ends) = self.flows.get(&(src, dst)) {
            return seen.set_ends(*ends);
        }
        let hosts = self.hosts.get(&(src.ip(), dst.ip())).filter(|hosts| hosts.len() == 1);
        if let Some((from, to)) = hosts.and_then(|hosts| hosts.first()) {
            seen.set_ends((SocketAddr::new(*from, src.port()), SocketAddr::new(*to, dst.port())));
        }
    }
}
