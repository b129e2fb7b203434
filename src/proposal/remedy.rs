//! The nearest pair, and the smallest change on either side that would agree.

use super::dialect::Offered;
use super::pairs::{Detail, Pair};
use super::reason::{Conflict, RefusalResponse};
use super::refusal::Refusal;
use super::side::Side;
use super::suite::{Code, Local, Proposal, TransformTypes};
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use crate::transform::{Advice, Weakness, advice_against};
use alloc::vec::Vec;

/// One change to one proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Change {
    /// Allow, or offer, this transform as well.
    Add(Transform),
    /// Leave out every transform of this type.
    Drop(TransformType),
    /// Leave out ciphers with integrity of their own, or those without: they need proposals of their own.
    Separate,
}

/// A change that would have made the two agree; checked against the rules that refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Remedy {
    /// Who would have to change.
    pub side: Side,
    /// Proposal Num of the offered proposal that would then fit.
    pub number: u8,
    /// Place of the local proposal it would fit, from 0.
    pub local: usize,
    /// What to change, in the proposal of that side. Empty when a proposal is to be added: then `proposal` is it.
    pub changes: Vec<Change>,
    /// The proposal after the change: the peer's to offer, or ours to allow.
    pub proposal: Proposal,
    /// What speaks against the transforms that would then be used; the worst first.
    pub weaknesses: Vec<Weakness>,
}

impl Remedy {
    /// The key exchanges that the side would do without after the change, and did before (RFC 7296 section 1.3.1, RFC 9370).
    pub fn gives_up(&self) -> impl Iterator<Item = TransformType> + '_ {
        self.changes.iter().filter_map(|change| match change {
            Change::Drop(ty) if ty.is_key_exchange() => Some(*ty),
            Change::Drop(_) | Change::Add(_) | Change::Separate => None,
        })
    }
}

impl Refusal {
    /// The pair with the least distance; among equals the one with the least against what it offers, then the earlier local,
    /// then the earlier offered. `None` when there is no pair.
    #[must_use]
    pub fn nearest(&self) -> Option<Pair<'_>> {
        let least = self.pairs().map(|m| m.distance()).min()?;
        let mut known = Known::default();
        let nearest = self.pairs().filter(|m| m.distance() == least).take(TRIED);
        nearest.min_by_key(|m| (known.of(m).burden(), m.local_index()))
    }

    /// The smallest change the policy could make, as far as one proposal goes. `None` when no such change would do, or when the
    /// refusal has a [`cause`](Self::cause) beyond the pairs.
    ///
    /// OpenIKED takes the last proposal's protocol for that of the whole offer in CREATE_CHILD_SA. When an offer mixes ESP and AH it
    /// therefore gets a remedy only for proposals of the last one's protocol: no policy mends the others.
    #[must_use]
    pub fn local_remedy(&self) -> Option<Remedy> {
        self.remedy(Side::Local)
    }

    /// The smallest change the peer could make, in one of its proposals or by one more behind them. `None` when there is nothing to
    /// offer, or when the refusal has a [`cause`](Self::cause) beyond the pairs.
    #[must_use]
    pub fn peer_remedy(&self) -> Option<Remedy> {
        self.remedy(Side::Peer)
    }

    /// Tries the pairs from the nearest on, and of those that take as few steps the one with the least against it.
    fn remedy(&self, side: Side) -> Option<Remedy> {
        if self.response() != RefusalResponse::NoProposalChosen || self.cause().is_some() {
            return None;
        }
        let nearest = self.pairs().map(|m| m.distance()).min()?;
        let change = |m: &Pair<'_>, strongest: &Strongest, draft: &mut Draft| match side {
            Side::Local => m.local_change(strongest, draft),
            Side::Peer => m.peer_change(draft),
        };
        let addition = |m: &Pair<'_>, strongest: &Strongest, draft: &mut Draft| match side {
            Side::Local => m.new_local_proposal(strongest, draft),
            Side::Peer => m.new_peer_proposal(draft),
        };
        // A pair that differs in one type more may still be the better one, for the sake of strength; no pair further off is.
        let near = self.pairs().filter(|m| m.distance() <= nearest.saturating_add(1));
        best(near, side, change).or_else(|| best(self.pairs(), side, addition))
    }
}

