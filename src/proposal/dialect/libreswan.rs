//! libreswan: the earliest local proposal wins, and in it the earliest local transform of each type.

use super::rules::{Hit, Rules, Scan, Verdict, compare, leaves_out_ke, proposals};
use crate::error::{Element, ParseErrorKind};
use crate::proposal::offer::{Cursor, HEADER, OfferedProposal, OfferedTransform, low_bits};
use crate::proposal::policy::{Policy, Prefer, Question};
use crate::proposal::reason::{Clash, Flaw, Reason};
use crate::proposal::suite::{Code, Local, TypeSet};
use crate::proposal::work::{Meter, Uncounted, octets};
use crate::registry::{AttributeType, KeMethod, SecurityProtocol, TransformType};
use crate::wire::AttributeValue;
use crate::wire::substructure::MORE_PROPOSALS;

/// Whether pluto has a name for a protocol.
const fn names_protocol(protocol: SecurityProtocol) -> bool {
    matches!(
        protocol,
        SecurityProtocol::IKE
            | SecurityProtocol::AH
            | SecurityProtocol::ESP
            | SecurityProtocol::FC_ESP_HEADER
            | SecurityProtocol::FC_CT_AUTHENTICATION
    )
}

#[derive(Clone, Debug)]
pub(in crate::proposal) struct Libreswan<M = Uncounted> {
    meter: M,
    pub(super) question: Question,
    addke: bool,
}

impl Libreswan {
    /// The proposals pluto gets to see, whatever becomes of them.
    pub(in crate::proposal) fn listed(offer: &[u8]) -> impl Iterator<Item = OfferedProposal<'_>> + Clone {
        let mut rest = proposals(offer);
        let mut more = true;
        core::iter::from_fn(move || {
            let this = more.then(|| rest.next()).flatten()?;
            // To libreswan every other value ends the list.
            more = this.last == MORE_PROPOSALS;
            Some(this)
        })
    }

    /// Whether the group of a KE payload has a name in libreswan; if not, the payload is a syntax error to it.
    pub(in crate::proposal) const fn names(method: KeMethod) -> bool {
        method.0 <= KeMethod::CURVE448.0
    }
}

impl<M: Meter> Libreswan<M> {
    pub(in crate::proposal) const fn new(question: Question, addke: bool, meter: M) -> Self {
        Self { meter, question, addke }
    }

    /// One pass over the offer: a fault met on the way counts, however good an earlier proposal was.
    pub(in crate::proposal) fn select<'a>(&self, offer: &'a [u8], policy: &Policy) -> Result<Option<Hit<'a>>, Reason> {
        let mut best: Option<Hit<'a>> = None;
        self.walk(offer, |offered| {
            let before = best.map_or(policy.locals.len(), |hit| hit.local);
            let better = policy.locals.iter().take(before).enumerate().find_map(|(index, local)| {
                let verdict = compare(self, local, &offered);
                verdict.matches().then_some(Hit { offered, local: index, chosen: verdict.chosen })
            });
            best = better.or(best);
        })?;
        Ok(best)
    }

    fn walk<'a>(&self, offer: &'a [u8], mut usable: impl FnMut(OfferedProposal<'a>)) -> Result<(), Reason> {
        let mut cursor = Cursor::new(offer);
        let mut expected = 1_u32;
        loop {
            let proposal = cursor.proposal()?;
            self.spend(octets(HEADER));
            if !names_protocol(proposal.protocol) {
                let value = u32::from(proposal.protocol.0);
                return Err(proposal.fault(ParseErrorKind::Value { value }).into());
            }
            if u32::from(proposal.number) != expected {
                let kind = match u8::try_from(expected) {
                    Ok(expected) => ParseErrorKind::ProposalNumber { found: proposal.number, expected },
                    Err(_) => ParseErrorKind::TooMany { maximum: usize::from(u8::MAX) },
                };
                return Err(proposal.fault(kind).into());
            }
            expected = expected.saturating_add(1);
            if self.unfit(&proposal).is_none() && self.transforms(&proposal)?.is_none() {
                usable(proposal);
            }
            if proposal.last != MORE_PROPOSALS {
                return Ok(());
            }
        }
    }

    /// What makes pluto pass over a proposal without a look at its transforms.
    fn unfit(&self, proposal: &OfferedProposal<'_>) -> Option<Flaw> {
        if !self.question.takes(proposal.protocol) {
            return Some(Flaw::Protocol(proposal.protocol));
        }
        let (size, expected) = (proposal.spi_size, self.question.spi_size());
        (size != expected).then_some(Flaw::SpiSize { size, expected })
    }

    /// Reads the transforms in order, up to what spoils the proposal, or the payload.
    fn transforms(&self, proposal: &OfferedProposal<'_>) -> Result<Option<Flaw>, Reason> {
        let (_, mut cursor) = proposal.split()?;
        let last_type = self.last_type();
        let mut integ = None;
        for _ in 0..proposal.count {
            let transform = cursor.transform()?;
            self.spend(octets(transform.octets()));
            if transform.ty == TransformType::RESERVED {
                return Err(transform.fault(ParseErrorKind::Value { value: 0 }).into());
            }
            if transform.ty > last_type {
                return Ok(Some(Flaw::TransformType(transform.ty)));
            }
            if transform.plain().is_none() {
                let mut attributes = transform.inner();
                while !attributes.is_empty() {
                    let place = attributes;
                    let attribute = attributes.attribute()?;
                    let (AttributeType::KEY_LENGTH, AttributeValue::Tv(_)) = (attribute.ty, attribute.value) else {
                        let value = u32::from(attribute.ty.0);
                        return Err(place.fault(Element::TransformAttribute, ParseErrorKind::Value { value }).into());
                    };
                }
            }
            if transform.ty == TransformType::INTEG {
                let none = transform.id == 0;
                match integ {
                    None => integ = Some(none),
                    Some(first) if first || none => return Ok(Some(Flaw::MixedInteg)),
                    Some(_) => {}
                }
            }
        }
        Ok(None)
    }

    /// The last transform type known.
    const fn last_type(&self) -> TransformType {
        if self.addke { TransformType::ADDKE7 } else { TransformType::SN }
    }

    /// Whether pluto has a name for a transform type.
    pub(super) fn knows(&self, ty: TransformType) -> bool {
        ty.is_assigned() && ty <= self.last_type()
    }

    /// Types that NONE stands for when a side leaves them out.
    const fn implied(&self, ty: TransformType) -> bool {
        ty.0 == TransformType::INTEG.0 || ty.0 == TransformType::KE.0 || self.addke && ty.is_key_exchange()
    }
}

