//! The values of the tunnel options, in the order of the AWS Site-to-Site VPN User Guide. Where a list is not given, its default
//! is all of them.

use super::super::names::Names;
use crate::registry::{Encr, Integ, KeMethod};
use crate::transform::Transform;

pub(super) const CIPHERS: Names<Transform> = Names {
    expected: "an encryption algorithm of AWS, as AES256 or AES256-GCM-16",
    rows: &[
        ("AES128", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("AES256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("AES128-GCM-16", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("AES256-GCM-16", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
    ],
};

pub(super) const INTEGS: Names<Integ> = Names {
    expected: "an integrity algorithm of AWS, as SHA2-256",
    rows: &[
        ("SHA1", Integ::AUTH_HMAC_SHA1_96),
        ("SHA2-256", Integ::AUTH_HMAC_SHA2_256_128),
        ("SHA2-384", Integ::AUTH_HMAC_SHA2_384_192),
        ("SHA2-512", Integ::AUTH_HMAC_SHA2_512_256),
    ],
};

pub(super) const GROUPS: Names<KeMethod> = Names {
    expected: "a Diffie-Hellman group of AWS for phase 1: 2 or 14 to 24",
    rows: &[
        ("2", KeMethod::MODP_1024),
        ("14", KeMethod::MODP_2048),
        ("15", KeMethod::MODP_3072),
        ("16", KeMethod::MODP_4096),
        ("17", KeMethod::MODP_6144),
        ("18", KeMethod::MODP_8192),
        ("19", KeMethod::ECP_256),
        ("20", KeMethod::ECP_384),
        ("21", KeMethod::ECP_521),
        ("22", KeMethod::MODP_1024_160),
        ("23", KeMethod::MODP_2048_224),
        ("24", KeMethod::MODP_2048_256),
    ],
};

pub(super) const PFS_GROUPS: Names<KeMethod> = Names {
    expected: "a Diffie-Hellman group of AWS for phase 2: 2, 5 or 14 to 24",
    rows: &[
        ("2", KeMethod::MODP_1024),
        ("5", KeMethod::MODP_1536),
        ("14", KeMethod::MODP_2048),
        ("15", KeMethod::MODP_3072),
        ("16", KeMethod::MODP_4096),
        ("17", KeMethod::MODP_6144),
        ("18", KeMethod::MODP_8192),
        ("19", KeMethod::ECP_256),
        ("20", KeMethod::ECP_384),
        ("21", KeMethod::ECP_521),
        ("22", KeMethod::MODP_1024_160),
        ("23", KeMethod::MODP_2048_224),
        ("24", KeMethod::MODP_2048_256),
    ],
};
