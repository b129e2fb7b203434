//! The path MTU to the server, found by packets with DF between 576 octets and the largest that may be sent.

use crate::diagnose::Confidence::{High, Low, Medium};
use crate::probe::answer::AnswerResult::{Unknown, Yes};
use crate::probe::answer::{AnswerValue, ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::{Ask, Evidence};
use crate::probe::plan::MarkedPort;
use crate::probe::size::{BASE, Bounds};
use crate::probe::trial::{Purpose, Trial};
use crate::probe::turn::Turn;
use alloc::format;

/// How many packets the search takes.
const TRIES: usize = 54;
/// How often the smallest size is tried before it is given up.
const BASE_TRIES: usize = 5;
/// Packets of the smallest size before all others: a server that answers every second or third request, or so many in a second, is seen by
/// them.
const CONTROLS: usize = 9;
/// The most packets of the size that passes, one after the other, before a larger one.
const ROW: usize = 2;
/// How often the size that was found is tried on the second port.
const SECOND_TRIES: usize = 3;

fn trials(seen: &Evidence, port: MarkedPort) -> impl Iterator<Item = &Trial> + Clone {
    seen.of(Purpose::Mtu).filter(move |trial| trial.port == port.port)
}

pub(in crate::probe) fn next(seen: &Evidence, turn: Turn) -> Option<Ask> {
    let main = seen.main().filter(|_| seen.plan.sends_whole)?;
    let Some(bounds) = seen.bounds() else {
        return (trials(seen, main).count() < BASE_TRIES).then(|| Ask::new(Purpose::Mtu, main, BASE));
    };
    if trials(seen, main).filter(|trial| trial.size <= BASE).count() < CONTROLS {
        return Some(Ask::new(Purpose::Mtu, main, BASE));
    }
    search(seen, turn, main, bounds).or_else(|| second(seen, main, bounds))
}

fn search(seen: &Evidence, turn: Turn, main: MarkedPort, bounds: Bounds) -> Option<Ask> {
    if trials(seen, main).count() >= TRIES {
        return None;
    }
    let size = bounds.next(seen.top(), seen.told_mtu, seen.losses())?;
    // After silence, a size that passes: is it the size, or does nobody answer any more?
    let last = seen.trials.last().filter(|trial| trial.purpose == Purpose::Mtu && trial.answered.is_none());
    let is_after_silence = last.is_some_and(|trial| trial.size > bounds.passed);
    // Two in a row are enough: the coin is to be no rhythm, not a waste.
    let row = seen.trials.iter().rev().take_while(|trial| trial.purpose == Purpose::Mtu && trial.size == bounds.passed).count();
    let is_control = if bounds.meet() { turn.coin && row < ROW || bounds.pair.wants_answers(seen.losses()) } else { is_after_silence };
    Some(Ask::new(Purpose::Mtu, main, if is_control { bounds.passed } else { size }))
}

/// The second port, where the marker is part of the packet: the size that was found passes there, too.
fn second(seen: &Evidence, main: MarkedPort, bounds: Bounds) -> Option<Ask> {
    let other = seen.plan.natt;
    let is_due = main != other && seen.answers(other) && bounds.is_exact(seen.top(), seen.losses());
    let settled = trials(seen, other).any(|trial| trial.answered.is_some()) || trials(seen, other).count() >= SECOND_TRIES;
    (is_due && !settled).then(|| Ask::new(Purpose::Mtu, other, bounds.passed))
}

pub(in crate::probe) fn answer(seen: &Evidence) -> ProbeAnswer {
    let datagrams = seen.of(Purpose::Mtu).count();
    let Some(bounds) = seen.bounds() else {
        let text = if seen.plan.sends_whole { "No packet with DF was answered." } else { "This system sends no packets with DF." };
        return seen.say(ProbeQuestion::Mtu, (Unknown, Low), datagrams, text);
    };
    let (top, passed) = (seen.top(), bounds.passed);
    let second = trials(seen, seen.plan.natt).filter(|trial| Some(seen.plan.natt) != seen.main() && trial.size == passed);
    let differs = second.clone().count() >= SECOND_TRIES && second.clone().all(|trial| trial.answered.is_none());
    let (known, text) = if passed >= top && top < seen.plan.largest() {
        ((Yes, Medium), format!("Packets of {passed} octets pass, the largest that this system sends; the path may take larger ones."))
    } else if passed >= top {
        ((Yes, High), format!("Packets of {passed} octets pass, the largest that were asked for."))
    } else if bounds.is_exact(top, seen.losses()) {
        ((Yes, High), format!("Packets of {passed} octets pass with DF, and larger ones do not."))
    } else if bounds.meet() {
        let text =
            format!("Packets of {passed} octets pass with DF. Larger ones were not answered, and neither were some that could pass.");
        ((Unknown, Low), text)
    } else {
        ((Unknown, Low), format!("Packets of {passed} octets pass with DF. The limit was not found."))
    };
    let text = if differs { format!("{text} On UDP port {} that size was not answered.", seen.plan.natt.port) } else { text };
    ProbeAnswer { value: AnswerValue::Number(passed.into()), ..seen.say(ProbeQuestion::Mtu, known, datagrams, text) }
}