/// Of what `plan` makes of the pairs, the best that the stack would agree to.
fn best<'r>(
    pairs: impl Iterator<Item = Pair<'r>>,
    side: Side,
    plan: impl Fn(&Pair<'r>, &Strongest, &mut Draft) -> Option<()>,
) -> Option<Remedy> {
    let mut known = Known::default();
    // One draft for all of them: only the best becomes a remedy.
    let mut draft = Draft::default();
    let mut plans = Vec::with_capacity(16);
    for pair in pairs.take(TRIED) {
        let strongest = known.of(&pair);
        if plan(&pair, strongest, &mut draft).is_some() {
            plans.push((draft.cost(), strongest.burden(), pair));
        }
    }
    // A stable sort: among equals the earlier.
    plans.sort_by_key(|(cost, burden, pair)| (*cost, *burden, pair.local));
    plans.into_iter().find_map(|(_, _, pair)| {
        plan(&pair, &pair.strongest(), &mut draft)?;
        let remedy = pair.remedy(side, &mut draft);
        pair.agrees(&remedy).then_some(remedy)
    })
}

/// A remedy under consideration.
#[derive(Default)]
struct Draft {
    steps: Vec<Change>,
    transforms: Vec<Transform>,
    weaknesses: Vec<Weakness>,
}

impl Draft {
    fn clear(&mut self) {
        self.steps.clear();
        self.transforms.clear();
        self.weaknesses.clear();
    }

    /// Carries the steps out.
    fn apply(&mut self) {
        for step in &self.steps {
            match step {
                Change::Add(transform) => self.transforms.push(*transform),
                Change::Drop(ty) => self.transforms.retain(|t| t.ty != *ty),
                Change::Separate => {}
            }
        }
    }

    /// Collects what speaks against what is new.
    fn weigh(&mut self, protocol: SecurityProtocol) {
        let against = |transform: &Transform| advice_against(protocol, *transform);
        if self.steps.is_empty() {
            self.weaknesses.extend(self.transforms.iter().filter_map(against));
        } else {
            let added = self.steps.iter().filter_map(|step| match step {
                Change::Add(transform) => Some(transform),
                Change::Drop(_) | Change::Separate => None,
            });
            self.weaknesses.extend(added.filter_map(against));
        }
        self.weaknesses.sort_by_key(|w| core::cmp::Reverse(w.advice));
    }

    /// How much is to change (steps, or transforms when all of them are new), the worst against it, and how much there is.
    fn cost(&self) -> (usize, Option<Advice>, usize) {
        let size = if self.steps.is_empty() { self.transforms.len() } else { self.steps.len() };
        (size, self.weaknesses.first().map(|w| w.advice), self.weaknesses.len())
    }
}

/// Whether a remedy would bring in what a standard forbids or no product can be told: an algorithm with a MUST NOT, encryption without
/// integrity, ENCR_NULL where the other side of it encrypts, an AES cipher without its key length, or an SA without what it cannot
/// do without (RFC 7296 section 3.3.3).
fn forbidden(remedy: &Remedy, own: &Local) -> bool {
    let null = |code: &Code| Encr(code.id()) == Encr::ENCR_NULL;
    let encrypts = own.group(TransformType::ENCR).iter().any(|code| !null(code));
    let adds = |transform: &Transform| remedy.changes.is_empty() || remedy.changes.contains(&Change::Add(*transform));
    let due: &[TransformType] = match remedy.proposal.protocol {
        SecurityProtocol::IKE => &[TransformType::ENCR, TransformType::PRF, TransformType::KE],
        SecurityProtocol::ESP => &[TransformType::ENCR, TransformType::SN],
        _ => &[TransformType::SN],
    };
    let lacks = |ty: &TransformType| remedy.proposal.of_type(*ty).next().is_none();
    let added = || remedy.proposal.transforms.iter().filter(|t| adds(t));
    remedy.weaknesses.first().is_some_and(|worst| worst.advice == Advice::MustNot)
        || remedy.proposal.unprotected().is_some()
        || encrypts && added().any(|t| t.ty == TransformType::ENCR && null(&Code::of(*t)))
        || !added().all(|t| is_configurable(remedy.proposal.protocol, *t))
        || due.iter().any(lacks)
}

