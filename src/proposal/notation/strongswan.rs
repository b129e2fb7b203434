//! strongSwan (`proposals`, `esp_proposals`, `ah_proposals`): `aes256gcm16-prfsha384-ecp384,aes128-sha256-modp2048`.
//!
//! Where several words name one algorithm, the first is the one written.

use super::{Draft, NotationError, NotationErrorKind as Kind, Token, Unwritable, Word, all_aead, encr, prf_of};
use crate::proposal::suite::{Proposal, Transform};
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformId, TransformType, private};
use alloc::string::String;
use alloc::vec::Vec;

const fn prf(name: &'static str, id: Prf) -> Word {
    Word(name, Transform::prf(id))
}

const fn integ(name: &'static str, id: Integ) -> Word {
    Word(name, Transform::integ(id))
}

const fn ke(name: &'static str, id: KeMethod) -> Word {
    Word(name, Transform::ke(id))
}

const WORDS: &[Word] = &[
    encr("null", Encr::ENCR_NULL, 0),
    encr("des", Encr::ENCR_DES, 0),
    encr("3des", Encr::ENCR_3DES, 0),
    encr("aes128", Encr::ENCR_AES_CBC, 128),
    encr("aes", Encr::ENCR_AES_CBC, 128),
    encr("aes192", Encr::ENCR_AES_CBC, 192),
    encr("aes256", Encr::ENCR_AES_CBC, 256),
    encr("aes128ctr", Encr::ENCR_AES_CTR, 128),
    encr("aes192ctr", Encr::ENCR_AES_CTR, 192),
    encr("aes256ctr", Encr::ENCR_AES_CTR, 256),
    encr("chacha20poly1305", Encr::ENCR_CHACHA20_POLY1305, 0),
    encr("chacha20poly1305compat", Encr::ENCR_CHACHA20_POLY1305, 256),
    encr("blowfish128", Encr::ENCR_BLOWFISH, 128),
    encr("blowfish", Encr::ENCR_BLOWFISH, 128),
    encr("blowfish192", Encr::ENCR_BLOWFISH, 192),
    encr("blowfish256", Encr::ENCR_BLOWFISH, 256),
    encr("cast128", Encr::ENCR_CAST, 128),
    encr("camellia128", Encr::ENCR_CAMELLIA_CBC, 128),
    encr("camellia", Encr::ENCR_CAMELLIA_CBC, 128),
    encr("camellia192", Encr::ENCR_CAMELLIA_CBC, 192),
    encr("camellia256", Encr::ENCR_CAMELLIA_CBC, 256),
    encr("camellia128ctr", Encr::ENCR_CAMELLIA_CTR, 128),
    encr("camellia192ctr", Encr::ENCR_CAMELLIA_CTR, 192),
    encr("camellia256ctr", Encr::ENCR_CAMELLIA_CTR, 256),
    encr("aes128gmac", Encr::ENCR_NULL_AUTH_AES_GMAC, 128),
    encr("aes192gmac", Encr::ENCR_NULL_AUTH_AES_GMAC, 192),
    encr("aes256gmac", Encr::ENCR_NULL_AUTH_AES_GMAC, 256),
    integ("sha1", Integ::AUTH_HMAC_SHA1_96),
    integ("sha", Integ::AUTH_HMAC_SHA1_96),
    integ("sha1_160", Integ::AUTH_HMAC_SHA1_160),
    integ("sha256", Integ::AUTH_HMAC_SHA2_256_128),
    integ("sha2_256", Integ::AUTH_HMAC_SHA2_256_128),
    integ("sha384", Integ::AUTH_HMAC_SHA2_384_192),
    integ("sha2_384", Integ::AUTH_HMAC_SHA2_384_192),
    integ("sha512", Integ::AUTH_HMAC_SHA2_512_256),
    integ("sha2_512", Integ::AUTH_HMAC_SHA2_512_256),
    // The truncation of a draft, under strongSwan's private id.
    integ("sha256_96", Integ(1024)),
    integ("sha2_256_96", Integ(1024)),
    integ("md5", Integ::AUTH_HMAC_MD5_96),
    integ("md5_128", Integ::AUTH_HMAC_MD5_128),
    integ("aesxcbc", Integ::AUTH_AES_XCBC_96),
    integ("aescmac", Integ::AUTH_AES_CMAC_96),
    prf("prfsha1", Prf::PRF_HMAC_SHA1),
    prf("prfsha256", Prf::PRF_HMAC_SHA2_256),
    prf("prfsha384", Prf::PRF_HMAC_SHA2_384),
    prf("prfsha512", Prf::PRF_HMAC_SHA2_512),
    prf("prfmd5", Prf::PRF_HMAC_MD5),
    prf("prfaesxcbc", Prf::PRF_AES128_XCBC),
    prf("prfaescmac", Prf::PRF_AES128_CMAC),
    ke("none", KeMethod::NONE),
    ke("modpnone", KeMethod::NONE),
    ke("modp768", KeMethod::MODP_768),
    ke("modp1024", KeMethod::MODP_1024),
    ke("modp1536", KeMethod::MODP_1536),
    ke("modp2048", KeMethod::MODP_2048),
    ke("modp3072", KeMethod::MODP_3072),
    ke("modp4096", KeMethod::MODP_4096),
    ke("modp6144", KeMethod::MODP_6144),
    ke("modp8192", KeMethod::MODP_8192),
    ke("ecp192", KeMethod::ECP_192),
    ke("ecp224", KeMethod::ECP_224),
    ke("ecp256", KeMethod::ECP_256),
    ke("ecp384", KeMethod::ECP_384),
    ke("ecp521", KeMethod::ECP_521),
    ke("modp1024s160", KeMethod::MODP_1024_160),
    ke("modp2048s224", KeMethod::MODP_2048_224),
    ke("modp2048s256", KeMethod::MODP_2048_256),
    ke("ecp224bp", KeMethod::BRAINPOOL_P224R1),
    ke("ecp256bp", KeMethod::BRAINPOOL_P256R1),
    ke("ecp384bp", KeMethod::BRAINPOOL_P384R1),
    ke("ecp512bp", KeMethod::BRAINPOOL_P512R1),
    ke("curve25519", KeMethod::CURVE25519),
    ke("x25519", KeMethod::CURVE25519),
    ke("curve448", KeMethod::CURVE448),
    ke("x448", KeMethod::CURVE448),
    ke("mlkem512", KeMethod::ML_KEM_512),
    ke("mlkem768", KeMethod::ML_KEM_768),
    ke("mlkem1024", KeMethod::ML_KEM_1024),
    ke("ntru112", private::ke_method::STRONGSWAN_NTRU_112_BIT),
    ke("ntru128", private::ke_method::STRONGSWAN_NTRU_128_BIT),
    ke("ntru192", private::ke_method::STRONGSWAN_NTRU_192_BIT),
    ke("ntru256", private::ke_method::STRONGSWAN_NTRU_256_BIT),
    ke("newhope128", private::ke_method::STRONGSWAN_NH_128_BIT),
    Word("noesn", Transform::sn(SequenceNumbers::SEQUENTIAL_32)),
    Word("esn", Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64)),
];

