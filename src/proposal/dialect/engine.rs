//! One value for any dialect's rules, for the explanation: it works on what was read, not on octets.

use super::strongswan::numbered_once;
use super::{Clash, Libreswan, OpenIked, Rfc, Rules, Scan, StrongSwan, Verdict};
use crate::proposal::offer::OfferedProposal;
use crate::proposal::policy::{Dialect, Policy, Question};
use crate::proposal::refusal::{Flaw, Offered, Record};
use crate::proposal::suite::{Code, Local};
use crate::registry::TransformType;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

#[derive(Clone, Debug)]
pub(in crate::proposal) enum Engine {
    Rfc(Rfc),
    StrongSwan(StrongSwan),
    Libreswan(Libreswan),
    OpenIked(OpenIked),
}

impl Engine {
    pub(in crate::proposal) const fn new(policy: &Policy, question: Question) -> Self {
        match policy.dialect {
            Dialect::Rfc => Self::Rfc(Rfc::new(policy, question)),
            Dialect::StrongSwan5 => Self::StrongSwan(StrongSwan::new(policy, question, false)),
            Dialect::StrongSwan6 => Self::StrongSwan(StrongSwan::new(policy, question, true)),
            Dialect::Libreswan4 => Self::Libreswan(Libreswan::new(question, false)),
            Dialect::Libreswan5 => Self::Libreswan(Libreswan::new(question, true)),
            Dialect::OpenIked => Self::OpenIked(OpenIked::new(policy, question)),
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
        super::leaves_out_ke(question)
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

    /// Whether a proposal of these transforms would be passed over, whatever the policy.
    pub(in crate::proposal) fn spoils(&self, offered: &[Offered]) -> bool {
        let unknown = |last| offered.iter().any(|t| !(1..=last).contains(&t.ty.0));
        let integ = || offered.iter().filter(|t| t.ty == TransformType::INTEG);
        match self {
            Self::Rfc(_) | Self::StrongSwan(_) => offered.is_empty(),
            Self::Libreswan(rules) => unknown(rules.last_type()) || integ().count() > 1 && integ().any(|t| t.code == Some(Code::NONE)),
            Self::OpenIked(_) => unknown(5),
        }
    }

    /// The proposals of an offer as the stack sees them.
    pub(in crate::proposal) fn list(&self, offer: &[u8]) -> (Vec<Record>, Vec<Offered>) {
        let mut listed = Listed::default();
        match self {
            Self::Rfc(rules) => super::proposals(offer).for_each(|p| listed.push(rules, &p, None)),
            Self::StrongSwan(rules) => {
                for (p, once) in numbered_once(offer) {
                    listed.push(rules, &p, (!once).then_some(Flaw::RepeatedNumber));
                }
            }
            Self::Libreswan(rules) => Libreswan::listed(offer).for_each(|p| listed.push(rules, &p, None)),
            Self::OpenIked(rules) => {
                // Proposals of one number and protocol are one to iked; they are gathered before they are listed.
                let mut groups: BTreeMap<(u8, u8), (usize, Vec<OfferedProposal<'_>>)> = BTreeMap::new();
                for (place, p) in super::proposals(offer).enumerate() {
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

#[derive(Default)]
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
        self.records.push(Record { number, protocol, flaw, start, end });
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
        self.records.push(Record { number, protocol, flaw, start, end });
    }

    fn transforms<R: Rules>(&mut self, rules: &R, offered: &OfferedProposal<'_>) {
        let transforms = offered.inner().transforms().take(rules.looks_at(offered));
        self.codes.extend(transforms.map(|t| Offered { ty: t.ty, id: t.id, code: rules.code(&t) }));
    }
}
