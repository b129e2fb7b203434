//! Why a file, or a part of it, gives no certificate.

use ikev2::error::ParseError;
use thiserror::Error;

/// Something in a file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}, octet {at}: {kind}")]
#[non_exhaustive]
pub struct CertificateFileError {
    /// The file's name, as it may be printed.
    pub file: String,
    /// The octet of the file at which it lies, counted from 0.
    pub at: usize,
    /// What it is.
    pub kind: CertificateFileFault,
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CertificateFileFault {
    /// No octet in it.
    #[error("the file is empty")]
    Empty,
    /// More octets than files of certificates have.
    #[error("the file has more than {0} octets: no file of certificates is as large")]
    TooLarge(usize),
    /// Neither PEM nor DER nor base64.
    #[error("{}", no_certificate(*.0))]
    NoCertificate(Option<&'static str>),
    /// A block whose last line is missing.
    #[error("the block \"{0}\" that begins here does not end: expected \"-----END {0}-----\"")]
    NoEnd(String),
    /// A block that ends as another.
    #[error("the block \"{label}\" ends as \"{found}\"")]
    OtherEnd {
        /// What it began as.
        label: String,
        /// What it ended as.
        found: String,
    },
    /// A character that base64 does not have.
    #[error("{0:?} where base64 is expected")]
    Base64(char),
    /// Base64 that stops within an octet.
    #[error("the base64 stops within an octet: something of it is missing")]
    Base64Length,
    /// Octets that are no certificate.
    #[error("not a certificate: {0}")]
    Certificate(ParseError),
    /// DER that ends too early.
    #[error("the DER is cut off: {needed} octets expected, {available} are there")]
    CutOff {
        /// Octets the outermost element has.
        needed: usize,
        /// Octets there are.
        available: usize,
    },
    /// Octets that are not DER.
    #[error("this is not DER: expected a SEQUENCE with a definite length")]
    NotDer,
    /// Octets after a certificate.
    #[error("{0} octets follow the certificate in its block")]
    Trailing(usize),
    /// Something else in DER or PEM.
    #[error("this is {what}, and not a certificate: {remedy}")]
    Other {
        /// What it is.
        what: &'static str,
        /// How certificates are got from it.
        remedy: &'static str,
    },
}

/// What is expected of a file, and what it looks like.
fn no_certificate(seen: Option<&str>) -> String {
    let seen = seen.map_or(String::new(), |what| format!(", and this looks like {what}"));
    format!("there is no certificate: expected -----BEGIN CERTIFICATE----- or DER{seen}")
}
