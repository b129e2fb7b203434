//! FortiGate: `config vpn ipsec` blocks, lone `set` lines, and the output of `diagnose debug application ike -1`.
//!
//! The words are those of the FortiOS CLI reference, `vpn ipsec phase1-interface` and `phase2-interface` (also `phase1` and
//! `phase2`). Each word of `set proposal` is a proposal of its own, with all groups of `set dhgrp`. Where a line is not there FortiOS
//! has `dhgrp 14 5`, `pfs enable`, and the proposals of its default. The debug output lists what the peer offers (`incoming
//! proposal`) and what is configured (`my proposal`).

mod config;
mod debug;
mod names;
mod phases;
#[cfg(test)]
mod tests;
mod write;

use super::detect::{Confidence, Likeness};
use super::lines::{likeness, tokens};
use super::settings::{Settings, Written};
use super::words::Word;
use super::{Hint, Notation, NotationError, Unwritable};
use names::PROPOSALS;

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    likeness(text, sign)
}

fn sign(line: Word<'_>) -> Option<Confidence> {
    let words = tokens(line);
    if let Some(mut rest) = words.behind(&["config", "vpn", "ipsec"]) {
        let phase = rest.next().is_some_and(|word| word.text.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("phase")));
        return phase.then_some(Confidence::Certain);
    }
    if let Some(rest) = words.behind(&["set", "proposal"]) {
        let known = rest.take(16).any(|word| PROPOSALS.find(word.text).is_some());
        return Some(if known { Confidence::Certain } else { Confidence::Possible });
    }
    if let Some(mut rest) = words.behind(&["set", "dhgrp"]) {
        return rest.next().is_some_and(|word| word.text.parse::<u16>().is_ok()).then_some(Confidence::Certain);
    }
    if words.behind(&["set", "phase1name"]).is_some() || words.behind(&["set", "keylifeseconds"]).is_some() {
        return Some(Confidence::Likely);
    }
    (debug::is_debug(line) || line.text.contains("config vpn ipsec phase")).then_some(Confidence::Certain)
}

pub(super) fn read(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    let mut settings = Settings::new(Notation::FortiGate);
    let entries = config::entries(text);
    if entries.is_empty() {
        debug::read(text, &mut settings)?;
    } else {
        phases::read(&entries, hint, &mut settings)?;
    }
    Ok(settings)
}

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    write::write(settings)
}
