//! Text made of keys and values, cut into tokens: JSON (RFC 8259), HCL of Terraform, YAML of CloudFormation and of gcloud, the
//! shorthand of the AWS CLI, Java and Kotlin.
//!
//! What people paste is rarely a whole document: a fragment, an argument in quotes, a diff, with prose around it. So this is no
//! parser of those languages; it finds words, quoted strings, brackets and what stands between a key and its value, each with its
//! place, and steps over everything else. Tests hold it against a parser of JSON.
//!
//! Quotes around a whole document (`--options '{"a": 1}'`, `"{\"a\": 1}"`) are stepped over, so that what they hold is read.

#[cfg(test)]
mod tests;

use super::words::Word;
use alloc::vec::Vec;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word without quotes.
    Bare,
    /// What stands between quotes, without them; escapes as they are written.
    Quoted,
    /// `{`, `[` or `(`.
    Open,
    /// `}`, `]` or `)`.
    Close,
    /// `:`, `=`, `=>` or `:=`.
    Is,
    /// `,` or `;`.
    Comma,
    /// The `-` in front of an item of a YAML list.
    Dash,
    /// The end of a line.
    Line,
}

/// A token and its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) word: Word<'a>,
}

impl Token<'_> {
    pub(super) const fn is_word(self) -> bool {
        matches!(self.kind, Kind::Bare | Kind::Quoted)
    }
}

/// A quote: its sign, and how many `\` stand in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quote {
    sign: char,
    level: usize,
}

/// More signs in front of a quote than documents in quotes in quotes in quotes have.
const LEVELS: usize = 7;

/// Quotes around documents in quotes around documents are looked into this deep.
const WRAPPERS: usize = 4;

/// The tokens of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokens<'a> {
    rest: Word<'a>,
    wrappers: [Option<Quote>; WRAPPERS],
    /// Whether `#` begins a comment.
    hash: bool,
}

/// Signs no bare word holds.
const BREAKS: [char; 19] =
    ['{', '}', '[', ']', '(', ')', ',', ';', ':', '=', '"', '\'', '<', '>', '\\', '`', '\u{201c}', '\u{201d}', '\u{2019}'];

impl<'a> Tokens<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self { rest: Word::whole(text), wrappers: [None; WRAPPERS], hash: true }
    }

    /// Of a language in which `#` begins no comment.
    pub(super) const fn of_source(text: &'a str) -> Self {
        Self { hash: false, ..Self::of(text) }
    }

    fn take(&mut self, octets: usize) -> Word<'a> {
        let (text, _) = self.rest.text.split_at_checked(octets).unwrap_or((self.rest.text, ""));
        let taken = Word { text, at: self.rest.at, lead: None };
        self.rest = self.rest.behind(text.len());
        taken
    }

    fn token(&mut self, kind: Kind, octets: usize) -> Option<Token<'a>> {
        Some(Token { kind, word: self.take(octets) })
    }

    /// Steps over a comment; `false` when there is none.
    fn comment(&mut self) -> bool {
        let text = self.rest.text;
        if (self.hash && text.starts_with('#')) || text.starts_with("//") {
            self.take(text.find('\n').unwrap_or(text.len()));
            return true;
        }
        let Some(inside) = text.strip_prefix("/*") else { return false };
        self.take(inside.find("*/").map_or(text.len(), |end| end.saturating_add(4)));
        true
    }

    /// A quoted string, or a quote that is stepped over; `None` when the quote stands alone.
    fn quoted(&mut self, quote: Quote) -> Option<Token<'a>> {
        let opening = quote.level.saturating_add(1);
        let inside = self.rest.behind(opening);
        // Each level can fail to close once on a line, so that there must not be many of them.
        if quote.level > LEVELS {
            return None;
        }
        let len = closing(inside.text, quote)?;
        self.take(opening);
        let content = self.take(len);
        self.take(opening);
        Some(Token { kind: Kind::Quoted, word: content })
    }

    /// Whether this quote ends or begins a document in quotes.
    fn wraps(&mut self, quote: Quote) -> bool {
        if let Some(last) = self.wrappers.iter_mut().rev().find(|wrapper| wrapper.is_some()) {
            if *last == Some(quote) {
                *last = None;
                return true;
            }
        }
        let inside = self.rest.behind(quote.level.saturating_add(1)).text;
        let free = self.wrappers.iter_mut().find(|wrapper| wrapper.is_none());
        match free {
            Some(free) if holds_document(inside) => {
                *free = Some(quote);
                true
            }
            _ => false,
        }
    }

    /// What stands behind the token read last, as it is.
    pub(super) const fn rest(&self) -> Word<'a> {
        self.rest
    }

    fn bare(&mut self) -> Option<Token<'a>> {
        let text = self.rest.text;
        let end = text.find(|c: char| c.is_whitespace() || BREAKS.contains(&c)).unwrap_or(text.len());
        let word = self.take(end);
        // An apostrophe is no quote.
        let apostrophe = self.rest.text.strip_prefix('\'').is_some_and(|then| then.starts_with(char::is_alphabetic));
        if apostrophe && word.text.ends_with(char::is_alphabetic) {
            self.take(1);
        }
        word.text.contains(char::is_alphanumeric).then_some(Token { kind: Kind::Bare, word })
    }
}

