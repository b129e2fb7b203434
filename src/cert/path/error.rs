//! Why a path does not hold.

use crate::auth::AuthError;
use crate::cert::{Extension, Time, oid};
use crate::error::ParseError;
use crate::registry::NotifyType;
use core::fmt;
use thiserror::Error;

/// Why nobody vouches for a certificate.
///
/// Of several paths that were tried it tells of the one that came furthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("{certificate}: {fault}")]
#[non_exhaustive]
pub struct PathError {
    /// The certificate at fault.
    pub certificate: PathCertificate,
    /// What is wrong with it.
    pub fault: PathFault,
}

impl PathError {
    pub(super) const fn new(certificate: PathCertificate, fault: PathFault) -> Self {
        Self { certificate, fault }
    }

    /// The Notify that a peer deserves whose certificates these are (RFC 7296 section 2.21.2).
    #[must_use]
    pub const fn notify(&self) -> NotifyType {
        NotifyType::AUTHENTICATION_FAILED
    }
}

/// Where in a [`PathRequest`](super::PathRequest) a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathCertificate {
    /// The one that is to be vouched for.
    Leaf,
    /// The one at this index of the others.
    Other(usize),
    /// The one at this index of the anchors.
    Anchor(usize),
}

impl PathCertificate {
    /// Where in its list it stands.
    pub(super) const fn index(&self) -> usize {
        match self {
            Self::Leaf => 0,
            Self::Other(index) | Self::Anchor(index) => *index,
        }
    }
}

impl fmt::Display for PathCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf => f.write_str("the peer's certificate"),
            Self::Other(index) => write!(f, "further certificate {}", index.saturating_add(1)),
            Self::Anchor(index) => write!(f, "trust anchor {}", index.saturating_add(1)),
        }
    }
}

/// What is wrong with a certificate, or with the path up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum PathFault {
    /// The peer's certificate is none that can be read. Others that cannot be read are passed over.
    #[error("it cannot be read: {0}")]
    Unreadable(ParseError),
    /// The peer sent more certificates than are looked at.
    #[error("one of {count} certificates, more than {limit}")]
    TooManyCertificates {
        /// How many there are, the peer's own counted.
        count: usize,
        /// [`PathLimits::certificates`](super::PathLimits::certificates).
        limit: usize,
    },
    /// The search made as many verifications of signatures as it may, and is not done.
    #[error("no path was found within {limit} verifications of signatures")]
    TooManyVerifications {
        /// [`PathLimits::verifications`](super::PathLimits::verifications).
        limit: usize,
    },
    /// Name constraints were compared with as many names as they may be, and the search is not done.
    #[error("the name constraints take more than {limit} comparisons")]
    TooManyNames {
        /// [`PathLimits::comparisons`](super::PathLimits::comparisons).
        limit: usize,
    },
    /// The path below has as many certificates as it may.
    #[error("more than {limit} certificates below the trust anchor")]
    PathTooLong {
        /// [`PathLimits::depth`](super::PathLimits::depth).
        limit: usize,
    },
    /// No certificate has the name of its issuer.
    #[error("no certificate of its issuer is at hand")]
    NobodyVouches,
    /// RFC 5280 section 4.1.2.5: the certificate is to be used later.
    #[error("it is not valid before {not_before}")]
    NotYetValid {
        /// Its first second.
        not_before: Time,
    },
    /// RFC 5280 section 4.1.2.5: the certificate was to be used before.
    #[error("it was valid until {not_after}")]
    Expired {
        /// Its last second.
        not_after: Time,
    },
    /// RFC 5280 section 4.2: a critical extension that is not understood.
    #[error("it has a critical extension that is not understood: {0}")]
    CriticalExtension(ExtensionOid),
    /// RFC 5280 section 4.2: an extension comes once.
    #[error("it has this extension twice: {0}")]
    DuplicateExtension(ExtensionOid),
    /// An extension that decides what the certificate is for is malformed.
    #[error("an extension is malformed: {0}")]
    Extension(ParseError),
    /// RFC 4945 section 5.1.3.2: the peer's key usage is neither digitalSignature nor contentCommitment; an authority's is not keyCertSign.
    #[error("its key usage does not allow what its key has done")]
    KeyUsage,
    /// RFC 4945 section 5.1.3.12: with those of the certificates below, no purpose is left that is accepted.
    #[error("no extended key usage that is accepted is allowed by it and by all certificates below it")]
    ExtendedKeyUsage,
    /// RFC 5280 section 4.2.1.9: basic constraints do not say that it is an authority's.
    #[error("it is no authority's")]
    NotAnAuthority,
    /// RFC 5280 section 4.2.1.9: more intermediate certificates are below than its path length allows.
    #[error("it may have {limit} intermediate certificates below it, and has {count}")]
    PathLength {
        /// Intermediate certificates below, those that are self-issued not counted.
        count: usize,
        /// pathLenConstraint.
        limit: u32,
    },
    /// RFC 5280 section 4.2.1.10: a name of this certificate is not within the constraints of an authority above.
    #[error("{authority} does not allow its names: {fault}")]
    NameConstraints {
        /// Whose constraints.
        authority: PathCertificate,
        /// Which name, and why.
        fault: NameFault,
    },
    /// No key at hand that has its issuer's name verifies its signature.
    #[error("its signature is not that of its issuer: {0}")]
    Signature(AuthError),
}

