//! What was understood of a configuration, a log or a profile, and where it stands. The contract of the JSON is in `ike notation --help`.
//!
//! ```text
//! place.rs  octets of a text as lines and columns
//! rows.rs   what was understood, a row for each thing
//! text.rs   to read
//! html.rs   as HTML
//! json.rs   for programs
//! ```

mod html;
mod json;
mod place;
mod rows;
mod text;

pub use html::settings_html;
pub use text::settings;

use ikev2::proposal::notation::{Notation, ReadError, Settings, Written};
use std::io::{self, Write};

/// Writes settings as one JSON object.
///
/// # Errors
/// `out` takes no more.
pub fn settings_json(text: &str, settings: &Settings, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", json::of_settings(text, settings))
}

/// Writes settings in another notation as one JSON object.
///
/// # Errors
/// `out` takes no more.
pub fn written_json(notation: Notation, written: &Written, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", json::of_written(notation, written))
}

/// Writes why a text cannot be read as one JSON object.
///
/// # Errors
/// `out` takes no more.
pub fn error_json(text: &str, error: ReadError, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", json::of_error(text, error))
}