/// ICV lengths in octets by the word for them, and the cipher of each family.
const ICV: &[(&str, Encr, Encr, Encr)] = &[
    ("16", Encr::ENCR_AES_GCM_16, Encr::ENCR_AES_CCM_16, Encr::ENCR_CAMELLIA_CCM_16),
    ("128", Encr::ENCR_AES_GCM_16, Encr::ENCR_AES_CCM_16, Encr::ENCR_CAMELLIA_CCM_16),
    ("", Encr::ENCR_AES_GCM_16, Encr::ENCR_AES_CCM_16, Encr::ENCR_CAMELLIA_CCM_16),
    ("12", Encr::ENCR_AES_GCM_12, Encr::ENCR_AES_CCM_12, Encr::ENCR_CAMELLIA_CCM_12),
    ("96", Encr::ENCR_AES_GCM_12, Encr::ENCR_AES_CCM_12, Encr::ENCR_CAMELLIA_CCM_12),
    ("8", Encr::ENCR_AES_GCM_8, Encr::ENCR_AES_CCM_8, Encr::ENCR_CAMELLIA_CCM_8),
    ("64", Encr::ENCR_AES_GCM_8, Encr::ENCR_AES_CCM_8, Encr::ENCR_CAMELLIA_CCM_8),
];

/// Reads a comma-separated list of proposals as strongSwan does: a missing PRF is taken from the integrity algorithms, missing
/// sequence numbers are 32-bit ones. An integrity algorithm beside GCM and the like names the PRF, in IKE and where no PRF is
/// named; anywhere else it is refused, where strongSwan would silently leave it out.
///
/// # Errors
/// [`NotationError`] with the token at fault.
pub fn parse(text: &str, protocol: SecurityProtocol) -> Result<Vec<Proposal>, NotationError> {
    let whole = Token::new(text).trimmed();
    // ipsec.conf marks a strict list with an exclamation mark at its end.
    let whole = Token { text: whole.text.strip_suffix('!').unwrap_or(whole.text), ..whole };
    whole.split(|c| c == ',').map(|proposal| self::proposal(proposal, protocol)).collect()
}

