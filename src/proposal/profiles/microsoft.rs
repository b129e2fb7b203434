//! Windows clients, Windows Server RRAS and Azure VPN Gateway.

use super::profile::{Profile, ProfileProposal, Roles, SourceConfidence};
use super::transforms::*;
use crate::proposal::{Dialect, Preference};
use crate::registry::SecurityProtocol;

/// Microsoft Windows 10 built-in IKEv2 client, 10 (1607..22H2): what it offers for IKE.
pub(super) const WINDOWS10_CLIENT_DEFAULT_IKE: Profile = Profile {
    name: "windows10-client-default-ike",
    vendor: "Microsoft Windows 10 built-in IKEv2 client",
    versions: "10 (1607..22H2)",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::Medium,
    confidence_note: "high for 1-12 (order confirmed by proposal number 11 in a log); medium for GCM 13-18 order",
    sources: &[
        "https://github.com/trailofbits/algo/issues/9",
        "https://github.com/hwdsl2/setup-ipsec-vpn/issues/106",
        "https://github.com/hwdsl2/setup-ipsec-vpn/issues/670",
        "https://docs.strongswan.org/docs/latest/interop/windowsClients.html",
    ],
    notes: "One transform per type per proposal. KE payload is MODP1024. Same list when NativeProtocolType=Automatic ignores CryptographySuite (error 800).",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_3DES], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[PRF_HMAC_SHA2_384], &[AUTH_HMAC_SHA2_384_192], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[PRF_HMAC_SHA2_384], &[AUTH_HMAC_SHA2_384_192], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_192], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_192], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_192], &[PRF_HMAC_SHA2_384], &[AUTH_HMAC_SHA2_384_192], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_384], &[AUTH_HMAC_SHA2_384_192], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128], &[PRF_HMAC_SHA1], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128], &[PRF_HMAC_SHA2_256], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_128], &[PRF_HMAC_SHA2_384], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[PRF_HMAC_SHA1], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[PRF_HMAC_SHA2_256], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[PRF_HMAC_SHA2_384], &[MODP_1024]]),
    ],
};

/// Microsoft Windows 11 built-in IKEv2 client, 11: what it offers for IKE.
pub(super) const WINDOWS11_CLIENT_DEFAULT_IKE: Profile = Profile {
    name: "windows11-client-default-ike",
    vendor: "Microsoft Windows 11 built-in IKEv2 client",
    versions: "11",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::Medium,
    confidence_note: "medium",
    sources: &["https://docs.strongswan.org/docs/latest/interop/windowsClients.html"],
    notes: "strongSwan docs say 3des-aes128-aes192-aes256-sha1-sha256-sha384-modp1024 plus aes128gcm16-aes256gcm16-sha1-sha256-sha384-modp1024; order not stated, assumed same as Windows 10",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: WINDOWS10_CLIENT_DEFAULT_IKE.proposals,
};

/// Microsoft Windows client with HKLM\SYSTEM\CurrentControlSet\Services\Rasman\Parameters\NegotiateDH2048_AES256=2, 11 (7+ has the value): what it offers for IKE.
pub(super) const WINDOWS_CLIENT_NEGOTIATEDH2048_2_IKE: Profile = Profile {
    name: "windows-client-negotiatedh2048-2-ike",
    vendor: "Microsoft Windows client with HKLM\\SYSTEM\\CurrentControlSet\\Services\\Rasman\\Parameters\\NegotiateDH2048_AES256=2",
    versions: "11 (7+ has the value)",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::Medium,
    confidence_note: "medium",
    sources: &["https://docs.strongswan.org/docs/latest/interop/windowsClients.html"],
    notes: "value 0=default disabled, 1=enable (adds AES256+MODP2048 to the default list; order unknown), 2=enforce; order inside uncertain",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_2048]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_384], &[AUTH_HMAC_SHA2_384_192], &[MODP_2048]]),
    ],
};

/// Microsoft Windows client, 7..11: what it offers for ESP.
pub(super) const WINDOWS_CLIENT_DEFAULT_ESP: Profile = Profile {
    name: "windows-client-default-esp",
    vendor: "Microsoft Windows client",
    versions: "7..11",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::Medium,
    confidence_note: "medium-high",
    sources: &["https://docs.strongswan.org/docs/latest/interop/windowsClients.html", "https://github.com/opnsense/core/issues/8786"],
    notes: "SHA1 only, no PFS; explains NO_PROPOSAL_CHOSEN in IKE_AUTH against SHA2-only ESP servers",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_DES], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_NULL], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
    ],
};

