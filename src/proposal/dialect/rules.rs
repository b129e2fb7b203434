//! The rules every stack has an answer to, and the comparison of one offered proposal with one local one by them.

use crate::proposal::offer::{Cursor, HEADER, OfferedProposal, OfferedTransform};
use crate::proposal::policy::{Policy, Prefer, Question};
use crate::proposal::reason::{Clash, Flaw, Reason};
use crate::proposal::suite::{Code, Local, TypeSet, slot};
use crate::proposal::work::octets;
use crate::registry::{Encr, TransformType};

/// A stack's rules, as far as one offered and one local proposal are concerned.
pub(in crate::proposal) trait Rules {
    /// Reads the whole payload as the stack does before it compares anything.
    fn check(&self, offer: &[u8]) -> Result<(), Reason>;

    /// Why a proposal is passed over before its transforms are compared.
    fn flaw(&self, offered: &OfferedProposal<'_>) -> Option<Flaw>;

    /// Counts steps of the search.
    fn spend(&self, steps: usize);

    /// How many transforms of a proposal are looked at.
    fn looks_at(&self, offered: &OfferedProposal<'_>) -> usize {
        let _ = offered;
        usize::MAX
    }

    /// Id and Key Length as the stack reads them; `None` when the transform is unusable.
    fn code(&self, transform: &OfferedTransform<'_>) -> Option<Code>;

    /// The local transforms of a type.
    fn group<'l>(&self, local: &'l Local, ty: TransformType) -> &'l [Code] {
        local.group(ty)
    }

    /// Whether a transform that both sides list may be chosen.
    fn admits(&self, local: &Local, ty: TransformType, code: Code) -> bool {
        let _ = (local, ty, code);
        true
    }

    /// Whether a transform that both sides list is chosen before those of its type with a better place.
    #[inline]
    fn prefers(&self, local: &Local, ty: TransformType, code: Code) -> bool {
        let _ = (local, ty, code);
        false
    }

    /// Whether the stack takes a cipher to authenticate as well.
    fn is_aead(&self, cipher: Code) -> bool {
        Encr(cipher.id()).is_aead()
    }

    /// Compares; the scan holds what the offered proposal has in common with the local one.
    fn judge<I>(&self, scan: &Scan, local: &Local, offered: I) -> Verdict
    where
        I: Iterator<Item = (TransformType, Option<Code>)> + Clone;
}

/// The transforms of an offered proposal as the stack reads them.
#[inline]
pub(in crate::proposal) fn codes<'r, R: Rules>(
    rules: &'r R,
    offered: &OfferedProposal<'r>,
) -> impl Iterator<Item = (TransformType, Option<Code>)> + Clone + 'r {
    offered.inner().transforms().take(rules.looks_at(offered)).map(move |t| {
        rules.spend(octets(t.octets()));
        (t.ty, rules.code(&t))
    })
}

/// What an offered proposal holds, and what of it a local one holds too.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Scan {
    pub(in crate::proposal) offered: TypeSet,
    pub(in crate::proposal) common: TypeSet,
    /// Types of which NONE is offered.
    pub(in crate::proposal) none: TypeSet,
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
            offered: TypeSet::EMPTY,
            common: TypeSet::EMPTY,
            none: TypeSet::EMPTY,
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
        let set = if ty.is_assigned() || local.alien == Some(ty) { TypeSet::of(ty) } else { TypeSet::ALIEN };
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
        rules.spend(group.len());
        let Some(rank) = group.iter().position(|c| *c == code).and_then(|place| u8::try_from(place).ok()) else {
            return;
        };
        if !rules.admits(local, ty, code) {
            return;
        }
        if rules.prefers(local, ty, code) {
            self.preferred = Some(rank);
        }
        let place = slot(ty);
        if let Some(best) = self.best.get_mut(place) {
            *best = rank.min(*best);
        }
        if !self.common.has(ty) {
            self.common = self.common.union(set);
            if let Some(first) = self.first.get_mut(place) {
                *first = rank;
            }
        }
    }

    /// The rank of the local transform to choose.
    pub(in crate::proposal) fn rank(&self, ty: TransformType, prefer: Prefer) -> Option<u8> {
        if !self.common.has(ty) {
            return None;
        }
        let ranks = match prefer {
            Prefer::Configured => &self.best,
            Prefer::Supplied => &self.first,
        };
        ranks.get(slot(ty)).copied()
    }
}

