//! The names of the Junos CLI reference, and its predefined sets of proposals.

use crate::proposal::notation::names::Names;
use crate::registry::{Encr, Integ, KeMethod};
use crate::transform::Transform;

/// `encryption-algorithm` of both kinds of proposals.
pub(super) const ENCRYPTION: Names<Transform> = Names {
    expected: "an encryption algorithm of Junos, as aes-256-cbc or aes-256-gcm",
    rows: &[
        ("aes-128-cbc", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("aes-192-cbc", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
        ("aes-256-cbc", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("aes-128-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("aes-192-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 192)),
        ("aes-256-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("chacha20-poly1305", Transform::encr(Encr::ENCR_CHACHA20_POLY1305)),
        ("3des-cbc", Transform::encr(Encr::ENCR_3DES)),
        ("des-cbc", Transform::encr(Encr::ENCR_DES)),
    ],
};

/// `authentication-algorithm` of an IKE proposal.
pub(super) const IKE_AUTHENTICATION: Names<Integ> = Names {
    expected: "an authentication algorithm of a Junos IKE proposal, as sha-256",
    rows: &[
        ("md5", Integ::AUTH_HMAC_MD5_96),
        ("sha1", Integ::AUTH_HMAC_SHA1_96),
        ("sha-256", Integ::AUTH_HMAC_SHA2_256_128),
        ("sha-384", Integ::AUTH_HMAC_SHA2_384_192),
        ("sha-512", Integ::AUTH_HMAC_SHA2_512_256),
    ],
};

/// `authentication-algorithm` of an IPsec proposal; `None`: IKEv2 has no number for it.
pub(super) const ESP_AUTHENTICATION: Names<Option<Integ>> = Names {
    expected: "an authentication algorithm of a Junos IPsec proposal, as hmac-sha-256-128",
    rows: &[
        ("hmac-md5-96", Some(Integ::AUTH_HMAC_MD5_96)),
        ("hmac-sha1-96", Some(Integ::AUTH_HMAC_SHA1_96)),
        ("hmac-sha-256-128", Some(Integ::AUTH_HMAC_SHA2_256_128)),
        ("hmac-sha-256", Some(Integ::AUTH_HMAC_SHA2_256_128)),
        ("hmac-sha-384", Some(Integ::AUTH_HMAC_SHA2_384_192)),
        ("hmac-sha-512", Some(Integ::AUTH_HMAC_SHA2_512_256)),
        ("hmac-sha-256-96", None),
    ],
};

/// Of `dh-group` and `perfect-forward-secrecy keys`.
pub(super) const GROUPS: &[u16] = &[1, 2, 5, 14, 15, 16, 19, 20, 21, 24];

/// A predefined proposal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Predefined {
    pub(super) encr: Transform,
    pub(super) integ: Option<Integ>,
    /// Of an IKE proposal the group, of an IPsec proposal that of PFS.
    pub(super) group: Option<KeMethod>,
}

const fn of(encr: Transform, integ: Option<Integ>, group: Option<KeMethod>) -> Predefined {
    Predefined { encr, integ, group }
}

const DES: Transform = Transform::encr(Encr::ENCR_DES);
const TRIPLE: Transform = Transform::encr(Encr::ENCR_3DES);
const CBC_128: Transform = Transform::encr_bits(Encr::ENCR_AES_CBC, 128);
const CBC_256: Transform = Transform::encr_bits(Encr::ENCR_AES_CBC, 256);
const GCM_128: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128);
const GCM_256: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256);
const MD5: Option<Integ> = Some(Integ::AUTH_HMAC_MD5_96);
const SHA1: Option<Integ> = Some(Integ::AUTH_HMAC_SHA1_96);
const SHA256: Option<Integ> = Some(Integ::AUTH_HMAC_SHA2_256_128);
const SHA384: Option<Integ> = Some(Integ::AUTH_HMAC_SHA2_384_192);
const G1: Option<KeMethod> = Some(KeMethod::MODP_768);
const G2: Option<KeMethod> = Some(KeMethod::MODP_1024);
const G19: Option<KeMethod> = Some(KeMethod::ECP_256);
const G20: Option<KeMethod> = Some(KeMethod::ECP_384);

/// `proposal-set` of an IKE policy (Junos CLI reference, proposal-set (Security IKE)).
pub(super) const IKE_SETS: Names<&[Predefined]> = Names {
    expected: "a predefined set of proposals of Junos, as standard",
    rows: &[
        ("standard", &[of(TRIPLE, SHA1, G2), of(CBC_128, SHA1, G2)]),
        ("compatible", &[of(TRIPLE, SHA1, G2), of(TRIPLE, MD5, G2), of(DES, SHA1, G2), of(DES, MD5, G2)]),
        ("basic", &[of(DES, SHA1, G1), of(DES, MD5, G1)]),
        ("suiteb-gcm-128", &[of(CBC_128, SHA256, G19)]),
        ("suiteb-gcm-256", &[of(CBC_256, SHA384, G20)]),
        ("prime-128", &[of(GCM_128, None, G19)]),
        ("prime-256", &[of(GCM_256, None, G20)]),
    ],
};

/// `proposal-set` of an IPsec policy (Junos CLI reference, proposal-set (Security IPsec)).
pub(super) const ESP_SETS: Names<&[Predefined]> = Names {
    expected: "a predefined set of proposals of Junos, as standard",
    rows: &[
        ("standard", &[of(TRIPLE, SHA1, G2), of(CBC_128, SHA1, G2)]),
        ("compatible", &[of(TRIPLE, SHA1, None), of(TRIPLE, MD5, None), of(DES, SHA1, None), of(DES, MD5, None)]),
        ("basic", &[of(DES, SHA1, None), of(DES, MD5, None)]),
        ("suiteb-gcm-128", &[of(GCM_128, None, None)]),
        ("suiteb-gcm-256", &[of(GCM_256, None, None)]),
        ("prime-128", &[of(GCM_128, None, None)]),
        ("prime-256", &[of(GCM_256, None, None)]),
    ],
};
