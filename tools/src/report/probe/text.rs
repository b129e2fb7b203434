//! The report to read: the verdict first, then the answers of each address, then what to change.

use super::probed::Probed;
use super::words;
use crate::report::printable;
use crate::report::text::{Ink, Page, Style};
use ikev2::diagnose::{Cause, Severity};
use ikev2::probe::{Fitness, ProbeAnswer, ProbeReport};
use std::io::{self, Write};

/// Columns of a line in a file.
const USUAL: usize = 110;
/// Columns before the words of an answer.
const ANSWERS: usize = 31;
/// Columns before a setting.
const SETTINGS: usize = 19;

/// Writes the report.
///
/// # Errors
/// `out` takes no more.
pub fn text(probed: &Probed, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, USUAL);
    head(&mut page, probed);
    for report in &probed.reports {
        address(&mut page, report);
    }
    for (address, why) in &probed.left_out {
        page.end_line();
        page.words(Ink::Strong, "", 2, &format!("{address}: nothing could be sent there: {}", printable(why)));
    }
    page.end_line();
    let sent = probed.verdict().sent;
    page.words(Ink::Plain, "", 0, &format!("Sent: {} datagrams of {} octets together. {}", sent.datagrams, sent.octets, words::LIMITS));
    out.write_all(page.take().as_bytes())
}

fn head(page: &mut Page, probed: &Probed) {
    let verdict = probed.verdict();
    let ink = match verdict.state {
        Fitness::Fit => Ink::Good,
        Fitness::Unfit => Ink::Bad,
        _ => Ink::Doubtful,
    };
    let (_, state) = words::state(verdict.state);
    page.words(ink, &format!("{state}: "), 2, &printable(&verdict.text));
    if let Some(error) = verdict.windows_error {
        page.words(Ink::Plain, "  ", 2, &format!("A Windows client shows error {error}."));
    }
}

fn address(page: &mut Page, report: &ProbeReport) {
    page.end_line();
    page.words(Ink::Strong, "", 2, &format!("{}:", report.address()));
    for answer in report.answers() {
        one(page, answer);
    }
    if report.saw_cookies() {
        page.words(Ink::Plain, "  ", 2, "It asked for a cookie: the rest was asked at half the rate.");
    }
    if let Some(from) = report.answered_from() {
        let count = report.answers_from_elsewhere();
        page.words(Ink::Doubtful, "  ", 2, &format!("Answers from elsewhere, which count for nothing: {count}, the first from {from}."));
    }
    for (at, cause) in report.causes().iter().enumerate() {
        problem(page, report, (at, cause));
    }
    let sizes = words::sizes(report);
    if !sizes.is_empty() {
        page.words(Ink::Plain, "  ", 2, "The size of IKE fragments that this path takes, at most:");
        sizes.iter().for_each(|(product, text)| setting(page, product, text));
    }
}

fn one(page: &mut Page, answer: &ProbeAnswer) {
    let ink = match words::weight(answer) {
        Some(Severity::Error) => Ink::Bad,
        Some(Severity::Warning) => Ink::Doubtful,
        Some(Severity::Info) => Ink::Good,
        None => Ink::Plain,
    };
    let prefix = format!("  {:<20} {:<8}", words::question(answer.question), words::result(answer.result));
    let rests = match answer.datagrams {
        0 => String::new(),
        1 => ", 1 datagram".to_owned(),
        count => format!(", {count} datagrams"),
    };
    let text = format!("{} ({} confidence{rests})", printable(&words::sentence(answer)), answer.confidence.name());
    page.words(ink, &prefix, ANSWERS, &text);
    for item in words::list(answer).iter().filter(|item| !answer.text.contains(item.as_str())) {
        page.line(&format!("{:ANSWERS$}{}", "", printable(item)));
    }
}

fn problem(page: &mut Page, report: &ProbeReport, (at, cause): (usize, &Cause)) {
    page.words(Ink::Bad, "  ERROR   ", 10, &format!("{}: {cause}.", cause.code()));
    if words::is_same(report, at) {
        return page.words(Ink::Plain, "          ", 10, "to change: the same as above");
    }
    page.words(Ink::Plain, "          ", 10, &format!("to change: {}", cause.who().unwrap_or("nobody")));
    let remedy = cause.remedy();
    let (first, others) = words::settings(report, &remedy);
    first.iter().for_each(|one| setting(page, one.product.name(), &one.text));
    if !others.is_empty() {
        page.words(Ink::Plain, "    ", 4, &format!("not seen here (--html shows their settings): {}", others.join(", ")));
    }
}

fn setting(page: &mut Page, product: &str, text: &str) {
    let prefix = format!("    {product:<14} ");
    page.words(Ink::Plain, &prefix, SETTINGS, text);
}
