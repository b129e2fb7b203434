//! PowerShell as far as commands that configure a VPN are written in it: parameters, splat tables, variables, continued lines.
//!
//! After `about_Parsing`, `about_Splatting`, `about_Hash_Tables` and `about_Special_Characters` of the PowerShell documentation:
//! a back-tick continues a line, dashes and quotes may be typographic, `#` starts a comment. A line that starts with a parameter is
//! taken as the continuation of the one above, as pages and mails wrap commands.

use super::settings::Span;
use super::words::Word;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// Commands that are kept of one text.
const COMMANDS: usize = 256;
/// Arguments of one command, pairs of one table.
const ARGUMENTS: usize = 256;
/// Tables and variables that are kept of one text.
const VARIABLES: usize = 1024;

/// An argument: a parameter and its value, or a value alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument<'t> {
    /// The parameter, without its dash.
    pub(super) name: Option<Word<'t>>,
    pub(super) value: Option<Word<'t>>,
}

/// A command that was looked for.
#[derive(Clone, Debug)]
pub(super) struct Command<'t> {
    /// Its name as asked for; empty for parameters without a command.
    pub(super) name: &'static str,
    pub(super) arguments: Vec<Argument<'t>>,
    pub(super) span: Span,
}

/// What to look for.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// Commands.
    pub(super) commands: &'static [&'static str],
    /// Parameters without a value.
    pub(super) switches: &'static [&'static str],
    /// Parameters and keys that count also without a command.
    pub(super) bare: &'static [&'static str],
}

fn among(names: &[&'static str], word: &str) -> Option<&'static str> {
    names.iter().find(|name| name.eq_ignore_ascii_case(word)).copied()
}

/// The commands of a text that are wanted, in its order; parameters and splat tables that no command takes are one of no name.
pub(super) fn commands(text: &str, wanted: Wanted) -> Vec<Command<'_>> {
    let mut parser =
        Parser { signs: Signs { rest: Word::whole(text) }, wanted, tables: BTreeMap::new(), texts: BTreeMap::new(), found: Vec::new() };
    parser.read();
    let unused = parser.tables.into_values().filter(|table| !table.used);
    let mut loose: Vec<Command<'_>> = unused.map(|table| table.command).filter(|table| has_bare(table, wanted)).collect();
    loose.sort_by_key(|table| table.span.at);
    let mut found = parser.found;
    found.extend(loose.into_iter().take(COMMANDS));
    found
}

fn has_bare(command: &Command<'_>, wanted: Wanted) -> bool {
    command.arguments.iter().any(|argument| argument.name.is_some_and(|name| among(wanted.bare, name.text).is_some()))
}

/// A splat table, as the arguments it stands for.
struct Table<'t> {
    command: Command<'t>,
    used: bool,
}

#[derive(Clone, Copy, Debug)]
enum Sign<'t> {
    /// The end of a line.
    Line,
    /// `;`, `|`, `{`, `}` or `)`.
    End(char),
    /// `@{`.
    Table,
    /// `(` or `@(`.
    Group,
    Equal,
    Comma,
    Word(Word<'t>),
    /// What stands in quotes.
    Text(Word<'t>),
}

struct Signs<'t> {
    rest: Word<'t>,
}

const DASHES: [char; 4] = ['-', '\u{2013}', '\u{2014}', '\u{2015}'];
const DOUBLE: [char; 4] = ['"', '\u{201c}', '\u{201d}', '\u{201e}'];
const SINGLE: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];

fn quotes(c: char) -> Option<&'static [char]> {
    let both: [&'static [char]; 2] = [&DOUBLE, &SINGLE];
    both.into_iter().find(|quotes| quotes.contains(&c))
}

