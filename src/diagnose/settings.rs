//! What to change, by the exact names products give their settings.
//!
//! Here stands what several causes name; a setting that helps against one cause only stands in the file of that cause.

use alloc::borrow::Cow;

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

/// What to change on a product: its setting, by the exact name, and the value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Setting {
    /// Whose setting.
    pub product: Product,
    /// The setting and its value, in words to follow or to paste.
    pub text: Cow<'static, str>,
}

impl Setting {
    /// One whose words are the same in every case.
    pub(super) const fn new(product: Product, text: &'static str) -> Self {
        Self { product, text: Cow::Borrowed(text) }
    }
}

/// The settings that help, each product once: a table, or what was computed for the case.
pub type Settings = Cow<'static, [Setting]>;

use Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};

/// IKE fragmentation switched on, or IP fragments let through.
pub(super) const FRAGMENTATION: &[Setting] = &[
    Setting::new(WindowsClient, "nothing to set: IKE fragmentation is announced from Windows 10 1803 on; update older clients"),
    Setting::new(
        Rras,
        "HKLM\\SYSTEM\\CurrentControlSet\\Services\\RemoteAccess\\Parameters\\Ikev2, DWORD EnableServerFragmentation = 1, then restart the \
         service RemoteAccess (Windows Server 1803, 2019 and later; Server 2016 cannot)",
    ),
    Setting::new(StrongSwan, "swanctl.conf: connections.<name>.fragmentation = yes; strongswan.conf: charon.fragment_size = 1280"),
    Setting::new(Libreswan, "ipsec.conf: fragmentation=yes"),
    Setting::new(Network, "let IP fragments of UDP 500 and 4500 pass, where fragmentation cannot be switched on"),
];

/// Smaller fragments.
pub(super) const FRAGMENT_SIZE: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "the fragment size cannot be set; lower the MTU of the interface: netsh interface ipv4 set subinterface <name> mtu=1280",
    ),
    Setting::new(
        Rras,
        "the fragment size cannot be set; lower the MTU of the interface: netsh interface ipv4 set subinterface <name> mtu=1280",
    ),
    Setting::new(StrongSwan, "strongswan.conf: charon.fragment_size = 1280, or 576 (IP packet, all headers included)"),
    Setting::new(Libreswan, "the fragment size is fixed (576 over IPv4, 1280 over IPv6): look at the path"),
    Setting::new(Network, "let UDP 500 and 4500 pass, reordered or not; raise limits on packets of one flow"),
];

/// The two ports opened.
pub(super) const PORTS: &[Setting] = &[
    Setting::new(WindowsClient, "outbound UDP 500 and 4500 allowed: Test-NetConnection cannot test UDP, a capture on the server can"),
    Setting::new(
        Rras,
        "New-NetFirewallRule -DisplayName IKEv2 -Direction Inbound -Protocol UDP -LocalPort 500,4500 -Action Allow; the edge NAT forwards both ports",
    ),
    Setting::new(StrongSwan, "strongswan.conf: charon.port = 500 and charon.port_nat_t = 4500; both open in the packet filter"),
    Setting::new(Libreswan, "ipsec.conf: ikev2=yes, listen on 500 and 4500; both open in the packet filter"),
    Setting::new(Network, "UDP 500 and 4500 open in both directions, answers allowed back"),
];

/// A common proposal for the IKE SA.
pub(super) const PROPOSAL: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "ProfileXML: NativeProtocolType = IKEv2 (with Automatic the CryptographySuite is ignored), or Set-VpnConnectionIPsecConfiguration \
         -ConnectionName <name> -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14 -CipherTransformConstants GCMAES256 \
         -AuthenticationTransformConstants GCMAES256 -PfsGroup PFS2048; for the default offer HKLM\\SYSTEM\\CurrentControlSet\\Services\\RasMan\
         \\Parameters, DWORD NegotiateDH2048_AES256 = 1",
    ),
    Setting::new(
        Rras,
        "Set-VpnServerConfiguration -CustomPolicy -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14 \
         -CipherTransformConstants GCMAES256 -AuthenticationTransformConstants GCMAES256 -PfsGroup PFS2048, then restart RemoteAccess",
    ),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.proposals (IKE), e.g. aes256-sha256-modp2048; it answers the same when no connection fits the addresses: \
         local_addrs, remote_addrs",
    ),
    Setting::new(Libreswan, "ipsec.conf: ike=, e.g. aes256-sha2_256-modp2048"),
];

/// A common proposal and fitting networks for the child SA.
pub(super) const CHILD: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "Set-VpnConnectionIPsecConfiguration -CipherTransformConstants, -AuthenticationTransformConstants and -PfsGroup (ESP); routes and \
         TrafficFilter of the profile",
    ),
    Setting::new(
        Rras,
        "Set-VpnServerConfiguration -CustomPolicy -CipherTransformConstants, -AuthenticationTransformConstants and -PfsGroup; the address pool",
    ),
    Setting::new(StrongSwan, "swanctl.conf: connections.<name>.children.<child>.esp_proposals, local_ts and remote_ts"),
    Setting::new(Libreswan, "ipsec.conf: esp=, pfs=, leftsubnet= and rightsubnet="),
];

/// The user's authentication.
pub(super) const EAP: &[Setting] = &[
    Setting::new(WindowsClient, "EapConfiguration of the profile: method, server names and roots; the user's certificate or password"),
    Setting::new(
        Rras,
        "Network Policy Server: connection request and network policy, EAP types; Framed-MTU = 1344 in the policy, so that RADIUS packets with \
         EAP stay below the MTU",
    ),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.remote.auth = eap-.. and .eap_id; strongswan.conf: charon.plugins.eap-radius, charon.plugins.eap-tls.fragment_size",
    ),
    Setting::new(Libreswan, "ipsec.conf: leftauth=eaponly, rightauth=eaponly (EAP-TLS only)"),
];

/// Where to look when a peer keeps silent.
pub(super) const SILENT: &[Setting] = &[
    Setting::new(WindowsClient, "outbound UDP 500 and 4500; Windows Firewall; the connection's server name"),
    Setting::new(Rras, "the service RemoteAccess runs and has an IKEv2 port left; event log RemoteAccess; UDP 500 and 4500"),
    Setting::new(StrongSwan, "journalctl -u strongswan, charon.filelog; the packet filter for UDP 500 and 4500"),
    Setting::new(Libreswan, "ipsec status, logfile=; the packet filter for UDP 500 and 4500"),
];