fn proposal(whole: Token<'_>, protocol: SecurityProtocol) -> Result<Proposal, NotationError> {
    let mut draft = Draft::default();
    for token in whole.split(|c| c == '-') {
        let transform = match token.text {
            "" => return Err(token.error(Kind::Empty)),
            "default" => return Err(token.error(Kind::Default)),
            word => read(word).ok_or(token.error(Kind::Unknown))?,
        };
        draft.list.push((transform, token));
    }
    let derive = protocol == SecurityProtocol::IKE && !draft.has(TransformType::PRF);
    if derive {
        let derived: Vec<_> =
            draft.of(TransformType::INTEG).filter_map(|(t, token)| prf_of(Integ(t.id.0)).map(|prf| (Transform::prf(prf), token))).collect();
        if all_aead(&draft.transforms()) {
            draft.list.retain(|(t, _)| t.ty != TransformType::INTEG);
        }
        draft.list.extend(derived);
    }
    match protocol {
        SecurityProtocol::IKE => {
            if let Some((_, token)) = draft.of(TransformType::SN).next() {
                return Err(token.error(Kind::Misplaced));
            }
            draft.list.retain(|(t, _)| t.ty != TransformType::KE || !t.is_none());
        }
        SecurityProtocol::AH => {
            for (transform, _) in &mut draft.list {
                if let Some(gmac) = gmac(*transform) {
                    *transform = gmac;
                }
            }
            draft.list.retain(|(t, _)| t.ty != TransformType::ENCR && t.ty != TransformType::PRF);
        }
        _ => draft.list.retain(|(t, _)| t.ty != TransformType::PRF),
    }
    draft.check(protocol, whole)?;
    if protocol != SecurityProtocol::IKE && !draft.has(TransformType::SN) {
        draft.list.push((Transform::sn(SequenceNumbers::SEQUENTIAL_32), whole));
    }
    Ok(Proposal::new(protocol, draft.transforms()))
}

/// AES-GMAC is named as a cipher; in AH it is an integrity algorithm.
fn gmac(transform: Transform) -> Option<Transform> {
    if transform.ty != TransformType::ENCR || Encr(transform.id.0) != Encr::ENCR_NULL_AUTH_AES_GMAC {
        return None;
    }
    Some(Transform::integ(match transform.key_bits {
        Some(128) => Integ::AUTH_AES_128_GMAC,
        Some(192) => Integ::AUTH_AES_192_GMAC,
        Some(256) => Integ::AUTH_AES_256_GMAC,
        _ => return None,
    }))
}

