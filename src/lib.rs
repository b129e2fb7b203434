//! A pure, sans-IO IKEv2 protocol library (RFC 7296) with fragmentation (RFC 7383).
//!
//! The crate never opens a socket, reads a clock, spawns a thread or logs, and never draws a random number but for the signers of
//! feature `ring-os-random`: time, randomness, keys and limits are arguments. Octets from a peer are borrowed, checked once and never
//! trusted; an error says which element, which octet and why, and which Notify it deserves.
//!
//! The way of a received message through the modules, each arrow one call:
//!
//! ```text
//! datagram -> wire::transport        UDP 500, UDP 4500, ESP, keepalive, TCP
//!          -> wire::Message          header and payload chain
//!          -> protect::open          SK and SKF: integrity first, then in place
//!          -> fragment::Reassembler  only what was opened can be pushed
//!          -> wire::Payload          every payload to its last field
//! ```
//!
//! and of one to send: [`wire::MessageBuilder`], then `fragment::Splitter` or [`protect::seal`].
//!
//! # Features
//!
//! | feature | brings | builds for bare metal |
//! |---|---|---|
//! | none | [`registry`], [`error`], [`wire`], the traits of [`protect`] | yes |
//! | `alloc` | `provider`, `ke`, `keys`, `auth`, `cert`, `fragment`, `exchange`, `proposal`, `protect::Suite`'s ciphers | yes |
//! | `std` (default) | `alloc` | |
//! | `ring` (default) | AES-GCM, ChaCha20-Poly1305, HMAC and verification of signatures by ring | no |
//! | `ring-os-random` | signatures made by ring, the one place where random numbers are drawn | no |
//! | `rustcrypto` | every cipher, MAC and PRF peers use, by RustCrypto, in families (see `provider`); needs Rust 1.87 | yes |
//! | `x509` | the names, keys and dates in CERT payloads | |
//! | `profiles` | `proposal::profiles`: what vendors' stacks offer and accept by default | yes |
//! | `diagnose` | `profiles`, and `diagnose`: why a tunnel does not come up, from what was seen | yes |
//! | `sim` | `sim`: fragmentation strategies compared on modelled paths | yes |
//! | `arbitrary` | generators of valid and nearly valid messages, for fuzzers | |
//! | `full` | all of them | |
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "arbitrary")]
pub mod arbitrary;
#[cfg(feature = "alloc")]
pub mod auth;
#[cfg(feature = "alloc")]
pub mod cert;
#[cfg(feature = "alloc")]
mod der;
#[cfg(feature = "diagnose")]
pub mod diagnose;
pub mod error;
#[cfg(feature = "alloc")]
pub mod exchange;
#[cfg(feature = "alloc")]
pub mod fragment;
mod instant;
#[cfg(feature = "alloc")]
pub mod ke;
#[cfg(feature = "alloc")]
pub mod keys;
mod known;
#[cfg(feature = "alloc")]
pub mod proposal;
pub mod protect;
#[cfg(feature = "alloc")]
pub mod provider;
pub mod registry;
mod role;
#[cfg(feature = "alloc")]
mod signature;
#[cfg(feature = "sim")]
pub mod sim;
pub mod transform;
pub mod wire;

pub use instant::Instant;
pub use role::Role;

/// The examples of the README are tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../README.md")]
struct Readme;
