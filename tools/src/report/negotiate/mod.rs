//! What an offer and a policy agree on, and why they do not. The contract of the JSON lines is in `ike negotiate --help`.
//!
//! ```text
//! words.rs   outcomes in words
//! people.rs  outcome and explanation, and the four outcomes of two configurations
//!   table.rs every offered proposal beside every local one
//! html.rs    the four outcomes as HTML
//! json.rs    JSON lines in, JSON lines out, for programs
//!   row.rs   a line as a question
//! ```

mod html;
mod json;
mod people;
mod row;
mod table;
mod words;

pub use people::{list, outcome, whole};

use crate::evidence::negotiation::{Side, Whole};
use crate::report::html::Html;
use std::io::{self, BufRead, Write};

/// Answers every JSON line of `input` with one; gives whether each could be answered.
///
/// # Errors
/// `input` gives, or `out` takes, no more.
pub fn json(input: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<bool> {
    json::run(input, out)
}

/// The four outcomes of two configurations as HTML.
#[must_use]
pub fn whole_html(initiator: &Side, responder: &Side, whole: &Whole) -> Html {
    html::of(initiator, responder, whole)
}

/// Writes the four outcomes of two configurations as one JSON object.
///
/// # Errors
/// `out` takes no more.
pub fn whole_json(whole: &Whole, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", json::of_whole(whole))
}
