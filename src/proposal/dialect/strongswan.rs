//! strongSwan: greedy, type by type, in the preferring side's order; 6 adds RFC 9370 without backtracking.

use super::choice::{Chosen, FittingPair, Offered, PolicyRules, Verdict, Withdrawal};
use super::ke_sets::KeSets;
use super::rules::{self, Rules, Scan, first_fit, proposals};
use crate::error::ParseErrorKind;
use crate::proposal::asked::Asked;
use crate::proposal::context::{NegotiationContext, Preference};
use crate::proposal::offer::{Cursor, OfferedProposal, OfferedTransform, low_bits};
use crate::proposal::reason::{Conflict, RefusalCause, RefusalResponse, SkipReason};
use crate::proposal::suite::{Code, Local, TransformTypes};
use crate::proposal::work::{Meter, Uncounted};
use crate::registry::{Encr, KeMethod, SecurityProtocol, TransformAttributeType, TransformType};

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

/// The versions of charon that differ here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::proposal) enum Version {
    V5,
    /// With RFC 9370.
    V6,
}

#[derive(Clone, Debug)]
pub(in crate::proposal) struct StrongSwan<M = Uncounted> {
    meter: M,
    context: NegotiationContext,
    ke: Option<KeMethod>,
    /// The peer is known not to do IKE_INTERMEDIATE.
    lacks_intermediate: bool,
    prefer: Preference,
    accept_private: bool,
    version: Version,
}

impl<M: Meter> StrongSwan<M> {
    const fn has_addke(&self) -> bool {
        matches!(self.version, Version::V6)
    }

    const fn is_ke(&self, ty: TransformType) -> bool {
        if self.has_addke() { ty.is_key_exchange() } else { ty.0 == TransformType::KE.0 }
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

    /// Whether additional key exchanges were chosen for an IKE_SA_INIT that no IKE_INTERMEDIATE can follow.
    fn misses_intermediate(&self, chosen: &Chosen) -> bool {
        let additional = |(ty, _): (TransformType, Code)| ty.is_key_exchange() && ty != TransformType::KE;
        self.lacks_intermediate && self.has_addke() && self.context == NegotiationContext::IkeSaInit && chosen.iter().any(additional)
    }

    const fn skips_ke(&self, ty: TransformType) -> bool {
        self.context.leaves_out_ke() && self.is_ke(ty)
    }
}

/// Every proposal, with whether no other has its number. Numbers do not fall, so those that share one are neighbours.
fn numbered_once(offer: &[u8]) -> impl Iterator<Item = (OfferedProposal<'_>, bool)> + Clone {
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
    type Version = Version;
    type Meter = M;

    fn new(version: Version, asked: Asked, meter: M) -> Self {
        let Asked { question, settings } = asked;
        Self {
            meter,
            context: question.context(),
            ke: question.ke(),
            lacks_intermediate: question.announces_intermediate() == Some(false),
            prefer: settings.prefer,
            accept_private: settings.accept_private,
            version,
        }
    }

    fn policy_rules(_: Version) -> PolicyRules {
        PolicyRules { esp_aead: true, additional_without_ke: true }
    }

    #[inline]
    fn count_steps(&self, steps: usize) {
        self.meter.count_steps(steps);
    }

    fn unreadable_ke(&self) -> Option<RefusalCause> {
        (self.context == NegotiationContext::IkeSaInit && self.ke.is_none()).then_some(RefusalCause::NoKePayload)
    }

    fn check(&self, offer: &[u8]) -> Result<(), RefusalResponse> {
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

    fn select<'a>(&self, offer: &'a [u8], locals: &[Local]) -> Result<Option<FittingPair<'a>>, RefusalResponse> {
        // Proposals that share a number are passed over, for they once meant AH and ESP together.
        let considered = numbered_once(offer).filter(|(_, once)| *once).map(|(offered, _)| offered);
        Ok(first_fit(self, locals, self.prefer, considered))
    }

    fn wrong_ke(&self, wanted: KeMethod) -> Option<RefusalResponse> {
        Some(RefusalResponse::InvalidKePayload { wanted })
    }

