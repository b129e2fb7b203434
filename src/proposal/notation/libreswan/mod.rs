//! libreswan: `aes_gcm256-sha2_512+sha2_256-dh19+dh14`.
//!
//! Ciphers, integrity algorithms, PRFs, key exchange methods in this order, joined by `-` (`;` in front of the methods lets the
//! others be left out); alternatives by `+`, proposals by `,`; upper and lower case are the same. An algorithm behind an IKE
//! cipher is a PRF when it can be one, and the integrity algorithm follows from it. What pluto adds where nothing is said is
//! added here: PRFs, integrity algorithms, groups, two key lengths, and both sequence number sizes, 64 bits first
//! (`esn=either`; a setting of its own that no proposal text can change). Settled against libreswan 4.10; which algorithms a
//! build has is not asked.
//!
//! ```
//! use ikev2::proposal::notation::libreswan::{self, Release};
//! let ike = libreswan::parse_ike("aes256-sha2_256;dh14,3des-sha1;dh5", Release::V4)?;
//! assert_eq!(ike.len(), 2);
//! assert_eq!(libreswan::emit(&ike[0]).unwrap(), "aes256-sha2_256-dh14");
//! # Ok::<(), ikev2::proposal::notation::NotationError>(())
//! ```

#[cfg(feature = "notations")]
mod conn;
#[cfg(feature = "notations")]
mod lists;
#[cfg(feature = "notations")]
mod log;
mod names;
#[cfg(feature = "notations")]
mod status;
#[cfg(feature = "notations")]
pub(super) mod text;
#[cfg(feature = "notations")]
mod write;

use self::names::{ADDITIONAL, METHODS, PRFS, algorithm, cipher, cipher_name, integ_name, integ_of, neither, typed, unknown};
use super::words::Word;
use super::{Expected, NotationError, NotationErrorKind, Unwritable, proposal, same};
use crate::proposal::suite::Proposal;
use crate::registry::{Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The release that reads: groups assumed and additional key exchanges (`;addke1=ml_kem_768`) differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Release {
    /// libreswan 4.
    V4,
    /// libreswan 5.
    V5,
}

impl Release {
    const fn methods(self) -> &'static [KeMethod] {
        use KeMethod as K;
        match self {
            Self::V4 => &[K::MODP_2048, K::MODP_3072, K::MODP_4096, K::MODP_8192, K::ECP_256, K::ECP_384, K::ECP_521, K::CURVE25519],
            Self::V5 => &[K::ECP_256, K::ECP_384, K::ECP_521, K::CURVE25519, K::MODP_4096, K::MODP_3072, K::MODP_2048, K::MODP_8192],
        }
    }
}

/// Reads IKE proposals (`ike=` of ipsec.conf).
///
/// # Errors
/// [`NotationError`].
pub fn parse_ike(text: &str, release: Release) -> Result<Vec<Proposal>, NotationError> {
    parse(SecurityProtocol::IKE, text, release)
}

/// Reads ESP proposals (`esp=` of ipsec.conf).
///
/// # Errors
/// [`NotationError`].
pub fn parse_esp(text: &str, release: Release) -> Result<Vec<Proposal>, NotationError> {
    parse(SecurityProtocol::ESP, text, release)
}

/// Reads AH proposals (`ah=` of ipsec.conf).
///
/// # Errors
/// [`NotationError`].
pub fn parse_ah(text: &str, release: Release) -> Result<Vec<Proposal>, NotationError> {
    parse(SecurityProtocol::AH, text, release)
}

/// Writes a proposal, for libreswan 5 where it holds additional key exchanges; several are joined with commas.
///
/// # Errors
/// [`Unwritable`] when the text would not be read back as the same transforms in the same order within each type. ESP and AH
/// proposals must hold both sequence number sizes, 64 bits first.
pub fn emit(proposal: &Proposal) -> Result<String, Unwritable> {
    let is_ike = match proposal.protocol {
        SecurityProtocol::IKE => true,
        SecurityProtocol::ESP | SecurityProtocol::AH => false,
        other => return Err(Unwritable::Protocol(other)),
    };
    let mut text = list(proposal, TransformType::ENCR, cipher_name)?;
    let derived = || proposal.of_type(TransformType::PRF).filter_map(|prf| integ_of(Prf(prf.id.0)).map(Transform::integ));
    let follows = is_ike && proposal.of_type(TransformType::INTEG).eq(derived());
    let integs = list(proposal, TransformType::INTEG, |t| integ_name(t, is_ike))?;
    let prfs = list(proposal, TransformType::PRF, |t| PRFS.name(|known| *known == t).map(String::from))?;
    if is_ike && prfs.is_empty() {
        return Err(Unwritable::Missing(TransformType::PRF));
    }
    for part in [if follows { String::new() } else { integs }, prfs] {
        push(&mut text, '-', &part);
    }
    let method_name = |t: Transform| METHODS.name(|known| *known == Transform { ty: TransformType::KE, ..t }).map(String::from);
    let separator = if is_ike { '-' } else { ';' };
    push(&mut text, separator, &list(proposal, TransformType::KE, method_name)?);
    for (key, ty) in ADDITIONAL {
        let methods = list(proposal, ty, method_name)?;
        if !methods.is_empty() {
            push(&mut text, ';', &format!("{key}={methods}"));
        }
    }
    let read = parse(proposal.protocol, &text, Release::V5);
    same(proposal, read).map(|()| text)
}

