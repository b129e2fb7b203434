//! The examination as HTML.

use super::verdict::verdict;
use super::words::{self, BESIDE};
use crate::evidence::certificate::{
    CertificateFacts, CertificateProblem, CertificateRole, ChainWeight, Examination, Fitness, MessageWeight, ProblemSeverity,
};
use crate::report::escape_html as escape;
use crate::report::html::{Head, Html, wide_table};
use core::fmt::Write as _;

/// The report as HTML.
#[must_use]
pub fn html(found: &Examination) -> Html {
    let (state, words) = match found.fitness {
        Fitness::Fit => ("healthy", "It is fit"),
        Fitness::NotFit => ("fault", "It is not fit"),
        Fitness::Unknown => ("undetermined", "It cannot be told"),
        Fitness::Unreadable => ("fault", "Not everything could be read"),
    };
    let errors = found.problems.iter().filter(|problem| problem.severity == ProblemSeverity::Error);
    let mut html = String::new();
    let head = Head {
        state,
        words,
        answer: &verdict(found),
        windows_error: errors.clone().find_map(|problem| problem.windows_error),
        codes: &errors.map(|problem| problem.code.name()).collect::<Vec<_>>(),
        lines: &[words::terms(found)],
    };
    head.write(&mut html);
    problems(&mut html, found);
    chain(&mut html, found);
    if let Some(weight) = &found.weight {
        self::weight(&mut html, found, weight);
    }
    notes(&mut html, found);
    let name = found.certificates.first().map_or("no certificate", words::title);
    Html::new(format!("Examination of {name}"), html)
}

fn problems(html: &mut String, found: &Examination) {
    if found.problems.is_empty() {
        return;
    }
    html.push_str("<section><h2>What speaks against it</h2>");
    found.problems.iter().for_each(|one| problem(html, one));
    html.push_str("</section>");
}

fn problem(html: &mut String, problem: &CertificateProblem) {
    let (class, word) = match problem.severity {
        ProblemSeverity::Error => ("error", "error"),
        ProblemSeverity::Doubt => ("warning", "unknown"),
        ProblemSeverity::Warning => ("warning", "warning"),
        ProblemSeverity::Info => ("info", "info"),
    };
    let _ = write!(
        html,
        "<article><span class=\"chip {class}\">{word}</span><span class=\"code\">{}</span><p>{}{}</p>",
        problem.code.name(),
        escape(&problem.text),
        words::windows(problem)
    );
    if !problem.remedy.is_empty() {
        let _ = write!(html, "<p><strong>To do:</strong> {}</p>", escape(&problem.remedy));
    }
    html.push_str("</article>");
}

fn chain(html: &mut String, found: &Examination) {
    let Some(chain) = &found.chain else { return };
    html.push_str("<section><h2>The chain</h2><ol>");
    for (depth, place) in chain.path.iter().enumerate() {
        let Some(facts) = found.certificates.get(*place) else { continue };
        let mut rows = words::facts(facts);
        rows.extend(chain.links.get(depth).map(|link| ("signed by the next", words::signature(link))));
        certificate(html, facts, &rows);
    }
    let _ = write!(html, "</ol><p>{}</p>", escape(&words::end(&chain.end)));
    let beside: Vec<&CertificateFacts> =
        [&chain.extra, &chain.alternatives].into_iter().flatten().filter_map(|place| found.certificates.get(*place)).collect();
    for facts in beside.iter().take(BESIDE) {
        let _ = write!(
            html,
            "<p class=\"soft\">Beside the chain: {} ({}, certificate {})</p>",
            escape(words::title(facts)),
            escape(&facts.file),
            facts.number
        );
    }
    if let Some(more) = beside.len().checked_sub(BESIDE).filter(|more| *more > 0) {
        let _ = write!(html, "<p class=\"soft\">Beside the chain: {more} more</p>");
    }
    html.push_str("</section>");
}

fn certificate(html: &mut String, facts: &CertificateFacts, rows: &[(&'static str, String)]) {
    let _ = write!(html, "<li><strong>{}</strong><dl>", escape(words::title(facts)));
    for (label, text) in rows {
        let _ = write!(html, "<dt>{label}</dt><dd>{}</dd>", escape(text));
    }
    html.push_str("</dl></li>");
}

fn weight(html: &mut String, found: &Examination, weight: &ChainWeight) {
    let parts: Vec<String> = weight.payloads.iter().map(|one| format!("{} {}", one.name, one.octets)).collect();
    let _ = write!(
        html,
        "<section><h2>The weight in IKE_AUTH</h2><p>In all: {}</p><p class=\"soft\">Octets: {}</p>",
        escape(&words::in_all(weight)),
        escape(&parts.join(", "))
    );
    if found.role == CertificateRole::Server && weight.certreq > 0 {
        let _ = write!(html, "<p class=\"soft\">CERTREQ: {}.</p>", escape(&words::certreq(weight.certreq)));
    }
    wide_table(html, "The message on each path", |html| paths(html, weight));
    html.push_str("<h3>The same chain with other keys: octets, and packets at each MTU</h3>");
    wide_table(html, "The same chain with other keys", |html| other_keys(html, weight));
    html.push_str("</section>");
}

fn paths(html: &mut String, weight: &ChainWeight) {
    html.push_str("<thead><tr><th class=\"n\">MTU</th><th>without IKE fragmentation</th>");
    html.push_str("<th>with it: packets, and the octets of each</th></tr></thead><tbody>");
    for path in &weight.as_is.paths {
        let (whole, pieces) = (words::whole(path.ip_fragments), words::pieces(&path.datagrams));
        let _ = write!(html, "<tr><td class=\"n\">{}</td><td>{whole}</td><td>{pieces}</td></tr>", path.mtu);
    }
    html.push_str("</tbody>");
}

fn other_keys(html: &mut String, weight: &ChainWeight) {
    html.push_str("<thead><tr><th>keys</th><th class=\"n\">CERT</th><th class=\"n\">AUTH</th><th class=\"n\">packet</th>");
    for path in &weight.as_is.paths {
        let _ = write!(html, "<th class=\"n\">{}</th>", path.mtu);
    }
    html.push_str("</tr></thead><tbody>");
    row(html, "as it is", &weight.as_is);
    weight.others.iter().for_each(|other| row(html, other.key, &other.message));
    html.push_str("</tbody>");
}

fn row(html: &mut String, key: &str, weight: &MessageWeight) {
    let _ = write!(html, "<tr><td>{}</td>", escape(key));
    let packets = weight.paths.iter().map(|path| words::count(&path.datagrams));
    for cell in [weight.cert, weight.auth, weight.packet].map(|octets| octets.to_string()).into_iter().chain(packets) {
        let _ = write!(html, "<td class=\"n\">{cell}</td>");
    }
    html.push_str("</tr>");
}

fn notes(html: &mut String, found: &Examination) {
    if found.remarks.is_empty() && found.errors.is_empty() {
        return;
    }
    html.push_str("<section><h2>About the reading of the files</h2>");
    for error in &found.errors {
        let _ = write!(html, "<p>{}</p>", escape(&error.to_string()));
    }
    for remark in &found.remarks {
        let _ = write!(html, "<p class=\"soft\">{}.</p>", escape(remark));
    }
    html.push_str("</section>");
}
