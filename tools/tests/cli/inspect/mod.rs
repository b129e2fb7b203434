//! `ike inspect`: its JSON lines against an independent decode, its tree against snapshots, its exit status.

mod contract;
pub(crate) mod fabricated;
mod fingerprint;
pub(crate) mod keys;
mod lenient;
mod people;
mod skipped;
