//! Suites that are a product: each cipher with each integrity algorithm, each PRF and each key exchange method.

use super::universe::{self, Candidate, prf_of};
use crate::proposal::Proposal;
use crate::registry::SecurityProtocol;
use alloc::string::String;
use alloc::vec::Vec;

/// The candidates of one type.
pub(super) type Choices = Vec<&'static Candidate>;

/// Whether the ciphers have integrity of their own (RFC 7296 section 3.3: the two share no proposal).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Aead,
}

/// The four types, by their place in a region.
pub(super) const CIPHER: usize = 0;
pub(super) const INTEG: usize = 1;
pub(super) const PRF: usize = 2;
pub(super) const KE: usize = 3;

/// A product of suites.
#[derive(Clone, Debug)]
pub(super) struct Region {
    pub(super) kind: Kind,
    pub(super) types: [Choices; 4],
}

/// All that is looked for: with ciphers that need an integrity algorithm, and with those that have their own.
pub(super) fn everything() -> [Region; 2] {
    [
        Region::new(Kind::Plain, [universe::PLAIN, universe::INTEG, universe::PRF, universe::KE].map(|all| all.iter().collect())),
        Region::new(Kind::Aead, [universe::AEAD, universe::NO_INTEG, universe::PRF, universe::KE].map(|all| all.iter().collect())),
    ]
}

fn is_same(one: &Candidate, other: &Candidate) -> bool {
    one.transform == other.transform
}

fn has(choices: &[&'static Candidate], candidate: &Candidate) -> bool {
    choices.iter().any(|other| is_same(other, candidate))
}

impl Region {
    pub(super) const fn new(kind: Kind, types: [Choices; 4]) -> Self {
        Self { kind, types }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.types.iter().any(Vec::is_empty)
    }

    pub(super) fn of(&self, ty: usize) -> &[&'static Candidate] {
        self.types.get(ty).map_or(&[], Vec::as_slice)
    }

    /// Whether both have the same candidates of one type, in the same order.
    pub(super) fn is_equal_in(&self, ty: usize, other: &Self) -> bool {
        let (one, other) = (self.of(ty), other.of(ty));
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
    }

    pub(super) fn is_equal(&self, other: &Self) -> bool {
        self.kind == other.kind && (CIPHER..=KE).all(|ty| self.is_equal_in(ty, other))
    }

    /// The same with other candidates of one type.
    pub(super) fn with(&self, ty: usize, choices: Choices) -> Self {
        let mut region = self.clone();
        if let Some(old) = region.types.get_mut(ty) {
            *old = choices;
        }
        region
    }

    /// The suites of this region that are not in the other, as products.
    pub(super) fn minus(&self, other: &Self) -> Vec<Self> {
        let common: [Choices; 4] =
            core::array::from_fn(|ty| self.of(ty).iter().copied().filter(|candidate| has(other.of(ty), candidate)).collect());
        if self.kind != other.kind || common.iter().any(Vec::is_empty) {
            return alloc::vec![self.clone()];
        }
        let mut parts = Vec::new();
        let mut rest = self.clone();
        for (ty, common) in common.into_iter().enumerate() {
            let outside: Choices = rest.of(ty).iter().copied().filter(|candidate| !has(&common, candidate)).collect();
            if !outside.is_empty() {
                parts.push(rest.with(ty, outside));
            }
            rest = rest.with(ty, common);
        }
        parts
    }

    /// As a proposal to send.
    pub(super) fn proposal(&self) -> Proposal {
        let sent = |ty: &usize| !(*ty == INTEG && self.kind == Kind::Aead);
        let transforms: Vec<_> =
            (0..self.types.len()).filter(sent).flat_map(|ty| self.of(ty).iter().map(|candidate| candidate.transform)).collect();
        Proposal::new(SecurityProtocol::IKE, transforms)
    }

    /// Octets of the proposal as it is sent (RFC 7296 section 3.3.1): 8, and 8 for each transform, and 4 more for a key length.
    pub(super) fn octets(&self) -> usize {
        let transforms = self.proposal().transforms;
        let sizes = transforms.iter().map(|transform| if transform.key_bits.is_some() { 12 } else { 8 });
        sizes.sum::<usize>().saturating_add(8)
    }

    /// In strongSwan's notation, without the PRFs where they are those of the integrity algorithms.
    pub(super) fn text(&self) -> String {
        let (integ, prf) = (self.of(INTEG), self.of(PRF));
        let derived: Choices = integ.iter().filter_map(|integ| prf_of(integ)).collect();
        let follows = self.kind == Kind::Plain && derived.len() == prf.len() && prf.iter().all(|prf| has(&derived, prf));
        let shown = (0..self.types.len()).filter(|ty| !(*ty == PRF && follows)).flat_map(|ty| self.of(ty));
        let names: Vec<&str> = shown.map(|candidate| candidate.name).filter(|name| !name.is_empty()).collect();
        names.join("-")
    }
}
