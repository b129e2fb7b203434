//! The explanation an administrator reads.

use super::context::NegotiationContext;
use super::dialect::Dialect;
use super::names::{Listing, as_or_for, protocol, purpose};
use super::pairs::Pair;
use super::reason::{Conflict, RefusalCause, RefusalResponse, SkipReason};
use super::refusal::Refusal;
use super::remedy::{Change, CommonDifference, Remedy};
use super::selection::Selection;
use super::side::Side;
use super::suite::{Proposal, TransformTypes};
use crate::registry::{Encr, TransformType};
use crate::transform::{List, Method};
use alloc::vec::Vec;
use core::fmt::{Display, Formatter, Result};

/// Values a sentence lists before it says how many more there are.
const LISTED: usize = 8;

impl Display for Proposal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}: {}", protocol(self.protocol), List(self.transforms.iter().copied()))
    }
}

/// Number, protocol and transforms: `proposal 1, IKE: AES_GCM_16_256, PRF_HMAC_SHA2_256, CURVE25519 (group 31)`.
impl Display for Selection {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "proposal {}, {}: {}", self.number(), protocol(self.protocol()), List(self.transforms().iter().copied()))
    }
}

impl Selection {
    /// What was agreed, in sentences, and where to look when the peer refused it all the same.
    #[must_use]
    pub const fn explanation(&self) -> impl Display + use<'_> {
        Explained(self)
    }
}

struct Explained<'a>(&'a Selection);

impl Display for Explained<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let selection = self.0;
        let local = selection.local_index().saturating_add(1);
        write!(f, "Proposal {} fits local proposal {local}: ", selection.number())?;
        write!(f, "{}. ", Listing { items: selection.transforms().iter(), last: "and", most: usize::MAX })?;
        f.write_str("If this offer was refused all the same, the cause lies outside the SA payload: ")?;
        f.write_str(match selection.context() {
            NegotiationContext::IkeSaInit => {
                "no connection is configured for these addresses, the KE payload holds a bad public value, or another \
                 connection with other proposals was picked."
            }
            NegotiationContext::IkeAuth | NegotiationContext::CreateChildSa => {
                "traffic selectors, the mode (tunnel or transport), a security label, or a kernel that would not take the SA, \
                 which strongSwan answers with NO_PROPOSAL_CHOSEN, too."
            }
            NegotiationContext::RekeyIkeSa => "the KE payload holds a bad public value, or the peer does not rekey at this moment.",
        })
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.dialect() != Dialect::Rfc {
            write!(f, "{}: ", self.dialect().name())?;
        }
        match self.response() {
            RefusalResponse::NoProposalChosen => self.no_proposal(f),
            RefusalResponse::InvalidKePayload { wanted } => {
                let number = self.fitting().map_or(0, Selection::number);
                write!(f, "proposal {number} fits, but its key exchange group is {}, and ", Method(wanted))?;
                match self.detail.question.ke() {
                    Some(ke) => write!(f, "the KE payload is for {}. ", Method(ke))?,
                    None => f.write_str("there is no KE payload. ")?,
                }
                write!(
                    f,
                    "The answer is INVALID_KE_PAYLOAD naming group {}; the initiator is to try again with it. The proposals agree: \
                     no setting has to change, unless the other group was meant to be preferred.",
                    wanted.0
                )
            }
            RefusalResponse::InvalidSyntax(fault) => write!(f, "{}The answer is INVALID_SYNTAX.", Faulty(fault)),
            RefusalResponse::Dropped(fault) => {
                if let Some(fitting) = self.fitting() {
                    write!(f, "proposal {} is picked, but ", fitting.number())?;
                }
                write!(f, "{}The message is dropped without an answer.", Faulty(fault))
            }
            RefusalResponse::EmptySaPayload => {
                f.write_str("every proposal holds a transform of a type unknown here, so that none is left; ")?;
                f.write_str("the answer is an SA payload without a proposal, which the initiator has to take for a refusal.")
            }
        }
    }
}

const NO_INTERMEDIATE: &str = "an additional key exchange would be done, and the peer's IKE_SA_INIT request does not announce \
     INTERMEDIATE_EXCHANGE_SUPPORTED (16438), without which none can follow (RFC 9370 section 2.2.1)";

/// The sentence that comes before what the stack does about it.
struct Faulty(RefusalCause);

impl Display for Faulty {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.0 {
            RefusalCause::Sa(error) => write!(f, "the SA payload is not accepted: {error}. "),
            RefusalCause::KeMethod(method) => write!(f, "the KE payload cannot be read as {}. ", Method(method)),
            RefusalCause::NoKePayload => f.write_str("there is no KE payload. "),
            RefusalCause::LastProposal(ty) => write!(f, "the last proposal holds a transform of type {}, which is unknown here. ", ty.0),
            RefusalCause::LastProtocol(last) => write!(
                f,
                "the last proposal is for {} (protocol {}), and its word is taken for the one that fits. ",
                protocol(last),
                last.0
            ),
            RefusalCause::NoSpi => f.write_str("no proposal names an SPI. "),
            RefusalCause::NoIntegrity => f.write_str(
                "it mixes ciphers with and without integrity of their own; one without is chosen, and no integrity algorithm is there. ",
            ),
            RefusalCause::NoIntermediate => write!(
                f,
                "{NO_INTERMEDIATE}. The proposals agree: the peer has to do IKE_INTERMEDIATE and to announce it, or offer a proposal without \
                 additional key exchanges that this policy takes, too. ",
            ),
        }
    }
}

