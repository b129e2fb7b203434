//! What one certificate may be used for by itself: dates, extensions, key usage, basic constraints.

use super::error::{ExtensionOid, PathFault};
use crate::cert::{BasicConstraints, Certificate};

/// id-ce of RFC 5280 section 4.2.1: keyUsage, subjectAltName, basicConstraints, nameConstraints, certificatePolicies, policyMappings,
/// extKeyUsage, inhibitAnyPolicy. Those about policies restrict nothing as long as no explicit policy is required (section 6.1.5 (g)),
/// which only policyConstraints or the caller could do: the former is not in this list, the latter cannot ask.
const UNDERSTOOD: [&[u8]; 8] = [
    b"\x55\x1d\x0f",
    b"\x55\x1d\x11",
    b"\x55\x1d\x13",
    b"\x55\x1d\x1e",
    b"\x55\x1d\x20",
    b"\x55\x1d\x21",
    b"\x55\x1d\x25",
    b"\x55\x1d\x36",
];

/// What every certificate of a path has to hold: it is in date, and nothing in it is critical that is not understood.
pub(super) fn check(certificate: &Certificate<'_>, now: i64) -> Result<(), PathFault> {
    let validity = certificate.validity();
    if now < validity.not_before.unix() {
        return Err(PathFault::NotYetValid { not_before: validity.not_before });
    }
    if now > validity.not_after.unix() {
        return Err(PathFault::Expired { not_after: validity.not_after });
    }
    let extensions = certificate.extensions();
    let mut rest = extensions.iter();
    while let Some(extension) = rest.next() {
        // Two could say different things to different readers. There are 64 at most.
        if rest.clone().any(|other| other.oid == extension.oid) {
            return Err(PathFault::DuplicateExtension(ExtensionOid::of(&extension)));
        }
        if extension.critical && !UNDERSTOOD.contains(&extension.oid.as_octets()) {
            return Err(PathFault::CriticalExtension(ExtensionOid::of(&extension)));
        }
    }
    Ok(())
}

/// RFC 4945 section 5.1.3.2: a key that signs AUTH has digitalSignature or contentCommitment, if it has key usage at all.
pub(super) fn check_signer(certificate: &Certificate<'_>) -> Result<(), PathFault> {
    match certificate.extensions().key_usage().map_err(PathFault::Extension)? {
        Some(usage) if !usage.digital_signature() && !usage.content_commitment() => Err(PathFault::KeyUsage),
        _ => Ok(()),
    }
}

/// RFC 5280 section 6.1.4 (k) to (n): an authority says that it is one, may have as many authorities below it, and may sign certificates.
pub(super) fn check_authority(certificate: &Certificate<'_>, below: usize) -> Result<(), PathFault> {
    let extensions = certificate.extensions();
    match extensions.basic_constraints().map_err(PathFault::Extension)? {
        Some(BasicConstraints { is_ca: true, path_len: None }) => {}
        Some(BasicConstraints { is_ca: true, path_len: Some(limit) }) => {
            if !u32::try_from(below).is_ok_and(|below| below <= limit) {
                return Err(PathFault::PathLength { count: below, limit });
            }
        }
        _ => return Err(PathFault::NotAnAuthority),
    }
    match extensions.key_usage().map_err(PathFault::Extension)? {
        Some(usage) if !usage.key_cert_sign() => Err(PathFault::KeyUsage),
        _ => Ok(()),
    }
}

/// RFC 5280 section 3.2: its subject is its issuer. Where the two differ in more than their octets it is taken not to be, which is
/// stricter: it then counts in path lengths, and its names are held to constraints.
pub(super) fn is_self_issued(certificate: &Certificate<'_>) -> bool {
    certificate.subject().as_der() == certificate.issuer().as_der()
}
