//! The example `inspect` with `--keys`: what it opens and puts together against an independent decode, and files of keys.
// The captures have every suite, the snapshot shows what certificates say.
#![cfg(all(feature = "rustcrypto", feature = "x509"))]
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[cfg(test)]
#[path = "inspect_keys/captures.rs"]
mod captures;
mod common;
#[cfg(test)]
#[path = "inspect_keys/fabricated.rs"]
mod fabricated;
#[path = "../examples/inspect/mod.rs"]
mod inspect;
#[cfg(test)]
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "inspect_cli/packets.rs"]
mod packets;
#[cfg(test)]
#[path = "inspect_keys/people.rs"]
mod people;
#[cfg(test)]
#[path = "inspect_keys/run.rs"]
mod run;
#[cfg(test)]
#[path = "inspect_keys/tables.rs"]
mod tables;
