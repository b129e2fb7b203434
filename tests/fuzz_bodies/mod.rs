//! What each fuzz target does with its input: plain functions, so that `tests/fuzz_replay.rs` can replay them on stable over
//! the committed corpus. A body fails by panicking. fuzz/README.md says how to add one.
#![allow(unreachable_pub, reason = "a body is a library function of the tests and of the fuzz targets")]

#[cfg(feature = "arbitrary")]
mod changes;
#[cfg(feature = "diagnose")]
mod diagnose;
#[cfg(feature = "rustcrypto")]
#[path = "../fragments/mod.rs"]
mod fragments;
mod invariants;
mod message;
#[path = "../naive/mod.rs"]
mod naive;
#[path = "../naive_negotiate/mod.rs"]
mod naive_negotiate;
mod negotiate;
#[cfg(feature = "rustcrypto")]
mod open;
#[cfg(feature = "rustcrypto")]
mod reassemble;
#[cfg(feature = "arbitrary")]
mod roundtrip;
#[cfg(feature = "rustcrypto")]
mod split;
mod transport;
mod typed;

#[cfg(feature = "diagnose")]
pub use diagnose::diagnose;
pub use message::message;
pub use negotiate::negotiate;
#[cfg(feature = "arbitrary")]
pub use roundtrip::roundtrip;
#[cfg(feature = "rustcrypto")]
pub use {open::open, reassemble::reassemble, split::split};
