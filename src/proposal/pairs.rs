//! Every offered proposal beside every local one, and what keeps the two apart.

use super::asked::{Asked, Settings};
use super::dialect::{AnyRules, Dialect, Offered, Record, Verdict};
use super::offer::Cursor;
use super::policy::Policy;
use super::question::Question;
use super::reason::{Conflict, SkipReason};
use super::selection::Selection;
use super::suite::{Local, Proposal, TransformTypes};
use crate::registry::{KeMethod, SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;

#[derive(Clone, Debug)]
pub(super) struct Detail {
    pub(super) rules: AnyRules,
    pub(super) dialect: Dialect,
    pub(super) question: Question,
    settings: Settings,
    pub(super) offered: Vec<Record>,
    pub(super) codes: Vec<Offered>,
    pub(super) locals: Vec<Local>,
    /// What keeps each pair apart, offered in the outer loop; empty when there are too many, or the proposals are not the matter.
    apart: Vec<Apart>,
    /// What the last proposal is for.
    pub(super) last: Option<SecurityProtocol>,
    pub(super) fitting: Option<Selection>,
}

impl Detail {
    pub(super) fn new(offer: &[u8], question: Question, policy: &Policy, fitting: Option<Selection>) -> Self {
        let asked = policy.asked(question);
        let rules = policy.dialect.rules(asked);
        let (offered, codes) = rules.explain().list(offer);
        let locals = policy.locals.iter().map(|local| rules.explain().as_compared(local)).collect();
        let last = Cursor::new(offer).proposals().last().map(|p| p.protocol);
        let mut this = Self {
            rules,
            dialect: policy.dialect,
            question,
            settings: asked.settings,
            offered,
            codes,
            locals,
            apart: Vec::new(),
            last,
            fitting,
        };
        let size = this.codes.len().max(this.offered.len().saturating_mul(this.locals.len()));
        if this.fitting.is_none() && size <= KEPT {
            this.apart = this.pairs().map(|pair| pair.verdict).collect();
        }
        this
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = Pair<'_>> + '_ {
        let locals = self.locals.len();
        (0..self.offered.len()).flat_map(move |offered| (0..locals).filter_map(move |local| self.pair(offered, local)))
    }

    /// The rules of the policy with one proposal more, or in place of another.
    pub(super) fn rules_with(&self, proposal: &Local, replaced: Option<usize>) -> AnyRules {
        let kept = self.locals.iter().enumerate().filter(|(index, _)| Some(*index) != replaced).map(|(_, local)| local);
        let settings = self.settings.of(kept.chain([proposal]));
        self.dialect.rules(Asked { question: self.question, settings })
    }

    /// Whether any proposal names an SPI.
    pub(super) fn names_spi(&self) -> bool {
        self.offered.iter().any(|record| record.named)
    }

    /// The key exchange method that stands in place of those the policy names.
    pub(super) fn replaced_group(&self) -> Option<KeMethod> {
        self.locals.iter().find_map(|local| self.rules.explain().replaced_group(local))
    }

    pub(super) fn offered_codes(&self, record: &Record) -> &[Offered] {
        self.codes.get(record.start..record.end).unwrap_or(&[])
    }

    pub(super) fn pair(&self, offered: usize, local: usize) -> Option<Pair<'_>> {
        let record = self.offered.get(offered)?;
        let own = self.locals.get(local)?;
        let index = offered.checked_mul(self.locals.len()).and_then(|first| first.checked_add(local));
        let kept = index.and_then(|index| self.apart.get(index)).copied();
        let verdict = kept.unwrap_or_else(|| self.judge(record, own));
        Some(Pair { detail: self, record, local, own, verdict })
    }

    fn judge(&self, record: &Record, own: &Local) -> Apart {
        let verdict = if own.protocol == record.protocol {
            self.rules.explain().judge(own, self.offered_codes(record))
        } else {
            Verdict::clash(Conflict::Protocol)
        };
        Apart { unmatched: verdict.unmatched, missing: verdict.missing, clash: verdict.clash }
    }
}

/// What keeps a pair apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Apart {
    pub(super) unmatched: TransformTypes,
    pub(super) missing: TransformTypes,
    pub(super) clash: Option<Conflict>,
}

