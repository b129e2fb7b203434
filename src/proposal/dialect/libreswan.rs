//! libreswan: the earliest local proposal wins, and in it the earliest local transform of each type.

use super::choice::{Chosen, FittingPair, Offered, PolicyRules, Verdict, Withdrawal};
use super::rules::{Rules, Scan, compare, proposals};
use crate::error::{Element, ParseErrorKind};
use crate::proposal::asked::Asked;
use crate::proposal::context::{NegotiationContext, Preference};
use crate::proposal::offer::{Cursor, HEADER, OfferedProposal, OfferedTransform, low_bits};
use crate::proposal::question::Question;
use crate::proposal::reason::{Conflict, RefusalCause, RefusalResponse, SkipReason};
use crate::proposal::suite::{Code, Local, TransformTypes};
use crate::proposal::work::{Meter, Uncounted, octets};
use crate::registry::{Encr, KeMethod, SecurityProtocol, TransformAttributeType, TransformType};
use crate::transform::Transform;
use crate::wire::TransformAttributeValue;
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

/// The versions of pluto that differ here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::proposal) enum Version {
    V4,
    /// With RFC 9370.
    V5,
}

#[derive(Clone, Debug)]
pub(in crate::proposal) struct Libreswan<M = Uncounted> {
    meter: M,
    context: NegotiationContext,
    ke: Option<KeMethod>,
    version: Version,
    /// Whether transforms of additional key exchanges are known: pluto knows them since 5.3, whose policies can name them.
    addke: bool,
    /// The group in place of those of `esp=`.
    group: Option<[Code; 1]>,
}

/// The method that takes the place of the groups of `esp=`: pluto 4 rekeys the child SA of IKE_AUTH with that of the IKE SA (since 4.6;
/// libreswan 5 has the setting `pfs-rekey-workaround` for it, which is off).
fn replaced(version: Version, question: Question) -> Option<KeMethod> {
    let rekeys = version == Version::V4 && question.context() == NegotiationContext::CreateChildSa;
    question.ike_group().filter(|_| rekeys)
}

/// The proposals pluto gets to see, whatever becomes of them.
fn listed(offer: &[u8]) -> impl Iterator<Item = OfferedProposal<'_>> + Clone {
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
const fn names_method(method: KeMethod) -> bool {
    method.0 <= KeMethod::CURVE448.0
}

impl<M: Meter> Libreswan<M> {
    const fn is_v5(&self) -> bool {
        matches!(self.version, Version::V5)
    }

