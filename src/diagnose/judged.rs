//! What an IKE SA comes to, once nothing more will be seen of it.

use super::cause::Outcome;
use super::finding::Finding;
use super::visibility::NotSeen;
use alloc::vec::Vec;
use core::net::SocketAddr;

/// What an IKE SA comes to.
pub(super) struct Judged {
    /// The most important first.
    pub(super) findings: Vec<Finding>,
    pub(super) outcome: Outcome,
    pub(super) client: SocketAddr,
    pub(super) not_seen: Vec<NotSeen>,
}
