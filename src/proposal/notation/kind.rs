//! The notations there are.

use crate::proposal::spelling::spelled;

macro_rules! notations {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $product:literal;)+) => {
        /// A way to write down what one side of a tunnel is configured to do.
        ///
        /// `Display` writes the name that `FromStr` reads; [`product`](Self::product) is for people.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Notation {
            $($(#[$doc])* $variant,)+
        }

        spelled! {
            Notation as "notation" {
                $($variant = $name;)+
            }
        }

        impl Notation {
            /// The product or service in words.
            #[must_use]
            pub const fn product(self) -> &'static str {
                match self {
                    $(Self::$variant => $product,)+
                }
            }
        }
    };
}

notations! {
    /// strongSwan: proposals, swanctl.conf, ipsec.conf, `swanctl --list-conns` and `--list-sas`, the log of charon.
    StrongSwan = "strongswan", "strongSwan";
    /// libreswan: proposals, ipsec.conf of release 4 and of release 5, `ipsec status`, the log of pluto.
    Libreswan = "libreswan", "libreswan";
    /// Windows: ProfileXML, the PowerShell commands, what `Get-VpnConnection` and `Get-VpnServerConfiguration` print.
    Windows = "windows", "Windows";
    /// OpenIKED: iked.conf.
    OpenIked = "openiked", "OpenIKED";
    /// FortiGate: phase1 and phase2 blocks, `diagnose debug` lines.
    FortiGate = "fortigate", "FortiGate";
    /// Cisco IOS and IOS XE: `crypto ikev2 proposal`, transform sets, `show` and `debug` output.
    CiscoIos = "cisco-ios", "Cisco IOS";
    /// Cisco ASA: `crypto ikev2 policy`, `crypto ipsec ikev2 ipsec-proposal`.
    CiscoAsa = "cisco-asa", "Cisco ASA";
    /// MikroTik RouterOS: `/ip ipsec profile` and `proposal`.
    MikroTik = "mikrotik", "MikroTik RouterOS";
    /// Juniper Junos: set lines.
    Juniper = "juniper", "Juniper Junos";
    /// Palo Alto PAN-OS: set lines.
    PaloAlto = "paloalto", "Palo Alto PAN-OS";
    /// VyOS: set lines.
    Vyos = "vyos", "VyOS";
    /// pfSense: config.xml.
    PfSense = "pfsense", "pfSense";
    /// OPNsense: config.xml.
    OpnSense = "opnsense", "OPNsense";
    /// UniFi: the network object of the controller.
    Unifi = "unifi", "UniFi";
    /// Azure: `New-AzIpsecPolicy`, `New-AzVpnClientIpsecParameter`, `az network .. ipsec-policy`.
    Azure = "azure", "Azure";
    /// AWS: tunnel options.
    Aws = "aws", "AWS";
    /// Google Cloud: gcloud, Terraform.
    Gcp = "gcp", "Google Cloud";
    /// Apple: mobileconfig, `IKESecurityAssociationParameters`.
    Apple = "apple", "Apple";
    /// Android: `IkeSaProposal.Builder`, `ChildSaProposal.Builder`.
    Android = "android", "Android";
    /// The strongSwan app for Android: a profile (.sswan).
    StrongSwanApp = "strongswan-app", "strongSwan app";
}
