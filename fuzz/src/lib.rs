//! The fuzz bodies, which live with the crate's tests, for the targets of this package.

#[path = "../../tests/fuzz_bodies/mod.rs"]
mod fuzz_bodies;

pub use fuzz_bodies::*;
