//! The answer, on top of every report.

use crate::report::{TOOL, escape_html as escape};
use core::fmt::Write as _;

/// What stands on top of a report.
pub(crate) struct Head<'h> {
    /// `fault`, `healthy` or `undetermined`.
    pub(crate) state: &'h str,
    /// The state in a few words.
    pub(crate) words: &'h str,
    /// The answer in one sentence.
    pub(crate) answer: &'h str,
    /// The error that Windows shows.
    pub(crate) windows_error: Option<u32>,
    /// Codes of what is wrong.
    pub(crate) codes: &'h [&'h str],
    /// What was looked at, a line each.
    pub(crate) lines: &'h [String],
}

impl Head<'_> {
    pub(crate) fn write(&self, html: &mut String) {
        let _ = write!(html, "<header class=\"{}\"><p class=\"state\">{}</p><h1>{}</h1>", self.state, self.words, escape(self.answer));
        if let Some(error) = self.windows_error {
            let _ = write!(html, "<span class=\"chip error\">Windows error {error}</span>");
        }
        for code in self.codes {
            let _ = write!(html, "<span class=\"chip error code\">{}</span>", escape(code));
        }
        for line in self.lines {
            let _ = write!(html, "<p class=\"soft\">{}</p>", escape(line));
        }
        let _ = write!(html, "<p class=\"soft\">Told by {TOOL}</p></header>");
    }
}
