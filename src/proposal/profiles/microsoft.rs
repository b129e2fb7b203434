//! Windows clients, RRAS, Azure.

use super::{profiles, transforms::*};

profiles! {
    MICROSOFT;
    /// Microsoft Windows 10 built-in IKEv2 client, 10 (1607..22H2).
    WINDOWS10_CLIENT_DEFAULT_IKE = "windows10-client-default-ike", ["windows10", "windows10-ike"], "Microsoft Windows 10 built-in IKEv2 client", "10 (1607..22H2)", Initiator, IKE, MediumHigh, "high for 1-12 (order confirmed by proposal number 11 in a log); medium for GCM 13-18 order", Configured,
        sources ["https://github.com/trailofbits/algo/issues/9", "https://github.com/hwdsl2/setup-ipsec-vpn/issues/106", "https://github.com/hwdsl2/setup-ipsec-vpn/issues/670", "https://docs.strongswan.org/docs/latest/interop/windowsClients.html"],
        notes "One transform per type per proposal. KE payload is MODP1024. Same list when NativeProtocolType=Automatic ignores CryptographySuite (error 800).",
        proposals [
            &[TRIPLE_DES, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[TRIPLE_DES, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
            &[TRIPLE_DES, PRF_HMAC_SHA2_384, HMAC_SHA2_384_192, MODP_1024],
            &[AES_CBC_128, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[AES_CBC_128, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
            &[AES_CBC_128, PRF_HMAC_SHA2_384, HMAC_SHA2_384_192, MODP_1024],
            &[AES_CBC_192, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[AES_CBC_192, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
            &[AES_CBC_192, PRF_HMAC_SHA2_384, HMAC_SHA2_384_192, MODP_1024],
            &[AES_CBC_256, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
            &[AES_CBC_256, PRF_HMAC_SHA2_384, HMAC_SHA2_384_192, MODP_1024],
            &[AES_GCM_16_128, PRF_HMAC_SHA1, MODP_1024],
            &[AES_GCM_16_128, PRF_HMAC_SHA2_256, MODP_1024],
            &[AES_GCM_16_128, PRF_HMAC_SHA2_384, MODP_1024],
            &[AES_GCM_16_256, PRF_HMAC_SHA1, MODP_1024],
            &[AES_GCM_16_256, PRF_HMAC_SHA2_256, MODP_1024],
            &[AES_GCM_16_256, PRF_HMAC_SHA2_384, MODP_1024],
        ];

    /// Microsoft Windows 11 built-in IKEv2 client, 11.
    WINDOWS11_CLIENT_DEFAULT_IKE = "windows11-client-default-ike", ["windows11", "windows11-ike"], "Microsoft Windows 11 built-in IKEv2 client", "11", Initiator, IKE, Medium, "medium", Configured,
        sources ["https://docs.strongswan.org/docs/latest/interop/windowsClients.html"],
        notes "strongSwan docs say 3des-aes128-aes192-aes256-sha1-sha256-sha384-modp1024 plus aes128gcm16-aes256gcm16-sha1-sha256-sha384-modp1024; order not stated, assumed same as Windows 10",
        proposals [
            &[TRIPLE_DES, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[TRIPLE_DES, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
            &[TRIPLE_DES, PRF_HMAC_SHA2_384, HMAC_SHA2_384_192, MODP_1024],
            &[AES_CBC_128, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[AES_CBC_128, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
            &[AES_CBC_128, PRF_HMAC_SHA2_384, HMAC_SHA2_384_192, MODP_1024],
            &[AES_CBC_192, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[AES_CBC_192, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
            &[AES_CBC_192, PRF_HMAC_SHA2_384, HMAC_SHA2_384_192, MODP_1024],
            &[AES_CBC_256, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
            &[AES_CBC_256, PRF_HMAC_SHA2_384, HMAC_SHA2_384_192, MODP_1024],
            &[AES_GCM_16_128, PRF_HMAC_SHA1, MODP_1024],
            &[AES_GCM_16_128, PRF_HMAC_SHA2_256, MODP_1024],
            &[AES_GCM_16_128, PRF_HMAC_SHA2_384, MODP_1024],
            &[AES_GCM_16_256, PRF_HMAC_SHA1, MODP_1024],
            &[AES_GCM_16_256, PRF_HMAC_SHA2_256, MODP_1024],
            &[AES_GCM_16_256, PRF_HMAC_SHA2_384, MODP_1024],
        ];

    /// Microsoft Windows client with HKLM\\SYSTEM\\CurrentControlSet\\Services\\Rasman\\Parameters\\NegotiateDH2048_AES256=2, 11 (7+ has the value).
    WINDOWS_CLIENT_NEGOTIATEDH2048_2_IKE = "windows-client-negotiatedh2048-2-ike", [], "Microsoft Windows client with HKLM\\SYSTEM\\CurrentControlSet\\Services\\Rasman\\Parameters\\NegotiateDH2048_AES256=2", "11 (7+ has the value)", Initiator, IKE, Medium, "medium", Configured,
        sources ["https://docs.strongswan.org/docs/latest/interop/windowsClients.html"],
        notes "value 0=default disabled, 1=enable (adds AES256+MODP2048 to the default list; order unknown), 2=enforce; order inside uncertain",
        proposals [
            &[AES_CBC_256, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_2048],
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_2048],
            &[AES_CBC_256, PRF_HMAC_SHA2_384, HMAC_SHA2_384_192, MODP_2048],
        ];

    /// Microsoft Windows client, 7..11.
    WINDOWS_CLIENT_DEFAULT_ESP = "windows-client-default-esp", ["windows10-esp", "windows11-esp", "windows-esp"], "Microsoft Windows client", "7..11", Initiator, ESP, MediumHigh, "medium-high", Configured,
        sources ["https://docs.strongswan.org/docs/latest/interop/windowsClients.html", "https://github.com/opnsense/core/issues/8786"],
        notes "SHA1 only, no PFS; explains NO_PROPOSAL_CHOSEN in IKE_AUTH against SHA2-only ESP servers",
        proposals [
            &[AES_CBC_256, HMAC_SHA1_96, NO_ESN],
            &[AES_CBC_128, HMAC_SHA1_96, NO_ESN],
            &[TRIPLE_DES, HMAC_SHA1_96, NO_ESN],
            &[DES, HMAC_SHA1_96, NO_ESN],
            &[NULL, HMAC_SHA1_96, NO_ESN],
        ];

    /// Windows client Set-VpnConnectionIPsecConfiguration EncryptionMethod=AES128 IntegrityCheckMethod=SHA384 DHGroup=ECP256, 10.
    WINDOWS_CLIENT_CUSTOM_IKE_EXAMPLE = "windows-client-custom-ike-example", [], "Windows client Set-VpnConnectionIPsecConfiguration EncryptionMethod=AES128 IntegrityCheckMethod=SHA384 DHGroup=ECP256", "10", Initiator, IKE, High, "high", Configured,
        sources ["strongSwan log (Algo VPN), find_string id 26485434589", "https://github.com/trailofbits/algo/issues/760"],
        notes "A custom policy produces exactly one proposal",
        proposals [
            &[AES_CBC_128, PRF_HMAC_SHA2_384, HMAC_SHA2_384_192, ECP_256],
        ];

    /// Windows Server RRAS default, result with default Windows client, 2012R2..2019.
    RRAS_DEFAULT_IKE_OUTCOME = "rras-default-ike-outcome", ["rras"], "Windows Server RRAS default, result with default Windows client", "2012R2..2019", Responder, IKE, Medium, "medium", Supplied,
        sources ["https://directaccess.richardhicks.com/tag/protection/"],
        notes "Observed selected suite 3DES/SHA1/DH2 = the client first proposal, i.e. RRAS honours initiator order. Full accept list not published; Azure route-based list is the nearest documented relative (low confidence).",
        proposals [
            &[TRIPLE_DES, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
        ];

    /// Azure VPN Gateway route-based default, 2019-2025.
    AZURE_VPNGW_ROUTEBASED_DEFAULT_IKE = "azure-vpngw-routebased-default-ike", ["azure", "azure-ike"], "Azure VPN Gateway route-based default", "2019-2025", Both, IKE, High, "high", Configured,
        sources ["https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-devices (MicrosoftDocs/azure-docs)"],
        notes "DH group 2 only by default; 28,800 s lifetime",
        proposals [
            &[AES_CBC_256, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
            &[AES_CBC_128, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[AES_CBC_128, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
            &[TRIPLE_DES, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[TRIPLE_DES, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1024],
        ];

    /// Azure VPN Gateway route-based default, 2019-2025.
    AZURE_VPNGW_ROUTEBASED_DEFAULT_ESP_INITIATOR = "azure-vpngw-routebased-default-esp-initiator", [], "Azure VPN Gateway route-based default", "2019-2025", Initiator, ESP, High, "high", Configured,
        sources ["MicrosoftDocs/azure-docs vpn-gateway-about-vpn-devices.md"],
        notes "SN transform assumed",
        proposals [
            &[AES_GCM_16_256, NO_ESN],
            &[AES_CBC_256, HMAC_SHA1_96, NO_ESN],
            &[TRIPLE_DES, HMAC_SHA1_96, NO_ESN],
            &[AES_CBC_256, HMAC_SHA2_256_128, NO_ESN],
            &[AES_CBC_128, HMAC_SHA1_96, NO_ESN],
            &[TRIPLE_DES, HMAC_SHA2_256_128, NO_ESN],
        ];

    /// Azure VPN Gateway route-based default, 2019-2025.
    AZURE_VPNGW_ROUTEBASED_DEFAULT_ESP_RESPONDER = "azure-vpngw-routebased-default-esp-responder", ["azure-esp"], "Azure VPN Gateway route-based default", "2019-2025", Responder, ESP, High, "high", Configured,
        sources ["MicrosoftDocs/azure-docs vpn-gateway-about-vpn-devices.md"],
        notes "26 combinations in documented preference order; known IKEv2 IP-fragment limitation: out-of-order IP fragments dropped (azure-docs issue 29476)",
        proposals [
            &[AES_GCM_16_256, NO_ESN],
            &[AES_CBC_256, HMAC_SHA1_96, NO_ESN],
            &[TRIPLE_DES, HMAC_SHA1_96, NO_ESN],
            &[AES_CBC_256, HMAC_SHA2_256_128, NO_ESN],
            &[AES_CBC_128, HMAC_SHA1_96, NO_ESN],
            &[TRIPLE_DES, HMAC_SHA2_256_128, NO_ESN],
            &[DES, HMAC_SHA1_96, NO_ESN],
            &[AES_CBC_256, HMAC_SHA1_96, MODP_768, NO_ESN],
            &[AES_CBC_256, HMAC_SHA1_96, MODP_1024, NO_ESN],
            &[AES_CBC_256, HMAC_SHA1_96, MODP_2048, NO_ESN],
            &[AES_CBC_128, HMAC_SHA1_96, MODP_768, NO_ESN],
            &[AES_CBC_128, HMAC_SHA1_96, MODP_1024, NO_ESN],
            &[AES_CBC_128, HMAC_SHA1_96, MODP_2048, NO_ESN],
            &[TRIPLE_DES, HMAC_SHA1_96, MODP_768, NO_ESN],
            &[TRIPLE_DES, HMAC_SHA1_96, MODP_1024, NO_ESN],
            &[TRIPLE_DES, HMAC_SHA2_256_128, MODP_1024, NO_ESN],
            &[AES_CBC_256, HMAC_SHA2_256_128, MODP_768, NO_ESN],
            &[AES_CBC_256, HMAC_SHA2_256_128, MODP_1024, NO_ESN],
            &[AES_CBC_256, HMAC_SHA2_256_128, MODP_2048, NO_ESN],
            &[AES_CBC_256, HMAC_SHA1_96, MODP_2048_256, NO_ESN],
            &[AES_CBC_256, HMAC_SHA2_256_128, MODP_2048_256, NO_ESN],
            &[AES_CBC_128, HMAC_SHA2_256_128, NO_ESN],
            &[AES_CBC_128, HMAC_SHA2_256_128, MODP_768, NO_ESN],
            &[AES_CBC_128, HMAC_SHA2_256_128, MODP_1024, NO_ESN],
            &[AES_CBC_128, HMAC_SHA2_256_128, MODP_2048, NO_ESN],
            &[TRIPLE_DES, HMAC_SHA1_96, MODP_2048, NO_ESN],
        ];
}