impl Refusal {
    fn allows_aead_only(&self) -> bool {
        self.detail.locals.iter().all(|local| {
            let ciphers = local.group(TransformType::ENCR);
            !ciphers.is_empty() && ciphers.iter().all(|cipher| Encr(cipher.id()).is_aead())
        })
    }

    fn no_proposal(&self, f: &mut Formatter<'_>) -> Result {
        let offered = &self.detail.offered;
        if offered.is_empty() {
            return f.write_str("no proposal matches: the SA payload holds none.");
        }
        if self.detail.locals.is_empty() {
            return f.write_str("no proposal matches: this policy allows none.");
        }
        if offered.iter().all(|record| record.flaw.is_some()) {
            f.write_str("no proposal can be used.")?;
            return self.flaws(f);
        }
        if let (Some(cause), Some(fitting)) = (self.cause(), self.fitting()) {
            // OpenIKED and strongSwan decide on one proposal and may find out later that it will not do.
            write!(f, "proposal {} is picked, but {}", fitting.number(), Faulty(cause))?;
            return f.write_str("The answer is NO_PROPOSAL_CHOSEN, whatever else was offered.");
        }
        let divides = self.common_differences();
        f.write_str("no proposal matches: ")?;
        if divides.is_empty() {
            let (theirs, ours) = (offered.len(), self.detail.locals.len());
            if theirs == 1 && ours == 1 {
                f.write_str("the two are apart.")?;
            } else {
                write!(f, "no single setting is to blame; of the peer's {theirs} and the {ours} allowed here, ")?;
                f.write_str("no two agree in every transform type.")?;
            }
        } else {
            for (index, divide) in divides.iter().enumerate() {
                f.write_str(if index > 0 { "; " } else { "" })?;
                write!(f, "{}", Divided { divide, count: offered.len(), aead: self.allows_aead_only() })?;
            }
            f.write_str(".")?;
        }
        if let Some(nearest) = self.nearest() {
            let known = divides.iter().fold(TransformTypes::EMPTY, |set, divide| set.union(TransformTypes::of(divide.ty)));
            let apart = nearest.unmatched().union(nearest.missing());
            if apart == known && nearest.conflict().is_none() && nearest.skip_reason().is_none() {
                if self.detail.offered.len() > 1 || self.detail.locals.len() > 1 {
                    let local = nearest.local_index().saturating_add(1);
                    write!(f, " Nearest: proposal {} and local proposal {local}, which differ in nothing else.", nearest.number())?;
                }
            } else {
                write!(f, " Nearest: {nearest}")?;
            }
        }
        self.flaws(f)?;
        if let Some(method) = self.detail.replaced_group() {
            write!(f, " {} rekeys with the group of the IKE SA, {}, whatever groups esp= names.", self.dialect().name(), Method(method))?;
        }
        self.remedies(f)
    }

    fn flaws(&self, f: &mut Formatter<'_>) -> Result {
        let flawed = self.detail.offered.iter().filter_map(|record| Some((record.number, record.flaw?)));
        for (number, flaw) in flawed.clone().take(LISTED) {
            write!(f, " Proposal {number} is passed over: {flaw}.")?;
        }
        match flawed.count().saturating_sub(LISTED) {
            0 => Ok(()),
            more => write!(f, " {more} more are passed over."),
        }
    }

    fn remedies(&self, f: &mut Formatter<'_>) -> Result {
        let (peer, local) = (self.peer_remedy(), self.local_remedy());
        match (&peer, &local) {
            (Some(peer), Some(local)) => write!(f, " Remedy: {peer}; or {local}."),
            (Some(only), None) | (None, Some(only)) => write!(f, " Remedy: {only}."),
            (None, None) => f.write_str(" No change to a single proposal would mend this."),
        }
    }
}

struct Divided<'a> {
    divide: &'a CommonDifference,
    count: usize,
    /// Every cipher allowed has integrity of its own.
    aead: bool,
}

impl Display for Divided<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let CommonDifference { ty, offered, allowed } = self.divide;
        let offers = match self.count {
            1 => "the peer's proposal",
            _ => "the peer's proposals",
        };
        let list = |items| Listing { items, last: "or", most: LISTED };
        match offered.as_slice() {
            [] if self.count == 1 => write!(f, "{offers} names no {}", purpose(*ty))?,
            [] => write!(f, "{offers} name no {}", purpose(*ty))?,
            [one] if self.count > 1 => write!(f, "the peer's {} proposals all use {one}", self.count)?,
            _ => {
                let use_ = if self.count == 1 { "uses" } else { "use" };
                write!(f, "{offers} {use_} {} {} {}", list(offered.iter()), as_or_for(*ty), purpose(*ty))?;
            }
        }
        match allowed.as_slice() {
            [] if *ty == TransformType::INTEG && self.aead => {
                f.write_str(", and this policy allows none: its ciphers have integrity of their own")
            }
            [] => write!(f, ", and this policy allows no {} at all", purpose(*ty)),
            _ => write!(f, ", and this policy needs {}", list(allowed.iter())),
        }
    }
}

