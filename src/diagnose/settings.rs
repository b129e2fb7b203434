//! What to change, by the exact names products give their settings.
//!
//! Here stands what several causes name; a setting that helps against one cause only stands in the file of that cause.

/// Whose setting it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Product {
    /// The VPN client of Windows 10 and 11.
    WindowsClient,
    /// Routing and Remote Access of Windows Server, and its Network Policy Server.
    Rras,
    /// strongSwan, swanctl.conf and strongswan.conf.
    StrongSwan,
    /// libreswan, ipsec.conf.
    Libreswan,
    /// Whatever stands between the two.
    Network,
}

impl Product {
    /// The name in a report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WindowsClient => "Windows client",
            Self::Rras => "RRAS",
            Self::StrongSwan => "strongSwan",
            Self::Libreswan => "libreswan",
            Self::Network => "network",
        }
    }
}

impl core::fmt::Display for Product {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.name())
    }
}

/// A setting of a product, and its value.
pub type Setting = (Product, &'static str);

use Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};

/// IKE fragmentation switched on, or IP fragments let through.
pub(super) const FRAGMENTATION: &[Setting] = &[
    (WindowsClient, "nothing to set: IKE fragmentation is announced from Windows 10 1803 on; update older clients"),
    (
        Rras,
        "HKLM\\SYSTEM\\CurrentControlSet\\Services\\RemoteAccess\\Parameters\\Ikev2, DWORD EnableServerFragmentation = 1, then restart the \
         service RemoteAccess (Windows Server 1803, 2019 and later; Server 2016 cannot)",
    ),
    (StrongSwan, "swanctl.conf: connections.<name>.fragmentation = yes; strongswan.conf: charon.fragment_size = 1280"),
    (Libreswan, "ipsec.conf: fragmentation=yes"),
    (Network, "let IP fragments of UDP 500 and 4500 pass, where fragmentation cannot be switched on"),
];

/// Smaller fragments.
pub(super) const FRAGMENT_SIZE: &[Setting] = &[
    (
        WindowsClient,
        "the fragment size cannot be set; lower the MTU of the interface: netsh interface ipv4 set subinterface <name> mtu=1280",
    ),
    (Rras, "the fragment size cannot be set; lower the MTU of the interface: netsh interface ipv4 set subinterface <name> mtu=1280"),
    (StrongSwan, "strongswan.conf: charon.fragment_size = 1280, or 576 (IP packet, all headers included)"),
    (Libreswan, "the fragment size is fixed (576 over IPv4, 1280 over IPv6): look at the path"),
    (Network, "let UDP 500 and 4500 pass, reordered or not; raise limits on packets of one flow"),
];

/// The two ports opened.
pub(super) const PORTS: &[Setting] = &[
    (WindowsClient, "outbound UDP 500 and 4500 allowed: Test-NetConnection cannot test UDP, a capture on the server can"),
    (
        Rras,
        "New-NetFirewallRule -DisplayName IKEv2 -Direction Inbound -Protocol UDP -LocalPort 500,4500 -Action Allow; the edge NAT forwards both ports",
    ),
    (StrongSwan, "strongswan.conf: charon.port = 500 and charon.port_nat_t = 4500; both open in the packet filter"),
    (Libreswan, "ipsec.conf: ikev2=yes, listen on 500 and 4500; both open in the packet filter"),
    (Network, "UDP 500 and 4500 open in both directions, answers allowed back"),
];

/// A common proposal for the IKE SA.
pub(super) const PROPOSAL: &[Setting] = &[
    (
        WindowsClient,
        "ProfileXML: NativeProtocolType = IKEv2 (with Automatic the CryptographySuite is ignored), or Set-VpnConnectionIPsecConfiguration \
         -ConnectionName <name> -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14 -CipherTransformConstants GCMAES256 \
         -AuthenticationTransformConstants GCMAES256 -PfsGroup PFS2048; for the default offer HKLM\\SYSTEM\\CurrentControlSet\\Services\\RasMan\
         \\Parameters, DWORD NegotiateDH2048_AES256 = 1",
    ),
    (
        Rras,
        "Set-VpnServerConfiguration -CustomPolicy -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14 \
         -CipherTransformConstants GCMAES256 -AuthenticationTransformConstants GCMAES256 -PfsGroup PFS2048, then restart RemoteAccess",
    ),
    (
        StrongSwan,
        "swanctl.conf: connections.<name>.proposals (IKE), e.g. aes256-sha256-modp2048; it answers the same when no connection fits the addresses: \
         local_addrs, remote_addrs",
    ),
    (Libreswan, "ipsec.conf: ike=, e.g. aes256-sha2_256-modp2048"),
];

/// A common proposal and fitting networks for the child SA.
pub(super) const CHILD: &[Setting] = &[
    (
        WindowsClient,
        "Set-VpnConnectionIPsecConfiguration -CipherTransformConstants, -AuthenticationTransformConstants and -PfsGroup (ESP); routes and \
         TrafficFilter of the profile",
    ),
    (
        Rras,
        "Set-VpnServerConfiguration -CustomPolicy -CipherTransformConstants, -AuthenticationTransformConstants and -PfsGroup; the address pool",
    ),
    (StrongSwan, "swanctl.conf: connections.<name>.children.<child>.esp_proposals, local_ts and remote_ts"),
    (Libreswan, "ipsec.conf: esp=, pfs=, leftsubnet= and rightsubnet="),
];

/// The user's authentication.
pub(super) const EAP: &[Setting] = &[
    (WindowsClient, "EapConfiguration of the profile: method, server names and roots; the user's certificate or password"),
    (
        Rras,
        "Network Policy Server: connection request and network policy, EAP types; Framed-MTU = 1344 in the policy, so that RADIUS packets with \
         EAP stay below the MTU",
    ),
    (
        StrongSwan,
        "swanctl.conf: connections.<name>.remote.auth = eap-.. and .eap_id; strongswan.conf: charon.plugins.eap-radius, charon.plugins.eap-tls.fragment_size",
    ),
    (Libreswan, "ipsec.conf: leftauth=eaponly, rightauth=eaponly (EAP-TLS only)"),
];

/// Where to look when a peer keeps silent.
pub(super) const SILENT: &[Setting] = &[
    (WindowsClient, "outbound UDP 500 and 4500; Windows Firewall; the connection's server name"),
    (Rras, "the service RemoteAccess runs and has an IKEv2 port left; event log RemoteAccess; UDP 500 and 4500"),
    (StrongSwan, "journalctl -u strongswan, charon.filelog; the packet filter for UDP 500 and 4500"),
    (Libreswan, "ipsec status, logfile=; the packet filter for UDP 500 and 4500"),
];
