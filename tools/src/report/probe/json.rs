//! Lines of JSON: answers, and the verdict last.

use super::probed::Probed;
use ikev2::probe::ReportLine;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes a line for each question and address, and the verdict.
///
/// # Errors
/// `out` takes no more.
pub fn json(probed: &Probed, out: &mut dyn Write) -> io::Result<()> {
    for report in &probed.reports {
        for answer in report.answers() {
            line(out, &ReportLine::Answer(answer))?;
        }
    }
    line(out, &ReportLine::Verdict(&probed.verdict()))
}

fn line(out: &mut dyn Write, line: &ReportLine<'_>) -> io::Result<()> {
    let value = serde_json::to_value(line).unwrap_or_else(|error| json!({ "error": error.to_string() }));
    debug_assert!(matches!(value, Value::Object(_)), "a line is an object");
    writeln!(out, "{value}")
}
