//! What waits for a decision of the application.

use crate::instant::Instant;

/// What waits for a decision of the application.
pub(super) struct Waiting<T> {
    pub(super) serial: u64,
    pub(super) deadline: Instant,
    pub(super) job: T,
}
