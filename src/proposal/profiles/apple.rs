//! iOS and macOS.

use super::profile::{Profile, ProfileProposal, Roles, SourceConfidence};
use super::transforms::*;
use crate::proposal::{Dialect, Preference};
use crate::registry::SecurityProtocol;

/// Apple iOS built-in, manual config, 16.5: what it offers for IKE.
pub(super) const IOS_DEFAULT_IKE: Profile = Profile {
    name: "ios-default-ike",
    vendor: "Apple iOS built-in, manual config",
    versions: "16.5",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["https://docs.strongswan.org/docs/latest/interop/ios.html", "https://github.com/hwdsl2/setup-ipsec-vpn/issues/826"],
    notes: "MODP1536 offered but a client bug makes it fail; a 2020 macOS log shows the same five proposals",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[ECP_256]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_1536]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_1024]]),
    ],
};

/// Apple iOS, 16.5: what it offers for ESP.
pub(super) const IOS_DEFAULT_ESP: Profile = Profile {
    name: "ios-default-esp",
    vendor: "Apple iOS",
    versions: "16.5",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["https://docs.strongswan.org/docs/latest/interop/ios.html"],
    notes: "first three are identical on the wire (they differed in PFS group, removed in IKE_AUTH); rekey offers MODP2048 then none",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
    ],
};

/// Apple macOS manual config, 13.4: what it offers for IKE.
pub(super) const MACOS_DEFAULT_IKE: Profile = Profile {
    name: "macos-default-ike",
    vendor: "Apple macOS manual config",
    versions: "13.4",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["https://docs.strongswan.org/docs/latest/interop/ios.html"],
    notes: "",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048]])],
};

/// Apple macOS, 13.4: what it offers for ESP.
pub(super) const MACOS_DEFAULT_ESP: Profile = Profile {
    name: "macos-default-esp",
    vendor: "Apple macOS",
    versions: "13.4",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["https://docs.strongswan.org/docs/latest/interop/ios.html"],
    notes: "never offers PFS on rekey",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[SEQUENTIAL_32]])],
};

/// Apple macOS 14 profile without IKE parameters, 14.x: what it offers for IKE.
pub(super) const MACOS14_PROFILE_UNDEFINED_IKE: Profile = Profile {
    name: "macos14-profile-undefined-ike",
    vendor: "Apple macOS 14 profile without IKE parameters",
    versions: "14.x",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::Medium,
    confidence_note: "medium",
    sources: &["https://github.com/libreswan/libreswan/issues/1450"],
    notes: "ESP: GCM-256, GCM-256, CBC-256/SHA2-256 x2; order reported to shuffle when DH14 used",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[PRF_HMAC_SHA2_256], &[ECP_256]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[PRF_HMAC_SHA2_256], &[MODP_2048]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[ECP_256]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048]]),
    ],
};
