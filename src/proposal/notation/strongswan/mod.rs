//! strongSwan: `aes256gcm16-prfsha384-ecp384,aes128-sha256-modp2048`.
//!
//! Keywords in any order, joined by `-`; proposals by `,`; spaces around both and a `!` at the end (the strict flag of
//! `ipsec.conf`) are taken. What charon does to a proposal it reads is done here: in IKE proposals without a PRF the PRFs follow
//! from the integrity algorithms, group `none` is dropped, and integrity algorithms that stand beside AEAD ciphers only to name
//! PRFs are dropped; in ESP and AH proposals PRFs are dropped and 32-bit sequence numbers assumed; in AH proposals ciphers are
//! dropped, but `aes128gmac` is an integrity algorithm.
//!
//! Where charon would drop an integrity algorithm that says nothing at all, beside an AEAD cipher, the reader refuses: whoever
//! wrote it meant something else.
//!
//! ```
//! use ikev2::proposal::notation::strongswan;
//! let esp = strongswan::parse_esp("aes128gcm16-x25519!")?;
//! assert_eq!(strongswan::emit(&esp[0]).unwrap(), "aes128gcm16-x25519");
//! assert!(strongswan::parse_ike("aes256gcm16-sha256").unwrap_err().to_string().starts_with("impossible suite"));
//! # Ok::<(), ikev2::proposal::notation::NotationError>(())
//! ```

#[cfg(feature = "notations")]
pub(super) mod conf;
#[cfg(feature = "notations")]
mod lists;
#[cfg(feature = "notations")]
mod log;
#[cfg(feature = "notations")]
mod swanctl;
#[cfg(feature = "notations")]
pub(super) mod text;
#[cfg(feature = "notations")]
mod write;

