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
pub(super) mod text;

use super::words::Word;
use super::{Expected, NotationError, NotationErrorKind, Unwritable, proposal, same};
use crate::proposal::suite::Proposal;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
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
    // In IKE proposals the longest name, the last: it is that of no PRF.
    let integ_name = |t: Transform| {
        let names = names_of(INTEGS, t)?;
        if is_ike { names.last() } else { names.first() }.map(|name| String::from(*name))
    };
    let integs = list(proposal, TransformType::INTEG, integ_name)?;
    let prfs = list(proposal, TransformType::PRF, |t| names_of(PRFS, t)?.first().map(|name| String::from(*name)))?;
    if is_ike && prfs.is_empty() {
        return Err(Unwritable::Missing(TransformType::PRF));
    }
    for part in [if follows { String::new() } else { integs }, prfs] {
        push(&mut text, '-', &part);
    }
    let method_name = |t: Transform| names_of(METHODS, Transform::new(TransformType::KE, t.id.0))?.first().map(|name| String::from(*name));
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
            match (bits.map(str::parse), cipher.fixed) {
                (Some(Ok(bits @ (128 | 192 | 256))), None) => self.add(word, Transform::encr_bits(cipher.id, bits)),
                (None, Some(_)) => self.add(word, bare),
                (Some(Ok(bits)), Some(fixed)) if bits == fixed && bits > 0 => self.add(word, bare),
                (Some(_), _) => return Err(word.error(NotationErrorKind::KeyBits(bare))),
                // IKE asks for the longer key first, ESP for the shorter.
                (None, None) => {
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
        let ty = match key {
            "prf" if ike => TransformType::PRF,
            "integ" => TransformType::INTEG,
            "kem" | "ke" | "dh" => TransformType::KE,
            _ => match ADDITIONAL.iter().find(|(name, _)| *name == key) {
                Some((_, ty)) => *ty,
                None => return Err(word.error(NotationErrorKind::Unknown(Expected::End))),
            },
        };
        let value = word.behind(key.len().saturating_add(1));
        self.run(value, ty).map_err(|word| unknown(word, Expected::Algorithm(ty)))
    }

    fn positional(&mut self, word: Word<'a>) -> Read<()> {
        let (integ, prf, ke) = (TransformType::INTEG, TransformType::PRF, TransformType::KE);
        let ike = self.protocol == SecurityProtocol::IKE;
        let groups_only = word.lead == Some(';');
        if ike && !groups_only && !self.has(prf) && !self.has(ke) {
            let Err(at) = self.run(word, prf) else { return Ok(()) };
            if self.has(integ) {
                return Err(unknown(at, Expected::Algorithm(prf)));
            }
            // Whichever way of reading came further has the fault.
            return self.run(word, integ).map_err(|other| unknown(if other.at > at.at { other } else { at }, Expected::IntegOrPrf));
        }
        if !ike && !groups_only && !self.has(integ) && !self.has(ke) {
            return self.run(word, integ).map_err(|at| unknown(at, Expected::Algorithm(integ)));
        }
        // Behind the groups, libreswan 5 reads additional key exchanges.
        let free = ADDITIONAL.iter().map(|(_, ty)| *ty).find(|ty| !self.has(*ty)).filter(|_| self.release == Release::V5);
        match if self.has(ke) { free } else { Some(ke) } {
            Some(ty) => self.run(word, ty).map_err(|at| unknown(at, Expected::Algorithm(ty))),
            None => Err(unknown(word, Expected::End)),
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
        for size in [SequenceNumbers::PARTIALLY_TRANSMITTED_64, SequenceNumbers::SEQUENTIAL_32] {
            self.add(whole, Transform::sn(size));
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

const fn unknown(word: Word<'_>, expected: Expected) -> NotationError {
    word.error(if word.text.is_empty() { NotationErrorKind::Empty(expected) } else { NotationErrorKind::Unknown(expected) })
}

struct Cipher {
    /// The first is the one written.
    names: &'static [&'static str],
    id: Encr,
    /// The key length, for ciphers whose transform has no Key Length attribute.
    fixed: Option<u16>,
    ike: bool,
}

const fn aes(names: &'static [&'static str], id: Encr, ike: bool) -> Cipher {
    Cipher { names, id, fixed: None, ike }
}

const CIPHERS: &[Cipher] = &[
    aes(&["aes", "aes_cbc"], Encr::ENCR_AES_CBC, true),
    aes(&["aes_ctr", "aesctr"], Encr::ENCR_AES_CTR, true),
    aes(&["aes_gcm", "aes_gcm_16", "aes_gcm_c"], Encr::ENCR_AES_GCM_16, true),
    aes(&["aes_gcm_12", "aes_gcm_b"], Encr::ENCR_AES_GCM_12, true),
    aes(&["aes_gcm_8", "aes_gcm_a"], Encr::ENCR_AES_GCM_8, true),
    aes(&["aes_ccm", "aes_ccm_16", "aes_ccm_c"], Encr::ENCR_AES_CCM_16, false),
    aes(&["aes_ccm_12", "aes_ccm_b"], Encr::ENCR_AES_CCM_12, false),
    aes(&["aes_ccm_8", "aes_ccm_a"], Encr::ENCR_AES_CCM_8, false),
    aes(&["null_auth_aes_gmac", "aes_gmac"], Encr::ENCR_NULL_AUTH_AES_GMAC, false),
    aes(&["camellia", "camellia_cbc"], Encr::ENCR_CAMELLIA_CBC, true),
    aes(&["camellia_ctr"], Encr::ENCR_CAMELLIA_CTR, false),
    Cipher { names: &["3des", "3des_cbc"], id: Encr::ENCR_3DES, fixed: Some(192), ike: true },
    Cipher { names: &["chacha20_poly1305", "chacha20poly1305"], id: Encr::ENCR_CHACHA20_POLY1305, fixed: Some(256), ike: true },
    Cipher { names: &["null"], id: Encr::ENCR_NULL, fixed: Some(0), ike: false },
];

type Names = &'static [(&'static [&'static str], Transform)];

const INTEGS: Names = &[
    (
        &["sha2_256", "sha2", "sha256", "sha2_256_128", "hmac_sha2_256", "hmac_sha2_256_128"],
        Transform::integ(Integ::AUTH_HMAC_SHA2_256_128),
    ),
    (&["sha2_384", "sha384", "sha2_384_192", "hmac_sha2_384", "hmac_sha2_384_192"], Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
    (&["sha2_512", "sha512", "sha2_512_256", "hmac_sha2_512", "hmac_sha2_512_256"], Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
    (&["sha1", "sha", "sha1_96", "hmac_sha1", "hmac_sha1_96"], Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
    (&["md5", "hmac_md5", "hmac_md5_96"], Transform::integ(Integ::AUTH_HMAC_MD5_96)),
    (&["aes_xcbc", "aes128_xcbc", "aes128_xcbc_96", "aes_xcbc_96"], Transform::integ(Integ::AUTH_AES_XCBC_96)),
    (&["aes_cmac", "aes_cmac_96"], Transform::integ(Integ::AUTH_AES_CMAC_96)),
    (&["none", "null"], Transform::integ(Integ::NONE)),
];

const PRFS: Names = &[
    (&["sha2_256", "sha2", "sha256", "hmac_sha2_256"], Transform::prf(Prf::PRF_HMAC_SHA2_256)),
    (&["sha2_384", "sha384", "hmac_sha2_384"], Transform::prf(Prf::PRF_HMAC_SHA2_384)),
    (&["sha2_512", "sha512", "hmac_sha2_512"], Transform::prf(Prf::PRF_HMAC_SHA2_512)),
    (&["sha1", "sha", "hmac_sha1"], Transform::prf(Prf::PRF_HMAC_SHA1)),
    (&["md5", "hmac_md5"], Transform::prf(Prf::PRF_HMAC_MD5)),
    (&["aes_xcbc", "aes128_xcbc"], Transform::prf(Prf::PRF_AES128_XCBC)),
];

const METHODS: Names = &[
    (&["none", "null", "dh0"], Transform::ke(KeMethod::NONE)),
    (&["dh2", "modp1024"], Transform::ke(KeMethod::MODP_1024)),
    (&["dh5", "modp1536"], Transform::ke(KeMethod::MODP_1536)),
    (&["dh14", "modp2048"], Transform::ke(KeMethod::MODP_2048)),
    (&["dh15", "modp3072"], Transform::ke(KeMethod::MODP_3072)),
    (&["dh16", "modp4096"], Transform::ke(KeMethod::MODP_4096)),
    (&["dh17", "modp6144"], Transform::ke(KeMethod::MODP_6144)),
    (&["dh18", "modp8192"], Transform::ke(KeMethod::MODP_8192)),
    (&["dh19", "ecp_256", "ecp256"], Transform::ke(KeMethod::ECP_256)),
    (&["dh20", "ecp_384", "ecp384"], Transform::ke(KeMethod::ECP_384)),
    (&["dh21", "ecp_521", "ecp521"], Transform::ke(KeMethod::ECP_521)),
    (&["dh22"], Transform::ke(KeMethod::MODP_1024_160)),
    (&["dh23"], Transform::ke(KeMethod::MODP_2048_224)),
    (&["dh24"], Transform::ke(KeMethod::MODP_2048_256)),
    (&["dh31", "curve25519", "x25519"], Transform::ke(KeMethod::CURVE25519)),
    (&["ml_kem_512", "mlkem512"], Transform::ke(KeMethod::ML_KEM_512)),
    (&["ml_kem_768", "mlkem768"], Transform::ke(KeMethod::ML_KEM_768)),
    (&["ml_kem_1024", "mlkem1024"], Transform::ke(KeMethod::ML_KEM_1024)),
];

const ADDITIONAL: [(&str, TransformType); 7] = [
    ("addke1", TransformType::ADDKE1),
    ("addke2", TransformType::ADDKE2),
    ("addke3", TransformType::ADDKE3),
    ("addke4", TransformType::ADDKE4),
    ("addke5", TransformType::ADDKE5),
    ("addke6", TransformType::ADDKE6),
    ("addke7", TransformType::ADDKE7),
];

/// The integrity algorithm that is built of a PRF.
const fn integ_of(prf: Prf) -> Option<Integ> {
    Some(match prf {
        Prf::PRF_HMAC_SHA2_256 => Integ::AUTH_HMAC_SHA2_256_128,
        Prf::PRF_HMAC_SHA2_384 => Integ::AUTH_HMAC_SHA2_384_192,
        Prf::PRF_HMAC_SHA2_512 => Integ::AUTH_HMAC_SHA2_512_256,
        Prf::PRF_HMAC_SHA1 => Integ::AUTH_HMAC_SHA1_96,
        Prf::PRF_HMAC_MD5 => Integ::AUTH_HMAC_MD5_96,
        Prf::PRF_AES128_XCBC => Integ::AUTH_AES_XCBC_96,
        _ => return None,
    })
}

fn algorithm(ty: TransformType, text: &str) -> Option<Transform> {
    let table = match ty {
        TransformType::INTEG => INTEGS,
        TransformType::PRF => PRFS,
        _ => METHODS,
    };
    let (_, known) = table.iter().find(|(names, _)| names.iter().any(|name| name.eq_ignore_ascii_case(text)))?;
    Some(Transform { ty, ..*known })
}

/// A cipher and the digits of its key length: `aes`, `aes256`, `aes_256`, `aes_gcm_16_256`.
fn cipher(word: Word<'_>) -> Read<(&'static Cipher, Option<&str>)> {
    let named = |text: &str| CIPHERS.iter().find(|c| c.names.iter().any(|name| name.eq_ignore_ascii_case(text)));
    if let Some(cipher) = named(word.text) {
        return Ok((cipher, None));
    }
    let stem = word.text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = word.behind(stem.len()).text;
    match named(stem.strip_suffix('_').unwrap_or(stem)) {
        Some(cipher) if !digits.is_empty() => Ok((cipher, Some(digits))),
        _ => Err(unknown(word, Expected::Algorithm(TransformType::ENCR))),
    }
}

fn names_of(table: Names, transform: Transform) -> Option<&'static [&'static str]> {
    table.iter().find(|(_, known)| *known == transform).map(|(names, _)| *names)
}

fn cipher_name(transform: Transform) -> Option<String> {
    let cipher = CIPHERS.iter().find(|cipher| cipher.id.0 == transform.id.0)?;
    let name = cipher.names.first()?;
    match (transform.key_bits, cipher.fixed) {
        (None, Some(_)) => Some(String::from(*name)),
        (Some(bits @ (128 | 192 | 256)), None) => {
            let gap = if name.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
            Some(format!("{name}{gap}{bits}"))
        }
        _ => None,
    }
}
