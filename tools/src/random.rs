//! Random octets, from the operating system.

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
