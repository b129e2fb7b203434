//! The rules every stack has an answer to, and the search and the comparison by them.

use super::choice::{Choice, Chosen, FittingPair, MOST, Offered, PolicyRules, Verdict, Withdrawal};
use crate::proposal::asked::Asked;
use crate::proposal::context::Preference;
use crate::proposal::offer::{Cursor, HEADER, OfferedProposal, OfferedTransform};
use crate::proposal::reason::{Conflict, RefusalCause, RefusalResponse, SkipReason};
use crate::proposal::suite::{Code, Local, TransformTypes, slot};
use crate::proposal::work::{Meter, octets};
use crate::registry::{KeMethod, SecurityProtocol, TransformType};

/// Everything in which stacks differ. No method has a default: a dialect that leaves something out does not compile.
pub(in crate::proposal) trait Rules: Sized {
    /// Which version of the stack; `()` where there is one.
    type Version: Copy;
    /// Where the steps of the search are counted.
    type Meter: Meter;

    fn new(version: Self::Version, asked: Asked, meter: Self::Meter) -> Self;

    /// What a policy starts with, and what it may hold.
    fn policy_rules(version: Self::Version) -> PolicyRules;

    /// Counts steps of the search.
    fn count_steps(&self, steps: usize);

    // The search, in this order.

    /// What makes the stack give up on the KE payload, or on its absence, before it looks at the proposals.
    fn unreadable_ke(&self) -> Option<RefusalCause>;

    /// Reads the whole payload as the stack does before it compares anything.
    fn check(&self, offer: &[u8]) -> Result<(), RefusalResponse>;

    /// The pair the stack chooses. A reason is a fault met on the way.
    fn select<'a>(&self, offer: &'a [u8], locals: &[Local]) -> Result<Option<FittingPair<'a>>, RefusalResponse>;

    /// What the stack answers when the KE payload is not of the method `wanted`; `None` when it does not mind.
    fn wrong_ke(&self, wanted: KeMethod) -> Option<RefusalResponse>;

    /// What the stack comes to see only after its choice; `None` when it stands by it.
    fn withdraw(&self, hit: &FittingPair<'_>, offer: &[u8]) -> Option<Withdrawal>;

    // The comparison of one offered proposal with one local one.

    /// Why a proposal is passed over before its transforms are compared.
    fn flaw(&self, offered: &OfferedProposal<'_>) -> Option<SkipReason>;

    /// How many transforms of a proposal are looked at.
    fn transforms_read(&self, offered: &OfferedProposal<'_>) -> usize;

    /// Id and Key Length as the stack reads them; `None` when the transform is unusable.
    fn code(&self, transform: &OfferedTransform<'_>) -> Option<Code>;

    /// The local transforms of a type.
    fn group<'l>(&'l self, local: &'l Local, ty: TransformType) -> &'l [Code];

    /// The key exchange method that stands in place of those of a local proposal, if one does.
    fn replaced_group(&self, local: &Local) -> Option<KeMethod>;

    /// Whether a transform that both sides list may be chosen.
    fn admits(&self, local: &Local, ty: TransformType, code: Code) -> bool;

    /// Whether a transform that both sides list is chosen before those of its type with a better place.
    fn prefers(&self, local: &Local, ty: TransformType, code: Code) -> bool;

    /// Whether the stack takes a cipher to authenticate as well.
    fn is_aead(&self, cipher: Code) -> bool;

    /// Compares; the scan holds what the offered proposal has in common with the local one.
    fn judge<I>(&self, scan: &Scan, local: &Local, offered: I) -> Verdict
    where
        I: Iterator<Item = (TransformType, Option<Code>)> + Clone;

    // The explanation, which works on what was read.

    /// Gives the proposals of an offer as the stack sees them to `each`: those it merges into one together, and what makes it
    /// pass over them for their place in the offer.
    fn list<'a>(&self, offer: &'a [u8], each: &mut dyn FnMut(&[OfferedProposal<'a>], Option<SkipReason>));

    /// What keeps a pair apart although it fits: the stack takes back the transforms chosen.
    fn clash_of_choice(&self, chosen: &Chosen) -> Option<Conflict>;

    /// Whether the stack stands by what it chooses for a local proposal out of these offered ones; `None` when none fits.
    fn keeps_choice(&self, local: &Local, offered: &mut dyn Iterator<Item = &[Offered]>) -> Option<bool>;

    /// Whether a proposal of `protocol` can be chosen in an offer whose last proposal is for the protocol `last`, and which has an SPI that is
    /// not zero when it is `named`.
    fn admits_protocol(&self, protocol: SecurityProtocol, named: bool, last: Option<SecurityProtocol>) -> bool;

    /// Whether a proposal of these transforms would be passed over, whatever the policy.
    fn skips(&self, offered: &[Offered]) -> bool;
}

/// The transforms of an offered proposal as the stack reads them.
#[inline]
pub(in crate::proposal) fn codes<'r, R: Rules>(
    rules: &'r R,
    offered: &OfferedProposal<'r>,
) -> impl Iterator<Item = (TransformType, Option<Code>)> + Clone + 'r {
    offered.inner().transforms().take(rules.transforms_read(offered)).map(move |t| {
        rules.count_steps(octets(t.octets()));
        (t.ty, rules.code(&t))
    })
}

/// What an offered proposal holds, and what of it a local one holds too.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Scan {
    pub(in crate::proposal) offered: TransformTypes,
    pub(in crate::proposal) common: TransformTypes,
    /// Types of which NONE is offered.
    pub(in crate::proposal) none: TransformTypes,
    pub(in crate::proposal) aead: bool,
    pub(in crate::proposal) plain: bool,
    best: [u8; 16],
    first: [u8; 16],
    /// The place of the key exchange method the stack prefers to those with a better one.
    pub(super) preferred: Option<u8>,
}

impl Scan {
    pub(in crate::proposal) const fn new() -> Self {
        Self {
            offered: TransformTypes::EMPTY,
            common: TransformTypes::EMPTY,
            none: TransformTypes::EMPTY,
            aead: false,
            plain: false,
            best: [u8::MAX; 16],
            first: [u8::MAX; 16],
            preferred: None,
        }
    }

    pub(in crate::proposal) fn of<R, I>(rules: &R, local: &Local, offered: I) -> Self
    where
        R: Rules,
        I: Iterator<Item = (TransformType, Option<Code>)>,
    {
        let mut scan = Self::new();
        for (ty, code) in offered {
            scan.add(rules, local, ty, code);
        }
        scan
    }

    #[inline]
    pub(in crate::proposal) fn add<R: Rules>(&mut self, rules: &R, local: &Local, ty: TransformType, code: Option<Code>) {
        let set = if ty.is_assigned() || local.unassigned == Some(ty) { TransformTypes::of(ty) } else { TransformTypes::UNASSIGNED };
        self.offered = self.offered.union(set);
        let Some(code) = code else { return };
        if ty == TransformType::ENCR {
            if rules.is_aead(code) {
                self.aead = true;
            } else {
                self.plain = true;
            }
        } else if code.id() == 0 {
            self.none = self.none.union(set);
        }
        let group = rules.group(local, ty);
        rules.count_steps(group.len());
        let Some(rank) = group.iter().position(|c| *c == code).and_then(|index| u8::try_from(index).ok()) else {
            return;
        };
        if !rules.admits(local, ty, code) {
            return;
        }
        if rules.prefers(local, ty, code) {
            self.preferred = Some(rank);
        }
        let index = slot(ty);
        if let Some(best) = self.best.get_mut(index) {
            *best = rank.min(*best);
        }
        if !self.common.has(ty) {
            self.common = self.common.union(set);
            if let Some(first) = self.first.get_mut(index) {
                *first = rank;
            }
        }
    }

    /// The rank of the local transform to choose.
    pub(in crate::proposal) fn rank(&self, ty: TransformType, prefer: Preference) -> Option<u8> {
        if !self.common.has(ty) {
            return None;
        }
        let ranks = match prefer {
            Preference::Configured => &self.best,
            Preference::Supplied => &self.first,
        };
        ranks.get(slot(ty)).copied()
    }
}

/// Searches an offer for the pair the stack chooses.
pub(super) fn choose<'a, R: Rules>(rules: &R, offer: &'a [u8], locals: &[Local], asked: &Asked) -> Result<Choice<'a>, RefusalResponse> {
    if let Some(fault) = rules.unreadable_ke() {
        return Err(RefusalResponse::InvalidSyntax(fault));
    }
    rules.check(offer)?;
    let hit = rules.select(offer, locals)?.ok_or(RefusalResponse::NoProposalChosen)?;
    let wanted = hit.chosen.get(TransformType::KE).and_then(|code| asked.wanted(KeMethod(code.id())));
    let wrong_ke = wanted.and_then(|wanted| rules.wrong_ke(wanted));
    Ok(Choice { withdrawal: rules.withdraw(&hit, offer), wrong_ke, hit })
}

