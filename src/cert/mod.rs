//! What certificates and the identities that go with them say, RFC 5280, RFC 4514, RFC 4945.
//!
//! Names are read and written without further features; `Certificate` needs feature `x509`. No path is built and no
//! signature of an authority is verified here: that takes trust anchors and a policy, which are the caller's.

#[cfg(feature = "x509")]
mod certificate;
mod general_name;
mod name;
mod oid;

#[cfg(feature = "x509")]
pub use certificate::{AlternativeNames, Certificate, SignatureAlgorithm, Time, Validity};
pub use general_name::GeneralName;
pub use name::DistinguishedName;
pub use oid::Oid;
