//! The names of Cisco IOS and IOS XE, and those in the output of `show` and `debug`, which the ASA shares.

use crate::proposal::notation::names::Names;
use crate::registry::{Encr, Integ, KeMethod, Prf};
use crate::transform::Transform;

/// `encryption` below `crypto ikev2 proposal`.
pub(super) const ENCRYPTION: Names<Transform> = Names {
    expected: "an encryption algorithm of an IKEv2 proposal in IOS, as aes-cbc-256 or aes-gcm-256",
    rows: &[
        ("aes-cbc-128", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("aes-cbc-192", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
        ("aes-cbc-256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("aes-gcm-128", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("aes-gcm-192", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 192)),
        ("aes-gcm-256", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("3des", Transform::encr(Encr::ENCR_3DES)),
        ("des", Transform::encr(Encr::ENCR_DES)),
    ],
};

/// `integrity` below `crypto ikev2 proposal`.
pub(super) const INTEGRITY: Names<Integ> = Names {
    expected: "an integrity algorithm of an IKEv2 proposal in IOS, as sha256",
    rows: &[
        ("md5", Integ::AUTH_HMAC_MD5_96),
        ("sha1", Integ::AUTH_HMAC_SHA1_96),
        ("sha", Integ::AUTH_HMAC_SHA1_96),
        ("sha256", Integ::AUTH_HMAC_SHA2_256_128),
        ("sha384", Integ::AUTH_HMAC_SHA2_384_192),
        ("sha512", Integ::AUTH_HMAC_SHA2_512_256),
        ("null", Integ::NONE),
        ("none", Integ::NONE),
    ],
};

/// `prf` below `crypto ikev2 proposal`.
pub(super) const PRF: Names<Prf> = Names {
    expected: "a PRF of an IKEv2 proposal in IOS, as sha256",
    rows: &[
        ("md5", Prf::PRF_HMAC_MD5),
        ("sha1", Prf::PRF_HMAC_SHA1),
        ("sha", Prf::PRF_HMAC_SHA1),
        ("sha256", Prf::PRF_HMAC_SHA2_256),
        ("sha384", Prf::PRF_HMAC_SHA2_384),
        ("sha512", Prf::PRF_HMAC_SHA2_512),
    ],
};

/// `pqc` below `crypto ikev2 proposal`, and as `show` has them.
pub(super) const PQC: Names<KeMethod> = Names {
    expected: "a post-quantum method, as mlkem768",
    rows: &[
        ("mlkem512", KeMethod::ML_KEM_512),
        ("mlkem768", KeMethod::ML_KEM_768),
        ("mlkem1024", KeMethod::ML_KEM_1024),
        ("ml-kem-512", KeMethod::ML_KEM_512),
        ("ml-kem-768", KeMethod::ML_KEM_768),
        ("ml-kem-1024", KeMethod::ML_KEM_1024),
    ],
};

/// The numbers of `group` and of `set pfs`.
pub(super) const GROUPS: &[u16] = &[1, 2, 5, 14, 15, 16, 19, 20, 21, 24, 31];

/// A word of `crypto ipsec transform-set`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A cipher without a key length of its own.
    Fixed(Encr),
    /// A cipher whose key bits may follow: 128, 192 or 256, and 128 where they do not.
    Sized(Encr),
    /// With the key bits in the name, as the ASA has it.
    Bits(Encr, u16),
    Integrity(Integ),
    /// AH beside, or in place of, ESP.
    Ah(Integ),
    /// Something that is in no IKEv2 proposal: SEAL, compression.
    Outside,
}

pub(super) const PIECES: Names<Piece> = Names {
    expected: "a transform of IOS, as esp-aes 256, esp-gcm 256 or esp-sha256-hmac",
    rows: &[
        ("esp-aes", Piece::Sized(Encr::ENCR_AES_CBC)),
        ("esp-gcm", Piece::Sized(Encr::ENCR_AES_GCM_16)),
        ("esp-gmac", Piece::Sized(Encr::ENCR_NULL_AUTH_AES_GMAC)),
        ("esp-3des", Piece::Fixed(Encr::ENCR_3DES)),
        ("esp-des", Piece::Fixed(Encr::ENCR_DES)),
        ("esp-null", Piece::Fixed(Encr::ENCR_NULL)),
        ("esp-aes-128", Piece::Bits(Encr::ENCR_AES_CBC, 128)),
        ("esp-aes-192", Piece::Bits(Encr::ENCR_AES_CBC, 192)),
        ("esp-aes-256", Piece::Bits(Encr::ENCR_AES_CBC, 256)),
        ("esp-192-aes", Piece::Bits(Encr::ENCR_AES_CBC, 192)),
        ("esp-256-aes", Piece::Bits(Encr::ENCR_AES_CBC, 256)),
        ("esp-sha256-hmac", Piece::Integrity(Integ::AUTH_HMAC_SHA2_256_128)),
        ("esp-sha384-hmac", Piece::Integrity(Integ::AUTH_HMAC_SHA2_384_192)),
        ("esp-sha512-hmac", Piece::Integrity(Integ::AUTH_HMAC_SHA2_512_256)),
        ("esp-sha-hmac", Piece::Integrity(Integ::AUTH_HMAC_SHA1_96)),
        ("esp-md5-hmac", Piece::Integrity(Integ::AUTH_HMAC_MD5_96)),
        ("ah-sha256-hmac", Piece::Ah(Integ::AUTH_HMAC_SHA2_256_128)),
        ("ah-sha384-hmac", Piece::Ah(Integ::AUTH_HMAC_SHA2_384_192)),
        ("ah-sha512-hmac", Piece::Ah(Integ::AUTH_HMAC_SHA2_512_256)),
        ("ah-sha-hmac", Piece::Ah(Integ::AUTH_HMAC_SHA1_96)),
        ("ah-md5-hmac", Piece::Ah(Integ::AUTH_HMAC_MD5_96)),
        ("esp-seal", Piece::Outside),
        ("comp-lzs", Piece::Outside),
    ],
};

/// A name in the output of `show` and `debug`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    Cipher(Transform),
    /// A cipher whose key bits the output has elsewhere, or not at all.
    Sized(Encr),
    /// A PRF or an integrity algorithm.
    Hash(Option<Prf>, Option<Integ>),
}

const fn bits(encr: Encr, bits: u16) -> Output {
    Output::Cipher(Transform::encr_bits(encr, bits))
}

pub(super) const OUTPUT: &[(&str, Output)] = &[
    ("AES-CBC-128", bits(Encr::ENCR_AES_CBC, 128)),
    ("AES-CBC-192", bits(Encr::ENCR_AES_CBC, 192)),
    ("AES-CBC-256", bits(Encr::ENCR_AES_CBC, 256)),
    ("AES-GCM-128", bits(Encr::ENCR_AES_GCM_16, 128)),
    ("AES-GCM-192", bits(Encr::ENCR_AES_GCM_16, 192)),
    ("AES-GCM-256", bits(Encr::ENCR_AES_GCM_16, 256)),
    ("AES-GMAC-128", bits(Encr::ENCR_NULL_AUTH_AES_GMAC, 128)),
    ("AES-GMAC-192", bits(Encr::ENCR_NULL_AUTH_AES_GMAC, 192)),
    ("AES-GMAC-256", bits(Encr::ENCR_NULL_AUTH_AES_GMAC, 256)),
    ("AES-CBC", Output::Sized(Encr::ENCR_AES_CBC)),
    ("AES-GCM", Output::Sized(Encr::ENCR_AES_GCM_16)),
    ("AES-GMAC", Output::Sized(Encr::ENCR_NULL_AUTH_AES_GMAC)),
    ("3DES", Output::Cipher(Transform::encr(Encr::ENCR_3DES))),
    ("DES", Output::Cipher(Transform::encr(Encr::ENCR_DES))),
    ("NULL", Output::Cipher(Transform::encr(Encr::ENCR_NULL))),
    ("SHA512", Output::Hash(Some(Prf::PRF_HMAC_SHA2_512), Some(Integ::AUTH_HMAC_SHA2_512_256))),
    ("SHA384", Output::Hash(Some(Prf::PRF_HMAC_SHA2_384), Some(Integ::AUTH_HMAC_SHA2_384_192))),
    ("SHA256", Output::Hash(Some(Prf::PRF_HMAC_SHA2_256), Some(Integ::AUTH_HMAC_SHA2_256_128))),
    ("SHA1", Output::Hash(Some(Prf::PRF_HMAC_SHA1), None)),
    ("SHA96", Output::Hash(None, Some(Integ::AUTH_HMAC_SHA1_96))),
    ("MD5", Output::Hash(Some(Prf::PRF_HMAC_MD5), None)),
    ("MD596", Output::Hash(None, Some(Integ::AUTH_HMAC_MD5_96))),
];