impl<'t> Signs<'t> {
    fn take(&mut self, len: usize) -> Word<'t> {
        let word = Word { text: self.rest.text.get(..len).unwrap_or(""), ..self.rest };
        self.rest = self.rest.behind(len);
        word
    }

    /// Leaves out what is up to the end of `end`.
    fn skip(&mut self, end: &str) {
        let len = self.rest.text.find(end).map_or(self.rest.text.len(), |found| found.saturating_add(end.len()));
        self.rest = self.rest.behind(len);
    }

    /// Leaves out white space, continued line ends and comments; tells whether a line ended.
    fn gap(&mut self) -> bool {
        loop {
            let text = self.rest.text;
            let blank = text.len().saturating_sub(text.trim_start_matches(|c: char| c.is_whitespace() && c != '\n').len());
            self.rest = self.rest.behind(blank);
            let text = self.rest.text;
            if let Some(escaped) = text.strip_prefix('`') {
                // Blanks behind the back-tick, which nobody sees, are taken with it.
                let line = escaped.trim_start_matches([' ', '\t', '\r']);
                let continued = line.strip_prefix('\n').unwrap_or(escaped);
                self.rest = self.rest.behind(text.len().saturating_sub(continued.len()));
            } else if text.starts_with("<#") {
                self.skip("#>");
            } else if text.starts_with('#') {
                let len = text.find('\n').unwrap_or(text.len());
                self.rest = self.rest.behind(len);
            } else {
                return text.starts_with('\n');
            }
        }
    }

    /// What stands between quotes; the quotes are not part of it.
    fn text(&mut self, quotes: &'static [char], first: usize) -> Word<'t> {
        self.rest = self.rest.behind(first);
        let mut escaped = false;
        // A string ends with its line at the latest: prose has quotes that nothing closes.
        let end = self.rest.text.char_indices().find(|(_, c)| {
            let ends = (quotes.contains(c) && !escaped) || *c == '\n';
            escaped = *c == '`' && !escaped;
            ends
        });
        let (len, quote) = match end {
            Some((at, '\n')) => (at, 0),
            Some((at, c)) => (at, c.len_utf8()),
            None => (self.rest.text.len(), 0),
        };
        let word = self.take(len);
        self.rest = self.rest.behind(quote);
        word
    }

    fn here_string(&mut self) -> bool {
        for (start, end) in [("@'\n", "\n'@"), ("@\"\n", "\n\"@"), ("@'\r\n", "\n'@"), ("@\"\r\n", "\n\"@")] {
            if self.rest.text.starts_with(start) {
                self.rest = self.rest.behind(start.len().saturating_sub(1));
                self.skip(end);
                return true;
            }
        }
        false
    }

    fn word(&mut self) -> Word<'t> {
        let text = self.rest.text;
        let mut chars = text.char_indices().peekable();
        let (mut len, mut before) = (text.len(), ' ');
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            // A quote within a word starts no string, but behind a colon: `don't`, `-Name:'x'`.
            let quoted = quotes(c).is_some() && before == ':';
            let ends = c.is_whitespace() || matches!(c, ';' | '|' | '{' | '}' | '(' | ')' | ',' | '=' | '`') || quoted;
            if at > 0 && (ends || (c == '@' && matches!(next, Some('{' | '(')))) {
                len = at;
                break;
            }
            before = c;
        }
        self.take(len)
    }
}

impl<'t> Iterator for Signs<'t> {
    type Item = Sign<'t>;

    fn next(&mut self) -> Option<Sign<'t>> {
        if self.gap() {
            self.rest = self.rest.behind(1);
            return Some(Sign::Line);
        }
        let first = self.rest.text.chars().next()?;
        if self.here_string() {
            return Some(Sign::Text(self.take(0)));
        }
        let two = self.rest.text.get(..2);
        let sign = match (first, two) {
            ('@', Some("@{")) => Sign::Table,
            ('@', Some("@(")) | ('(', _) => Sign::Group,
            (';' | '|' | '{' | '}' | ')', _) => Sign::End(first),
            ('=', _) => Sign::Equal,
            (',', _) => Sign::Comma,
            _ => {
                let Some(quotes) = quotes(first) else { return Some(Sign::Word(self.word())) };
                return Some(Sign::Text(self.text(quotes, first.len_utf8())));
            }
        };
        let len = if two.is_some_and(|two| matches!(two, "@{" | "@(")) { 2 } else { 1 };
        self.rest = self.rest.behind(len);
        Some(sign)
    }
}

