//! The source of randomness, which is the caller's.

use crate::error::CryptoError;

/// A source of random octets for keys. The crate has none of its own: a program gives that of its operating system, or of its hardware.
///
/// The octets must be those of a cryptographically secure generator (NIST SP 800-90A, or better); see RFC 4086. Each octet is given once.
pub trait Random: Send {
    /// Fills `octets` with fresh random octets for keys.
    ///
    /// # Errors
    /// [`CryptoError`] if there are none. What was to be made of them is not made.
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError>;
}
