//! The exchanges of an IKE SA, both roles of each in one file. A step is a function of an IKE SA and a message; it names nobody above it.

mod announce;
pub(super) mod authenticate;
pub(super) mod child;
pub(super) mod followup;
pub(super) mod informational;
pub(super) mod init;
pub(super) mod intermediate;
pub(super) mod mobike;
mod proof;
mod redirect;
pub(super) mod rekey;
