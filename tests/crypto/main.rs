//! What takes keys: protection, key derivation, AUTH, certificates, fragments, message ID windows.
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

mod auth_captures;
mod auth_signatures;
mod certificate_paths;
mod certificates;
mod exchange_captures;
mod exchange_cookies;
mod exchange_protected;
mod exchange_windows;
mod fragment_again;
mod fragment_alloc;
mod fragment_behaviour;
mod fragment_captures;
mod fragment_hostile;
mod fragment_hostile_split;
mod fragment_model;
mod fragment_reference;
mod fragment_splitter;
mod identity_captures;
mod key_exchanges;
mod keys_captures;
mod keys_ppk;
mod keys_rfc;
mod protect_alloc;
mod protect_captures;
mod providers;
mod rsa_signatures;
