//! What is to be pasted.

use crate::report::escape_html as escape;
use core::fmt::Write as _;

/// Lines, and the button that copies them; the script shows the button.
pub(crate) fn command<'l>(html: &mut String, lines: impl IntoIterator<Item = &'l str>) {
    html.push_str("<div class=\"command\"><code>");
    for (n, line) in lines.into_iter().enumerate() {
        html.push_str(if n > 0 { "\n" } else { "" });
        for (n, word) in line.split(' ').enumerate() {
            html.push_str(if n > 0 { " " } else { "" });
            // Nobody wants a line to end behind the dash of an option, or within a name.
            let _ = if word.contains('-') { write!(html, "<span>{}</span>", escape(word)) } else { write!(html, "{}", escape(word)) };
        }
    }
    html.push_str("</code><button type=\"button\" class=\"copy\" hidden>Copy</button></div>");
}
