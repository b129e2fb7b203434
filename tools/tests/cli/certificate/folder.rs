//! The certificates of `tests/data/certificates-made`, and what is found of them.

use ikev2_tools::evidence::certificate::{Examination, ExamineOptions, ProblemSeverity, examine};
use std::path::{Path, PathBuf};

/// The committed certificates.
pub(crate) fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/certificates-made")
}

pub(crate) fn read(folder: &Path, file: &str) -> Vec<u8> {
    let path = folder.join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Ten minutes after the one that lasts a day was made: all of them are in date.
pub(crate) fn when(folder: &Path) -> i64 {
    let found = examine(&[("day", &read(folder, "day.pem"))], &[], &ExamineOptions::at(0));
    found.certificates[0].not_before.unix() + 600
}

/// Codes of problems that speak against it, errors with `!` and doubts with `?` behind them; what is only worth knowing left out.
pub(crate) fn codes(found: &Examination) -> Vec<String> {
    let code = |severity| match severity {
        ProblemSeverity::Error => "!",
        ProblemSeverity::Doubt => "?",
        _ => "",
    };
    let counted = found.problems.iter().filter(|problem| problem.severity != ProblemSeverity::Info);
    let codes = counted.map(|problem| format!("{}{}", problem.code.name(), code(problem.severity)));
    codes.filter(|code| code != "ip_fragments").collect()
}
