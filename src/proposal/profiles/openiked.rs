//! OpenIKED.

use super::profile::{Profile, ProfileProposal, Roles, SourceConfidence};
use super::transforms::*;
use crate::proposal::{Dialect, Preference};
use crate::registry::SecurityProtocol;
use crate::transform::Transform;

const PRFS: &[Transform] = &[PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, PRF_HMAC_SHA1];
const GROUPS: &[Transform] = &[CURVE25519, ECP_521, ECP_384, ECP_256, MODP_4096, MODP_3072, MODP_2048, MODP_1536, MODP_1024];
const INTEG: &[Transform] = &[AUTH_HMAC_SHA2_256_128, AUTH_HMAC_SHA2_384_192, AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA1_96];

const IKE: &[ProfileProposal] = &[
    ProfileProposal::new(&[&[ENCR_AES_GCM_16_128, ENCR_AES_GCM_16_256], PRFS, GROUPS]),
    ProfileProposal::new(&[&[ENCR_AES_CBC_256, ENCR_AES_CBC_192, ENCR_AES_CBC_128, ENCR_3DES], PRFS, INTEG, GROUPS]),
];

/// OpenIKED 7.x portable / OpenBSD, 7.x: what it offers and accepts for IKE.
pub(super) const OPENIKED_DEFAULT_IKE: Profile = Profile {
    name: "openiked-default-ike",
    vendor: "OpenIKED 7.x portable / OpenBSD",
    versions: "7.x",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["openiked-portable iked/parse.y 4a71216"],
    notes: "SNTRUP761X25519 (private 1035) supported but not default",
    selection: Some("score: sum of local transform ranks, first local proposal that matches any"),
    dialect: Dialect::OpenIked,
    prefer: Preference::Configured,
    proposals: IKE,
};

/// OpenIKED, 7.x: what it offers and accepts for ESP.
pub(super) const OPENIKED_DEFAULT_ESP: Profile = Profile {
    name: "openiked-default-esp",
    vendor: "OpenIKED",
    versions: "7.x",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["iked/parse.y"],
    notes: "sends an explicit KE=NONE transform and ESN preferred; Linux pfkey build omits SHA2_256 and GCM",
    selection: None,
    dialect: Dialect::OpenIked,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128, ENCR_AES_GCM_16_256], &[KE_NONE], &[PARTIALLY_TRANSMITTED_64, SEQUENTIAL_32]]),
        ProfileProposal::new(&[
            &[ENCR_AES_CBC_256, ENCR_AES_CBC_192, ENCR_AES_CBC_128],
            INTEG,
            &[KE_NONE],
            &[PARTIALLY_TRANSMITTED_64, SEQUENTIAL_32],
        ]),
    ],
};

const SOURCES_7_4: &[&str] = &["IKE_SA_INIT and IKE_AUTH of a running iked 7.4-1 (Debian trixie) without ikesa and childsa"];

/// OpenIKED 7.4 portable: what it offers and accepts for IKE.
pub(super) const OPENIKED_7_4_DEFAULT_IKE: Profile = Profile {
    name: "openiked-7.4-default-ike",
    vendor: "OpenIKED 7.4 portable",
    versions: "7.4-1 (Debian trixie)",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: SOURCES_7_4,
    notes: "the list of openiked-default-ike; 7.4 takes the group of the KE payload where the proposals allow it",
    selection: Some("score: sum of local transform ranks, first local proposal that matches any"),
    dialect: Dialect::OpenIked74,
    prefer: Preference::Configured,
    proposals: IKE,
};

/// OpenIKED 7.4 portable on Linux: what it offers and accepts for ESP.
pub(super) const OPENIKED_7_4_LINUX_DEFAULT_ESP: Profile = Profile {
    name: "openiked-7.4-linux-default-esp",
    vendor: "OpenIKED 7.4 portable on Linux",
    versions: "7.4-1 (Debian trixie)",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: SOURCES_7_4,
    notes: "what PF_KEY of Linux loads: no GCM, no SHA2_256; neither KE=NONE nor extended sequence numbers",
    selection: None,
    dialect: Dialect::OpenIked74,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[
        &[ENCR_AES_CBC_256, ENCR_AES_CBC_192, ENCR_AES_CBC_128],
        &[AUTH_HMAC_SHA2_384_192, AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA1_96],
        &[SEQUENTIAL_32],
    ])],
};
