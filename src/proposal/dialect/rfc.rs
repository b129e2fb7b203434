//! RFC 7296 sections 2.7 and 3.3, RFC 5282 section 8, RFC 9370 section 2.2: the best choice there is, found with bounded work.

use super::choice::{Chosen, FittingPair, Offered, PolicyRules, Verdict, Withdrawal};
use super::ke_sets::{KeSet, KeSets};
use super::rules::{Rules, Scan, first_fit, proposals};
use crate::error::{Element, Origin, ParseError, ParseErrorKind};
use crate::proposal::asked::Asked;
use crate::proposal::context::{NegotiationContext, Preference};
use crate::proposal::offer::{OfferedProposal, OfferedTransform};
use crate::proposal::reason::{Conflict, RefusalCause, RefusalResponse, SkipReason};
use crate::proposal::suite::{Code, Local, TransformTypes};
use crate::proposal::work::{Meter, Uncounted};
use crate::registry::{Encr, KeMethod, SecurityProtocol, TransformAttributeType, TransformType};
use crate::wire::{Sa, TransformAttributeValue};

#[derive(Clone, Debug)]
pub(in crate::proposal) struct Rfc<M = Uncounted> {
    meter: M,
    context: NegotiationContext,
    prefer: Preference,
    /// No IKE_INTERMEDIATE can follow: the peer is known not to do it.
    lacks_intermediate: bool,
}

/// The types a proposal must hold (RFC 7296 section 3.3.3); INTEG comes on top where the cipher needs it.
const fn mandatory(protocol: SecurityProtocol) -> TransformTypes {
    let types = match protocol {
        SecurityProtocol::IKE => [TransformType::ENCR, TransformType::PRF, TransformType::KE],
        SecurityProtocol::AH => [TransformType::INTEG, TransformType::SN, TransformType::SN],
        _ => [TransformType::ENCR, TransformType::SN, TransformType::SN],
    };
    let [a, b, c] = types;
    TransformTypes::of(a).union(TransformTypes::of(b)).union(TransformTypes::of(c))
}

impl<M: Meter> Rules for Rfc<M> {
    type Version = ();
    type Meter = M;

    fn new((): (), asked: Asked, meter: M) -> Self {
        let Asked { question, settings } = asked;
        let context = question.context();
        let lacks_intermediate = context == NegotiationContext::IkeSaInit && question.announces_intermediate() == Some(false);
        Self { meter, context, prefer: settings.prefer, lacks_intermediate }
    }

    fn policy_rules((): ()) -> PolicyRules {
        PolicyRules { esp_aead: true, additional_without_ke: false }
    }

    #[inline]
    fn count_steps(&self, steps: usize) {
        self.meter.count_steps(steps);
    }

    fn unreadable_ke(&self) -> Option<RefusalCause> {
        None
    }

    fn check(&self, offer: &[u8]) -> Result<(), RefusalResponse> {
        let first = Sa::parse(offer)?.proposals().next();
        // A single proposal under another number is an answer, not an offer.
        match first.filter(|proposal| proposal.number != 1) {
            Some(proposal) => {
                let (found, expected, offset) = (proposal.number, 1, proposal.offset());
                let kind = ParseErrorKind::ProposalNumber { found, expected };
                Err(ParseError { element: Element::Proposal, offset, origin: Origin::Input, kind }.into())
            }
            None => Ok(()),
        }
    }

