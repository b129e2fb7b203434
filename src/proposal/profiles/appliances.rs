//! Cisco, FortiGate, MikroTik, AWS.

use super::{profiles, transforms::*};

profiles! {
    APPLIANCES;
    /// Cisco IOS 15.x smart default, 15.x.
    CISCO_IOS_15_DEFAULT_IKE = "cisco-ios-15-default-ike", ["cisco-ios"], "Cisco IOS 15.x smart default", "15.x", Both, IKE, High, "high", Configured,
        sources ["show crypto ikev2 proposal output in public notes (find_string ids 36991402702, 36907478981)"],
        notes "",
        proposals [
            &[AES_CBC_256, AES_CBC_192, AES_CBC_128, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_256, PRF_HMAC_SHA1, PRF_HMAC_MD5, HMAC_SHA2_512_256, HMAC_SHA2_384_192, HMAC_SHA2_256_128, HMAC_SHA1_96, HMAC_MD5_96, MODP_1536, MODP_1024],
        ];

    /// Cisco IOS-XE 16.x/17.x smart default, 16.12+/17.x.
    CISCO_IOSXE_17_DEFAULT_IKE = "cisco-iosxe-17-default-ike", ["cisco", "cisco-iosxe"], "Cisco IOS-XE 16.x/17.x smart default", "16.12+/17.x", Both, IKE, High, "high", Configured,
        sources ["show crypto ikev2 proposal output (find_string id 36890752064)"],
        notes "26.1 adds pqc mlkem768|mlkem1024 [optional] under the proposal",
        proposals [
            &[AES_CBC_256, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_384, HMAC_SHA2_512_256, HMAC_SHA2_384_192, ECP_256, MODP_2048, ECP_521, MODP_1536],
        ];

    /// FortiGate FortiOS phase1-interface default, 7.0..7.4.
    FORTIGATE_DEFAULT_IKE = "fortigate-default-ike", ["fortigate", "fortigate-ike"], "FortiGate FortiOS phase1-interface default", "7.0..7.4", Both, IKE, MediumHigh, "high for suites, medium for dhgrp (14 5; newer wizards 20 21 or 20 14 15) and grouping", Configured,
        sources ["many public FortiOS configs (find_string aes256gcm-prfsha384 chacha20poly1305)"],
        notes "",
        proposals [
            &[AES_CBC_128, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_2048, MODP_1536],
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_2048, MODP_1536],
            &[AES_GCM_16_128, PRF_HMAC_SHA2_256, MODP_2048, MODP_1536],
            &[AES_GCM_16_256, PRF_HMAC_SHA2_384, MODP_2048, MODP_1536],
            &[CHACHA20_POLY1305, PRF_HMAC_SHA2_256, MODP_2048, MODP_1536],
        ];

    /// FortiGate phase2-interface default, 7.x.
    FORTIGATE_DEFAULT_ESP = "fortigate-default-esp", ["fortigate-esp"], "FortiGate phase2-interface default", "7.x", Both, ESP, Medium, "medium", Configured,
        sources ["public FortiOS configs"],
        notes "PFS on by default",
        proposals [
            &[AES_CBC_128, HMAC_SHA1_96, MODP_2048, MODP_1536, NO_ESN],
            &[AES_CBC_256, HMAC_SHA1_96, MODP_2048, MODP_1536, NO_ESN],
            &[AES_CBC_128, HMAC_SHA2_256_128, MODP_2048, MODP_1536, NO_ESN],
            &[AES_CBC_256, HMAC_SHA2_256_128, MODP_2048, MODP_1536, NO_ESN],
            &[AES_GCM_16_128, MODP_2048, MODP_1536, NO_ESN],
            &[AES_GCM_16_256, MODP_2048, MODP_1536, NO_ESN],
            &[CHACHA20_POLY1305, MODP_2048, MODP_1536, NO_ESN],
        ];

    /// MikroTik RouterOS profile default, 6.43..7.x.
    MIKROTIK_DEFAULT_IKE = "mikrotik-default-ike", ["mikrotik", "mikrotik-ike"], "MikroTik RouterOS profile default", "6.43..7.x", Both, IKE, Medium, "high for values, low for how they are grouped into proposals", Configured,
        sources ["public /export files (find_string dh-group=modp2048,modp1024)"],
        notes "",
        proposals [
            &[AES_CBC_128, TRIPLE_DES, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_2048, MODP_1024],
        ];

    /// MikroTik RouterOS proposal default, 6.43..7.x.
    MIKROTIK_DEFAULT_ESP = "mikrotik-default-esp", ["mikrotik-esp"], "MikroTik RouterOS proposal default", "6.43..7.x", Both, ESP, MediumHigh, "high for algorithms, medium for pfs-group=modp1024", Configured,
        sources ["public /export files"],
        notes "",
        proposals [
            &[AES_CBC_256, AES_CBC_192, AES_CBC_128, HMAC_SHA1_96, MODP_1024, NO_ESN],
        ];

    /// AWS Site-to-Site VPN default (accept list), 2020-2026.
    AWS_S2S_DEFAULT_IKE = "aws-s2s-default-ike", ["aws", "aws-ike"], "AWS Site-to-Site VPN default (accept list)", "2020-2026", Both, IKE, High, "high for the set", Configured,
        sources ["awsdocs/aws-site-to-site-vpn-user-guide VPNTunnels.md"],
        notes "docs: the endpoint evaluates proposals from its own lowest configured values, regardless of the customer gateway order -> picks the weakest common suite; as initiator the offer order is unpublished",
        proposals [
            &[AES_CBC_128, AES_CBC_256, PRF_HMAC_SHA1, PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, HMAC_SHA1_96, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256, MODP_1024, MODP_2048, MODP_3072, MODP_4096, MODP_6144, MODP_8192, ECP_256, ECP_384, ECP_521, MODP_1024_160, MODP_2048_224, MODP_2048_256],
            &[AES_GCM_16_128, AES_GCM_16_256, PRF_HMAC_SHA1, PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, MODP_1024, MODP_2048, MODP_3072, MODP_4096, MODP_6144, MODP_8192, ECP_256, ECP_384, ECP_521, MODP_1024_160, MODP_2048_224, MODP_2048_256],
        ];

    /// AWS Site-to-Site VPN default, 2020-2026.
    AWS_S2S_DEFAULT_ESP = "aws-s2s-default-esp", ["aws-esp"], "AWS Site-to-Site VPN default", "2020-2026", Both, ESP, High, "high for the set", Configured,
        sources ["same"],
        notes "phase 2 also allows group 5",
        proposals [
            &[AES_CBC_128, AES_CBC_256, HMAC_SHA1_96, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256, MODP_1024, MODP_1536, MODP_2048, MODP_3072, MODP_4096, MODP_6144, MODP_8192, ECP_256, ECP_384, ECP_521, MODP_1024_160, MODP_2048_224, MODP_2048_256, NO_ESN],
            &[AES_GCM_16_128, AES_GCM_16_256, MODP_1024, MODP_1536, MODP_2048, MODP_3072, MODP_4096, MODP_6144, MODP_8192, ECP_256, ECP_384, ECP_521, MODP_1024_160, MODP_2048_224, MODP_2048_256, NO_ESN],
        ];
}
