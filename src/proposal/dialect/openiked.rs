//! OpenIKED: the first local proposal that fits any offered one; among those offered, the one with the best score.

use super::choice::{Chosen, FittingPair, MOST, Offered, PolicyRules, Verdict, Withdrawal};
use super::rules::{self, Rules, Scan, codes, compare, proposals};
use crate::error::{Element, ParseErrorKind};
use crate::proposal::asked::Asked;
use crate::proposal::context::{NegotiationContext, Preference};
use crate::proposal::offer::{Cursor, HEADER, OfferedProposal, OfferedTransform};
use crate::proposal::reason::{Conflict, RefusalCause, RefusalResponse, SkipReason};
use crate::proposal::suite::{Code, Local, TransformTypes};
use crate::proposal::work::{Meter, Uncounted, octets};
use crate::registry::{Encr, KeMethod, SecurityProtocol, TransformAttributeType, TransformType};
use crate::wire::TransformAttributeValue;
use crate::wire::substructure::{ATTRIBUTE_HEAD, MORE_TRANSFORMS};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The transform types iked knows.
const fn knows(ty: TransformType) -> bool {
    matches!(ty, TransformType::ENCR | TransformType::PRF | TransformType::INTEG | TransformType::KE | TransformType::SN)
}

/// The versions of iked that differ here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::proposal) enum Version {
    V7_2,
    /// With the method of the KE payload in mind when it chooses.
    V7_4,
}

#[derive(Clone, Debug)]
pub(in crate::proposal) struct OpenIked<M = Uncounted> {
    meter: M,
    version: Version,
    context: NegotiationContext,
    esp_aead: bool,
    ke: Option<KeMethod>,
}

/// Proposals of one protocol and number, which iked merges into one.
#[derive(Clone, Copy)]
struct Merged<'a> {
    scan: Scan,
    /// The last substructure merged, whose SPI counts, and the place of the merged proposal in iked's list.
    last: Option<(OfferedProposal<'a>, usize)>,
}

