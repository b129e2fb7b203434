//! What all Diffie-Hellman methods have in common: the responder does what the initiator does.

use crate::error::CryptoError;
use crate::provider::{KeyExchangeInProgress, SharedSecret};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A private key, erased on drop.
pub(super) trait PrivateKey: Send + Sync + 'static {
    /// The public value, as KE payloads have it.
    fn public(&self) -> Result<Vec<u8>, CryptoError>;

    /// The secret shared with the holder of a public value, which is checked first.
    fn agree(&self, theirs: &[u8]) -> Result<SharedSecret, CryptoError>;
}

struct Ongoing<K> {
    private: K,
    public: Vec<u8>,
}

impl<K: PrivateKey> KeyExchangeInProgress for Ongoing<K> {
    fn public(&self) -> &[u8] {
        &self.public
    }

    fn finish(&self, data: &[u8]) -> Result<SharedSecret, CryptoError> {
        self.private.agree(data)
    }
}

pub(super) fn begin(private: impl PrivateKey) -> Result<Box<dyn KeyExchangeInProgress>, CryptoError> {
    let public = private.public()?;
    Ok(Box::new(Ongoing { private, public }))
}

/// A public value that is refused costs no public value of ours.
pub(super) fn respond(private: impl PrivateKey, theirs: &[u8]) -> Result<(Vec<u8>, SharedSecret), CryptoError> {
    let secret = private.agree(theirs)?;
    Ok((private.public()?, secret))
}
