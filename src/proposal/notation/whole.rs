//! Reading and writing whole settings, whatever the notation.

use super::detect::detect;
use super::error::{Expected, NotationError, NotationErrorKind, Unwritable};
use super::hint::Hint;
use super::kind::Notation;
use super::likeness::Certainty;
use super::settings::{Settings, Written};
use super::span::Span;
use super::table;
use crate::proposal::Dialect;
use alloc::format;
use core::fmt::{Display, Formatter};

/// A text that cannot be read, and the notation it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReadError {
    /// The notation; `None` when it looks like none.
    pub notation: Option<Notation>,
    /// Where, and why.
    pub error: NotationError,
}

impl ReadError {
    /// The message, and below it the text with the token marked.
    #[must_use]
    pub const fn on(self, text: &str) -> impl Display + '_ {
        Marked { error: self, text }
    }
}

impl Display for ReadError {
    fn fmt(&self, f: &mut Formatter<'_>) -> core::fmt::Result {
        said(f, self.notation, &self.error)
    }
}

impl core::error::Error for ReadError {}

struct Marked<'a> {
    error: ReadError,
    text: &'a str,
}

impl Display for Marked<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> core::fmt::Result {
        said(f, self.error.notation, &self.error.error.on(self.text))
    }
}

/// An error with what the text looks like before it.
fn said(f: &mut Formatter<'_>, notation: Option<Notation>, error: &dyn Display) -> core::fmt::Result {
    match notation {
        Some(notation) => write!(f, "{} text: {error}", notation.product()),
        None => write!(f, "in no notation known here: {error}"),
    }
}

const fn notation_of(dialect: Dialect) -> Option<Notation> {
    match dialect {
        Dialect::Rfc => None,
        Dialect::StrongSwan5 | Dialect::StrongSwan6 => Some(Notation::StrongSwan),
        Dialect::Libreswan4 | Dialect::Libreswan5 => Some(Notation::Libreswan),
        Dialect::OpenIked | Dialect::OpenIked74 => Some(Notation::OpenIked),
    }
}

/// Texts of more octets than this are no lone proposals.
const LONGEST_BARE: usize = 4096;

/// Reads what a side is configured to do.
///
/// The notation is that of the hint; else the one whose structure the text has; else that of the hint's dialect; else the one the
/// text looks like most. Lone proposals that the last does not take, and strongSwan or libreswan does, are theirs.
///
/// # Errors
/// [`ReadError`].
pub fn read(text: &str, hint: Hint) -> Result<Settings, ReadError> {
    let found = detect(text);
    let certain = found.filter(|found| found.confidence == Certainty::Certain).map(|found| found.notation);
    let attempt = |notation: Notation| {
        let read = table::read(notation, text, hint).map(|read| read.finish(text));
        read.map_err(|NotationError { at, len, kind }| {
            let Span { at, len } = Span { at, len }.within(text);
            ReadError { notation: Some(notation), error: NotationError { at, len, kind } }
        })
    };
    if let Some(notation) = hint.notation.or(certain).or(hint.dialect.and_then(notation_of)) {
        return attempt(notation);
    }
    let bare = text.len() <= LONGEST_BARE && text.trim().lines().count() == 1;
    let likely = found.map(|found| found.notation).or(bare.then_some(Notation::StrongSwan));
    let Some(likely) = likely else {
        let kind = NotationErrorKind::Empty(Expected::Proposal);
        return Err(ReadError { notation: None, error: NotationError { at: 0, len: 0, kind } });
    };
    // What looks like nothing is not told to be of one product.
    let anonymous = |error: ReadError| ReadError { notation: found.map(|found| found.notation), ..error };
    attempt(likely).map_err(anonymous).or_else(|error| {
        let mut others = [Notation::StrongSwan, Notation::Libreswan].into_iter().filter(|other| bare && *other != likely);
        others.find_map(|other| attempt(other).ok()).ok_or(error)
    })
}

/// Writes settings in a notation. [`read`] makes of the text settings that [mean the same](Settings::means_the_same), but for what
/// the remarks tell.
///
/// # Errors
/// [`Unwritable`] when the notation is read only, or can say nothing of the settings.
pub fn emit(settings: &Settings, notation: Notation) -> Result<Written, Unwritable> {
    let mut written = table::write(notation, settings)?;
    let hint = Hint { notation: Some(notation), ..Hint::default() };
    let read = table::read(notation, &written.text, hint).map(|read| read.finish(&written.text));
    // A text that is not read back is none.
    let read = read.map_err(|error| Unwritable::Combination(error.kind))?;
    // What nobody has thought of in the writer is told, too.
    if written.remarks.is_empty() {
        let lost = settings.differences(&read).into_iter();
        written.remarks.extend(lost.map(|what| format!("A text of {} cannot say this of the settings: {what}.", notation.product())));
    }
    Ok(written)
}