/// The pair, and what lies between the two.
impl Display for Pair<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let local = self.local_index().saturating_add(1);
        write!(f, "proposal {} and local proposal {local}, ", self.number())?;
        if let Some(flaw) = self.skip_reason() {
            return write!(f, "were it not passed over: {flaw}.");
        }
        let apart: Vec<TransformType> = self.unmatched().union(self.missing()).iter().collect();
        let unassigned = self.unmatched().overlaps(TransformTypes::UNASSIGNED);
        match (self.conflict(), apart.as_slice()) {
            (Some(clash), []) => return write!(f, "but {clash}."),
            (None, []) if unassigned => return f.write_str("but it holds a transform of a type unknown here."),
            (None, []) => return f.write_str("which agree."),
            (_, [_]) => f.write_str("which differ only in ")?,
            _ => f.write_str("which differ in ")?,
        }
        for (index, ty) in apart.iter().enumerate() {
            write!(f, "{}{} (", if index > 0 { ", " } else { "" }, purpose(*ty))?;
            match self.offered(*ty).next() {
                Some(_) => write!(f, "offered: {}", Listing { items: self.offered(*ty), last: "or", most: LISTED })?,
                None => f.write_str("none offered")?,
            }
            match self.allowed(*ty).next() {
                Some(_) => write!(f, "; allowed: {})", Listing { items: self.allowed(*ty), last: "or", most: LISTED })?,
                None => f.write_str("; none allowed)")?,
            }
        }
        if unassigned {
            f.write_str(", and in a transform of a type unknown here")?;
        }
        match self.conflict() {
            Some(clash) => write!(f, "; besides, {clash}.")?,
            None => f.write_str(".")?,
        }
        Ok(())
    }
}

impl Display for Remedy {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let local = self.local.saturating_add(1);
        match (self.side, self.changes.as_slice()) {
            (Side::Peer, []) => write!(f, "the peer adds a proposal ({})", self.proposal)?,
            (Side::Local, []) => write!(f, "this side adds a proposal ({})", self.proposal)?,
            (side, steps) => {
                match side {
                    Side::Peer => write!(f, "the peer changes its proposal {} to ", self.number)?,
                    Side::Local => write!(f, "this side changes its proposal {local} to ")?,
                }
                let mut and = "";
                let added = steps.iter().filter_map(|step| if let Change::Add(transform) = step { Some(transform) } else { None });
                if added.clone().next().is_some() {
                    let verb = if side == Side::Peer { "offer" } else { "allow" };
                    write!(f, "{verb} {}", Listing { items: added, last: "and", most: usize::MAX })?;
                    and = " and to ";
                }
                let dropped = steps.iter().filter_map(|step| if let Change::Drop(ty) = step { Some(purpose(*ty)) } else { None });
                if dropped.clone().next().is_some() {
                    write!(f, "{and}name no {}", Listing { items: dropped, last: "and no", most: usize::MAX })?;
                    and = " and to ";
                }
                if steps.contains(&Change::Separate) {
                    write!(f, "{and}put ciphers with integrity of their own into a proposal of their own")?;
                }
            }
        }
        for (index, weakness) in self.weaknesses.iter().enumerate() {
            write!(f, "{}{weakness}", if index > 0 { ", " } else { " - not advised: " })?;
        }
        for given_up in self.gives_up() {
            match given_up {
                TransformType::KE => f.write_str(" - this gives up perfect forward secrecy")?,
                other => write!(f, " - this gives up {}", purpose(other))?,
            }
        }
        Ok(())
    }
}

impl Display for SkipReason {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match *self {
            Self::Protocol(number) => {
                write!(f, "its protocol is {} ({}), which this exchange does not negotiate", protocol(number), number.0)
            }
            Self::SpiSize { size, expected } => write!(f, "its SPI is {size} octets long, {expected} are due"),
            Self::Empty => f.write_str("it holds no transform"),
            Self::RepeatedNumber => f.write_str("another proposal has the same number"),
            Self::TransformType(ty) => write!(f, "it holds a transform of type {}, which is unknown here", ty.0),
            Self::MixedInteg => f.write_str("it lists INTEG NONE beside integrity algorithms"),
        }
    }
}

impl Display for Conflict {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Protocol => "they are for different protocols",
            Self::MixedCiphers => "it mixes ciphers with and without integrity of their own, which belong into separate proposals",
            Self::IntegWithAead => "it names an integrity algorithm beside a cipher that has integrity of its own",
            Self::KeMethodReused => "one key exchange method would have to be used twice",
            Self::AdditionalWithoutKe => {
                "an additional key exchange would be done without a first one, for which there is no common method"
            }
            Self::NoIntermediate => NO_INTERMEDIATE,
        })
    }
}
