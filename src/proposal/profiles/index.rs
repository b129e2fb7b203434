//! Every profile, and short names for what most people mean.

use super::android::*;
use super::apple::*;
use super::aws::*;
use super::libreswan::*;
use super::microsoft::*;
use super::openiked::*;
use super::profile::Profile;
use super::routers::*;
use super::strongswan::*;
use super::strongswan_debian::*;
use crate::proposal::NegotiationContext;
use crate::role::Role;

/// Every profile.
pub const ALL: &[Profile] = &[
    WINDOWS10_CLIENT_DEFAULT_IKE,
    WINDOWS11_CLIENT_DEFAULT_IKE,
    WINDOWS_CLIENT_NEGOTIATEDH2048_2_IKE,
    WINDOWS_CLIENT_DEFAULT_ESP,
    WINDOWS_CLIENT_CUSTOM_IKE_EXAMPLE,
    RRAS_DEFAULT_IKE_OUTCOME,
    AZURE_VPNGW_ROUTEBASED_DEFAULT_IKE,
    AZURE_VPNGW_ROUTEBASED_DEFAULT_ESP_INITIATOR,
    AZURE_VPNGW_ROUTEBASED_DEFAULT_ESP_RESPONDER,
    IOS_DEFAULT_IKE,
    IOS_DEFAULT_ESP,
    MACOS_DEFAULT_IKE,
    MACOS_DEFAULT_ESP,
    MACOS14_PROFILE_UNDEFINED_IKE,
    ANDROID_IKEV2VPNPROFILE_IKE,
    ANDROID_IKEV2VPNPROFILE_ESP,
    STRONGSWAN_5_9_DEFAULT_IKE,
    STRONGSWAN_5_9_DEFAULT_ESP,
    STRONGSWAN_5_9_0_5_9_5_DEFAULT_ESP,
    STRONGSWAN_6_0_2_DEFAULT_ESP,
    STRONGSWAN_6_0_DEFAULT_IKE,
    STRONGSWAN_6_DEBIAN_DEFAULT_IKE,
    STRONGSWAN_6_1_DEBIAN_DEFAULT_ESP,
    LIBRESWAN_5_DEFAULT_IKE,
    LIBRESWAN_4_DEFAULT_IKE,
    LIBRESWAN_5_DEFAULT_ESP,
    OPENIKED_DEFAULT_IKE,
    OPENIKED_DEFAULT_ESP,
    OPENIKED_7_4_DEFAULT_IKE,
    OPENIKED_7_4_LINUX_DEFAULT_ESP,
    CISCO_IOS_15_DEFAULT_IKE,
    CISCO_IOSXE_17_DEFAULT_IKE,
    FORTIGATE_DEFAULT_IKE,
    FORTIGATE_DEFAULT_ESP,
    MIKROTIK_DEFAULT_IKE,
    MIKROTIK_DEFAULT_ESP,
    AWS_S2S_DEFAULT_IKE,
    AWS_S2S_DEFAULT_ESP,
];

/// A short name and the profiles it stands for, the IKE list first.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Alias {
    /// The short name.
    pub name: &'static str,
    /// The profiles meant, at most one for each protocol and side.
    pub profiles: &'static [Profile],
}