impl Apart {
    const fn matches(&self) -> bool {
        self.unmatched.is_empty() && self.missing.is_empty() && self.clash.is_none()
    }
}

/// Pairs, and transforms in them, up to which judgements are kept, for the explanation asks several times: more than any offer made in
/// earnest has.
const KEPT: usize = 1024;

/// One offered proposal beside one local one.
#[derive(Clone, Debug)]
pub struct Pair<'r> {
    pub(super) detail: &'r Detail,
    pub(super) record: &'r Record,
    pub(super) local: usize,
    pub(super) own: &'r Local,
    pub(super) verdict: Apart,
}

impl<'r> Pair<'r> {
    /// Proposal Num of the offered proposal.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.record.number
    }

    /// The offered proposal's protocol.
    #[must_use]
    pub const fn protocol(&self) -> SecurityProtocol {
        self.record.protocol
    }

    /// Place of the local proposal in the policy, from 0.
    #[must_use]
    pub const fn local_index(&self) -> usize {
        self.local
    }

    /// What makes the stack pass over the offered proposal, whatever the local one.
    #[must_use]
    pub const fn skip_reason(&self) -> Option<SkipReason> {
        self.record.flaw
    }

    /// What keeps the two apart beyond single transforms.
    #[must_use]
    pub const fn conflict(&self) -> Option<Conflict> {
        self.verdict.clash
    }

    /// Types offered of which nothing usable is allowed locally. Types that are not assigned are left out of the set's iterator.
    #[must_use]
    pub const fn unmatched(&self) -> TransformTypes {
        self.verdict.unmatched
    }

    /// Types the local proposal, or the protocol, needs and which are not offered.
    #[must_use]
    pub const fn missing(&self) -> TransformTypes {
        self.verdict.missing
    }

    /// Whether these two fit: then another pair, or the KE payload, is the matter.
    #[must_use]
    pub const fn fits(&self) -> bool {
        self.record.flaw.is_none() && self.verdict.matches()
    }

    /// Types of either side, ascending.
    pub fn types(&self) -> impl Iterator<Item = TransformType> + use<'r> {
        let offered = self.offered_list().iter().fold(TransformTypes::EMPTY, |set, t| set.union(TransformTypes::of(t.ty)));
        offered.union(self.own.types).iter()
    }

    /// The transforms offered of a type, in the order offered.
    pub fn offered(&self, ty: TransformType) -> impl Iterator<Item = Transform> + Clone + use<'r> {
        self.offered_list().iter().filter(move |t| t.ty == ty).map(|t| t.transform())
    }

    /// The transforms allowed of a type, in order of preference.
    pub fn allowed(&self, ty: TransformType) -> impl Iterator<Item = Transform> + Clone + use<'r> {
        self.own.group(ty).iter().map(move |code| code.transform(ty))
    }

    /// How far the two are apart: one for every type that does not match, far more for what no single transform mends.
    #[must_use]
    pub fn distance(&self) -> u32 {
        let types = self.verdict.unmatched.count().saturating_add(self.verdict.missing.count());
        let clash = match self.verdict.clash {
            None => 0,
            Some(Conflict::Protocol) => 1000,
            Some(_) => 2,
        };
        types.saturating_add(clash).saturating_add(if self.record.flaw.is_some() { 100 } else { 0 })
    }

    /// The offered proposal as a value.
    #[must_use]
    pub fn offered_proposal(&self) -> Proposal {
        Proposal::new(self.record.protocol, self.offered_list().iter().map(|t| t.transform()).collect::<Vec<_>>())
    }

    pub(super) fn offered_list(&self) -> &'r [Offered] {
        self.detail.offered_codes(self.record)
    }
}