fn push(text: &mut String, separator: char, part: &str) {
    if !text.is_empty() && !part.is_empty() {
        text.push(separator);
    }
    text.push_str(part);
}

fn list(proposal: &Proposal, ty: TransformType, name: impl Fn(Transform) -> Option<String>) -> Result<String, Unwritable> {
    let mut text = String::new();
    for transform in proposal.of_type(ty) {
        push(&mut text, '+', &name(transform).ok_or(Unwritable::Transform(transform))?);
    }
    Ok(text)
}

fn parse(protocol: SecurityProtocol, text: &str, release: Release) -> Result<Vec<Proposal>, NotationError> {
    Word::whole(text).trim().split(&[',']).map(|whole| Reader::new(protocol, release, whole).read()).collect()
}

/// One proposal while it is read.
struct Reader<'a> {
    protocol: SecurityProtocol,
    release: Release,
    whole: Word<'a>,
    words: Vec<Word<'a>>,
    next: usize,
    found: Vec<(Word<'a>, Transform)>,
}

type Read<T> = Result<T, NotationError>;

impl<'a> Reader<'a> {
    fn new(protocol: SecurityProtocol, release: Release, whole: Word<'a>) -> Self {
        Self { protocol, release, whole, words: whole.split(&['-', ';', '+']).collect(), next: 0, found: Vec::new() }
    }

    fn read(mut self) -> Read<Proposal> {
        if self.whole.text.is_empty() {
            return Err(self.whole.error(NotationErrorKind::Empty(Expected::Proposal)));
        }
        if self.protocol != SecurityProtocol::AH {
            self.ciphers()?;
        }
        while let Some(word) = self.peek() {
            match word.text.split_once('=') {
                Some((key, _)) if self.release == Release::V5 => self.keyed(word, key)?,
                _ => self.positional(word)?,
            }
        }
        self.defaults();
        self.check()?;
        let transforms = self.found.iter().map(|(_, t)| *t);
        let transforms = transforms.filter(|t| t.ty != TransformType::INTEG || !t.is_none()).collect();
        Ok(proposal(self.protocol, transforms))
    }

