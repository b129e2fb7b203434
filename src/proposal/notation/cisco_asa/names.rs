//! The names of the ASA command reference.

use crate::proposal::notation::names::Names;
use crate::registry::{Encr, Integ, Prf};
use crate::transform::Transform;

/// `encryption` below `crypto ikev2 policy`.
pub(super) const IKE_ENCRYPTION: Names<Transform> = Names {
    expected: "an encryption algorithm of an IKEv2 policy of the ASA, as aes-256 or aes-gcm-256",
    rows: &[
        ("aes", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("aes-192", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
        ("aes-256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("aes-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("aes-gcm-192", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 192)),
        ("aes-gcm-256", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("3des", Transform::encr(Encr::ENCR_3DES)),
        ("des", Transform::encr(Encr::ENCR_DES)),
        ("null", Transform::encr(Encr::ENCR_NULL)),
    ],
};

/// `integrity` below `crypto ikev2 policy`.
pub(super) const IKE_INTEGRITY: Names<Integ> = Names {
    expected: "an integrity algorithm of an IKEv2 policy of the ASA, as sha256",
    rows: &[
        ("md5", Integ::AUTH_HMAC_MD5_96),
        ("sha", Integ::AUTH_HMAC_SHA1_96),
        ("sha256", Integ::AUTH_HMAC_SHA2_256_128),
        ("sha384", Integ::AUTH_HMAC_SHA2_384_192),
        ("sha512", Integ::AUTH_HMAC_SHA2_512_256),
        ("null", Integ::NONE),
    ],
};

/// `prf` below `crypto ikev2 policy`.
pub(super) const IKE_PRF: Names<Prf> = Names {
    expected: "a PRF of an IKEv2 policy of the ASA, as sha256",
    rows: &[
        ("md5", Prf::PRF_HMAC_MD5),
        ("sha", Prf::PRF_HMAC_SHA1),
        ("sha256", Prf::PRF_HMAC_SHA2_256),
        ("sha384", Prf::PRF_HMAC_SHA2_384),
        ("sha512", Prf::PRF_HMAC_SHA2_512),
    ],
};

/// `protocol esp encryption` below `crypto ipsec ikev2 ipsec-proposal`.
pub(super) const ESP_ENCRYPTION: Names<Transform> = Names {
    expected: "an ESP encryption algorithm of the ASA, as aes-256 or aes-gcm-256",
    rows: &[
        ("aes", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("aes-192", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
        ("aes-256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("aes-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("aes-gcm-192", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 192)),
        ("aes-gcm-256", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("aes-gmac", Transform::encr_bits(Encr::ENCR_NULL_AUTH_AES_GMAC, 128)),
        ("aes-gmac-192", Transform::encr_bits(Encr::ENCR_NULL_AUTH_AES_GMAC, 192)),
        ("aes-gmac-256", Transform::encr_bits(Encr::ENCR_NULL_AUTH_AES_GMAC, 256)),
        ("3des", Transform::encr(Encr::ENCR_3DES)),
        ("des", Transform::encr(Encr::ENCR_DES)),
        ("null", Transform::encr(Encr::ENCR_NULL)),
    ],
};

/// `protocol esp integrity` below `crypto ipsec ikev2 ipsec-proposal`.
pub(super) const ESP_INTEGRITY: Names<Integ> = Names {
    expected: "an ESP integrity algorithm of the ASA, as sha-256",
    rows: &[
        ("md5", Integ::AUTH_HMAC_MD5_96),
        ("sha-1", Integ::AUTH_HMAC_SHA1_96),
        ("sha-256", Integ::AUTH_HMAC_SHA2_256_128),
        ("sha-384", Integ::AUTH_HMAC_SHA2_384_192),
        ("sha-512", Integ::AUTH_HMAC_SHA2_512_256),
        ("null", Integ::NONE),
    ],
};

/// The numbers of `group` and of `set pfs`.
pub(super) const GROUPS: &[u16] = &[1, 2, 5, 14, 15, 16, 19, 20, 21, 24, 31];
