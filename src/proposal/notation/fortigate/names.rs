//! The words of `set proposal`, and the names in the debug output.

use crate::proposal::notation::names::Names;
use crate::registry::{Encr, Integ, KeMethod, Prf, TransformType};
use crate::transform::Transform;

/// What a word of `set proposal` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Suite {
    /// `None`: in IKEv1 alone, IKEv2 has no number for the cipher.
    pub(super) encr: Option<Transform>,
    /// `None`: without.
    pub(super) integ: Option<Integ>,
    /// `None`: that of the integrity algorithm.
    pub(super) prf: Option<Prf>,
    /// The phase that alone has the word.
    pub(super) only: Option<Phase>,
}

/// The two of `config vpn ipsec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    One,
    Two,
}

const AES_128: Option<Transform> = Some(Transform::encr_bits(Encr::ENCR_AES_CBC, 128));
const AES_192: Option<Transform> = Some(Transform::encr_bits(Encr::ENCR_AES_CBC, 192));
const AES_256: Option<Transform> = Some(Transform::encr_bits(Encr::ENCR_AES_CBC, 256));
const GCM_128: Option<Transform> = Some(Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128));
const GCM_256: Option<Transform> = Some(Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256));
const CHACHA: Option<Transform> = Some(Transform::encr(Encr::ENCR_CHACHA20_POLY1305));
const TRIPLE: Option<Transform> = Some(Transform::encr(Encr::ENCR_3DES));
const DES: Option<Transform> = Some(Transform::encr(Encr::ENCR_DES));
const NULL: Option<Transform> = Some(Transform::encr(Encr::ENCR_NULL));

const fn both(encr: Option<Transform>, integ: Integ) -> Suite {
    Suite { encr, integ: Some(integ), prf: None, only: None }
}

const fn one(encr: Option<Transform>, prf: Prf) -> Suite {
    Suite { encr, integ: None, prf: Some(prf), only: Some(Phase::One) }
}

const fn two(encr: Option<Transform>, integ: Option<Integ>) -> Suite {
    Suite { encr, integ, prf: None, only: Some(Phase::Two) }
}

macro_rules! words {
    (cipher $($cipher:literal $encr:expr;)+ aead $($aead:literal $own:expr;)+) => {
        &[
            $(
                (concat!($cipher, "-sha256"), both($encr, Integ::AUTH_HMAC_SHA2_256_128)),
                (concat!($cipher, "-sha1"), both($encr, Integ::AUTH_HMAC_SHA1_96)),
                (concat!($cipher, "-sha384"), both($encr, Integ::AUTH_HMAC_SHA2_384_192)),
                (concat!($cipher, "-sha512"), both($encr, Integ::AUTH_HMAC_SHA2_512_256)),
                (concat!($cipher, "-md5"), both($encr, Integ::AUTH_HMAC_MD5_96)),
                (concat!($cipher, "-null"), two($encr, None)),
            )+
            $(
                ($aead, two($own, None)),
                (concat!($aead, "-prfsha256"), one($own, Prf::PRF_HMAC_SHA2_256)),
                (concat!($aead, "-prfsha384"), one($own, Prf::PRF_HMAC_SHA2_384)),
                (concat!($aead, "-prfsha512"), one($own, Prf::PRF_HMAC_SHA2_512)),
                (concat!($aead, "-prfsha1"), one($own, Prf::PRF_HMAC_SHA1)),
            )+
            ("null-sha256", two(NULL, Some(Integ::AUTH_HMAC_SHA2_256_128))),
            ("null-sha1", two(NULL, Some(Integ::AUTH_HMAC_SHA1_96))),
            ("null-sha384", two(NULL, Some(Integ::AUTH_HMAC_SHA2_384_192))),
            ("null-sha512", two(NULL, Some(Integ::AUTH_HMAC_SHA2_512_256))),
            ("null-md5", two(NULL, Some(Integ::AUTH_HMAC_MD5_96))),
        ]
    };
}

/// The words of `set proposal`, of both phases.
pub(super) const PROPOSALS: Names<Suite> = Names {
    expected: "a proposal of FortiOS, as aes256-sha256, or aes256gcm-prfsha384 in phase 1 and aes256gcm in phase 2",
    rows: words! {
        cipher
        "aes128" AES_128;
        "aes192" AES_192;
        "aes256" AES_256;
        "3des" TRIPLE;
        "des" DES;
        "aria128" None;
        "aria192" None;
        "aria256" None;
        "seed" None;
        aead
        "aes128gcm" GCM_128;
        "aes256gcm" GCM_256;
        "chacha20poly1305" CHACHA;
    },
};

/// Of `set dhgrp`.
pub(super) const GROUPS: &[u16] = &[1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 27, 28, 29, 30, 31, 32];

/// The transform types of the debug output.
pub(super) const TYPES: Names<TransformType> = Names {
    expected: "a transform type of the debug output, as ENCR",
    rows: &[
        ("ENCR", TransformType::ENCR),
        ("INTEGR", TransformType::INTEG),
        ("PRF", TransformType::PRF),
        ("DH_GROUP", TransformType::KE),
        ("ESN", TransformType::SN),
    ],
};

