//! The report as HTML.

use super::probed::Probed;
use super::words;
use crate::report::escape_html as escape;
use crate::report::html::{Head, Html, wide_table};
use core::fmt::Write as _;
use ikev2::diagnose::{Cause, Severity};
use ikev2::probe::{ProbeAnswer, ProbeReport};

/// The report as HTML.
#[must_use]
pub fn html(probed: &Probed) -> Html {
    let verdict = probed.verdict();
    let (state, words) = words::state(verdict.state);
    let mut html = String::new();
    let lines =
        [format!("Sent: {} datagrams of {} octets together", verdict.sent.datagrams, verdict.sent.octets), words::LIMITS.to_owned()];
    let head = Head { state, words, answer: &verdict.text, windows_error: verdict.windows_error, codes: &verdict.codes, lines: &lines };
    head.write(&mut html);
    for report in &probed.reports {
        address(&mut html, report);
    }
    for (address, why) in &probed.left_out {
        let _ = write!(html, "<section><h2>{address}</h2><p>Nothing could be sent there: {}</p></section>", escape(why));
    }
    Html::new(format!("The way to {}", probed.host), html)
}

fn address(html: &mut String, report: &ProbeReport) {
    let _ = write!(html, "<section><h2>{}</h2>", report.address());
    for (at, cause) in report.causes().iter().enumerate() {
        problem(html, cause, words::is_same(report, at));
    }
    wide_table(html, "Questions and answers", |html| {
        html.push_str("<thead><tr><th>question</th><th>answer</th><th>confidence</th><th class=\"n\">datagrams</th><th>words</th></tr></thead><tbody>");
        report.answers().iter().for_each(|answer| row(html, answer));
        html.push_str("</tbody>");
    });
    if report.saw_cookies() {
        html.push_str("<p class=\"soft\">It asked for a cookie: the rest was asked at half the rate.</p>");
    }
    if let Some(from) = report.answered_from() {
        let count = report.answers_from_elsewhere();
        let _ = write!(html, "<p class=\"soft\">Answers from elsewhere, which count for nothing: {count}, the first from {from}.</p>");
    }
    let sizes = words::sizes(report);
    if !sizes.is_empty() {
        html.push_str("<h3>The size of IKE fragments that this path takes, at most</h3><dl>");
        for (product, text) in sizes {
            let _ = write!(html, "<dt>{product}</dt><dd>{}</dd>", escape(&text));
        }
        html.push_str("</dl>");
    }
    html.push_str("</section>");
}

fn row(html: &mut String, answer: &ProbeAnswer) {
    let class = match words::weight(answer) {
        Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        Some(Severity::Info) => "good",
        None => "info",
    };
    let _ = write!(
        html,
        "<tr><td>{}</td><td><span class=\"chip {class}\">{}</span></td><td>{}</td><td class=\"n\">{}</td><td>{}",
        words::question(answer.question),
        words::result(answer.result),
        answer.confidence.name(),
        answer.datagrams,
        escape(&words::sentence(answer))
    );
    for item in words::list(answer).iter().filter(|item| !answer.text.contains(item.as_str())) {
        let _ = write!(html, "<br><span class=\"code\">{}</span>", escape(item));
    }
    html.push_str("</td></tr>");
}

fn problem(html: &mut String, cause: &Cause, is_same: bool) {
    let _ = write!(
        html,
        "<article><span class=\"chip error\">error</span><span class=\"code\">{}</span><p>{}.</p>",
        cause.code(),
        escape(&cause.to_string())
    );
    if is_same {
        html.push_str("<p><strong>To change:</strong> the same as above</p></article>");
        return;
    }
    if let Some(who) = cause.who() {
        let _ = write!(html, "<p><strong>To change:</strong> {}</p>", escape(who));
    }
    html.push_str("<dl>");
    for one in cause.remedy().iter() {
        let _ = write!(html, "<dt>{}</dt><dd>{}</dd>", escape(one.product.name()), escape(&one.text));
    }
    html.push_str("</dl></article>");
}
