//! OpenIKED: iked.conf.
//!
//! By iked.conf(5) and iked/parse.y of OpenIKED 7.2 and 7.4. A policy is a statement `ikev2 ..`, which goes on where a line ends in
//! `\`. Each `ikesa` and each `childsa` of it is a proposal, in which a kind of algorithm named several times offers several; of a kind
//! not named, the default list of iked is offered. Where there is no `ikesa` or no `childsa` at all, the default proposals are.
//!
//! As in iked, the name of an algorithm may be cut short: the first that begins so is meant.

mod lexer;
mod names;
mod policy;
mod proposals;
mod write;

pub(super) use write::emit;

use self::names::FLAGS;
use self::policy::Policies;
use super::likeness::{Certainty, Likeness};
use super::lines::lines;
use super::settings::{Settings, Written};
use super::words::Word;
use super::{Hint, NotationError, Unwritable};

/// Words that stand behind `ikesa` and `childsa`.
const KINDS: &[&str] = &["enc", "auth", "prf", "group", "esn", "noesn"];

fn of_iked(line: Word<'_>) -> bool {
    let mut words = line.text.split_ascii_whitespace().peekable();
    if words.peek() == Some(&"ikev2") {
        words.next();
        let flag = |word: Option<&&str>| word.is_some_and(|word| FLAGS.contains(word));
        let mut after = words.clone();
        after.next();
        // A name may stand in between.
        if words.peek().is_some_and(|word| word.starts_with(['"', '\''])) || flag(words.peek()) || flag(after.peek()) {
            return true;
        }
    }
    while let Some(word) = words.next() {
        if matches!(word, "ikesa" | "childsa") && words.peek().is_some_and(|word| KINDS.contains(word) || word.starts_with('$')) {
            return true;
        }
    }
    false
}

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    lines(text).any(of_iked).then(|| Likeness::whole(text, Certainty::Certain))
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    Policies::read(text)?.settings()
}

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    write::write(settings)
}
