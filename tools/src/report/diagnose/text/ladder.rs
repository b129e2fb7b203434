//! The messages of an IKE SA in text: a ladder, or a list where the terminal is too narrow.

use crate::evidence::diagnosis::files;
use crate::evidence::diagnosis::ladder::{Ladder, Step};
use crate::report::clock::Clock;
use crate::report::text::{Ink, Page};
use core::fmt::Write as _;
use ikev2::Role;

/// Columns that the ladder takes; where there are fewer, messages are listed.
const LADDER: usize = 100;
/// Columns from which on the numbers of listed messages stand below each other.
const COLUMNS: usize = 60;
/// Columns of an arrow with its words, at most.
const ARROW: usize = 66;
/// Columns before what is remarkable of a message, where that does not fit beside it.
const MARKS: usize = 26;

pub(super) fn ladder(text: &mut Page, ladder: &Ladder, unit: &str, clock: Clock) {
    if ladder.steps.is_empty() {
        return;
    }
    let wide = text.width >= LADDER;
    if wide {
        let start = start(clock, unit, None);
        let arrow = arrow(text, start.len());
        let _ = writeln!(text, "{start}initiator{:>1$}", "responder", arrow.saturating_sub(5));
    }
    for step in &ladder.steps {
        if wide { rung(text, step, clock) } else { listed(text, step, clock) }
    }
    if ladder.more > 0 {
        let _ = writeln!(text, "  {:>19}  {} more messages", "", ladder.more);
    }
}

/// Columns for an arrow behind so many.
fn arrow(text: &Page, before: usize) -> usize {
    text.width.saturating_sub(before).saturating_sub(4).min(ARROW)
}

/// Clock time, seconds and packet of a message, or their names.
fn start(clock: Clock, unit: &str, step: Option<&Step>) -> String {
    let zone = clock.zone().to_string();
    let (time, seconds, packet) = match step {
        Some(step) => (clock.time(step.time), format!("{:.3}", step.time.seconds()), first_packet(step)),
        None => (clock.time(crate::capture::Time::default()).map(|_| zone), "seconds".into(), unit.into()),
    };
    let time = time.map(|time| format!("{time:<12} ")).unwrap_or_default();
    format!("  {time}{seconds:>8} {packet:>6}  ")
}

/// The first packet of a message, with a mark when there are more.
fn first_packet(step: &Step) -> String {
    let more = if step.packets.len() > 1 { "+" } else { "" };
    step.packets.first().map(|packet| format!("{}{more}", files::shown(*packet))).unwrap_or_default()
}

/// A message where the ladder has no room.
fn listed(text: &mut Page, step: &Step, clock: Clock) {
    let from = if step.from.is_initiator() { "initiator" } else { "responder" };
    let marks = step.marks();
    let marks = if marks.is_empty() { String::new() } else { format!("; {}", marks.join("; ")) };
    let ink = if step.is_lost() { Ink::Bad } else { Ink::Plain };
    let start = start(clock, "", Some(step));
    let words = format!("{from} > {}{marks}", step.words());
    // Columns are for who has room for them.
    if text.width < COLUMNS { text.words(ink, "  ", 6, &format!("{start}{words}")) } else { text.words(ink, &start, 6, &words) }
}

fn rung(text: &mut Page, step: &Step, clock: Clock) {
    let start = start(clock, "", Some(step));
    let words = step.words();
    let fill = arrow(text, start.chars().count()).saturating_sub(words.chars().count()).max(4);
    let line = "-".repeat(fill.saturating_sub(3));
    let end = if step.is_lost() { "x" } else { ">" };
    let arrow = match step.from {
        Role::Initiator => format!("|- {words} {line}{end} |"),
        Role::Responder => format!("| {}{line} {words} -|", if step.is_lost() { "x" } else { "<" }),
    };
    let marks = step.marks().join("; ");
    let rung = format!("{start}{arrow}");
    let room = text.width.saturating_sub(rung.chars().count()).saturating_sub(2);
    let fits = !text.is_for_terminal() || marks.chars().count() <= room;
    text.push(&rung);
    match (marks.is_empty(), fits) {
        (true, _) => text.end_line(),
        (false, true) => {
            let _ = writeln!(text, "  {marks}");
        }
        (false, false) => {
            text.end_line();
            let indent = " ".repeat(MARKS);
            text.words(Ink::Plain, &indent, MARKS, &marks);
        }
    }
}
