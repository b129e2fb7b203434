//! Random octets, from the operating system.

use super::failure::Failure;
use ikev2::error::CryptoError;
use ikev2::provider::Random;
use ring::rand::{SecureRandom, SystemRandom};

/// The generator of the operating system.
pub(crate) struct System;

impl Random for System {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        SystemRandom::new().fill(octets).map_err(|_| CryptoError)
    }
}

pub(crate) fn array<const N: usize>() -> Result<[u8; N], Failure> {
    let mut octets = [0; N];
    System.fill(&mut octets)?;
    Ok(octets)
}

/// An SPI of an IKE SA: never zero.
pub(crate) fn spi() -> Result<u64, Failure> {
    Ok(u64::from_be_bytes(array()?).max(1))
}

/// An SPI of a Child SA: 0 to 255 are reserved (RFC 4303 section 2.1).
pub(crate) fn child_spi() -> Result<[u8; 4], Failure> {
    Ok(u32::from_be_bytes(array()?).max(256).to_be_bytes())
}