/// Whether a product could be told to use a transform: it has a name, a place in such an SA (RFC 7296 section 3.3.3), and no Key Length
/// but the one it needs.
fn is_configurable(protocol: SecurityProtocol, transform: Transform) -> bool {
    let is_ike = protocol == SecurityProtocol::IKE;
    let id = transform.id.0;
    match transform.ty {
        TransformType::ENCR => Encr(id).facts().is_some_and(|facts| facts.key_length.bits(transform.key_bits).is_some()),
        _ if transform.key_bits.is_some() => false,
        TransformType::PRF => is_ike && Prf(id).name().is_some(),
        TransformType::INTEG => Integ(id).name().is_some(),
        TransformType::SN => !is_ike && SequenceNumbers(id).name().is_some(),
        ty if ty.is_key_exchange() => KeMethod(id).constant().is_some() && !(is_ike && ty == TransformType::KE && transform.is_none()),
        _ => false,
    }
}

/// Ciphers with and without integrity of their own share no proposal (RFC 7296 section 3.3), whatever a stack would take.
fn mixes(transforms: &[Transform]) -> bool {
    let ciphers = || transforms.iter().filter(|t| t.ty == TransformType::ENCR);
    ciphers().any(|t| t.is_aead()) && ciphers().any(|t| !t.is_aead())
}

/// The worst advice against what is offered, and how many types there is advice against.
type Burden = (Option<Advice>, usize);

/// Pairs a remedy is sought in: enough for any offer made in earnest, and a bound on the work for those that are not.
const TRIED: usize = 256;

