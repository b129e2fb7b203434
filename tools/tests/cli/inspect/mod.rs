//! The example `inspect`: its JSON lines against an independent decode, its tree against snapshots, its exit status.
// What the snapshots show takes a certificate reader and a SHA-1.
#![cfg(all(feature = "x509", any(feature = "ring", feature = "rustcrypto")))]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[cfg(test)]
#[path = "inspect_cli/contract.rs"]
mod contract;
#[cfg(test)]
#[path = "inspect_cli/fabricated.rs"]
mod fabricated;
#[path = "../examples/inspect/mod.rs"]
mod inspect;
#[cfg(test)]
#[path = "inspect_cli/packets.rs"]
mod packets;
#[cfg(test)]
#[path = "inspect_cli/people.rs"]
mod people;
