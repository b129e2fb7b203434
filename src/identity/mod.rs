//! Who a peer is: Identification Data as owned values, RFC 7296 section 3.5, RFC 4945 section 3.1.
//!
//! ```
//! use ikev2::identity::Identity;
//! use ikev2::registry::IdType;
//! use ikev2::wire::Id;
//! let expected: Identity = "moon.example.org".parse()?;
//! let claimed = Identity::of(&Id { ty: IdType::ID_FQDN, data: b"Moon.example.org" });
//! assert!(expected != claimed && expected.matches(&claimed));
//! // What AUTH covers of an identity of one's own.
//! assert_eq!(expected.to_body(), b"\x02\0\0\0moon.example.org");
//! # Ok::<(), ikev2::identity::IdentityError>(())
//! ```

mod dn;
mod error;
mod hex;
mod peer;
mod text;

pub use error::{IdentityError, IdentityErrorKind};
pub use peer::Identity;

#[cfg(test)]
mod tests;
