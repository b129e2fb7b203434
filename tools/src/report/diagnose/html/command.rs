//! What is to be pasted, on a page.

use super::super::commands::{self, Piece};
use crate::report::escape_html as escape;
use core::fmt::Write as _;
use ikev2::diagnose::Setting;

/// One line, and the button that copies it; the script shows the button.
pub(super) fn write(html: &mut String, line: &str) {
    let _ = write!(
        html,
        "<div class=\"command\"><code>{}</code><button type=\"button\" class=\"copy\" hidden>Copy</button></div>",
        escape(line)
    );
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
                Piece::Command(line) => write(html, &line),
            }
        }
        html.push_str("</dd>");
    }
    html.push_str("</dl>");
}
