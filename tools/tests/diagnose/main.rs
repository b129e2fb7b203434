//! What `diagnose` must say of captures whose truth is known, and that it says no more of a capture when something of it is missing.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod cases;
mod check;
mod codes;
mod hostile_logs;
mod kit;
mod law;
mod logs;
mod refused;
mod several;
