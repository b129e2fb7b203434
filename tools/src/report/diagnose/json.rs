//! JSON lines for programs.

use super::head::{count, stack};
use crate::evidence::diagnosis::files;
use crate::evidence::diagnosis::track::Diagnosis;
use crate::report::TOOL;
use ikev2::Instant;
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
    let names: Vec<&str> = match &*report.frame.files {
        [] => vec![&report.frame.name],
        files => files.iter().map(|file| &*file.name).collect(),
    };
    let mut last = json!({
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
        "warnings": warnings(report),
        "capture": {
            "names": names,
            "packets": if report.frame.log.is_some() { 0 } else { report.frame.packets },
            "start": report.epoch(Instant::START),
            "duration": report.duration.seconds(),
        },
        "tool": TOOL,
    });
    if let Some(kind) = report.frame.log {
        insert(&mut last, "log", json!({"kind": kind, "lines": report.frame.packets}));
    }
    if !report.frame.files.is_empty() {
        let files = report.frame.files.iter();
        let file = files.map(|file| match report.frame.log {
            Some(_) => json!({"file": file.name, "lines": file.packets}),
            None => json!({"file": file.name, "packets": file.packets, "clock_ahead": file.clock.map(files::Ahead::seconds)}),
        });
        insert(&mut last, "files", file.collect());
    }
    text.push_str(&last.to_string());
    text.push('\n');
    text
}

/// What is wrong with what was given, what could not be read, and what was not looked into.
fn warnings(report: &Diagnosis) -> Vec<String> {
    let more = (report.more_problems > 0).then(|| count(report.more_problems, "more problem"));
    report.warnings.iter().chain(&report.problems).cloned().chain(more).collect()
}

fn line(report: &Diagnosis, finding: &Finding) -> Value {
    let kind = &finding.cause;
    let details: Map<String, Value> = kind.details().into_iter().map(|(name, detail)| (name.to_owned(), value(detail))).collect();
    let numbers: Vec<u64> = finding.packets.iter().map(|number| files::place(*number).1).collect();
    let of_log = report.frame.log.is_some();
    let packets = if of_log { Vec::new() } else { numbers.clone() };
    let mut line = json!({
        "kind": "finding",
        "code": kind.code(),
        "severity": finding.severity.name(),
        "sa": finding.spis.to_string(),
        "packets": packets,
        "text": kind.to_string(),
        "remedy": remedy(finding),
        "details": details,
        "confidence": finding.confidence.name(),
        "time": report.seconds(finding.time),
        "epoch": report.epoch(finding.time),
        "windows_error": finding.windows_error(),
        "stacks": {"initiator": stack(&finding.initiator), "responder": stack(&finding.responder)},
    });
    if of_log {
        insert(&mut line, "lines", numbers.into());
    }
    if !report.frame.files.is_empty() {
        insert(&mut line, "files", seen_in(report, finding));
    }
    line
}

/// The packets of a finding by capture, with several.
fn seen_in(report: &Diagnosis, finding: &Finding) -> Value {
    let of = |(n, file): (usize, &files::File)| {
        let packets: Vec<u64> =
            finding.packets.iter().filter(|number| files::place(**number).0 == Some(n)).map(|number| files::place(*number).1).collect();
        let unit = if report.frame.log.is_some() { "lines" } else { "packets" };
        (!packets.is_empty()).then(|| json!({"file": file.name, unit: packets}))
    };
    report.frame.files.iter().enumerate().filter_map(of).collect()
}

fn insert(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
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
