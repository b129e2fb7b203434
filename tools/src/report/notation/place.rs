//! Octets of a text as lines and columns.

use ikev2::proposal::notation::Span;

/// Where something stands, to a person with an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The line, from 1.
    pub(super) line: usize,
    /// The column, in characters from 1.
    pub(super) column: usize,
}

/// The starts of the lines of a text.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let feeds = text.match_indices('\n').map(|(at, _)| at.saturating_add(1));
        Self { text, starts: core::iter::once(0).chain(feeds).collect() }
    }

    pub(super) fn place(&self, span: Span) -> Place {
        let line = self.starts.partition_point(|start| *start <= span.at);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start..span.at).map_or(0, |before| before.chars().count()).saturating_add(1);
        Place { line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let lines = Lines::of("ab\ncäd\n");
        let place = |at| lines.place(Span { at, len: 1 });
        assert_eq!(place(0), Place { line: 1, column: 1 });
        assert_eq!(place(2), Place { line: 1, column: 3 });
        assert_eq!(place(3), Place { line: 2, column: 1 });
        // The octet behind a character of two octets.
        assert_eq!(place(6), Place { line: 2, column: 3 });
        assert_eq!(place(8), Place { line: 3, column: 1 });
    }
}
