//! The search for a path, from the leaf up: depth first, with what is tried again for every candidate counted.

use super::error::{PathCertificate, PathError, PathFault};
use super::name_constraints::{NameConstraints, Refusal, Work};
use super::purposes::KeyPurposes;
use super::request::PathRequest;
use super::usage;
use crate::auth::AuthError;
use crate::cert::Certificate;
use crate::registry::HashAlgorithm;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// A certificate that may become part of the path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) certificate: Certificate<'a>,
    pub(super) place: PathCertificate,
}

/// A certificate of the path, and what is left to try above it.
struct Step<'s, 'a> {
    candidate: &'s Candidate<'a>,
    /// What it and all below it allow and the caller accepts.
    purposes: KeyPurposes,
    /// Intermediate certificates up to here, those that are self-issued not counted (RFC 5280 section 6.1.4 (l)).
    intermediates: usize,
    /// The best last.
    issuers: Vec<&'s Candidate<'a>>,
}

/// Why a candidate is no part of the path.
enum Failure {
    /// Another may be.
    Candidate(PathError),
    /// The search has done as much as it may.
    Search(PathError),
}

/// What may still be done, and the error that tells most.
struct State {
    verifications: usize,
    work: Work,
    worst: Option<((u8, usize), PathError)>,
}

impl State {
    /// Of errors a name that nobody has tells least, then a key of the right name that is not the right one; of others the one that
    /// is furthest up, since the path held as far as there. Of equals the first counts: the best candidate is tried first.
    fn note(&mut self, height: usize, error: PathError) {
        let class = match error.fault {
            PathFault::NobodyVouches => 0,
            PathFault::Signature(_) => 1,
            _ => 2,
        };
        if self.worst.is_none_or(|(rank, _)| rank < (class, height)) {
            self.worst = Some(((class, height), error));
        }
    }
}

/// The certificates above a leaf that holds by itself, the anchor last.
pub(super) fn search<'a>(
    request: &PathRequest<'a>,
    leaf: &Candidate<'a>,
    purposes: KeyPurposes,
    candidates: &[Candidate<'a>],
) -> Result<Vec<Certificate<'a>>, PathError> {
    let limits = request.limits;
    let mut state = State { verifications: limits.verifications, work: Work::new(limits.comparisons), worst: None };
    let issuers = issuers_of(&[], leaf, candidates, request.now);
    let mut path = Vec::from([Step { candidate: leaf, purposes, intermediates: 0, issuers }]);
    // Each turn takes a candidate from a step or a step from the path, and each step took a verification to get there.
    while let Some(step) = path.last_mut() {
        let Some(candidate) = step.issuers.pop() else {
            path.pop();
            continue;
        };
        match attach(request, &path, candidate, &mut state) {
            Ok(_) if matches!(candidate.place, PathCertificate::Anchor(_)) => {
                let below = path.iter().skip(1).map(|step| step.candidate.certificate);
                return Ok(below.chain([candidate.certificate]).collect());
            }
            Ok((purposes, intermediates)) => {
                let issuers = issuers_of(&path, candidate, candidates, request.now);
                if issuers.is_empty() {
                    state.note(path.len(), PathError::new(candidate.place, PathFault::NobodyVouches));
                }
                path.push(Step { candidate, purposes, intermediates, issuers });
            }
            Err(Failure::Candidate(error)) => state.note(path.len(), error),
            Err(Failure::Search(error)) => return Err(error),
        }
    }
    Err(state.worst.map_or(PathError::new(leaf.place, PathFault::NobodyVouches), |(_, error)| error))
}

