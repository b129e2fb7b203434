//! A gateway and the way there, modelled by one seed, against what a prober says of them.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod policies;
mod property;
mod questions;
mod run;
mod world;
