//! Which capture is near to which end of a conversation.

use super::seen::Seen;
use core::net::IpAddr;
use std::collections::{BTreeMap, BTreeSet};

/// The two captures between which something may vanish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Path {
    /// Near to the lesser address, and to the other.
    ends: (usize, usize),
    /// The capture with whose eyes the conversation is shown.
    view: usize,
    /// The lesser address is that of an initiator.
    lesser_asks: Option<bool>,
}

/// What the things that two captures saw tell of one of them.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    /// It is on the host that sends, by packets of the lesser address, of the other.
    sends: (bool, bool),
    /// Hop limits of what the lesser address sends, and the other.
    hops: (Option<u8>, Option<u8>),
    /// How much later than another capture it saw what the lesser sends, and the other; nanoseconds, and how many.
    late: (i64, i64),
    counts: (i64, i64),
}

/// The signs of each capture, and whether the lesser address is that of an initiator.
type Signed = (BTreeMap<usize, Signs>, Option<bool>);

#[derive(Default)]
pub(super) struct Paths(BTreeMap<(IpAddr, IpAddr), Path>);

impl Paths {
    pub(super) fn of(seen: &[Seen]) -> Self {
        let mut all: BTreeMap<(IpAddr, IpAddr), Signed> = BTreeMap::new();
        for thing in seen.iter().filter(|thing| thing.sightings.len() > 1) {
            let Some((src, dst)) = thing.ends() else { continue };
            let lesser = src.ip() < dst.ip();
            let (signs, lesser_asks) = all.entry(conversation(src.ip(), dst.ip())).or_default();
            if thing.is_ike() && lesser_asks.is_none() {
                *lesser_asks = Some(thing.by_initiator() == lesser);
            }
            let first = thing.sightings.iter().min_by_key(|sighting| sighting.file).map(|sighting| sighting.time);
            for sighting in &thing.sightings {
                signs.entry(sighting.file).or_default().note(lesser, sighting, first.unwrap_or_default());
            }
        }
        let paths = all.into_iter().filter_map(|(ends, (signs, lesser_asks))| Some((ends, Path::of(&signs, lesser_asks)?)));
        Self(paths.collect())
    }

    /// The captures near the sender and near the receiver.
    pub(super) fn between(&self, src: IpAddr, dst: IpAddr) -> Option<(usize, usize)> {
        let (a, b) = self.0.get(&conversation(src, dst))?.ends;
        Some(if src < dst { (a, b) } else { (b, a) })
    }

    /// Whether a conversation is shown as this capture saw it.
    pub(super) fn is_view(&self, src: IpAddr, dst: IpAddr, file: usize) -> bool {
        self.0.get(&conversation(src, dst)).is_none_or(|path| path.view == file)
    }

    /// Pairs of captures of which the later one in order is nearer to the initiator.
    pub(super) fn swapped(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let swapped = self.0.values().filter_map(|path| {
            let (near, far) = if path.lesser_asks? { path.ends } else { (path.ends.1, path.ends.0) };
            (near > far).then_some((near, far))
        });
        // Where each side asks of its own there is no right order.
        let right = self.0.values().any(|path| path.lesser_asks.is_some_and(|lesser| lesser == (path.ends.0 < path.ends.1)));
        swapped.filter(|_| !right).collect::<BTreeSet<_>>().into_iter()
    }
}

fn conversation(a: IpAddr, b: IpAddr) -> (IpAddr, IpAddr) {
    (a.min(b), a.max(b))
}

impl Signs {
    fn note(&mut self, lesser: bool, sighting: &super::seen::Sighting, first: crate::capture::Time) {
        let late = sighting.time.since(first).nanos();
        let (sends, hops, sum, count) = if lesser {
            (&mut self.sends.0, &mut self.hops.0, &mut self.late.0, &mut self.counts.0)
        } else {
            (&mut self.sends.1, &mut self.hops.1, &mut self.late.1, &mut self.counts.1)
        };
        *sends |= sighting.outgoing == Some(true);
        *hops = (*hops).max(sighting.ttl);
        (*sum, *count) = (sum.saturating_add(late), count.saturating_add(1));
    }

    /// How far from the lesser address it is, by what the packets themselves say: the more, the farther.
    fn hops(&self) -> i64 {
        let host = match self.sends {
            (true, false) => -1000,
            (false, true) => 1000,
            _ => 0,
        };
        i64::from(self.hops.1.unwrap_or(0)).saturating_sub(i64::from(self.hops.0.unwrap_or(0))).saturating_add(host)
    }

    /// The same by how long packets took to it, there and back.
    fn delay(&self) -> i64 {
        let mean = |sum: i64, count| sum.checked_div(count).unwrap_or(0);
        mean(self.late.0, self.counts.0).saturating_sub(mean(self.late.1, self.counts.1))
    }
}

impl Path {
    fn of(signs: &BTreeMap<usize, Signs>, lesser_asks: Option<bool>) -> Option<Self> {
        let (first, last) = (*signs.first_key_value()?.0, *signs.last_key_value()?.0);
        if first == last {
            return None;
        }
        // The order of the files, initiator's first, where nothing else tells.
        let by_order = if lesser_asks == Some(false) { (last, first) } else { (first, last) };
        let far = |of: fn(&Signs) -> i64| {
            let near = signs.iter().min_by_key(|(_, signs)| of(signs))?;
            let far = signs.iter().max_by_key(|(_, signs)| of(signs))?;
            (of(near.1) < of(far.1)).then_some((*near.0, *far.0))
        };
        let ends = far(Signs::hops).or_else(|| far(Signs::delay)).unwrap_or(by_order);
        Some(Self { ends, view: first, lesser_asks })
    }
}