    fn peek(&self) -> Option<Word<'a>> {
        self.words.get(self.next).copied()
    }

    /// The next word, when it is an alternative to the one before.
    fn alternative(&self) -> Option<Word<'a>> {
        self.peek().filter(|word| word.lead == Some('+'))
    }

    const fn step(&mut self) {
        self.next = self.next.saturating_add(1);
    }

    fn has(&self, ty: TransformType) -> bool {
        self.found.iter().any(|(_, t)| t.ty == ty)
    }

    fn add(&mut self, word: Word<'a>, transform: Transform) {
        if self.found.iter().all(|(_, t)| *t != transform) {
            self.found.push((word, transform));
        }
    }

    fn ciphers(&mut self) -> Read<()> {
        let mut next = self.peek();
        while let Some(mut word) = next {
            self.step();
            let (cipher, mut bits) = cipher(word)?;
            // `aes-256`: a key length behind a hyphen.
            let size = self.peek().filter(|size| size.lead == Some('-') && size.text.starts_with(|c: char| c.is_ascii_digit()));
            if let (None, Some(size)) = (bits, size) {
                self.step();
                word = size;
                bits = Some(size.text);
            }
            let bare = Transform::encr(cipher.id);
            if self.protocol == SecurityProtocol::IKE && !cipher.ike {
                return Err(word.error(NotationErrorKind::Protocol { protocol: self.protocol, transform: bare }));
            }
            match (bits.map(str::parse), cipher.sized) {
                (Some(Ok(bits @ (128 | 192 | 256))), true) => self.add(word, Transform::encr_bits(cipher.id, bits)),
                (None, false) => self.add(word, bare),
                (Some(_), _) => return Err(word.error(NotationErrorKind::KeyBits(bare))),
                // IKE asks for the longer key first, ESP for the shorter.
                (None, true) => {
                    let sizes = if self.protocol == SecurityProtocol::IKE { [256, 128] } else { [128, 256] };
                    for bits in sizes {
                        self.add(word, Transform::encr_bits(cipher.id, bits));
                    }
                }
            }
            next = self.alternative();
        }
        Ok(())
    }

    /// A word and its alternatives as algorithms of one type; the first that is none is handed back.
    fn run(&mut self, first: Word<'a>, ty: TransformType) -> Result<(), Word<'a>> {
        let (start, kept) = (self.next, self.found.len());
        let mut next = Some(first);
        while let Some(word) = next {
            let Some(transform) = algorithm(ty, word.text) else {
                self.next = start;
                self.found.truncate(kept);
                return Err(word);
            };
            self.step();
            self.add(word, transform);
            next = self.alternative();
        }
        Ok(())
    }

    fn keyed(&mut self, word: Word<'a>, key: &str) -> Read<()> {
        let ike = self.protocol == SecurityProtocol::IKE;
        let wrong = |ty| (ty == TransformType::PRF && !ike) || (ty == TransformType::SN && ike);
        let Some(ty) = typed(key).filter(|ty| !wrong(*ty)) else {
            return Err(word.error(NotationErrorKind::Unknown(Expected::End)));
        };
        let value = word.behind(key.len().saturating_add(1));
        self.run(value, ty).map_err(|word| unknown(word, ty))
    }

    fn positional(&mut self, word: Word<'a>) -> Read<()> {
        let (integ, prf, ke) = (TransformType::INTEG, TransformType::PRF, TransformType::KE);
        let ike = self.protocol == SecurityProtocol::IKE;
        let groups_only = word.lead == Some(';');
        if ike && !groups_only && !self.has(prf) && !self.has(ke) {
            let Err(at) = self.run(word, prf) else { return Ok(()) };
            if self.has(integ) {
                return Err(unknown(at, prf));
            }
            // Whichever way of reading came further has the fault.
            return self.run(word, integ).map_err(|other| neither(if other.at > at.at { other } else { at }));
        }
        if !ike && !groups_only && !self.has(integ) && !self.has(ke) {
            return self.run(word, integ).map_err(|at| unknown(at, integ));
        }
        // Behind the groups, libreswan 5 reads additional key exchanges.
        let free = ADDITIONAL.iter().map(|(_, ty)| *ty).find(|ty| !self.has(*ty)).filter(|_| self.release == Release::V5);
        match if self.has(ke) { free } else { Some(ke) } {
            Some(ty) => self.run(word, ty).map_err(|at| unknown(at, ty)),
            None => Err(word.error(NotationErrorKind::Unknown(Expected::End))),
        }
    }

    fn aead(&self) -> Option<Transform> {
        self.found.iter().map(|(_, t)| *t).find(|t| t.is_aead())
    }

    fn defaults(&mut self) {
        let whole = self.whole;
        if self.protocol == SecurityProtocol::IKE {
            if !self.has(TransformType::PRF) {
                for prf in [Prf::PRF_HMAC_SHA2_512, Prf::PRF_HMAC_SHA2_256] {
                    self.add(whole, Transform::prf(prf));
                }
            }
            if !self.has(TransformType::INTEG) && self.aead().is_none() {
                let prfs: Vec<_> = self.found.iter().filter(|(_, t)| t.ty == TransformType::PRF).map(|(_, t)| Prf(t.id.0)).collect();
                for integ in prfs.into_iter().filter_map(integ_of) {
                    self.add(whole, Transform::integ(integ));
                }
            }
            if !self.has(TransformType::KE) {
                for method in self.release.methods() {
                    self.add(whole, Transform::ke(*method));
                }
            }
            return;
        }
        if self.protocol == SecurityProtocol::ESP && !self.has(TransformType::INTEG) && self.aead().is_none() {
            for integ in [Integ::AUTH_HMAC_SHA2_512_256, Integ::AUTH_HMAC_SHA2_256_128] {
                self.add(whole, Transform::integ(integ));
            }
        }
        if !self.has(TransformType::SN) {
            for size in [SequenceNumbers::PARTIALLY_TRANSMITTED_64, SequenceNumbers::SEQUENTIAL_32] {
                self.add(whole, Transform::sn(size));
            }
        }
    }

    fn check(&self) -> Read<()> {
        let of = |ty: TransformType| self.found.iter().filter(move |(_, t)| t.ty == ty);
        let (protocol, aead) = (self.protocol, self.aead());
        if let (Some(_), Some((word, _))) = (aead, of(TransformType::ENCR).find(|(_, t)| !t.is_aead())) {
            return Err(word.error(NotationErrorKind::AeadMixed));
        }
        for (word, integ) in of(TransformType::INTEG) {
            match (aead, of(TransformType::ENCR).next()) {
                (Some(cipher), _) if !integ.is_none() => {
                    return Err(word.error(NotationErrorKind::IntegWithAead { cipher, integ: *integ }));
                }
                (None, Some((_, cipher))) if integ.is_none() => return Err(word.error(NotationErrorKind::IntegNone(*cipher))),
                (None, None) if integ.is_none() => {
                    return Err(word.error(NotationErrorKind::Missing { protocol, ty: TransformType::INTEG }));
                }
                _ => {}
            }
        }
        if protocol == SecurityProtocol::AH && !self.has(TransformType::INTEG) {
            return Err(self.whole.error(NotationErrorKind::Missing { protocol, ty: TransformType::INTEG }));
        }
        match of(TransformType::KE).find(|(_, t)| protocol == SecurityProtocol::IKE && t.is_none()) {
            Some((word, transform)) => Err(word.error(NotationErrorKind::Protocol { protocol, transform: *transform })),
            None => Ok(()),
        }
    }
}
