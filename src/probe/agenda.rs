//! What is sent next.

use super::evidence::{Ask, Evidence};
use super::manners;
use super::question::ORDER;
use super::size::BASE;
use super::trial::Purpose;
use super::turn::Turn;
use crate::instant::Instant;

/// Silent trials one after the other, of a size that can pass, that call for the first answered request; and how often that is repeated.
const SUSPICIOUS: usize = 3;
const AGAIN: usize = 3;

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Send(Ask),
    /// Nothing before this.
    Wait(Instant),
    /// The server fell silent after it had answered.
    Limited,
    Done,
}

pub(super) fn next(seen: &Evidence, turn: Turn) -> Step {
    if seen.trials.len() >= manners::most(&seen.plan) {
        return Step::Done;
    }
    let (silent, again) = seen.silence();
    if let (true, Some(main)) = (silent >= SUSPICIOUS, seen.main()) {
        return if again >= AGAIN { Step::Limited } else { Step::Send(Ask::new(Purpose::Again, main, BASE)) };
    }
    let opening = seen.next_opening(turn.now);
    let mut waits = None;
    for ask in ORDER.iter().filter_map(|next| next(seen, turn)) {
        match opening.filter(|_| seen.may_open(&ask)) {
            Some(then) => waits = Some(then),
            None => return Step::Send(ask),
        }
    }
    waits.map_or(Step::Done, Step::Wait)
}
