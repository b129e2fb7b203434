//! Private-use code points that real peers send. Vendors collide here: a name is what the value most likely means.

use super::{ConfigurationAttributeType, Encr, Integ, KeMethod, NotifyType, PayloadType, Prf};

/// The private-use rows, kept apart from the assigned ones: a module for each table that has some.
///
/// A row is `CONSTANT = value, "name", "source", "sentence";`.
macro_rules! private {
    ($($module:ident: $ty:ident { $($konst:ident = $value:literal, $name:literal, $reference:literal, $sentence:literal;)+ })+) => { $(
        #[doc = concat!("Private values of [`", stringify!($ty), "`](crate::registry::", stringify!($ty), ").")]
        pub mod $module {
            use super::$ty;

            $(
                #[doc = concat!($sentence, "\n\n`", $value, "`: `", $name, "` (", $reference, ").")]
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

            /// The same in one sentence.
            #[must_use]
            pub const fn description(value: $ty) -> Option<&'static str> {
                match value.0 {
                    $($value => Some($sentence),)+
                    _ => None,
                }
            }
        }

        impl $ty {
            #[doc = concat!("The name a vendor gives the value, if it is one for private use in [`", stringify!($module), "`]. Where two vendors use one number, both are named.")]
            #[must_use]
            pub const fn private_name(self) -> Option<&'static str> {
                $module::name(self)
            }
        }
    )+ };
}

