//! Policies as administrators write them: strongSwan, libreswan, Windows. Read and written; an error points at its token.
//!
//! ```
//! use ikev2::proposal::notation::{strongswan, NotationErrorKind};
//! use ikev2::registry::SecurityProtocol;
//! let text = "aes256-sha384-ecp384";
//! let proposals = strongswan::parse(text, SecurityProtocol::IKE)?;
//! assert_eq!(strongswan::write(&proposals).as_deref(), Ok(text));
//!
//! let error = strongswan::parse("aes256-shazam-ecp384", SecurityProtocol::IKE).unwrap_err();
//! assert_eq!((error.kind, error.offset, error.len), (NotationErrorKind::Unknown, 7, 6));
//! # Ok::<(), ikev2::proposal::notation::NotationError>(())
//! ```

pub mod libreswan;
pub mod strongswan;
pub mod windows;

use super::suite::Transform;
use crate::registry::{Encr, Integ, Prf, SecurityProtocol, TransformType};
use alloc::vec::Vec;
use thiserror::Error;

/// A text that names no policy: where, and why. Offset and length are in octets of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("at octet {offset}: {kind}")]
pub struct NotationError {
    /// Where the token starts.
    pub offset: usize,
    /// How long it is.
    pub len: usize,
    /// What is wrong with it.
    pub kind: NotationErrorKind,
}

/// What is wrong with a token, or with the proposal it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum NotationErrorKind {
    /// Nothing where an algorithm is due.
    #[error("an algorithm is missing here")]
    Empty,
    /// No algorithm has this name in this notation.
    #[error("no such algorithm in this notation")]
    Unknown,
    /// The algorithm is known, but belongs elsewhere.
    #[error("this does not belong here")]
    Misplaced,
    /// The proposal names no cipher.
    #[error("the proposal names no cipher")]
    NoCipher,
    /// A cipher without integrity of its own stands alone.
    #[error("this cipher needs an integrity algorithm beside it")]
    NoIntegrity,
    /// No pseudorandom function, nor an integrity algorithm one could be taken from.
    #[error("the proposal names no pseudorandom function")]
    NoPrf,
    /// An IKE proposal without a key exchange method.
    #[error("an IKE proposal needs a key exchange group")]
    NoKeyExchange,
    /// Ciphers with and without integrity of their own in one proposal.
    #[error("ciphers with integrity of their own (GCM, CCM, ChaCha20-Poly1305) and others cannot share a proposal")]
    MixedCiphers,
    /// An integrity algorithm beside a cipher that has integrity of its own.
    #[error("the cipher has integrity of its own: a separate integrity algorithm is impossible")]
    IntegWithAead,
    /// A default list, which depends on version and build; the profiles hold some.
    #[error("this stands for a list that depends on version and build; name the algorithms, or use a profile")]
    Default,
    /// A setting comes twice.
    #[error("this setting comes twice")]
    Twice,
    /// Settings that exclude one another.
    #[error("this contradicts another setting")]
    Contradiction,
    /// A setting that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
}

impl NotationError {
    /// The text with the token marked below it.
    #[must_use]
    pub const fn in_text<'t>(&self, text: &'t str) -> Marked<'t> {
        Marked { error: *self, text }
    }
}

/// A text with the token marked that is wrong.
#[derive(Clone, Copy, Debug)]
pub struct Marked<'t> {
    error: NotationError,
    text: &'t str,
}

impl core::fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Lines before the token's keep their own; the mark stands under the token's line.
        let (mut start, mut line) = (0_usize, "");
        for piece in self.text.split_inclusive('\n') {
            line = piece;
            let end = start.saturating_add(piece.len());
            if self.error.offset < end {
                break;
            }
            start = end;
        }
        let column = line.get(..self.error.offset.saturating_sub(start)).unwrap_or(line).chars().count();
        writeln!(f, "{}", line.trim_end())?;
        for _ in 0..column {
            f.write_str(" ")?;
        }
        for _ in 0..self.error.len.max(1) {
            f.write_str("^")?;
        }
        write!(f, " {}", self.error.kind)
    }
}

/// A transform the notation has no word for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("proposal {proposal}: this notation has no word for {transform}")]
pub struct Unwritable {
    /// Place of the proposal, from 0.
    pub proposal: usize,
    /// The transform.
    pub transform: Transform,
}

/// A piece of the text that knows where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) text: &'t str,
    pub(super) offset: usize,
}