impl<M: Meter> OpenIked<M> {
    fn select_single<'a>(&self, offer: &'a [u8], locals: &[Local]) -> Option<FittingPair<'a>> {
        locals.iter().enumerate().find_map(|(index, local)| {
            let mut best: Option<(u32, OfferedProposal<'a>, Chosen)> = None;
            for offered in self.proposals(offer).filter(|p| self.flaw(p).is_none()) {
                let verdict = compare(self, local, &offered);
                if verdict.matches() && best.is_none_or(|(score, ..)| verdict.score < score) {
                    best = Some((verdict.score, offered, verdict.chosen));
                }
            }
            best.map(|(_, offered, chosen)| FittingPair { offered, local: index, chosen })
        })
    }

    fn repeats_number(&self, offer: &[u8]) -> bool {
        let mut seen = [[0_u64; 4]; 4];
        self.proposals(offer).any(|offered| {
            let word = seen.get_mut(usize::from(offered.protocol.0)).and_then(|row| row.get_mut(usize::from(offered.number) >> 6));
            let bit = 1_u64.rotate_left(u32::from(offered.number));
            word.is_some_and(|word| {
                let again = *word & bit != 0;
                *word |= bit;
                again
            })
        })
    }

    /// The proposals, each of which costs a look at its header.
    fn proposals<'a>(&self, offer: &'a [u8]) -> impl Iterator<Item = OfferedProposal<'a>> + Clone {
        proposals(offer).inspect(|_| self.count_steps(octets(HEADER)))
    }

    /// The same for offers that repeat a number; kept apart for the room its table takes.
    #[inline(never)]
    fn select_merged<'a>(&self, offer: &'a [u8], locals: &[Local]) -> Option<FittingPair<'a>> {
        locals.iter().enumerate().find_map(|(index, local)| {
            self.count_steps(256);
            let mut table = [const { Merged { scan: Scan::new(), last: None } }; 256];
            for (order, offered) in self.proposals(offer).enumerate() {
                let Some(slot) = table.get_mut(usize::from(offered.number)) else {
                    continue;
                };
                if offered.protocol != local.protocol {
                    continue;
                }
                if self.flaw(&offered).is_some() {
                    // iked drops what it had merged so far, too.
                    slot.scan = Scan::new();
                    slot.last = None;
                    continue;
                }
                let first = slot.last.map_or(order, |(_, first)| first);
                slot.last = Some((offered, first));
                for (ty, code) in codes(self, &offered) {
                    slot.scan.add(self, local, ty, code);
                }
            }
            table
                .iter()
                .filter_map(|slot| {
                    let (offered, order) = slot.last?;
                    self.count_steps(MOST);
                    let verdict = self.judge(&slot.scan, local, core::iter::empty());
                    verdict.matches().then_some((verdict.score, order, offered, verdict.chosen))
                })
                .min_by_key(|(score, order, ..)| (*score, *order))
                .map(|(_, _, offered, chosen)| FittingPair { offered, local: index, chosen })
        })
    }

    /// In CREATE_CHILD_SA iked goes on only when the proposal it read last is one it kept.
    fn refuses_last_proposal(&self, offer: &[u8]) -> Option<RefusalResponse> {
        if !self.creates_child() {
            return None;
        }
        match self.flaw(&self.proposals(offer).last()?)? {
            SkipReason::TransformType(ty) => Some(RefusalResponse::Dropped(RefusalCause::LastProposal(ty))),
            SkipReason::Protocol(_)
            | SkipReason::SpiSize { .. }
            | SkipReason::Empty
            | SkipReason::RepeatedNumber
            | SkipReason::MixedInteg => None,
        }
    }

    /// Whether the question stands in CREATE_CHILD_SA.
    const fn creates_child(&self) -> bool {
        matches!(self.context, NegotiationContext::CreateChildSa | NegotiationContext::RekeyIkeSa)
    }

    /// Whether the choice for an IKE SA is a cipher without integrity, and none beside it.
    fn lacks_integrity(&self, chosen: &Chosen) -> bool {
        let aead = chosen.get(TransformType::ENCR).is_some_and(|cipher| self.is_aead(cipher));
        self.context.is_ike() && !aead && chosen.get(TransformType::INTEG).is_none()
    }

    /// Whether iked is left without any proposal, although the payload holds some.
    fn drops_every_proposal(&self, offer: &[u8]) -> bool {
        // A proposal merged into a spoilt one is dropped with it; one that comes later starts anew.
        let mut kept = [[0_u64; 4]; 256];
        for offered in self.proposals(offer) {
            let number = usize::from(offered.number);
            let Some(word) = kept.get_mut(usize::from(offered.protocol.0)).and_then(|row| row.get_mut(number >> 6)) else {
                continue;
            };
            let bit = 1_u64.rotate_left(u32::from(offered.number));
            if self.flaw(&offered).is_some() {
                *word &= !bit;
            } else {
                *word |= bit;
            }
        }
        kept.iter().flatten().all(|word| *word == 0)
    }

    fn requires(&self, local: &Local, aead: bool) -> TransformTypes {
        let set = |types: &[TransformType]| types.iter().fold(TransformTypes::EMPTY, |set, ty| set.union(TransformTypes::of(*ty)));
        let methods = self.group(local, TransformType::KE);
        let pfs = self.context == NegotiationContext::CreateChildSa && !methods.contains(&Code::NONE);
        match local.protocol {
            SecurityProtocol::IKE if aead => set(&[TransformType::ENCR, TransformType::PRF, TransformType::KE]),
            SecurityProtocol::IKE => set(&[TransformType::ENCR, TransformType::PRF, TransformType::INTEG, TransformType::KE]),
            SecurityProtocol::AH => set(&[TransformType::INTEG, TransformType::SN]),
            SecurityProtocol::ESP if pfs => set(&[TransformType::ENCR, TransformType::SN, TransformType::KE]),
            SecurityProtocol::ESP => set(&[TransformType::ENCR, TransformType::SN]),
            _ => TransformTypes::EMPTY,
        }
    }
}

