//! The report as one HTML page that needs nothing else. Whatever comes from the capture is escaped.
//!
//! The page runs one script, its own, which the policy names by its hash: it copies what a button stands beside. Nothing is lost without.

mod command;
mod section;

use super::{again, head, view::View};
use crate::evidence::diagnosis::overview::{CauseRow, Line, Overview, Told};
use crate::evidence::diagnosis::{Diagnosis, State};
use crate::report::clock::Clock;
use crate::report::escape_html as escape;
use core::fmt::Write as _;
use ikev2::diagnose::Severity;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// SHA-256 of the script.
const HASH: &str = "sha256-v57z6XhEfRJ7q7C4m6iMxw3ibiNF5RA1l1XX4sH5Quk=";
/// Lines of the index when not all are asked for.
const INDEX: usize = 500;
/// Lines of the index that are not folded away.
const OPEN: usize = 12;

pub(super) fn page(report: &Diagnosis, view: View) -> String {
    let clock = head::clock(report, view);
    let overview = report.overview(view.all);
    let mut html = String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
    let _ = write!(
        html,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src '{HASH}'; \
         base-uri 'none'; form-action 'none'\"><title>IKEv2 diagnosis of {}</title><style>{STYLE}</style></head><body><main>",
        escape(&report.frame.name)
    );
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
    let _ = writeln!(html, "</main><script>{SCRIPT}</script></body></html>");
    html
}

fn header(html: &mut String, report: &Diagnosis, clock: Clock) {
    let verdict = &report.verdict;
    let state = head::sentence(head::state(report));
    let _ = write!(html, "<header class=\"{}\"><p class=\"state\">{state}</p><h1>{}</h1>", verdict.state.name(), escape(&verdict.text));
    if let Some(error) = verdict.windows_error {
        let _ = write!(html, "<span class=\"chip error\">Windows error {error}</span>");
    }
    for code in &verdict.codes {
        let _ = write!(html, "<span class=\"chip error code\">{}</span>", escape(code));
    }
    for line in head::files(report).into_iter().chain([head::file(report), head::sas(report), head::times(report, clock)]) {
        let _ = write!(html, "<p class=\"soft\">{}</p>", escape(&line));
    }
    let _ = write!(html, "<p class=\"soft\">Told by {}</p></header>", head::TOOL);
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
    for step in again::STEPS {
        let _ = write!(html, "<h3>{}</h3>", escape(step.say));
        command::write(html, step.lines);
    }
    html.push_str("</section>");
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
