//! One value for any dialect's rules, for the explanation: it works on what was read, not on octets.

use super::libreswan::Libreswan;
use super::openiked::{self, OpenIked};
use super::rfc::Rfc;
use super::rules::{Rules, Scan, Verdict, leaves_out_ke, proposals};
use super::strongswan::{StrongSwan, numbered_once};
use crate::proposal::offer::OfferedProposal;
use crate::proposal::policy::{Dialect, Policy, Question};
use crate::proposal::reason::{Clash, Flaw};
use crate::proposal::suite::{Code, Local, Transform};
use crate::proposal::work::Uncounted;
use crate::registry::{KeMethod, SecurityProtocol, TransformId, TransformType};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// An offered proposal as the stack read it.
#[derive(Clone, Copy, Debug)]
pub(in crate::proposal) struct Record {
    pub(in crate::proposal) number: u8,
    pub(in crate::proposal) protocol: SecurityProtocol,
    /// Its SPI is not all zeros.
    pub(in crate::proposal) named: bool,
    pub(in crate::proposal) flaw: Option<Flaw>,
    pub(in crate::proposal) start: usize,
    pub(in crate::proposal) end: usize,
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

#[derive(Clone, Debug)]
pub(in crate::proposal) enum Engine {
    Rfc(Rfc),
    StrongSwan(StrongSwan),
    Libreswan(Libreswan),
    OpenIked(OpenIked),
}

impl Engine {
    pub(in crate::proposal) const fn new(policy: &Policy, question: Question, ke: Option<KeMethod>) -> Self {
        match policy.dialect {
            Dialect::Rfc => Self::Rfc(Rfc::new(policy, question, Uncounted)),
            Dialect::StrongSwan5 => Self::StrongSwan(StrongSwan::new(policy, question, false, Uncounted)),
            Dialect::StrongSwan6 => Self::StrongSwan(StrongSwan::new(policy, question, true, Uncounted)),
            Dialect::Libreswan4 => Self::Libreswan(Libreswan::new(question, false, Uncounted)),
            Dialect::Libreswan5 => Self::Libreswan(Libreswan::new(question, true, Uncounted)),
            Dialect::OpenIked => Self::OpenIked(OpenIked::new(policy, question, ke, Uncounted)),
        }
    }

    /// Whether proposals carry no key exchange in this question, whoever makes them.
    pub(in crate::proposal) const fn leaves_out_ke(&self) -> bool {
        let question = match self {
            Self::Rfc(rules) => rules.question,
            Self::StrongSwan(rules) => rules.question,
            Self::Libreswan(rules) => rules.question,
            Self::OpenIked(rules) => rules.question,
        };
        leaves_out_ke(question)
    }

    pub(in crate::proposal) fn judge(&self, local: &Local, offered: &[Offered]) -> Verdict {
        match self {
            Self::Rfc(rules) => judge(rules, local, offered),
            Self::StrongSwan(rules) => judge(rules, local, offered),
            Self::Libreswan(rules) => judge(rules, local, offered),
            Self::OpenIked(rules) => {
                let mut verdict = judge(rules, local, offered);
                if verdict.matches() && rules.lacks_integrity(&verdict.chosen) {
                    verdict.clash = Some(Clash::MixedCiphers);
                }
                verdict
            }
        }
    }

    /// Whether the stack stands by what it chooses for a local proposal out of these offered ones; `None` when none fits.
    ///
    /// Only iked does not always: it picks the best score of those that fit, and may find then that the cipher picked lacks an
    /// integrity algorithm.
    pub(in crate::proposal) fn stands_by<'o>(&self, local: &Local, offered: impl Iterator<Item = &'o [Offered]>) -> Option<bool> {
        let Self::OpenIked(rules) = self else { return Some(true) };
        let fitting = offered.map(|codes| judge(rules, local, codes)).filter(Verdict::matches);
        fitting.min_by_key(|verdict| verdict.score).map(|verdict| !rules.lacks_integrity(&verdict.chosen))
    }

    /// Whether a proposal of `protocol`, with an SPI that is not zero when it is `named`, can be chosen in an offer whose last
    /// proposal is for the protocol `last`. In CREATE_CHILD_SA that matters to iked.
    pub(in crate::proposal) fn lets_through(&self, protocol: SecurityProtocol, named: bool, last: Option<SecurityProtocol>) -> bool {
        match self {
            Self::OpenIked(rules) => match rules.question {
                Question::Ike | Question::AuthChild => true,
                Question::Child => last == Some(protocol),
                Question::IkeRekey => last == Some(protocol) && named,
            },
            _ => true,
        }
    }