/// What a place in the order of preference adds to the score of a transform type.
const fn step(ty: TransformType) -> u32 {
    match ty {
        TransformType::ENCR | TransformType::INTEG => 3,
        TransformType::KE => 2,
        _ => 1,
    }
}

/// Reads the payload; what comes after a transform of a type it does not know is not looked at.
fn read(offer: &[u8]) -> Result<(), RefusalResponse> {
    let mut cursor = Cursor::new(offer);
    loop {
        let proposal = cursor.proposal()?;
        let left = cursor.remaining_len();
        if (proposal.last != 0) != (left > 0) {
            let (found, expected) = (proposal.last, if left > 0 { 2 } else { 0 });
            return Err(proposal.fault(ParseErrorKind::LastSubstructure { found, expected }).into());
        }
        if !matches!(proposal.spi_size, 0 | 4 | 8) {
            let (size, expected) = (usize::from(proposal.spi_size), 4);
            return Err(proposal.fault(ParseErrorKind::SizeMismatch { size, expected }).into());
        }
        let (_, mut transforms) = proposal.split()?;
        // The count matters only for being zero: then nothing of the proposal is read.
        let mut more = proposal.count != 0;
        while more {
            let transform = transforms.transform()?;
            if transform.plain().is_none() {
                attributes(&transform)?;
            }
            if !knows(transform.ty) {
                break;
            }
            more = transform.last == MORE_TRANSFORMS;
            if !more && !transforms.is_empty() {
                let count = transforms.remaining_len();
                return Err(transforms.fault(Element::Proposal, ParseErrorKind::TrailingOctets { count }).into());
            }
        }
        if proposal.last == 0 {
            return Ok(());
        }
    }
}

/// Key Length; 0 when there is none.
fn attributes(transform: &OfferedTransform<'_>) -> Result<u16, RefusalResponse> {
    let mut attributes = transform.inner();
    let mut bits = 0;
    while !attributes.is_empty() {
        // iked takes the fixed part to be counted in the length of a TLV attribute.
        let attribute = attributes.attribute_with(ATTRIBUTE_HEAD)?;
        if let (TransformAttributeType::KEY_LENGTH, TransformAttributeValue::Tv(value)) = (attribute.ty, attribute.value) {
            bits = value;
        }
    }
    Ok(bits)
}

impl<M: Meter> Rules for OpenIked<M> {
    type Version = Version;
    type Meter = M;

    fn new(version: Version, asked: Asked, meter: M) -> Self {
        Self { meter, version, context: asked.question.context(), esp_aead: asked.settings.esp_aead, ke: asked.question.ke() }
    }

    fn policy_rules(_: Version) -> PolicyRules {
        // The captured build loads no AEAD cipher for ESP.
        PolicyRules { esp_aead: false, additional_without_ke: true }
    }

    #[inline]
    fn count_steps(&self, steps: usize) {
        self.meter.count_steps(steps);
    }

    fn unreadable_ke(&self) -> Option<RefusalCause> {
        None
    }

    fn check(&self, offer: &[u8]) -> Result<(), RefusalResponse> {
        read(offer).map_err(|reason| match reason {
            RefusalResponse::InvalidSyntax(fault) => RefusalResponse::Dropped(fault),
            RefusalResponse::NoProposalChosen
            | RefusalResponse::InvalidKePayload { .. }
            | RefusalResponse::Dropped(_)
            | RefusalResponse::EmptySaPayload => reason,
        })?;
        self.refuses_last_proposal(offer).map_or(Ok(()), Err)
    }

