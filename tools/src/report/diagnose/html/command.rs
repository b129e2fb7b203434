//! What is to be pasted, on a page.

use super::super::commands::{self, Piece};
use crate::report::escape_html as escape;
use core::fmt::Write as _;
use ikev2::diagnose::Setting;

/// Lines, and the button that copies them; the script shows the button.
pub(super) fn write(html: &mut String, lines: &[&str]) {
    html.push_str("<div class=\"command\"><code>");
    for (n, line) in lines.iter().enumerate() {
        html.push_str(if n > 0 { "\n" } else { "" });
        for (n, word) in line.split(' ').enumerate() {
            html.push_str(if n > 0 { " " } else { "" });
            // Nobody wants a line to end behind the dash of an option, or within a name.
            let _ = if word.contains('-') { write!(html, "<span>{}</span>", escape(word)) } else { write!(html, "{}", escape(word)) };
        }
    }
    html.push_str("</code><button type=\"button\" class=\"copy\" hidden>Copy</button></div>");
}

/// Settings with the names of their products.
pub(super) fn settings(html: &mut String, settings: &[&Setting]) {
    if settings.is_empty() {
        return;
    }
    html.push_str("<dl>");
    for setting in settings {
        let _ = write!(html, "<dt>{}</dt><dd>", escape(setting.product.name()));
        for piece in commands::pieces(&setting.text) {
            match piece {
                Piece::Words(words) => {
                    let _ = write!(html, "<p>{}</p>", escape(&words));
                }
                Piece::Command(line) => write(html, &[&line]),
            }
        }
        html.push_str("</dd>");
    }
    html.push_str("</dl>");
}
