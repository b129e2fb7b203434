//! The fuzz bodies, which live with the crate's tests, for the targets of this package.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a fuzz body finds by panicking"
)]

#[path = "../../tests/fuzz_bodies/mod.rs"]
mod fuzz_bodies;
mod kit;

pub use fuzz_bodies::*;