    fn select<'a>(&self, offer: &'a [u8], locals: &[Local]) -> Result<Option<FittingPair<'a>>, RefusalResponse> {
        Ok(first_fit(self, locals, self.prefer, proposals(offer)))
    }

    fn wrong_ke(&self, wanted: KeMethod) -> Option<RefusalResponse> {
        Some(RefusalResponse::InvalidKePayload { wanted })
    }

    fn withdraw(&self, _: &FittingPair<'_>, _: &[u8]) -> Option<Withdrawal> {
        None
    }

    fn flaw(&self, offered: &OfferedProposal<'_>) -> Option<SkipReason> {
        if !self.context.takes(offered.protocol) {
            return Some(SkipReason::Protocol(offered.protocol));
        }
        let expected = self.context.spi_size();
        if offered.spi_size != expected {
            let size = offered.spi_size;
            return Some(SkipReason::SpiSize { size, expected });
        }
        None
    }

    fn transforms_read(&self, _: &OfferedProposal<'_>) -> usize {
        usize::MAX
    }

    fn code(&self, transform: &OfferedTransform<'_>) -> Option<Code> {
        if let [0x80, 0x0e, 0, 0] = *transform.attributes {
            return None;
        }
        if let Some(code) = transform.plain() {
            return Some(code);
        }
        // RFC 7296 section 3.3.6: an attribute that is not understood makes the transform unusable. Key Length comes once, as TV.
        let mut attributes = transform.inner();
        let attribute = attributes.attribute().ok()?;
        match (attribute.ty, attribute.value, attributes.is_empty()) {
            (TransformAttributeType::KEY_LENGTH, TransformAttributeValue::Tv(bits), true) if bits != 0 => {
                Some(Code::new(transform.id, bits))
            }
            _ => None,
        }
    }

    fn group<'l>(&'l self, local: &'l Local, ty: TransformType) -> &'l [Code] {
        local.group(ty)
    }

    fn replaced_group(&self, _: &Local) -> Option<KeMethod> {
        None
    }

    fn admits(&self, local: &Local, ty: TransformType, code: Code) -> bool {
        let needed = match ty {
            TransformType::INTEG => local.protocol != SecurityProtocol::ESP,
            TransformType::KE => local.protocol == SecurityProtocol::IKE,
            _ => false,
        };
        !(needed && code == Code::NONE)
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
        // RFC 7296 section 3.3: combined-mode and other ciphers are offered in proposals of their own.
        if scan.aead && scan.plain {
            verdict.clash = Some(Conflict::MixedCiphers);
        }
        let aead = scan.aead && !scan.plain;
        let mut types = scan.offered.union(local.types).union(mandatory(local.protocol));
        if local.protocol == SecurityProtocol::IKE && !aead {
            types = types.union(TransformTypes::of(TransformType::INTEG));
        }
        if self.context.leaves_out_ke() {
            types = types.without(TransformTypes::KEY_EXCHANGE);
        }
        let mut exchanges = Exchanges { list: [TransformType::KE; 8], len: 0 };
        for ty in types.iter() {
            let integ_with_aead = ty == TransformType::INTEG && aead;
            let may_be_none = match ty {
                TransformType::INTEG => integ_with_aead || local.protocol == SecurityProtocol::ESP,
                TransformType::KE => local.protocol != SecurityProtocol::IKE,
                _ => ty.is_key_exchange(),
            };
            let offers = scan.offered.has(ty);
            if ty.is_key_exchange() && types.overlaps(TransformTypes::ADDKE) {
                exchanges.push(ty);
                continue;
            }
            let has = local.types.has(ty) && !integ_with_aead;
            let local_none = !has || local.group(ty).contains(&Code::NONE);
            let choice = if offers && has {
                scan.rank(ty, self.prefer).and_then(|rank| local.at(ty, rank))
            } else {
                (may_be_none && local_none && (!offers || scan.none.has(ty))).then_some(Code::NONE)
            };
            match choice {
                Some(code) if offers => verdict.chosen.push(ty, code),
                Some(_) => {}
                None if integ_with_aead => verdict.clash = Some(Conflict::IntegWithAead),
                None if offers => verdict.unmatched(ty),
                None => verdict.missing(ty),
            }
        }
        if exchanges.len > 0 {
            self.exchanges(exchanges.as_slice(), scan, local, offered, &mut verdict);
        }
        // A type nobody has assigned spoils a proposal of either side.
        if local.unassigned.is_some() || scan.offered.overlaps(TransformTypes::UNASSIGNED.union(TransformTypes::OWN_UNASSIGNED)) {
            verdict.unmatched = verdict.unmatched.union(TransformTypes::UNASSIGNED);
        }
        verdict
    }

    fn list<'a>(&self, offer: &'a [u8], each: &mut dyn FnMut(&[OfferedProposal<'a>], Option<SkipReason>)) {
        proposals(offer).for_each(|offered| each(&[offered], None));
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
        offered.is_empty()
    }
}

