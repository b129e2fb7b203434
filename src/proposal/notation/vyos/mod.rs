//! vyos.

use super::detect::Likeness;
use super::settings::{Settings, Written};
use super::{Expected, Hint, NotationError, NotationErrorKind, Unwritable};

pub(super) fn recognise(_: &str) -> Option<Likeness> {
    None
}

pub(super) fn read(_: &str, _: Hint) -> Result<Settings, NotationError> {
    Err(NotationError { at: 0, len: 0, kind: NotationErrorKind::Empty(Expected::Proposal) })
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}
