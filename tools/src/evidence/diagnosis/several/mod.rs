//! Several captures of one network as one sequence: clocks aligned, what two of them saw told once, and what never arrived.
//!
//! ```text
//! held.rs   one capture, read to its end
//! seen.rs   one thing, and by which captures it was seen
//! twin.rs   which of two captures' things are the same
//! clock.rs  by how much two clocks differ
//! fold.rs   the things of two captures as one sequence, with the addresses of the first
//! path.rs   which capture is near to which end
//! cover.rs  what a capture would have seen
//! ```

mod clock;
mod cover;
mod fold;
mod held;
mod path;
mod seen;
#[cfg(test)]
mod tests;
mod twin;

use super::files::{self, Ahead, File};
use crate::capture::{Interest, Item, OpenError, Problem, Source, Time, Traffic};
use cover::Covers;
use fold::Folded;
use held::Held;
use ikev2::diagnose::Delivery;
use path::Paths;
use seen::Seen;

/// Captures taken together.
const MOST_FILES: usize = 16;

/// What several captures tell, in order.
pub(super) struct Several {
    pub(super) things: Vec<Thing>,
    pub(super) files: Vec<File>,
    pub(super) problems: Vec<String>,
    /// When the first packet of the first capture was seen, in nanoseconds since 1970 (UTC).
    pub(super) start: Option<i128>,
    /// The earliest time, on the clock of the first capture.
    pub(super) origin: Time,
    /// Until when anything was watched, and whether the files say so.
    pub(super) end: Time,
    pub(super) watched: bool,
    pub(super) cut: Option<usize>,
    pub(super) later_fragments: bool,
    pub(super) went_back: bool,
    pub(super) broken: bool,
}

/// Something that was seen, and what is known of its way.
pub(super) struct Thing {
    pub(super) item: Item,
    /// The capture as which it is shown.
    pub(super) file: usize,
    pub(super) arrival: Option<Delivery>,
    /// It is shown as the capture saw it from which the others of its conversation are shown.
    pub(super) near: bool,
}

/// Reads all captures to their ends; `tell` hears of each how far it is.
pub(super) fn read(sources: Vec<Source>, interest: &Interest, tell: &mut dyn FnMut(&Traffic)) -> Result<Several, OpenError> {
    let mut all = Vec::new();
    for (n, source) in sources.into_iter().take(MOST_FILES).enumerate() {
        all.push(held::read(n, source, interest.clone(), tell)?);
    }
    let mut problems: Vec<String> = all.iter().flat_map(|held| held.problems.iter().map(|text| format!("{}: {text}", held.name))).collect();
    let origin_of = all.first().and_then(|held| held.start);
    let mut seen: Vec<Seen> = Vec::new();
    let mut shifts = Vec::new();
    let mut first_name = String::new();
    let mut stream_file = None;
    for (n, held) in all.iter_mut().enumerate() {
        stream_file = stream_file.or(held.items.iter().any(|item| matches!(item, Item::Stream(_))).then_some(n));
        let items = core::mem::take(&mut held.items);
        // A TCP stream is read once; what is lost of it is sent again without IKE.
        let kept = items.into_iter().filter(|item| !matches!(item, Item::Stream(_)) || stream_file == Some(n));
        let things: Vec<Seen> = kept.map(|item| Seen::new(n, item)).collect();
        if n == 0 {
            (seen, first_name) = (things, held.name.clone());
            shifts.push(Some(0));
            continue;
        }
        // By the clocks, as far as they are right, until messages tell better.
        let clocks = held.start.zip(origin_of).map(|(of_this, of_first)| nanos(of_this.saturating_sub(of_first)));
        let Folded { things, shift } = fold::fold(seen, things, clocks.unwrap_or(0));
        if shift.is_none() {
            let other = &held.name;
            problems.push(format!(
                "{other} has no message in common with {first_name}: whether what one of them has was lost on the way to the other cannot be told"
            ));
        }
        seen = things;
        held.shift = shift.or(clocks).unwrap_or(0);
        shifts.push(shift.map(|shift| clocks.unwrap_or(shift).saturating_sub(shift)));
    }
    Ok(told(seen, &all, &shifts, problems))
}

/// What is known once all are folded: where everything was seen, and what did not arrive.
fn told(mut seen: Vec<Seen>, all: &[Held], shifts: &[Option<i64>], mut problems: Vec<String>) -> Several {
    let earliest = seen.iter().map(Seen::time).min().unwrap_or_default().min(Time::default());
    seen.sort_by_key(|thing| (is_late(thing), thing.time()));
    let paths = Paths::of(&seen);
    problems.extend(paths.swapped().map(|(near, other)| {
        let name = |file: usize| all.get(file).map_or("", |held| held.name.as_str());
        format!("{} was taken nearer to the initiator than {}: the packets tell, whatever the order of the files", name(near), name(other))
    }));
    let covers = Covers::of(&seen, all, &paths);
    let things = seen.into_iter().map(|mut thing| {
        let arrival = covers.arrival(&thing, &paths);
        let near = thing.ends().is_none_or(|(src, dst)| paths.is_view(src.ip(), dst.ip(), thing.file()));
        thing.set_time(thing.time().since(earliest));
        Thing { file: thing.file(), item: thing.item, arrival, near }
    });
    let start = all.first().and_then(|held| held.start);
    let end = all.iter().map(|held| held.watched.map_or(held.end, |until| until.max(held.end)).moved(held.shift)).max();
    let files = all.iter().zip(shifts);
    Several {
        things: things.collect(),
        files: files.map(|(held, clock)| File { name: held.name.clone(), packets: held.packets, clock: clock.map(Ahead) }).collect(),
        problems,
        start,
        origin: earliest,
        end: end.unwrap_or_default().since(earliest),
        watched: all.iter().any(|held| held.watched.is_some_and(|until| until > held.end)),
        cut: all.iter().filter_map(|held| held.cut).min(),
        later_fragments: all.iter().any(|held| held.later_fragments),
        went_back: all.iter().any(|held| held.went_back),
        broken: all.iter().any(|held| held.broken),
    }
}

/// What tells only that something is missing comes after what is there.
fn is_late(thing: &Seen) -> bool {
    matches!(thing.item, Item::Problem(Problem::BrokenFile { .. } | Problem::EndsInRecord { .. }))
}

/// A problem of one of several captures, with its name, and its packets by their own numbers.
pub(super) fn named(capture: &str, problem: String, packets: &[u64]) -> String {
    // Here a packet's number is unlike any other number in the text: it says which capture it is of.
    let own = packets.iter().fold(problem, |text, number| text.replace(&number.to_string(), &files::place(*number).1.to_string()));
    format!("{capture}: {own}")
}

fn nanos(difference: i128) -> i64 {
    i64::try_from(difference).unwrap_or(if difference < 0 { i64::MIN } else { i64::MAX })
}
