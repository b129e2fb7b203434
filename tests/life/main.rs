//! Lives of IKE SAs: two endpoints, a network that loses, doubles and delays, and applications that take their time, by one seed.
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

mod amplification;
mod bounds;
mod certificates;
mod collisions;
mod configuration;
mod eap;
mod faults;
mod forged_auth;
mod forger;
mod handshakes;
mod host;
mod hostile_peer;
mod hostile_stranger;
mod kernel;
mod methods;
mod mobike;
mod null;
#[path = "../kit/pem.rs"]
#[allow(dead_code, unreachable_pub, reason = "every test binary uses another part of it")]
mod pem;
mod ppk;
mod redirects;
mod rig;
mod rivals;
mod rules;
mod schedules;
mod strangers_path;
mod tcp;
mod toy;
mod toy_eap;
mod watched;
mod windows;
mod world;
