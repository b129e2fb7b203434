//! AWS Site-to-Site VPN.

use super::profile::{Profile, ProfileProposal, Roles, SourceConfidence};
use super::transforms::*;
use crate::proposal::{Dialect, Preference};
use crate::registry::SecurityProtocol;
use crate::transform::Transform;

const PRFS: &[Transform] = &[PRF_HMAC_SHA1, PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512];
const INTEG: &[Transform] = &[AUTH_HMAC_SHA1_96, AUTH_HMAC_SHA2_256_128, AUTH_HMAC_SHA2_384_192, AUTH_HMAC_SHA2_512_256];
const GROUPS: &[Transform] = &[
    MODP_1024,
    MODP_2048,
    MODP_3072,
    MODP_4096,
    MODP_6144,
    MODP_8192,
    ECP_256,
    ECP_384,
    ECP_521,
    MODP_1024_160,
    MODP_2048_224,
    MODP_2048_256,
];
const ESP_GROUPS: &[Transform] = &[
    MODP_1024,
    MODP_1536,
    MODP_2048,
    MODP_3072,
    MODP_4096,
    MODP_6144,
    MODP_8192,
    ECP_256,
    ECP_384,
    ECP_521,
    MODP_1024_160,
    MODP_2048_224,
    MODP_2048_256,
];

/// AWS Site-to-Site VPN default (accept list), 2020-2026: what it offers and accepts for IKE.
pub(super) const AWS_S2S_DEFAULT_IKE: Profile = Profile {
    name: "aws-s2s-default-ike",
    vendor: "AWS Site-to-Site VPN default (accept list)",
    versions: "2020-2026",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high for the set",
    sources: &["awsdocs/aws-site-to-site-vpn-user-guide VPNTunnels.md"],
    notes: "docs: the endpoint evaluates proposals from its own lowest configured values, regardless of the customer gateway order -> picks the weakest common suite; as initiator the offer order is unpublished",
    selection: Some("own list, weakest first"),
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_CBC_128, ENCR_AES_CBC_256], PRFS, INTEG, GROUPS]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128, ENCR_AES_GCM_16_256], PRFS, GROUPS]),
    ],
};

/// AWS Site-to-Site VPN default, 2020-2026: what it offers and accepts for ESP.
pub(super) const AWS_S2S_DEFAULT_ESP: Profile = Profile {
    name: "aws-s2s-default-esp",
    vendor: "AWS Site-to-Site VPN default",
    versions: "2020-2026",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high for the set",
    sources: &["awsdocs/aws-site-to-site-vpn-user-guide VPNTunnels.md"],
    notes: "phase 2 also allows group 5",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_CBC_128, ENCR_AES_CBC_256], INTEG, ESP_GROUPS, &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128, ENCR_AES_GCM_16_256], ESP_GROUPS, &[SEQUENTIAL_32]]),
    ],
};
