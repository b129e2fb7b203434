//! strongSwan: greedy, type by type, in the preferring side's order; 6 adds RFC 9370 without backtracking.

use super::ke_sets::KeSets;
use super::rules::{Rules, Scan, Verdict, leaves_out_ke, proposals};
use crate::error::ParseErrorKind;
use crate::proposal::offer::{Cursor, OfferedProposal, OfferedTransform, low_bits};
use crate::proposal::policy::{Policy, Prefer, Question};
use crate::proposal::reason::{Clash, Flaw, Reason};
use crate::proposal::suite::{Code, Local, TypeSet};
use crate::proposal::work::{Meter, Uncounted};
use crate::registry::{AttributeType, Encr, SecurityProtocol, TransformType};

/// strongSwan looks at INTEG before PRF.
const ORDER: [TransformType; 14] = [
    TransformType::ENCR,
    TransformType::INTEG,
    TransformType::PRF,
    TransformType::KE,
    TransformType::SN,
    TransformType::ADDKE1,
    TransformType::ADDKE2,
    TransformType::ADDKE3,
    TransformType::ADDKE4,
    TransformType::ADDKE5,
    TransformType::ADDKE6,
    TransformType::ADDKE7,
    TransformType::KWA,
    TransformType::GCAUTH,
];

/// The first private id of every table, as strongSwan draws the line.
const FIRST_PRIVATE: u16 = 1024;

/// IPComp, which strongSwan counts among the protocols under a number that is another's in the registry.
const IPCOMP: SecurityProtocol = SecurityProtocol(4);

#[derive(Clone, Debug)]
pub(in crate::proposal) struct StrongSwan<M = Uncounted> {
    meter: M,
    pub(super) question: Question,
    prefer: Prefer,
    accept_private: bool,
    addke: bool,
}

impl StrongSwan {
    /// The proposals strongSwan considers: those that share a number are passed over, for they once meant AH and ESP together.
    pub(in crate::proposal) fn considered(offer: &[u8]) -> impl Iterator<Item = OfferedProposal<'_>> + Clone {
        numbered_once(offer).filter(|(_, once)| *once).map(|(offered, _)| offered)
    }
}

impl<M: Meter> StrongSwan<M> {
    pub(in crate::proposal) const fn new(policy: &Policy, question: Question, addke: bool, meter: M) -> Self {
        Self { meter, question, prefer: policy.prefer, accept_private: policy.accept_private, addke }
    }

    const fn is_ke(&self, ty: TransformType) -> bool {
        if self.addke { ty.is_key_exchange() } else { ty.0 == TransformType::KE.0 }
    }

    /// Whether a type may be absent on one side when the other lists NONE.
    fn optional(&self, ty: TransformType, protocol: SecurityProtocol) -> bool {
        if !self.is_ke(ty) {
            return false;
        }
        ty != TransformType::KE || protocol == SecurityProtocol::ESP || protocol == SecurityProtocol::AH
    }

    const fn admitted(&self, code: Code) -> bool {
        self.accept_private || code.id() < FIRST_PRIVATE
    }

    const fn skips_ke(&self, ty: TransformType) -> bool {
        leaves_out_ke(self.question) && self.is_ke(ty)
    }
}

/// Every proposal, with whether no other has its number. Numbers do not fall, so those that share one are neighbours.
pub(in crate::proposal) fn numbered_once(offer: &[u8]) -> impl Iterator<Item = (OfferedProposal<'_>, bool)> + Clone {
    let mut rest = proposals(offer);
    let mut previous = None;
    let mut next = rest.next();
    core::iter::from_fn(move || {
        let this = next?;
        next = rest.next();
        let once = previous != Some(this.number) && next.map(|n| n.number) != Some(this.number);
        previous = Some(this.number);
        Some((this, once))
    })
}

impl<M: Meter> Rules for StrongSwan<M> {
    #[inline]
    fn spend(&self, steps: usize) {
        self.meter.spend(steps);
    }

    fn check(&self, offer: &[u8]) -> Result<(), Reason> {
        let mut cursor = Cursor::new(offer);
        let mut least = 1;
        while !cursor.is_empty() {
            let proposal = cursor.proposal()?;
            if proposal.number < least {
                return Err(proposal.fault(ParseErrorKind::ProposalNumber { found: proposal.number, expected: least }).into());
            }
            least = proposal.number;
            check_proposal(&proposal)?;
        }
        Ok(())
    }

    fn flaw(&self, offered: &OfferedProposal<'_>) -> Option<Flaw> {
        (offered.count == 0).then_some(Flaw::Empty)
    }

