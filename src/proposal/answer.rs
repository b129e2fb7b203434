//! What the initiator makes of an answer: the choice it announces, or the key exchange method it asks for.

use super::context::NegotiationContext;
use super::dialect::{Chosen, FittingPair};
use super::offer::Cursor;
use super::policy::Policy;
use super::selection::Selection;
use super::suite::{Code, Local, TransformTypes};
use crate::error::{Element, ParseError, ParseErrorKind};
use crate::registry::{Encr, KeMethod, SecurityProtocol, TransformType};
use thiserror::Error;

/// An answer that is none of what was offered (RFC 7296 section 2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ResponseError {
    /// The payload cannot be read.
    #[error(transparent)]
    Syntax(#[from] ParseError),
    /// There is not exactly one proposal in it.
    #[error("an answer holds one proposal, this one holds more")]
    SeveralProposals,
    /// No proposal of this number was offered.
    #[error("proposal {0} was not offered")]
    UnknownNumber(u8),
    /// The protocol is another than the one offered under this number.
    #[error("protocol {} was not offered under this number", .0.0)]
    Protocol(SecurityProtocol),
    /// The SPI has another size than the exchange calls for, in octets.
    #[error("the SPI is {size} octets long, {expected} are due")]
    SpiSize {
        /// Octets received.
        size: u8,
        /// Octets due.
        expected: u8,
    },
    /// A transform that was not offered in the proposal chosen.
    #[error("transform {id} of type {} was not offered", .ty.0)]
    NotOffered {
        /// Its type.
        ty: TransformType,
        /// Its id.
        id: u16,
    },
    /// Two transforms of one type.
    #[error("two transforms of type {}", .0.0)]
    DuplicateType(TransformType),
    /// No transform of a type that was offered.
    #[error("no transform of type {} was chosen", .0.0)]
    TypeMissing(TransformType),
    /// A cipher without integrity of its own and no integrity algorithm, or both.
    #[error("cipher and integrity algorithm do not go together")]
    IntegrityMismatch,
    /// An additional key exchange is chosen, and no method, or NONE, for the first (RFC 9370 section 2.2).
    #[error("an additional key exchange (type {}) is chosen without a first one", .0.0)]
    AdditionalWithoutKe(TransformType),
    /// One key exchange method for two exchanges (RFC 9370 section 2.2.1).
    #[error("key exchange method {} is chosen twice", .0.0)]
    KeMethodReused(KeMethod),
}

/// Checks the body of an SA payload that answers an offer of ours: one proposal under a number we offered, and of each type
/// offered one transform of ours. A type of which NONE was among the offers may be left out (strongSwan and others do).
///
/// The numbers of `offered` are the places of its proposals, from 1, as [`emit_offer`](super::emit_offer) gives them.
///
/// # Errors
/// [`ResponseError`]; the SA must then not be set up.
pub fn check_response(answer: &[u8], context: NegotiationContext, offered: &Policy) -> Result<Selection, ResponseError> {
    let mut cursor = Cursor::new(answer);
    let proposal = cursor.proposal()?;
    if proposal.last != 0 || !cursor.is_empty() {
        return Err(ResponseError::SeveralProposals);
    }
    let number = proposal.number;
    let index = usize::from(number).checked_sub(1).ok_or(ResponseError::UnknownNumber(number))?;
    let own = offered.locals.get(index).ok_or(ResponseError::UnknownNumber(number))?;
    if own.protocol != proposal.protocol {
        return Err(ResponseError::Protocol(proposal.protocol));
    }
    let (size, expected) = (proposal.spi_size, context.spi_size());
    if size != expected {
        return Err(ResponseError::SpiSize { size, expected });
    }
    let (_, transforms) = proposal.split()?;
    let chosen = choice(transforms, proposal.count, own)?;
    complete(&chosen, own, context)?;
    Ok(Selection::new(&FittingPair { offered: proposal, local: index, chosen }, context))
}

