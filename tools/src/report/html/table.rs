//! A table that may be wider than the page.

use crate::report::escape_html as escape;
use core::fmt::Write as _;

/// Writes a table that is scrolled by itself, with the keyboard too; `label` says what it holds.
pub(crate) fn wide_table(html: &mut String, label: &str, rows: impl FnOnce(&mut String)) {
    let _ = write!(html, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"{}\"><table>", escape(label));
    rows(html);
    html.push_str("</table></div>");
}
