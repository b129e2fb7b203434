//! What an `ikesa` or `childsa` proposes: `create_ike` of iked/parse.y.

use super::lexer::Token;
use super::names::{AUTH, CHILD_ENC, GROUP, IKE_ENC, PRF, Table};
use crate::proposal::notation::settings::{Settings, Stated};
use crate::proposal::notation::span::Span;
use crate::proposal::notation::{NotationError, NotationErrorKind, proposal};
use crate::proposal::{NegotiationContext, Proposal, profiles};
use crate::registry::{SecurityProtocol, SequenceNumbers, TransformType};
use crate::role::Role;
use crate::transform::Transform;
use alloc::format;
use alloc::vec::Vec;

/// A block `ikesa ..` or `childsa ..`.
pub(super) struct Block<'a> {
    pub(super) is_ike: bool,
    first: Token<'a>,
    /// The last word that belongs to it.
    last: Token<'a>,
    found: Vec<(Token<'a>, Transform)>,
}

impl<'a> Block<'a> {
    pub(super) const fn new(first: Token<'a>, is_ike: bool) -> Self {
        Self { is_ike, first, last: first, found: Vec::new() }
    }

    fn table(&self, kind: &str) -> &'static Table {
        match kind {
            "enc" if self.is_ike => &IKE_ENC,
            "enc" => &CHILD_ENC,
            "auth" => &AUTH,
            "prf" => &PRF,
            _ => &GROUP,
        }
    }

    /// Takes a word of a kind (`enc`, `auth`, `prf`, `group`) and the name behind it.
    pub(super) fn take(&mut self, kind: &Token<'a>, name: Option<&Token<'a>>, into: &mut Settings) -> Result<(), NotationError> {
        let table = self.table(kind.word.text);
        let Some(name) = name else {
            return Err(kind.error(NotationErrorKind::Name { expected: table.expected, meant: None }));
        };
        let (transform, whole) = table.read(name.word)?;
        if whole != name.word.text {
            into.remark(format!("iked takes {} for {whole}, the first name that begins so.", name.word.text), Some(name.span()));
        }
        self.add(*name, transform);
        Ok(())
    }

    /// Takes `esn` or `noesn`.
    pub(super) fn size(&mut self, word: Token<'a>) -> Result<(), NotationError> {
        let size = if word.is("esn") { SequenceNumbers::PARTIALLY_TRANSMITTED_64 } else { SequenceNumbers::SEQUENTIAL_32 };
        let transform = Transform::sn(size);
        if self.is_ike {
            return Err(word.error(NotationErrorKind::Protocol { protocol: SecurityProtocol::IKE, transform }));
        }
        self.add(word, transform);
        Ok(())
    }

    fn add(&mut self, token: Token<'a>, transform: Transform) {
        self.last = token;
        if self.found.iter().all(|(_, known)| *known != transform) {
            self.found.push((token, transform));
        }
    }

    fn of(&self, ty: TransformType) -> impl Iterator<Item = (Token<'a>, Transform)> + '_ {
        self.found.iter().copied().filter(move |(_, t)| t.ty == ty)
    }

    /// What iked refuses to load.
    fn check(&self) -> Result<(), NotationError> {
        let aead = self.of(TransformType::ENCR).find(|(_, t)| t.is_aead());
        let plain = self.of(TransformType::ENCR).find(|(_, t)| !t.is_aead());
        if let (Some(_), Some((word, _))) = (aead, plain) {
            return Err(word.error(NotationErrorKind::AeadMixed));
        }
        if let (Some((_, cipher)), Some((word, integ))) = (aead, self.of(TransformType::INTEG).next()) {
            return Err(word.error(NotationErrorKind::IntegWithAead { cipher, integ }));
        }
        match self.of(TransformType::KE).find(|(_, t)| self.is_ike && t.is_none()) {
            Some((word, transform)) => Err(word.error(NotationErrorKind::Protocol { protocol: SecurityProtocol::IKE, transform })),
            None => Ok(()),
        }
    }

    fn span(&self) -> Span {
        self.first.span().cover(self.last.span())
    }

    /// The proposals that the block makes: one, or where it names neither ciphers nor integrity algorithms, one with AEAD ciphers and
    /// one without.
    pub(super) fn propose(&self, protocol: SecurityProtocol, into: &mut Settings) -> Result<(), NotationError> {
        self.check()?;
        let aead = self.of(TransformType::ENCR).any(|(_, t)| t.is_aead());
        let plain = self.of(TransformType::ENCR).any(|(_, t)| !t.is_aead()) || self.of(TransformType::INTEG).next().is_some();
        for default in defaults(self.is_ike) {
            let with_integ = default.of_type(TransformType::INTEG).next().is_some();
            if (with_integ && aead) || (!with_integ && (plain || protocol == SecurityProtocol::AH)) {
                continue;
            }
            into.propose(Stated::at(self.filled(protocol, &default), self.span()));
        }
        if let Some((word, _)) = self.of(TransformType::PRF).next().filter(|_| !self.is_ike) {
            into.remark("A Child SA has no PRF of its own; iked takes no notice of prf here.", Some(word.span()));
        }
        Ok(())
    }

    /// What is named, and of the kinds that are not, the default.
    fn filled(&self, protocol: SecurityProtocol, default: &Proposal) -> Proposal {
        let types: &[TransformType] = match protocol {
            SecurityProtocol::IKE => &[TransformType::ENCR, TransformType::INTEG, TransformType::PRF, TransformType::KE],
            SecurityProtocol::AH => &[TransformType::INTEG, TransformType::KE, TransformType::SN],
            _ => &[TransformType::ENCR, TransformType::INTEG, TransformType::KE, TransformType::SN],
        };
        let mut all = Vec::new();
        for ty in types {
            let before = all.len();
            all.extend(self.of(*ty).map(|(_, t)| t));
            if all.len() == before {
                match *ty {
                    // The portable build offers 32 bits alone, OpenBSD 64 bits too.
                    TransformType::SN => all.push(Transform::sn(SequenceNumbers::SEQUENTIAL_32)),
                    // Without a group there is no PFS.
                    TransformType::KE if protocol != SecurityProtocol::IKE => {}
                    ty => all.extend(default.of_type(ty)),
                }
            }
        }
        proposal(protocol, all)
    }
}

/// The default proposals of iked, that with AEAD ciphers first.
fn defaults(is_ike: bool) -> Vec<Proposal> {
    let context = if is_ike { NegotiationContext::IkeSaInit } else { NegotiationContext::IkeAuth };
    profiles::find_for("openiked", context, Role::Responder).map(profiles::Profile::to_proposals).unwrap_or_default()
}

/// Proposes what iked does where no block says anything.
pub(super) fn propose_defaults(protocol: SecurityProtocol, into: &mut Settings) {
    let is_ike = protocol == SecurityProtocol::IKE;
    let is_ah = protocol == SecurityProtocol::AH;
    for default in defaults(is_ike) {
        let mut transforms = default.transforms;
        // NONE as the only group: there is no PFS.
        let left_out = |t: &Transform| (t.ty == TransformType::KE && t.is_none()) || (is_ah && t.ty == TransformType::ENCR);
        transforms.retain(|t| !left_out(t));
        if is_ah && transforms.iter().all(|t| t.ty != TransformType::INTEG) {
            continue;
        }
        into.propose(Stated::assumed(proposal(protocol, transforms)));
    }
    let (name, word) = if is_ike { ("IKE", "ikesa") } else { ("Child SA", "childsa") };
    into.remark(format!("There is no {word}: the default {name} proposals of iked count."), None);
}
