//! Why nothing was chosen: data first. The prose made of it is in `prose.rs`.

use super::dialect::{Clash, Engine, Verdict};
use super::negotiate::{Selection, decide};
use super::offer::Cursor;
use super::policy::{Dialect, Policy, Question};
use super::suite::{Code, Local, Proposal, Transform, TypeSet};
use super::work::Steps;
use crate::error::ParseError;
use crate::registry::{KeMethod, NotifyType, SecurityProtocol, TransformId, TransformType};
use crate::wire::Notify;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What the stack answers instead of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No proposal fits: NO_PROPOSAL_CHOSEN.
    NoProposalChosen,
    /// A proposal fits, but the KE payload is of another method than the one chosen: INVALID_KE_PAYLOAD.
    InvalidKePayload {
        /// The method wanted instead.
        wanted: KeMethod,
    },
    /// The octets are not what the stack accepts: INVALID_SYNTAX.
    InvalidSyntax(Fault),
    /// The message is dropped without an answer.
    Dropped(Fault),
    /// An SA payload without a proposal, which OpenIKED sends for an offer it was left nothing of.
    EmptySaPayload,
}

/// What is wrong with the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The SA payload; offsets count from the first octet of its body.
    Sa(ParseError),
    /// The KE payload is of a method the stack cannot read it as.
    KeMethod(KeMethod),
    /// There is no KE payload.
    NoKePayload,
    /// The last proposal holds a transform of a type the stack does not know, and with it the stack drops the request.
    LastProposal(TransformType),
    /// The last proposal is of another protocol than the one chosen, and the stack takes its word for all.
    LastProtocol(SecurityProtocol),
    /// The proposal chosen names no SPI.
    NoSpi,
    /// A cipher that needs an INTEG transform was chosen without one.
    NoIntegrity,
}

impl From<ParseError> for Reason {
    fn from(error: ParseError) -> Self {
        Self::InvalidSyntax(Fault::Sa(error))
    }
}

/// Why a proposal is passed over before its transforms are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flaw {
    /// The protocol is none the exchange can negotiate.
    Protocol(SecurityProtocol),
    /// The SPI has another size than the exchange calls for, in octets.
    SpiSize {
        /// Octets offered.
        size: u8,
        /// Octets due.
        expected: u8,
    },
    /// There is no transform in it.
    Empty,
    /// Another proposal has the same number.
    RepeatedNumber,
    /// It holds a transform of a type the stack does not know.
    TransformType(TransformType),
    /// INTEG NONE and real INTEG transforms together.
    MixedInteg,
}

/// Why the search for a choice ended.
pub(super) struct Stop {
    pub(super) reason: Reason,
    pub(super) cause: Option<Fault>,
    pub(super) fitting: Option<Selection>,
}

impl<R: Into<Reason>> From<R> for Stop {
    fn from(reason: R) -> Self {
        Self { reason: reason.into(), cause: None, fitting: None }
    }
}

/// An offer that was not taken: the answer it gets, and everything there is to know about why.
///
/// Send [`notify`](Self::notify), log the value itself: [`Display`](core::fmt::Display) explains it.
#[derive(Clone, Debug)]
pub struct Refusal {
    reason: Reason,
    cause: Option<Fault>,
    /// INVALID_KE_PAYLOAD's data: the method wanted (RFC 7296 section 1.3).
    wanted: [u8; 2],
    pub(super) detail: Box<Detail>,
}

#[derive(Clone, Debug)]
pub(super) struct Detail {
    pub(super) engine: Engine,
    pub(super) dialect: Dialect,
    pub(super) question: Question,
    pub(super) ke: Option<KeMethod>,
    pub(super) offered: Vec<Record>,
    pub(super) codes: Vec<Offered>,
    pub(super) locals: Vec<Local>,
    /// What keeps each pair apart, offered in the outer loop; empty when there are too many, or the proposals are not the matter.
    apart: Vec<Apart>,
    /// What the last proposal is for.
    pub(super) last: Option<SecurityProtocol>,
    pub(super) fitting: Option<Selection>,
}

