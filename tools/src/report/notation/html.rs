//! Settings as HTML.

use super::rows::rows;
use crate::report::escape_html as escape;
use crate::report::html::{Head, Html};
use core::fmt::Write as _;
use ikev2::proposal::notation::Settings;

/// What was understood of a text, as HTML.
#[must_use]
pub fn settings_html(text: &str, settings: &Settings) -> Html {
    let title = format!("Settings of {}", settings.notation.product());
    let mut html = String::new();
    let (state, words) = if settings.remarks.is_empty() {
        ("healthy", "It was read")
    } else {
        ("undetermined", "It was read, and there is something to remark")
    };
    Head { state, words, answer: &title, windows_error: None, codes: &[], lines: &[] }.write(&mut html);
    html.push_str("<section><h2>What the text says</h2><dl>");
    for row in rows(text, settings).iter().skip(1) {
        let _ = write!(html, "<dt>{}</dt><dd>{}", escape(&row.label), escape(&row.what));
        if let Some(line) = row.line {
            let _ = write!(html, " <span class=\"soft\">(line {line})</span>");
        }
        html.push_str("</dd>");
    }
    html.push_str("</dl></section>");
    Html::new(title, html)
}