/// The candidates with the name of a certificate's issuer, the most promising last: anchors, then those whose key has the right
/// identifier (RFC 5280 section 4.2.1.1), then those in date.
///
/// None is tried that is on the path already, by name and key: what leads on from there could be had without the turn.
fn issuers_of<'s, 'a>(path: &[Step<'s, 'a>], child: &Candidate<'a>, candidates: &'s [Candidate<'a>], now: i64) -> Vec<&'s Candidate<'a>> {
    let issuer = child.certificate.issuer();
    let identifier = child.certificate.extensions().authority_key_identifier().ok().flatten();
    let on_path = path.iter().skip(1).map(|step| step.candidate).chain((!path.is_empty()).then_some(child));
    let is_new = |candidate: &&Candidate<'a>| {
        !on_path.clone().any(|other| {
            other.certificate.subject() == candidate.certificate.subject()
                && other.certificate.public_key().spki() == candidate.certificate.public_key().spki()
        })
    };
    let named = candidates.iter().filter(|candidate| !issuer.is_empty() && candidate.certificate.subject() == issuer);
    let mut issuers: Vec<_> = named.filter(is_new).collect();
    issuers.sort_by_key(|candidate| {
        let own = candidate.certificate.extensions().subject_key_identifier().ok().flatten();
        let is_anchor = matches!(candidate.place, PathCertificate::Anchor(_));
        let is_meant = identifier.is_none() || own.is_none() || identifier == own;
        (is_anchor, is_meant, candidate.certificate.validity().contains(now), Reverse(candidate.place.index()))
    });
    issuers
}

/// Whether a candidate vouches for the last of the path, and everything in it for what it vouches for then: purposes left, and
/// intermediate certificates up to it.
fn attach<'a>(
    request: &PathRequest<'a>,
    path: &[Step<'_, 'a>],
    candidate: &Candidate<'a>,
    state: &mut State,
) -> Result<(KeyPurposes, usize), Failure> {
    let at = |fault| Failure::Candidate(PathError::new(candidate.place, fault));
    let Some(child) = path.last() else { return Err(at(PathFault::NobodyVouches)) };
    let is_anchor = matches!(candidate.place, PathCertificate::Anchor(_));
    if !is_anchor && path.len() >= request.limits.depth {
        return Err(at(PathFault::PathTooLong { limit: request.limits.depth }));
    }
    let certificate = &candidate.certificate;
    usage::check(certificate, request.now).map_err(at)?;
    usage::check_authority(certificate, child.intermediates).map_err(at)?;
    let own = KeyPurposes::allowed(&certificate.extensions()).map_err(|error| at(PathFault::Extension(error)))?;
    let purposes = child.purposes.and(own).ok_or_else(|| at(PathFault::ExtendedKeyUsage))?;
    let constraints = NameConstraints::of(certificate).map_err(|error| at(PathFault::Extension(error)))?;
    verify(request, child.candidate, candidate, state)?;
    if let Some(constraints) = constraints {
        for (height, step) in path.iter().enumerate() {
            // RFC 5280 section 6.1.3 (b): a self-issued certificate in between is left out, the leaf is not.
            if height > 0 && usage::is_self_issued(&step.candidate.certificate) {
                continue;
            }
            constraints.check(&step.candidate.certificate, &mut state.work).map_err(|refusal| {
                let fault = |fault| PathError::new(step.candidate.place, fault);
                match refusal {
                    Refusal::Name(name) => {
                        Failure::Candidate(fault(PathFault::NameConstraints { authority: candidate.place, fault: name }))
                    }
                    Refusal::Exhausted => Failure::Search(fault(PathFault::TooManyNames { limit: request.limits.comparisons })),
                }
            })?;
        }
    }
    let counts = usize::from(!usage::is_self_issued(certificate));
    Ok((purposes, child.intermediates.saturating_add(counts)))
}

/// The signature of one certificate by the key of another, within the number of them that may be verified.
fn verify(request: &PathRequest<'_>, child: &Candidate<'_>, issuer: &Candidate<'_>, state: &mut State) -> Result<(), Failure> {
    let limit = request.limits.verifications;
    let scheme = child.certificate.signature_algorithm().scheme;
    if scheme.is_some_and(|scheme| scheme.hash() == HashAlgorithm::SHA1) && !request.accept_sha1 {
        let fault = PathFault::Signature(AuthError::HashNotAccepted(HashAlgorithm::SHA1));
        return Err(Failure::Candidate(PathError::new(child.place, fault)));
    }
    let left = state.verifications.checked_sub(1);
    state.verifications = left.ok_or(Failure::Search(PathError::new(child.place, PathFault::TooManyVerifications { limit })))?;
    let verified = child.certificate.verify_signature(request.provider, &issuer.certificate.public_key());
    verified.map(drop).map_err(|error| Failure::Candidate(PathError::new(child.place, PathFault::Signature(error))))
}