    fn code(&self, transform: &OfferedTransform<'_>) -> Option<Code> {
        if let Some(code) = transform.plain() {
            return Some(code);
        }
        let mut attributes = transform.inner();
        while let Ok(attribute) = attributes.attribute() {
            if attribute.ty == AttributeType::KEY_LENGTH {
                return Some(Code::new(transform.id, low_bits(attribute.value)));
            }
        }
        Some(Code::new(transform.id, 0))
    }

    fn admits(&self, _: &Local, _: TransformType, code: Code) -> bool {
        self.admitted(code)
    }

    fn judge<I>(&self, scan: &Scan, local: &Local, offered: I) -> Verdict
    where
        I: Iterator<Item = (TransformType, Option<Code>)> + Clone,
    {
        let mut verdict = Verdict::new();
        let types = scan.offered.union(local.types);
        let distinct = self.addke && types.overlaps(TypeSet::ADDKE);
        let sets = (distinct && !leaves_out_ke(self.question))
            .then(|| KeSets::collect(local, |ty| local.group(ty), |c| self.admitted(c), offered, self.meter));
        let mut used = 0;
        let mut aead = false;
        for ty in ORDER.into_iter().chain(local.alien) {
            if !types.has(ty) || self.skips_ke(ty) || ty == TransformType::INTEG && aead {
                continue;
            }
            if !(scan.offered.has(ty) && local.types.has(ty)) {
                let none = if scan.offered.has(ty) { scan.none.has(ty) } else { local.group(ty).iter().any(|c| c.id() == 0) };
                if !(none && self.optional(ty, local.protocol)) {
                    if scan.offered.has(ty) {
                        verdict.unmatched(ty);
                    } else {
                        verdict.missing(ty);
                    }
                }
                continue;
            }
            let code = match sets.as_ref().and_then(|s| s.of(ty)) {
                Some(set) => set.in_order(self.prefer, self.meter).find(|m| {
                    // NONE is never used up: it is not a method.
                    m.is_none() || m.bit() & used == 0
                }),
                None => None,
            };
            let code = if distinct && self.is_ke(ty) {
                if let Some(method) = code {
                    if !method.is_none() {
                        used |= method.bit();
                    }
                }
                if code.is_none() && scan.common.has(ty) {
                    verdict.clash = Some(Clash::KeMethodReused);
                    continue;
                }
                code.map(super::ke_sets::Method::code)
            } else {
                scan.rank(ty, self.prefer).and_then(|rank| local.at(ty, rank))
            };
            let Some(code) = code else {
                verdict.unmatched(ty);
                // Had a cipher been found, an AEAD one would make INTEG a matter of no interest.
                aead |= ty == TransformType::ENCR && !scan.plain;
                continue;
            };
            if ty == TransformType::ENCR && Encr(code.id()).is_aead() {
                aead = true;
            }
            // 0 says 32-bit sequence numbers; elsewhere it is NONE or reserved, and stays out of the answer.
            if code.id() != 0 || ty == TransformType::SN {
                verdict.chosen.push(ty, code);
            }
        }
        if scan.offered.overlaps(TypeSet::ALIEN) {
            verdict.unmatched = verdict.unmatched.union(TypeSet::ALIEN);
        }
        verdict
    }
}

fn check_proposal(proposal: &OfferedProposal<'_>) -> Result<(), Reason> {
    let (_, mut transforms) = proposal.split()?;
    if !matches!(proposal.last, 0 | 2) {
        let (found, expected) = (proposal.last, 0);
        return Err(proposal.fault(ParseErrorKind::LastSubstructure { found, expected }).into());
    }
    let mut present = 0_usize;
    while !transforms.is_empty() {
        let transform = transforms.transform()?;
        if !matches!(transform.last, 0 | 3) {
            let (found, expected) = (transform.last, 0);
            return Err(transform.fault(ParseErrorKind::LastSubstructure { found, expected }).into());
        }
        if transform.plain().is_none() {
            let mut attributes = transform.inner();
            while !attributes.is_empty() {
                attributes.attribute()?;
            }
        }
        present = present.saturating_add(1);
    }
    let announced = usize::from(proposal.count);
    if announced != present {
        return Err(proposal.fault(ParseErrorKind::Count { announced, present }).into());
    }
    let expected = match (proposal.protocol, proposal.spi_size) {
        (SecurityProtocol::IKE, 0 | 8) | (SecurityProtocol::AH | SecurityProtocol::ESP, 4) => {
            return Ok(());
        }
        (IPCOMP, 2 | 4) => return Ok(()),
        (IPCOMP, _) => 2,
        (SecurityProtocol::IKE, _) => 0,
        (SecurityProtocol::AH | SecurityProtocol::ESP, _) => 4,
        _ => return Ok(()),
    };
    Err(proposal.fault(ParseErrorKind::Size { size: usize::from(proposal.spi_size), expected }).into())
}
