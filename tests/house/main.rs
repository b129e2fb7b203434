//! How the repository is kept: floors and circles, what it says of itself, its front pages and its page for embedders, what goes with the
//! package, the corpus of the fuzz targets, the live handshakes.
//!
//! `tests/README.md` says what stands where.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::panic_in_result_fn,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../kit/mod.rs"]
mod kit;

mod administrators;
mod embedding;
mod features;
mod fuzz_replay;
mod interop_live;
mod layering;
mod names;
mod package;
mod statements;
mod tree;