    /// Whether a proposal of these transforms would be passed over, whatever the policy.
    pub(in crate::proposal) fn spoils(&self, offered: &[Offered]) -> bool {
        let integ = || offered.iter().filter(|t| t.ty == TransformType::INTEG);
        match self {
            Self::Rfc(_) | Self::StrongSwan(_) => offered.is_empty(),
            Self::Libreswan(rules) => offered.iter().any(|t| !rules.knows(t.ty)) || integ().count() > 1 && integ().any(|t| t.id == 0),
            Self::OpenIked(_) => offered.iter().any(|t| !openiked::knows(t.ty)),
        }
    }

    /// The proposals of an offer as the stack sees them.
    pub(in crate::proposal) fn list(&self, offer: &[u8]) -> (Vec<Record>, Vec<Offered>) {
        // A transform takes eight octets at least, a proposal that says anything more than thirty.
        let (records, codes) = (offer.len().div_euclid(32), offer.len().div_euclid(8));
        let mut listed = Listed { records: Vec::with_capacity(records), codes: Vec::with_capacity(codes) };
        match self {
            Self::Rfc(rules) => proposals(offer).for_each(|p| listed.push(rules, &p, None)),
            Self::StrongSwan(rules) => {
                for (p, once) in numbered_once(offer) {
                    listed.push(rules, &p, (!once).then_some(Flaw::RepeatedNumber));
                }
            }
            Self::Libreswan(rules) => Libreswan::listed(offer).for_each(|p| listed.push(rules, &p, None)),
            Self::OpenIked(rules) => {
                // Proposals of one number and protocol are one to iked; they are gathered before they are listed.
                let mut groups: BTreeMap<(u8, u8), (usize, Vec<OfferedProposal<'_>>)> = BTreeMap::new();
                for (place, p) in proposals(offer).enumerate() {
                    groups.entry((p.number, p.protocol.0)).or_insert_with(|| (place, Vec::new())).1.push(p);
                }
                let mut groups: Vec<_> = groups.into_values().collect();
                groups.sort_by_key(|(place, _)| *place);
                for (_, group) in &groups {
                    listed.gather(rules, group);
                }
            }
        }
        (listed.records, listed.codes)
    }
}

fn judge<R: Rules>(rules: &R, local: &Local, offered: &[Offered]) -> Verdict {
    let codes = offered.iter().map(|t| (t.ty, t.code));
    rules.judge(&Scan::of(rules, local, codes.clone()), local, codes)
}

fn names_spi(offered: &OfferedProposal<'_>) -> bool {
    offered.spi().iter().any(|octet| *octet != 0)
}

struct Listed {
    records: Vec<Record>,
    codes: Vec<Offered>,
}

impl Listed {
    fn push<R: Rules>(&mut self, rules: &R, offered: &OfferedProposal<'_>, flaw: Option<Flaw>) {
        let start = self.codes.len();
        self.transforms(rules, offered);
        let flaw = flaw.or_else(|| rules.flaw(offered));
        let (number, protocol, end) = (offered.number, offered.protocol, self.codes.len());
        self.records.push(Record { number, protocol, named: names_spi(offered), flaw, start, end });
    }

    /// One proposal of several: a spoilt one takes those before it along.
    fn gather<R: Rules>(&mut self, rules: &R, group: &[OfferedProposal<'_>]) {
        let Some(first) = group.first() else { return };
        let spoilt = group.iter().rposition(|p| rules.flaw(p).is_some());
        let kept = spoilt.map_or(0, |place| place.saturating_add(1));
        let kept = group.get(kept..).filter(|rest| !rest.is_empty());
        let flaw = if kept.is_some() { None } else { group.iter().find_map(|p| rules.flaw(p)) };
        let start = self.codes.len();
        for offered in kept.unwrap_or(group) {
            self.transforms(rules, offered);
        }
        let (number, protocol, end) = (first.number, first.protocol, self.codes.len());
        let named = group.last().is_some_and(names_spi);
        self.records.push(Record { number, protocol, named, flaw, start, end });
    }

    fn transforms<R: Rules>(&mut self, rules: &R, offered: &OfferedProposal<'_>) {
        let transforms = offered.inner().transforms().take(rules.looks_at(offered));
        self.codes.extend(transforms.map(|t| Offered { ty: t.ty, id: t.id, code: rules.code(&t) }));
    }
}
