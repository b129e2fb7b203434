//! strongSwan 6 as Debian builds it: more plugins than the project turns on by itself.

use super::profile::{Profile, ProfileProposal, Roles, SourceConfidence};
use super::transforms::*;
use crate::proposal::{Dialect, Preference};
use crate::registry::SecurityProtocol;
use crate::transform::Transform;

const CIPHERS: &[Transform] = &[
    ENCR_AES_CBC_128,
    ENCR_AES_CBC_192,
    ENCR_AES_CBC_256,
    ENCR_AES_CTR_128,
    ENCR_AES_CTR_192,
    ENCR_AES_CTR_256,
    ENCR_CAMELLIA_CBC_128,
    ENCR_CAMELLIA_CBC_192,
    ENCR_CAMELLIA_CBC_256,
    ENCR_CAMELLIA_CTR_128,
    ENCR_CAMELLIA_CTR_192,
    ENCR_CAMELLIA_CTR_256,
    ENCR_3DES,
];
const AEAD: &[Transform] = &[
    ENCR_AES_CCM_16_128,
    ENCR_AES_CCM_16_192,
    ENCR_AES_CCM_16_256,
    ENCR_AES_GCM_16_128,
    ENCR_AES_GCM_16_192,
    ENCR_AES_GCM_16_256,
    ENCR_CHACHA20_POLY1305,
    ENCR_CAMELLIA_CCM_16_128,
    ENCR_CAMELLIA_CCM_16_192,
    ENCR_CAMELLIA_CCM_16_256,
    ENCR_AES_CCM_8_128,
    ENCR_AES_CCM_8_192,
    ENCR_AES_CCM_8_256,
    ENCR_AES_CCM_12_128,
    ENCR_AES_CCM_12_192,
    ENCR_AES_CCM_12_256,
    ENCR_AES_GCM_8_128,
    ENCR_AES_GCM_8_192,
    ENCR_AES_GCM_8_256,
    ENCR_AES_GCM_12_128,
    ENCR_AES_GCM_12_192,
    ENCR_AES_GCM_12_256,
    ENCR_CAMELLIA_CCM_8_128,
    ENCR_CAMELLIA_CCM_8_192,
    ENCR_CAMELLIA_CCM_8_256,
    ENCR_CAMELLIA_CCM_12_128,
    ENCR_CAMELLIA_CCM_12_192,
    ENCR_CAMELLIA_CCM_12_256,
];
const PRFS: &[Transform] = &[PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, PRF_AES128_XCBC, PRF_AES128_CMAC, PRF_HMAC_SHA1];
const INTEG: &[Transform] =
    &[AUTH_HMAC_SHA2_256_128, AUTH_HMAC_SHA2_384_192, AUTH_HMAC_SHA2_512_256, AUTH_AES_XCBC_96, AUTH_AES_CMAC_96, AUTH_HMAC_SHA1_96];
const ESP_INTEG: &[Transform] =
    &[AUTH_HMAC_SHA2_256_128, AUTH_HMAC_SHA2_384_192, AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA1_96, AUTH_AES_XCBC_96];
const GROUPS: &[Transform] = &[
    ECP_256,
    ECP_384,
    ECP_521,
    BRAINPOOL_P256R1,
    BRAINPOOL_P384R1,
    BRAINPOOL_P512R1,
    CURVE25519,
    CURVE448,
    MODP_3072,
    MODP_4096,
    MODP_6144,
    MODP_8192,
    MODP_2048,
];
const GROUPS_OR_NONE: &[Transform] = &[
    ECP_256,
    ECP_384,
    ECP_521,
    BRAINPOOL_P256R1,
    BRAINPOOL_P384R1,
    BRAINPOOL_P512R1,
    CURVE25519,
    CURVE448,
    MODP_3072,
    MODP_4096,
    MODP_6144,
    MODP_8192,
    MODP_2048,
    KE_NONE,
];
const SOURCES: &[&str] = &["configured proposals in the log of a running charon 6.1.0-2 (Debian sid), its plugins as packaged"];

/// strongSwan 6 of Debian, 6.0.1-6 and 6.1.0-2: what it offers and accepts for IKE.
pub(super) const STRONGSWAN_6_DEBIAN_DEFAULT_IKE: Profile = Profile {
    name: "strongswan-6-debian-default-ike",
    vendor: "strongSwan 6 of Debian",
    versions: "6.0.1-6 (trixie), 6.1.0-2 (sid)",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: SOURCES,
    notes: "what the plugins of Debian's packages provide: also Camellia, AES-CTR, CCM, CMAC, Curve448, MODP6144; ML-KEM (6.1.0 alone has it) is not in the default",
    selection: Some("prefer-configured"),
    dialect: Dialect::StrongSwan6,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[CIPHERS, PRFS, INTEG, GROUPS]), ProfileProposal::new(&[AEAD, PRFS, GROUPS])],
};

/// strongSwan 6.1 of Debian, 6.1.0-2: what it offers and accepts for ESP.
pub(super) const STRONGSWAN_6_1_DEBIAN_DEFAULT_ESP: Profile = Profile {
    name: "strongswan-6.1-debian-default-esp",
    vendor: "strongSwan 6.1 of Debian",
    versions: "6.1.0-2 (sid)",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: SOURCES,
    notes: "optional PFS: all KE plus NONE; KE stripped in IKE_AUTH",
    selection: Some("prefer-configured"),
    dialect: Dialect::StrongSwan6,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128, ENCR_AES_GCM_16_192, ENCR_AES_GCM_16_256], GROUPS_OR_NONE, &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128, ENCR_AES_CBC_192, ENCR_AES_CBC_256], ESP_INTEG, GROUPS_OR_NONE, &[SEQUENTIAL_32]]),
    ],
};