/// Every alias.
pub const ALIASES: &[Alias] = &[
    Alias { name: "windows10", profiles: &[WINDOWS10_CLIENT_DEFAULT_IKE, WINDOWS_CLIENT_DEFAULT_ESP] },
    Alias { name: "windows11", profiles: &[WINDOWS11_CLIENT_DEFAULT_IKE, WINDOWS_CLIENT_DEFAULT_ESP] },
    Alias { name: "windows-dh2048", profiles: &[WINDOWS_CLIENT_NEGOTIATEDH2048_2_IKE, WINDOWS_CLIENT_DEFAULT_ESP] },
    Alias { name: "rras", profiles: &[RRAS_DEFAULT_IKE_OUTCOME] },
    Alias {
        name: "azure",
        profiles: &[
            AZURE_VPNGW_ROUTEBASED_DEFAULT_IKE,
            AZURE_VPNGW_ROUTEBASED_DEFAULT_ESP_INITIATOR,
            AZURE_VPNGW_ROUTEBASED_DEFAULT_ESP_RESPONDER,
        ],
    },
    Alias { name: "ios", profiles: &[IOS_DEFAULT_IKE, IOS_DEFAULT_ESP] },
    Alias { name: "macos", profiles: &[MACOS_DEFAULT_IKE, MACOS_DEFAULT_ESP] },
    Alias { name: "macos14", profiles: &[MACOS14_PROFILE_UNDEFINED_IKE] },
    Alias { name: "android", profiles: &[ANDROID_IKEV2VPNPROFILE_IKE, ANDROID_IKEV2VPNPROFILE_ESP] },
    Alias { name: "strongswan5", profiles: &[STRONGSWAN_5_9_DEFAULT_IKE, STRONGSWAN_5_9_DEFAULT_ESP] },
    Alias { name: "strongswan6", profiles: &[STRONGSWAN_6_0_DEFAULT_IKE, STRONGSWAN_6_0_2_DEFAULT_ESP] },
    Alias { name: "strongswan6-debian", profiles: &[STRONGSWAN_6_DEBIAN_DEFAULT_IKE, STRONGSWAN_6_1_DEBIAN_DEFAULT_ESP] },
    Alias { name: "libreswan4", profiles: &[LIBRESWAN_4_DEFAULT_IKE] },
    Alias { name: "libreswan5", profiles: &[LIBRESWAN_5_DEFAULT_IKE, LIBRESWAN_5_DEFAULT_ESP] },
    Alias { name: "openiked", profiles: &[OPENIKED_DEFAULT_IKE, OPENIKED_DEFAULT_ESP] },
    Alias { name: "openiked7.4", profiles: &[OPENIKED_7_4_DEFAULT_IKE, OPENIKED_7_4_LINUX_DEFAULT_ESP] },
    Alias { name: "cisco-ios", profiles: &[CISCO_IOS_15_DEFAULT_IKE] },
    Alias { name: "cisco-iosxe", profiles: &[CISCO_IOSXE_17_DEFAULT_IKE] },
    Alias { name: "fortigate", profiles: &[FORTIGATE_DEFAULT_IKE, FORTIGATE_DEFAULT_ESP] },
    Alias { name: "mikrotik", profiles: &[MIKROTIK_DEFAULT_IKE, MIKROTIK_DEFAULT_ESP] },
    Alias { name: "aws", profiles: &[AWS_S2S_DEFAULT_IKE, AWS_S2S_DEFAULT_ESP] },
];

/// The profile of that name; of an alias, the IKE profile. Case does not matter.
#[must_use]
pub fn find(name: &str) -> Option<&'static Profile> {
    named(name).first()
}

/// The profile of that name or alias that is known for `side` of the exchange in question.
///
/// ```
/// use ikev2::Role;
/// use ikev2::proposal::{NegotiationContext, profiles};
/// let esp = profiles::find_for("windows10", NegotiationContext::IkeAuth, Role::Initiator).ok_or("none")?;
/// assert_eq!(esp.name, "windows-client-default-esp");
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn find_for(name: &str, context: NegotiationContext, side: Role) -> Option<&'static Profile> {
    named(name).iter().find(|p| context.takes(p.protocol) && p.roles.contains(side))
}

fn named(name: &str) -> &'static [Profile] {
    let exact = ALL.iter().find(|p| p.name.eq_ignore_ascii_case(name)).map(core::slice::from_ref);
    let alias = || ALIASES.iter().find(|a| a.name.eq_ignore_ascii_case(name)).map(|a| a.profiles);
    exact.or_else(alias).unwrap_or(&[])
}
