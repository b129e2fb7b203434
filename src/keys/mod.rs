//! Keys of IKE SAs and Child SAs, RFC 7296 sections 2.13 to 2.18, RFC 8784, RFC 9242, RFC 9370, RFC 9867.
//!
//! Everything here computes and nothing keeps: nonces, SPIs and shared secrets are arguments, and what holds a key erases it on
//! drop, is not `Clone` and does not print it. Outputs of `ring` pass through its HMAC contexts, which it does not erase.
//!
//! ```
//! use ikev2::keys::{ChildKeys, IkeKeys, KeyLengths, Nonces, PrfFunction, Skeyseed};
//! use ikev2::proposal::{Dialect, NegotiationContext, Policy, negotiate, notation::strongswan, Question};
//! use ikev2::provider::Provider;
//! use ikev2::registry;
//! use ikev2::wire::IkeSpis;
//!
//! let prf = PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256)?;
//! let nonces = Nonces { initiator: &[1; 32], responder: &[2; 32] };
//! // What was negotiated tells which key exchanges there must be; here, with ourselves.
//! let policy = Policy::new(Dialect::Rfc, strongswan::parse_ike("aes256gcm16-prfsha256-x25519")?)?;
//! let x25519 = registry::KeMethod::CURVE25519;
//! let selection = negotiate(&policy.offer(&[])?, Question::new(NegotiationContext::IkeSaInit, Some(x25519)), &policy)?;
//! let g_ir = [3; 32];
//! let (skeyseed, additional) = Skeyseed::initial(prf, nonces, selection.key_exchanges()?, x25519, &g_ir)?;
//! assert_eq!(additional.next_method(), None);
//! // AES-256-GCM: 32 octets of key, 4 of salt, no integrity transform.
//! let lengths = KeyLengths { encr: 36, integ: 0 };
//! let spis = IkeSpis { initiator: 4, responder: 5 };
//! let keys = IkeKeys::derive(prf, &skeyseed, nonces, spis, lengths)?;
//! assert_eq!((keys.sk_d().len(), keys.sk_ai().len(), keys.sk_ei().len()), (32, 0, 36));
//!
//! // The Child SA of IKE_AUTH has no key exchange of its own.
//! let policy = Policy::new(Dialect::Rfc, strongswan::parse_esp("aes256gcm16")?)?;
//! let selection = negotiate(&policy.offer(&[6; 4])?, NegotiationContext::IkeAuth.into(), &policy)?;
//! let child = ChildKeys::derive(prf, keys.sk_d(), nonces, &selection.key_exchanges()?.start().finish()?, lengths)?;
//! assert_ne!(child.encr_i(), child.encr_r());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod child;
mod derive;
mod hash;
mod intauth;
mod material;
mod ppk;
mod prf;

pub use child::ChildKeys;
pub use derive::{AdditionalKeyExchanges, IkeKeys, KeyLengths, Nonces, Skeyseed};
pub use hash::{authority_hash, nat_detection_hash};
pub use intauth::{IntAuth, IntermediateMessage};
pub use ppk::ppk_confirmation;
pub use prf::{PrfFunction, PrfOutput};
