//! A pure, sans-IO IKEv2 protocol library.
#![no_std]
#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "alloc")]
pub mod auth;
#[cfg(feature = "alloc")]
pub mod cert;
#[cfg(feature = "alloc")]
mod der;
pub mod error;
#[cfg(feature = "alloc")]
pub mod fragment;
#[cfg(any(feature = "ring", feature = "rustcrypto"))]
pub mod keys;
pub mod protect;
pub mod registry;
pub mod wire;
#[cfg(feature = "rustcrypto")]
mod xcbc;