impl Pair<'_> {
    fn local_change(&self, strongest: &Strongest, draft: &mut Draft) -> Option<()> {
        if self.record.flaw.is_some() || self.verdict.clash.is_some() {
            return None;
        }
        draft.clear();
        for ty in self.verdict.unmatched.iter() {
            draft.steps.push(Change::Add(strongest.of(ty)?));
        }
        draft.steps.extend(self.verdict.missing.iter().map(Change::Drop));
        self.list_allowed(draft);
        let mixed = mixes(&draft.transforms);
        draft.apply();
        if mixes(&draft.transforms) && !mixed {
            return self.new_local_proposal(strongest, draft);
        }
        draft.weigh(self.own.protocol);
        Some(())
    }

    fn peer_change(&self, draft: &mut Draft) -> Option<()> {
        if self.record.flaw.is_some() || self.verdict.clash == Some(Conflict::Protocol) {
            return None;
        }
        draft.clear();
        let steps = &mut draft.steps;
        match self.verdict.clash {
            Some(Conflict::MixedCiphers) => steps.push(Change::Separate),
            Some(Conflict::IntegWithAead) => steps.push(Change::Drop(TransformType::INTEG)),
            Some(Conflict::KeMethodReused | Conflict::NoIntermediate) => return None,
            Some(Conflict::AdditionalWithoutKe) => steps.push(Change::Add(self.allowed(TransformType::KE).find(|t| !t.is_none())?)),
            Some(Conflict::Protocol) | None => {}
        }
        for ty in self.verdict.unmatched.union(self.verdict.missing).iter() {
            let own = self.allowed(ty).find(|t| !t.is_none());
            steps.push(own.map_or(Change::Drop(ty), Change::Add));
        }
        if self.verdict.unmatched.overlaps(TransformTypes::UNASSIGNED) {
            return None;
        }
        draft.transforms.extend(self.offered_list().iter().map(|t| t.transform()));
        draft.apply();
        if draft.steps.contains(&Change::Separate) {
            let aead = self.own.group(TransformType::ENCR).iter().any(|c| Encr(c.id()).is_aead());
            draft.transforms.retain(|t| t.ty != TransformType::ENCR || t.is_aead() == aead);
            if aead {
                draft.transforms.retain(|t| t.ty != TransformType::INTEG);
            }
        }
        if mixes(&draft.transforms) {
            return self.new_peer_proposal(draft);
        }
        let added_integ = draft.steps.iter().any(|s| matches!(s, Change::Add(t) if t.ty == TransformType::INTEG));
        if added_integ && self.detail.rules.explain().skips(&offered(&draft.transforms)) {
            // libreswan passes over proposals that list NONE beside integrity algorithms.
            draft.transforms.retain(|t| t.ty != TransformType::INTEG || !t.is_none());
        }
        draft.weigh(self.own.protocol);
        Some(())
    }

    /// The best of each type offered, for this side to allow in a proposal of its own.
    fn new_local_proposal(&self, strongest: &Strongest, draft: &mut Draft) -> Option<()> {
        if self.record.flaw.is_some() || self.verdict.clash == Some(Conflict::Protocol) {
            return None;
        }
        draft.clear();
        let types = self.offered_list().iter().fold(TransformTypes::EMPTY, |set, t| set.union(TransformTypes::of(t.ty)));
        for ty in types.iter() {
            draft.transforms.push(strongest.of(ty)?);
        }
        draft.weigh(self.own.protocol);
        Some(())
    }

    /// Whether the stack would agree, were the remedy followed.
    fn agrees(&self, remedy: &Remedy) -> bool {
        let (detail, protocol) = (self.detail, self.own.protocol);
        // A proposal added by the peer is the last one, and has an SPI.
        let added = remedy.side == Side::Peer && remedy.changes.is_empty();
        // What the policies of this crate may not hold is no remedy.
        let allowed = detail.dialect.policy_rules().additional_without_ke || !remedy.proposal.has_additional_without_ke();
        allowed
            && !forbidden(remedy, self.own)
            && detail.question.context().takes(protocol)
            && (added || detail.rules.explain().admits_protocol(protocol, detail.names_spi(), detail.last))
            && match remedy.side {
                Side::Local => self.would_fit(remedy),
                Side::Peer => self.would_take(&remedy.proposal.transforms),
            }
    }

    /// Whether the offer would fit the local proposal of a remedy.
    fn would_fit(&self, remedy: &Remedy) -> bool {
        let detail = self.detail;
        Local::index(&remedy.proposal).is_some_and(|own| {
            let replaced = (!remedy.changes.is_empty()).then_some(remedy.local);
            let rules = detail.rules_with(&own, replaced);
            let rules = rules.explain();
            !rules.skips(self.offered_list())
                && rules.judge(&own, self.offered_list()).matches()
                && rules.keeps_choice(&own, &mut detail.comparable(own.protocol)) == Some(true)
        })
    }

    /// The local proposal itself, for the peer to offer in a proposal of its own.
    fn new_peer_proposal(&self, draft: &mut Draft) -> Option<()> {
        draft.clear();
        self.list_allowed(draft);
        if self.detail.question.context().leaves_out_ke() {
            draft.transforms.retain(|t| !t.ty.is_key_exchange());
        }
        draft.weigh(self.own.protocol);
        Some(())
    }

    /// Whether the local proposal would take these transforms.
    fn would_take(&self, transforms: &[Transform]) -> bool {
        let codes = offered(transforms);
        let rules = self.detail.rules.explain();
        let mut locals = self.detail.locals.iter().filter(|local| local.protocol == self.own.protocol);
        !rules.skips(&codes)
            && rules.judge(self.own, &codes).matches()
            && locals.find_map(|local| rules.keeps_choice(local, &mut core::iter::once(codes.as_slice()))) == Some(true)
    }

    fn remedy(&self, side: Side, draft: &mut Draft) -> Remedy {
        let Draft { steps, transforms, weaknesses } = core::mem::take(draft);
        let proposal = Proposal::new(self.own.protocol, transforms);
        Remedy { side, number: self.record.number, local: self.local, changes: steps, proposal, weaknesses }
    }

    /// Puts the transforms of the local proposal into the draft.
    fn list_allowed(&self, draft: &mut Draft) {
        self.own.types.iter().for_each(|ty| draft.transforms.extend(self.allowed(ty)));
    }

    fn strongest(&self) -> Strongest {
        let protocol = self.own.protocol;
        let mut best: [Option<Best>; 15] = [None; 15];
        for t in self.offered_list().iter().filter(|t| t.code.is_some()) {
            let Some(slot) = best.get_mut(usize::from(t.ty.0)) else { continue };
            let transform = t.transform();
            let against = (advice_against(protocol, transform).map(|w| w.advice), transform.is_none());
            if slot.is_none_or(|(least, _)| against < least) {
                *slot = Some((against, transform));
            }
        }
        Strongest { protocol, best }
    }
}