struct Parser<'t> {
    signs: Signs<'t>,
    wanted: Wanted,
    tables: BTreeMap<String, Table<'t>>,
    texts: BTreeMap<String, Word<'t>>,
    found: Vec<Command<'t>>,
}

/// What a statement has shown so far.
#[derive(Default)]
struct Statement<'t> {
    command: Option<Command<'t>>,
    /// The last word, which may be a variable that gets a value.
    last: Option<Word<'t>>,
    /// The variable that gets one.
    target: Option<Word<'t>>,
    /// The line ended, and what follows may yet belong to it.
    ended: bool,
    /// The next value is a further one of a list.
    list: bool,
    /// It is a command that was not looked for.
    foreign: bool,
}

impl<'t> Parser<'t> {
    fn read(&mut self) {
        let mut statement = Statement::default();
        while let Some(sign) = self.signs.next() {
            match sign {
                Sign::Line => statement.ended = true,
                Sign::End(_) => self.close(&mut statement),
                Sign::Equal => {
                    statement.target = statement.last.filter(|word| word.text.starts_with('$'));
                }
                Sign::Comma => statement.list = true,
                Sign::Group => {
                    let waits = statement.command.as_ref().is_some_and(|command| self.waits(command));
                    if waits {
                        self.group();
                        self.value(&mut statement, None);
                    }
                }
                Sign::Table => {
                    let table = self.table();
                    self.keep(statement.target.take(), table);
                }
                Sign::Text(word) => self.value(&mut statement, Some(word)),
                Sign::Word(word) => self.word(&mut statement, word),
            }
        }
        self.close(&mut statement);
    }

    fn close(&mut self, statement: &mut Statement<'t>) {
        let done = core::mem::take(statement);
        if let Some(command) = done.command {
            if self.found.len() < COMMANDS && (!command.name.is_empty() || has_bare(&command, self.wanted)) {
                self.found.push(command);
            }
        }
    }

    /// Whether the last argument of a command is a parameter that takes a value and has none.
    fn waits(&self, command: &Command<'t>) -> bool {
        let last = command.arguments.last().filter(|argument| argument.value.is_none());
        last.and_then(|argument| argument.name).is_some_and(|name| among(self.wanted.switches, name.text).is_none())
    }

    fn word(&mut self, statement: &mut Statement<'t>, word: Word<'t>) {
        let name = word.text.rsplit('\\').next().unwrap_or(word.text);
        if let Some(name) = among(self.wanted.commands, name) {
            self.close(statement);
            let span = Span { at: word.at, len: word.text.len() };
            statement.command = Some(Command { name, arguments: Vec::new(), span });
            return;
        }
        // The prompt of a continued line.
        if !word.text.is_empty() && word.text.chars().all(|c| c == '>') {
            return;
        }
        let bare = word.text.strip_prefix(DASHES).filter(|bare| bare.starts_with(|c: char| c.is_ascii_alphabetic()));
        if let Some(bare) = bare {
            let name = word.behind(word.text.len().saturating_sub(bare.len()));
            return self.parameter(statement, word, name);
        }
        if let Some(table) = word.text.strip_prefix('@').filter(|table| !table.is_empty()) {
            return self.splat(statement, table);
        }
        self.value(statement, Some(word));
    }

    fn parameter(&mut self, statement: &mut Statement<'t>, word: Word<'t>, name: Word<'t>) {
        statement.ended = false;
        statement.list = false;
        let (text, value) = match name.text.split_once(':') {
            Some((text, value)) => (text, Some(name.behind(name.text.len().saturating_sub(value.len())))),
            None => (name.text, None),
        };
        if statement.command.is_none() && (statement.foreign || among(self.wanted.bare, text).is_none()) {
            return;
        }
        let start = Span { at: word.at, len: word.text.len() };
        let command = statement.command.get_or_insert_with(|| Command { name: "", arguments: Vec::new(), span: start });
        let value = value.filter(|value| !value.text.is_empty()).map(|value| resolved(&self.texts, value));
        push(command, Argument { name: Some(Word { text, ..name }), value }, word.at.saturating_add(word.text.len()));
    }

