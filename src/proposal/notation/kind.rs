//! The notations there are: one row each.
//!
//! A notation is one file, or one folder, with three functions: `recognise` says whether a text looks like it, `read` reads it,
//! `write` writes settings in it. To add one: write the file, declare it here, and add its row. Detection tries the rows in order
//! and takes the most confident; among equals the first.

use super::detect::Likeness;
use super::settings::{Settings, Written};
use super::{Hint, NotationError, Unwritable};
use crate::proposal::spelling::spelled;

macro_rules! notations {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $product:literal, $($file:ident)::+;)+) => {
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

            pub(super) fn recognise(self, text: &str) -> Option<Likeness> {
                match self {
                    $(Self::$variant => super::$($file)::+::recognise(text),)+
                }
            }

            pub(super) fn read(self, text: &str, hint: Hint) -> Result<Settings, NotationError> {
                match self {
                    $(Self::$variant => super::$($file)::+::read(text, hint),)+
                }
            }

            pub(super) fn write(self, settings: &Settings) -> Result<Written, Unwritable> {
                match self {
                    $(Self::$variant => super::$($file)::+::write(settings),)+
                }
            }
        }
    };
}

notations! {
    /// strongSwan: proposals, swanctl.conf, ipsec.conf, `swanctl --list-conns` and `--list-sas`, the log of charon.
    StrongSwan = "strongswan", "strongSwan", strongswan::text;
    /// libreswan: proposals, ipsec.conf of release 4 and of release 5, `ipsec status`, the log of pluto.
    Libreswan = "libreswan", "libreswan", libreswan::text;
    /// Windows: ProfileXML, the PowerShell commands, what `Get-VpnConnection` and `Get-VpnServerConfiguration` print.
    Windows = "windows", "Windows", windows::text;
    /// OpenIKED: iked.conf.
    OpenIked = "openiked", "OpenIKED", openiked;
    /// FortiGate: phase1 and phase2 blocks, `diagnose debug` lines.
    FortiGate = "fortigate", "FortiGate", fortigate;
    /// Cisco IOS and IOS XE: `crypto ikev2 proposal`, transform sets, `show` and `debug` output.
    CiscoIos = "cisco-ios", "Cisco IOS", cisco_ios;
    /// Cisco ASA: `crypto ikev2 policy`, `crypto ipsec ikev2 ipsec-proposal`.
    CiscoAsa = "cisco-asa", "Cisco ASA", cisco_asa;
    /// MikroTik RouterOS: `/ip ipsec profile` and `proposal`.
    MikroTik = "mikrotik", "MikroTik RouterOS", mikrotik;
    /// Juniper Junos: set lines.
    Juniper = "juniper", "Juniper Junos", juniper;
    /// Palo Alto PAN-OS: set lines.
    PaloAlto = "paloalto", "Palo Alto PAN-OS", palo_alto;
    /// VyOS: set lines.
    Vyos = "vyos", "VyOS", vyos;
    /// pfSense: config.xml.
    PfSense = "pfsense", "pfSense", pfsense;
    /// OPNsense: config.xml.
    OpnSense = "opnsense", "OPNsense", opnsense;
    /// UniFi: the network object of the controller.
    Unifi = "unifi", "UniFi", unifi;
    /// Azure: `New-AzIpsecPolicy`, `New-AzVpnClientIpsecParameter`, `az network .. ipsec-policy`.
    Azure = "azure", "Azure", azure;
    /// AWS: tunnel options.
    Aws = "aws", "AWS", aws;
    /// Google Cloud: gcloud, Terraform.
    Gcp = "gcp", "Google Cloud", gcp;
    /// Apple: mobileconfig, `IKESecurityAssociationParameters`.
    Apple = "apple", "Apple", apple;
    /// Android: `IkeSaProposal.Builder`, `ChildSaProposal.Builder`.
    Android = "android", "Android", android;
    /// The strongSwan app for Android: a profile (.sswan).
    StrongSwanApp = "strongswan-app", "strongSwan app", strongswan_app;
}
