//! Text cut at separators, every piece with its place.

use super::{NotationError, NotationErrorKind};

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// The octet of the whole text at which it starts.
    pub(super) at: usize,
    /// The separator in front of it.
    pub(super) lead: Option<char>,
}

impl<'a> Word<'a> {
    pub(super) const fn whole(text: &'a str) -> Self {
        Self { text, at: 0, lead: None }
    }

    /// Without white space on both sides.
    pub(super) fn trim(self) -> Self {
        let tail = self.text.trim_start();
        let skipped = self.text.len().saturating_sub(tail.len());
        Self { text: tail.trim_end(), at: self.at.saturating_add(skipped), lead: self.lead }
    }

    /// What stands behind the first `count` octets.
    pub(super) fn behind(self, count: usize) -> Self {
        let text = self.text.get(count..).unwrap_or("");
        Self { text, at: self.at.saturating_add(self.text.len().saturating_sub(text.len())), lead: self.lead }
    }

    /// The first `count` octets.
    #[cfg(feature = "notations")]
    pub(super) fn front(self, count: usize) -> Self {
        Self { text: self.text.get(..count).unwrap_or(self.text), ..self }
    }

    /// Where it stands.
    #[cfg(feature = "notations")]
    pub(super) const fn span(self) -> super::Span {
        super::Span { at: self.at, len: self.text.len() }
    }

    pub(super) const fn error(self, kind: NotationErrorKind) -> NotationError {
        NotationError { at: self.at, len: self.text.len(), kind }
    }

    /// The pieces between separators, at least one.
    pub(super) const fn split(self, separators: &'static [char]) -> Words<'a> {
        Words { rest: Some(self), separators }
    }
}

/// The pieces of a [`Word`].
#[derive(Clone, Debug)]
pub(super) struct Words<'a> {
    rest: Option<Word<'a>>,
    separators: &'static [char],
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let rest = self.rest?;
        let cut = rest.text.find(self.separators).and_then(|end| rest.text.split_at_checked(end));
        let Some((text, tail)) = cut else {
            self.rest = None;
            return Some(rest.trim());
        };
        let lead = tail.chars().next();
        let skipped = text.len().saturating_add(lead.map_or(0, char::len_utf8));
        self.rest = Some(Word { lead, ..rest.behind(skipped) });
        Some(Word { text, ..rest }.trim())
    }
}
