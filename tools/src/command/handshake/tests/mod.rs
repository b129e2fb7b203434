//! `ike handshake` against itself on the loopback interface: both sides of every exchange, with and without losses.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod additional;
mod certificates;
mod connections;
mod doubts;
mod everyday;
mod failures;
mod losses;
mod pair;
mod plans;
