//! A diagnosis as text, JSON lines, or one HTML page. The contract of the JSON lines is in `ike diagnose --help`.
//!
//! ```text
//! text/ html/ json.rs   the report to read, as a page, for programs
//! svg.rs                the ladder drawn
//! head.rs               what stands at the head: the state in words, the file, its times
//! again.rs              how to capture again
//! commands.rs           the words of a setting, and what in them is to be pasted
//! view.rs               what a report shows
//! ```

mod again;
mod commands;
mod head;
mod html;
mod json;
mod svg;
mod text;
mod view;

pub use view::View;

use super::Style;
use super::html::Html;
use crate::evidence::diagnosis::Diagnosis;

/// The report to read, the verdict first.
#[must_use]
pub fn text(diagnosis: &Diagnosis, view: View, style: Style) -> String {
    text::report(diagnosis, view, style)
}

/// One object a finding, the verdict last.
#[must_use]
pub fn json(diagnosis: &Diagnosis) -> String {
    json::lines(diagnosis)
}

/// How to make a capture that tells, as a piece of HTML for a page with the style of reports.
#[must_use]
pub fn how_to_capture() -> String {
    let mut html = String::new();
    html::steps(&mut html);
    html
}

/// The report as HTML, with the messages drawn.
#[must_use]
pub fn html(diagnosis: &Diagnosis, view: View) -> Html {
    html::of(diagnosis, view)
}