    fn withdraw(&self, hit: &FittingPair<'_>, _: &[u8]) -> Option<Withdrawal> {
        // charon looks for the notify when it has answered all but the additional key exchanges, and goes back to no other proposal.
        let (reason, cause) = (RefusalResponse::NoProposalChosen, RefusalCause::NoIntermediate);
        self.misses_intermediate(&hit.chosen).then_some(Withdrawal { reason, cause, after_ke: true })
    }

    fn flaw(&self, offered: &OfferedProposal<'_>) -> Option<SkipReason> {
        (offered.count == 0).then_some(SkipReason::Empty)
    }

    fn transforms_read(&self, _: &OfferedProposal<'_>) -> usize {
        usize::MAX
    }

    fn code(&self, transform: &OfferedTransform<'_>) -> Option<Code> {
        if let Some(code) = transform.plain() {
            return Some(code);
        }
        let mut attributes = transform.inner();
        while let Ok(attribute) = attributes.attribute() {
            if attribute.ty == TransformAttributeType::KEY_LENGTH {
                return Some(Code::new(transform.id, low_bits(attribute.value)));
            }
        }
        Some(Code::new(transform.id, 0))
    }

    fn group<'l>(&'l self, local: &'l Local, ty: TransformType) -> &'l [Code] {
        local.group(ty)
    }

    fn replaced_group(&self, _: &Local) -> Option<KeMethod> {
        None
    }

    fn admits(&self, _: &Local, _: TransformType, code: Code) -> bool {
        self.admitted(code)
    }

    #[inline]
    fn prefers(&self, _: &Local, _: TransformType, _: Code) -> bool {
        false
    }

    #[inline]
    fn is_aead(&self, cipher: Code) -> bool {
        Encr(cipher.id()).is_aead()
    }

    fn judge<I>(&self, scan: &Scan, local: &Local, offered: I) -> Verdict
    where
        I: Iterator<Item = (TransformType, Option<Code>)> + Clone,
    {
        let mut verdict = Verdict::new();
        let types = scan.offered.union(local.types);
        let distinct = self.has_addke() && types.overlaps(TransformTypes::ADDKE);
        let sets = (distinct && !self.context.leaves_out_ke())
            .then(|| KeSets::collect(local, |ty| local.group(ty), |c| self.admitted(c), offered, self.meter));
        let mut used = 0;
        let mut aead = false;
        for ty in ORDER.into_iter().chain(local.unassigned) {
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
                    verdict.clash = Some(Conflict::KeMethodReused);
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
        if scan.offered.overlaps(TransformTypes::UNASSIGNED) {
            verdict.unmatched = verdict.unmatched.union(TransformTypes::UNASSIGNED);
        }
        verdict
    }

    fn list<'a>(&self, offer: &'a [u8], each: &mut dyn FnMut(&[OfferedProposal<'a>], Option<SkipReason>)) {
        for (offered, once) in numbered_once(offer) {
            each(&[offered], (!once).then_some(SkipReason::RepeatedNumber));
        }
    }

    fn clash_of_choice(&self, chosen: &Chosen) -> Option<Conflict> {
        self.misses_intermediate(chosen).then_some(Conflict::NoIntermediate)
    }

    fn keeps_choice(&self, local: &Local, offered: &mut dyn Iterator<Item = &[Offered]>) -> Option<bool> {
        // charon takes the first that fits, and may find then that its additional key exchanges cannot follow.
        let fitting = offered.map(|codes| rules::judge(self, local, codes)).find(Verdict::matches);
        fitting.map(|verdict| !self.misses_intermediate(&verdict.chosen))
    }

    fn admits_protocol(&self, _: SecurityProtocol, _: bool, _: Option<SecurityProtocol>) -> bool {
        true
    }

    fn skips(&self, offered: &[Offered]) -> bool {
        offered.is_empty()
    }
}

fn check_proposal(proposal: &OfferedProposal<'_>) -> Result<(), RefusalResponse> {
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
        return Err(proposal.fault(ParseErrorKind::CountMismatch { announced, present }).into());
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
    Err(proposal.fault(ParseErrorKind::SizeMismatch { size: usize::from(proposal.spi_size), expected }).into())
}
