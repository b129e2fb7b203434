//! `ike inspect`: its JSON lines against an independent decode, its tree against snapshots, its exit status.

mod contract;
mod fabricated;
mod keys;
mod people;
