//! What an examination of certificates finds: values, without the words around them.

use super::error::CertificateFileError;
use super::octets::ChainWeight;
use super::problem::CertificateProblem;
use ikev2::cert::Time;

/// Whose certificate it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateRole {
    /// A VPN server's, which Windows clients connect to.
    Server,
    /// A client's: the machine certificate of a Windows client.
    Client,
}

impl CertificateRole {
    /// `server` or `client`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// What is asked of the certificates.
#[derive(Clone, Debug)]
pub struct ExamineOptions {
    /// Whose they are to be; `None` to go by the purposes in the certificate.
    pub role: Option<CertificateRole>,
    /// The name that clients connect to, or the name of the client.
    pub name: Option<String>,
    /// The moment at which the dates are judged: seconds since 1970, in UTC.
    pub at: i64,
    /// Hashes of authorities in CERTREQ.
    pub certreq: usize,
    /// Path MTUs in octets.
    pub mtus: Vec<u16>,
    /// IPv6 and not IPv4.
    pub ipv6: bool,
}

/// The path MTUs that are told when nobody asks for others: what IPv4 hosts must take, the least of IPv6, mobile networks, Ethernet.
pub const PATH_MTUS: [u16; 4] = [1500, 1400, 1280, 576];

impl ExamineOptions {
    /// Judged at that moment, with one authority in CERTREQ, on the [`PATH_MTUS`].
    #[must_use]
    pub fn at(unix: i64) -> Self {
        Self { role: None, name: None, at: unix, certreq: 1, mtus: PATH_MTUS.to_vec(), ipv6: false }
    }
}

/// What one certificate says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CertificateFacts {
    /// The file it stood in, as it may be printed.
    pub file: String,
    /// Its number among the certificates of the file, from 1.
    pub number: usize,
    /// The octet of the file at which it, or the block it is in, begins.
    pub at: usize,
    /// Octets of it in DER.
    pub octets: usize,
    /// The subject (RFC 4514); empty when only alternative names say whom it is for.
    pub subject: String,
    /// The issuer.
    pub issuer: String,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// The alternative names, `DNS:vpn.example.net`.
    pub names: Vec<String>,
    /// The kind of key, `RSA`.
    pub key: String,
    /// Its size in bits, when that is known.
    pub key_bits: Option<usize>,
    /// The algorithm the issuer signed it with.
    pub signature: String,
    /// Its first second.
    pub not_before: Time,
    /// Its last second.
    pub not_after: Time,
    /// Key usage, when it is there.
    pub key_usage: Option<Vec<&'static str>>,
    /// Extended key usage in dotted form, when it is there.
    pub purposes: Option<Vec<String>>,
    /// It is an authority's.
    pub is_ca: bool,
    /// How many authorities may stand below it.
    pub path_len: Option<u32>,
    /// Subject key identifier in hexadecimal.
    pub subject_key_id: Option<String>,
    /// Authority key identifier in hexadecimal.
    pub authority_key_id: Option<String>,
    /// Where the lists of revoked certificates are.
    pub crl: Vec<String>,
    /// Where the issuer's certificate and its OCSP responder are.
    pub authority_access: Vec<String>,
    /// Subject and issuer are the same name.
    pub self_issued: bool,
    /// SHA-1 of the whole, which Windows calls its thumbprint.
    pub thumbprint: Option<String>,
    /// What names this authority in CERTREQ: SHA-1 of its key (RFC 7296 section 3.7).
    pub authority_hash: Option<String>,
}

/// Whether a signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureCheck {
    /// It is, by this algorithm.
    Verified(String),
    /// It is not.
    Wrong,
    /// It was not verified, because of this.
    NotVerified(String),
}

/// One step of the chain, from a certificate to its issuer's.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChainLink {
    /// The certificate.
    pub child: usize,
    /// Its issuer's.
    pub issuer: usize,
    /// The issuer's name is the same octet for octet, and not only in other letters or another encoding.
    pub name_is_exact: bool,
    /// The key identifiers agree; `None` when not both are there.
    pub key_identifiers: Option<bool>,
    /// The issuer's signature.
    pub signature: SignatureCheck,
}

/// Where the chain ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainEnd {
    /// At one of the trust anchors that were given.
    Anchor(usize),
    /// At a certificate that signed itself.
    SelfSigned(SignatureCheck),
    /// Below an issuer that is in no file.
    IssuerMissing {
        /// Its name.
        issuer: String,
        /// Its key identifier in hexadecimal, as the last certificate has it.
        key_id: Option<String>,
    },
    /// Nowhere: it is longer than any real one.
    TooLong,
}

/// What the certificates are to one another. Numbers are places in [`Examination::certificates`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CertificateChain {
    /// From the certificate that is judged up, as far as there are issuers.
    pub path: Vec<usize>,
    /// The steps between.
    pub links: Vec<ChainLink>,
    /// Where it ends.
    pub end: ChainEnd,
    /// Certificates that are there a second time.
    pub duplicates: Vec<usize>,
    /// Certificates that belong to the chain in no way.
    pub extra: Vec<usize>,
    /// Issuers that could stand in the place of one in the path: cross-signed, or renewed.
    pub alternatives: Vec<usize>,
    /// The certificates of the path stand in the order in which they are sent, in the files.
    pub in_order: bool,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// Nothing speaks against it.
    Fit,
    /// Something does.
    NotFit,
    /// The file does not tell.
    Unknown,
    /// Something in a file could not be read.
    Unreadable,
}

impl Fitness {
    /// `fit`, `not_fit`, `unknown` or `unreadable`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::NotFit => "not_fit",
            Self::Unknown => "unknown",
            Self::Unreadable => "unreadable",
        }
    }
}

/// All that was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Examination {
    /// The answer.
    pub fitness: Fitness,
    /// Whose they were judged to be.
    pub role: CertificateRole,
    /// That is what was asked, and not read from the certificate.
    pub role_is_given: bool,
    /// The name that was asked for.
    pub name: Option<String>,
    /// The moment at which the dates were judged, seconds since 1970.
    pub at: i64,
    /// The certificates, in the order of the files; the trust anchors that were given last.
    pub certificates: Vec<CertificateFacts>,
    /// How many of them are trust anchors that were given.
    pub anchors: usize,
    /// What they are to one another; `None` when there is no certificate.
    pub chain: Option<CertificateChain>,
    /// What speaks against it, the worst first.
    pub problems: Vec<CertificateProblem>,
    /// What it weighs; `None` when there is no certificate, or the size of its signatures is not known.
    pub weight: Option<ChainWeight>,
    /// What else is to be said of the files.
    pub remarks: Vec<String>,
    /// What could not be read.
    pub errors: Vec<CertificateFileError>,
}
