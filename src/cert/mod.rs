//! What certificates and the identities that go with them say, RFC 5280, RFC 4514, RFC 4945.
//!
//! Names are read and written without further features; [`Certificate`] and [`validate`] need feature `x509`. A `Certificate` says what
//! stands in it; a [`ValidPath`] that trust anchors vouch for it. Whom it names is a third question: [`Certificate::matches`].

mod attribute;
#[cfg(feature = "x509")]
mod certificate;
#[cfg(feature = "x509")]
mod extensions;
mod general_name;
mod mailbox;
mod name;
mod oid;
#[cfg(feature = "x509")]
mod path;
mod same;
mod value;

#[cfg(feature = "x509")]
pub use certificate::{AlternativeNames, Certificate, SignatureAlgorithm, Time, Validity};
#[cfg(feature = "x509")]
pub use extensions::{BasicConstraints, Extension, ExtensionIter, Extensions, KeyUsage, Purposes, Uris};
pub use general_name::GeneralName;
pub use name::DistinguishedName;
pub use oid::Oid;
#[cfg(feature = "x509")]
pub use path::{ExtensionOid, NameFault, NameForm, PathCertificate, PathError, PathFault};
#[cfg(feature = "x509")]
pub use path::{KeyPurposes, PathLimits, PathRequest, ValidPath, validate};

pub(crate) use attribute::attribute;
pub(crate) use mailbox::same_mailbox;
pub(crate) use name::{InOrder, is_layout};
