//! Which things of two captures are the same: the same octets at about the same time.

use super::seen::{KEY, Seen};
use crate::capture::Time;
use core::time::Duration;
use std::collections::HashMap;

/// As long as a packet may be under way, and clocks that were aligned may still differ.
const WINDOW: Duration = Duration::from_secs(2);

/// The same octets in two captures, however often each of them has them, in the order of time.
pub(super) struct Class {
    pub(super) here: Vec<usize>,
    pub(super) there: Vec<usize>,
}

/// What both have.
pub(super) fn classes(here: &[Seen], there: &[Seen]) -> Vec<Class> {
    let mut by_key: HashMap<[u8; KEY], Vec<Class>> = HashMap::new();
    for (n, seen) in here.iter().enumerate() {
        let Some(key) = seen.key() else { continue };
        let classes = by_key.entry(key).or_default();
        match classes.iter_mut().find(|class| is_of(class, here, seen)) {
            Some(class) => class.here.push(n),
            None => classes.push(Class { here: vec![n], there: Vec::new() }),
        }
    }
    for (n, seen) in there.iter().enumerate() {
        let classes = seen.key().and_then(|key| by_key.get_mut(&key));
        if let Some(class) = classes.and_then(|classes| classes.iter_mut().find(|class| is_of(class, here, seen))) {
            class.there.push(n);
        }
    }
    let mut all: Vec<_> = by_key.into_values().flatten().filter(|class| !class.there.is_empty()).collect();
    all.sort_by_key(|class| class.here.first().copied());
    all
}

fn is_of(class: &Class, here: &[Seen], seen: &Seen) -> bool {
    class.here.first().and_then(|first| here.get(*first)).is_some_and(|first| first.same(seen))
}

/// The pairs of a class, once both have one clock: each with the nearest in time, in order.
pub(super) fn pairs(class: &Class, here: &[Seen], there: &[Seen]) -> Vec<(usize, usize)> {
    let apart = |a: usize, b: usize| here.get(a).zip(there.get(b)).map_or(Duration::MAX, |(a, b)| distance(a.time(), b.time()));
    let mut pairs = Vec::new();
    let (mut ours, mut theirs) = (class.here.iter().copied().peekable(), class.there.iter().copied().peekable());
    while let (Some(a), Some(b)) = (ours.peek().copied(), theirs.peek().copied()) {
        let now = apart(a, b);
        let mut after = (ours.clone(), theirs.clone());
        let (_, _) = (after.0.next(), after.1.next());
        let (next_a, next_b) = (after.0.peek().copied(), after.1.peek().copied());
        if next_a.is_some_and(|next| apart(next, b) < now) {
            ours.next();
        } else if next_b.is_some_and(|next| apart(a, next) < now) {
            theirs.next();
        } else {
            if now <= WINDOW {
                pairs.push((a, b));
            }
            ours.next();
            theirs.next();
        }
    }
    pairs
}

pub(super) fn distance(a: Time, b: Time) -> Duration {
    a.duration_since(b).max(b.duration_since(a))
}

/// Whether a datagram that was sent in IP fragments may be the one of which the first fragment never came.
pub(super) fn may_be_headless(whole: &Seen, rest: &Seen) -> bool {
    use crate::capture::{IncompleteFragments, Item, Problem};
    let Item::Problem(Problem::IncompleteFragments(IncompleteFragments { src, dst, ports: None, total, .. })) = &rest.item else {
        return false;
    };
    let same = whole.ends().is_some_and(|(from, to)| (from.ip(), to.ip()) == (*src, *dst));
    let size = whole.fragmented();
    same && size.is_some() && (total.is_none() || *total == size) && distance(whole.time(), rest.time()) <= WINDOW
}