impl<M: Meter> Rules for Libreswan<M> {
    #[inline]
    fn spend(&self, steps: usize) {
        self.meter.spend(steps);
    }

    fn check(&self, offer: &[u8]) -> Result<(), Reason> {
        self.walk(offer, |_| {})
    }

    fn flaw(&self, offered: &OfferedProposal<'_>) -> Option<Flaw> {
        self.unfit(offered).or_else(|| self.transforms(offered).ok().flatten())
    }

    fn looks_at(&self, offered: &OfferedProposal<'_>) -> usize {
        usize::from(offered.count)
    }

    fn code(&self, transform: &OfferedTransform<'_>) -> Option<Code> {
        if let Some(code) = transform.plain() {
            return Some(code);
        }
        let mut attributes = transform.inner();
        let mut bits = 0;
        while let Ok(attribute) = attributes.attribute() {
            bits = low_bits(attribute.value);
        }
        Some(Code::new(transform.id, bits))
    }

    fn group<'l>(&self, local: &'l Local, ty: TransformType) -> &'l [Code] {
        let none: &[Code] = &[Code::NONE];
        match ty {
            // pluto proposes no key exchange in IKE_AUTH, and NONE there stands for itself.
            ty if ty.is_key_exchange() && self.implied(ty) && leaves_out_ke(self.question) => none,
            // In CREATE_CHILD_SA a policy without PFS does not know the type, not even NONE of it.
            TransformType::KE => local.group(ty),
            ty if self.implied(ty) && !local.types.has(ty) => none,
            ty => local.group(ty),
        }
    }

    fn judge<I>(&self, scan: &Scan, local: &Local, _: I) -> Verdict
    where
        I: Iterator<Item = (TransformType, Option<Code>)> + Clone,
    {
        let mut verdict = Verdict::new();
        let mut methods = [Code::NONE; 8];
        for ty in scan.offered.union(local.types).iter() {
            let group = self.group(local, ty);
            if !scan.offered.has(ty) {
                let optional = self.implied(ty) && group.iter().any(|c| c.id() == 0);
                if !optional {
                    verdict.missing(ty);
                }
                continue;
            }
            let choice = scan.rank(ty, Prefer::Configured).and_then(|rank| group.get(usize::from(rank)));
            let Some(code) = choice else {
                verdict.unmatched(ty);
                continue;
            };
            verdict.chosen.push(ty, *code);
            if self.addke && ty.is_key_exchange() && code.id() != 0 {
                if methods.contains(code) {
                    verdict.clash = Some(Clash::KeMethodReused);
                } else if let Some(place) = methods.iter_mut().find(|m| m.id() == 0) {
                    *place = *code;
                }
            }
        }
        if scan.offered.overlaps(TypeSet::ALIEN.union(TypeSet::OWN_ALIEN)) {
            verdict.unmatched = verdict.unmatched.union(TypeSet::ALIEN);
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::SecurityProtocol;

    #[test]
    fn protocols_without_a_name_are_a_syntax_error() {
        let rules = Libreswan::new(Question::Ike, false, Uncounted);
        let offer = |protocol| [0, 0, 0, 8, 1, protocol, 0, 0];
        assert!(rules.check(&offer(SecurityProtocol::IKE.0)).is_ok());
        assert!(rules.check(&offer(SecurityProtocol::ESP.0)).is_ok());
        assert!(rules.check(&offer(5)).is_ok());
        assert!(rules.check(&offer(0)).is_err());
        assert!(rules.check(&offer(6)).is_err());
    }
}
