//! windows.

use crate::proposal::notation::detect::Likeness;
use crate::proposal::notation::settings::{Settings, Written};
use crate::proposal::notation::{Expected, Hint, NotationError, NotationErrorKind, Unwritable};

pub(in crate::proposal::notation) fn recognise(_: &str) -> Option<Likeness> {
    None
}

pub(in crate::proposal::notation) fn read(_: &str, _: Hint) -> Result<Settings, NotationError> {
    Err(NotationError { at: 0, len: 0, kind: NotationErrorKind::Empty(Expected::Proposal) })
}

pub(in crate::proposal::notation) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}
