//! Lines of commands, as routers have them: prompts in front, words, quotes, and where each stands.
//!
//! Nothing here knows a product. The prompts taken off are those of the command lines of FortiOS, Cisco IOS and ASA, Junos, PAN-OS,
//! VyOS and RouterOS: a host name, with the mode in parentheses or the whole in brackets, then `#`, `>` or `$`.

use super::likeness::{Certainty, Likeness};
use super::words::Word;
use super::{NotationError, NotationErrorKind};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A longer line head is no prompt.
const LONGEST_PROMPT: usize = 96;

/// A part of a word: what stands before `end`, and what stands behind.
fn cut(word: Word<'_>, end: usize) -> (Word<'_>, Word<'_>) {
    let (head, tail) = word.text.split_at_checked(end).unwrap_or((word.text, ""));
    (Word { text: head, ..word }, word.behind(head.len().max(word.text.len().saturating_sub(tail.len()))))
}

/// Every line that is not empty, without the white space around it.
pub(super) fn raw(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = Some(Word::whole(text));
    core::iter::from_fn(move || {
        let whole = rest?;
        let Some(end) = whole.text.find('\n') else {
            rest = None;
            return Some(whole.trim());
        };
        let (line, tail) = cut(whole, end);
        rest = Some(tail.behind(1));
        Some(line.trim())
    })
    .filter(|line| !line.text.is_empty())
}

/// Every line that is not empty, without a prompt.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Word<'_>> {
    raw(text).map(without_prompt)
}

/// What was typed behind a prompt; the whole line where there is none.
pub(super) fn without_prompt(line: Word<'_>) -> Word<'_> {
    let Some(end) = line.text.char_indices().take(LONGEST_PROMPT).find(|(_, c)| matches!(c, '#' | '>' | '$')).map(|(at, _)| at) else {
        return line;
    };
    let (head, tail) = cut(line, end);
    if is_prompt(head.text.trim_end()) { tail.behind(1).trim() } else { line }
}

fn is_prompt(head: &str) -> bool {
    if let Some(inside) = head.strip_prefix('[') {
        // RouterOS: `[admin@MikroTik] /ip ipsec profile>`.
        return inside.split_once(']').is_some_and(|(user, menu)| user.contains('@') && !menu.contains(['=', '"', '[']));
    }
    let (host, mode) = head.split_once(' ').unwrap_or((head, ""));
    let name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '~' | ':' | '/' | '(' | ')');
    let mode = mode.trim();
    !host.is_empty() && host.chars().all(name) && (mode.is_empty() || mode.starts_with('(') && mode.ends_with(')'))
}

/// The words of a line.
pub(super) const fn tokens(line: Word<'_>) -> Tokens<'_> {
    Tokens { rest: line }
}

/// The words of a line: white space parts them, but not within quotes. A word in quotes is without them, and has the quote as lead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokens<'a> {
    rest: Word<'a>,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let rest = Word { lead: None, ..self.rest }.trim();
        if rest.text.is_empty() {
            return None;
        }
        let (word, tail) = cut(rest, end_of_word(rest.text));
        self.rest = tail;
        Some(unquoted(word))
    }
}

impl<'a> Tokens<'a> {
    /// The words behind `names`, when the line starts with them, whatever the case.
    pub(super) fn behind(mut self, names: &[&str]) -> Option<Self> {
        names.iter().all(|name| self.next().is_some_and(|word| word.text.eq_ignore_ascii_case(name))).then_some(self)
    }

    /// What is left of the line.
    pub(super) fn rest(self) -> Word<'a> {
        self.rest.trim()
    }
}

const fn closing(quote: char) -> Option<char> {
    match quote {
        '"' | '\'' => Some(quote),
        '\u{201c}' => Some('\u{201d}'),
        '\u{2018}' => Some('\u{2019}'),
        _ => None,
    }
}

/// The octets of the first word. A quote opens where a word or a value begins, and only if it is closed.
fn end_of_word(text: &str) -> usize {
    let mut before = None;
    let mut skip_to = 0;
    for (at, c) in text.char_indices() {
        if at < skip_to {
            continue;
        }
        if c.is_whitespace() {
            return at;
        }
        let opens = before.is_none_or(|before| matches!(before, '=' | ','));
        if let Some(close) = closing(c).filter(|_| opens) {
            let inside = at.saturating_add(c.len_utf8());
            let end = text.get(inside..).and_then(|tail| tail.find(close));
            skip_to = end.map_or(0, |end| inside.saturating_add(end).saturating_add(close.len_utf8()));
        }
        before = Some(c);
    }
    text.len()
}