fn read(word: &str) -> Option<Transform> {
    if let Some(Word(_, transform)) = WORDS.iter().find(|Word(name, _)| *name == word) {
        return Some(*transform);
    }
    if let Some((place, method)) = word.strip_prefix("ke").and_then(|rest| rest.split_once('_')) {
        let place = place.parse::<u8>().ok().filter(|n| (1..=7).contains(n))?;
        let method = read(method).filter(|t| t.ty == TransformType::KE)?;
        let ty = TransformType(TransformType::ADDKE1.0.checked_add(place)?.checked_sub(1)?);
        return Some(Transform { ty, ..method });
    }
    let (family, rest) = ["aes", "camellia"].iter().find_map(|f| word.strip_prefix(f).map(|rest| (*f, rest)))?;
    let (bits, rest) = [128_u16, 192, 256].iter().find_map(|n| {
        let digits = rest.get(..3).filter(|d| d.parse() == Ok(*n))?;
        rest.strip_prefix(digits).map(|rest| (*n, rest))
    })?;
    let (mode, icv) = ["gcm", "ccm"].iter().find_map(|m| rest.strip_prefix(m).map(|icv| (*m, icv)))?;
    let (_, gcm, ccm, camellia) = ICV.iter().find(|(name, ..)| *name == icv)?;
    let id = match (family, mode) {
        ("aes", "gcm") => gcm,
        ("aes", _) => ccm,
        (_, "ccm") => camellia,
        _ => return None,
    };
    Some(Transform::encr_bits(*id, bits))
}

/// Writes proposals of any one protocol; what strongSwan would supply by itself is left out.
///
/// # Errors
/// [`Unwritable`] with the transform strongSwan has no word for.
pub fn write(proposals: &[Proposal]) -> Result<String, Unwritable> {
    let mut text = String::new();
    for (place, proposal) in proposals.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        let transforms = &proposal.transforms;
        let own = |ty| proposal.of_type(ty).map(|t| t.id).collect::<Vec<_>>();
        let derived: Vec<TransformId> =
            proposal.of_type(TransformType::INTEG).filter_map(|t| prf_of(Integ(t.id.0))).map(TransformId::from).collect();
        let derived_prf = !all_aead(transforms) && own(TransformType::PRF) == derived;
        let default_sn = own(TransformType::SN) == [TransformId(0)];
        let mut words = 0_usize;
        for ty in [1, 3, 2, 4, 6, 7, 8, 9, 10, 11, 12, 5].map(TransformType) {
            if ty == TransformType::PRF && derived_prf || ty == TransformType::SN && default_sn {
                continue;
            }
            for transform in proposal.of_type(ty) {
                if ty == TransformType::INTEG && transform.is_none() {
                    continue;
                }
                if words > 0 {
                    text.push('-');
                }
                words = words.saturating_add(1);
                word(transform, &mut text).ok_or(Unwritable { proposal: place, transform })?;
            }
        }
        if let Some(transform) = transforms.iter().find(|t| !matches!(t.ty.0, 1..=12)) {
            return Err(Unwritable { proposal: place, transform: *transform });
        }
    }
    Ok(text)
}

fn word(transform: Transform, text: &mut String) -> Option<()> {
    let mut wanted = transform;
    if matches!(transform.ty.0, 6..=12) {
        let place = transform.ty.0.checked_sub(TransformType::ADDKE1.0)?;
        text.push_str("ke");
        text.push(char::from(b'1'.checked_add(place)?));
        text.push('_');
        wanted.ty = TransformType::KE;
    }
    if transform.ty == TransformType::INTEG {
        let gmac = match Integ(transform.id.0) {
            Integ::AUTH_AES_128_GMAC => Some("aes128gmac"),
            Integ::AUTH_AES_192_GMAC => Some("aes192gmac"),
            Integ::AUTH_AES_256_GMAC => Some("aes256gmac"),
            _ => None,
        };
        if let Some(name) = gmac {
            text.push_str(name);
            return Some(());
        }
    }
    if let Some(Word(name, _)) = WORDS.iter().find(|Word(_, t)| *t == wanted) {
        text.push_str(name);
        return Some(());
    }
    let id = Encr(transform.id.0);
    let bits = match transform.key_bits? {
        128 => "128",
        192 => "192",
        256 => "256",
        _ => return None,
    };
    let (icv, gcm, ccm, _) = ICV.iter().find(|(_, gcm, ccm, camellia)| id == *gcm || id == *ccm || id == *camellia)?;
    text.push_str(if id == *gcm || id == *ccm { "aes" } else { "camellia" });
    text.push_str(bits);
    text.push_str(if id == *gcm { "gcm" } else { "ccm" });
    text.push_str(icv);
    Some(())
}
