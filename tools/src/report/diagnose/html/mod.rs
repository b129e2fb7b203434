//! The report as HTML.

mod section;
mod settings;

use super::{again, head, view::View};
use crate::evidence::diagnosis::overview::{CauseRow, Line, Overview, Told};
use crate::evidence::diagnosis::{Diagnosis, State};
use crate::report::clock::Clock;
use crate::report::escape_html as escape;
use crate::report::html::{Head, Html, command};
use core::fmt::Write as _;
use ikev2::diagnose::Severity;

/// Lines of the index when not all are asked for.
const INDEX: usize = 500;
/// Lines of the index that are not folded away.
const OPEN: usize = 12;

pub(super) fn of(report: &Diagnosis, view: View) -> Html {
    let clock = head::clock(report, view);
    let overview = report.overview(view.all);
    let mut html = String::new();
    header(&mut html, report, clock);
    not_seen(&mut html, report);
    if report.state() == State::Undetermined && again::helps(report) {
        capture_again(&mut html);
    }
    causes(&mut html, &overview, report.verdict.ike_sas);
    let around = section::Around { report, clock };
    let mut told = Told::default();
    for shown in &overview.full {
        section::sa(&mut html, shown, &around, &mut told);
    }
    index(&mut html, &overview, view, clock);
    if report.state() == State::Fault && !report.verdict.not_seen.is_empty() && again::helps(report) {
        capture_again(&mut html);
    }
    notes(&mut html, report);
    Html::new(format!("IKEv2 diagnosis of {}", report.frame.name), html)
}

fn header(html: &mut String, report: &Diagnosis, clock: Clock) {
    let verdict = &report.verdict;
    let lines = head::files(report).into_iter().chain([head::file(report), head::sas(report), head::times(report, clock)]);
    let head = Head {
        state: verdict.state.name(),
        words: &head::sentence(head::state(report)),
        answer: &verdict.text,
        windows_error: verdict.windows_error,
        codes: &verdict.codes.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
        lines: &lines.collect::<Vec<_>>(),
    };
    head.write(html);
}

fn not_seen(html: &mut String, report: &Diagnosis) {
    if report.verdict.not_seen.is_empty() {
        return;
    }
    html.push_str("<section><h2>Not seen in this capture</h2><ul>");
    for one in &report.verdict.not_seen {
        let _ = write!(html, "<li>{}.</li>", escape(&one.to_string()));
    }
    html.push_str("</ul></section>");
}

fn capture_again(html: &mut String) {
    let _ = write!(html, "<section><h2>{}</h2>", again::TITLE);
    steps(html);
    html.push_str("</section>");
}

/// The lines that make a capture which tells.
pub(super) fn steps(html: &mut String) {
    for step in again::STEPS {
        let _ = write!(html, "<h3>{}</h3>", escape(step.say));
        command(html, step.lines.iter().copied());
    }
}

/// What was found in how many, where there is more than one to count.
fn causes(html: &mut String, overview: &Overview<'_>, sas: u64) {
    let causes = &overview.causes;
    if causes.is_empty() || causes.len() == 1 && sas <= 1 {
        return;
    }
    html.push_str("<section><h2>Causes, the most important first</h2><table class=\"wide\"><thead><tr><th>cause</th>");
    html.push_str("<th class=\"n\">IKE SAs</th><th class=\"n\">clients</th><th>example</th></tr></thead><tbody>");
    for CauseRow { code, headline, sas, clients, example } in causes {
        let _ = write!(html, "<tr><td><span class=\"code\">{code}</span>");
        if let Some(headline) = headline {
            let _ = write!(html, "<br>{}", escape(headline));
        }
        let _ = write!(
            html,
            "</td><td class=\"n\" data-name=\"IKE SAs\">{sas}</td><td class=\"n\" data-name=\"clients\">{clients}</td><td data-name=\"example\">"
        );
        match example {
            Some(number) => {
                let _ = write!(html, "<a href=\"#sa-{number}\">IKE&nbsp;SA&nbsp;{number}</a>");
            }
            None => html.push('-'),
        }
        html.push_str("</td></tr>");
    }
    html.push_str("</tbody></table></section>");
}

fn index(html: &mut String, overview: &Overview<'_>, view: View, clock: Clock) {
    if overview.others.is_empty() {
        return;
    }
    let count = overview.others.len();
    let shown = if view.all { count } else { INDEX.min(count) };
    let open = if count <= OPEN { " open" } else { "" };
    let _ = write!(html, "<section><h2>The other IKE SAs</h2><details{open}><summary>{count} in one line each</summary>");
    html.push_str("<table class=\"wide\"><thead><tr><th class=\"n\">IKE SA</th>");
    let zone = if clock.time(crate::capture::Time::default()).is_some() { clock.zone().to_string() } else { "seconds".into() };
    let _ = write!(html, "<th>{zone}</th><th>initiator and responder</th><th>SPIs</th><th>found</th></tr></thead><tbody>");
    for line in overview.others.iter().take(shown) {
        one(html, line, clock);
    }
    html.push_str("</tbody></table>");
    if shown < count {
        let left_out = count.saturating_sub(shown);
        let _ = write!(html, "<p class=\"soft\">{left_out} more IKE SAs are not shown (--all shows them, --json has every finding).</p>");
    }
    html.push_str("</details></section>");
}

fn one(html: &mut String, line: &Line<'_>, clock: Clock) {
    let number = line.number.map(|number| number.to_string()).unwrap_or_default();
    let time = line.time.map(|time| clock.time(time).unwrap_or_else(|| format!("{:.3} s", time.seconds()))).unwrap_or_default();
    let ends = line.ends.map(|(initiator, responder)| format!("{initiator} &rarr; {responder}")).unwrap_or_default();
    let class = line.severity.map_or("info", Severity::name);
    let _ = write!(
        html,
        "<tr><td class=\"n\" data-name=\"IKE SA\">{number}</td><td>{time}</td><td>{ends}</td><td class=\"code\">{}</td><td>",
        line.spis
    );
    for code in &line.codes {
        let _ = write!(html, "<span class=\"chip {class} code\">{code}</span>");
    }
    html.push_str("</td></tr>");
}

/// What is to be known of the reading.
fn notes(html: &mut String, report: &Diagnosis) {
    let mut lines: Vec<String> = head::bounds(report).into_iter().collect();
    lines.extend(report.warnings.iter().map(|warning| format!("Warning: {warning}")));
    lines.extend(report.problems.iter().map(|problem| format!("Capture: {problem}")));
    if report.more_problems > 0 {
        lines.push(format!("Capture: {}", head::count(report.more_problems, "more problem")));
    }
    if lines.is_empty() {
        return;
    }
    html.push_str("<section><h2>About the reading of the capture</h2>");
    for line in lines {
        let _ = write!(html, "<p class=\"soft\">{}</p>", escape(&line));
    }
    html.push_str("</section>");
}