/// A word without the quotes around it.
pub(super) fn unquoted(word: Word<'_>) -> Word<'_> {
    let Some(quote) = word.text.chars().next() else { return word };
    let inside = closing(quote).and_then(|close| word.text.strip_prefix(quote)?.strip_suffix(close));
    match inside {
        Some(text) => Word { text, at: word.at.saturating_add(quote.len_utf8()), lead: Some(quote) },
        None => word,
    }
}

/// What is in the quotes a word begins with, and what stands behind them.
pub(super) fn quoted_head(word: Word<'_>) -> Option<(Word<'_>, Word<'_>)> {
    let quote = word.text.chars().next()?;
    let close = closing(quote)?;
    let end = word.text.strip_prefix(quote)?.find(close)?;
    let (inside, rest) = cut(word.behind(quote.len_utf8()), end);
    Some((Word { lead: Some(quote), ..inside }, rest.behind(close.len_utf8())))
}

/// The confidence of the best sign, and the piece of the text from the first line with one to the last.
pub(super) fn likeness(text: &str, sign: impl Fn(Word<'_>) -> Option<Certainty>) -> Option<Likeness> {
    let mut found: Option<Likeness> = None;
    for line in raw(text) {
        let Some(confidence) = sign(without_prompt(line)) else { continue };
        let here = line.span();
        found = Some(match found {
            Some(old) => Likeness { span: old.span.cover(here), confidence: old.confidence.max(confidence) },
            None => Likeness { span: here, confidence },
        });
    }
    found
}

/// A number of the text; `expected` says of what.
pub(super) fn number(word: Word<'_>, expected: &'static str) -> Result<u64, NotationError> {
    let digits = !word.text.is_empty() && word.text.bytes().all(|c| c.is_ascii_digit());
    let value = word.text.parse().ok().filter(|_| digits);
    value.ok_or_else(|| word.error(NotationErrorKind::Name { expected, meant: None }))
}

/// Things by name, in the order in which the text has them first.
#[derive(Debug)]
pub(super) struct Named<'a, T> {
    all: BTreeMap<&'a str, (usize, T)>,
}

impl<T> Default for Named<'_, T> {
    fn default() -> Self {
        Self { all: BTreeMap::new() }
    }
}

impl<'a, T: Default> Named<'a, T> {
    /// The one with a name, made when it is new.
    pub(super) fn of(&mut self, name: &'a str) -> &mut T {
        let next = self.all.len();
        &mut self.all.entry(name).or_insert_with(|| (next, T::default())).1
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.all.get(name).map(|(_, value)| value)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn in_order(&self) -> Vec<(&'a str, &T)> {
        let mut rows: Vec<_> = self.all.iter().map(|(name, (place, value))| (*place, *name, value)).collect();
        rows.sort_by_key(|(place, _, _)| *place);
        rows.into_iter().map(|(_, name, value)| (name, value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<(&str, usize)> {
        tokens(Word::whole(line)).map(|word| (word.text, word.at)).collect()
    }

    #[test]
    fn words_stand_where_the_text_has_them() {
        assert_eq!(words("  set  proposal aes256-sha256\r"), [("set", 2), ("proposal", 7), ("aes256-sha256", 16)]);
        assert_eq!(words("edit \"to hq\" x"), [("edit", 0), ("to hq", 6), ("x", 13)]);
        assert_eq!(words("a name=\"b c\" d"), [("a", 0), ("name=\"b c\"", 2), ("d", 13)]);
        assert_eq!(words("it's \"open"), [("it's", 0), ("\"open", 5)]);
        assert_eq!(words("\u{201c}to hq\u{201d}"), [("to hq", 3)]);
        assert_eq!(words(" \t "), []);
    }

    #[test]
    fn prompts_are_taken_off() {
        let cases = [
            ("R1(config-ikev2-proposal)#encryption aes", "encryption aes"),
            ("FGT60F (phase1-interface) # edit hq", "edit hq"),
            ("user@srx> show configuration", "show configuration"),
            ("vyos@vyos:~$ show", "show"),
            ("[admin@MikroTik] /ip ipsec> print", "print"),
            ("[admin@MikroTik] > /ip ipsec profile print", "/ip ipsec profile print"),
            ("# a comment", "# a comment"),
            ("set description a#b", "set description a#b"),
            ("<a>b", "<a>b"),
            ("ike 0:hq:1: comes 1.2.3.4:500->5.6.7.8:500", "ike 0:hq:1: comes 1.2.3.4:500->5.6.7.8:500"),
        ];
        for (line, command) in cases {
            let stripped = without_prompt(Word::whole(line));
            assert_eq!(stripped.text, command);
            assert_eq!(line.get(stripped.at..), Some(command));
        }
    }

    #[test]
    fn lines_stand_where_the_text_has_them() {
        let text = "a\r\n\n  R1#b c \n";
        let found: Vec<_> = lines(text).map(|line| (line.text, line.at)).collect();
        assert_eq!(found, [("a", 0), ("b c", 9)]);
    }
}
