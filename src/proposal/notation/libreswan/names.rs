//! The names libreswan has for algorithms (lib/libswan/ike_alg*.c), those of algorithms that current builds lack among them.
//!
//! libreswan keeps the names of what it has given up (DES, CAST, Blowfish, groups 1, 2 and 22 to 24) and says of them `not
//! supported`, where it says of others `not recognized`. Both kinds are told apart here too: the first are read.

use crate::proposal::notation::names::{Names, nearest};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Expected, NotationError, NotationErrorKind};
use crate::registry::private::encr;
use crate::registry::{Encr, Integ, KeMethod, Prf, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;

pub(super) struct Cipher {
    /// The first is the one written.
    names: &'static [&'static str],
    pub(super) id: Encr,
    /// Whether its transform carries a Key Length attribute.
    pub(super) sized: bool,
    pub(super) ike: bool,
}

const fn aes(names: &'static [&'static str], id: Encr, ike: bool) -> Cipher {
    Cipher { names, id, sized: true, ike }
}

const fn fixed(names: &'static [&'static str], id: Encr, ike: bool) -> Cipher {
    Cipher { names, id, sized: false, ike }
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
    aes(&["serpent", "serpent_cbc"], encr::STRONGSWAN_SERPENT_CBC, true),
    aes(&["twofish", "twofish_cbc"], encr::STRONGSWAN_TWOFISH_CBC, true),
    aes(&["cast", "cast_cbc"], Encr::ENCR_CAST, true),
    aes(&["blowfish", "blowfish_cbc"], Encr::ENCR_BLOWFISH, true),
    fixed(&["3des", "3des_cbc"], Encr::ENCR_3DES, true),
    fixed(&["des", "des_cbc"], Encr::ENCR_DES, true),
    fixed(&["idea", "idea_cbc"], Encr::ENCR_IDEA, true),
    fixed(&["chacha20_poly1305", "chacha20poly1305"], Encr::ENCR_CHACHA20_POLY1305, true),
    fixed(&["null"], Encr::ENCR_NULL, false),
];

/// What a misspelt cipher is compared with.
const CIPHER_WORDS: &[&str] = &[
    "aes",
    "aes128",
    "aes192",
    "aes256",
    "aes_gcm",
    "aes_gcm128",
    "aes_gcm192",
    "aes_gcm256",
    "aes_ccm",
    "aes_ccm128",
    "aes_ccm256",
    "aes_ctr",
    "aes_ctr128",
    "aes_ctr256",
    "aes_gcm_16_256",
    "aes_gcm_16_128",
    "aes_cbc_256",
    "aes_cbc_128",
    "aes_gmac",
    "3des",
    "null",
    "chacha20_poly1305",
    "camellia",
    "camellia128",
    "camellia256",
];

const CIPHER: &str = "an encryption algorithm of libreswan, as aes256 or aes_gcm256";
const PRF_OR_INTEG: &str = "a PRF or an integrity algorithm of libreswan, as sha2_256";

