//! A pure, sans-IO IKEv2 protocol library.
#![no_std]
#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "arbitrary")]
pub mod arbitrary;
pub mod error;
#[cfg(feature = "alloc")]
pub mod fragment;
pub mod protect;
pub mod registry;
pub mod wire;
#[cfg(feature = "rustcrypto")]
mod xcbc;
