//! Transforms as values: what the substructures of an SA payload name (RFC 7296 section 3.3.2), without their octets.
//!
//! [`Transform`] compares: type, id and Key Length, as negotiation does. [`TypedTransform`] is for matching: each type with the code
//! points of its table. [`advice_against`] says what the IETF holds against one. Nothing here allocates.
//!
//! ```
//! use ikev2::registry::{Encr, SecurityProtocol};
//! use ikev2::transform::{Advice, Transform, TypedTransform, advice_against};
//! use ikev2::wire::Sa;
//!
//! // One proposal for an IKE SA: 3DES, and AES-GCM with a key of 256 bits.
//! let body = [0, 0, 0, 28, 1, 1, 0, 2, 3, 0, 0, 8, 1, 0, 0, 3, 0, 0, 0, 12, 1, 0, 0, 20, 0x80, 14, 1, 0];
//! for transform in Sa::parse(&body)?.proposals().flat_map(|proposal| proposal.transforms()) {
//!     match transform.typed() {
//!         TypedTransform::Encr(Encr::ENCR_AES_GCM_16, Some(256)) => {}
//!         TypedTransform::Encr(Encr::ENCR_3DES, None) => {
//!             let weakness = advice_against(SecurityProtocol::IKE, transform.into());
//!             assert_eq!(weakness.map(|weakness| weakness.advice), Some(Advice::Downgraded));
//!         }
//!         other => panic!("{other}"),
//!     }
//! }
//! # Ok::<(), ikev2::error::ParseError>(())
//! ```

mod advice;
mod display;
mod typed;
mod value;

pub use advice::{Advice, Weakness, advice_against};
pub(crate) use display::List;
#[cfg(feature = "alloc")]
pub(crate) use display::Method;
pub use typed::TypedTransform;
pub use value::Transform;