pub(super) const INTEGS: Names<Transform> = Names {
    expected: "an integrity algorithm of libreswan, as sha2_256",
    rows: &[
        ("sha2_256", Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
        ("sha2", Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
        ("sha256", Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
        ("sha2_256_128", Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
        ("hmac_sha2_256", Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
        ("hmac_sha2_256_128", Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
        ("sha2_384", Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
        ("sha384", Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
        ("sha2_384_192", Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
        ("hmac_sha2_384", Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
        ("hmac_sha2_384_192", Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
        ("sha2_512", Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
        ("sha512", Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
        ("sha2_512_256", Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
        ("hmac_sha2_512", Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
        ("hmac_sha2_512_256", Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
        ("sha1", Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
        ("sha", Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
        ("sha1_96", Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
        ("hmac_sha1", Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
        ("hmac_sha1_96", Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
        ("md5", Transform::integ(Integ::AUTH_HMAC_MD5_96)),
        ("hmac_md5", Transform::integ(Integ::AUTH_HMAC_MD5_96)),
        ("hmac_md5_96", Transform::integ(Integ::AUTH_HMAC_MD5_96)),
        ("aes_xcbc", Transform::integ(Integ::AUTH_AES_XCBC_96)),
        ("aes128_xcbc", Transform::integ(Integ::AUTH_AES_XCBC_96)),
        ("aes128_xcbc_96", Transform::integ(Integ::AUTH_AES_XCBC_96)),
        ("aes_xcbc_96", Transform::integ(Integ::AUTH_AES_XCBC_96)),
        ("aes_cmac", Transform::integ(Integ::AUTH_AES_CMAC_96)),
        ("aes_cmac_96", Transform::integ(Integ::AUTH_AES_CMAC_96)),
        ("none", Transform::integ(Integ::NONE)),
        ("null", Transform::integ(Integ::NONE)),
    ],
};

pub(super) const PRFS: Names<Transform> = Names {
    expected: "a PRF of libreswan, as sha2_256",
    rows: &[
        ("sha2_256", Transform::prf(Prf::PRF_HMAC_SHA2_256)),
        ("sha2", Transform::prf(Prf::PRF_HMAC_SHA2_256)),
        ("sha256", Transform::prf(Prf::PRF_HMAC_SHA2_256)),
        ("hmac_sha2_256", Transform::prf(Prf::PRF_HMAC_SHA2_256)),
        ("sha2_384", Transform::prf(Prf::PRF_HMAC_SHA2_384)),
        ("sha384", Transform::prf(Prf::PRF_HMAC_SHA2_384)),
        ("hmac_sha2_384", Transform::prf(Prf::PRF_HMAC_SHA2_384)),
        ("sha2_512", Transform::prf(Prf::PRF_HMAC_SHA2_512)),
        ("sha512", Transform::prf(Prf::PRF_HMAC_SHA2_512)),
        ("hmac_sha2_512", Transform::prf(Prf::PRF_HMAC_SHA2_512)),
        ("sha1", Transform::prf(Prf::PRF_HMAC_SHA1)),
        ("sha", Transform::prf(Prf::PRF_HMAC_SHA1)),
        ("hmac_sha1", Transform::prf(Prf::PRF_HMAC_SHA1)),
        ("md5", Transform::prf(Prf::PRF_HMAC_MD5)),
        ("hmac_md5", Transform::prf(Prf::PRF_HMAC_MD5)),
        ("aes_xcbc", Transform::prf(Prf::PRF_AES128_XCBC)),
        ("aes128_xcbc", Transform::prf(Prf::PRF_AES128_XCBC)),
        ("aes128_cmac", Transform::prf(Prf::PRF_AES128_CMAC)),
    ],
};

pub(super) const METHODS: Names<Transform> = Names {
    expected: "a key exchange group of libreswan, as dh19 or modp2048",
    rows: &[
        ("none", Transform::ke(KeMethod::NONE)),
        ("null", Transform::ke(KeMethod::NONE)),
        ("dh0", Transform::ke(KeMethod::NONE)),
        ("modp768", Transform::ke(KeMethod::MODP_768)),
        ("dh2", Transform::ke(KeMethod::MODP_1024)),
        ("modp1024", Transform::ke(KeMethod::MODP_1024)),
        ("dh5", Transform::ke(KeMethod::MODP_1536)),
        ("modp1536", Transform::ke(KeMethod::MODP_1536)),
        ("dh14", Transform::ke(KeMethod::MODP_2048)),
        ("modp2048", Transform::ke(KeMethod::MODP_2048)),
        ("dh15", Transform::ke(KeMethod::MODP_3072)),
        ("modp3072", Transform::ke(KeMethod::MODP_3072)),
        ("dh16", Transform::ke(KeMethod::MODP_4096)),
        ("modp4096", Transform::ke(KeMethod::MODP_4096)),
        ("dh17", Transform::ke(KeMethod::MODP_6144)),
        ("modp6144", Transform::ke(KeMethod::MODP_6144)),
        ("dh18", Transform::ke(KeMethod::MODP_8192)),
        ("modp8192", Transform::ke(KeMethod::MODP_8192)),
        ("dh19", Transform::ke(KeMethod::ECP_256)),
        ("ecp_256", Transform::ke(KeMethod::ECP_256)),
        ("ecp256", Transform::ke(KeMethod::ECP_256)),
        ("dh20", Transform::ke(KeMethod::ECP_384)),
        ("ecp_384", Transform::ke(KeMethod::ECP_384)),
        ("ecp384", Transform::ke(KeMethod::ECP_384)),
        ("dh21", Transform::ke(KeMethod::ECP_521)),
        ("ecp_521", Transform::ke(KeMethod::ECP_521)),
        ("ecp521", Transform::ke(KeMethod::ECP_521)),
        ("dh22", Transform::ke(KeMethod::MODP_1024_160)),
        ("dh23", Transform::ke(KeMethod::MODP_2048_224)),
        ("dh24", Transform::ke(KeMethod::MODP_2048_256)),
        ("dh31", Transform::ke(KeMethod::CURVE25519)),
        ("curve25519", Transform::ke(KeMethod::CURVE25519)),
        ("ml_kem_512", Transform::ke(KeMethod::ML_KEM_512)),
        ("mlkem512", Transform::ke(KeMethod::ML_KEM_512)),
        ("ml_kem_768", Transform::ke(KeMethod::ML_KEM_768)),
        ("mlkem768", Transform::ke(KeMethod::ML_KEM_768)),
        ("ml_kem_1024", Transform::ke(KeMethod::ML_KEM_1024)),
        ("mlkem1024", Transform::ke(KeMethod::ML_KEM_1024)),
    ],
};

/// Values of `sn=` in the grammar of libreswan 5.3 and later.
const SIZES: Names<Transform> = Names {
    expected: "a sequence number size of libreswan, yes or no",
    rows: &[
        ("yes", Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64)),
        ("partial_64_bit_sequential", Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64)),
        ("no", Transform::sn(SequenceNumbers::SEQUENTIAL_32)),
        ("32_bit_sequential", Transform::sn(SequenceNumbers::SEQUENTIAL_32)),
    ],
};

pub(super) const ADDITIONAL: [(&str, TransformType); 7] = [
    ("addke1", TransformType::ADDKE1),
    ("addke2", TransformType::ADDKE2),
    ("addke3", TransformType::ADDKE3),
    ("addke4", TransformType::ADDKE4),
    ("addke5", TransformType::ADDKE5),
    ("addke6", TransformType::ADDKE6),
    ("addke7", TransformType::ADDKE7),
];

/// The transform type that stands in front of `=` in a proposal of libreswan 5.
pub(super) fn typed(key: &str) -> Option<TransformType> {
    let known = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(key));
    if known(&["prf"]) {
        return Some(TransformType::PRF);
    }
    if known(&["integ"]) {
        return Some(TransformType::INTEG);
    }
    if known(&["kem", "ke", "dh"]) {
        return Some(TransformType::KE);
    }
    if known(&["sn", "esn"]) {
        return Some(TransformType::SN);
    }
    ADDITIONAL.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, ty)| *ty)
}

/// The integrity algorithm that is built of a PRF.
pub(super) const fn integ_of(prf: Prf) -> Option<Integ> {
    Some(match prf {
        Prf::PRF_HMAC_SHA2_256 => Integ::AUTH_HMAC_SHA2_256_128,
        Prf::PRF_HMAC_SHA2_384 => Integ::AUTH_HMAC_SHA2_384_192,
        Prf::PRF_HMAC_SHA2_512 => Integ::AUTH_HMAC_SHA2_512_256,
        Prf::PRF_HMAC_SHA1 => Integ::AUTH_HMAC_SHA1_96,
        Prf::PRF_HMAC_MD5 => Integ::AUTH_HMAC_MD5_96,
        Prf::PRF_AES128_XCBC => Integ::AUTH_AES_XCBC_96,
        Prf::PRF_AES128_CMAC => Integ::AUTH_AES_CMAC_96,
        _ => return None,
    })
}

const fn table(ty: TransformType) -> &'static Names<Transform> {
    match ty {
        TransformType::INTEG => &INTEGS,
        TransformType::PRF => &PRFS,
        TransformType::SN => &SIZES,
        _ => &METHODS,
    }
}

pub(super) fn algorithm(ty: TransformType, text: &str) -> Option<Transform> {
    table(ty).find(text).map(|known| Transform { ty, ..known })
}

/// That a word is no algorithm of the type.
pub(super) fn unknown(word: Word<'_>, ty: TransformType) -> NotationError {
    match ty {
        _ if word.text.is_empty() => word.error(NotationErrorKind::Empty(Expected::Algorithm(ty))),
        TransformType::ENCR => {
            word.error(NotationErrorKind::Name { expected: CIPHER, meant: nearest(word.text, CIPHER_WORDS.iter().copied()) })
        }
        _ => table(ty).unknown(word),
    }
}

/// That a word is neither a PRF nor an integrity algorithm.
pub(super) fn neither(word: Word<'_>) -> NotationError {
    if word.text.is_empty() {
        return word.error(NotationErrorKind::Empty(Expected::IntegOrPrf));
    }
    let meant = PRFS.meant(word.text).or_else(|| INTEGS.meant(word.text));
    word.error(NotationErrorKind::Name { expected: PRF_OR_INTEG, meant })
}

/// A cipher and the digits of its key length: `aes`, `aes256`, `aes_256`, `aes_gcm_16_256`.
pub(super) fn cipher(word: Word<'_>) -> Result<(&'static Cipher, Option<&str>), NotationError> {
    let named = |text: &str| CIPHERS.iter().find(|c| c.names.iter().any(|name| name.eq_ignore_ascii_case(text)));
    if let Some(cipher) = named(word.text) {
        return Ok((cipher, None));
    }
    let stem = word.text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = word.behind(stem.len()).text;
    match named(stem.strip_suffix('_').unwrap_or(stem)) {
        Some(cipher) if !digits.is_empty() => Ok((cipher, Some(digits))),
        _ => Err(unknown(word, TransformType::ENCR)),
    }
}

/// The name that is written for an integrity algorithm: beside a PRF, one that is that of no PRF.
pub(super) fn integ_name(transform: Transform, beside_prf: bool) -> Option<String> {
    let mut names = INTEGS.rows.iter().filter(|(_, known)| *known == transform).map(|(name, _)| *name);
    if beside_prf { names.next_back() } else { names.next() }.map(String::from)
}

pub(super) fn cipher_name(transform: Transform) -> Option<String> {
    let cipher = CIPHERS.iter().find(|cipher| cipher.id.0 == transform.id.0)?;
    let name = cipher.names.first()?;
    match (transform.key_bits, cipher.sized) {
        (None, false) => Some(String::from(*name)),
        (Some(bits @ (128 | 192 | 256)), true) => {
            let gap = if name.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
            Some(format!("{name}{gap}{bits}"))
        }
        _ => None,
    }
}
