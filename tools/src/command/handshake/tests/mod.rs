//! The example `handshake` against itself on the loopback interface: both sides of every exchange, with and without losses.
// Every cipher, and certificates.
#![cfg(all(feature = "ring", feature = "rustcrypto", feature = "x509"))]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "handshake_cli/additional.rs"]
mod additional;
#[path = "handshake_cli/certificates.rs"]
mod certificates;
#[path = "handshake_cli/doubts.rs"]
mod doubts;
#[path = "handshake_cli/failures.rs"]
mod failures;
#[path = "../examples/handshake/mod.rs"]
mod handshake;
#[path = "handshake_cli/losses.rs"]
mod losses;
#[path = "handshake_cli/pair.rs"]
mod pair;
#[path = "handshake_cli/plans.rs"]
mod plans;
