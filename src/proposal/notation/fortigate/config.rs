//! `config vpn ipsec` blocks: commands sorted into the entries that `edit` begins.

use super::names::{PROPOSALS, Phase};
use crate::proposal::notation::lines::{lines, tokens};
use crate::proposal::notation::span::{Span, extend};
use crate::proposal::notation::words::Word;
use alloc::vec::Vec;

/// One entry of phase 1 or of phase 2.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry<'a> {
    /// `None` as long as nothing says.
    pub(super) phase: Option<Phase>,
    /// Whether the text has the `edit` line.
    pub(super) is_whole: bool,
    pub(super) name: Option<Word<'a>>,
    pub(super) span: Option<Span>,
    pub(super) proposal: Vec<Word<'a>>,
    pub(super) groups: Vec<Word<'a>>,
    /// `set addke1` to `set addke7`: the number, and the value.
    pub(super) additional: Vec<(u8, Word<'a>)>,
    /// Every other `set` that counts here, the last of a name first.
    values: Vec<(Word<'a>, Word<'a>)>,
}

/// The settings beside proposal and groups that are kept.
const KEPT: [&str; 15] = [
    "pfs",
    "phase1name",
    "ike-version",
    "keylife",
    "keylifeseconds",
    "keylifekbs",
    "keylife-type",
    "fragmentation",
    "esn",
    "peerid",
    "localid",
    "peertype",
    "remote-gw",
    "status",
    "interface",
];
/// Those that only an entry of phase 1 has.
const OF_PHASE_1: [&str; 8] = ["interface", "ike-version", "remote-gw", "psksecret", "peertype", "keylife", "authmethod", "net-device"];
/// Those that only an entry of phase 2 has.
const OF_PHASE_2: [&str; 8] =
    ["phase1name", "pfs", "keylifeseconds", "keylifekbs", "keylife-type", "src-subnet", "dst-subnet", "auto-negotiate"];
/// As many entries of an entry count: those of a real one are fewer.
const MOST: usize = 64;

