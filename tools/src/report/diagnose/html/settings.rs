//! What is to be changed, product by product.

use super::super::commands::{self, Piece};
use crate::report::escape_html as escape;
use crate::report::html::command;
use core::fmt::Write as _;
use ikev2::diagnose::Setting;

/// Settings with the names of their products.
pub(super) fn write(html: &mut String, settings: &[&Setting]) {
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
                Piece::Command(line) => command(html, [line.as_str()]),
            }
        }
        html.push_str("</dd>");
    }
    html.push_str("</dl>");
}