    fn value(&mut self, statement: &mut Statement<'t>, word: Option<Word<'t>>) {
        let waits = statement.command.as_ref().is_some_and(|command| self.waits(command));
        if statement.ended && !waits {
            self.close(statement);
        }
        statement.ended = false;
        statement.last = word;
        if core::mem::take(&mut statement.list) {
            return;
        }
        // A type in front of the value: `[ordered]@{`.
        let cast = word.is_some_and(|word| word.text.starts_with('['));
        if let (Some(target), Some(word), false) = (statement.target, word, cast) {
            self.assign(target, word);
            statement.target = None;
        }
        let Some(command) = &mut statement.command else {
            statement.foreign |= word.is_some_and(is_command);
            return;
        };
        let end = word.map_or(0, |word| word.at.saturating_add(word.text.len()));
        let word = word.map(|word| resolved(&self.texts, word));
        match command.arguments.last_mut().filter(|_| waits) {
            // A value that is computed is none here, and the parameter does not wait for another.
            Some(argument) => {
                argument.value = Some(word.unwrap_or(Word { text: "", at: command.span.at, lead: None }));
                grow(&mut command.span, end);
            }
            None => push(command, Argument { name: None, value: word }, end),
        }
    }

    fn assign(&mut self, target: Word<'t>, value: Word<'t>) {
        let name = target.text.trim_start_matches('$').to_ascii_lowercase();
        if let Some((table, _)) = name.split_once('.') {
            if let Some(table) = self.tables.get_mut(table) {
                let key = target.behind(table_len(target));
                push(&mut table.command, Argument { name: Some(key), value: Some(value) }, 0);
            }
        } else if self.texts.len() < VARIABLES {
            self.texts.insert(name, value);
        }
    }

    fn keep(&mut self, target: Option<Word<'t>>, command: Command<'t>) {
        let at = command.span.at;
        let name = target.map_or_else(|| alloc::format!("{at}"), |word| word.text.trim_start_matches('$').to_ascii_lowercase());
        if self.tables.len() < VARIABLES {
            self.tables.insert(name, Table { command, used: false });
        }
    }

    fn splat(&mut self, statement: &mut Statement<'t>, name: &str) {
        let Some(command) = &mut statement.command else { return };
        let Some(table) = self.tables.get_mut(&name.to_ascii_lowercase()) else { return };
        table.used = true;
        let room = ARGUMENTS.saturating_sub(command.arguments.len());
        for argument in table.command.arguments.iter().take(room) {
            push(command, *argument, 0);
        }
        // What the table says is what the command says: its octets are those that make the proposals.
        let only = command.arguments.len() == table.command.arguments.len();
        if only {
            command.span = table.command.span;
        }
    }

    /// Reads a table from behind its `@{`.
    fn table(&mut self) -> Command<'t> {
        let start = self.signs.rest.at.saturating_sub(2);
        let mut command = Command { name: "", arguments: Vec::new(), span: Span { at: start, len: 2 } };
        let (mut key, mut filled, mut depth) = (None, false, 0_usize);
        for sign in self.signs.by_ref() {
            match sign {
                // Braces and parentheses of a value.
                Sign::Table | Sign::Group => depth = depth.saturating_add(1),
                Sign::End('{') => depth = depth.saturating_add(1),
                Sign::End('}' | ')') if depth > 0 => depth = depth.saturating_sub(1),
                Sign::End('}') => break,
                Sign::End(_) | Sign::Line if depth == 0 => (key, filled) = (None, false),
                Sign::Equal if depth == 0 => filled = key.is_some(),
                Sign::Word(word) | Sign::Text(word) if depth == 0 => match key {
                    Some(name) if filled => {
                        let value = Some(resolved(&self.texts, word));
                        push(&mut command, Argument { name: Some(name), value }, 0);
                        (key, filled) = (None, false);
                    }
                    _ => key = Some(word),
                },
                Sign::Line | Sign::End(_) | Sign::Equal | Sign::Comma | Sign::Word(_) | Sign::Text(_) => {}
            }
        }
        grow(&mut command.span, self.signs.rest.at);
        command
    }

    /// Leaves out a group in parentheses, from behind its `(`.
    fn group(&mut self) {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.signs.next() {
                Some(Sign::Group | Sign::Table | Sign::End('{')) => depth = depth.saturating_add(1),
                Some(Sign::End(')' | '}')) => depth = depth.saturating_sub(1),
                Some(_) => {}
                None => return,
            }
        }
    }
}