/// An offer beside a policy, pair by pair, whatever the outcome.
#[derive(Clone, Debug)]
pub struct Examination {
    detail: Box<Detail>,
    work: u64,
}

impl Examination {
    pub(super) fn new(offer: &[u8], question: Question, policy: &Policy) -> Self {
        // With a KE payload no stack stops at: the method wanted is found after the search.
        let steps = Steps::default();
        let _ = decide(offer, question, Some(KeMethod::MODP_2048), policy, &steps).is_ok();
        Self { detail: Box::new(Detail::new(offer, question, None, policy, None)), work: steps.taken() }
    }

    /// Steps [`negotiate`](super::negotiate()) takes at most for this offer: four octets read, or two transforms compared, are one.
    ///
    /// They are counted, not estimated. Whatever the offer holds, they are linear in it: each octet is read a fixed number of times
    /// for every proposal of the policy, and each transform compared with those the policy's proposals hold.
    #[must_use]
    pub const fn work(&self) -> u64 {
        self.work
    }

    /// Every offered proposal beside every local one, offered in the outer loop.
    pub fn pairs(&self) -> impl Iterator<Item = Mismatch<'_>> + '_ {
        self.detail.pairs()
    }
}

/// An offered proposal as the stack read it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) number: u8,
    pub(super) protocol: SecurityProtocol,
    /// Its SPI is not all zeros.
    pub(super) named: bool,
    pub(super) flaw: Option<Flaw>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// An offered transform: the code is what the stack compares by, `None` when it cannot use the transform.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offered {
    pub(super) ty: TransformType,
    pub(super) id: u16,
    pub(super) code: Option<Code>,
}

impl Offered {
    pub(super) const fn transform(self) -> Transform {
        match self.code {
            Some(code) => code.transform(self.ty),
            None => Transform { ty: self.ty, id: TransformId(self.id), key_bits: None },
        }
    }
}

impl core::error::Error for Refusal {}

impl Refusal {
    #[cold]
    pub(super) fn new(stop: Stop, offer: &[u8], question: Question, ke: Option<KeMethod>, policy: &Policy) -> Self {
        let Stop { reason, cause, fitting } = stop;
        let readable = match reason {
            Reason::InvalidSyntax(_) | Reason::Dropped(_) => &[],
            _ => offer,
        };
        let wanted = match reason {
            Reason::InvalidKePayload { wanted } => wanted.0.to_be_bytes(),
            _ => [0; 2],
        };
        Self { reason, cause, wanted, detail: Box::new(Detail::new(readable, question, ke, policy, fitting)) }
    }

    /// What the stack answers.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// What is wrong with the octets, or what the stack stumbles over after it has chosen. `None` when the proposals are the matter.
    #[must_use]
    pub const fn cause(&self) -> Option<Fault> {
        match self.reason {
            Reason::InvalidSyntax(fault) | Reason::Dropped(fault) => Some(fault),
            _ => self.cause,
        }
    }

    /// The Notify to answer with; `None` when the stack sends none.
    #[must_use]
    pub const fn notify(&self) -> Option<Notify<'_>> {
        Some(match self.reason {
            Reason::NoProposalChosen => Notify::new(NotifyType::NO_PROPOSAL_CHOSEN, &[]),
            Reason::InvalidKePayload { .. } => Notify::new(NotifyType::INVALID_KE_PAYLOAD, &self.wanted),
            Reason::InvalidSyntax(_) => Notify::new(NotifyType::INVALID_SYNTAX, &[]),
            Reason::Dropped(_) | Reason::EmptySaPayload => return None,
        })
    }

    /// Whose rules refused.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.detail.dialect
    }

    /// What was asked.
    #[must_use]
    pub fn question(&self) -> Question {
        self.detail.question
    }

    /// The choice that stands but for the KE payload; only with [`Reason::InvalidKePayload`].
    #[must_use]
    pub fn fitting(&self) -> Option<&Selection> {
        self.detail.fitting.as_ref()
    }

    /// Every offered proposal beside every local one, offered in the outer loop. Empty when the octets were not readable.
    pub fn mismatches(&self) -> impl Iterator<Item = Mismatch<'_>> + '_ {
        self.detail.pairs()
    }
}

