//! The key exchanges that a negotiation demands, and the secrets they give (RFC 7296 section 2.14, RFC 9370 section 2.2).
//!
//! A [`Selection`](crate::proposal::Selection) yields [`KeyExchanges`]: which methods must be run, in order. [`PendingKeyExchanges`] takes one
//! secret for each of them and gives [`KeyExchangeSecrets`] only if none is missing. SKEYSEED of a rekeyed IKE SA and KEYMAT of a Child SA
//! are made of [`KeyExchangeSecrets`] alone ([`keys`](crate::keys)), so that an exchange which was negotiated cannot be left out of the keys.
//! The type does not tell the secrets of one negotiation from those of another: the caller keeps them with their nonces. The exchanges
//! themselves are the caller's, too.
//!
//! ```
//! use ikev2::ke::KeyExchangeError;
//! use ikev2::proposal::{Dialect, Policy, NegotiationContext, negotiate, notation::strongswan, Question};
//! use ikev2::registry::KeMethod;
//!
//! let policy = Policy::new(Dialect::Rfc, strongswan::parse_esp("aes256gcm16-x25519-ke1_mlkem768")?)?;
//! let selection = negotiate(&policy.offer(&[9; 4])?, Question::new(NegotiationContext::CreateChildSa, Some(KeMethod::CURVE25519)), &policy)?;
//!
//! let mut pending = selection.key_exchanges()?.start();
//! assert_eq!(pending.next_method(), Some(KeMethod::CURVE25519));
//! pending.add_secret(KeMethod::CURVE25519, &[1; 32])?;
//! // ML-KEM was negotiated: there are no secrets without it.
//! let missing = KeyExchangeError::Missing(KeMethod::ML_KEM_768);
//! assert_eq!(pending.finish().map(drop), Err(missing));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod exchanges;
mod secrets;

pub use exchanges::{AdditionalWithoutKeError, KeyExchanges};
pub use secrets::{KeyExchangeError, KeyExchangeSecrets, PendingKeyExchanges};
