//! Settings to read.

use super::rows::rows;
use crate::report::Style;
use crate::report::text::{Ink, Page};
use ikev2::proposal::notation::Settings;
use std::io::{self, Write};

/// Columns before what is said of a setting.
const INDENT: usize = 16;

/// Writes what was understood of a text, and the line each of it stands in.
///
/// # Errors
/// `out` takes no more.
pub fn settings(text: &str, settings: &Settings, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, usize::MAX);
    for row in rows(text, settings) {
        let place = row.line.map(|line| format!(" (line {line})")).unwrap_or_default();
        let prefix = format!("{:<INDENT$}", format!("{}:", row.label));
        page.words(Ink::Plain, &prefix, INDENT, &format!("{}{place}", row.what));
    }
    out.write_all(page.take().as_bytes())
}
