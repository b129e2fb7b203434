//! Tables of the names a notation has for something.

use super::nearest::nearest;
use super::words::Word;
use super::{NotationError, NotationErrorKind};

/// Names of one kind, and what they stand for. Upper and lower case are the same.
pub(super) struct Names<T: 'static> {
    /// What is due where none of them stands: `an encryption algorithm of RouterOS, as aes-256`.
    pub(super) expected: &'static str,
    /// The first of those with one meaning is the one written.
    pub(super) rows: &'static [(&'static str, T)],
}

impl<T: Copy> Names<T> {
    pub(super) fn find(&self, name: &str) -> Option<T> {
        self.rows.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// What a word stands for.
    #[cfg_attr(not(feature = "notations"), expect(dead_code, reason = "the notations of whole settings read by it"))]
    pub(super) fn read(&self, word: Word<'_>) -> Result<T, NotationError> {
        self.find(word.text).ok_or_else(|| self.unknown(word))
    }

    /// That a word is none of the names.
    pub(super) fn unknown(&self, word: Word<'_>) -> NotationError {
        word.error(NotationErrorKind::Name { expected: self.expected, meant: self.meant(word.text) })
    }

    /// The name that is written for a value.
    pub(super) fn name(&self, is: impl Fn(&T) -> bool) -> Option<&'static str> {
        self.rows.iter().find(|(_, value)| is(value)).map(|(name, _)| *name)
    }

    /// The name that a misspelt one is nearest to, where it is near.
    pub(super) fn meant(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.rows.iter().map(|(known, _)| *known))
    }
}
