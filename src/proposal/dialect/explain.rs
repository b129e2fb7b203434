//! The rules of any dialect as one value, for the explanation: it works on what was read, not on octets.

use super::choice::{Offered, Verdict};
use super::rules::{self, Rules};
use crate::proposal::offer::OfferedProposal;
use crate::proposal::reason::SkipReason;
use crate::proposal::suite::Local;
use crate::registry::{KeMethod, SecurityProtocol};
use alloc::vec::Vec;

/// An offered proposal as the stack read it.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Record {
    pub(in crate::proposal) number: u8,
    pub(in crate::proposal) protocol: SecurityProtocol,
    /// Its SPI is not all zeros.
    pub(in crate::proposal) named: bool,
    pub(in crate::proposal) flaw: Option<SkipReason>,
    pub(in crate::proposal) start: usize,
    pub(in crate::proposal) end: usize,
}

/// A dialect's rules where speed does not matter, whichever they are.
pub(in crate::proposal) trait Explain {
    /// Compares one offered proposal with one local one of the same protocol.
    fn judge(&self, local: &Local, offered: &[Offered]) -> Verdict;

    /// See [`Rules::replaced_group`].
    fn replaced_group(&self, local: &Local) -> Option<KeMethod>;

    /// A local proposal as it is compared: with the groups that the stack puts in place of those of the policy.
    fn as_compared(&self, local: &Local) -> Local;

    /// See [`Rules::keeps_choice`].
    fn keeps_choice(&self, local: &Local, offered: &mut dyn Iterator<Item = &[Offered]>) -> Option<bool>;

    /// See [`Rules::admits_protocol`].
    fn admits_protocol(&self, protocol: SecurityProtocol, named: bool, last: Option<SecurityProtocol>) -> bool;

    /// See [`Rules::skips`].
    fn skips(&self, offered: &[Offered]) -> bool;

    /// The proposals of an offer as the stack sees them.
    fn list(&self, offer: &[u8]) -> (Vec<Record>, Vec<Offered>);
}

impl<R: Rules> Explain for R {
    fn judge(&self, local: &Local, offered: &[Offered]) -> Verdict {
        let mut verdict = rules::judge(self, local, offered);
        if verdict.matches() {
            verdict.clash = self.clash_of_choice(&verdict.chosen);
        }
        verdict
    }

    fn replaced_group(&self, local: &Local) -> Option<KeMethod> {
        Rules::replaced_group(self, local)
    }

    fn as_compared(&self, local: &Local) -> Local {
        Rules::replaced_group(self, local).and_then(|method| local.with_ke_method(method)).unwrap_or_else(|| local.clone())
    }

    fn keeps_choice(&self, local: &Local, offered: &mut dyn Iterator<Item = &[Offered]>) -> Option<bool> {
        Rules::keeps_choice(self, local, offered)
    }

    fn admits_protocol(&self, protocol: SecurityProtocol, named: bool, last: Option<SecurityProtocol>) -> bool {
        Rules::admits_protocol(self, protocol, named, last)
    }

    fn skips(&self, offered: &[Offered]) -> bool {
        Rules::skips(self, offered)
    }

    fn list(&self, offer: &[u8]) -> (Vec<Record>, Vec<Offered>) {
        // A transform takes eight octets at least, a proposal that says anything more than thirty.
        let (records, codes) = (offer.len().div_euclid(32), offer.len().div_euclid(8));
        let mut listed = Listed { records: Vec::with_capacity(records), codes: Vec::with_capacity(codes) };
        Rules::list(self, offer, &mut |group, flaw| listed.push(self, group, flaw));
        (listed.records, listed.codes)
    }
}

fn names_spi(offered: &OfferedProposal<'_>) -> bool {
    offered.spi().iter().any(|octet| *octet != 0)
}

struct Listed {
    records: Vec<Record>,
    codes: Vec<Offered>,
}

impl Listed {
    /// Lists what the stack takes for one proposal: of several merged, a spoilt one takes those before it along.
    fn push<R: Rules>(&mut self, rules: &R, group: &[OfferedProposal<'_>], flaw: Option<SkipReason>) {
        let Some(first) = group.first() else { return };
        let spoilt = group.iter().rposition(|p| rules.flaw(p).is_some());
        let kept = spoilt.map_or(0, |index| index.saturating_add(1));
        let kept = group.get(kept..).filter(|rest| !rest.is_empty());
        let spoiling = if kept.is_some() { None } else { group.iter().find_map(|p| rules.flaw(p)) };
        let start = self.codes.len();
        for offered in kept.unwrap_or(group) {
            self.transforms(rules, offered);
        }
        let (number, protocol, end) = (first.number, first.protocol, self.codes.len());
        let (named, flaw) = (group.last().is_some_and(names_spi), flaw.or(spoiling));
        self.records.push(Record { number, protocol, named, flaw, start, end });
    }

    fn transforms<R: Rules>(&mut self, rules: &R, offered: &OfferedProposal<'_>) {
        let transforms = offered.inner().transforms().take(rules.transforms_read(offered));
        self.codes.extend(transforms.map(|t| Offered { ty: t.ty, id: t.id, code: rules.code(&t) }));
    }
}