/// Where the quote is closed, on the same line.
fn closing(inside: &str, quote: Quote) -> Option<usize> {
    let mut slashes = 0_usize;
    for (at, c) in inside.char_indices() {
        match c {
            '\n' => return None,
            '\\' => slashes = slashes.saturating_add(1),
            _ if c == quote.sign => {
                let closes = if quote.level == 0 { slashes % 2 == 0 || c == '\'' } else { slashes == quote.level };
                if closes {
                    return at.checked_sub(quote.level);
                }
                slashes = 0;
            }
            _ => slashes = 0,
        }
    }
    None
}

/// Whether a document begins behind a quote: a bracket and what can follow it, or `Key=[`.
fn holds_document(inside: &str) -> bool {
    let inside = inside.trim_start();
    let name = inside.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    if let Some(value) = name.strip_prefix('=') {
        return name.len() < inside.len() && value.starts_with(['[', '{']);
    }
    let Some(first) = inside.strip_prefix(['{', '[']) else { return false };
    let then = first.trim_start();
    let named = then.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    then.len() < first.len() || then.starts_with(['"', '\'', '\\', '{', '[', '}', ']']) || named.starts_with('=')
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let c = self.rest.text.chars().next()?;
            match c {
                '\n' => return self.token(Kind::Line, 1),
                '{' | '[' | '(' => return self.token(Kind::Open, 1),
                '}' | ']' | ')' => return self.token(Kind::Close, 1),
                ',' | ';' => return self.token(Kind::Comma, 1),
                ':' | '=' => {
                    let double = self.rest.text.starts_with("=>") || self.rest.text.starts_with(":=");
                    return self.token(Kind::Is, if double { 2 } else { 1 });
                }
                '-' if self.rest.behind(1).text.chars().next().is_none_or(char::is_whitespace) => return self.token(Kind::Dash, 1),
                '\\' | '"' | '\'' => {
                    if let Some(token) = self.sign() {
                        return Some(token);
                    }
                }
                // The sign that carries a line on, in PowerShell and in cmd.
                '`' | '^' if self.rest.behind(1).text.trim_start_matches('\r').starts_with('\n') => {
                    let line = self.rest.text.find('\n').unwrap_or(0);
                    self.take(line.saturating_add(1));
                }
                _ if self.comment() => {}
                _ if c.is_whitespace() || BREAKS.contains(&c) => {
                    self.take(c.len_utf8());
                }
                _ => {
                    if let Some(token) = self.bare() {
                        return Some(token);
                    }
                }
            }
        }
    }
}

impl<'a> Tokens<'a> {
    /// At a `\` or a quote: a string, or nothing and a step ahead.
    fn sign(&mut self) -> Option<Token<'a>> {
        let text = self.rest.text;
        let behind = text.trim_start_matches('\\');
        let level = text.len().saturating_sub(behind.len());
        let Some(sign) = behind.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            // At the end of a line it carries the line on.
            let feed = behind.strip_prefix('\r').unwrap_or(behind).strip_prefix('\n');
            self.take(feed.map_or(level, |next| text.len().saturating_sub(next.len())));
            return None;
        };
        let quote = Quote { sign, level };
        if self.wraps(quote) {
            self.take(level.saturating_add(1));
            return None;
        }
        let token = self.quoted(quote);
        if token.is_none() {
            self.take(level.saturating_add(1));
        }
        token
    }
}

/// Brackets in brackets, deeper than any configuration goes; those inside are not told of.
const DEEPEST: usize = 64;

/// Values of one key, more than there are algorithms; further ones are not looked at.
const MOST_VALUES: usize = 1024;

/// A text of keys and values, read from front to back.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    tokens: Tokens<'a>,
    peeked: Option<Token<'a>>,
    text: &'a str,
    /// The brackets that are open, with a number for each and the key or word in front of it.
    blocks: Vec<Block<'a>>,
    /// How many more are open inside of those, deeper than any configuration goes.
    deeper: usize,
    opened: usize,
    /// The words read since the last thing that is none.
    run: Option<(Word<'a>, Word<'a>)>,
    key: Option<Word<'a>>,
}

/// An open bracket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    pub(super) number: usize,
    pub(super) name: Option<Word<'a>>,
}

/// What a [`Reader`] comes upon.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event<'a> {
    /// A word that is no key, or not yet known to be one.
    Word(Word<'a>),
    /// The word read last is a key, and its value comes next. `phrase` are all words in front of it on its line.
    Key { name: Word<'a>, phrase: Word<'a> },
    /// A bracket was opened.
    Open,
    /// A bracket was closed.
    Close,
}