    fn select<'a>(&self, offer: &'a [u8], locals: &[Local]) -> Result<Option<FittingPair<'a>>, RefusalResponse> {
        let hit = if self.repeats_number(offer) { self.select_merged(offer, locals) } else { self.select_single(offer, locals) };
        if hit.is_none() && self.context == NegotiationContext::IkeAuth && self.drops_every_proposal(offer) {
            return Err(RefusalResponse::EmptySaPayload);
        }
        Ok(hit)
    }

    fn wrong_ke(&self, wanted: KeMethod) -> Option<RefusalResponse> {
        // iked asks for perfect forward secrecy only of those who send a KE payload.
        let minds = self.context != NegotiationContext::CreateChildSa || self.ke.is_some();
        minds.then_some(RefusalResponse::InvalidKePayload { wanted })
    }

    fn withdraw(&self, hit: &FittingPair<'_>, offer: &[u8]) -> Option<Withdrawal> {
        if self.lacks_integrity(&hit.chosen) {
            // A cipher without integrity, taken because the proposal held an AEAD one beside it.
            let (reason, cause) = (RefusalResponse::NoProposalChosen, RefusalCause::NoIntegrity);
            return Some(Withdrawal { reason, cause, after_ke: false });
        }
        if !self.creates_child() {
            return None;
        }
        let withdrawal = |cause, after_ke| Withdrawal { reason: RefusalResponse::NoProposalChosen, cause, after_ke };
        // In CREATE_CHILD_SA the protocol of the last proposal is taken for that of the choice.
        let last = self.proposals(offer).last()?.protocol;
        if last != hit.offered.protocol {
            // Protocol 0 stands for any when the key exchange method is looked up.
            return Some(withdrawal(RefusalCause::LastProtocol(last), last.0 == 0));
        }
        // Any proposal's SPI will do: iked keeps one for the whole message.
        let named = |offered: OfferedProposal<'_>| offered.spi().iter().any(|octet| *octet != 0);
        let nameless = self.context == NegotiationContext::RekeyIkeSa && !self.proposals(offer).any(named);
        nameless.then_some(withdrawal(RefusalCause::NoSpi, false))
    }

    fn flaw(&self, offered: &OfferedProposal<'_>) -> Option<SkipReason> {
        if offered.count == 0 {
            return None;
        }
        offered
            .inner()
            .transforms()
            .inspect(|t| self.count_steps(octets(t.octets())))
            .find(|t| !knows(t.ty))
            .map(|t| SkipReason::TransformType(t.ty))
    }

    fn transforms_read(&self, offered: &OfferedProposal<'_>) -> usize {
        if offered.count == 0 { 0 } else { usize::MAX }
    }

    fn code(&self, transform: &OfferedTransform<'_>) -> Option<Code> {
        transform.plain().or_else(|| {
            let bits = attributes(transform).ok()?;
            Some(Code::new(transform.id, bits))
        })
    }

    fn replaced_group(&self, _: &Local) -> Option<KeMethod> {
        None
    }

    fn admits(&self, local: &Local, ty: TransformType, code: Code) -> bool {
        self.esp_aead || local.protocol != SecurityProtocol::ESP || ty != TransformType::ENCR || !Encr(code.id()).is_aead()
    }

    fn prefers(&self, local: &Local, ty: TransformType, code: Code) -> bool {
        // For a further child SA that needs a key exchange, iked takes the method of the KE payload if both list it, and scores by it.
        let heeds = match self.context {
            NegotiationContext::CreateChildSa => true,
            NegotiationContext::IkeSaInit | NegotiationContext::RekeyIkeSa => self.version == Version::V7_4,
            NegotiationContext::IkeAuth => false,
        };
        heeds && ty == TransformType::KE && self.ke == Some(KeMethod(code.id())) && !self.group(local, ty).contains(&Code::NONE)
    }

    fn group<'l>(&'l self, local: &'l Local, ty: TransformType) -> &'l [Code] {
        if ty == TransformType::KE && !local.types.has(ty) && local.protocol != SecurityProtocol::IKE {
            &[Code::NONE]
        } else {
            local.group(ty)
        }
    }

    fn is_aead(&self, cipher: Code) -> bool {
        // Those it knows for IKE, whatever the protocol.
        matches!(Encr(cipher.id()), Encr::ENCR_AES_GCM_12 | Encr::ENCR_AES_GCM_16)
    }

    fn judge<I>(&self, scan: &Scan, local: &Local, _: I) -> Verdict
    where
        I: Iterator<Item = (TransformType, Option<Code>)> + Clone,
    {
        let mut verdict = Verdict::new();
        if scan.aead && scan.offered.has(TransformType::INTEG) {
            verdict.clash = Some(Conflict::IntegWithAead);
        }
        let required = self.requires(local, scan.aead);
        for ty in scan.offered.union(required).iter() {
            let group = self.group(local, ty);
            let preferred = scan.preferred.filter(|_| ty == TransformType::KE);
            let choice =
                preferred.or_else(|| scan.rank(ty, Preference::Configured)).and_then(|rank| Some((rank, *group.get(usize::from(rank))?)));
            match choice {
                Some((rank, code)) => {
                    let score = u32::from(rank).saturating_mul(step(ty)).saturating_add(1);
                    verdict.score = verdict.score.saturating_add(score);
                    // A method compared in IKE_AUTH, or NONE, stays out of the answer.
                    if ty != TransformType::KE || !(self.context.leaves_out_ke() || code == Code::NONE) {
                        verdict.chosen.push(ty, code);
                    }
                }
                None if scan.offered.has(ty) => verdict.unmatched(ty),
                None => verdict.missing(ty),
            }
        }
        if scan.offered.overlaps(TransformTypes::UNASSIGNED.union(TransformTypes::OWN_UNASSIGNED)) {
            verdict.unmatched = verdict.unmatched.union(TransformTypes::UNASSIGNED);
        }
        verdict
    }

    fn list<'a>(&self, offer: &'a [u8], each: &mut dyn FnMut(&[OfferedProposal<'a>], Option<SkipReason>)) {
        // Proposals of one number and protocol are one to iked; they are gathered before they are listed.
        let mut groups: BTreeMap<(u8, u8), (usize, Vec<OfferedProposal<'_>>)> = BTreeMap::new();
        for (index, p) in proposals(offer).enumerate() {
            groups.entry((p.number, p.protocol.0)).or_insert_with(|| (index, Vec::new())).1.push(p);
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_by_key(|(index, _)| *index);
        groups.iter().for_each(|(_, group)| each(group, None));
    }

    fn clash_of_choice(&self, chosen: &Chosen) -> Option<Conflict> {
        self.lacks_integrity(chosen).then_some(Conflict::MixedCiphers)
    }

    fn keeps_choice(&self, local: &Local, offered: &mut dyn Iterator<Item = &[Offered]>) -> Option<bool> {
        // iked picks the best score of those that fit, and may find then that the cipher picked lacks an integrity algorithm.
        let fitting = offered.map(|codes| rules::judge(self, local, codes)).filter(Verdict::matches);
        fitting.min_by_key(|verdict| verdict.score).map(|verdict| !self.lacks_integrity(&verdict.chosen))
    }

    fn admits_protocol(&self, protocol: SecurityProtocol, named: bool, last: Option<SecurityProtocol>) -> bool {
        match self.context {
            NegotiationContext::IkeSaInit | NegotiationContext::IkeAuth => true,
            NegotiationContext::CreateChildSa => last == Some(protocol),
            NegotiationContext::RekeyIkeSa => last == Some(protocol) && named,
        }
    }

    fn skips(&self, offered: &[Offered]) -> bool {
        offered.iter().any(|t| !knows(t.ty))
    }
}
