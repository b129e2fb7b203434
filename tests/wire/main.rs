//! The wire format: registries, messages, payloads, both directions.
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

mod captures;
mod hostile;
mod naive_walker;
mod no_alloc;
mod registry;
mod roundtrip;
mod serial;
mod transforms;