/// Windows client Set-VpnConnectionIPsecConfiguration EncryptionMethod=AES128 IntegrityCheckMethod=SHA384 DHGroup=ECP256, 10: what it offers for IKE.
pub(super) const WINDOWS_CLIENT_CUSTOM_IKE_EXAMPLE: Profile = Profile {
    name: "windows-client-custom-ike-example",
    vendor: "Windows client Set-VpnConnectionIPsecConfiguration EncryptionMethod=AES128 IntegrityCheckMethod=SHA384 DHGroup=ECP256",
    versions: "10",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["strongSwan log (Algo VPN)", "https://github.com/trailofbits/algo/issues/760"],
    notes: "A custom policy produces exactly one proposal",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[PRF_HMAC_SHA2_384], &[AUTH_HMAC_SHA2_384_192], &[ECP_256]])],
};

/// Windows Server RRAS default, result with default Windows client, 2012R2..2019: what it accepts for IKE.
pub(super) const RRAS_DEFAULT_IKE_OUTCOME: Profile = Profile {
    name: "rras-default-ike-outcome",
    vendor: "Windows Server RRAS default, result with default Windows client",
    versions: "2012R2..2019",
    roles: Roles::RESPONDER,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::Medium,
    confidence_note: "medium",
    sources: &["https://directaccess.richardhicks.com/tag/protection/"],
    notes: "Observed selected suite 3DES/SHA1/DH2 = the client first proposal, i.e. RRAS honours initiator order. Full accept list not published; Azure route-based list is the nearest documented relative (low confidence).",
    selection: Some("first-supplied (inferred)"),
    dialect: Dialect::Rfc,
    prefer: Preference::Supplied,
    proposals: &[ProfileProposal::new(&[&[ENCR_3DES], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_1024]])],
};

/// Azure VPN Gateway route-based default, 2019-2025: what it offers and accepts for IKE.
pub(super) const AZURE_VPNGW_ROUTEBASED_DEFAULT_IKE: Profile = Profile {
    name: "azure-vpngw-routebased-default-ike",
    vendor: "Azure VPN Gateway route-based default",
    versions: "2019-2025",
    roles: Roles::BOTH,
    protocol: SecurityProtocol::IKE,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-devices (MicrosoftDocs/azure-docs)"],
    notes: "DH group 2 only by default; 28,800 s lifetime",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[PRF_HMAC_SHA1], &[AUTH_HMAC_SHA1_96], &[MODP_1024]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[PRF_HMAC_SHA2_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_1024]]),
    ],
};

/// Azure VPN Gateway route-based default, 2019-2025: what it offers for ESP.
pub(super) const AZURE_VPNGW_ROUTEBASED_DEFAULT_ESP_INITIATOR: Profile = Profile {
    name: "azure-vpngw-routebased-default-esp-initiator",
    vendor: "Azure VPN Gateway route-based default",
    versions: "2019-2025",
    roles: Roles::INITIATOR,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["MicrosoftDocs/azure-docs vpn-gateway-about-vpn-devices.md"],
    notes: "SN transform assumed",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[AUTH_HMAC_SHA2_256_128], &[SEQUENTIAL_32]]),
    ],
};

/// Azure VPN Gateway route-based default, 2019-2025: what it accepts for ESP.
pub(super) const AZURE_VPNGW_ROUTEBASED_DEFAULT_ESP_RESPONDER: Profile = Profile {
    name: "azure-vpngw-routebased-default-esp-responder",
    vendor: "Azure VPN Gateway route-based default",
    versions: "2019-2025",
    roles: Roles::RESPONDER,
    protocol: SecurityProtocol::ESP,
    confidence: SourceConfidence::High,
    confidence_note: "high",
    sources: &["MicrosoftDocs/azure-docs vpn-gateway-about-vpn-devices.md"],
    notes: "26 combinations in documented preference order; known IKEv2 IP-fragment limitation: out-of-order IP fragments dropped (azure-docs issue 29476)",
    selection: None,
    dialect: Dialect::Rfc,
    prefer: Preference::Configured,
    proposals: &[
        ProfileProposal::new(&[&[ENCR_AES_GCM_16_256], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[AUTH_HMAC_SHA2_256_128], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_DES], &[AUTH_HMAC_SHA1_96], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA1_96], &[MODP_768], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA1_96], &[MODP_1024], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA1_96], &[MODP_2048], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA1_96], &[MODP_768], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA1_96], &[MODP_1024], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA1_96], &[MODP_2048], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[AUTH_HMAC_SHA1_96], &[MODP_768], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[AUTH_HMAC_SHA1_96], &[MODP_1024], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[AUTH_HMAC_SHA2_256_128], &[MODP_1024], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_768], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_1024], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA1_96], &[MODP_2048_256], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_256], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048_256], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA2_256_128], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA2_256_128], &[MODP_768], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA2_256_128], &[MODP_1024], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_AES_CBC_128], &[AUTH_HMAC_SHA2_256_128], &[MODP_2048], &[SEQUENTIAL_32]]),
        ProfileProposal::new(&[&[ENCR_3DES], &[AUTH_HMAC_SHA1_96], &[MODP_2048], &[SEQUENTIAL_32]]),
    ],
};
