//! Lines of JSON: answers, and the verdict last.

use super::probed::Probed;
use ikev2::probe::ReportLine;
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
    serde_json::to_writer(&mut *out, line)?;
    writeln!(out)
}
