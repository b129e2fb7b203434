//! libreswan (`ike=`, `esp=`, `ah=`): `aes_gcm256-sha2_512+sha2_256-dh19+dh14`, or with `;` before the groups.
//!
//! Within a proposal, `-` separates encryption, integrity, pseudorandom function and groups, and `+` alternatives. A cipher named
//! without key length stands for 256 and 128 bits.

use super::{Draft, NotationError, NotationErrorKind as Kind, Token, Unwritable, all_aead, prf_of};
use crate::proposal::suite::{Proposal, Transform};
use crate::registry::{Encr, Integ, KeMethod, SecurityProtocol, SequenceNumbers, TransformId, TransformType};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Ciphers: the names, and whether a key length follows.
const CIPHERS: &[(&str, Encr, bool)] = &[
    ("aes", Encr::ENCR_AES_CBC, true),
    ("aes_cbc", Encr::ENCR_AES_CBC, true),
    ("aes_ctr", Encr::ENCR_AES_CTR, true),
    ("aesctr", Encr::ENCR_AES_CTR, true),
    ("aes_gcm", Encr::ENCR_AES_GCM_16, true),
    ("aes_gcm_c", Encr::ENCR_AES_GCM_16, true),
    ("aes_gcm_16", Encr::ENCR_AES_GCM_16, true),
    ("aes_gcm_b", Encr::ENCR_AES_GCM_12, true),
    ("aes_gcm_12", Encr::ENCR_AES_GCM_12, true),
    ("aes_gcm_a", Encr::ENCR_AES_GCM_8, true),
    ("aes_gcm_8", Encr::ENCR_AES_GCM_8, true),
    ("aes_ccm", Encr::ENCR_AES_CCM_16, true),
    ("aes_ccm_c", Encr::ENCR_AES_CCM_16, true),
    ("aes_ccm_16", Encr::ENCR_AES_CCM_16, true),
    ("aes_ccm_b", Encr::ENCR_AES_CCM_12, true),
    ("aes_ccm_12", Encr::ENCR_AES_CCM_12, true),
    ("aes_ccm_a", Encr::ENCR_AES_CCM_8, true),
    ("aes_ccm_8", Encr::ENCR_AES_CCM_8, true),
    ("camellia", Encr::ENCR_CAMELLIA_CBC, true),
    ("camellia_cbc", Encr::ENCR_CAMELLIA_CBC, true),
    ("null_auth_aes_gmac", Encr::ENCR_NULL_AUTH_AES_GMAC, true),
    ("aes_gmac", Encr::ENCR_NULL_AUTH_AES_GMAC, true),
    ("chacha20_poly1305", Encr::ENCR_CHACHA20_POLY1305, false),
    ("3des", Encr::ENCR_3DES, false),
    ("3des_cbc", Encr::ENCR_3DES, false),
    ("null", Encr::ENCR_NULL, false),
];

/// Hashes: as integrity algorithm, from which the pseudorandom function follows.
const HASHES: &[(&str, Integ)] = &[
    ("sha2_256", Integ::AUTH_HMAC_SHA2_256_128),
    ("sha2", Integ::AUTH_HMAC_SHA2_256_128),
    ("sha256", Integ::AUTH_HMAC_SHA2_256_128),
    ("hmac_sha2_256", Integ::AUTH_HMAC_SHA2_256_128),
    ("hmac_sha2_256_128", Integ::AUTH_HMAC_SHA2_256_128),
    ("sha2_384", Integ::AUTH_HMAC_SHA2_384_192),
    ("sha384", Integ::AUTH_HMAC_SHA2_384_192),
    ("hmac_sha2_384", Integ::AUTH_HMAC_SHA2_384_192),
    ("hmac_sha2_384_192", Integ::AUTH_HMAC_SHA2_384_192),
    ("sha2_512", Integ::AUTH_HMAC_SHA2_512_256),
    ("sha512", Integ::AUTH_HMAC_SHA2_512_256),
    ("hmac_sha2_512", Integ::AUTH_HMAC_SHA2_512_256),
    ("hmac_sha2_512_256", Integ::AUTH_HMAC_SHA2_512_256),
    ("sha1", Integ::AUTH_HMAC_SHA1_96),
    ("sha", Integ::AUTH_HMAC_SHA1_96),
    ("hmac_sha1", Integ::AUTH_HMAC_SHA1_96),
    ("hmac_sha1_96", Integ::AUTH_HMAC_SHA1_96),
    ("md5", Integ::AUTH_HMAC_MD5_96),
    ("hmac_md5", Integ::AUTH_HMAC_MD5_96),
    ("hmac_md5_96", Integ::AUTH_HMAC_MD5_96),
    ("aes_xcbc", Integ::AUTH_AES_XCBC_96),
    ("aes_xcbc_96", Integ::AUTH_AES_XCBC_96),
    ("aes_cmac", Integ::AUTH_AES_CMAC_96),
    ("aes_cmac_96", Integ::AUTH_AES_CMAC_96),
];

