//! Reports as HTML: one look, one script, one policy. Whatever comes from a capture or a text is escaped.
//!
//! ```text
//! page.css page.js   the look, and the script that copies what a button stands beside
//! command.rs         what is to be pasted
//! table.rs           a table that may be wider than the page
//! head.rs            the answer, on top of every report
//! ```
//!
//! A page runs one script, its own, which its policy names by its hash. Nothing is lost without it.

mod command;
mod head;
mod table;

pub(crate) use command::command;
pub(crate) use head::Head;
pub(crate) use table::wide_table;

use super::escape_html as escape;

/// The look of every report, in CSS.
pub const STYLE: &str = include_str!("page.css");
/// The script of every report: `arm(root)` shows the buttons below `root`, and lets them copy. It does so with the document at once.
pub const SCRIPT: &str = include_str!("page.js");
/// The SHA-256 of [`SCRIPT`], as a Content-Security-Policy names it.
pub const SCRIPT_HASH: &str = "sha256-DAdDa3DpPbuRwKEJjGpOV3O53vprd+2Qwt1nkzt98pA=";

/// A report in HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html {
    title: String,
    body: String,
}

impl Html {
    pub(crate) fn new(title: String, body: String) -> Self {
        Self { title, body }
    }

    /// What it is a report of, as text.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The report itself, for a page that has [`STYLE`] and [`SCRIPT`]: flow content (HTML, section 3.2.5.2.2), its one `h1` the answer.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The report as a page that needs nothing else.
    #[must_use]
    pub fn page(&self) -> String {
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
             script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'\">\
             <title>{}</title><style>{STYLE}</style></head><body><main>{}</main><script>{SCRIPT}</script></body></html>\n",
            escape(&self.title),
            self.body
        )
    }
}
