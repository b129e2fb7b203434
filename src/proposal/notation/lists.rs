//! Proposals out of lists: one list of names for each transform type, as the cloud services have them.
//!
//! How a service makes proposals of its lists is not documented. Ciphers that authenticate by themselves and others cannot stand
//! in one proposal (RFC 7296 section 3.3.2), so that there is one proposal for each kind, the kind of the first cipher first.

use super::names::Names;
use super::settings::{Settings, Stated};
use super::span::Span;
use super::strongswan::prf_of;
use super::words::Word;
use super::{Expected, NotationError, NotationErrorKind, proposal};
use crate::registry::{Integ, KeMethod, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Letters and digits of a name, in lower case: `Phase1DHGroupNumbers`, `phase1_dh_group_numbers` and `Phase 1 DH group numbers`
/// are one name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain {
    octets: [u8; Self::LONGEST],
    len: usize,
}

impl Plain {
    const LONGEST: usize = 64;

    /// Longer names than any known here are cut.
    pub(super) fn of(name: &str) -> Self {
        let mut plain = Self { octets: [0; Self::LONGEST], len: 0 };
        let kept = name.bytes().take(Self::LONGEST.saturating_mul(2)).filter(u8::is_ascii_alphanumeric);
        for (place, octet) in plain.octets.iter_mut().zip(kept) {
            *place = octet.to_ascii_lowercase();
            plain.len = plain.len.saturating_add(1);
        }
        plain
    }

    pub(super) fn text(&self) -> &str {
        self.octets.get(..self.len).and_then(|octets| core::str::from_utf8(octets).ok()).unwrap_or("")
    }
}

/// The values of one setting.
#[derive(Clone, Debug, Default)]
pub(super) struct List<'a> {
    pub(super) words: Vec<Word<'a>>,
    /// The name of the setting and its values.
    pub(super) span: Option<Span>,
}

impl<'a> List<'a> {
    pub(super) fn new(key: Word<'a>, words: Vec<Word<'a>>) -> Self {
        let span = words.iter().fold(key.span(), |span, word| span.cover(word.span()));
        Self { words, span: Some(span) }
    }

    /// What the names stand for, each once, or all that there are where none is given.
    pub(super) fn read<T: Copy + PartialEq>(&self, names: &Names<T>) -> Result<Vec<T>, NotationError> {
        let mut found = Vec::new();
        for word in self.given() {
            let value = names.read(*word)?;
            if !found.contains(&value) {
                found.push(value);
            }
        }
        if found.is_empty() {
            for (_, value) in names.rows {
                if !found.contains(value) {
                    found.push(*value);
                }
            }
        }
        Ok(found)
    }

    /// The values that say something: `null` says nothing, and what an expression comes to is not in the text.
    pub(super) fn given(&self) -> impl Iterator<Item = &Word<'a>> {
        self.words.iter().filter(|word| !is_unknown(word.text))
    }

    /// Whether there is no value, so that the service takes its own.
    pub(super) fn is_default(&self) -> bool {
        self.given().next().is_none()
    }
}

/// `null`, or a variable or reference, whose value the text does not give.
fn is_unknown(text: &str) -> bool {
    const REFERENCES: [&str; 8] = ["var.", "local.", "each.", "module.", "data.", "!", "$", "known"];
    text.eq_ignore_ascii_case("null") || matches!(text, "None" | "after" | "apply") || REFERENCES.iter().any(|r| text.starts_with(r))
}

/// Lists of transforms, and what makes them one piece of text.
#[derive(Clone, Debug)]
pub(super) struct Lists {
    pub(super) ciphers: Vec<Transform>,
    pub(super) integs: Vec<Integ>,
    /// Empty when the PRF follows from the integrity algorithm.
    pub(super) prfs: Vec<Transform>,
    pub(super) groups: Vec<KeMethod>,
    pub(super) span: Option<Span>,
}

impl Lists {
    /// The proposals for one protocol. Those for ESP go without groups, which [`Settings::set_pfs`] adds.
    pub(super) fn proposals(&self, protocol: SecurityProtocol) -> Vec<Stated<crate::proposal::Proposal>> {
        let first = self.ciphers.first().is_some_and(|cipher| cipher.is_aead());
        let mut found = Vec::new();
        for aead in [first, !first] {
            let mut transforms: Vec<Transform> = self.ciphers.iter().copied().filter(|cipher| cipher.is_aead() == aead).collect();
            if transforms.is_empty() {
                continue;
            }
            if !aead {
                transforms.extend(self.integs.iter().copied().map(Transform::integ));
            }
            if protocol == SecurityProtocol::IKE {
                transforms.extend(self.prfs());
                transforms.extend(self.groups.iter().copied().map(Transform::ke));
            } else {
                transforms.push(Transform::sn(SequenceNumbers::SEQUENTIAL_32));
            }
            found.push(Stated { value: proposal(protocol, transforms), span: self.span });
        }
        found
    }

