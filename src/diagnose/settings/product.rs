//! Whose setting it is.

/// Names of a report, one a product.
macro_rules! products {
    ($($(#[$doc:meta])* $product:ident = $name:literal,)+) => {
        /// Whose setting it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Product {
            $($(#[$doc])* $product,)+
        }

        impl Product {
            /// Every product.
            pub const ALL: &'static [Self] = &[$(Self::$product),+];

            /// The name in a report.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$product => $name,)+
                }
            }
        }
    };
}

products! {
    /// The VPN client of Windows 10 and 11.
    WindowsClient = "Windows client",
    /// Routing and Remote Access of Windows Server, and its Network Policy Server.
    Rras = "RRAS",
    /// strongSwan, swanctl.conf and strongswan.conf.
    StrongSwan = "strongSwan",
    /// libreswan, ipsec.conf.
    Libreswan = "libreswan",
    /// OpenIKED, iked.conf.
    OpenIked = "OpenIKED",
    /// FortiOS of Fortinet, its command line.
    FortiGate = "FortiGate",
    /// Cisco IOS and IOS XE.
    CiscoIos = "Cisco IOS",
    /// Cisco ASA.
    CiscoAsa = "Cisco ASA",
    /// RouterOS of MikroTik.
    MikroTik = "MikroTik",
    /// pfSense, its pages.
    PfSense = "pfSense",
    /// OPNsense, its pages.
    OpnSense = "OPNsense",
    /// VPN gateways of Azure.
    Azure = "Azure",
    /// Junos of Juniper SRX.
    Juniper = "Juniper",
    /// PAN-OS of Palo Alto Networks.
    PaloAlto = "Palo Alto",
    /// Whatever stands between the two.
    Network = "network",
}

impl core::fmt::Display for Product {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.name())
    }
}
