//! The report to read: the verdict first.

mod ladder;
mod section;

use super::{again, head, view::View};
use crate::evidence::diagnosis::overview::{CauseRow, Line, Overview, Told};
use crate::evidence::diagnosis::{Diagnosis, State};
use crate::report::Style;
use crate::report::TOOL;
use crate::report::clock::Clock;
use crate::report::text::{Ink, Page};
use ikev2::diagnose::Severity;

/// Columns when nobody asks for others.
const WIDTH: usize = 110;
/// Columns from which on numbers stand below each other.
const COLUMNS: usize = 60;
/// Lines of the index when not all are asked for.
const INDEX: usize = 40;

pub(super) fn report(report: &Diagnosis, view: View, style: Style) -> String {
    let mut text = Page::new(style, WIDTH);
    let clock = head::clock(report, view);
    let overview = report.overview(view.all);
    first(&mut text, report, style);
    about(&mut text, report, clock);
    not_seen(&mut text, report);
    if report.state() == State::Undetermined && again::helps(report) {
        capture_again(&mut text);
    }
    causes(&mut text, &overview.causes, report.verdict.ike_sas);
    let mut told = Told::default();
    for shown in &overview.full {
        section::sa(&mut text, shown, &section::Around { report, view, clock }, &mut told);
    }
    index(&mut text, &overview, view, clock);
    if let Some(bounds) = head::bounds(report) {
        text.end_line();
        text.foldable(Ink::Plain, "", 2, &bounds);
    }
    for warning in &report.warnings {
        text.words(Ink::Doubtful, "Warning: ", 9, warning);
    }
    for problem in &report.problems {
        text.words(Ink::Plain, "Capture: ", 9, problem);
    }
    if report.more_problems > 0 {
        text.words(Ink::Plain, "Capture: ", 9, &head::count(report.more_problems, "more problem"));
    }
    if report.state() == State::Fault && !report.verdict.not_seen.is_empty() && again::helps(report) {
        capture_again(&mut text);
    }
    text.take()
}

/// The verdict. A program that reads the first line gets the whole of it, unless a terminal is to show it.
fn first(text: &mut Page, report: &Diagnosis, style: Style) {
    let verdict = &report.verdict;
    let windows = verdict.windows_error.map(|error| format!(" [Windows error {error}]")).unwrap_or_default();
    let first = format!("{}{windows}", verdict.text);
    let ink = match report.state() {
        State::Fault => Ink::Bad,
        State::Healthy if !report.is_broken() => Ink::Good,
        State::Healthy | State::Undetermined => Ink::Doubtful,
    };
    for line in style.width.map_or_else(|| vec![first.clone()], |width| folded(&first, width)) {
        text.ink(ink, &line);
        text.end_line();
    }
    text.foldable(Ink::Strong, "Result: ", 2, &format!("{}.", head::state(report)));
}

fn folded(line: &str, width: usize) -> Vec<String> {
    let mut page = Page::new(Style { width: Some(width), colour: false }, width);
    page.words(Ink::Plain, "", 0, line);
    page.take().lines().map(str::to_owned).collect()
}

fn about(text: &mut Page, report: &Diagnosis, clock: Clock) {
    let about = format!("{}; {}; {}", head::file(report), head::sas(report), head::times(report, clock));
    text.foldable(Ink::Plain, "", 2, &about);
    if let Some(files) = head::files(report) {
        text.foldable(Ink::Plain, "", 2, &files);
    }
    if !report.verdict.codes.is_empty() {
        text.foldable(Ink::Plain, "", 2, &format!("Codes: {}", report.verdict.codes.join(", ")));
    }
    text.foldable(Ink::Plain, "", 2, &format!("Told by {}", TOOL));
}

fn not_seen(text: &mut Page, report: &Diagnosis) {
    if report.verdict.not_seen.is_empty() {
        return;
    }
    text.end_line();
    let what = if report.frame.log.is_some() { "Not told by this log:" } else { "Not seen in this capture:" };
    text.words(Ink::Strong, what, 2, "");
    for one in &report.verdict.not_seen {
        text.words(Ink::Plain, "  - ", 4, &format!("{one}."));
    }
}

fn capture_again(text: &mut Page) {
    text.end_line();
    text.words(Ink::Strong, "", 2, &format!("{}:", again::TITLE));
    for step in again::STEPS {
        text.words(Ink::Plain, "  ", 4, step.say);
        for line in step.lines {
            text.line(&format!("    {line}"));
        }
    }
}

/// What was found in how many, where there is more than one to count.
fn causes(text: &mut Page, causes: &[CauseRow<'_>], sas: u64) {
    if causes.is_empty() || causes.len() == 1 && sas <= 1 {
        return;
    }
    text.end_line();
    text.words(Ink::Strong, "Causes, the most important first:", 2, "");
    let columns = text.width >= COLUMNS;
    if columns {
        text.line(&format!("  {:>7} {:>7}  cause", "IKE SAs", "clients"));
    }
    for CauseRow { code, headline, sas, clients, example } in causes {
        let headline = headline.as_deref().map(|line| format!(": {}", line.trim_end_matches('.'))).unwrap_or_default();
        let see = example.map(|number| format!(" (see IKE SA {number})")).unwrap_or_default();
        let what = format!("{code}{headline}{see}");
        if columns {
            text.words(Ink::Plain, &format!("  {sas:>7} {clients:>7}  "), 20, &what);
        } else {
            let counts = format!("{}, {}", head::count(*sas, "IKE SA"), head::count(*clients, "client"));
            text.words(Ink::Plain, "  ", 4, &format!("{counts}: {what}"));
        }
    }
}

fn index(text: &mut Page, overview: &Overview<'_>, view: View, clock: Clock) {
    if overview.others.is_empty() {
        return;
    }
    text.end_line();
    let title = if overview.full.is_empty() { "IKE SAs" } else { "The other IKE SAs" };
    text.words(Ink::Strong, &format!("{title}:"), 2, "");
    let shown = if view.all { usize::MAX } else { INDEX };
    for line in overview.others.iter().take(shown) {
        one(text, line, clock);
    }
    let left_out = overview.others.len().saturating_sub(shown);
    if left_out > 0 {
        text.foldable(Ink::Plain, "", 2, &format!("{left_out} more IKE SAs are not shown (--all shows them, --json has every finding)."));
    }
}

fn one(text: &mut Page, line: &Line<'_>, clock: Clock) {
    let number = line.number.map(|number| number.to_string()).unwrap_or_default();
    let time = line.time.map(|time| clock.time(time).unwrap_or_else(|| format!("{:.3} s", time.seconds())));
    let ends = line.ends.map(|(initiator, responder)| format!("{initiator} > {responder}"));
    let codes = if line.codes.is_empty() { "-".to_owned() } else { line.codes.join(", ") };
    let rest: Vec<String> = [time, ends, Some(line.spis.to_string()), Some(codes)].into_iter().flatten().collect();
    let ink = if line.severity == Some(Severity::Error) { Ink::Bad } else { Ink::Plain };
    text.words(ink, &format!("  {number:>6}  "), 10, &rest.join("  "));
}