impl<'t> Token<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, offset: 0 }
    }

    /// The pieces between separators, with white space around them left out.
    pub(super) fn split(self, separator: impl Fn(char) -> bool + Copy) -> impl Iterator<Item = Self> {
        let mut at = self.offset;
        self.text.split(separator).map(move |piece| {
            let this = Self { text: piece, offset: at };
            // Every separator used here is one octet long.
            at = at.saturating_add(piece.len()).saturating_add(1);
            this.trimmed()
        })
    }

    pub(super) fn trimmed(self) -> Self {
        let text = self.text.trim_start();
        let skipped = self.text.len().saturating_sub(text.len());
        Self { text: text.trim_end(), offset: self.offset.saturating_add(skipped) }
    }

    pub(super) const fn error(self, kind: NotationErrorKind) -> NotationError {
        NotationError { offset: self.offset, len: self.text.len(), kind }
    }
}

/// The pseudorandom function that goes with an integrity algorithm where none is named.
pub(super) const fn prf_of(integ: Integ) -> Option<Prf> {
    Some(match integ {
        Integ::AUTH_HMAC_MD5_96 | Integ::AUTH_HMAC_MD5_128 => Prf::PRF_HMAC_MD5,
        Integ::AUTH_HMAC_SHA1_96 | Integ::AUTH_HMAC_SHA1_160 => Prf::PRF_HMAC_SHA1,
        Integ::AUTH_HMAC_SHA2_256_128 => Prf::PRF_HMAC_SHA2_256,
        Integ::AUTH_HMAC_SHA2_384_192 => Prf::PRF_HMAC_SHA2_384,
        Integ::AUTH_HMAC_SHA2_512_256 => Prf::PRF_HMAC_SHA2_512,
        Integ::AUTH_AES_XCBC_96 => Prf::PRF_AES128_XCBC,
        Integ::AUTH_AES_CMAC_96 => Prf::PRF_AES128_CMAC,
        _ => return None,
    })
}

/// A proposal on its way from a text: transforms with the tokens that named them.
#[derive(Debug, Default)]
pub(super) struct Draft<'t> {
    pub(super) list: Vec<(Transform, Token<'t>)>,
}

impl<'t> Draft<'t> {
    pub(super) fn of(&self, ty: TransformType) -> impl Iterator<Item = (Transform, Token<'t>)> + '_ {
        self.list.iter().copied().filter(move |(t, _)| t.ty == ty)
    }

    pub(super) fn has(&self, ty: TransformType) -> bool {
        self.of(ty).next().is_some()
    }

    /// What every notation has to make sure of, whichever way it got there.
    pub(super) fn check(&self, protocol: SecurityProtocol, whole: Token<'t>) -> Result<(), NotationError> {
        use NotationErrorKind as Kind;
        if protocol == SecurityProtocol::AH {
            return if self.has(TransformType::INTEG) { Ok(()) } else { Err(whole.error(Kind::NoIntegrity)) };
        }
        let mut ciphers = self.of(TransformType::ENCR);
        let (first, first_token) = ciphers.next().ok_or(whole.error(Kind::NoCipher))?;
        if let Some((_, token)) = ciphers.find(|(t, _)| t.is_aead() != first.is_aead()) {
            return Err(token.error(Kind::MixedCiphers));
        }
        let integ = self.of(TransformType::INTEG).find(|(t, _)| !t.is_none());
        match integ {
            Some((_, token)) if first.is_aead() => return Err(token.error(Kind::IntegWithAead)),
            None if !first.is_aead() && protocol == SecurityProtocol::IKE => return Err(first_token.error(Kind::NoIntegrity)),
            _ => {}
        }
        if protocol == SecurityProtocol::IKE {
            if !self.has(TransformType::PRF) {
                return Err(whole.error(Kind::NoPrf));
            }
            if !self.of(TransformType::KE).any(|(t, _)| !t.is_none()) {
                return Err(whole.error(Kind::NoKeyExchange));
            }
        }
        Ok(())
    }

    pub(super) fn transforms(&self) -> Vec<Transform> {
        self.list.iter().map(|(t, _)| *t).collect()
    }
}

/// Whether the cipher of a proposal has integrity of its own.
pub(super) fn all_aead(transforms: &[Transform]) -> bool {
    let mut ciphers = transforms.iter().filter(|t| t.ty == TransformType::ENCR).peekable();
    ciphers.peek().is_some() && ciphers.all(|t| t.is_aead())
}

/// A row of a table of names: what a word stands for.
#[derive(Clone, Copy)]
pub(super) struct Word(pub(super) &'static str, pub(super) Transform);

pub(super) const fn encr(name: &'static str, id: Encr, bits: u16) -> Word {
    Word(name, if bits == 0 { Transform::encr(id) } else { Transform::encr_bits(id, bits) })
}
