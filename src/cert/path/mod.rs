//! From a peer's certificate to a trust anchor, RFC 5280 section 6, RFC 4945 section 5.1.
//!
//! [`validate`] looks for a path among the certificates that are at hand. Of every certificate, the anchor's too, it holds:
//! - it is in date;
//! - it has no critical extension that is not understood, and no extension twice. Understood are keyUsage, subjectAltName,
//!   basicConstraints, nameConstraints, extKeyUsage; and certificatePolicies, policyMappings and inhibitAnyPolicy, which restrict nothing
//!   for a caller that asks for no policy;
//! - the key above verifies its signature; SHA-1 is an option that is off;
//! - above the leaf: basic constraints say that it is an authority's, with a path length that suffices, and key usage, if there, that it
//!   signs certificates. Certificates of version 1 are none of authorities, nor do they make an anchor;
//! - above the leaf: name constraints, critical or not, have all names within that stand below (see [`NameFault`]);
//! - extended key usage, critical or not, leaves a purpose that is accepted ([`KeyPurposes`]); on authorities it restricts;
//! - of the leaf: key usage, if there, is digitalSignature or contentCommitment (RFC 4945 section 5.1.3.2).
//!
//! Not looked at: revocation, and certificate policies. An anchor is any certificate of an authority that the caller trusts, be it
//! signed by itself or not, or the leaf itself. The issuer's name and the subject's are compared octet for octet, as RFC 5280 section
//! 4.1.2.6 has authorities write them.
//!
//! A peer chooses what it sends, so the work is bounded: [`PathLimits`].

mod attribute;
mod error;
mod name_constraints;
mod names;
mod purposes;
mod request;
mod search;
mod usage;

use super::Certificate;
use alloc::vec::Vec;
use search::Candidate;

pub use error::{ExtensionOid, NameFault, NameForm, PathCertificate, PathError, PathFault};
pub use purposes::KeyPurposes;
pub use request::{PathLimits, PathRequest};

/// A path that holds: only [`validate`] makes one.
#[derive(Clone, Debug)]
pub struct ValidPath<'a> {
    leaf: Certificate<'a>,
    /// The leaf too.
    certificates: Vec<Certificate<'a>>,
}

impl<'a> ValidPath<'a> {
    /// Whom the path vouches for.
    #[must_use]
    pub const fn leaf(&self) -> &Certificate<'a> {
        &self.leaf
    }

    /// From the leaf to the anchor, both counted: one certificate when the leaf is itself an anchor.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate<'a>] {
        &self.certificates
    }

    /// The certificate that the caller trusts.
    #[must_use]
    pub fn anchor(&self) -> &Certificate<'a> {
        self.certificates.last().unwrap_or(&self.leaf)
    }
}

/// Looks for a path from a certificate to a trust anchor.
///
/// The path says that the key is the subject's. Whether the subject is the peer is to be asked then: [`Certificate::matches`].
///
/// ```
/// use ikev2::cert::{PathCertificate, PathFault, PathRequest, validate};
/// use ikev2::provider::Provider;
/// use ikev2::registry::NotifyType;
///
/// let provider = Provider::builtin();
/// let (leaf, anchors) = (b"no certificate", [&b"nor this"[..]]);
/// let error = validate(&PathRequest::new(&provider, leaf, &anchors, 1_790_000_000)).unwrap_err();
/// assert_eq!(error.certificate, PathCertificate::Leaf);
/// assert!(matches!(error.fault, PathFault::Unreadable(_)));
/// assert_eq!(error.notify(), NotifyType::AUTHENTICATION_FAILED);
/// ```
///
/// # Errors
/// When there is none, or it was not found within the limits: the certificate at fault, and its fault.
pub fn validate<'a>(request: &PathRequest<'a>) -> Result<ValidPath<'a>, PathError> {
    let at_leaf = |fault| PathError::new(PathCertificate::Leaf, fault);
    let (count, limit) = (request.others.len().saturating_add(1), request.limits.certificates);
    if count > limit {
        return Err(at_leaf(PathFault::TooManyCertificates { count, limit }));
    }
    let leaf = Certificate::parse(request.leaf).map_err(|error| at_leaf(PathFault::Unreadable(error)))?;
    usage::check(&leaf, request.now).map_err(at_leaf)?;
    usage::check_signer(&leaf).map_err(at_leaf)?;
    let allowed = KeyPurposes::allowed(&leaf.extensions()).map_err(|error| at_leaf(PathFault::Extension(error)))?;
    let purposes = request.purposes.and(allowed).ok_or(at_leaf(PathFault::ExtendedKeyUsage))?;
    let mut certificates = Vec::from([leaf]);
    if !request.anchors.contains(&request.leaf) {
        let candidate = Candidate { certificate: leaf, place: PathCertificate::Leaf };
        certificates.extend(search::search(request, &candidate, purposes, &candidates(request))?);
    }
    Ok(ValidPath { leaf, certificates })
}

/// The anchors, and of the others those that are no anchors; each once, and not the leaf.
fn candidates<'a>(request: &PathRequest<'a>) -> Vec<Candidate<'a>> {
    let mut candidates: Vec<Candidate<'a>> = Vec::new();
    let anchors = request.anchors.iter().enumerate().map(|(index, der)| (PathCertificate::Anchor(index), *der));
    let others = request.others.iter().enumerate().map(|(index, der)| (PathCertificate::Other(index), *der));
    for (place, der) in anchors.chain(others) {
        let is_known = der == request.leaf || candidates.iter().any(|candidate| candidate.certificate.as_der() == der);
        if let (false, Ok(certificate)) = (is_known, Certificate::parse(der)) {
            candidates.push(Candidate { certificate, place });
        }
    }
    candidates
}