use super::names::nearest;
use super::words::Word;
use super::{Expected, NotationError, NotationErrorKind, Unwritable, proposal, rank, same};
use crate::proposal::suite::Proposal;
use crate::registry::private::{encr, integ, ke_method, prf};
use crate::registry::{Encr, Integ, KeFamily, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// Reads IKE proposals (`proposals` of swanctl.conf, `ike` of ipsec.conf).
///
/// # Errors
/// [`NotationError`].
pub fn parse_ike(text: &str) -> Result<Vec<Proposal>, NotationError> {
    parse(SecurityProtocol::IKE, text)
}

/// Reads ESP proposals (`esp_proposals` of swanctl.conf, `esp` of ipsec.conf).
///
/// # Errors
/// [`NotationError`].
pub fn parse_esp(text: &str) -> Result<Vec<Proposal>, NotationError> {
    parse(SecurityProtocol::ESP, text)
}

/// Reads AH proposals (`ah_proposals` of swanctl.conf, `ah` of ipsec.conf).
///
/// # Errors
/// [`NotationError`].
pub fn parse_ah(text: &str) -> Result<Vec<Proposal>, NotationError> {
    parse(SecurityProtocol::AH, text)
}

/// Writes a proposal; several are joined with commas.
///
/// # Errors
/// [`Unwritable`] when the text would not be read back as the same transforms in the same order within each type.
pub fn emit(proposal: &Proposal) -> Result<String, Unwritable> {
    let mut transforms = proposal.transforms.clone();
    transforms.sort_by_key(|t| rank(t.ty));
    let sizes = || proposal.of_type(TransformType::SN);
    // The only size, and the one charon assumes.
    let assumed = sizes().all(|t| t.id.0 == SequenceNumbers::SEQUENTIAL_32.0) && sizes().count() == 1;
    let mut text = String::new();
    for transform in transforms.iter().filter(|t| !(assumed && t.ty == TransformType::SN)) {
        if !text.is_empty() {
            text.push('-');
        }
        name(proposal.protocol, *transform, &mut text).ok_or(Unwritable::Transform(*transform))?;
    }
    let read = match proposal.protocol {
        SecurityProtocol::IKE | SecurityProtocol::ESP | SecurityProtocol::AH => parse(proposal.protocol, &text),
        other => return Err(Unwritable::Protocol(other)),
    };
    same(proposal, read).map(|()| text)
}

fn parse(protocol: SecurityProtocol, text: &str) -> Result<Vec<Proposal>, NotationError> {
    let mut whole = Word::whole(text).trim();
    if let Some(strict) = whole.text.strip_suffix('!') {
        whole.text = strict;
    }
    let read: Vec<Proposal> = items(whole).map(|word| read(protocol, word)).collect::<Result<_, _>>()?;
    if read.is_empty() { Err(whole.error(NotationErrorKind::Empty(Expected::Proposal))) } else { Ok(read) }
}

/// The proposals of a list. charon takes no notice of a comma too many.
fn items(list: Word<'_>) -> impl Iterator<Item = Word<'_>> {
    list.split(&[',']).filter(|word| !word.text.is_empty())
}

fn read(protocol: SecurityProtocol, whole: Word<'_>) -> Result<Proposal, NotationError> {
    let mut found = Vec::new();
    // Nor does it of a hyphen too many.
    for word in whole.split(&['-']).filter(|word| !word.text.is_empty()) {
        let transform = match word.text {
            "default" => return Err(word.error(NotationErrorKind::Default)),
            text => keyword(text).ok_or_else(|| unknown(word))?,
        };
        found.push((word, transform));
    }
    let missing = |ty| whole.error(NotationErrorKind::Missing { protocol, ty });
    let first = |ty| found.iter().find(|(_, t)| t.ty == ty).copied();
    let mut transforms: Vec<Transform> = Vec::with_capacity(found.len());
    if protocol == SecurityProtocol::AH {
        transforms.extend(found.iter().filter_map(|(_, t)| in_ah(*t)));
        if !transforms.iter().any(|t| t.ty == TransformType::INTEG) {
            return Err(missing(TransformType::INTEG));
        }
    } else {
        let (_, cipher) = first(TransformType::ENCR).ok_or_else(|| missing(TransformType::ENCR))?;
        if let Some((word, _)) = found.iter().find(|(_, t)| t.ty == TransformType::ENCR && t.is_aead() != cipher.is_aead()) {
            return Err(word.error(NotationErrorKind::AeadMixed));
        }
        let is_ike = protocol == SecurityProtocol::IKE;
        let grouped = found.iter().any(|(_, t)| t.ty == TransformType::KE && !t.is_none());
        let derives = is_ike && first(TransformType::PRF).is_none();
        match first(TransformType::INTEG) {
            // Beside an AEAD cipher an integrity algorithm has no other use than to name the PRF.
            Some((word, integ)) if cipher.is_aead() && !(derives && grouped) => {
                return Err(word.error(NotationErrorKind::IntegWithAead { cipher, integ }));
            }
            None if is_ike && !cipher.is_aead() => return Err(missing(TransformType::INTEG)),
            _ => {}
        }
        transforms.extend(found.iter().map(|(_, t)| *t).filter(|t| match t.ty {
            TransformType::INTEG => !cipher.is_aead(),
            TransformType::PRF => is_ike,
            TransformType::KE => !(is_ike && t.is_none()),
            _ => true,
        }));
        if derives {
            let integs = found.iter().filter(|(_, t)| t.ty == TransformType::INTEG);
            for prf in integs.filter_map(|(_, t)| prf_of(Integ(t.id.0))).map(Transform::prf) {
                if !transforms.contains(&prf) {
                    transforms.push(prf);
                }
            }
            if !transforms.iter().any(|t| t.ty == TransformType::PRF) {
                return Err(missing(TransformType::PRF));
            }
        }
        if is_ike && !grouped {
            return Err(missing(TransformType::KE));
        }
    }
    if protocol != SecurityProtocol::IKE && first(TransformType::SN).is_none() {
        transforms.push(Transform::sn(SequenceNumbers::SEQUENTIAL_32));
    }
    Ok(proposal(protocol, transforms))
}

fn in_ah(transform: Transform) -> Option<Transform> {
    match transform.ty {
        TransformType::ENCR if transform.id.0 == Encr::ENCR_NULL_AUTH_AES_GMAC.0 => {
            GMAC.iter().find(|(bits, _)| transform.key_bits == Some(*bits)).map(|(_, integ)| Transform::integ(*integ))
        }
        TransformType::ENCR | TransformType::PRF => None,
        _ => Some(transform),
    }
}

const GMAC: [(u16, Integ); 3] = [(128, Integ::AUTH_AES_128_GMAC), (192, Integ::AUTH_AES_192_GMAC), (256, Integ::AUTH_AES_256_GMAC)];

/// The PRF that is of one algorithm with an integrity algorithm.
pub(super) const fn prf_of(integ: Integ) -> Option<Prf> {
    Some(match integ {
        Integ::AUTH_HMAC_SHA1_96 | Integ::AUTH_HMAC_SHA1_160 => Prf::PRF_HMAC_SHA1,
        Integ::AUTH_HMAC_SHA2_256_128 => Prf::PRF_HMAC_SHA2_256,
        Integ::AUTH_HMAC_SHA2_384_192 => Prf::PRF_HMAC_SHA2_384,
        Integ::AUTH_HMAC_SHA2_512_256 => Prf::PRF_HMAC_SHA2_512,
        Integ::AUTH_HMAC_MD5_96 | Integ::AUTH_HMAC_MD5_128 => Prf::PRF_HMAC_MD5,
        Integ::AUTH_AES_XCBC_96 => Prf::PRF_AES128_XCBC,
        integ::STRONGSWAN_AUTH_CAMELLIA_XCBC_96 => prf::STRONGSWAN_PRF_CAMELLIA128_XCBC,
        Integ::AUTH_AES_CMAC_96 => Prf::PRF_AES128_CMAC,
        _ => return None,
    })
}

// In every table the first name of an algorithm is the one written.

/// Ciphers named by family, key length and mode: `aes` `256` `gcm16`.
const SIZED: &[(&str, &[(&str, Encr)])] = &[
    (
        "aes",
        &[
            ("", Encr::ENCR_AES_CBC),
            ("ctr", Encr::ENCR_AES_CTR),
            ("ccm8", Encr::ENCR_AES_CCM_8),
            ("ccm64", Encr::ENCR_AES_CCM_8),
            ("ccm12", Encr::ENCR_AES_CCM_12),
            ("ccm96", Encr::ENCR_AES_CCM_12),
            ("ccm16", Encr::ENCR_AES_CCM_16),
            ("ccm128", Encr::ENCR_AES_CCM_16),
            ("ccm", Encr::ENCR_AES_CCM_16),
            ("gcm8", Encr::ENCR_AES_GCM_8),
            ("gcm64", Encr::ENCR_AES_GCM_8),
            ("gcm12", Encr::ENCR_AES_GCM_12),
            ("gcm96", Encr::ENCR_AES_GCM_12),
            ("gcm16", Encr::ENCR_AES_GCM_16),
            ("gcm128", Encr::ENCR_AES_GCM_16),
            ("gcm", Encr::ENCR_AES_GCM_16),
            ("gmac", Encr::ENCR_NULL_AUTH_AES_GMAC),
        ],
    ),
    (
        "camellia",
        &[
            ("", Encr::ENCR_CAMELLIA_CBC),
            ("ctr", Encr::ENCR_CAMELLIA_CTR),
            ("ccm8", Encr::ENCR_CAMELLIA_CCM_8),
            ("ccm64", Encr::ENCR_CAMELLIA_CCM_8),
            ("ccm12", Encr::ENCR_CAMELLIA_CCM_12),
            ("ccm96", Encr::ENCR_CAMELLIA_CCM_12),
            ("ccm16", Encr::ENCR_CAMELLIA_CCM_16),
            ("ccm128", Encr::ENCR_CAMELLIA_CCM_16),
        ],
    ),
    ("blowfish", &[("", Encr::ENCR_BLOWFISH)]),
    ("serpent", &[("", encr::STRONGSWAN_SERPENT_CBC)]),
    ("twofish", &[("", encr::STRONGSWAN_TWOFISH_CBC)]),
];

const SIZES: [(&str, u16); 3] = [("128", 128), ("192", 192), ("256", 256)];

/// Everything else of types ENCR, INTEG, PRF and SN.
const PLAIN: &[(&str, Transform)] = &[
    ("null", Transform::encr(Encr::ENCR_NULL)),
    ("des", Transform::encr(Encr::ENCR_DES)),
    ("3des", Transform::encr(Encr::ENCR_3DES)),
    ("cast128", Transform::encr_bits(Encr::ENCR_CAST, 128)),
    ("chacha20poly1305", Transform::encr(Encr::ENCR_CHACHA20_POLY1305)),
    ("chacha20poly1305compat", Transform::encr_bits(Encr::ENCR_CHACHA20_POLY1305, 256)),
    ("sha1", Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
    ("sha", Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
    ("sha1_160", Transform::integ(Integ::AUTH_HMAC_SHA1_160)),
    ("sha256", Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
    ("sha2_256", Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
    ("sha256_96", Transform::integ(integ::STRONGSWAN_AUTH_HMAC_SHA2_256_96)),
    ("sha2_256_96", Transform::integ(integ::STRONGSWAN_AUTH_HMAC_SHA2_256_96)),
    ("sha384", Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
    ("sha2_384", Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
    ("sha512", Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
    ("sha2_512", Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
    ("md5", Transform::integ(Integ::AUTH_HMAC_MD5_96)),
    ("md5_128", Transform::integ(Integ::AUTH_HMAC_MD5_128)),
    ("aesxcbc", Transform::integ(Integ::AUTH_AES_XCBC_96)),
    ("camelliaxcbc", Transform::integ(integ::STRONGSWAN_AUTH_CAMELLIA_XCBC_96)),
    ("aescmac", Transform::integ(Integ::AUTH_AES_CMAC_96)),
    ("prfsha1", Transform::prf(Prf::PRF_HMAC_SHA1)),
    ("prfsha256", Transform::prf(Prf::PRF_HMAC_SHA2_256)),
    ("prfsha384", Transform::prf(Prf::PRF_HMAC_SHA2_384)),
    ("prfsha512", Transform::prf(Prf::PRF_HMAC_SHA2_512)),
    ("prfmd5", Transform::prf(Prf::PRF_HMAC_MD5)),
    ("prfaesxcbc", Transform::prf(Prf::PRF_AES128_XCBC)),
    ("prfcamelliaxcbc", Transform::prf(prf::STRONGSWAN_PRF_CAMELLIA128_XCBC)),
    ("prfaescmac", Transform::prf(Prf::PRF_AES128_CMAC)),
    ("noesn", Transform::sn(SequenceNumbers::SEQUENTIAL_32)),
    ("esn", Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64)),
];

/// Key exchange methods under other names than their identifiers, or outside the registry.
const METHODS: &[(&str, KeMethod)] = &[
    ("modpnone", KeMethod::NONE),
    ("modpnull", ke_method::STRONGSWAN_MODP_NULL),
    ("curve25519", KeMethod::CURVE25519),
    ("curve448", KeMethod::CURVE448),
    ("ntru112", ke_method::STRONGSWAN_NTRU_112_BIT),
    ("ntru128", ke_method::STRONGSWAN_NTRU_128_BIT),
    ("ntru192", ke_method::STRONGSWAN_NTRU_192_BIT),
    ("ntru256", ke_method::STRONGSWAN_NTRU_256_BIT),
    ("newhope128", ke_method::STRONGSWAN_NH_128_BIT),
];

/// Whether strongSwan has the method: of those assigned, all but the ones of GOST.
fn has(method: KeMethod) -> bool {
    method.is_assigned() && !matches!(method.facts(), Some(facts) if facts.family == KeFamily::Gost)
}

fn method(name: &str) -> Option<KeMethod> {
    let other = || METHODS.iter().find(|(other, _)| *other == name).map(|(_, method)| *method);
    KeMethod::from_ident(name).filter(|method| has(*method)).or_else(other)
}

fn method_name(method: KeMethod) -> Option<&'static str> {
    let other = || METHODS.iter().find(|(_, other)| *other == method).map(|(name, _)| *name);
    method.ident().filter(|_| has(method)).or_else(other)
}

/// ADDKE1 to ADDKE7 put this in front of the method.
const ADDITIONAL: [(&str, TransformType); 7] = [
    ("ke1_", TransformType::ADDKE1),
    ("ke2_", TransformType::ADDKE2),
    ("ke3_", TransformType::ADDKE3),
    ("ke4_", TransformType::ADDKE4),
    ("ke5_", TransformType::ADDKE5),
    ("ke6_", TransformType::ADDKE6),
    ("ke7_", TransformType::ADDKE7),
];

fn keyword(text: &str) -> Option<Transform> {
    if let Some((_, transform)) = PLAIN.iter().find(|(name, _)| *name == text) {
        return Some(*transform);
    }
    let additional = ADDITIONAL.iter().find_map(|(prefix, ty)| Some((text.strip_prefix(prefix)?, *ty)));
    let (name, ty) = additional.unwrap_or((text, TransformType::KE));
    if let Some(id) = method(name) {
        return Some(Transform::new(ty, id.0));
    }
    SIZED.iter().find_map(|(family, modes)| {
        let rest = text.strip_prefix(family)?;
        // The family alone is its CBC mode with the shortest key.
        let (bits, mode) = match rest {
            "" => (128, ""),
            _ => SIZES.iter().find_map(|(digits, bits)| Some((*bits, rest.strip_prefix(digits)?)))?,
        };
        let (_, encr) = modes.iter().find(|(name, _)| *name == mode)?;
        Some(Transform::encr_bits(*encr, bits))
    })
}

const KEYWORD: &str = "a strongSwan keyword: a cipher (aes256, aes256gcm16), an integrity algorithm (sha256), a PRF (prfsha256), \
                       a key exchange method (modp2048, ecp256, x25519, ke1_mlkem768), esn or noesn";

/// The ciphers of [`SIZED`] as they are written, to compare a misspelt one with.
const CIPHERS: &[&str] = &[
    "aes128",
    "aes192",
    "aes256",
    "aes128gcm16",
    "aes192gcm16",
    "aes256gcm16",
    "aes128gcm12",
    "aes256gcm12",
    "aes128gcm8",
    "aes256gcm8",
    "aes128ccm16",
    "aes192ccm16",
    "aes256ccm16",
    "aes128ccm12",
    "aes256ccm12",
    "aes128ccm8",
    "aes256ccm8",
    "aes128ctr",
    "aes192ctr",
    "aes256ctr",
    "aes128gmac",
    "aes192gmac",
    "aes256gmac",
    "camellia128",
    "camellia192",
    "camellia256",
];

/// That a word is no keyword. Upper case is none either, which is said by the keyword in lower case.
fn unknown(word: Word<'_>) -> NotationError {
    let additional = ADDITIONAL.iter().find_map(|(prefix, _)| word.text.strip_prefix(prefix));
    let methods = || KeMethod::ASSIGNED.iter().filter_map(|method| method_name(*method)).chain(METHODS.iter().map(|(name, _)| *name));
    let meant = match additional {
        Some(method) => nearest(method, methods()),
        None => nearest(word.text, PLAIN.iter().map(|(name, _)| *name).chain(CIPHERS.iter().copied()).chain(methods())),
    };
    word.error(NotationErrorKind::Name { expected: KEYWORD, meant })
}

fn name(protocol: SecurityProtocol, transform: Transform, text: &mut String) -> Option<()> {
    if let Some((name, _)) = PLAIN.iter().find(|(_, known)| *known == transform) {
        text.push_str(name);
        return Some(());
    }
    if transform.ty.is_key_exchange() {
        let name = method_name(KeMethod(transform.id.0)).filter(|_| transform.key_bits.is_none())?;
        let prefix = ADDITIONAL.iter().find(|(_, ty)| *ty == transform.ty).map_or("", |(prefix, _)| *prefix);
        text.push_str(prefix);
        text.push_str(name);
        return Some(());
    }
    if transform.ty == TransformType::INTEG && protocol == SecurityProtocol::AH {
        let (bits, _) = GMAC.iter().find(|(_, integ)| Transform::integ(*integ) == transform)?;
        return write!(text, "aes{bits}gmac").ok();
    }
    let (bits, encr) = (transform.key_bits?, Encr(transform.id.0));
    if transform.ty != TransformType::ENCR || !SIZES.iter().any(|(_, size)| *size == bits) {
        return None;
    }
    let known = |(family, modes): &(&'static str, &'static [(&'static str, Encr)])| {
        modes.iter().find(|(_, id)| *id == encr).map(|(mode, _)| (*family, *mode))
    };
    let (family, mode) = SIZED.iter().find_map(known)?;
    write!(text, "{family}{bits}{mode}").ok()
}