/// Compares one offered proposal, already read, with one local one.
pub(super) fn judge<R: Rules>(rules: &R, local: &Local, offered: &[Offered]) -> Verdict {
    let codes = offered.iter().map(|t| (t.ty, t.code));
    rules.judge(&Scan::of(rules, local, codes.clone()), local, codes)
}

pub(in crate::proposal) fn compare<R: Rules>(rules: &R, local: &Local, offered: &OfferedProposal<'_>) -> Verdict {
    rules.count_steps(MOST);
    if local.protocol != offered.protocol {
        return Verdict::clash(Conflict::Protocol);
    }
    let codes = codes(rules, offered);
    rules.judge(&Scan::of(rules, local, codes.clone()), local, codes)
}

/// The first pair that fits, the preferring side's proposals in the outer loop.
pub(in crate::proposal) fn first_fit<'a, R: Rules>(
    rules: &R,
    locals: &[Local],
    prefer: Preference,
    offered: impl Iterator<Item = OfferedProposal<'a>> + Clone,
) -> Option<FittingPair<'a>> {
    let fit = |index: usize, local: &Local, offered: OfferedProposal<'a>| {
        let verdict = compare(rules, local, &offered);
        verdict.matches().then_some(FittingPair { offered, local: index, chosen: verdict.chosen })
    };
    let usable = offered.filter(|p| {
        rules.count_steps(octets(HEADER));
        rules.flaw(p).is_none()
    });
    let mut own = locals.iter().enumerate();
    match prefer {
        Preference::Configured => own.find_map(|(index, local)| usable.clone().find_map(|offered| fit(index, local, offered))),
        Preference::Supplied => {
            usable.clone().find_map(|offered| locals.iter().enumerate().find_map(|(index, local)| fit(index, local, offered)))
        }
    }
}

pub(in crate::proposal) fn proposals(offer: &[u8]) -> impl Iterator<Item = OfferedProposal<'_>> + Clone {
    Cursor::new(offer).proposals()
}
