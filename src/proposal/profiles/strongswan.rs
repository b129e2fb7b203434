//! strongSwan.

use super::profile::{Profile, ProfileProposal, Roles, SourceConfidence};
use super::transforms::*;
use crate::proposal::{Dialect, Preference};
use crate::registry::SecurityProtocol;
use crate::transform::Transform;

const CIPHERS: &[Transform] = &[ENCR_AES_CBC_128, ENCR_AES_CBC_192, ENCR_AES_CBC_256, ENCR_3DES];
const PRFS: &[Transform] = &[PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, PRF_AES128_XCBC, PRF_HMAC_SHA1];
const INTEG: &[Transform] = &[AUTH_HMAC_SHA2_256_128, AUTH_HMAC_SHA2_384_192, AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA1_96, AUTH_AES_XCBC_96];
const GROUPS: &[Transform] = &[
    ECP_256,
    ECP_384,
    ECP_521,
    BRAINPOOL_P256R1,
    BRAINPOOL_P384R1,
    BRAINPOOL_P512R1,
    CURVE25519,
    MODP_3072,
    MODP_4096,
    MODP_8192,
    MODP_2048,
];
const AEAD: &[Transform] = &[
    ENCR_AES_GCM_16_128,
    ENCR_AES_GCM_16_192,
    ENCR_AES_GCM_16_256,
    ENCR_CHACHA20_POLY1305,
    ENCR_AES_GCM_12_128,
    ENCR_AES_GCM_12_192,
    ENCR_AES_GCM_12_256,
    ENCR_AES_GCM_8_128,
    ENCR_AES_GCM_8_192,
    ENCR_AES_GCM_8_256,
];
const GROUPS_OR_NONE: &[Transform] = &[
    ECP_256,
    ECP_384,
    ECP_521,
    BRAINPOOL_P256R1,
    BRAINPOOL_P384R1,
    BRAINPOOL_P512R1,
    CURVE25519,
    MODP_3072,
    MODP_4096,
    MODP_8192,
    MODP_2048,
    KE_NONE,
];

/// strongSwan 5.9 (openssl plugin build), 5.9: what it offers and accepts for IKE.
pub(super) const STRONGSWAN_5_9_DEFAULT_IKE: Profile = Profile {
    name: "strongswan-5.9-default-ike",
    vendor: "strongSwan 5.9 (openssl plugin build)",
    versions: "5.9",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::Medium,
    confidence_note: "high for the set, medium for order (plugin dependent)",
    sources: &[
        "strongswan src/libstrongswan/crypto/proposal/proposal.c tag 5.9.14",
        "https://github.com/libreswan/libreswan/issues/174",
        "https://github.com/hwdsl2/setup-ipsec-vpn/issues/307",
    ],
    notes: "rounds: >=128-bit first; weak MODP1024/1536 and RFC5114 groups never in default; also AES_CTR/CAMELLIA/CCM/CURVE448/MODP6144 if plugins provide them; IKE order classic then AEAD",
    selection: Some("prefer-configured"),
    dialect: Dialect::StrongSwan5,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[CIPHERS, PRFS, INTEG, GROUPS]), ProfileProposal::new(&[AEAD, PRFS, GROUPS])],
};

/// strongSwan 5.9.6+, 5.9.6..5.9.14: what it offers and accepts for ESP.
pub(super) const STRONGSWAN_5_9_DEFAULT_ESP: Profile = Profile {
    name: "strongswan-5.9-default-esp",
    vendor: "strongSwan 5.9.6+",
    versions: "5.9.6..5.9.14",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["proposal.c 5.9.14", "https://github.com/strongswan/strongswan/pull/868"],
    notes: "AEAD first for swanctl/vici; stroke ipsec.conf uses classic first. No DH. 5.9.6+ list; see strongswan-5.9.0-5.9.5-default-esp",
    selection: Some("prefer-configured"),
    dialect: Dialect::StrongSwan5,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128, ENCR_AES_GCM_16_192, ENCR_AES_GCM_16_256], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128, ENCR_AES_CBC_192, ENCR_AES_CBC_256], INTEG, &[SEQUENTIAL_32]]),
    ],
};

/// strongSwan 5.9.0..5.9.5, 5.9.0..5.9.5: what it offers and accepts for ESP.
pub(super) const STRONGSWAN_5_9_0_5_9_5_DEFAULT_ESP: Profile = Profile {
    name: "strongswan-5.9.0-5.9.5-default-esp",
    vendor: "strongSwan 5.9.0..5.9.5",
    versions: "5.9.0..5.9.5",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["proposal.c tags 5.9.0..5.9.6 compared", "https://github.com/strongswan/strongswan/pull/868"],
    notes: "AEAD proposal has NO SN transform: strict peers (OpenIKED, RFC 7296) must refuse it",
    selection: Some("prefer-configured"),
    dialect: Dialect::StrongSwan5,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128, ENCR_AES_GCM_16_192, ENCR_AES_GCM_16_256]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128, ENCR_AES_CBC_192, ENCR_AES_CBC_256], INTEG, &[SEQUENTIAL_32]]),
    ],
};

/// strongSwan 6.0.2+, 6.0.2..6.0.6: what it offers and accepts for ESP.
pub(super) const STRONGSWAN_6_0_2_DEFAULT_ESP: Profile = Profile {
    name: "strongswan-6.0.2-default-esp",
    vendor: "strongSwan 6.0.2+",
    versions: "6.0.2..6.0.6",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["proposal.c master 3b902ea", "NEWS 6.0.2"],
    notes: "optional PFS: all KE plus NONE; KE stripped in IKE_AUTH",
    selection: Some("prefer-configured"),
    dialect: Dialect::StrongSwan6,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128, ENCR_AES_GCM_16_192, ENCR_AES_GCM_16_256], GROUPS_OR_NONE, &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128, ENCR_AES_CBC_192, ENCR_AES_CBC_256], INTEG, GROUPS_OR_NONE, &[SEQUENTIAL_32]]),
    ],
};

/// strongSwan 6.0, 6.0.0..6.0.6: what it offers and accepts for IKE.
pub(super) const STRONGSWAN_6_0_DEFAULT_IKE: Profile = Profile {
    name: "strongswan-6.0-default-ike",
    vendor: "strongSwan 6.0",
    versions: "6.0.0..6.0.6",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["proposal.c master"],
    notes: "ML-KEM is NOT in the default; must be configured as ke1_mlkem768 (RFC 9370) or mlkem768",
    selection: Some("prefer-configured"),
    dialect: Dialect::StrongSwan6,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[CIPHERS, PRFS, INTEG, GROUPS]), ProfileProposal::new(&[AEAD, PRFS, GROUPS])],
};
