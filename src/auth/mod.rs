//! Authentication of IKE peers, RFC 7296 section 2.15, RFC 4754, RFC 7427, RFC 8420.
//!
//! [`SignedOctets`] is what an AUTH payload covers; it makes and verifies the MIC of a shared key and the signatures of private
//! keys. What is verified depends on the [`Provider`](crate::provider::Provider); a private key is a [`Signer`], of a provider or of
//! one's own. Ed448 and the brainpool curves are known by name only.
//!
//! ```
//! # #[cfg(feature = "ring")] {
//! use ikev2::auth::SignedOctets;
//! use ikev2::keys::PrfFunction;
//! use ikev2::provider::Provider;
//! use ikev2::registry;
//!
//! let prf = PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256)?;
//! // The whole IKE_SA_INIT request, Nr, and the body of IDi: ID_FQDN "moon".
//! let (request, nr, id_i) = ([1; 200], [2; 32], *b"\x02\0\0\0moon");
//! let octets = SignedOctets::new(prf, &[3; 32], &request, &nr, &id_i);
//! let authentication_data = octets.shared_key(b"secret");
//! octets.verify_shared_key(b"secret", authentication_data.as_octets())?;
//! assert!(octets.verify_shared_key(b"Secret", authentication_data.as_octets()).is_err());
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod octets;
mod sign;
mod verify;

pub use crate::signature::{AuthError, EcdsaForm, KeyType, PublicKey, SignatureScheme, Signer};
pub use octets::SignedOctets;
#[cfg(feature = "session")]
pub(crate) use sign::authentication_data;
#[cfg(feature = "x509")]
pub(crate) use verify::verify_signature;
