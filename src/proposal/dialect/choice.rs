//! What a comparison and a search bring forth, whatever the dialect.

use crate::proposal::offer::OfferedProposal;
use crate::proposal::reason::{Conflict, RefusalCause, RefusalResponse};
use crate::proposal::suite::{Code, TransformTypes};
use crate::registry::{TransformId, TransformType};
use crate::transform::Transform;

/// What became of one pair.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Verdict {
    pub(in crate::proposal) chosen: Chosen,
    /// Types offered of which nothing, or nothing in common, is local.
    pub(in crate::proposal) unmatched: TransformTypes,
    /// Types required here and not offered.
    pub(in crate::proposal) missing: TransformTypes,
    pub(in crate::proposal) clash: Option<Conflict>,
    /// OpenIKED's measure; less is better.
    pub(in crate::proposal) score: u32,
}

impl Verdict {
    pub(in crate::proposal) const fn new() -> Self {
        Self { chosen: Chosen::EMPTY, unmatched: TransformTypes::EMPTY, missing: TransformTypes::EMPTY, clash: None, score: 0 }
    }

    pub(in crate::proposal) const fn clash(clash: Conflict) -> Self {
        let mut this = Self::new();
        this.clash = Some(clash);
        this
    }

    pub(in crate::proposal) const fn matches(&self) -> bool {
        self.unmatched.is_empty() && self.missing.is_empty() && self.clash.is_none()
    }

    pub(in crate::proposal) fn unmatched(&mut self, ty: TransformType) {
        self.unmatched = self.unmatched.union(TransformTypes::of(ty));
    }

    pub(in crate::proposal) fn missing(&mut self, ty: TransformType) {
        self.missing = self.missing.union(TransformTypes::of(ty));
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
        if let Some(slot) = self.list.get_mut(usize::from(self.len)) {
            *slot = (ty, code);
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
pub(in crate::proposal) struct FittingPair<'a> {
    pub(in crate::proposal) offered: OfferedProposal<'a>,
    pub(in crate::proposal) local: usize,
    pub(in crate::proposal) chosen: Chosen,
}

/// The pair chosen, and what the stack has against it.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Choice<'a> {
    pub(in crate::proposal) hit: FittingPair<'a>,
    /// What is answered because the KE payload is not of the method chosen.
    pub(in crate::proposal) wrong_ke: Option<RefusalResponse>,
    pub(in crate::proposal) withdrawal: Option<Withdrawal>,
}

/// A choice that a stack takes back.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Withdrawal {
    /// What is answered.
    pub(in crate::proposal) reason: RefusalResponse,
    pub(in crate::proposal) cause: RefusalCause,
    /// Whether a KE payload of another method is complained about before.
    pub(in crate::proposal) after_ke: bool,
}

/// An offered transform: the code is what the stack compares by, `None` when it cannot use the transform.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Offered {
    pub(in crate::proposal) ty: TransformType,
    pub(in crate::proposal) id: u16,
    pub(in crate::proposal) code: Option<Code>,
}

impl Offered {
    pub(in crate::proposal) const fn transform(self) -> Transform {
        match self.code {
            Some(code) => code.transform(self.ty),
            None => Transform { ty: self.ty, id: TransformId(self.id), key_bits: None },
        }
    }
}

/// What a dialect says about the policies that are to be decided by it.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct PolicyRules {
    /// Whether AEAD ciphers can be had for ESP unless the policy says otherwise.
    pub(in crate::proposal) esp_aead: bool,
    /// Whether a policy may hold proposals that add to no key exchange.
    pub(in crate::proposal) additional_without_ke: bool,
}
