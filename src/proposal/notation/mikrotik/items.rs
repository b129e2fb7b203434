//! The items of `/ip ipsec` menus: lines of `export` and of the command line, and the output of `print`.

use crate::proposal::notation::lines::{raw, tokens, unquoted, without_prompt};
use crate::proposal::notation::span::Span;
use crate::proposal::notation::words::Word;
use alloc::vec::Vec;

/// The menus that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Menu {
    Profile,
    Proposal,
    Peer,
    Policy,
    Identity,
}

/// An item: its values by key.
#[derive(Clone, Debug)]
pub(super) struct Item<'a> {
    pub(super) menu: Menu,
    pub(super) span: Span,
    pub(super) values: Vec<(Word<'a>, Word<'a>)>,
    /// Whether it is the item that RouterOS comes with: `set [ find default=yes ]`, or with a star in `print`.
    pub(super) is_default: bool,
}

/// Keys of an item that count.
const MOST: usize = 64;

impl<'a> Item<'a> {
    pub(super) fn get(&self, key: &str) -> Option<Word<'a>> {
        self.values.iter().rev().find(|(name, _)| name.text.eq_ignore_ascii_case(key)).map(|(_, value)| *value)
    }

    /// The name; that of the item RouterOS comes with is `default`.
    pub(super) fn name(&self) -> Option<&'a str> {
        self.get("name").map(|word| word.text).or_else(|| self.is_default.then_some("default"))
    }
}

/// Lines with those that a backslash joins to them.
fn joined(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut lines = raw(text);
    core::iter::from_fn(move || {
        let first = lines.next()?;
        let mut whole = first;
        while whole.text.ends_with('\\') {
            let Some(next) = lines.next() else { break };
            let end = next.at.saturating_add(next.text.len()).saturating_sub(first.at);
            whole = Word { text: text.get(first.at..first.at.saturating_add(end)).unwrap_or(whole.text), ..first };
        }
        Some(whole)
    })
}

/// Of the words of a menu path, with spaces or slashes between them.
fn menu<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Option<Menu>> {
    let is = |word: Option<&str>, name: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(name));
    if !(is(words.next(), "ip") && is(words.next(), "ipsec")) {
        return None;
    }
    Some(of_name(words.next().unwrap_or("")))
}

fn of_name(name: &str) -> Option<Menu> {
    Some(match name.to_ascii_lowercase().as_str() {
        "profile" | "peer-profile" => Menu::Profile,
        "proposal" => Menu::Proposal,
        "peer" => Menu::Peer,
        "policy" => Menu::Policy,
        "identity" => Menu::Identity,
        _ => return None,
    })
}

/// The menu a line opens, and what stands behind its path: `/ip ipsec profile add ..`, `/ip/ipsec/profile/add ..`.
fn opened(line: Word<'_>) -> Option<(Option<Menu>, Word<'_>)> {
    let path = line.behind(line.text.strip_prefix('/').map_or(0, |_| 1));
    let absolute = path.at > line.at;
    let end = path.text.find(['=', '"', '[']).unwrap_or(path.text.len());
    let names = || path.text.get(..end).unwrap_or("").split([' ', '/', '\t']).filter(|word| !word.is_empty());
    let found = menu(&mut names()).filter(|_| absolute || path.text.starts_with("ip "));
    let Some(found) = found else { return absolute.then_some((None, path.behind(path.text.len()))) };
    // What stands behind the third name.
    let mut rest = path;
    for _ in 0..3 {
        let start = rest.text.find(|c: char| !matches!(c, ' ' | '/' | '\t')).unwrap_or(rest.text.len());
        rest = rest.behind(start);
        rest = rest.behind(rest.text.find([' ', '/', '\t']).unwrap_or(rest.text.len()));
    }
    let start = rest.text.find(|c: char| !matches!(c, ' ' | '/' | '\t')).unwrap_or(rest.text.len());
    Some((found, rest.behind(start)))
}

