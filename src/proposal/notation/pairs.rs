//! Names with values, as `Format-List` prints them, as JSON and Bicep have them, and as Terraform writes them.
//!
//! `Name : Value`, `"name": "value",`, `name: 'value'`, `name = "value"`: one reader for all, since people cut such texts where they
//! like and neither the whole document nor its braces need be there. A record ends with its brace, or where a name comes again.

use super::settings::Span;
use super::words::Word;
use alloc::vec::Vec;

/// Pairs that are kept of one record.
const PAIRS: usize = 256;
/// Records that are kept of one text.
const RECORDS: usize = 256;

/// A name and its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'t> {
    pub(super) name: Word<'t>,
    pub(super) value: Word<'t>,
}

/// Pairs that belong together.
#[derive(Clone, Debug, Default)]
pub(super) struct Record<'t> {
    pub(super) pairs: Vec<Pair<'t>>,
}

impl Record<'_> {
    /// From the first name to the last value.
    pub(super) fn span(&self) -> Span {
        let at = self.pairs.iter().map(|pair| pair.name.at).min().unwrap_or(0);
        let end = self.pairs.iter().map(|pair| pair.value.at.saturating_add(pair.value.text.len())).max().unwrap_or(at);
        Span { at, len: end.saturating_sub(at) }
    }
}

/// The records of a text with at least one name that counts. Names that do not are left out.
pub(super) fn records<'t>(text: &'t str, counts: impl Fn(&str) -> bool) -> Vec<Record<'t>> {
    let mut all = Vec::new();
    let mut record = Record::default();
    let mut start = 0_usize;
    for line in text.split_inclusive('\n') {
        let line = Word { text: line, at: start, lead: None };
        start = start.saturating_add(line.text.len());
        of_line(line, |pair| match pair {
            None => close(&mut all, &mut record),
            Some(pair) if counts(pair.name.text) => {
                if record.pairs.iter().any(|other| other.name.text.eq_ignore_ascii_case(pair.name.text)) {
                    close(&mut all, &mut record);
                }
                if record.pairs.len() < PAIRS {
                    record.pairs.push(pair);
                }
            }
            Some(_) => {}
        });
    }
    close(&mut all, &mut record);
    all
}

fn close<'t>(all: &mut Vec<Record<'t>>, record: &mut Record<'t>) {
    let done = core::mem::take(record);
    if !done.pairs.is_empty() && all.len() < RECORDS {
        all.push(done);
    }
}

/// The pairs of one line; `None` for a brace, which parts records.
fn of_line<'t>(line: Word<'t>, mut take: impl FnMut(Option<Pair<'t>>)) {
    let mut rest = line;
    // A name is one word in front of a colon or a sign of equality.
    while let Some(at) = rest.text.find([':', '=', '{', '}']) {
        let sign = rest.text.get(at..).and_then(|tail| tail.chars().next());
        let head = Word { text: rest.text.get(..at).unwrap_or(""), ..rest };
        rest = rest.behind(at.saturating_add(1));
        if matches!(sign, Some('{' | '}')) {
            take(None);
            continue;
        }
        let Some(name) = name(head) else { continue };
        let (value, behind) = value(rest);
        if let Some(value) = value {
            take(Some(Pair { name, value }));
        }
        rest = rest.behind(behind);
    }
}

/// The last word, without quotes.
fn name(head: Word<'_>) -> Option<Word<'_>> {
    let trimmed = head.text.trim_end().trim_end_matches(['"', '\'']);
    let start = trimmed
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '(' | ')' | '.')))
        .map_or(0, |at| at.saturating_add(trimmed.get(at..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8)));
    let text = trimmed.get(start..).filter(|text| !text.is_empty())?;
    Some(Word { text, at: head.at.saturating_add(start), lead: None })
}

/// The value that `rest` starts with, and how many octets it takes; `None` where a list or an object starts.
fn value(rest: Word<'_>) -> (Option<Word<'_>>, usize) {
    let blank = rest.text.len().saturating_sub(rest.text.trim_start_matches([' ', '\t']).len());
    let inner = rest.behind(blank);
    if let Some(quote) = inner.text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let text = inner.behind(1);
        let len = text.text.find([quote, '\n']).unwrap_or(text.text.len());
        let word = Word { text: text.text.get(..len).unwrap_or(""), ..text };
        return (Some(word), blank.saturating_add(len).saturating_add(2).min(rest.text.len()));
    }
    let len = inner.text.find(['{', '}', '[', ',', ';', '\n', '#']).unwrap_or(inner.text.len());
    let word = Word { text: inner.text.get(..len).unwrap_or(""), ..inner }.trim();
    (Some(word).filter(|word| !word.text.is_empty()), blank.saturating_add(len))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, clippy::string_slice, reason = "a test fails by panicking")]

    use super::records;
    use alloc::vec::Vec;

    fn read(text: &str) -> Vec<Vec<(&str, &str)>> {
        let all = records(text, |name| matches!(name, "a" | "b"));
        let pairs = all.into_iter().map(|record| record.pairs);
        pairs.map(|pairs| pairs.into_iter().map(|pair| (pair.name.text, pair.value.text)).collect()).collect()
    }

    #[test]
    fn every_way_to_write_a_pair() {
        let both = [[("a", "1"), ("b", "x y")].to_vec()];
        for text in [
            "PS C:\\> Get\r\n\r\na       : 1\r\nb : x y\r\nlong name : no\r\n",
            "{\"a\":\"1\",\"b\":\"x y\",\"cc\":{}}",
            "{ \"a\": 1, \"b\": \"x y\" }",
            "p {\n  a = \"1\" # why\n  b = \"x y\"\n}",
            "a: '1'\nb: 'x y'",
        ] {
            assert_eq!(read(text), both, "{text}");
        }
        assert_eq!(read("a : 1\na : 2"), [[("a", "1")], [("a", "2")]]);
        assert_eq!(read("[{\"a\":1},{\"a\":2}]"), [[("a", "1")], [("a", "2")]]);
        assert_eq!(read("a :\nb: {1}"), Vec::<Vec<_>>::new());
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "ö\n  \"a\" : \"ä1\",";
        let record = records(text, |_| true).remove(0);
        let pair = record.pairs[0];
        assert_eq!((&text[pair.name.at..][..1], &text[pair.value.at..][..3]), ("a", "ä1"));
        assert_eq!(record.span().len, "a\" : \"ä1".len());
    }
}
