//! By how much two clocks differ, told by what both captures saw.

use super::seen::Seen;
use super::twin::Class;

/// Differences looked at, and of one message that was sent again and again so many on each side.
const MOST: usize = 4096;
const AGAIN: usize = 16;
/// Differences within so many nanoseconds are of one offset.
const NEAR: i64 = 1_000_000_000;

/// How much is to be added to the times of the second capture; `None` without a message in common.
///
/// What was sent more than once may be paired in many ways, and one of them is right for all messages: the offset that most pairs agree
/// on. The median of what the initiator sent is too large by the time that took, and that of the answers too small.
pub(super) fn shift(classes: &[Class], here: &[Seen], there: &[Seen]) -> Option<i64> {
    let mut all: Vec<(i64, bool)> = Vec::new();
    for class in classes {
        for a in class.here.iter().take(AGAIN).filter_map(|n| here.get(*n)).filter(|seen| seen.is_ike()) {
            for b in class.there.iter().take(AGAIN).filter_map(|n| there.get(*n)) {
                if all.len() < MOST {
                    all.push((a.time().since(b.time()).nanos(), a.by_initiator()));
                }
            }
        }
    }
    all.sort_unstable();
    let agreed = densest(&all);
    let of = |initiator: bool| agreed.iter().filter(|(_, by)| *by == initiator).map(|(shift, _)| *shift).collect::<Vec<_>>();
    match (median(&of(true)), median(&of(false))) {
        (Some(there), Some(back)) => Some(there.saturating_add(back.saturating_sub(there).saturating_div(2))),
        (one, other) => one.or(other),
    }
}

/// The most differences that lie near each other.
fn densest(all: &[(i64, bool)]) -> &[(i64, bool)] {
    let mut best: &[(i64, bool)] = &[];
    for start in 0..all.len() {
        let Some(rest) = all.get(start..) else { break };
        let first = rest.first().map_or(0, |(shift, _)| *shift);
        let near = rest.partition_point(|(shift, _)| shift.saturating_sub(first) <= NEAR);
        if near > best.len() {
            best = rest.get(..near).unwrap_or_default();
        }
    }
    best
}

fn median(sorted: &[i64]) -> Option<i64> {
    sorted.get(sorted.len() / 2).copied()
}
