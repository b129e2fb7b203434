//! Cisco IOS and IOS-XE, FortiGate, MikroTik.

use super::profile::{Profile, ProfileProposal, Roles, SourceConfidence};
use super::transforms::*;
use crate::proposal::{Dialect, Preference};
use crate::registry::SecurityProtocol;

/// Cisco IOS 15.x smart default, 15.x: what it offers and accepts for IKE.
pub(super) const CISCO_IOS_15_DEFAULT_IKE: Profile = Profile {
    name: "cisco-ios-15-default-ike",
    vendor: "Cisco IOS 15.x smart default",
    versions: "15.x",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["show crypto ikev2 proposal output in public notes"],
    notes: "",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[
        &[ENCR_AES_CBC_256, ENCR_AES_CBC_192, ENCR_AES_CBC_128],
        &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_256, PRF_HMAC_SHA1, PRF_HMAC_MD5],
        &[AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA2_384_192, AUTH_HMAC_SHA2_256_128, AUTH_HMAC_SHA1_96, AUTH_HMAC_MD5_96],
        &[MODP_1536, MODP_1024],
    ])],
};

/// Cisco IOS-XE 16.x/17.x smart default, 16.12+/17.x: what it offers and accepts for IKE.
pub(super) const CISCO_IOSXE_17_DEFAULT_IKE: Profile = Profile {
    name: "cisco-iosxe-17-default-ike",
    vendor: "Cisco IOS-XE 16.x/17.x smart default",
    versions: "16.12+/17.x",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["show crypto ikev2 proposal output"],
    notes: "26.1 adds pqc mlkem768|mlkem1024 [optional] under the proposal",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[
        &[ENCR_AES_CBC_256],
        &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_384],
        &[AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA2_384_192],
        &[ECP_256, MODP_2048, ECP_521, MODP_1536],
    ])],
};

/// FortiGate FortiOS phase1-interface default, 7.0..7.4: what it offers and accepts for IKE.
pub(super) const FORTIGATE_DEFAULT_IKE: Profile = Profile {
    name: "fortigate-default-ike",
    vendor: "FortiGate FortiOS phase1-interface default",
    versions: "7.0..7.4",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::Medium,
    confidence_note: "high for suites, medium for dhgrp (14 5; newer wizards 20 21 or 20 14 15) and grouping",
    sources: &["many public FortiOS configs"],
    notes: "",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048, MODP_1536]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048, MODP_1536]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128], &[PRF_HMAC_SHA2_256], &[MODP_2048, MODP_1536]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[PRF_HMAC_SHA2_384], &[MODP_2048, MODP_1536]]),
        ProfileProposal::new(&[&[ENCR_CHACHA20_POLY1305], &[PRF_HMAC_SHA2_256], &[MODP_2048, MODP_1536]]),
    ],
};

/// FortiGate phase2-interface default, 7.x: what it offers and accepts for ESP.
pub(super) const FORTIGATE_DEFAULT_ESP: Profile = Profile {
    name: "fortigate-default-esp",
    vendor: "FortiGate phase2-interface default",
    versions: "7.x",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::Medium,
    confidence_note: "medium",
    sources: &["public FortiOS configs"],
    notes: "PFS on by default",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA1_96], &[MODP_2048, MODP_1536], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA1_96], &[MODP_2048, MODP_1536], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048, MODP_1536], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048, MODP_1536], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128], &[MODP_2048, MODP_1536], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[MODP_2048, MODP_1536], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_CHACHA20_POLY1305], &[MODP_2048, MODP_1536], &[SEQUENTIAL_32]]),
    ],
};

/// MikroTik RouterOS profile default, 6.43..7.x: what it offers and accepts for IKE.
pub(super) const MIKROTIK_DEFAULT_IKE: Profile = Profile {
    name: "mikrotik-default-ike",
    vendor: "MikroTik RouterOS profile default",
    versions: "6.43..7.x",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::Low,
    confidence_note: "high for values, low for how they are grouped into proposals",
    sources: &["public /export files"],
    notes: "",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[&[ENCR_AES_CBC_128, ENCR_3DES], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_2048, MODP_1024]])],
};

/// MikroTik RouterOS proposal default, 6.43..7.x: what it offers and accepts for ESP.
pub(super) const MIKROTIK_DEFAULT_ESP: Profile = Profile {
    name: "mikrotik-default-esp",
    vendor: "MikroTik RouterOS proposal default",
    versions: "6.43..7.x",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::Medium,
    confidence_note: "high for algorithms, medium for pfs-group=modp1024",
    sources: &["public /export files"],
    notes: "",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[
        &[ENCR_AES_CBC_256, ENCR_AES_CBC_192, ENCR_AES_CBC_128],
        &[AUTH_HMAC_SHA1_96],
        &[MODP_1024],
        &[SEQUENTIAL_32],
    ])],
};