    fn prfs(&self) -> Vec<Transform> {
        if self.prfs.is_empty() { self.integs.iter().copied().filter_map(prf_of).map(Transform::prf).collect() } else { self.prfs.clone() }
    }
}

/// A number of seconds.
pub(super) fn seconds(list: &List<'_>) -> Option<Stated<u64>> {
    let word = list.given().next()?;
    word.text.parse().ok().map(|value| Stated::at(value, word.span()))
}

/// Says of an integrity algorithm that it goes with none of the ciphers.
pub(super) fn idle_integrity(settings: &mut Settings, lists: &Lists, integrity: &List<'_>, of: &str) {
    let ciphers = &lists.ciphers;
    if !integrity.is_default() && !ciphers.is_empty() && ciphers.iter().all(|cipher| cipher.is_aead()) {
        let text = format!("The integrity algorithms of {of} are not proposed: every cipher there authenticates by itself.");
        settings.remark(text, integrity.span);
    }
}

/// `A, B and C`.
pub(super) fn and(names: &[&str]) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            text.push_str(if index.saturating_add(1) == names.len() { " and " } else { ", " });
        }
        text.push_str(name);
    }
    text
}

/// Of other tunnels and networks in a text a remark names the first few.
pub(super) const NAMED: usize = 4;

/// A text without anything to read.
pub(super) const NOTHING: NotationError = NotationError { at: 0, len: 0, kind: NotationErrorKind::Empty(Expected::Proposal) };

/// A word of the text as a remark quotes it: not all of a long one, and nothing that a terminal would obey.
pub(super) fn shown(word: &str) -> String {
    const MOST: usize = 64;
    let mut text: String = word.chars().take(MOST).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    if word.chars().nth(MOST).is_some() {
        text.push_str("..");
    }
    text
}

/// A proposal that lacks a type it cannot do without.
pub(super) const fn missing(at: usize, len: usize, protocol: SecurityProtocol, ty: TransformType) -> NotationError {
    NotationError { at, len, kind: NotationErrorKind::Missing { protocol, ty } }
}

/// Whether a text holds a word, in whatever case.
pub(super) fn holds(text: &str, word: &str) -> Option<usize> {
    let word = word.as_bytes();
    let first = *word.first()?;
    let mut at = 0_usize;
    for octet in text.bytes() {
        if octet.eq_ignore_ascii_case(&first) {
            let end = at.saturating_add(word.len());
            if text.as_bytes().get(at..end).is_some_and(|piece| piece.eq_ignore_ascii_case(word)) {
                return Some(at);
            }
        }
        at = at.saturating_add(1);
    }
    None
}

/// Those lines around a piece of configuration that belong to it: up to an empty one, or one of prose.
pub(super) fn around(text: &str, piece: Span) -> Span {
    let end = piece.at.saturating_add(piece.len);
    let mut from = text.get(..piece.at).and_then(|head| head.rfind('\n')).map_or(0, |feed| feed.saturating_add(1));
    let mut to = text.get(end..).and_then(|tail| tail.find('\n')).map_or(text.len(), |feed| end.saturating_add(feed));
    while let Some(head) = from.checked_sub(1).and_then(|feed| text.get(..feed)) {
        let start = head.rfind('\n').map_or(0, |feed| feed.saturating_add(1));
        if !head.get(start..).is_some_and(is_configuration) {
            break;
        }
        from = start;
    }
    while let Some(tail) = text.get(to.saturating_add(1)..).filter(|tail| !tail.is_empty()) {
        let line = tail.find('\n').unwrap_or(tail.len());
        if !tail.get(..line).is_some_and(is_configuration) {
            break;
        }
        to = to.saturating_add(1).saturating_add(line);
    }
    Span { at: from, len: to.saturating_sub(from) }
}

fn is_configuration(line: &str) -> bool {
    let line = line.trim();
    line.contains(['{', '}', '[', ']', '=', '"', '\\']) || line.starts_with("- ") || (line.ends_with(':') && !line.contains(' '))
}