/// Whether a word is `Verb-Noun`.
fn is_command(word: Word<'_>) -> bool {
    let letters = |part: &str| part.len() > 1 && part.bytes().all(|octet| octet.is_ascii_alphanumeric());
    word.text.split_once('-').is_some_and(|(verb, noun)| letters(verb) && letters(noun))
}

fn table_len(target: Word<'_>) -> usize {
    target.text.find('.').map_or(0, |dot| dot.saturating_add(1))
}

fn resolved<'t>(texts: &BTreeMap<String, Word<'t>>, word: Word<'t>) -> Word<'t> {
    let variable = word.text.strip_prefix('$').map(str::to_ascii_lowercase);
    variable.and_then(|name| texts.get(&name).copied()).unwrap_or(word)
}

fn push<'t>(command: &mut Command<'t>, argument: Argument<'t>, end: usize) {
    if command.arguments.len() < ARGUMENTS {
        command.arguments.push(argument);
    }
    grow(&mut command.span, end);
}

fn grow(span: &mut Span, end: usize) {
    span.len = span.len.max(end.saturating_sub(span.at));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, clippy::string_slice, reason = "a test fails by panicking")]

    use super::{Wanted, commands};
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    const WANTED: Wanted = Wanted { commands: &["Set-It"], switches: &["Force"], bare: &["A", "B"] };

    fn read(text: &str) -> Vec<String> {
        fn part<'t>(text: &'t str, word: Option<super::Word<'t>>) -> &'t str {
            let word = word.unwrap_or(super::Word::whole(""));
            assert!(text.get(word.at..).is_some_and(|tail| tail.starts_with(word.text)), "{word:?}");
            word.text
        }
        let one = |command: super::Command<'_>| {
            let all: Vec<String> = command.arguments.iter().map(|a| format!("{}={}", part(text, a.name), part(text, a.value))).collect();
            format!("{}({})", command.name, all.join(","))
        };
        commands(text, WANTED).into_iter().map(one).collect()
    }

    #[test]
    fn every_way_to_write_a_command() {
        for text in [
            "Set-It -A 1 -B 'x y' -Force",
            "PS C:\\> set-it -A 1 `\r\n>> -B \"x y\" `  \n-Force | Out-Null",
            "$r = Mod\\Set-It –A:1 —B ‘x y’ -Force; Get-It -A 2",
            "don't\nSet-It\n  -A 1 # no\n  <# -A 3 #> -B “x y”\n -Force\nand don't",
            "$p = @{ A=1; B='x y'; Force=''}; Set-It @p",
            "$p = [ordered]@{\n A = '1' # one\n B =\"x y\"; \n Force= ''\n}\nSet-It @P",
            "$a = 1\n$p = @{A=$a}\n$p.B = 'x y'; Set-It @p -Force:",
            "function f { if ($x) { Set-It -A 1 -B 'x y' -Force } }",
        ] {
            assert_eq!(read(text), ["Set-It(A=1,B=x y,Force=)"], "{text}");
        }
        assert_eq!(read("Set-It x,y -C (Get-It -A 2) z\nGet-It"), ["Set-It(=x,C=,=z)"]);
        assert_eq!(read("-B 2 -C 3"), ["(B=2,C=3)"]);
        assert_eq!(read("@{ B = 2; n = @{ A = 1 }; }"), ["(B=2)"]);
        assert_eq!(read("$h = @'\nSet-It -A 1\n'@\nSet-It -A 2"), ["Set-It(A=2)"]);
        assert_eq!(read("nothing - of = @{ x } the kind"), Vec::<String>::new());
    }

    #[test]
    fn what_is_hostile_ends_soon() {
        for text in ["Set-It -A ", "@{", "@{A=@(", "'", "\"", "`", "<#", "(", "$a=@{A=1}\nSet-It @a\n", "-A ", "@'\n", "$a = 1\n$a.A = 2\n"]
        {
            let _ = commands(&text.repeat(40_000), WANTED);
        }
    }
}
