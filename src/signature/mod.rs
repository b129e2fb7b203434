//! Signature schemes, public keys and signers as data: what `auth` and the providers share. Public under [`auth`](crate::auth).

mod error;
mod identifier;
mod key_type;
mod public_key;
mod scheme;

pub use error::AuthError;
pub use key_type::KeyType;
pub use public_key::PublicKey;
pub use scheme::{EcdsaForm, SignatureScheme};

use alloc::vec::Vec;

/// A private key that makes signatures for AUTH payloads: of a provider, of a smart card, of an agent.
pub trait Signer: Send + Sync {
    /// The type of the key.
    fn key_type(&self) -> KeyType;

    /// Signs `octets` with `scheme`. `form` says how r and s of an ECDSA signature are written; other schemes ignore it.
    ///
    /// # Errors
    /// [`AuthError::KeyMismatch`] and [`AuthError::Unsupported`] if the key does not make such signatures, [`AuthError::Failed`] if
    /// signing failed.
    fn sign(&self, scheme: SignatureScheme, form: EcdsaForm, octets: &[u8]) -> Result<Vec<u8>, AuthError>;
}

/// Returns an error unless keys of this type make such signatures at all.
pub(crate) fn check_key(scheme: SignatureScheme, key: KeyType) -> Result<(), AuthError> {
    let fits = match scheme {
        SignatureScheme::RsaPkcs1(_) => key == KeyType::Rsa,
        SignatureScheme::RsaPss { .. } => matches!(key, KeyType::Rsa | KeyType::RsaPss),
        SignatureScheme::Ecdsa(_) => key.is_ecdsa(),
        SignatureScheme::Ed25519 => key == KeyType::Ed25519,
        SignatureScheme::Ed448 => key == KeyType::Ed448,
    };
    if fits { Ok(()) } else { Err(AuthError::KeyMismatch { scheme, key }) }
}
