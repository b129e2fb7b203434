//! `ike` as people and programs run it: what it prints, and its exit status.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod certificate;
mod compare;
mod contracts;
mod diagnose;
#[cfg(unix)]
mod gateway;
mod html;
mod inspect;
mod kit;
mod layout;
mod line;
mod negotiate;
mod packets;
#[cfg(unix)]
mod probe;
#[path = "../../../tests/kit/recorded/mod.rs"]
mod recorded;
#[path = "../../../tests/kit/shared.rs"]
#[expect(dead_code, unreachable_pub, reason = "the vectors are for the tests of the library, of which this is a part")]
mod shared;