/// What there is against a transform, and the transform.
type Best = ((Option<Advice>, bool), Transform);

/// Of the transforms offered of each assigned type, the one with the least against it; among equals the first.
struct Strongest {
    protocol: SecurityProtocol,
    best: [Option<Best>; 15],
}

impl Strongest {
    fn of(&self, ty: TransformType) -> Option<Transform> {
        self.best.get(usize::from(ty.0)).copied().flatten().map(|(_, transform)| transform)
    }

    fn burden(&self) -> Burden {
        let advice = self.best.iter().flatten().filter_map(|((advice, _), _)| *advice);
        advice.fold((None, 0), |(worst, count), advice| (worst.max(Some(advice)), count.saturating_add(1)))
    }
}

/// The strongest of the pair looked at last: neighbours are often pairs of the same offered proposal.
#[derive(Default)]
struct Known(Option<(usize, Strongest)>);

impl Known {
    fn of(&mut self, pair: &Pair<'_>) -> &Strongest {
        let start = pair.record.start;
        let same = |(known, strongest): &(usize, Strongest)| *known == start && strongest.protocol == pair.own.protocol;
        if !self.0.as_ref().is_some_and(same) {
            self.0 = None;
        }
        let (_, strongest) = self.0.get_or_insert_with(|| (start, pair.strongest()));
        strongest
    }
}

fn offered(transforms: &[Transform]) -> Vec<Offered> {
    transforms.iter().map(|t| Offered { ty: t.ty, id: t.id.0, code: Some(Code::of(*t)) }).collect()
}

/// A type on which no offered proposal agrees with any local one: the sides have nothing in common there.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CommonDifference {
    /// The type.
    pub ty: TransformType,
    /// Everything offered of it, in order of first appearance; empty when nothing is.
    pub offered: Vec<Transform>,
    /// Everything allowed of it; empty when nothing is.
    pub allowed: Vec<Transform>,
}

impl Refusal {
    /// The types on which every pair fails, with the values of both sides. Often this alone is the explanation.
    #[must_use]
    pub fn common_differences(&self) -> Vec<CommonDifference> {
        let mut common: Option<TransformTypes> = None;
        let comparable = || self.pairs().filter(|m| m.skip_reason().is_none() && m.conflict() != Some(Conflict::Protocol));
        for m in comparable() {
            let failing = m.unmatched().union(m.missing());
            common = Some(common.map_or(failing, |set| set.common(failing)));
        }
        let types = common.unwrap_or(TransformTypes::EMPTY);
        types.iter().map(|ty| self.detail.divide(ty)).collect()
    }
}

impl Detail {
    /// The transforms of each proposal for `protocol` that is not passed over.
    fn comparable(&self, protocol: SecurityProtocol) -> impl Iterator<Item = &[Offered]> {
        self.offered.iter().filter(move |r| r.flaw.is_none() && r.protocol == protocol).map(|r| self.offered_codes(r))
    }

    fn divide(&self, ty: TransformType) -> CommonDifference {
        let mut offered = Vec::new();
        for record in self.offered.iter().filter(|r| r.flaw.is_none() && self.question.context().takes(r.protocol)) {
            for t in self.offered_codes(record).iter().filter(|t| t.ty == ty) {
                push_new(&mut offered, t.transform());
            }
        }
        let mut allowed = Vec::new();
        for code in self.locals.iter().flat_map(|local| local.group(ty)) {
            push_new(&mut allowed, code.transform(ty));
        }
        CommonDifference { ty, offered, allowed }
    }
}

/// Distinct values a list keeps: more say nothing to a reader, and hostile offers hold thousands.
const KEPT: usize = 64;

fn push_new(list: &mut Vec<Transform>, transform: Transform) {
    if list.len() < KEPT && !list.contains(&transform) {
        list.push(transform);
    }
}