impl Detail {
    fn new(offer: &[u8], question: Question, ke: Option<KeMethod>, policy: &Policy, fitting: Option<Selection>) -> Self {
        let engine = Engine::new(policy, question, ke);
        let (offered, codes) = engine.list(offer);
        let locals = policy.locals.clone();
        let last = Cursor::new(offer).proposals().last().map(|p| p.protocol);
        let mut this = Self { engine, dialect: policy.dialect, question, ke, offered, codes, locals, apart: Vec::new(), last, fitting };
        let size = this.codes.len().max(this.offered.len().saturating_mul(this.locals.len()));
        if this.fitting.is_none() && size <= KEPT {
            this.apart = this.pairs().map(|pair| pair.verdict).collect();
        }
        this
    }

    fn pairs(&self) -> impl Iterator<Item = Mismatch<'_>> + '_ {
        let locals = self.locals.len();
        (0..self.offered.len()).flat_map(move |offered| (0..locals).filter_map(move |local| self.mismatch(offered, local)))
    }

    pub(super) fn offered_codes(&self, record: &Record) -> &[Offered] {
        self.codes.get(record.start..record.end).unwrap_or(&[])
    }

    pub(super) fn mismatch(&self, offered: usize, local: usize) -> Option<Mismatch<'_>> {
        let record = self.offered.get(offered)?;
        let own = self.locals.get(local)?;
        let place = offered.checked_mul(self.locals.len()).and_then(|first| first.checked_add(local));
        let kept = place.and_then(|place| self.apart.get(place)).copied();
        let verdict = kept.unwrap_or_else(|| self.judge(record, own));
        Some(Mismatch { detail: self, record, local, own, verdict })
    }

    fn judge(&self, record: &Record, own: &Local) -> Apart {
        let verdict = if own.protocol == record.protocol {
            self.engine.judge(own, self.offered_codes(record))
        } else {
            Verdict::clash(Clash::Protocol)
        };
        Apart { unmatched: verdict.unmatched, missing: verdict.missing, clash: verdict.clash }
    }
}

/// What keeps a pair apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Apart {
    pub(super) unmatched: TypeSet,
    pub(super) missing: TypeSet,
    pub(super) clash: Option<Clash>,
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
pub struct Mismatch<'r> {
    pub(super) detail: &'r Detail,
    pub(super) record: &'r Record,
    pub(super) local: usize,
    pub(super) own: &'r Local,
    pub(super) verdict: Apart,
}

impl<'r> Mismatch<'r> {
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
    pub const fn flaw(&self) -> Option<Flaw> {
        self.record.flaw
    }

    /// What keeps the two apart beyond single transforms.
    #[must_use]
    pub const fn clash(&self) -> Option<Clash> {
        self.verdict.clash
    }

    /// Types offered of which nothing usable is allowed locally. Types outside 1..=14 are left out of the set's iterator.
    #[must_use]
    pub const fn unmatched(&self) -> TypeSet {
        self.verdict.unmatched
    }

    /// Types the local proposal, or the protocol, needs and which are not offered.
    #[must_use]
    pub const fn missing(&self) -> TypeSet {
        self.verdict.missing
    }

    /// Whether these two fit: then another pair, or the KE payload, is the matter.
    #[must_use]
    pub const fn fits(&self) -> bool {
        self.record.flaw.is_none() && self.verdict.matches()
    }

    /// Types of either side, ascending.
    pub fn types(&self) -> impl Iterator<Item = TransformType> + use<'r> {
        let offered = self.offered_list().iter().fold(TypeSet::EMPTY, |set, t| set.union(TypeSet::of(t.ty)));
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
            Some(Clash::Protocol) => 1000,
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