impl<M: Meter> Rfc<M> {
    /// KE and ADDKE1..7 together: each method once (RFC 9370 section 2.2.1), the first type's preference first, and nothing
    /// added when there is no first key exchange (section 2.2).
    fn exchanges<I>(&self, types: &[TransformType], scan: &Scan, local: &Local, offered: I, verdict: &mut Verdict)
    where
        I: Iterator<Item = (TransformType, Option<Code>)> + Clone,
    {
        let absent = types.iter().filter(|ty| !scan.offered.has(**ty));
        let implied = absent.map(|ty| (*ty, Some(Code::NONE)));
        let group = |ty| {
            if local.types.has(ty) { local.group(ty) } else { &[Code::NONE] }
        };
        let sets = KeSets::collect(local, group, |_| true, offered.chain(implied), self.meter);
        let mut open = true;
        for ty in types {
            let needs_method = *ty == TransformType::KE && local.protocol == SecurityProtocol::IKE;
            let some = sets.of(*ty).is_some_and(|set| set.in_order(self.prefer, self.meter).any(|m| !(needs_method && m.is_none())));
            if !some {
                open = false;
                if scan.offered.has(*ty) {
                    verdict.unmatched(*ty);
                } else {
                    verdict.missing(*ty);
                }
            }
        }
        if !open {
            return;
        }
        let can_be_left_out = |types: &[TransformType]| types.iter().all(|ty| sets.of(*ty).is_some_and(KeSet::has_none));
        let first = sets.of(TransformType::KE).filter(|_| types.contains(&TransformType::KE));
        let additional = if first.is_some() { types.get(1..).unwrap_or(&[]) } else { types };
        let optional = can_be_left_out(additional);
        if !optional && !first.is_some_and(KeSet::has_method) {
            verdict.clash = Some(Conflict::AdditionalWithoutKe);
            return;
        }
        if !optional && self.lacks_intermediate {
            verdict.clash = Some(Conflict::NoIntermediate);
            return;
        }
        // Once an additional key exchange cannot be done, only NONE is left to them.
        let mut alone = first.is_none();
        let mut used = 0;
        let mut rest = types;
        while let Some((ty, later)) = rest.split_first() {
            let is_first = *ty == TransformType::KE;
            let needs_method = is_first && (local.protocol == SecurityProtocol::IKE || !optional);
            let choice = sets.reserved(later, used, self.meter).and_then(|reserved| {
                let mut order = sets.of(*ty)?.in_order(self.prefer, self.meter);
                order.find(|m| if m.is_none() { !needs_method } else { !alone && m.bit() & (used | reserved) == 0 })
            });
            let Some(method) = choice else {
                verdict.clash = Some(Conflict::KeMethodReused);
                return;
            };
            alone |= is_first && (method.is_none() || self.lacks_intermediate);
            used |= method.bit();
            if scan.offered.has(*ty) {
                verdict.chosen.push(*ty, method.code());
            }
            rest = later;
        }
    }
}

/// The key exchange types of a pair, KE first.
struct Exchanges {
    list: [TransformType; 8],
    len: usize,
}

impl Exchanges {
    fn push(&mut self, ty: TransformType) {
        if let Some(slot) = self.list.get_mut(self.len) {
            *slot = ty;
            self.len = self.len.saturating_add(1);
        }
    }

    fn as_slice(&self) -> &[TransformType] {
        self.list.get(..self.len).unwrap_or(&[])
    }
}
