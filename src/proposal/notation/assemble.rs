//! Proposals made of the lists that routers have: ciphers, integrity algorithms, PRFs, groups.
//!
//! What a proposal may hold is RFC 7296 section 3.3: an AEAD cipher stands in a proposal without integrity algorithm, and never
//! beside a cipher that needs one.

use super::settings::{Span, Stated};
use super::strongswan::prf_of;
use super::words::Word;
use super::{NotationError, NotationErrorKind};
use crate::proposal::Proposal;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;

/// The values a configuration lists for one proposal, in its order.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    pub(super) encr: Vec<Transform>,
    pub(super) integ: Vec<Transform>,
    pub(super) prf: Vec<Transform>,
    /// KE and ADDKE1 to ADDKE7.
    pub(super) ke: Vec<Transform>,
}

/// One proposal of a configuration, and where it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Suite {
    pub(super) lists: Lists,
    /// From its first line to its last.
    pub(super) span: Option<Span>,
    /// In seconds.
    pub(super) lifetime: Option<Stated<u64>>,
}

/// Appends what is not there yet.
pub(super) fn add(list: &mut Vec<Transform>, transform: Transform) {
    if !list.contains(&transform) {
        list.push(transform);
    }
}

impl Lists {
    /// What an IKE proposal lacks.
    pub(super) fn missing_for_ike(&self) -> Option<TransformType> {
        let aead = self.encr.iter().any(|t| t.is_aead());
        let plain = self.encr.iter().any(|t| !t.is_aead());
        if self.encr.is_empty() {
            Some(TransformType::ENCR)
        } else if plain && self.integ.is_empty() {
            Some(TransformType::INTEG)
        } else if aead && self.prf.is_empty() && self.integ.is_empty() {
            Some(TransformType::PRF)
        } else if self.ke.is_empty() {
            Some(TransformType::KE)
        } else {
            None
        }
    }

    /// The IKE proposals: one, or two where AEAD ciphers and others are listed together. Without a PRF it is that of the integrity
    /// algorithm.
    pub(super) fn ike(&self) -> Vec<Proposal> {
        let mut prf = self.prf.clone();
        if prf.is_empty() {
            let own = self.integ.iter().filter_map(|integ| prf_of(Integ(integ.id.0)));
            own.for_each(|id| add(&mut prf, Transform::prf(id)));
        }
        self.by_kind(SecurityProtocol::IKE, &prf, &[])
    }

    /// The ESP proposals, with the groups of the list as KE transforms.
    pub(super) fn esp(&self, sn: &[SequenceNumbers]) -> Vec<Proposal> {
        self.by_kind(SecurityProtocol::ESP, &[], sn)
    }

    /// The AH proposal; `None` without an integrity algorithm.
    pub(super) fn ah(&self, sn: &[SequenceNumbers]) -> Option<Proposal> {
        let integ: Vec<Transform> = self.integ.iter().copied().filter(|t| !t.is_none()).collect();
        (!integ.is_empty()).then(|| self.proposal(SecurityProtocol::AH, &[], &integ, &[], sn))
    }

    fn by_kind(&self, protocol: SecurityProtocol, prf: &[Transform], sn: &[SequenceNumbers]) -> Vec<Proposal> {
        let (aead, plain): (Vec<Transform>, Vec<Transform>) = self.encr.iter().partition(|t| authenticates(**t));
        let integ: Vec<Transform> = self.integ.iter().copied().filter(|t| !t.is_none()).collect();
        let mut all = Vec::new();
        let mut push = |encr: &[Transform], integ: &[Transform]| {
            if !encr.is_empty() {
                all.push(self.proposal(protocol, encr, integ, prf, sn));
            }
        };
        if self.encr.first().is_some_and(|first| authenticates(*first)) {
            push(&aead, &[]);
            push(&plain, &integ);
        } else {
            push(&plain, &integ);
            push(&aead, &[]);
        }
        all
    }

    fn proposal(
        &self,
        protocol: SecurityProtocol,
        encr: &[Transform],
        integ: &[Transform],
        prf: &[Transform],
        sn: &[SequenceNumbers],
    ) -> Proposal {
        let mut transforms = [encr, integ, prf, &self.ke].concat();
        transforms.extend(sn.iter().map(|id| Transform::sn(*id)));
        super::proposal(protocol, transforms)
    }
}

/// Whether a cipher stands without integrity algorithm: AEAD, and AES-GMAC, which is integrity alone (RFC 4543).
const fn authenticates(transform: Transform) -> bool {
    transform.is_aead() || transform.id.0 == Encr::ENCR_NULL_AUTH_AES_GMAC.0
}

/// The sequence numbers of a product without ESN.
pub(super) const NO_ESN: &[SequenceNumbers] = &[SequenceNumbers::SEQUENTIAL_32];

/// A group by its number, behind a prefix as `group` or none.
pub(super) fn group(word: Word<'_>, prefix: &str, known: &[u16], expected: &'static str) -> Result<Transform, NotationError> {
    let digits = word.text.get(..prefix.len()).filter(|head| head.eq_ignore_ascii_case(prefix)).and(word.text.get(prefix.len()..));
    let number = digits.filter(|digits| digits.bytes().all(|c| c.is_ascii_digit())).and_then(|digits| digits.parse().ok());
    match number.filter(|number| known.contains(number)) {
        Some(number) => Ok(Transform::ke(KeMethod(number))),
        None => Err(word.error(NotationErrorKind::Name { expected, meant: None })),
    }
}

/// The groups among transforms.
pub(super) fn groups(ke: &[Transform]) -> Vec<KeMethod> {
    ke.iter().filter(|t| t.ty == TransformType::KE).map(|t| KeMethod(t.id.0)).collect()
}

/// The PRF that goes with an AES-GCM or ChaCha20 cipher of these key bits where nothing else says: SHA-384 from 256 bits on.
pub(super) fn prf_of_key_bits(encr: &[Transform]) -> Transform {
    let wide = encr.iter().any(|t| t.key_bits.is_some_and(|bits| bits >= 256));
    Transform::prf(if wide { Prf::PRF_HMAC_SHA2_384 } else { Prf::PRF_HMAC_SHA2_256 })
}

/// The error of a proposal that lacks a type.
pub(super) const fn lacks(span: Span, protocol: SecurityProtocol, ty: TransformType) -> NotationError {
    NotationError { at: span.at, len: span.len, kind: NotationErrorKind::Missing { protocol, ty } }
}

/// The error of a text without a proposal.
pub(super) const fn nothing() -> NotationError {
    NotationError { at: 0, len: 0, kind: NotationErrorKind::Empty(super::Expected::Proposal) }
}
