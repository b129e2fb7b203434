//! Android's platform VPN.

use super::profile::{Profile, ProfileProposal, Roles, SourceConfidence};
use super::transforms::*;
use crate::proposal::{Dialect, Preference};
use crate::registry::SecurityProtocol;
use crate::transform::Transform;

const CIPHERS: &[Transform] = &[ENCR_AES_CTR_256, ENCR_AES_CBC_256, ENCR_AES_CTR_192, ENCR_AES_CBC_192, ENCR_AES_CTR_128, ENCR_AES_CBC_128];
const PRFS: &[Transform] = &[PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_256, PRF_AES128_XCBC, PRF_AES128_CMAC, PRF_HMAC_SHA1];
const INTEG: &[Transform] = &[AUTH_HMAC_SHA2_512_256, AUTH_HMAC_SHA2_384_192, AUTH_HMAC_SHA2_256_128, AUTH_AES_XCBC_96, AUTH_AES_CMAC_96];
const GROUPS: &[Transform] = &[MODP_4096, CURVE25519, MODP_3072, MODP_2048];
const AEAD: &[Transform] = &[
    ENCR_CHACHA20_POLY1305,
    ENCR_AES_GCM_16_256,
    ENCR_AES_GCM_12_256,
    ENCR_AES_GCM_8_256,
    ENCR_AES_GCM_16_192,
    ENCR_AES_GCM_12_192,
    ENCR_AES_GCM_8_192,
    ENCR_AES_GCM_16_128,
    ENCR_AES_GCM_12_128,
    ENCR_AES_GCM_8_128,
];

/// Android platform VPN (Ikev2VpnProfile), 12+: what it offers for IKE.
pub(super) const ANDROID_IKEV2VPNPROFILE_IKE: Profile = Profile {
    name: "android-ikev2vpnprofile-ike",
    vendor: "Android platform VPN (Ikev2VpnProfile)",
    versions: "12+",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["aosp-mirror/platform_frameworks_base services/core/java/com/android/server/connectivity/VpnIkev2Utils.java"],
    notes: "no ECP groups at all: servers that only accept ECP256/384 answer INVALID_KE/NO_PROPOSAL; KE payload is MODP4096 (512 bytes) so IKE_SA_INIT is large. Android 11 list differs (uncertain)",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[CIPHERS, PRFS, INTEG, GROUPS]), ProfileProposal::new(&[AEAD, PRFS, GROUPS])],
};

/// Android platform VPN, 12+: what it offers for ESP.
pub(super) const ANDROID_IKEV2VPNPROFILE_ESP: Profile = Profile {
    name: "android-ikev2vpnprofile-esp",
    vendor: "Android platform VPN",
    versions: "12+",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["aosp-mirror/platform_frameworks_base services/core/java/com/android/server/connectivity/VpnIkev2Utils.java"],
    notes: "filtered by the profile allowedAlgorithms",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[CIPHERS, INTEG, &[SEQUENTIAL_32]]), ProfileProposal::new(&[AEAD, &[SEQUENTIAL_32]])],
};