    fn walk<'a>(&self, offer: &'a [u8], mut usable: impl FnMut(OfferedProposal<'a>)) -> Result<(), RefusalResponse> {
        let mut cursor = Cursor::new(offer);
        let mut expected = 1_u32;
        loop {
            let proposal = cursor.proposal()?;
            self.count_steps(octets(HEADER));
            if !names_protocol(proposal.protocol) {
                let value = u32::from(proposal.protocol.0);
                return Err(proposal.fault(ParseErrorKind::ValueNotAllowed { value }).into());
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
    fn unfit(&self, proposal: &OfferedProposal<'_>) -> Option<SkipReason> {
        if !self.context.takes(proposal.protocol) {
            return Some(SkipReason::Protocol(proposal.protocol));
        }
        let (size, expected) = (proposal.spi_size, self.context.spi_size());
        (size != expected).then_some(SkipReason::SpiSize { size, expected })
    }

    /// Reads the transforms in order, up to what spoils the proposal, or the payload.
    fn transforms(&self, proposal: &OfferedProposal<'_>) -> Result<Option<SkipReason>, RefusalResponse> {
        let (_, mut cursor) = proposal.split()?;
        let last_type = self.last_type();
        let mut integ = None;
        for _ in 0..proposal.count {
            let transform = cursor.transform()?;
            self.count_steps(octets(transform.octets()));
            if transform.ty == TransformType::RESERVED {
                return Err(transform.fault(ParseErrorKind::ValueNotAllowed { value: 0 }).into());
            }
            if transform.ty > last_type {
                return Ok(Some(SkipReason::TransformType(transform.ty)));
            }
            if transform.plain().is_none() {
                let mut attributes = transform.inner();
                while !attributes.is_empty() {
                    let before = attributes;
                    let attribute = attributes.attribute()?;
                    let (TransformAttributeType::KEY_LENGTH, TransformAttributeValue::Tv(_)) = (attribute.ty, attribute.value) else {
                        let value = u32::from(attribute.ty.0);
                        return Err(before.fault(Element::TransformAttribute, ParseErrorKind::ValueNotAllowed { value }).into());
                    };
                }
            }
            if transform.ty == TransformType::INTEG {
                let none = transform.id == 0;
                match integ {
                    None => integ = Some(none),
                    Some(first) if first || none => return Ok(Some(SkipReason::MixedInteg)),
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
    fn knows(&self, ty: TransformType) -> bool {
        ty.is_assigned() && ty <= self.last_type()
    }

    /// Types that NONE stands for when a side leaves them out.
    const fn implied(&self, ty: TransformType) -> bool {
        ty.0 == TransformType::INTEG.0 || ty.0 == TransformType::KE.0 || self.addke && ty.is_key_exchange()
    }
}

impl<M: Meter> Rules for Libreswan<M> {
    type Version = Version;
    type Meter = M;

    fn new(version: Version, asked: Asked, meter: M) -> Self {
        let Asked { question, settings } = asked;
        let addke = version == Version::V5 && settings.names_addke;
        let group = replaced(version, question).map(|method| [Code::of(Transform::ke(method))]);
        Self { meter, context: question.context(), ke: question.ke(), version, addke, group }
    }

    fn policy_rules(_: Version) -> PolicyRules {
        PolicyRules { esp_aead: true, additional_without_ke: true }
    }

    #[inline]
    fn count_steps(&self, steps: usize) {
        self.meter.count_steps(steps);
    }

    fn unreadable_ke(&self) -> Option<RefusalCause> {
        match self.ke {
            Some(method) => (!names_method(method)).then_some(RefusalCause::KeMethod(method)),
            None => self.context.is_ike().then_some(RefusalCause::NoKePayload),
        }
    }

    fn check(&self, _: &[u8]) -> Result<(), RefusalResponse> {
        // pluto reads and compares in one pass, `select`.
        Ok(())
    }

    /// One pass over the offer: a fault met on the way counts, however good an earlier proposal was.
    fn select<'a>(&self, offer: &'a [u8], locals: &[Local]) -> Result<Option<FittingPair<'a>>, RefusalResponse> {
        let mut best: Option<FittingPair<'a>> = None;
        self.walk(offer, |offered| {
            let before = best.map_or(locals.len(), |hit| hit.local);
            let better = locals.iter().take(before).enumerate().find_map(|(index, local)| {
                let verdict = compare(self, local, &offered);
                verdict.matches().then_some(FittingPair { offered, local: index, chosen: verdict.chosen })
            });
            best = better.or(best);
        })?;
        Ok(best)
    }

    fn wrong_ke(&self, wanted: KeMethod) -> Option<RefusalResponse> {
        Some(match self.context {
            // pluto 4 reads the payload as one of the method chosen before it looks at the method named.
            NegotiationContext::CreateChildSa if !self.is_v5() => {
                RefusalResponse::InvalidSyntax(self.ke.map_or(RefusalCause::NoKePayload, RefusalCause::KeMethod))
            }
            NegotiationContext::IkeSaInit
            | NegotiationContext::IkeAuth
            | NegotiationContext::CreateChildSa
            | NegotiationContext::RekeyIkeSa => RefusalResponse::InvalidKePayload { wanted },
        })
    }

    fn withdraw(&self, _: &FittingPair<'_>, _: &[u8]) -> Option<Withdrawal> {
        None
    }

    fn flaw(&self, offered: &OfferedProposal<'_>) -> Option<SkipReason> {
        self.unfit(offered).or_else(|| self.transforms(offered).ok().flatten())
    }

    fn transforms_read(&self, offered: &OfferedProposal<'_>) -> usize {
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

    fn group<'l>(&'l self, local: &'l Local, ty: TransformType) -> &'l [Code] {
        let none: &[Code] = &[Code::NONE];
        match ty {
            // pluto proposes no key exchange in IKE_AUTH, and NONE there stands for itself.
            ty if ty.is_key_exchange() && self.implied(ty) && self.context.leaves_out_ke() => none,
            TransformType::KE if local.types.has(ty) => self.group.as_ref().map_or(local.group(ty), |group| group),
            // In CREATE_CHILD_SA a policy without PFS does not know the type in libreswan 4, not even NONE of it.
            TransformType::KE if !self.is_v5() => &[],
            ty if self.implied(ty) && !local.types.has(ty) => none,
            ty => local.group(ty),
        }
    }

    fn replaced_group(&self, local: &Local) -> Option<KeMethod> {
        let [code] = self.group?;
        local.types.has(TransformType::KE).then_some(KeMethod(code.id()))
    }

    fn admits(&self, _: &Local, _: TransformType, _: Code) -> bool {
        true
    }

    #[inline]
    fn prefers(&self, _: &Local, _: TransformType, _: Code) -> bool {
        false
    }

    #[inline]
    fn is_aead(&self, cipher: Code) -> bool {
        Encr(cipher.id()).is_aead()
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
            let choice = scan.rank(ty, Preference::Configured).and_then(|rank| group.get(usize::from(rank)));
            let Some(code) = choice else {
                verdict.unmatched(ty);
                continue;
            };
            verdict.chosen.push(ty, *code);
            if self.addke && ty.is_key_exchange() && code.id() != 0 {
                if methods.contains(code) {
                    verdict.clash = Some(Conflict::KeMethodReused);
                } else if let Some(slot) = methods.iter_mut().find(|m| m.id() == 0) {
                    *slot = *code;
                }
            }
        }
        if scan.offered.overlaps(TransformTypes::UNASSIGNED.union(TransformTypes::OWN_UNASSIGNED)) {
            verdict.unmatched = verdict.unmatched.union(TransformTypes::UNASSIGNED);
        }
        verdict
    }

    fn list<'a>(&self, offer: &'a [u8], each: &mut dyn FnMut(&[OfferedProposal<'a>], Option<SkipReason>)) {
        listed(offer).for_each(|offered| each(&[offered], None));
    }

    fn clash_of_choice(&self, _: &Chosen) -> Option<Conflict> {
        None
    }

    fn keeps_choice(&self, _: &Local, _: &mut dyn Iterator<Item = &[Offered]>) -> Option<bool> {
        Some(true)
    }

    fn admits_protocol(&self, _: SecurityProtocol, _: bool, _: Option<SecurityProtocol>) -> bool {
        true
    }

    fn skips(&self, offered: &[Offered]) -> bool {
        let integ = || offered.iter().filter(|t| t.ty == TransformType::INTEG);
        offered.iter().any(|t| !self.knows(t.ty)) || integ().count() > 1 && integ().any(|t| t.id == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proposal::asked::Settings;
    use crate::proposal::work::Uncounted;
    use crate::registry::SecurityProtocol;

    #[test]
    fn protocols_without_a_name_are_a_syntax_error() {
        let settings = Settings { prefer: Preference::Configured, accept_private: false, esp_aead: true, names_addke: false };
        let rules = Libreswan::new(Version::V4, Asked { question: NegotiationContext::IkeSaInit.into(), settings }, Uncounted);
        let offer = |protocol| [0, 0, 0, 8, 1, protocol, 0, 0];
        let reads = |protocol| rules.select(&offer(protocol), &[]).is_ok();
        assert!(reads(SecurityProtocol::IKE.0));
        assert!(reads(SecurityProtocol::ESP.0));
        assert!(reads(5));
        assert!(!reads(0));
        assert!(!reads(6));
    }
}
