//! The names of iked.conf(5) for algorithms: the tables of iked/parse.y.

use crate::proposal::notation::nearest::nearest;
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{NotationError, NotationErrorKind};
use crate::registry::{Encr, Integ, KeMethod, Prf};
use crate::transform::Transform;

/// The private number of the hybrid method that iked has (iked/ikev2.h).
const SNTRUP761X25519: KeMethod = KeMethod(1035);

pub(super) struct Table {
    pub(super) expected: &'static str,
    rows: &'static [(&'static str, Transform)],
}

impl Table {
    /// What a name stands for, and the whole name: the first that begins so.
    pub(super) fn read(&self, word: Word<'_>) -> Result<(Transform, &'static str), NotationError> {
        let found = self.rows.iter().find(|(name, _)| !word.text.is_empty() && name.starts_with(word.text));
        found.map(|(name, transform)| (*transform, *name)).ok_or_else(|| {
            let meant = nearest(word.text, self.rows.iter().map(|(name, _)| *name));
            word.error(NotationErrorKind::Name { expected: self.expected, meant })
        })
    }

    pub(super) fn name(&self, transform: Transform) -> Option<&'static str> {
        self.rows.iter().find(|(_, known)| *known == transform).map(|(name, _)| *name)
    }
}

pub(super) const IKE_ENC: Table = Table {
    expected: "an encryption algorithm of iked for IKE, as aes-256 or aes-256-gcm",
    rows: &[
        ("3des", Transform::encr(Encr::ENCR_3DES)),
        ("3des-cbc", Transform::encr(Encr::ENCR_3DES)),
        ("aes-128", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("aes-192", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
        ("aes-256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("aes-128-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("aes-256-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("aes-128-gcm-12", Transform::encr_bits(Encr::ENCR_AES_GCM_12, 128)),
        ("aes-256-gcm-12", Transform::encr_bits(Encr::ENCR_AES_GCM_12, 256)),
    ],
};

pub(super) const CHILD_ENC: Table = Table {
    expected: "an encryption algorithm of iked for Child SAs, as aes-256 or aes-256-gcm",
    rows: &[
        ("3des", Transform::encr(Encr::ENCR_3DES)),
        ("3des-cbc", Transform::encr(Encr::ENCR_3DES)),
        ("aes-128", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("aes-192", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
        ("aes-256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("aes-128-ctr", Transform::encr_bits(Encr::ENCR_AES_CTR, 128)),
        ("aes-192-ctr", Transform::encr_bits(Encr::ENCR_AES_CTR, 192)),
        ("aes-256-ctr", Transform::encr_bits(Encr::ENCR_AES_CTR, 256)),
        ("aes-128-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("aes-192-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 192)),
        ("aes-256-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("aes-128-gmac", Transform::encr_bits(Encr::ENCR_NULL_AUTH_AES_GMAC, 128)),
        ("aes-192-gmac", Transform::encr_bits(Encr::ENCR_NULL_AUTH_AES_GMAC, 192)),
        ("aes-256-gmac", Transform::encr_bits(Encr::ENCR_NULL_AUTH_AES_GMAC, 256)),
        ("blowfish", Transform::encr_bits(Encr::ENCR_BLOWFISH, 160)),
        ("cast", Transform::encr_bits(Encr::ENCR_CAST, 128)),
        ("chacha20-poly1305", Transform::encr(Encr::ENCR_CHACHA20_POLY1305)),
        ("null", Transform::encr(Encr::ENCR_NULL)),
    ],
};

pub(super) const AUTH: Table = Table {
    expected: "an integrity algorithm of iked, as hmac-sha2-256",
    rows: &[
        ("hmac-md5", Transform::integ(Integ::AUTH_HMAC_MD5_96)),
        ("hmac-sha1", Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
        ("hmac-sha2-256", Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
        ("hmac-sha2-384", Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
        ("hmac-sha2-512", Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
    ],
};

pub(super) const PRF: Table = Table {
    expected: "a PRF of iked, as hmac-sha2-256",
    rows: &[
        ("hmac-md5", Transform::prf(Prf::PRF_HMAC_MD5)),
        ("hmac-sha1", Transform::prf(Prf::PRF_HMAC_SHA1)),
        ("hmac-sha2-256", Transform::prf(Prf::PRF_HMAC_SHA2_256)),
        ("hmac-sha2-384", Transform::prf(Prf::PRF_HMAC_SHA2_384)),
        ("hmac-sha2-512", Transform::prf(Prf::PRF_HMAC_SHA2_512)),
    ],
};

pub(super) const GROUP: Table = Table {
    expected: "a group of iked, as ecp256, modp2048 or curve25519",
    rows: &[
        ("none", Transform::ke(KeMethod::NONE)),
        ("modp768", Transform::ke(KeMethod::MODP_768)),
        ("grp1", Transform::ke(KeMethod::MODP_768)),
        ("modp1024", Transform::ke(KeMethod::MODP_1024)),
        ("grp2", Transform::ke(KeMethod::MODP_1024)),
        ("modp1536", Transform::ke(KeMethod::MODP_1536)),
        ("grp5", Transform::ke(KeMethod::MODP_1536)),
        ("modp2048", Transform::ke(KeMethod::MODP_2048)),
        ("grp14", Transform::ke(KeMethod::MODP_2048)),
        ("modp3072", Transform::ke(KeMethod::MODP_3072)),
        ("grp15", Transform::ke(KeMethod::MODP_3072)),
        ("modp4096", Transform::ke(KeMethod::MODP_4096)),
        ("grp16", Transform::ke(KeMethod::MODP_4096)),
        ("modp6144", Transform::ke(KeMethod::MODP_6144)),
        ("grp17", Transform::ke(KeMethod::MODP_6144)),
        ("modp8192", Transform::ke(KeMethod::MODP_8192)),
        ("grp18", Transform::ke(KeMethod::MODP_8192)),
        ("ecp256", Transform::ke(KeMethod::ECP_256)),
        ("grp19", Transform::ke(KeMethod::ECP_256)),
        ("ecp384", Transform::ke(KeMethod::ECP_384)),
        ("grp20", Transform::ke(KeMethod::ECP_384)),
        ("ecp521", Transform::ke(KeMethod::ECP_521)),
        ("grp21", Transform::ke(KeMethod::ECP_521)),
        ("ecp192", Transform::ke(KeMethod::ECP_192)),
        ("grp25", Transform::ke(KeMethod::ECP_192)),
        ("ecp224", Transform::ke(KeMethod::ECP_224)),
        ("grp26", Transform::ke(KeMethod::ECP_224)),
        ("brainpool224", Transform::ke(KeMethod::BRAINPOOL_P224R1)),
        ("grp27", Transform::ke(KeMethod::BRAINPOOL_P224R1)),
        ("brainpool256", Transform::ke(KeMethod::BRAINPOOL_P256R1)),
        ("grp28", Transform::ke(KeMethod::BRAINPOOL_P256R1)),
        ("brainpool384", Transform::ke(KeMethod::BRAINPOOL_P384R1)),
        ("grp29", Transform::ke(KeMethod::BRAINPOOL_P384R1)),
        ("brainpool512", Transform::ke(KeMethod::BRAINPOOL_P512R1)),
        ("grp30", Transform::ke(KeMethod::BRAINPOOL_P512R1)),
        ("curve25519", Transform::ke(KeMethod::CURVE25519)),
        ("grp31", Transform::ke(KeMethod::CURVE25519)),
        ("sntrup761x25519", Transform::ke(SNTRUP761X25519)),
    ],
};

/// Words that stand behind `ikev2` in a policy.
pub(super) const FLAGS: &[&str] = &[
    "passive",
    "active",
    "quick",
    "skip",
    "default",
    "esp",
    "ah",
    "ipcomp",
    "tunnel",
    "transport",
    "natt",
    "inet",
    "inet6",
    "proto",
    "from",
    "to",
    "rdomain",
];