impl<'a> Entry<'a> {
    pub(super) fn get(&self, name: &str) -> Option<Word<'a>> {
        self.values.iter().rev().find(|(key, _)| key.text.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    pub(super) fn is_phase(&self, phase: Phase) -> bool {
        self.phase == Some(phase)
    }

    fn touch(&mut self, word: Word<'a>) {
        extend(&mut self.span, word.span());
    }

    fn set(&mut self, words: &[Word<'a>]) {
        let Some((key, values)) = words.split_first() else { return };
        let is = |names: &[&str]| names.iter().any(|name| key.text.eq_ignore_ascii_case(name));
        if self.phase.is_none() {
            self.phase = if is(&OF_PHASE_1) {
                Some(Phase::One)
            } else if is(&OF_PHASE_2) {
                Some(Phase::Two)
            } else {
                None
            };
        }
        if is(&["proposal"]) {
            self.proposal = values.to_vec();
        } else if is(&["dhgrp"]) {
            self.groups = values.to_vec();
        } else if let Some(number) = additional(*key) {
            self.additional.retain(|(other, _)| *other != number);
            self.additional.extend(values.iter().map(|value| (number, *value)));
        } else if is(&KEPT) && self.values.len() < MOST {
            self.values.extend(values.first().map(|value| (*key, *value)));
        }
    }

    fn append(&mut self, words: &[Word<'a>]) {
        let Some((key, values)) = words.split_first() else { return };
        match key.text.to_ascii_lowercase().as_str() {
            "proposal" => self.proposal.extend(values),
            "dhgrp" => self.groups.extend(values),
            _ => {}
        }
    }

    fn unset(&mut self, words: &[Word<'a>]) {
        let Some(key) = words.first() else { return };
        let is = |name: &str| key.text.eq_ignore_ascii_case(name);
        if is("proposal") {
            self.proposal.clear();
        } else if is("dhgrp") {
            self.groups.clear();
        } else if let Some(number) = additional(*key) {
            self.additional.retain(|(other, _)| *other != number);
        } else {
            self.values.retain(|(old, _)| !old.text.eq_ignore_ascii_case(key.text));
        }
    }
}

fn additional(key: Word<'_>) -> Option<u8> {
    let number: u8 = key.text.strip_prefix("addke")?.parse().ok()?;
    (1..=7).contains(&number).then_some(number)
}

/// Words of a command that count.
const LONGEST: usize = 512;

/// The entries of a text, in its order.
pub(super) fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut reader = Reader::default();
    let mut command: Vec<Word<'_>> = Vec::new();
    for line in lines(text) {
        for word in tokens(line) {
            // A page that lost its line ends has several commands on a line, and a title in front of them.
            let begins = if command.is_empty() { is_verb(word) } else { is_verb(word) && !is_title(&command) || is_word(word, "config") };
            if begins {
                reader.command(&command);
                command.clear();
            }
            if command.len() < LONGEST {
                command.push(word);
            }
        }
        reader.command(&command);
        command.clear();
    }
    reader.close();
    reader.done
}

fn is_word(word: Word<'_>, name: &str) -> bool {
    word.lead.is_none() && word.text.eq_ignore_ascii_case(name)
}

fn is_verb(word: Word<'_>) -> bool {
    ["config", "edit", "set", "unset", "append", "next", "end"].iter().any(|verb| is_word(word, verb))
}

/// Words that are no command.
fn is_title(words: &[Word<'_>]) -> bool {
    words.first().is_none_or(|first| !is_verb(*first))
}

#[derive(Default)]
struct Reader<'a> {
    done: Vec<Entry<'a>>,
    entry: Entry<'a>,
    /// Of the `config vpn ipsec` that is open.
    phase: Option<Phase>,
    /// Inside `config` of something else.
    elsewhere: bool,
    /// `config` blocks within an entry.
    inner: usize,
}

impl<'a> Reader<'a> {
    fn command(&mut self, words: &[Word<'a>]) {
        let Some((verb, rest)) = words.split_first() else { return };
        if verb.lead.is_some() {
            return;
        }
        match verb.text.to_ascii_lowercase().as_str() {
            "config" => self.config(rest),
            "end" if self.inner > 0 => self.inner = self.inner.saturating_sub(1),
            "end" => {
                self.close();
                (self.phase, self.elsewhere) = (None, false);
            }
            _ if self.elsewhere || self.inner > 0 => {}
            "next" => self.close(),
            "edit" => {
                self.close();
                self.entry = Entry { phase: self.phase, is_whole: true, name: rest.first().copied(), ..Entry::default() };
                self.touch(words);
            }
            "set" => self.set(words, rest),
            "append" => {
                self.touch(words);
                self.entry.append(rest);
            }
            "unset" => {
                self.touch(words);
                self.entry.unset(rest);
            }
            _ => {}
        }
    }

    fn config(&mut self, words: &[Word<'a>]) {
        let is = |at: usize, name: &str| words.get(at).is_some_and(|word| word.text.eq_ignore_ascii_case(name));
        if self.entry.is_whole && self.entry.name.is_some() && !is(0, "vpn") && !is(0, "system") && !is(0, "firewall") {
            self.inner = self.inner.saturating_add(1);
            return;
        }
        self.close();
        self.inner = 0;
        let ours = is(0, "vpn") && is(1, "ipsec");
        self.phase = match () {
            () if ours && (is(2, "phase1-interface") || is(2, "phase1")) => Some(Phase::One),
            () if ours && (is(2, "phase2-interface") || is(2, "phase2")) => Some(Phase::Two),
            () => None,
        };
        self.elsewhere = self.phase.is_none();
    }

    fn set(&mut self, words: &[Word<'a>], rest: &[Word<'a>]) {
        let is_proposal = rest.first().is_some_and(|key| key.text.eq_ignore_ascii_case("proposal"));
        if is_proposal && !self.entry.is_whole {
            // Lines without `edit`: a second proposal is that of the other phase. Prose may begin with `set proposal` too.
            if !rest.get(1).is_some_and(|word| PROPOSALS.find(word.text).is_some() || word.text.contains(|c: char| c.is_ascii_digit())) {
                return;
            }
            if !self.entry.proposal.is_empty() {
                self.close();
            }
        }
        if !self.entry.is_whole && is_other_phase(self.entry.phase, rest.first()) && !self.entry.proposal.is_empty() {
            self.close();
        }
        if !rest.is_empty() {
            self.touch(words);
        }
        self.entry.set(rest);
    }

    fn touch(&mut self, words: &[Word<'a>]) {
        words.first().into_iter().chain(words.last()).for_each(|word| self.entry.touch(*word));
    }

    fn close(&mut self) {
        let entry = core::mem::take(&mut self.entry);
        if entry.is_whole && entry.phase.is_some() || !entry.proposal.is_empty() || !entry.groups.is_empty() || entry.get("pfs").is_some() {
            self.done.push(entry);
        }
    }
}

/// Whether a setting begins the entry of phase 2 behind lines of phase 1.
fn is_other_phase(phase: Option<Phase>, key: Option<&Word<'_>>) -> bool {
    phase != Some(Phase::Two) && key.is_some_and(|key| key.text.eq_ignore_ascii_case("phase1name"))
}