impl<'a> Reader<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self { tokens: Tokens::of(text), peeked: None, text, blocks: Vec::new(), deeper: 0, opened: 0, run: None, key: None }
    }

    fn bump(&mut self) -> Option<Token<'a>> {
        self.peeked.take().or_else(|| self.tokens.next())
    }

    fn peek(&mut self) -> Option<Token<'a>> {
        if self.peeked.is_none() {
            self.peeked = self.tokens.next();
        }
        self.peeked
    }

    fn next_is(&mut self, kind: Kind) -> bool {
        self.peek().is_some_and(|token| token.kind == kind)
    }

    /// Whether the word read last is a key.
    pub(super) fn is_key(&mut self) -> bool {
        self.next_is(Kind::Is)
    }

    /// The innermost open bracket.
    pub(super) fn block(&self) -> Option<Block<'a>> {
        self.blocks.last().copied()
    }

    fn step(&mut self, token: Token<'a>) -> Option<Event<'a>> {
        match token.kind {
            Kind::Bare | Kind::Quoted => {
                let (first, _) = self.run.unwrap_or((token.word, token.word));
                self.run = Some((first, token.word));
                self.key = None;
                Some(Event::Word(token.word))
            }
            Kind::Is => {
                let (first, name) = self.run.take()?;
                let end = name.at.saturating_add(name.text.len());
                let phrase = self.text.get(first.at..end).map_or(name, |text| Word { text, ..first });
                self.key = Some(name);
                Some(Event::Key { name, phrase })
            }
            Kind::Open => {
                self.opened = self.opened.saturating_add(1);
                let name = self.key.take().or_else(|| self.run.take().map(|(first, _)| first));
                if self.blocks.len() >= DEEPEST {
                    self.deeper = self.deeper.saturating_add(1);
                    return None;
                }
                self.blocks.push(Block { number: self.opened, name });
                Some(Event::Open)
            }
            Kind::Close => {
                self.run = None;
                self.key = None;
                if let Some(less) = self.deeper.checked_sub(1) {
                    self.deeper = less;
                    return None;
                }
                self.blocks.pop();
                Some(Event::Close)
            }
            Kind::Comma | Kind::Dash | Kind::Line => {
                self.run = None;
                // A bracket may stand on the line below its key.
                self.key = self.key.filter(|_| token.kind == Kind::Line);
                None
            }
        }
    }

    /// The values of the key read last: what its brackets hold, the items of the YAML list below it, or the one word that follows.
    /// `Value` in front of a value is left out.
    pub(super) fn values(&mut self) -> Vec<Word<'a>> {
        let mut found = Vec::new();
        let mut below = false;
        self.key = None;
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Is => drop(self.bump()),
                Kind::Line => {
                    below = true;
                    self.bump();
                }
                Kind::Open => {
                    self.inside(&mut found);
                    return found;
                }
                Kind::Bare | Kind::Quoted if !below => {
                    self.bump();
                    // The name of a function stands in front of its bracket.
                    if !self.next_is(Kind::Open) {
                        found.push(token.word);
                        return found;
                    }
                }
                Kind::Dash if below => {
                    self.items(&mut found);
                    return found;
                }
                _ => return found,
            }
        }
        found
    }

    fn inside(&mut self, found: &mut Vec<Word<'a>>) {
        let mut depth = 0_usize;
        while let Some(token) = self.bump() {
            match token.kind {
                Kind::Open => depth = depth.saturating_add(1),
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Bare | Kind::Quoted => {
                    if !self.next_is(Kind::Is) && found.len() < MOST_VALUES {
                        found.push(token.word);
                    }
                }
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn items(&mut self, found: &mut Vec<Word<'a>>) {
        loop {
            let before = (self.tokens, self.peeked);
            let mut dash = false;
            while let Some(token) = self.peek().filter(|token| matches!(token.kind, Kind::Line | Kind::Dash)) {
                dash |= token.kind == Kind::Dash;
                self.bump();
            }
            let mut word = self.bump().filter(|token| dash && token.is_word());
            if word.is_some_and(|token| token.word.text.eq_ignore_ascii_case("value")) && self.next_is(Kind::Is) {
                self.bump();
                word = self.bump().filter(|token| token.is_word());
            }
            match word {
                Some(token) if !self.next_is(Kind::Is) && found.len() < MOST_VALUES => found.push(token.word),
                _ => {
                    (self.tokens, self.peeked) = before;
                    return;
                }
            }
            // What follows on the line of an item is none of it.
            if !self.next_is(Kind::Line) {
                return;
            }
        }
    }

    /// The value of a flag as it stands, up to white space: `A,B` of `--flag=A,B`.
    pub(super) fn argument(&mut self) -> Word<'a> {
        let start = self.peek().map_or(self.tokens.rest(), |token| token.word);
        self.peeked = None;
        self.key = None;
        self.run = None;
        let quoted = start.at.checked_sub(1).and_then(|before| self.text.get(before..start.at)).filter(|sign| matches!(*sign, "\"" | "'"));
        if quoted.is_some() {
            return start;
        }
        let text = self.text.get(start.at..).unwrap_or("");
        let end = text.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\')).unwrap_or(text.len());
        let word = Word { text: text.get(..end).unwrap_or(text), at: start.at, lead: None };
        self.tokens.rest = Word { text: self.text, at: 0, lead: None }.behind(word.at.saturating_add(end));
        word
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            let token = self.bump()?;
            if let Some(event) = self.step(token) {
                return Some(event);
            }
        }
    }
}
