//! A written text as statements: parameters of a command, lines or elements, each with a key and a value.

use super::Notation;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// What is set: `-DHGroup`, `set dhgrp`, `ike=`.
    pub(super) key: String,
    /// What it is set to.
    pub(super) value: String,
    form: Form,
}

/// What a statement looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A parameter of a command: `-DHGroup Group14`.
    Parameter,
    /// A line: `set dhgrp 14`, `ike=aes256-sha2;dh14`.
    Line,
    /// An element: `<DHGroup>Group14</DHGroup>`.
    Element,
}

impl Statement {
    /// The statement as it was written.
    pub(super) fn text(&self) -> String {
        if self.form == Form::Element {
            return ["<", &self.key, ">", &self.value, "</", &self.key, ">"].concat();
        }
        let between = if self.key.ends_with('=') || self.value.is_empty() { "" } else { " " };
        [self.key.as_str(), between, &self.value].concat()
    }

    /// The statement as a text has such: an element where the text is XML.
    pub(super) fn in_the_style_of(&self, text: &str) -> String {
        match self.key.strip_prefix('-') {
            Some(name) if self.form == Form::Parameter && text.contains(&["<", name, ">"].concat()) => {
                ["<", name, ">", &self.value, "</", name, ">"].concat()
            }
            Some(name) if self.form == Form::Parameter && text.contains(&["&lt;", name, "&gt;"].concat()) => {
                ["&lt;", name, "&gt;", &self.value, "&lt;/", name, "&gt;"].concat()
            }
            _ => self.text(),
        }
    }
}

/// The statements of a text that a writer has written.
pub(super) fn of(notation: Notation, text: &str) -> Vec<Statement> {
    if matches!(notation, Notation::Windows | Notation::Azure) && !text.contains('<') {
        return parameters(text);
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(line).collect()
}

fn line(text: &str) -> Statement {
    if let Some(element) = element(text) {
        return element;
    }
    let (key, value) = if let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.contains(' ')) {
        ([key, "="].concat(), value.trim().to_string())
    } else {
        // `set dhgrp 14`, ` encryption aes-cbc-256`: a word of command in front of the key is part of it.
        let words: usize = if text.starts_with("set ") { 2 } else { 1 };
        let cut = text.match_indices(' ').nth(words.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
        let (key, value) = text.split_at_checked(cut).unwrap_or((text, ""));
        (key.to_string(), value.trim().to_string())
    };
    Statement { key, value, form: Form::Line }
}

fn element(text: &str) -> Option<Statement> {
    let (key, rest) = text.strip_prefix('<')?.split_once('>')?;
    let value = rest.strip_suffix('>')?.strip_suffix(key)?.strip_suffix("</")?;
    Some(Statement { key: key.to_string(), value: value.to_string(), form: Form::Element })
}

fn parameters(text: &str) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    for word in text.split_whitespace().filter(|word| *word != "`" && *word != "\\") {
        if word.starts_with('-') {
            found.push(Statement { key: word.to_string(), value: String::new(), form: Form::Parameter });
        } else if let Some(last) = found.last_mut() {
            if !last.value.is_empty() {
                last.value.push(' ');
            }
            last.value.push_str(word);
        }
    }
    found
}

/// What is left of two lists of statements without what they begin and end with alike: the old ones, and the new ones.
pub(super) fn differing<'s>(old: &'s [Statement], new: &'s [Statement]) -> (&'s [Statement], &'s [Statement]) {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (old.get(head..).unwrap_or(&[]), new.get(head..).unwrap_or(&[]));
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let without = |list: &'s [Statement]| list.get(..list.len().saturating_sub(tail)).unwrap_or(&[]);
    (without(old), without(new))
}

/// How far behind its key a value may stand, in octets.
const NEAR: usize = 96;

/// A text in which `before` is exchanged for `after`; `None` when it does not hold `before` exactly once.
pub(super) fn exchange(text: &str, before: &Statement, after: &Statement) -> Option<String> {
    let key = before.key.trim_start_matches('-').trim_end_matches('=');
    let (lower, key, old) = (text.to_ascii_lowercase(), key.to_ascii_lowercase(), before.value.to_ascii_lowercase());
    let mut places = lower.match_indices(&key).filter_map(|(at, _)| {
        let from = at.checked_add(key.len())?;
        let behind = lower.get(from..)?;
        let end = (NEAR..).find(|end| behind.is_char_boundary(*end) || *end > behind.len())?.min(behind.len());
        let value = behind.get(..end)?.find(&old).filter(|_| !old.is_empty())?;
        let between = behind.get(..value)?;
        // Nothing but signs, blanks and quotes stands between a key and its value.
        between.chars().all(|c| !c.is_alphanumeric()).then_some(from.checked_add(value)?)
    });
    let at = places.next()?;
    if places.next().is_some() {
        return None;
    }
    let end = at.checked_add(before.value.len())?;
    Some([text.get(..at)?, &after.value, text.get(end..)?].concat())
}
