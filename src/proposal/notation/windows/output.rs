//! What `Get-VpnConnection`, `Get-VpnServerConfiguration` and `Get-VpnServerIPsecConfiguration` print, as a list or as a table, and
//! the `cryptographySuite` of Microsoft Graph.

use super::super::NotationError;
use super::super::pairs::{Pair, Record, records};
use super::super::words::Word;
use super::Parameter;
use super::given::{Form, Given, Key, property};
use alloc::vec::Vec;

/// Columns of a table, and rows of all tables, that are kept.
const CELLS: usize = 64;

/// What each record gives.
pub(super) fn read(text: &str) -> Result<Vec<Given<'_>>, NotationError> {
    let mut all = records(text, |name| property(name).is_some());
    all.extend(tables(text));
    all.sort_by_key(|record| record.span().at);
    let mut given = Vec::new();
    for record in &all {
        let one = one(record)?;
        if one.says_something() {
            given.push(one);
        }
    }
    Ok(given)
}

fn one<'t>(record: &Record<'t>) -> Result<Given<'t>, NotationError> {
    let mut given = Given::new(Form::Shown, record.span());
    for pair in &record.pairs {
        let Some(key) = property(pair.name.text) else { continue };
        let value = if let Key::Policy(parameter) = key { named(parameter, pair.value) } else { pair.value };
        given.set(key, pair.name, value)?;
    }
    Ok(given)
}

/// The value under the name that the commands have for it: Microsoft Graph and Intune write `aes256Gcm`, `sha2_256`, `sha_256_128`.
fn named(parameter: Parameter, value: Word<'_>) -> Word<'_> {
    let known = parameter.values().any(|known| known.eq_ignore_ascii_case(value.text));
    let other = if known { None } else { parameter.same(value.text) };
    other.map_or(value, |text| Word { text, ..value })
}

/// Rows below a line of names and a line of dashes.
fn tables(text: &str) -> Vec<Record<'_>> {
    let mut all = Vec::new();
    let mut start = 0_usize;
    let mut heads: Vec<Word<'_>> = Vec::new();
    let mut columns: Vec<(Word<'_>, Option<usize>)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let line = Word { text: line, at: start, lead: None };
        start = start.saturating_add(line.text.len());
        let words: Vec<Word<'_>> = line.split(&[' ', '\t']).filter(|word| !word.text.is_empty()).collect();
        let dashes = !words.is_empty() && words.iter().all(|word| word.text.bytes().all(|octet| octet == b'-'));
        if dashes {
            columns = limits(&heads);
        } else if words.is_empty() {
            columns = Vec::new();
        } else if !columns.is_empty() && all.len() < CELLS {
            let record = row(line, &columns);
            if !record.pairs.is_empty() {
                all.push(record);
            }
        }
        heads =
            if words.iter().any(|word| property(word.text).is_some_and(|key| matches!(key, Key::Policy(_)))) { words } else { Vec::new() };
        heads.truncate(CELLS);
        for head in &mut heads {
            // Where the column starts in its line.
            head.lead = None;
            head.at = head.at.saturating_sub(line.at);
        }
    }
    all
}

/// Each name, and where the next column starts.
fn limits<'t>(heads: &[Word<'t>]) -> Vec<(Word<'t>, Option<usize>)> {
    let ends = heads.iter().skip(1).map(|next| Some(next.at)).chain([None]);
    heads.iter().copied().zip(ends).collect()
}

fn row<'t>(line: Word<'t>, columns: &[(Word<'t>, Option<usize>)]) -> Record<'t> {
    let pairs = columns.iter().filter_map(|(name, end)| {
        let cell = line.text.get(name.at..end.unwrap_or(line.text.len()).min(line.text.len()))?;
        let value = Word { text: cell, at: line.at.saturating_add(name.at), lead: None }.trim();
        property(name.text).filter(|_| !value.text.is_empty())?;
        Some(Pair { name: Word { text: name.text, at: value.at, lead: None }, value })
    });
    Record { pairs: pairs.collect() }
}
