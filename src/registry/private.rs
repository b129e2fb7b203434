//! Private-use code points that real peers send. Vendors collide here: a name is what the value most likely means.

/// The private-use rows of one table, kept apart from the assigned ones.
macro_rules! private {
    (pub mod $module:ident: $ty:ident; $($konst:ident = $value:literal, $name:literal, $reference:literal;)+) => {
        #[doc = concat!("Private values of [`", stringify!($ty), "`](crate::registry::", stringify!($ty), ").")]
        pub mod $module {
            use crate::registry::$ty;

            $(
                #[doc = concat!("`", $value, "`: `", $name, "` (", $reference, ").")]
                pub const $konst: $ty = $ty($value);
            )+

            /// The rows of this module.
            pub const KNOWN: &[$ty] = &[$($ty($value)),+];

            /// What the private value most likely means.
            #[must_use]
            pub const fn name(value: $ty) -> Option<&'static str> {
                match value.0 {
                    $($value => Some($name),)+
                    _ => None,
                }
            }
        }
    };
}

private! {
    pub mod payload_type: PayloadType;
    IKE_FRAGMENTATION_PROPRIETARY = 132, "Cisco/Microsoft proprietary IKE Fragmentation payload", "vendor";
}

private! {
    pub mod encr: Encr;
    SERPENT_CBC = 65004, "SERPENT_CBC", "libreswan/freeswan";
    TWOFISH_CBC = 65005, "TWOFISH_CBC", "libreswan/freeswan";
    TWOFISH_CBC_SSH = 65289, "TWOFISH_CBC_SSH", "libreswan";
}

private! {
    pub mod ke_method: KeMethod;
    STRONGSWAN_NTRU_112_BIT = 1030, "strongSwan NTRU_112_BIT (5.x)", "strongSwan 5.9";
    STRONGSWAN_NTRU_128_BIT = 1031, "strongSwan NTRU_128_BIT", "strongSwan 5.9";
    STRONGSWAN_NTRU_192_BIT = 1032, "strongSwan NTRU_192_BIT", "strongSwan 5.9";
    STRONGSWAN_NTRU_256_BIT = 1033, "strongSwan NTRU_256_BIT", "strongSwan 5.9";
    STRONGSWAN_NH_128_BIT = 1040, "strongSwan NH_128_BIT NewHope", "strongSwan 5.9";
    OPENIKED_SNTRUP761X25519 = 1035, "OpenIKED SNTRUP761X25519", "OpenIKED ikev2.h";
}

private! {
    pub mod notify_type: NotifyType;
    ME_CONNECT_FAILED = 8192, "strongSwan ME_CONNECT_FAILED", "draft-brunner-ikev2-mediation";
    NO_APN_SUBSCRIPTION = 9002, "3GPP NO_APN_SUBSCRIPTION", "3GPP-TS-24.302; AOSP";
    NETWORK_FAILURE = 10500, "3GPP NETWORK_FAILURE", "3GPP-TS-24.302; AOSP";
    MS_NOTIFY_STATUS = 12345, "MS_NOTIFY_STATUS carries a 4-byte Windows error code", "MS-IKEE; strongSwan notify_payload.h";
    LIBRESWAN_NULL_AUTH = 40960, "libreswan NULL_AUTH; also 3GPP N3GPP_GENERIC_ERROR uses 40960", "vendor";
    USE_BEET_MODE = 40961, "strongSwan USE_BEET_MODE", "strongSwan";
    RADIUS_ATTRIBUTE = 40969, "strongSwan RADIUS_ATTRIBUTE", "strongSwan";
    BACKOFF_TIMER = 41041, "3GPP BACKOFF_TIMER", "3GPP-TS-24.302 8.2.9.1; AOSP Ike3gppExtensionExchange";
    DEVICE_IDENTITY = 41101, "3GPP DEVICE_IDENTITY", "3GPP-TS-24.302; AOSP Ike3gppExtensionExchange";
    N1_MODE_CAPABILITY = 51015, "3GPP N1_MODE_CAPABILITY", "3GPP-TS-24.302; AOSP";
    N1_MODE_INFORMATION = 51115, "3GPP N1_MODE_INFORMATION", "3GPP-TS-24.302; AOSP";
    OPTIMIZED_REKEY_SUPPORTED = 50400, "OPTIMIZED_REKEY_SUPPORTED", "draft-ietf-ipsecme-ikev2-sa-ts-payloads-opt (strongSwan branch)";
    OPTIMIZED_REKEY = 50401, "OPTIMIZED_REKEY", "draft-ietf-ipsecme-ikev2-sa-ts-payloads-opt (strongSwan branch)";
    CHILD_SA_PFS_INFO_SUPPORTED = 50600, "CHILD_SA_PFS_INFO_SUPPORTED", "draft-ietf-ipsecme-child-pfs-info (strongSwan branch)";
}

private! {
    pub mod cfg_attribute_type: CfgAttributeType;
    INTERNAL_IP4_SERVER = 23456, "Microsoft INTERNAL_IP4_SERVER", "strongSwan attributes.h; MS-IKEE";
    INTERNAL_IP6_SERVER = 23457, "Microsoft INTERNAL_IP6_SERVER", "strongSwan attributes.h; MS-IKEE";
}