/// Groups with names; `dhN` goes for every other.
const GROUPS: &[(&str, KeMethod)] = &[
    ("none", KeMethod::NONE),
    ("null", KeMethod::NONE),
    ("modp1024", KeMethod::MODP_1024),
    ("modp1536", KeMethod::MODP_1536),
    ("modp2048", KeMethod::MODP_2048),
    ("modp3072", KeMethod::MODP_3072),
    ("modp4096", KeMethod::MODP_4096),
    ("modp6144", KeMethod::MODP_6144),
    ("modp8192", KeMethod::MODP_8192),
    ("ecp_256", KeMethod::ECP_256),
    ("ecp256", KeMethod::ECP_256),
    ("ecp_384", KeMethod::ECP_384),
    ("ecp384", KeMethod::ECP_384),
    ("ecp_521", KeMethod::ECP_521),
    ("ecp521", KeMethod::ECP_521),
    ("curve25519", KeMethod::CURVE25519),
    ("x25519", KeMethod::CURVE25519),
    ("ml_kem_768", KeMethod::ML_KEM_768),
    ("mlkem768", KeMethod::ML_KEM_768),
];

/// The key lengths a cipher named without one stands for, in libreswan's order.
const LENGTHS: [u16; 2] = [256, 128];

/// Reads a comma-separated list of proposals. Sequence numbers, which libreswan sets elsewhere (`esn=`), are 64-bit ones first.
///
/// # Errors
/// [`NotationError`] with the token at fault. libreswan fills in what is left out of an IKE proposal from a list that depends on
/// version and build; that is not done here, it is an error.
pub fn parse(text: &str, protocol: SecurityProtocol) -> Result<Vec<Proposal>, NotationError> {
    Token::new(text).split(|c| c == ',').map(|proposal| self::proposal(proposal, protocol)).collect()
}

fn proposal(whole: Token<'_>, protocol: SecurityProtocol) -> Result<Proposal, NotationError> {
    let mut draft = Draft::default();
    let mut parts: Vec<Token<'_>> = whole.split(|c| c == '-' || c == ';').collect();
    if protocol != SecurityProtocol::AH {
        let Some(first) = (!parts.is_empty()).then(|| parts.remove(0)) else {
            return Err(whole.error(Kind::Empty));
        };
        for token in first.split(|c| c == '+') {
            let before = draft.list.len();
            draft.list.extend(cipher(token)?.into_iter().map(|t| (t, token)));
            if draft.list.len() == before {
                return Err(token.error(Kind::Unknown));
            }
        }
    }
    // What stands behind a semicolon, and what looks like a group, is a group.
    let semicolon = whole.text.find(';').map(|at| whole.offset.saturating_add(at));
    let is_group = |part: &Token<'_>| {
        semicolon.is_some_and(|at| part.offset > at)
            || group(part.text.split('+').next().unwrap_or("")).is_some_and(|m| m != KeMethod::NONE)
    };
    let groups = parts.pop_if_group(is_group);
    let aead = all_aead(&draft.transforms());
    let (integ, prf) = match (parts.as_slice(), protocol) {
        ([], _) => (None, None),
        ([hash], SecurityProtocol::IKE) if aead => (None, Some(*hash)),
        ([hash], SecurityProtocol::IKE) => (Some(*hash), Some(*hash)),
        ([integ, prf], SecurityProtocol::IKE) => (Some(*integ), Some(*prf)),
        ([integ], _) => (Some(*integ), None),
        ([.., extra], _) => return Err(extra.error(Kind::Misplaced)),
    };
    for token in prf.into_iter().flat_map(|part| part.split(|c| c == '+')) {
        let prf = hash(token)?.and_then(prf_of).ok_or(token.error(Kind::Misplaced))?;
        draft.list.push((Transform::prf(prf), token));
    }
    for token in integ.into_iter().flat_map(|part| part.split(|c| c == '+')) {
        if let Some(integ) = hash(token)? {
            draft.list.push((Transform::integ(integ), token));
        }
    }
    for token in groups.into_iter().flat_map(|part| part.split(|c| c == '+')) {
        let method = group(token.text).ok_or(token.error(if token.text.is_empty() { Kind::Empty } else { Kind::Unknown }))?;
        draft.list.push((Transform::ke(method), token));
    }
    draft.check(protocol, whole)?;
    if protocol != SecurityProtocol::IKE {
        draft.list.push((Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64), whole));
        draft.list.push((Transform::sn(SequenceNumbers::SEQUENTIAL_32), whole));
    }
    Ok(Proposal::new(protocol, draft.transforms()))
}

