//! A diagnosis as text, JSON lines, or one HTML page. The contract of the JSON lines is in `ike diagnose --help`.

mod html;
mod json;
mod svg;
mod text;

use super::Style;
use crate::evidence::diagnosis::Diagnosis;

/// The report to read, the verdict first; of IKE SAs those that failed, or all.
#[must_use]
pub fn text(diagnosis: &Diagnosis, all: bool, style: Style) -> String {
    text::report(diagnosis, all, style)
}

/// One object a finding, the verdict last.
#[must_use]
pub fn json(diagnosis: &Diagnosis) -> String {
    json::lines(diagnosis)
}

/// A page that needs nothing else, with the messages drawn.
#[must_use]
pub fn html(diagnosis: &Diagnosis, all: bool) -> String {
    html::page(diagnosis, all)
}
