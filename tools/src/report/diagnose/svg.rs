//! The ladder drawn: two lifelines, an arrow for each message.

use crate::evidence::diagnosis::files;
use crate::evidence::diagnosis::ladder::Step;
use crate::evidence::diagnosis::track::Track;
use crate::report::clock::Clock;
use crate::report::escape_html as escape;
use core::fmt::Write as _;
use ikev2::Role;

/// As wide as a telephone can show.
const WIDTH: usize = 420;
const LEFT: usize = 14;
const RIGHT: usize = 406;
const TOP: usize = 40;
const ROW: usize = 58;
/// How far from its end a lost message ends: beside the words.
const LOST: usize = 30;
/// Rows drawn; the text below says how many there are.
const MAX_ROWS: usize = 80;

/// The picture, and the same as a list for who cannot see it.
pub(super) fn draw(track: &Track, unit: &str, clock: Clock) -> String {
    let (steps, number) = (&track.ladder.steps, track.number);
    let rows = steps.len().min(MAX_ROWS);
    let height = TOP.saturating_add(rows.saturating_mul(ROW)).saturating_add(20);
    let (initiator, responder) = (track.initiator.ip().to_string(), track.responder.ip().to_string());
    let mut svg = format!(
        r#"<div class="ladder"><svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title-{number} desc-{number}" xmlns="http://www.w3.org/2000/svg"><title id="title-{number}">Messages of IKE SA {number}</title><desc id="desc-{number}">{rows} arrows between the initiator {0} and the responder {1}; the list that follows says the same.</desc>"#,
        escape(&initiator),
        escape(&responder)
    );
    for (x, side, name, at) in [(LEFT, "start", "initiator", &initiator), (RIGHT, "stop", "responder", &responder)] {
        let _ = write!(
            svg,
            r#"<text x="{x}" y="14" class="end {side}">{name}</text><text x="{x}" y="29" class="at {side}">{}</text><line x1="{x}" y1="{TOP}" x2="{x}" y2="{height}" class="life"/>"#,
            escape(at)
        );
    }
    for (n, step) in steps.iter().take(MAX_ROWS).enumerate() {
        row(&mut svg, step, TOP.saturating_add(n.saturating_mul(ROW)).saturating_add(34), unit, clock);
    }
    svg.push_str(r#"</svg><ol class="unseen">"#);
    for step in steps.iter().take(MAX_ROWS) {
        let marks = step.marks().iter().map(|mark| format!("; {mark}")).collect::<String>();
        let _ = write!(svg, "<li>{}, {}: {}{}</li>", when(step, unit, clock), step.from.name(), escape(&step.words()), escape(&marks));
    }
    svg.push_str("</ol></div>");
    if let Some(left_out) = steps.len().checked_sub(MAX_ROWS).filter(|n| *n > 0) {
        let _ = write!(svg, r#"<p class="soft">{left_out} messages are not drawn</p>"#);
    }
    svg
}

/// Clock time, seconds and packet.
fn when(step: &Step, unit: &str, clock: Clock) -> String {
    let packet = files::shown(step.packets.first().copied().unwrap_or(0));
    let more = if step.packets.len() > 1 { "+" } else { "" };
    let time = clock.time(step.time).map(|time| format!("{time}, ")).unwrap_or_default();
    format!("{time}{:.3} s, {unit} {packet}{more}", step.time.seconds())
}

fn row(svg: &mut String, step: &Step, y: usize, unit: &str, clock: Clock) {
    let (above, below) = (y.saturating_sub(6), y.saturating_add(11));
    let lost = step.is_lost();
    let class = match (lost, step.again) {
        (true, _) => "lost",
        (false, true) => "again",
        (false, false) => "sent",
    };
    let middle = LEFT.saturating_add(RIGHT).checked_div(2).unwrap_or(LEFT);
    // A lost message ends on the way.
    let gap = if lost { LOST } else { 0 };
    let (x1, x2, head) = match step.from {
        Role::Initiator => (LEFT, RIGHT.saturating_sub(gap), "M-9 -5 L0 0 L-9 5 Z"),
        Role::Responder => (RIGHT, LEFT.saturating_add(gap), "M9 -5 L0 0 L9 5 Z"),
    };
    let _ = write!(svg, r#"<line x1="{x1}" y1="{y}" x2="{x2}" y2="{y}" class="{class}"/>"#);
    if lost {
        let _ = write!(svg, r#"<path d="M-6 -6 L6 6 M-6 6 L6 -6" transform="translate({x2} {y})" class="cross"/>"#);
    } else {
        let _ = write!(svg, r#"<path d="{head}" transform="translate({x2} {y})" class="{class}"/>"#);
    }
    let _ = write!(svg, r#"<text x="{middle}" y="{above}" class="what">{}</text>"#, escape(&step.words()));
    let marks = step.marks();
    if !marks.is_empty() {
        let _ =
            write!(svg, r#"<text x="{middle}" y="{}" class="mark">{}</text>"#, below.saturating_add(1), escape(&short(&marks.join("; "))));
    }
    let (x, side) = if step.from == Role::Initiator { (LEFT.saturating_add(8), "start") } else { (RIGHT.saturating_sub(8), "stop") };
    let _ = write!(svg, r#"<text x="{x}" y="{}" class="when {side}">{}</text>"#, y.saturating_sub(21), when(step, unit, clock));
}

/// What fits below an arrow.
fn short(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(MOST).collect();
    cut.push_str("..");
    cut
}