/// What became of one pair.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Verdict {
    pub(in crate::proposal) chosen: Chosen,
    /// Types offered of which nothing, or nothing in common, is local.
    pub(in crate::proposal) unmatched: TypeSet,
    /// Types required here and not offered.
    pub(in crate::proposal) missing: TypeSet,
    pub(in crate::proposal) clash: Option<Clash>,
    /// OpenIKED's measure; less is better.
    pub(in crate::proposal) score: u32,
}

impl Verdict {
    pub(in crate::proposal) const fn new() -> Self {
        Self { chosen: Chosen::EMPTY, unmatched: TypeSet::EMPTY, missing: TypeSet::EMPTY, clash: None, score: 0 }
    }

    pub(in crate::proposal) const fn clash(clash: Clash) -> Self {
        let mut this = Self::new();
        this.clash = Some(clash);
        this
    }

    pub(in crate::proposal) const fn matches(&self) -> bool {
        self.unmatched.is_empty() && self.missing.is_empty() && self.clash.is_none()
    }

    pub(in crate::proposal) fn unmatched(&mut self, ty: TransformType) {
        self.unmatched = self.unmatched.union(TypeSet::of(ty));
    }

    pub(in crate::proposal) fn missing(&mut self, ty: TransformType) {
        self.missing = self.missing.union(TypeSet::of(ty));
    }
}

/// Transforms a choice can hold: one of each assigned type, and one the registry does not assign.
pub(in crate::proposal) const MOST: usize = 15;

/// The transforms chosen, at most one of each type.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Chosen {
    list: [(TransformType, Code); MOST],
    len: u8,
}

impl Chosen {
    pub(in crate::proposal) const EMPTY: Self = Self { list: [(TransformType(0), Code::NONE); MOST], len: 0 };

    pub(in crate::proposal) fn push(&mut self, ty: TransformType, code: Code) {
        if let Some(place) = self.list.get_mut(usize::from(self.len)) {
            *place = (ty, code);
            self.len = self.len.saturating_add(1);
        }
    }

    pub(in crate::proposal) fn iter(&self) -> impl Iterator<Item = (TransformType, Code)> + '_ {
        self.list.iter().copied().take(usize::from(self.len))
    }

    pub(in crate::proposal) fn get(&self, ty: TransformType) -> Option<Code> {
        self.iter().find(|(t, _)| *t == ty).map(|(_, code)| code)
    }
}

/// A pair that fits.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Hit<'a> {
    pub(in crate::proposal) offered: OfferedProposal<'a>,
    pub(in crate::proposal) local: usize,
    pub(in crate::proposal) chosen: Chosen,
}

pub(in crate::proposal) fn compare<R: Rules>(rules: &R, local: &Local, offered: &OfferedProposal<'_>) -> Verdict {
    rules.spend(MOST);
    if local.protocol != offered.protocol {
        return Verdict::clash(Clash::Protocol);
    }
    let codes = codes(rules, offered);
    rules.judge(&Scan::of(rules, local, codes.clone()), local, codes)
}

/// The first pair that fits, the preferring side's proposals in the outer loop.
pub(in crate::proposal) fn first_fit<'a, R: Rules>(
    rules: &R,
    policy: &Policy,
    offered: impl Iterator<Item = OfferedProposal<'a>> + Clone,
) -> Option<Hit<'a>> {
    let fit = |index: usize, local: &Local, offered: OfferedProposal<'a>| {
        let verdict = compare(rules, local, &offered);
        verdict.matches().then_some(Hit { offered, local: index, chosen: verdict.chosen })
    };
    let usable = offered.filter(|p| {
        rules.spend(octets(HEADER));
        rules.flaw(p).is_none()
    });
    let mut locals = policy.locals.iter().enumerate();
    match policy.prefer {
        Prefer::Configured => locals.find_map(|(index, local)| usable.clone().find_map(|offered| fit(index, local, offered))),
        Prefer::Supplied => {
            usable.clone().find_map(|offered| policy.locals.iter().enumerate().find_map(|(index, local)| fit(index, local, offered)))
        }
    }
}

pub(in crate::proposal) fn proposals(offer: &[u8]) -> impl Iterator<Item = OfferedProposal<'_>> + Clone {
    Cursor::new(offer).proposals()
}

/// What the questions have to say about key exchange transforms.
pub(in crate::proposal) const fn leaves_out_ke(question: Question) -> bool {
    matches!(question, Question::AuthChild)
}
