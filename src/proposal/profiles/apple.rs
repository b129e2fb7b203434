//! iOS and macOS.

use super::{profiles, transforms::*};

profiles! {
    APPLE;
    /// Apple iOS built-in, manual config, 16.5.
    IOS_DEFAULT_IKE = "ios-default-ike", ["ios", "ios-ike"], "Apple iOS built-in, manual config", "16.5", Initiator, IKE, High, "high", Configured,
        sources ["https://docs.strongswan.org/docs/latest/interop/ios.html", "https://github.com/hwdsl2/setup-ipsec-vpn/issues/826"],
        notes "MODP1536 offered but a client bug makes it fail; a 2020 macOS log shows the same five proposals",
        proposals [
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_2048],
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, ECP_256],
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_1536],
            &[AES_CBC_128, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
            &[TRIPLE_DES, PRF_HMAC_SHA1, HMAC_SHA1_96, MODP_1024],
        ];

    /// Apple iOS, 16.5.
    IOS_DEFAULT_ESP = "ios-default-esp", ["ios-esp"], "Apple iOS", "16.5", Initiator, ESP, High, "high", Configured,
        sources ["https://docs.strongswan.org/docs/latest/interop/ios.html"],
        notes "first three are identical on the wire (they differed in PFS group, removed in IKE_AUTH); rekey offers MODP2048 then none",
        proposals [
            &[AES_CBC_256, HMAC_SHA2_256_128, NO_ESN],
            &[AES_CBC_256, HMAC_SHA2_256_128, NO_ESN],
            &[AES_CBC_256, HMAC_SHA2_256_128, NO_ESN],
            &[AES_CBC_128, HMAC_SHA1_96, NO_ESN],
            &[TRIPLE_DES, HMAC_SHA1_96, NO_ESN],
        ];

    /// Apple macOS manual config, 13.4.
    MACOS_DEFAULT_IKE = "macos-default-ike", ["macos", "macos-ike"], "Apple macOS manual config", "13.4", Initiator, IKE, High, "high", Configured,
        sources ["https://docs.strongswan.org/docs/latest/interop/ios.html"],
        notes "",
        proposals [
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_2048],
        ];

    /// Apple macOS, 13.4.
    MACOS_DEFAULT_ESP = "macos-default-esp", ["macos-esp"], "Apple macOS", "13.4", Initiator, ESP, High, "high", Configured,
        sources ["https://docs.strongswan.org/docs/latest/interop/ios.html"],
        notes "never offers PFS on rekey",
        proposals [
            &[AES_CBC_256, HMAC_SHA2_256_128, NO_ESN],
        ];

    /// Apple macOS 14 profile without IKE parameters, 14.x.
    MACOS14_PROFILE_UNDEFINED_IKE = "macos14-profile-undefined-ike", [], "Apple macOS 14 profile without IKE parameters", "14.x", Initiator, IKE, Medium, "medium", Configured,
        sources ["https://github.com/libreswan/libreswan/issues/1450"],
        notes "ESP: GCM-256, GCM-256, CBC-256/SHA2-256 x2; order reported to shuffle when DH14 used",
        proposals [
            &[AES_GCM_16_256, PRF_HMAC_SHA2_256, ECP_256],
            &[AES_GCM_16_256, PRF_HMAC_SHA2_256, MODP_2048],
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, ECP_256],
            &[AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_2048],
        ];
}