/// The transforms of the answer, each of them ours and the only one of its type.
fn choice(mut transforms: Cursor<'_>, count: u8, own: &Local) -> Result<Chosen, ResponseError> {
    let mut chosen = Chosen::EMPTY;
    let mut types = TransformTypes::EMPTY;
    let mut present = 0_usize;
    while !transforms.is_empty() {
        let transform = transforms.transform()?;
        let more = if transforms.is_empty() { 0 } else { 3 };
        if transform.last != more {
            let (found, expected) = (transform.last, more);
            return Err(transform.fault(ParseErrorKind::LastSubstructure { found, expected }).into());
        }
        present = present.saturating_add(1);
        let (ty, id) = (transform.ty, transform.id);
        let code = transform.plain().filter(|code| {
            // A type we left out, or one NONE was offered of, may come back as NONE.
            own.group(ty).contains(code) || *code == Code::NONE && ty != TransformType::SN && !own.types.has(ty) && optional(ty)
        });
        let code = code.ok_or(ResponseError::NotOffered { ty, id })?;
        if types.has(ty) {
            return Err(ResponseError::DuplicateType(ty));
        }
        types = types.union(TransformTypes::of(ty));
        chosen.push(ty, code);
    }
    let announced = usize::from(count);
    if announced != present {
        return Err(transforms.fault(Element::Proposal, ParseErrorKind::CountMismatch { announced, present }).into());
    }
    Ok(chosen)
}

const fn optional(ty: TransformType) -> bool {
    ty.0 == TransformType::INTEG.0 || ty.is_key_exchange()
}

/// Every type offered is there, or NONE of it was offered; the suite can work.
fn complete(chosen: &Chosen, own: &Local, context: NegotiationContext) -> Result<(), ResponseError> {
    let aead = chosen.get(TransformType::ENCR).is_some_and(|c| Encr(c.id()).is_aead());
    for ty in own.types.iter() {
        let left_out = context.leaves_out_ke() && ty.is_key_exchange();
        let none = optional(ty) && own.group(ty).iter().any(|c| c.id() == 0);
        // An INTEG list beside AEAD ciphers is for the others of a mixed offer.
        let integ = ty == TransformType::INTEG && aead;
        if chosen.get(ty).is_none() && !(left_out || none || integ) {
            return Err(ResponseError::TypeMissing(ty));
        }
    }
    let integ = chosen.get(TransformType::INTEG).is_some_and(|c| c.id() != 0);
    if aead && integ || own.protocol == SecurityProtocol::IKE && !aead && !integ {
        return Err(ResponseError::IntegrityMismatch);
    }
    let methods = || chosen.iter().filter(|(ty, code)| ty.is_key_exchange() && code.id() != 0);
    if let Some((ty, _)) = methods().next().filter(|_| methods().all(|(ty, _)| ty != TransformType::KE)) {
        return Err(ResponseError::AdditionalWithoutKe(ty));
    }
    let mut used = [Code::NONE; TransformType::KEY_EXCHANGES.len()];
    for (ty, code) in methods() {
        if used.contains(&code) {
            return Err(ResponseError::KeMethodReused(KeMethod(code.id())));
        }
        if let Some(slot) = used.get_mut(usize::from(ty.additional_key_exchange().unwrap_or(0))) {
            *slot = code;
        }
    }
    Ok(())
}

/// Which key exchange methods an initiator still starts again with (RFC 7296 section 1.3, hostile peers in mind): those it
/// offered, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InvalidKeRetries {
    tried: [u16; Self::MAX_ATTEMPTS],
    count: usize,
}

impl InvalidKeRetries {
    /// Attempts in all, the first included. No offer made in earnest needs more, and a peer that asks for more plays.
    pub const MAX_ATTEMPTS: usize = 4;

    /// Begins with the method of the first KE payload.
    #[must_use]
    pub fn new(first: KeMethod) -> Self {
        let mut tried = [0; Self::MAX_ATTEMPTS];
        if let Some(slot) = tried.first_mut() {
            *slot = first.0;
        }
        Self { tried, count: 1 }
    }

    /// Whether this method was tried, the one in use included.
    #[must_use]
    pub fn has_tried(&self, method: KeMethod) -> bool {
        self.tried.iter().take(self.count).any(|tried| *tried == method.0)
    }

    /// Takes the method an INVALID_KE_PAYLOAD notify names. `true` when the initiator is to start again with it.
    pub fn accept(&mut self, wanted: KeMethod, offered: &Policy) -> bool {
        let ours = offered.locals.iter().any(|own| own.group(TransformType::KE).iter().any(|c| c.id() == wanted.0));
        if wanted == KeMethod::NONE || !ours || self.has_tried(wanted) {
            return false;
        }
        match self.tried.get_mut(self.count) {
            Some(slot) => {
                *slot = wanted.0;
                self.count = self.count.saturating_add(1);
                true
            }
            None => false,
        }
    }
}
