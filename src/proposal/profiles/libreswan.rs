//! libreswan.

use super::profile::{Profile, ProfileProposal, Roles, SourceConfidence};
use super::transforms::*;
use crate::proposal::{Dialect, Preference};
use crate::registry::SecurityProtocol;
use crate::transform::Transform;

const GROUPS_5: &[Transform] = &[ECP_256, ECP_384, ECP_521, CURVE25519, MODP_4096, MODP_3072, MODP_2048, MODP_8192];
const GROUPS_4: &[Transform] = &[MODP_2048, MODP_3072, MODP_4096, MODP_8192, ECP_256, ECP_384, ECP_521, CURVE25519];

/// libreswan 5.x, 5.2..5.4, main 2026-08: what it offers and accepts for IKE.
pub(super) const LIBRESWAN_5_DEFAULT_IKE: Profile = Profile {
    name: "libreswan-5-default-ike",
    vendor: "libreswan 5.x",
    versions: "5.2..5.4, main 2026-08",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["lib/libswan/ike_info.c v5.4", "https://github.com/libreswan/libreswan/issues/2445"],
    notes: "FIPS mode drops CHACHA20",
    selection: Some("prefer-local; strict proposal numbering"),
    dialect: Dialect::Libreswan5,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256], GROUPS_5]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128], &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256], GROUPS_5]),
        ProfileProposal::new(&[&[ENCR_CHACHA20_POLY1305], &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256], GROUPS_5]),
        ProfileProposal::new(&[
            &[ENCR_AES_CBC_256],
            &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256],
            &[AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA2_256_128],
            GROUPS_5,
        ]),
        ProfileProposal::new(&[
            &[ENCR_AES_CBC_128],
            &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256],
            &[AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA2_256_128],
            GROUPS_5,
        ]),
    ],
};

/// libreswan 4.x, 4.4..4.15: what it offers and accepts for IKE.
pub(super) const LIBRESWAN_4_DEFAULT_IKE: Profile = Profile {
    name: "libreswan-4-default-ike",
    vendor: "libreswan 4.x",
    versions: "4.4..4.15",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["https://github.com/libreswan/libreswan/issues/1558"],
    notes: "",
    selection: Some("prefer-local"),
    dialect: Dialect::Libreswan4,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256], GROUPS_4]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128], &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256], GROUPS_4]),
        ProfileProposal::new(&[
            &[ENCR_AES_CBC_256],
            &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256],
            &[AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA2_256_128],
            GROUPS_4,
        ]),
        ProfileProposal::new(&[
            &[ENCR_AES_CBC_128],
            &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256],
            &[AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA2_256_128],
            GROUPS_4,
        ]),
    ],
};

/// libreswan 5.x, 5.2..5.4: what it offers and accepts for ESP.
pub(super) const LIBRESWAN_5_DEFAULT_ESP: Profile = Profile {
    name: "libreswan-5-default-esp",
    vendor: "libreswan 5.x",
    versions: "5.2..5.4",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["lib/libswan/esp_info.c", "Child SA proposals in the log of a running pluto 5.2-2.2 (Debian trixie)"],
    notes: "adds the IKE DH group when pfs=yes on CREATE_CHILD_SA",
    selection: None,
    dialect: Dialect::Libreswan5,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[PARTIALLY_TRANSMITTED_64, SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128], &[PARTIALLY_TRANSMITTED_64, SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_CHACHA20_POLY1305], &[PARTIALLY_TRANSMITTED_64, SEQUENTIAL_32]]),
        ProfileProposal::new(&[
            &[ENCR_AES_CBC_256],
            &[AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA2_256_128],
            &[PARTIALLY_TRANSMITTED_64, SEQUENTIAL_32],
        ]),
        ProfileProposal::new(&[
            &[ENCR_AES_CBC_128],
            &[AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA2_256_128],
            &[PARTIALLY_TRANSMITTED_64, SEQUENTIAL_32],
        ]),
    ],
};