pub(super) const DEBUG_ENCR: &[(&str, Encr)] = &[
    ("AES_CBC", Encr::ENCR_AES_CBC),
    ("AES_GCM_16", Encr::ENCR_AES_GCM_16),
    ("AES_GCM_12", Encr::ENCR_AES_GCM_12),
    ("AES_GCM_8", Encr::ENCR_AES_GCM_8),
    ("AES_GCM", Encr::ENCR_AES_GCM_16),
    ("AES_CTR", Encr::ENCR_AES_CTR),
    ("AES_CCM_16", Encr::ENCR_AES_CCM_16),
    ("AES_CCM_12", Encr::ENCR_AES_CCM_12),
    ("AES_CCM_8", Encr::ENCR_AES_CCM_8),
    ("CHACHA20_POLY1305", Encr::ENCR_CHACHA20_POLY1305),
    ("3DES_CBC", Encr::ENCR_3DES),
    ("3DES", Encr::ENCR_3DES),
    ("DES_CBC", Encr::ENCR_DES),
    ("DES", Encr::ENCR_DES),
    ("CAMELLIA_CBC", Encr::ENCR_CAMELLIA_CBC),
    ("BLOWFISH_CBC", Encr::ENCR_BLOWFISH),
    ("CAST_CBC", Encr::ENCR_CAST),
    ("NULL", Encr::ENCR_NULL),
];

/// Without `AUTH_HMAC_` or `AUTH_` in front.
pub(super) const DEBUG_INTEG: &[(&str, Integ)] = &[
    ("MD5_96", Integ::AUTH_HMAC_MD5_96),
    ("MD5", Integ::AUTH_HMAC_MD5_96),
    ("SHA_96", Integ::AUTH_HMAC_SHA1_96),
    ("SHA1_96", Integ::AUTH_HMAC_SHA1_96),
    ("SHA1", Integ::AUTH_HMAC_SHA1_96),
    ("SHA", Integ::AUTH_HMAC_SHA1_96),
    ("SHA2_256_128", Integ::AUTH_HMAC_SHA2_256_128),
    ("SHA2_256", Integ::AUTH_HMAC_SHA2_256_128),
    ("SHA256", Integ::AUTH_HMAC_SHA2_256_128),
    ("SHA2_384_192", Integ::AUTH_HMAC_SHA2_384_192),
    ("SHA2_384", Integ::AUTH_HMAC_SHA2_384_192),
    ("SHA384", Integ::AUTH_HMAC_SHA2_384_192),
    ("SHA2_512_256", Integ::AUTH_HMAC_SHA2_512_256),
    ("SHA2_512", Integ::AUTH_HMAC_SHA2_512_256),
    ("SHA512", Integ::AUTH_HMAC_SHA2_512_256),
    ("AES_XCBC_96", Integ::AUTH_AES_XCBC_96),
    ("AES_CMAC_96", Integ::AUTH_AES_CMAC_96),
    ("NULL", Integ::NONE),
    ("NONE", Integ::NONE),
];

/// Without `PRF_` in front.
pub(super) const DEBUG_PRF: &[(&str, Prf)] = &[
    ("HMAC_MD5", Prf::PRF_HMAC_MD5),
    ("HMAC_SHA", Prf::PRF_HMAC_SHA1),
    ("HMAC_SHA1", Prf::PRF_HMAC_SHA1),
    ("HMAC_SHA2_256", Prf::PRF_HMAC_SHA2_256),
    ("HMAC_SHA2_384", Prf::PRF_HMAC_SHA2_384),
    ("HMAC_SHA2_512", Prf::PRF_HMAC_SHA2_512),
    ("AES128_XCBC", Prf::PRF_AES128_XCBC),
    ("AES128_CMAC", Prf::PRF_AES128_CMAC),
];

pub(super) const DEBUG_GROUP: &[(&str, KeMethod)] = &[
    ("MODP768", KeMethod::MODP_768),
    ("MODP1024", KeMethod::MODP_1024),
    ("MODP1536", KeMethod::MODP_1536),
    ("MODP2048", KeMethod::MODP_2048),
    ("MODP3072", KeMethod::MODP_3072),
    ("MODP4096", KeMethod::MODP_4096),
    ("MODP6144", KeMethod::MODP_6144),
    ("MODP8192", KeMethod::MODP_8192),
    ("ECP256", KeMethod::ECP_256),
    ("ECP384", KeMethod::ECP_384),
    ("ECP521", KeMethod::ECP_521),
    ("MODP1024_160", KeMethod::MODP_1024_160),
    ("MODP2048_224", KeMethod::MODP_2048_224),
    ("MODP2048_256", KeMethod::MODP_2048_256),
    ("ECP192", KeMethod::ECP_192),
    ("ECP224", KeMethod::ECP_224),
    ("ECP224BP", KeMethod::BRAINPOOL_P224R1),
    ("ECP256BP", KeMethod::BRAINPOOL_P256R1),
    ("ECP384BP", KeMethod::BRAINPOOL_P384R1),
    ("ECP512BP", KeMethod::BRAINPOOL_P512R1),
    ("CURVE25519", KeMethod::CURVE25519),
    ("CURVE448", KeMethod::CURVE448),
    ("NONE", KeMethod::NONE),
];

/// Of the word tables here: names that differ in case are the same.
pub(super) fn find<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}
