//! JSON lines for programs.

use crate::evidence::diagnosis::track::Diagnosis;
use ikev2::diagnose::{DetailValue, Finding, order};
use serde_json::{Map, Value, json};

pub(super) fn lines(report: &Diagnosis) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        text.push_str(&line(report, finding).to_string());
        text.push('\n');
    }
    let verdict = &report.verdict;
    let causes: Vec<Value> = verdict.causes.iter().map(|c| json!({"code": c.code, "sas": c.sas, "clients": c.clients})).collect();
    let not_seen: Vec<String> = verdict.not_seen.iter().map(ToString::to_string).collect();
    let last = json!({
        "kind": "verdict",
        "state": verdict.state.name(),
        "codes": verdict.codes,
        "causes": causes,
        "not_seen": not_seen,
        "windows_error": verdict.windows_error,
        "text": verdict.text,
        "ike_sas": verdict.ike_sas,
        "failed": verdict.failed,
        "established": verdict.established,
        "undetermined": verdict.undetermined,
        "closed_early": verdict.closed_early,
        "findings_dropped": verdict.dropped,
    });
    text.push_str(&last.to_string());
    text.push('\n');
    text
}

fn line(report: &Diagnosis, finding: &Finding) -> Value {
    let kind = &finding.cause;
    let details: Map<String, Value> = kind.details().into_iter().map(|(name, detail)| (name.to_owned(), value(detail))).collect();
    json!({
        "kind": "finding",
        "code": kind.code(),
        "severity": finding.severity.name(),
        "sa": finding.spis.to_string(),
        "packets": finding.packets,
        "text": kind.to_string(),
        "remedy": remedy(finding),
        "details": details,
        "confidence": finding.confidence.name(),
        "time": report.seconds(finding.time),
        "epoch": report.epoch(finding.time),
        "windows_error": finding.windows_error(),
    })
}

/// Who, and the settings, in one sentence; empty when nothing is to be done.
fn remedy(finding: &Finding) -> String {
    let settings = finding.cause.remedy();
    let (first, folded) = order(&settings, &finding.products);
    let settings: Vec<_> = first.into_iter().chain(folded).map(|one| format!("{}: {}", one.product, one.text)).collect();
    if settings.is_empty() { String::new() } else { format!("Who: {}. {}", finding.cause.who().unwrap_or("nobody"), settings.join(". ")) }
}

fn value(detail: DetailValue) -> Value {
    match detail {
        DetailValue::Bool(yes) => yes.into(),
        DetailValue::Number(n) => n.into(),
        DetailValue::Numbers(all) => all.into(),
        DetailValue::Text(text) => text.into(),
        DetailValue::Texts(all) => all.into(),
        _ => Value::Null,
    }
}
