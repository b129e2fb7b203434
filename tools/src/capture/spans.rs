//! Octet ranges already there, shared by IP fragments and TCP segments.

use core::ops::Range;
use std::collections::BTreeMap;

/// A stored run of octets that starts at its key.
pub(super) trait Span {
    fn len(&self) -> u64;
}

/// The stored runs that share octets with `range`, in order; the work is proportional to their number.
pub(super) fn overlapping<'m, V: Span>(map: &'m BTreeMap<u64, V>, range: &Range<u64>) -> impl Iterator<Item = (Range<u64>, &'m V)> {
    let before = map.range(..range.start).next_back().map(|(start, _)| *start).unwrap_or(range.start);
    let wanted = range.clone();
    map.range(before..range.end.max(before))
        .map(|(start, run)| (*start..start.saturating_add(run.len()), run))
        .filter(move |(has, _)| has.end > wanted.start)
}

/// The parts of `range` that no stored run covers, in order.
pub(super) fn uncovered<V: Span>(map: &BTreeMap<u64, V>, range: &Range<u64>) -> Vec<Range<u64>> {
    let mut holes = Vec::new();
    let mut at = range.start;
    for (has, _) in overlapping(map, range) {
        if has.start > at {
            holes.push(at..has.start);
        }
        at = at.max(has.end);
    }
    if at < range.end {
        holes.push(at..range.end);
    }
    holes
}

/// The octets of `octets`, which start at position `start`, that lie in `range`; fewer when `octets` ends before.
pub(super) fn cut<'o>(octets: &'o [u8], start: u64, range: &Range<u64>) -> &'o [u8] {
    let index = |position: u64| usize::try_from(position.saturating_sub(start)).map_or(octets.len(), |i| i.min(octets.len()));
    octets.get(index(range.start)..index(range.end)).unwrap_or_default()
}
