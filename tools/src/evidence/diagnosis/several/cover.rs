//! What a capture would have seen: that it did not see something else is no proof.

use super::held::Held;
use super::path::Paths;
use super::seen::Seen;
use crate::capture::{Item, Time};
use crate::evidence::ports::NAT_T;
use core::time::Duration;
use ikev2::diagnose::Delivery;
use std::collections::{BTreeMap, BTreeSet};

/// So much before its first packet a capture is held to have begun.
const BEGINS: Duration = Duration::from_secs(1);
/// A capture that holds less of each packet may not hold the header of a message.
const CUT: usize = 96;

/// Port 4500, or 500 and all others: what capture filters let through or not.
type OnNatT = bool;

pub(super) struct Covers {
    /// From its first packet to the end that the file itself states.
    spans: Vec<(Time, Option<Time>, Option<usize>)>,
    /// The last that a capture saw on a port.
    last: BTreeMap<(usize, OnNatT), Time>,
    /// What a host is known to have sent is not in its own capture: a filter hides that port, or the capture had ended.
    leaks: BTreeSet<(usize, OnNatT)>,
    /// What a host has sent in IP fragments is in its own capture as the first of them only.
    filtered: BTreeSet<usize>,
}

impl Covers {
    pub(super) fn of(seen: &[Seen], all: &[Held], paths: &Paths) -> Self {
        let span = |held: &Held| (Time::default().moved(held.shift), held.watched.map(|until| until.moved(held.shift)), held.cut);
        let mut covers =
            Self { spans: all.iter().map(span).collect(), last: BTreeMap::new(), leaks: BTreeSet::new(), filtered: BTreeSet::new() };
        for thing in seen.iter().filter(|thing| thing.ends().is_some()) {
            let port = port(thing);
            for sighting in &thing.sightings {
                let last = covers.last.entry((sighting.file, port)).or_default();
                *last = (*last).max(sighting.time);
            }
            let Some((src, dst)) = thing.ends() else { continue };
            let Some((near, far)) = paths.between(src.ip(), dst.ip()).filter(|_| thing.is_ike()) else { continue };
            match (thing.at(near), thing.at(far)) {
                (None, Some(_)) => _ = covers.leaks.insert((near, port)),
                (Some(here), Some(there)) if here.part.is_some() && there.part.is_none() => _ = covers.filtered.insert(near),
                _ => {}
            }
        }
        covers
    }

    /// How much of a message came to its end; `None` where no capture tells.
    pub(super) fn arrival(&self, thing: &Seen, paths: &Paths) -> Option<Delivery> {
        let (src, dst) = thing.ends()?;
        let (near, far) = paths.between(src.ip(), dst.ip()).filter(|_| thing.is_ike())?;
        if !matches!(thing.item, Item::Datagram(_)) {
            return None;
        }
        match thing.at(far) {
            Some(there) if there.part.is_none() => Some(Delivery::Whole),
            _ if thing.at(near).is_none_or(|here| here.part.is_some()) => None,
            Some(there) => there.part.filter(|_| !self.filtered.contains(&far)).map(Delivery::Part),
            None => self.covers(far, port(thing), thing.time()).then_some(Delivery::Nothing),
        }
    }

    fn covers(&self, file: usize, port: OnNatT, time: Time) -> bool {
        let Some((begin, end, cut)) = self.spans.get(file) else { return false };
        let running = time.saturating_add(BEGINS) >= *begin && end.is_none_or(|end| time <= end);
        let later = self.last.get(&(file, port)).is_some_and(|last| *last >= time);
        running && cut.is_none_or(|octets| octets >= CUT) && (later || !self.leaks.contains(&(file, port)))
    }
}

fn port(thing: &Seen) -> OnNatT {
    thing.ends().is_some_and(|(src, dst)| src.port() == NAT_T || dst.port() == NAT_T)
}
