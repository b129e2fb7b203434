//! A moment in which something may be asked.

use crate::instant::Instant;

/// When something is asked, and heads or tails: no rhythm of a server meets the order of the sizes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub(super) now: Instant,
    pub(super) coin: bool,
}