/// Which name is outside of name constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum NameFault {
    /// Names of this form are constrained to subtrees, and one lies in none of them.
    #[error("{0} outside of the permitted subtrees")]
    NotPermitted(NameForm),
    /// One lies in an excluded subtree.
    #[error("{0} within an excluded subtree")]
    Excluded(NameForm),
    /// There is a name of this form, which is constrained and not understood here.
    #[error("{0}, whose constraints are not understood")]
    NotUnderstood(NameForm),
    /// There is a name of this form, which is constrained, and the name or the constraint is not what this form is.
    #[error("{0}, which cannot be compared with its constraint")]
    Malformed(NameForm),
}

/// A form of GeneralName (RFC 5280 section 4.2.1.6), by its identifier octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct NameForm(pub u8);

impl NameForm {
    /// rfc822Name.
    pub const RFC822: Self = Self(0x81);
    /// dNSName.
    pub const DNS: Self = Self(0x82);
    /// directoryName.
    pub const DIRECTORY: Self = Self(0xa4);
    /// uniformResourceIdentifier.
    pub const URI: Self = Self(0x86);
    /// iPAddress.
    pub const IP: Self = Self(0x87);
    /// registeredID.
    pub const REGISTERED_ID: Self = Self(0x88);
}

impl fmt::Display for NameForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self {
            Self::RFC822 => "an rfc822Name",
            Self::DNS => "a dNSName",
            Self::DIRECTORY => "a directoryName",
            Self::URI => "a uniformResourceIdentifier",
            Self::IP => "an iPAddress",
            Self::REGISTERED_ID => "a registeredID",
            Self(0xa0) => "an otherName",
            Self(_) => "a name of another form",
        })
    }
}

/// Octets of an object identifier that an [`ExtensionOid`] holds. Those of RFC 5280 have three or eight.
const OID_LEN: usize = 24;

/// Which extension, held by value; what is longer than 24 octets is cut off.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExtensionOid {
    octets: [u8; OID_LEN],
    len: usize,
}

impl ExtensionOid {
    pub(super) fn of(extension: &Extension<'_>) -> Self {
        let mut octets = [0; OID_LEN];
        let whole = extension.oid.as_octets();
        octets.iter_mut().zip(whole).for_each(|(slot, octet)| *slot = *octet);
        Self { octets, len: whole.len().min(OID_LEN) }
    }

    /// The contents octets of the DER.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Display for ExtensionOid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        oid::write_dotted(f, self.as_octets())
    }
}

impl fmt::Debug for ExtensionOid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExtensionOid({self})")
    }
}
