//! strongSwan, libreswan, OpenIKED, Android.

use super::{profiles, transforms::*};

profiles! {
    OPEN_SOURCE;
    /// Android platform VPN (Ikev2VpnProfile), 12+.
    ANDROID_IKEV2VPNPROFILE_IKE = "android-ikev2vpnprofile-ike", ["android", "android-ike"], "Android platform VPN (Ikev2VpnProfile)", "12+", Initiator, IKE, High, "high", Configured,
        sources ["aosp-mirror/platform_frameworks_base services/core/java/com/android/server/connectivity/VpnIkev2Utils.java"],
        notes "no ECP groups at all: servers that only accept ECP256/384 answer INVALID_KE/NO_PROPOSAL; KE payload is MODP4096 (512 bytes) so IKE_SA_INIT is large. Android 11 list differs (uncertain)",
        proposals [
            &[AES_CTR_256, AES_CBC_256, AES_CTR_192, AES_CBC_192, AES_CTR_128, AES_CBC_128, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_256, PRF_AES128_XCBC, PRF_AES128_CMAC, PRF_HMAC_SHA1, HMAC_SHA2_512_256, HMAC_SHA2_384_192, HMAC_SHA2_256_128, AES_XCBC_96, AES_CMAC_96, MODP_4096, CURVE25519, MODP_3072, MODP_2048],
            &[CHACHA20_POLY1305, AES_GCM_16_256, AES_GCM_12_256, AES_GCM_8_256, AES_GCM_16_192, AES_GCM_12_192, AES_GCM_8_192, AES_GCM_16_128, AES_GCM_12_128, AES_GCM_8_128, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_256, PRF_AES128_XCBC, PRF_AES128_CMAC, PRF_HMAC_SHA1, MODP_4096, CURVE25519, MODP_3072, MODP_2048],
        ];

    /// Android platform VPN, 12+.
    ANDROID_IKEV2VPNPROFILE_ESP = "android-ikev2vpnprofile-esp", ["android-esp"], "Android platform VPN", "12+", Initiator, ESP, High, "high", Configured,
        sources ["same file"],
        notes "filtered by the profile allowedAlgorithms",
        proposals [
            &[AES_CTR_256, AES_CBC_256, AES_CTR_192, AES_CBC_192, AES_CTR_128, AES_CBC_128, HMAC_SHA2_512_256, HMAC_SHA2_384_192, HMAC_SHA2_256_128, AES_XCBC_96, AES_CMAC_96, NO_ESN],
            &[CHACHA20_POLY1305, AES_GCM_16_256, AES_GCM_12_256, AES_GCM_8_256, AES_GCM_16_192, AES_GCM_12_192, AES_GCM_8_192, AES_GCM_16_128, AES_GCM_12_128, AES_GCM_8_128, NO_ESN],
        ];

    /// strongSwan 5.9 (openssl plugin build), 5.9.
    STRONGSWAN_5_9_DEFAULT_IKE = "strongswan-5.9-default-ike", ["strongswan5", "strongswan-5.9", "strongswan-5.9-ike"], "strongSwan 5.9 (openssl plugin build)", "5.9", Both, IKE, MediumHigh, "high for the set, medium for order (plugin dependent)", Configured,
        sources ["strongswan src/libstrongswan/crypto/proposal/proposal.c tag 5.9.14", "https://github.com/libreswan/libreswan/issues/174", "https://github.com/hwdsl2/setup-ipsec-vpn/issues/307"],
        notes "rounds: >=128-bit first; weak MODP1024/1536 and RFC5114 groups never in default; also AES_CTR/CAMELLIA/CCM/CURVE448/MODP6144 if plugins provide them; IKE order classic then AEAD",
        proposals [
            &[AES_CBC_128, AES_CBC_192, AES_CBC_256, TRIPLE_DES, PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, PRF_AES128_XCBC, PRF_HMAC_SHA1, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256, HMAC_SHA1_96, AES_XCBC_96, ECP_256, ECP_384, ECP_521, BRAINPOOL_256, BRAINPOOL_384, BRAINPOOL_512, CURVE25519, MODP_3072, MODP_4096, MODP_8192, MODP_2048],
            &[AES_GCM_16_128, AES_GCM_16_192, AES_GCM_16_256, CHACHA20_POLY1305, AES_GCM_12_128, AES_GCM_12_192, AES_GCM_12_256, AES_GCM_8_128, AES_GCM_8_192, AES_GCM_8_256, PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, PRF_AES128_XCBC, PRF_HMAC_SHA1, ECP_256, ECP_384, ECP_521, BRAINPOOL_256, BRAINPOOL_384, BRAINPOOL_512, CURVE25519, MODP_3072, MODP_4096, MODP_8192, MODP_2048],
        ];

    /// strongSwan 5.9.6+, 5.9.6..5.9.14.
    STRONGSWAN_5_9_DEFAULT_ESP = "strongswan-5.9-default-esp", ["strongswan5-esp", "strongswan-5.9-esp"], "strongSwan 5.9.6+", "5.9.6..5.9.14", Both, ESP, High, "high", Configured,
        sources ["proposal.c 5.9.14", "https://github.com/strongswan/strongswan/pull/868"],
        notes "AEAD first for swanctl/vici; stroke ipsec.conf uses classic first. No DH. 5.9.6+ list; see strongswan-5.9.0-5.9.5-default-esp",
        proposals [
            &[AES_GCM_16_128, AES_GCM_16_192, AES_GCM_16_256, NO_ESN],
            &[AES_CBC_128, AES_CBC_192, AES_CBC_256, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256, HMAC_SHA1_96, AES_XCBC_96, NO_ESN],
        ];

    /// strongSwan 5.9.0..5.9.5, 5.9.0..5.9.5.
    STRONGSWAN_5_9_0_5_9_5_DEFAULT_ESP = "strongswan-5.9.0-5.9.5-default-esp", [], "strongSwan 5.9.0..5.9.5", "5.9.0..5.9.5", Both, ESP, High, "high", Configured,
        sources ["proposal.c tags 5.9.0..5.9.6 compared", "https://github.com/strongswan/strongswan/pull/868"],
        notes "AEAD proposal has NO SN transform: strict peers (OpenIKED, RFC 7296) must refuse it",
        proposals [
            &[AES_GCM_16_128, AES_GCM_16_192, AES_GCM_16_256],
            &[AES_CBC_128, AES_CBC_192, AES_CBC_256, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256, HMAC_SHA1_96, AES_XCBC_96, NO_ESN],
        ];

    /// strongSwan 6.0.2+, 6.0.2..6.0.6.
    STRONGSWAN_6_0_2_DEFAULT_ESP = "strongswan-6.0.2-default-esp", ["strongswan6-esp", "strongswan-6.0-esp"], "strongSwan 6.0.2+", "6.0.2..6.0.6", Both, ESP, High, "high", Configured,
        sources ["proposal.c master 3b902ea", "NEWS 6.0.2"],
        notes "optional PFS: all KE plus NONE; KE stripped in IKE_AUTH",
        proposals [
            &[AES_GCM_16_128, AES_GCM_16_192, AES_GCM_16_256, ECP_256, ECP_384, ECP_521, BRAINPOOL_256, BRAINPOOL_384, BRAINPOOL_512, CURVE25519, MODP_3072, MODP_4096, MODP_8192, MODP_2048, KE_NONE, NO_ESN],
            &[AES_CBC_128, AES_CBC_192, AES_CBC_256, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256, HMAC_SHA1_96, AES_XCBC_96, ECP_256, ECP_384, ECP_521, BRAINPOOL_256, BRAINPOOL_384, BRAINPOOL_512, CURVE25519, MODP_3072, MODP_4096, MODP_8192, MODP_2048, KE_NONE, NO_ESN],
        ];

    /// strongSwan 6.0, 6.0.0..6.0.6.
    STRONGSWAN_6_0_DEFAULT_IKE = "strongswan-6.0-default-ike", ["strongswan6", "strongswan-6.0", "strongswan-6.0-ike"], "strongSwan 6.0", "6.0.0..6.0.6", Both, IKE, High, "high", Configured,
        sources ["proposal.c master"],
        notes "ML-KEM is NOT in the default; must be configured as ke1_mlkem768 (RFC 9370) or mlkem768",
        proposals [
            &[AES_CBC_128, AES_CBC_192, AES_CBC_256, TRIPLE_DES, PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, PRF_AES128_XCBC, PRF_HMAC_SHA1, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256, HMAC_SHA1_96, AES_XCBC_96, ECP_256, ECP_384, ECP_521, BRAINPOOL_256, BRAINPOOL_384, BRAINPOOL_512, CURVE25519, MODP_3072, MODP_4096, MODP_8192, MODP_2048],
            &[AES_GCM_16_128, AES_GCM_16_192, AES_GCM_16_256, CHACHA20_POLY1305, AES_GCM_12_128, AES_GCM_12_192, AES_GCM_12_256, AES_GCM_8_128, AES_GCM_8_192, AES_GCM_8_256, PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, PRF_AES128_XCBC, PRF_HMAC_SHA1, ECP_256, ECP_384, ECP_521, BRAINPOOL_256, BRAINPOOL_384, BRAINPOOL_512, CURVE25519, MODP_3072, MODP_4096, MODP_8192, MODP_2048],
        ];

    /// libreswan 5.x, 5.2..5.4, main 2026-08.
    LIBRESWAN_5_DEFAULT_IKE = "libreswan-5-default-ike", ["libreswan5", "libreswan5-ike"], "libreswan 5.x", "5.2..5.4, main 2026-08", Both, IKE, High, "high", Configured,
        sources ["lib/libswan/ike_info.c v5.4", "https://github.com/libreswan/libreswan/issues/2445"],
        notes "FIPS mode drops CHACHA20",
        proposals [
            &[AES_GCM_16_256, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256, ECP_256, ECP_384, ECP_521, CURVE25519, MODP_4096, MODP_3072, MODP_2048, MODP_8192],
            &[AES_GCM_16_128, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256, ECP_256, ECP_384, ECP_521, CURVE25519, MODP_4096, MODP_3072, MODP_2048, MODP_8192],
            &[CHACHA20_POLY1305, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256, ECP_256, ECP_384, ECP_521, CURVE25519, MODP_4096, MODP_3072, MODP_2048, MODP_8192],
            &[AES_CBC_256, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256, HMAC_SHA2_512_256, HMAC_SHA2_256_128, ECP_256, ECP_384, ECP_521, CURVE25519, MODP_4096, MODP_3072, MODP_2048, MODP_8192],
            &[AES_CBC_128, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256, HMAC_SHA2_512_256, HMAC_SHA2_256_128, ECP_256, ECP_384, ECP_521, CURVE25519, MODP_4096, MODP_3072, MODP_2048, MODP_8192],
        ];

    /// libreswan 4.x, 4.4..4.15.
    LIBRESWAN_4_DEFAULT_IKE = "libreswan-4-default-ike", ["libreswan4", "libreswan4-ike"], "libreswan 4.x", "4.4..4.15", Both, IKE, High, "high", Configured,
        sources ["https://github.com/libreswan/libreswan/issues/1558"],
        notes "",
        proposals [
            &[AES_GCM_16_256, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256, MODP_2048, MODP_3072, MODP_4096, MODP_8192, ECP_256, ECP_384, ECP_521, CURVE25519],
            &[AES_GCM_16_128, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256, MODP_2048, MODP_3072, MODP_4096, MODP_8192, ECP_256, ECP_384, ECP_521, CURVE25519],
            &[AES_CBC_256, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256, HMAC_SHA2_512_256, HMAC_SHA2_256_128, MODP_2048, MODP_3072, MODP_4096, MODP_8192, ECP_256, ECP_384, ECP_521, CURVE25519],
            &[AES_CBC_128, PRF_HMAC_SHA2_512, PRF_HMAC_SHA2_256, HMAC_SHA2_512_256, HMAC_SHA2_256_128, MODP_2048, MODP_3072, MODP_4096, MODP_8192, ECP_256, ECP_384, ECP_521, CURVE25519],
        ];

    /// libreswan 5.x, 5.2..5.4.
    LIBRESWAN_5_DEFAULT_ESP = "libreswan-5-default-esp", ["libreswan5-esp"], "libreswan 5.x", "5.2..5.4", Both, ESP, MediumHigh, "high (SN values medium)", Configured,
        sources ["lib/libswan/esp_info.c"],
        notes "adds the IKE DH group when pfs=yes on CREATE_CHILD_SA",
        proposals [
            &[AES_GCM_16_256, NO_ESN],
            &[AES_GCM_16_128, NO_ESN],
            &[CHACHA20_POLY1305, NO_ESN],
            &[AES_CBC_256, HMAC_SHA2_512_256, HMAC_SHA2_256_128, NO_ESN],
            &[AES_CBC_128, HMAC_SHA2_512_256, HMAC_SHA2_256_128, NO_ESN],
        ];

    /// OpenIKED 7.x portable / OpenBSD, 7.x.
    OPENIKED_DEFAULT_IKE = "openiked-default-ike", ["openiked", "openiked-ike"], "OpenIKED 7.x portable / OpenBSD", "7.x", Both, IKE, High, "high", Configured,
        sources ["openiked-portable iked/parse.y 4a71216"],
        notes "SNTRUP761X25519 (private 1035) supported but not default",
        proposals [
            &[AES_GCM_16_128, AES_GCM_16_256, PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, PRF_HMAC_SHA1, CURVE25519, ECP_521, ECP_384, ECP_256, MODP_4096, MODP_3072, MODP_2048, MODP_1536, MODP_1024],
            &[AES_CBC_256, AES_CBC_192, AES_CBC_128, TRIPLE_DES, PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_512, PRF_HMAC_SHA1, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256, HMAC_SHA1_96, CURVE25519, ECP_521, ECP_384, ECP_256, MODP_4096, MODP_3072, MODP_2048, MODP_1536, MODP_1024],
        ];

    /// OpenIKED, 7.x.
    OPENIKED_DEFAULT_ESP = "openiked-default-esp", ["openiked-esp"], "OpenIKED", "7.x", Both, ESP, High, "high", Configured,
        sources ["iked/parse.y"],
        notes "sends an explicit KE=NONE transform and ESN preferred; Linux pfkey build omits SHA2_256 and GCM",
        proposals [
            &[AES_GCM_16_128, AES_GCM_16_256, KE_NONE, ESN, NO_ESN],
            &[AES_CBC_256, AES_CBC_192, AES_CBC_128, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256, HMAC_SHA1_96, KE_NONE, ESN, NO_ESN],
        ];
}
