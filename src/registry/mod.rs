//! IANA code points as newtypes with constants (registry "IKEv2 Parameters"), one row each.
//!
//! A code point is a number that may or may not have a name: private and unassigned values round-trip and compare equal to
//! themselves, and adding one is adding a row. A row holds the constant, an identifier, IANA's name, the reference, one sentence,
//! and what the reference fixes about an algorithm: key lengths, IV, ICV, sizes of public values.
//!
//! ```
//! use ikev2::registry::{Encr, ExchangeType, KeMethod};
//! assert_eq!(ExchangeType(35), ExchangeType::IKE_AUTH);
//! assert_eq!(Encr::ENCR_AES_GCM_16.name(), Some("ENCR_AES_GCM_16"));
//! assert_eq!(ExchangeType(99).name(), None);
//! assert_eq!(KeMethod::MODP_2048.to_string(), "2048-bit MODP Group (14)");
//!
//! let cipher: Encr = "chacha20poly1305".parse()?;
//! let facts = cipher.facts().ok_or("a private or unassigned value")?;
//! assert_eq!((cipher, facts.aead, facts.key_length.bits(None), facts.icv_len), (Encr::ENCR_CHACHA20_POLY1305, true, Some(256), 16));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod config;
mod facts;
mod ikev1;
mod message;
mod notify;
pub mod private;
#[cfg(feature = "serde")]
mod serial;
mod table;
mod transform;

pub use config::*;
pub use facts::{EncrFacts, IntegFacts, KeFacts, KeFamily, KeyLengthRule, PayloadFacts, PrfFacts};
pub use ikev1::*;
pub use message::*;
pub use notify::*;
pub use table::UnknownCodePoint;
pub use transform::*;