trait PopIfGroup<'t> {
    fn pop_if_group(&mut self, is_group: impl Fn(&Token<'t>) -> bool) -> Option<Token<'t>>;
}

impl<'t> PopIfGroup<'t> for Vec<Token<'t>> {
    fn pop_if_group(&mut self, is_group: impl Fn(&Token<'t>) -> bool) -> Option<Token<'t>> {
        self.last().is_some_and(is_group).then(|| self.pop()).flatten()
    }
}

/// The transforms a cipher's word stands for.
fn cipher(token: Token<'_>) -> Result<Vec<Transform>, NotationError> {
    let word = token.text.to_ascii_lowercase();
    if word.is_empty() {
        return Err(token.error(Kind::Empty));
    }
    if let Some((_, id, keyed)) = CIPHERS.iter().find(|(name, ..)| *name == word) {
        return Ok(if *keyed { LENGTHS.map(|bits| Transform::encr_bits(*id, bits)).to_vec() } else { alloc::vec![Transform::encr(*id)] });
    }
    let (name, bits) = [128_u16, 192, 256]
        .iter()
        .find_map(|bits| word.strip_suffix(&bits.to_string()).map(|name| (name, *bits)))
        .ok_or(token.error(Kind::Unknown))?;
    let name = name.strip_suffix('_').unwrap_or(name);
    let (_, id, keyed) = CIPHERS.iter().find(|(known, ..)| *known == name).ok_or(token.error(Kind::Unknown))?;
    if *keyed { Ok(alloc::vec![Transform::encr_bits(*id, bits)]) } else { Err(token.error(Kind::Unknown)) }
}

/// `None` for NONE, which goes with ciphers that have integrity of their own.
fn hash(token: Token<'_>) -> Result<Option<Integ>, NotationError> {
    let word = token.text.to_ascii_lowercase();
    match word.as_str() {
        "" => Err(token.error(Kind::Empty)),
        "none" | "null" => Ok(None),
        _ => HASHES.iter().find(|(name, _)| *name == word).map(|(_, id)| Some(*id)).ok_or(token.error(Kind::Unknown)),
    }
}

fn group(word: &str) -> Option<KeMethod> {
    let word = word.to_ascii_lowercase();
    if let Some(number) = word.strip_prefix("dh") {
        return number.parse().ok().map(KeMethod);
    }
    GROUPS.iter().find(|(name, _)| *name == word).map(|(_, method)| *method)
}

/// Writes proposals of any one protocol. Sequence numbers have no place in the notation and are left out.
///
/// # Errors
/// [`Unwritable`] with the transform libreswan has no word for.
pub fn write(proposals: &[Proposal]) -> Result<String, Unwritable> {
    let mut text = String::new();
    for (place, proposal) in proposals.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        one(proposal, &mut text).map_err(|transform| Unwritable { proposal: place, transform })?;
    }
    Ok(text)
}

fn one(proposal: &Proposal, text: &mut String) -> Result<(), Transform> {
    if let Some(stranger) = proposal.transforms.iter().find(|t| !matches!(t.ty.0, 1..=5)) {
        return Err(*stranger);
    }
    let list = |ty, text: &mut String, word: fn(Transform) -> Option<String>| {
        for (n, transform) in proposal.of_type(ty).enumerate() {
            if n > 0 {
                text.push('+');
            }
            text.push_str(&word(transform).ok_or(transform)?);
        }
        Ok(())
    };
    let any = |ty| proposal.of_type(ty).next().is_some();
    list(TransformType::ENCR, text, cipher_word)?;
    let prfs: Vec<TransformId> = proposal.of_type(TransformType::PRF).map(|t| t.id).collect();
    let derived: Vec<TransformId> =
        proposal.of_type(TransformType::INTEG).filter_map(|t| prf_of(Integ(t.id.0))).map(TransformId::from).collect();
    if any(TransformType::INTEG) {
        if any(TransformType::ENCR) {
            text.push('-');
        }
        list(TransformType::INTEG, text, hash_word)?;
    }
    if any(TransformType::PRF) && prfs != derived {
        text.push('-');
        list(TransformType::PRF, text, prf_word)?;
    }
    if any(TransformType::KE) {
        text.push(';');
        list(TransformType::KE, text, group_word)?;
    }
    Ok(())
}

fn cipher_word(transform: Transform) -> Option<String> {
    let (name, _, keyed) = CIPHERS.iter().find(|(_, id, _)| id.0 == transform.id.0)?;
    match (keyed, transform.key_bits) {
        // A name that ends in a digit would run into the key length.
        (true, Some(bits)) if name.ends_with(|c: char| c.is_ascii_digit()) => Some(alloc::format!("{name}_{bits}")),
        (true, Some(bits)) => Some(alloc::format!("{name}{bits}")),
        (false, None) => Some((*name).to_string()),
        _ => None,
    }
}

fn hash_word(transform: Transform) -> Option<String> {
    if transform.is_none() {
        return Some("none".to_string());
    }
    HASHES.iter().find(|(_, id)| id.0 == transform.id.0).map(|(name, _)| (*name).to_string())
}

fn prf_word(transform: Transform) -> Option<String> {
    let same = |(_, id): &&(&str, Integ)| prf_of(*id).is_some_and(|prf| prf.0 == transform.id.0);
    HASHES.iter().find(same).map(|(name, _)| (*name).to_string())
}

fn group_word(transform: Transform) -> Option<String> {
    if transform.is_none() { Some("none".to_string()) } else { Some(alloc::format!("dh{}", transform.id.0)) }
}