private! {
    payload_type: PayloadType {
        IKE_FRAGMENTATION_PROPRIETARY = 132, "Cisco/Microsoft proprietary IKE Fragmentation payload", "vendor",
            "One fragment of a message by a scheme of these vendors; not the fragmentation of RFC 7383.";
    }
    encr: Encr {
        STRONGSWAN_SERPENT_CBC = 1026, "strongSwan SERPENT_CBC", "strongSwan encryption_algorithm_t",
            "Serpent in CBC mode under the number strongSwan gave it.";
        STRONGSWAN_TWOFISH_CBC = 1027, "strongSwan TWOFISH_CBC", "strongSwan encryption_algorithm_t",
            "Twofish in CBC mode under the number strongSwan gave it.";
        SERPENT_CBC = 65004, "SERPENT_CBC", "libreswan/freeswan", "Serpent in CBC mode: a key of 128, 192 or 256 bits.";
        TWOFISH_CBC = 65005, "TWOFISH_CBC", "libreswan/freeswan", "Twofish in CBC mode: a key of 128, 192 or 256 bits.";
        TWOFISH_CBC_SSH = 65289, "TWOFISH_CBC_SSH", "libreswan", "Twofish in CBC mode under the number SSH gave it.";
    }
    prf: Prf {
        STRONGSWAN_PRF_CAMELLIA128_XCBC = 1028, "strongSwan PRF_CAMELLIA128_XCBC", "strongSwan pseudo_random_function_t",
            "Camellia with a key of 128 bits in XCBC mode: 16 octets.";
    }
    integ: Integ {
        STRONGSWAN_AUTH_HMAC_SHA2_256_96 = 1026, "strongSwan AUTH_HMAC_SHA2_256_96", "strongSwan integrity_algorithm_t",
            "HMAC with SHA-256, truncated to 96 bits as in a draft of RFC 4868.";
        STRONGSWAN_AUTH_CAMELLIA_XCBC_96 = 1030, "strongSwan AUTH_CAMELLIA_XCBC_96", "strongSwan integrity_algorithm_t",
            "Camellia in XCBC mode, truncated to 96 bits.";
    }
    ke_method: KeMethod {
        STRONGSWAN_MODP_NULL = 1024, "strongSwan MODP_NULL", "strongSwan key_exchange_method_t",
            "A key exchange without a secret, for load tests of strongSwan.";
        STRONGSWAN_NTRU_112_BIT = 1030, "strongSwan NTRU_112_BIT (5.x)", "strongSwan 5.9",
            "NTRU encryption for a strength of 112 bits, which strongSwan 6 no longer has.";
        STRONGSWAN_NTRU_128_BIT = 1031, "strongSwan NTRU_128_BIT", "strongSwan 5.9",
            "NTRU encryption for a strength of 128 bits, which strongSwan 6 no longer has.";
        STRONGSWAN_NTRU_192_BIT = 1032, "strongSwan NTRU_192_BIT", "strongSwan 5.9",
            "NTRU encryption for a strength of 192 bits, which strongSwan 6 no longer has.";
        STRONGSWAN_NTRU_256_BIT = 1033, "strongSwan NTRU_256_BIT", "strongSwan 5.9",
            "NTRU encryption for a strength of 256 bits, which strongSwan 6 no longer has.";
        STRONGSWAN_NH_128_BIT = 1040, "strongSwan NH_128_BIT NewHope", "strongSwan 5.9",
            "The key exchange New Hope for a strength of 128 bits, which strongSwan 6 no longer has.";
        OPENIKED_SNTRUP761X25519 = 1035, "OpenIKED SNTRUP761X25519", "OpenIKED ikev2.h",
            "Streamlined NTRU Prime and Curve25519 as one method.";
    }
    notify_type: NotifyType {
        ME_CONNECT_FAILED = 8192, "strongSwan ME_CONNECT_FAILED", "draft-brunner-ikev2-mediation",
            "Error: the mediation server could not connect the peers.";
        NO_APN_SUBSCRIPTION = 9002, "3GPP NO_APN_SUBSCRIPTION", "3GPP-TS-24.302; AOSP",
            "Error: the subscriber may not use the access point name asked for.";
        NETWORK_FAILURE = 10500, "3GPP NETWORK_FAILURE", "3GPP-TS-24.302; AOSP",
            "Error: the network failed, and not the request.";
        MS_NOTIFY_STATUS = 12345, "MS_NOTIFY_STATUS carries a 4-byte Windows error code", "MS-IKEE; strongSwan notify_payload.h",
            "Error of a Windows peer: the data are the error code of the system, 4 octets.";
        LIBRESWAN_NULL_AUTH = 40960, "libreswan NULL_AUTH; also 3GPP N3GPP_GENERIC_ERROR uses 40960", "vendor",
            "AUTH data for NULL authentication beside another method, or a general error of a 3GPP network.";
        USE_BEET_MODE = 40961, "strongSwan USE_BEET_MODE", "strongSwan",
            "The Child SA is to be in bound end-to-end tunnel mode.";
        RADIUS_ATTRIBUTE = 40969, "strongSwan RADIUS_ATTRIBUTE", "strongSwan",
            "A RADIUS attribute that strongSwan passes on.";
        BACKOFF_TIMER = 41041, "3GPP BACKOFF_TIMER", "3GPP-TS-24.302 8.2.9.1; AOSP Ike3gppExtensionExchange",
            "The time for which the client is not to try again.";
        DEVICE_IDENTITY = 41101, "3GPP DEVICE_IDENTITY", "3GPP-TS-24.302; AOSP Ike3gppExtensionExchange",
            "The IMEI or IMEISV of the device, or the request for it.";
        N1_MODE_CAPABILITY = 51015, "3GPP N1_MODE_CAPABILITY", "3GPP-TS-24.302; AOSP",
            "The client can move the session to a 5G core network.";
        N1_MODE_INFORMATION = 51115, "3GPP N1_MODE_INFORMATION", "3GPP-TS-24.302; AOSP",
            "The network slice of the session in a 5G core network.";
        LIBRESWAN_PPK_IDENTITY_KEY = 50208, "libreswan PPK_IDENTITY_KEY", "draft-ietf-ipsecme-ikev2-qr-alt (libreswan 5.2)",
            "PPK_IDENTITY_KEY of RFC 9867 under the number that libreswan gave it before there was another.";
        LIBRESWAN_USE_PPK_INT = 50209, "libreswan USE_PPK_INT", "draft-ietf-ipsecme-ikev2-qr-alt (libreswan 5.2)",
            "USE_PPK_INT of RFC 9867 under the number that libreswan gave it before there was another.";
        OPTIMIZED_REKEY_SUPPORTED = 50400, "OPTIMIZED_REKEY_SUPPORTED",
            "draft-ietf-ipsecme-ikev2-sa-ts-payloads-opt (strongSwan branch)",
            "The sender supports rekeys that leave the SA and TS payloads out.";
        OPTIMIZED_REKEY = 50401, "OPTIMIZED_REKEY", "draft-ietf-ipsecme-ikev2-sa-ts-payloads-opt (strongSwan branch)",
            "The rekey keeps suite and selectors of the SA it replaces; the data are the new SPI.";
        CHILD_SA_PFS_INFO_SUPPORTED = 50600, "CHILD_SA_PFS_INFO_SUPPORTED", "draft-ietf-ipsecme-child-pfs-info (strongSwan branch)",
            "The sender says in IKE_AUTH which key exchange methods it will want when the first Child SA is rekeyed.";
    }
    configuration_attribute_type: ConfigurationAttributeType {
        INTERNAL_IP4_SERVER = 23456, "Microsoft INTERNAL_IP4_SERVER", "strongSwan attributes.h; MS-IKEE",
            "The IPv4 address of the server on the internal network.";
        INTERNAL_IP6_SERVER = 23457, "Microsoft INTERNAL_IP6_SERVER", "strongSwan attributes.h; MS-IKEE",
            "The IPv6 address of the server on the internal network.";
    }
}
