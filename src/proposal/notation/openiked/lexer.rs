//! iked.conf in words, as `yylex` of iked/parse.y cuts them: quotation marks, comments, macros, lines that go on.

use crate::proposal::notation::span::Span;
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{NotationError, NotationErrorKind};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word, which may be a keyword.
    Word,
    /// Text in quotation marks, which is none.
    Quoted,
    /// One of `{ } ( ) < > ! = / ,`.
    Sign,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// The text. What comes out of a macro stands where the macro is used.
    pub(super) word: Word<'a>,
    /// The piece of the text it takes, quotation marks included.
    place: Span,
}

impl Token<'_> {
    pub(super) fn is(&self, keyword: &str) -> bool {
        self.kind == Kind::Word && self.word.text == keyword
    }

    pub(super) const fn span(&self) -> Span {
        self.place
    }

    /// An error at the token.
    pub(super) const fn error(&self, kind: NotationErrorKind) -> NotationError {
        NotationError { at: self.place.at, len: self.place.len, kind }
    }
}

/// Octets that all macros together may come to.
const MOST_EXPANDED: usize = 1 << 20;

pub(super) type Statement<'a> = Vec<Token<'a>>;

struct Lexer<'a> {
    macros: BTreeMap<&'a str, Vec<&'a str>>,
    expanded: usize,
    statements: Vec<Statement<'a>>,
    current: Statement<'a>,
}

fn in_word(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !matches!(c, '(' | ')' | '{' | '}' | '<' | '>' | '!' | '=' | '/' | '#' | ',' | '\\')
}

/// The statements of a text: those that define macros are carried out.
pub(super) fn statements(text: &str) -> Result<Vec<Statement<'_>>, NotationError> {
    let mut lexer = Lexer { macros: BTreeMap::new(), expanded: 0, statements: Vec::new(), current: Vec::new() };
    lexer.run(Word::whole(text), None)?;
    lexer.end();
    Ok(lexer.statements)
}

impl<'a> Lexer<'a> {
    /// Cuts a text. What a macro stands for takes the place of its use, and holds no macros.
    fn run(&mut self, text: Word<'a>, used: Option<Word<'a>>) -> Result<(), NotationError> {
        let mut rest = text;
        while let Some(first) = rest.text.chars().next() {
            let len = match first {
                '\\' => continued(rest),
                '\n' if used.is_none() => {
                    self.end();
                    1
                }
                '#' => comment(rest.text),
                '$' if used.is_none() => self.expand(rest)?,
                '"' | '\'' => self.quoted(rest, first, used),
                c if in_word(c) => {
                    let len = rest.text.find(|c| !in_word(c)).unwrap_or(rest.text.len());
                    self.push(Kind::Word, rest.front(len), rest.front(len), used);
                    len
                }
                c if c.is_whitespace() || c.is_control() => c.len_utf8(),
                c => {
                    self.push(Kind::Sign, rest.front(c.len_utf8()), rest.front(c.len_utf8()), used);
                    c.len_utf8()
                }
            };
            rest = rest.behind(len);
        }
        Ok(())
    }

    /// A word that takes `whole` of the text, or stands for the macro that is used.
    fn push(&mut self, kind: Kind, word: Word<'a>, whole: Word<'a>, used: Option<Word<'a>>) {
        let at = used.map_or(word.at, |used| used.at);
        self.current.push(Token { kind, word: Word { at, ..word }, place: used.unwrap_or(whole).span() });
    }

    fn quoted(&mut self, rest: Word<'a>, mark: char, used: Option<Word<'a>>) -> usize {
        let inside = rest.behind(1);
        let mut escaped = false;
        let end = inside.text.find(|c| {
            let ends = c == mark && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let len = end.unwrap_or(inside.text.len());
        let taken = len.saturating_add(if end.is_some() { 2 } else { 1 });
        self.push(Kind::Quoted, inside.front(len), rest.front(taken), used);
        taken
    }

    /// `$name`.
    fn expand(&mut self, rest: Word<'a>) -> Result<usize, NotationError> {
        let name = rest.behind(1);
        let name = name.front(name.text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.text.len()));
        let used = rest.front(name.text.len().saturating_add(1));
        let Some(values) = self.macros.get(name.text) else {
            return Err(used.error(NotationErrorKind::Name { expected: "a macro that is defined above", meant: None }));
        };
        let size = values.iter().fold(values.len(), |size, value| size.saturating_add(value.len()));
        self.expanded = self.expanded.saturating_add(size);
        if self.expanded > MOST_EXPANDED {
            return Err(used.error(NotationErrorKind::Name { expected: "macros that come to less than 1 MiB of text", meant: None }));
        }
        for value in values.clone() {
            self.run(Word::whole(value), Some(used))?;
        }
        Ok(used.text.len())
    }

    /// Ends a statement; `name = value ..` defines a macro.
    fn end(&mut self) {
        let statement = core::mem::take(&mut self.current);
        if let [name, sign, values @ ..] = statement.as_slice() {
            if sign.kind == Kind::Sign && sign.word.text == "=" && name.kind == Kind::Word {
                self.macros.insert(name.word.text, values.iter().map(|value| value.word.text).collect());
                return;
            }
        }
        if !statement.is_empty() {
            self.statements.push(statement);
        }
    }
}

/// Octets of a backslash and the end of line that it takes away. Blanks in between are forgiven, which iked does not.
fn continued(rest: Word<'_>) -> usize {
    let behind = rest.behind(1).text;
    let line = behind.trim_start_matches([' ', '\t', '\r']);
    let blanks = behind.len().saturating_sub(line.len());
    if line.starts_with('\n') { blanks.saturating_add(2) } else { blanks.saturating_add(1) }
}

/// Octets of a comment. It goes on behind a line that ends in a backslash.
fn comment(text: &str) -> usize {
    let mut before = ' ';
    let end = text.find(|c| {
        let ends = c == '\n' && before != '\\';
        before = c;
        ends
    });
    end.unwrap_or(text.len())
}

#[cfg(test)]
#[allow(clippy::string_slice, reason = "a test fails by panicking")]
mod tests {
    use super::statements;
    use alloc::vec::Vec;

    fn words(text: &str) -> Vec<Vec<&str>> {
        statements(text).unwrap().iter().map(|statement| statement.iter().map(|token| token.word.text).collect()).collect()
    }

    #[test]
    fn words_of_iked() {
        let cut = words("a b \\\n\tc # d\ne \"f \\\" g\" {h,i}\n");
        assert_eq!(cut, [&["a", "b", "c"][..], &["e", "f \\\" g", "{", "h", ",", "i", "}"]]);
        assert_eq!(words("x = \"enc aes-256\" y\nikesa $x\n"), [["ikesa", "enc", "aes-256", "y"]]);
        assert_eq!(words("# a \\\nb\nc"), [["c"]]);
        let error = statements("ikesa $x").unwrap_err();
        assert_eq!((error.at, error.len), (6, 2));
    }

    #[test]
    fn a_token_has_its_quotation_marks_and_no_more() {
        let text = "x = \"enc\"\nikev2 'a b' $x dstid \"end";
        let all = statements(text).unwrap();
        let pieces: Vec<&str> = all.iter().flatten().map(|token| &text[token.span().at..][..token.span().len]).collect();
        assert_eq!(pieces, ["ikev2", "'a b'", "$x", "dstid", "\"end"]);
    }

    #[test]
    fn macros_do_not_grow_without_end() {
        let mut text = alloc::format!("x = \"{}\"\n", "a ".repeat(5000));
        text.push_str(&"$x ".repeat(5000));
        assert!(statements(&text).is_err());
    }
}
