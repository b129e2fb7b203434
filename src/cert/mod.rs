//! What certificates and the identities that go with them say, RFC 5280, RFC 4514, RFC 4945.
//!
//! Names are read and written without further features; `Certificate` needs feature `x509`. No path is built here: that takes trust
//! anchors and a policy, which are the caller's, who finds the extensions and the check of one signature here.

mod attribute;
#[cfg(feature = "x509")]
mod certificate;
#[cfg(feature = "x509")]
mod extensions;
mod general_name;
mod mailbox;
mod name;
mod oid;
mod same;
mod value;

#[cfg(feature = "x509")]
pub use certificate::{AlternativeNames, Certificate, SignatureAlgorithm, Time, Validity};
#[cfg(feature = "x509")]
pub use extensions::{BasicConstraints, Extension, ExtensionIter, Extensions, KeyUsage, Purposes, Uris};
pub use general_name::GeneralName;
pub use name::DistinguishedName;
pub use oid::Oid;

pub(crate) use attribute::attribute;
pub(crate) use mailbox::same_mailbox;
pub(crate) use name::{InOrder, is_layout};
