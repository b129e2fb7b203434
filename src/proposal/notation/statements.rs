//! A written text as statements: parameters of a command, or lines, each with a key and a value.

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
    /// Whether it is a parameter of a command.
    parameter: bool,
}

impl Statement {
    /// The statement as it was written.
    pub(super) fn text(&self) -> String {
        let between = if self.key.ends_with('=') || self.value.is_empty() { "" } else { " " };
        [self.key.as_str(), between, &self.value].concat()
    }

    /// The statement as a text has such: an element where the text is XML.
    pub(super) fn in_the_style_of(&self, text: &str) -> String {
        match self.key.strip_prefix('-') {
            Some(name) if self.parameter && text.contains(&["<", name, ">"].concat()) => {
                ["<", name, ">", &self.value, "</", name, ">"].concat()
            }
            Some(name) if self.parameter && text.contains(&["&lt;", name, "&gt;"].concat()) => {
                ["&lt;", name, "&gt;", &self.value, "&lt;/", name, "&gt;"].concat()
            }
            _ => self.text(),
        }
    }
}

/// The statements of a text that a writer has written.
pub(super) fn of(notation: Notation, text: &str) -> Vec<Statement> {
    if matches!(notation, Notation::Windows | Notation::Azure) {
        return parameters(text);
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(line).collect()
}

fn line(text: &str) -> Statement {
    let (key, value) = if let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.contains(' ')) {
        ([key, "="].concat(), value.trim().to_string())
    } else {
        // `set dhgrp 14`, ` encryption aes-cbc-256`: a word of command in front of the key is part of it.
        let words: usize = if text.starts_with("set ") { 2 } else { 1 };
        let cut = text.match_indices(' ').nth(words.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
        let (key, value) = text.split_at_checked(cut).unwrap_or((text, ""));
        (key.to_string(), value.trim().to_string())
    };
    Statement { key, value, parameter: false }
}

fn parameters(text: &str) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    for word in text.split_whitespace().filter(|word| *word != "`" && *word != "\\") {
        if word.starts_with('-') {
            found.push(Statement { key: word.to_string(), value: String::new(), parameter: true });
        } else if let Some(last) = found.last_mut() {
            if !last.value.is_empty() {
                last.value.push(' ');
            }
            last.value.push_str(word);
        }
    }
    found
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
