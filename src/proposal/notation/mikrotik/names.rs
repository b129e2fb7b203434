//! The names of RouterOS.

use crate::proposal::notation::names::Names;
use crate::registry::{Encr, Integ, KeMethod, Prf};
use crate::transform::Transform;

/// `enc-algorithm` of a profile.
pub(super) const IKE_ENCRYPTION: Names<Transform> = Names {
    expected: "an encryption algorithm of a RouterOS profile, as aes-256",
    rows: &[
        ("aes-128", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("aes-192", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
        ("aes-256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("3des", Transform::encr(Encr::ENCR_3DES)),
        ("des", Transform::encr(Encr::ENCR_DES)),
        ("blowfish", Transform::encr_bits(Encr::ENCR_BLOWFISH, 128)),
        ("camellia-128", Transform::encr_bits(Encr::ENCR_CAMELLIA_CBC, 128)),
        ("camellia-192", Transform::encr_bits(Encr::ENCR_CAMELLIA_CBC, 192)),
        ("camellia-256", Transform::encr_bits(Encr::ENCR_CAMELLIA_CBC, 256)),
    ],
};

/// `hash-algorithm` of a profile, `auth-algorithms` of a proposal.
pub(super) const HASHES: Names<Integ> = Names {
    expected: "a hash algorithm of RouterOS, as sha256",
    rows: &[
        ("md5", Integ::AUTH_HMAC_MD5_96),
        ("sha1", Integ::AUTH_HMAC_SHA1_96),
        ("sha256", Integ::AUTH_HMAC_SHA2_256_128),
        ("sha384", Integ::AUTH_HMAC_SHA2_384_192),
        ("sha512", Integ::AUTH_HMAC_SHA2_512_256),
        ("null", Integ::NONE),
    ],
};

/// `prf-algorithm` of a profile; `None`: that of the hash algorithm.
pub(super) const PRFS: Names<Option<Prf>> = Names {
    expected: "a PRF of RouterOS, as auto or sha256",
    rows: &[
        ("auto", None),
        ("md5", Some(Prf::PRF_HMAC_MD5)),
        ("sha1", Some(Prf::PRF_HMAC_SHA1)),
        ("sha256", Some(Prf::PRF_HMAC_SHA2_256)),
        ("sha384", Some(Prf::PRF_HMAC_SHA2_384)),
        ("sha512", Some(Prf::PRF_HMAC_SHA2_512)),
    ],
};

/// `enc-algorithms` of a proposal; `None`: IKEv2 has no number for it.
pub(super) const ESP_ENCRYPTION: Names<Option<Transform>> = Names {
    expected: "an encryption algorithm of a RouterOS proposal, as aes-256-cbc or aes-256-gcm",
    rows: &[
        ("aes-128-cbc", Some(Transform::encr_bits(Encr::ENCR_AES_CBC, 128))),
        ("aes-192-cbc", Some(Transform::encr_bits(Encr::ENCR_AES_CBC, 192))),
        ("aes-256-cbc", Some(Transform::encr_bits(Encr::ENCR_AES_CBC, 256))),
        ("aes-128-ctr", Some(Transform::encr_bits(Encr::ENCR_AES_CTR, 128))),
        ("aes-192-ctr", Some(Transform::encr_bits(Encr::ENCR_AES_CTR, 192))),
        ("aes-256-ctr", Some(Transform::encr_bits(Encr::ENCR_AES_CTR, 256))),
        ("aes-128-gcm", Some(Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128))),
        ("aes-192-gcm", Some(Transform::encr_bits(Encr::ENCR_AES_GCM_16, 192))),
        ("aes-256-gcm", Some(Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256))),
        ("chacha20poly1305", Some(Transform::encr(Encr::ENCR_CHACHA20_POLY1305))),
        ("camellia-128", Some(Transform::encr_bits(Encr::ENCR_CAMELLIA_CBC, 128))),
        ("camellia-192", Some(Transform::encr_bits(Encr::ENCR_CAMELLIA_CBC, 192))),
        ("camellia-256", Some(Transform::encr_bits(Encr::ENCR_CAMELLIA_CBC, 256))),
        ("3des", Some(Transform::encr(Encr::ENCR_3DES))),
        ("des", Some(Transform::encr(Encr::ENCR_DES))),
        ("blowfish", Some(Transform::encr_bits(Encr::ENCR_BLOWFISH, 128))),
        ("twofish", None),
        ("null", Some(Transform::encr(Encr::ENCR_NULL))),
    ],
};

/// `dh-group` of a profile, `pfs-group` of a proposal; `None`: IKEv2 has no number for it.
pub(super) const GROUPS: Names<Option<KeMethod>> = Names {
    expected: "a group of RouterOS, as modp2048 or ecp256",
    rows: &[
        ("modp768", Some(KeMethod::MODP_768)),
        ("modp1024", Some(KeMethod::MODP_1024)),
        ("modp1536", Some(KeMethod::MODP_1536)),
        ("modp2048", Some(KeMethod::MODP_2048)),
        ("modp3072", Some(KeMethod::MODP_3072)),
        ("modp4096", Some(KeMethod::MODP_4096)),
        ("modp6144", Some(KeMethod::MODP_6144)),
        ("modp8192", Some(KeMethod::MODP_8192)),
        ("ecp256", Some(KeMethod::ECP_256)),
        ("ecp384", Some(KeMethod::ECP_384)),
        ("ecp521", Some(KeMethod::ECP_521)),
        ("x25519", Some(KeMethod::CURVE25519)),
        ("curve25519", Some(KeMethod::CURVE25519)),
        ("ec2n155", None),
        ("ec2n185", None),
    ],
};