/// Whether a line opens a menu below `/ip ipsec`.
pub(super) fn is_menu(line: Word<'_>) -> bool {
    opened(line).is_some_and(|(found, _)| found.is_some())
}

/// The menu that a prompt of the command line says: `[admin@MikroTik] /ip ipsec profile> add ..`.
fn of_prompt(line: Word<'_>) -> Option<Menu> {
    let inside = line.text.strip_prefix('[')?.split_once(']')?.1.split_once('>')?.0;
    menu(&mut inside.split([' ', '/']).filter(|word| !word.is_empty())).flatten()
}

/// The items of a text, in its order.
pub(super) fn items(text: &str) -> Vec<Item<'_>> {
    let mut all: Vec<Item<'_>> = Vec::new();
    let mut menu = None;
    // An item of `print`, which goes on over the next lines.
    let mut printed = false;
    for line in joined(text) {
        if line.text.starts_with('#') {
            continue;
        }
        if let Some(found) = of_prompt(line) {
            menu = Some(found);
        }
        let mut command = without_prompt(line);
        if let Some((found, rest)) = opened(command) {
            (menu, command, printed) = (found, rest, false);
        }
        let Some(menu) = menu else { continue };
        let mut words = tokens(command);
        let Some(verb) = words.next() else { continue };
        let starts = match verb.text.to_ascii_lowercase().as_str() {
            "add" | "set" => true,
            "print" | "export" | "flags:" | "remove" | "columns:" => {
                printed = verb.text.eq_ignore_ascii_case("print") || printed;
                continue;
            }
            digits if digits.bytes().all(|c| c.is_ascii_digit()) => {
                printed = true;
                true
            }
            _ if printed && all.last().is_some_and(|item| item.menu == menu) && verb.text.contains('=') => false,
            _ => continue,
        };
        if starts {
            all.push(Item { menu, span: command.span(), values: Vec::new(), is_default: false });
        }
        if let Some(item) = all.last_mut() {
            item.span = item.span.cover(command.span());
            values(item, if starts { words.rest() } else { command });
        }
    }
    all
}

fn values<'a>(item: &mut Item<'a>, words: Word<'a>) {
    let mut in_brackets = false;
    for word in continued(words) {
        if word.text.starts_with('[') {
            in_brackets = true;
        }
        if in_brackets || word.lead.is_some() {
            item.is_default |= in_brackets && word.text.trim_end_matches(']') == "default=yes";
            if let Some((_, name)) = word.text.split_once("name=").filter(|_| in_brackets) {
                // `set [ find name=hq ] ..`: the item with that name.
                let at = word.text.len().saturating_sub(name.len());
                let value = Word { text: name.trim_end_matches(']'), ..word.behind(at) };
                item.values.push((Word { text: "name", ..word }, unquoted(value)));
            }
            in_brackets &= !word.text.ends_with(']');
        } else if let Some((key, value)) = word.text.split_once('=') {
            let at = word.text.len().saturating_sub(value.len());
            if item.values.len() < MOST {
                item.values.push((Word { text: key, ..word }, unquoted(Word { text: value, ..word.behind(at) })));
            }
        } else if word.text == "*" || word.text == "default" {
            item.is_default = true;
        }
    }
}

/// The words of joined lines: a backslash at the end of a line that has no space in front of it stands within a word.
fn continued(line: Word<'_>) -> impl Iterator<Item = Word<'_>> {
    let mut words = tokens(line);
    core::iter::from_fn(move || {
        let first = words.find(|word| word.text != "\\")?;
        let mut whole = first;
        while whole.text.ends_with('\\') {
            let Some(next) = words.next() else { break };
            let start = first.at.saturating_sub(line.at);
            let end = next.at.saturating_add(next.text.len()).saturating_sub(line.at);
            whole = Word { text: line.text.get(start..end).unwrap_or(whole.text), ..first };
        }
        Some(whole)
    })
}
