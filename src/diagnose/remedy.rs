//! What to change, by the exact names products give their settings.

use super::kind::Kind;
use super::prose::is_tight;
use crate::registry::ExchangeType;

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

/// A setting of a product, and its value.
pub type Setting = (Product, &'static str);

use Product::{Libreswan, Network, Rras, StrongSwan, WindowsClient};

const FRAGMENTATION: &[Setting] = &[
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

const FRAGMENT_SIZE: &[Setting] = &[
    (
        WindowsClient,
        "the fragment size cannot be set; lower the MTU of the interface: netsh interface ipv4 set subinterface <name> mtu=1280",
    ),
    (Rras, "the fragment size cannot be set; lower the MTU of the interface: netsh interface ipv4 set subinterface <name> mtu=1280"),
    (StrongSwan, "strongswan.conf: charon.fragment_size = 1280, or 576 (IP packet, all headers included)"),
    (Libreswan, "the fragment size is fixed (576 over IPv4, 1280 over IPv6): look at the path"),
    (Network, "let UDP 500 and 4500 pass, reordered or not; raise limits on packets of one flow"),
];

const LIMITS: &[Setting] = &[
    (WindowsClient, "smaller certificates: ECDSA P-256 or P-384 in place of RSA-4096, fewer intermediates, fewer trusted roots"),
    (Rras, "smaller certificates: ECDSA P-256 or P-384 in place of RSA-4096, fewer intermediates"),
    (
        StrongSwan,
        "strongswan.conf: charon.max_packet = 65535 on the receiver (10000 octets by default); charon.fragment_size = 1400 on the sender",
    ),
    (Libreswan, "its limit of 32 fragments is fixed: larger fragments (charon.fragment_size = 1400 on the sender) or smaller certificates"),
];

const PORTS: &[Setting] = &[
    (WindowsClient, "outbound UDP 500 and 4500 allowed: Test-NetConnection cannot test UDP, a capture on the server can"),
    (
        Rras,
        "New-NetFirewallRule -DisplayName IKEv2 -Direction Inbound -Protocol UDP -LocalPort 500,4500 -Action Allow; the edge NAT forwards both ports",
    ),
    (StrongSwan, "strongswan.conf: charon.port = 500 and charon.port_nat_t = 4500; both open in the packet filter"),
    (Libreswan, "ipsec.conf: ikev2=yes, listen on 500 and 4500; both open in the packet filter"),
    (Network, "UDP 500 and 4500 open in both directions, answers allowed back"),
];

const SERVICE: &[Setting] = &[
    (WindowsClient, "the connection's server name leads to the right address: Resolve-DnsName <name>"),
    (
        Rras,
        "Get-Service RemoteAccess: Running; New-NetFirewallRule -DisplayName IKEv2 -Direction Inbound -Protocol UDP -LocalPort 500,4500 \
         -Action Allow",
    ),
    (StrongSwan, "systemctl status strongswan; strongswan.conf: charon.port = 500 and charon.port_nat_t = 4500"),
    (Libreswan, "systemctl status ipsec; ipsec.conf: config setup listen="),
    (Network, "UDP 500 and 4500 pass in both directions, and lead to the VPN server"),
];

const SPLIT: &[Setting] = &[
    (Rras, "all servers of the farm behind one virtual address need source affinity for UDP 500 and 4500 together"),
    (StrongSwan, "the cluster must share IKE SAs (plugin ha), or the load balancer must keep a client on one node"),
    (Libreswan, "the load balancer must keep a client on one node"),
    (
        Network,
        "load balancer: one persistence profile by source address across UDP 500 and UDP 4500 (F5: match across services; HAProxy and LVS: fwmark for both ports)",
    ),
];

const PROPOSAL: &[Setting] = &[
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

const CHILD: &[Setting] = &[
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

const IDENTITY: &[Setting] = &[
    (
        WindowsClient,
        "machine certificate in Local Computer\\Personal with its private key and EKU Client Authentication (1.3.6.1.5.5.7.3.2); the \
         server's root in Local Computer\\Trusted Root Certification Authorities; the server's name as in its certificate; \
         Set-VpnConnection -MachineCertificateIssuerFilter",
    ),
    (
        Rras,
        "server certificate with EKU Server Authentication (1.3.6.1.5.5.7.3.1) and the public name; Set-VpnAuthProtocol \
         -UserAuthProtocolAccepted Certificate, EAP -RootCertificateNameToAccept <root>; revocation lists reachable",
    ),
    (
        StrongSwan,
        "swanctl.conf: connections.<name>.local.certs and .id, .remote.id and .cacerts; secrets.ike-<name>.secret and .id for shared keys; \
         roots in x509ca",
    ),
    (Libreswan, "ipsec.conf: leftcert=, leftid=, rightid=, rightca=; ipsec.secrets for shared keys; roots in the NSS database"),
];

const EAP: &[Setting] = &[
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

const SILENT: &[Setting] = &[
    (WindowsClient, "outbound UDP 500 and 4500; Windows Firewall; the connection's server name"),
    (Rras, "the service RemoteAccess runs and has an IKEv2 port left; event log RemoteAccess; UDP 500 and 4500"),
    (StrongSwan, "journalctl -u strongswan, charon.filelog; the packet filter for UDP 500 and 4500"),
    (Libreswan, "ipsec status, logfile=; the packet filter for UDP 500 and 4500"),
];

const COOKIE: &[Setting] = &[
    (StrongSwan, "strongswan.conf: charon.cookie_threshold, charon.half_open_timeout"),
    (Libreswan, "ipsec.conf: ddos-mode="),
    (Network, "the path must not change the initiator's address or port from packet to packet"),
];

impl Kind {
    /// The settings that help, by product; empty when there is nothing to be done.
    #[must_use]
    pub const fn remedy(&self) -> &'static [Setting] {
        match self {
            Self::FragmentationNotOffered { .. } | Self::IpFragmentLost { .. } | Self::IpFragmentsSent { .. } => FRAGMENTATION,
            Self::IncompleteFragmentSet { .. } => FRAGMENT_SIZE,
            Self::ResponseNotReceived { largest, .. } if is_tight(*largest) => FRAGMENT_SIZE,
            Self::FragmentsRefusedByLimit { .. } => LIMITS,
            Self::PortBlocked { told: true, .. } => SERVICE,
            Self::PortBlocked { .. } | Self::AuthNeverSeen => PORTS,
            Self::SpiUnknownOnNatPort { .. } => SPLIT,
            Self::NoProposalChosen { exchange: ExchangeType::IKE_SA_INIT, .. } | Self::InvalidKeLoop { .. } => PROPOSAL,
            Self::NoProposalChosen { .. } | Self::ChildSaRefused { .. } => CHILD,
            Self::AuthenticationFailed { .. } => IDENTITY,
            Self::EapFailed { .. } | Self::RequestUnanswered { eap: true, .. } => EAP,
            Self::RequestUnanswered { .. }
            | Self::ResponseNotReceived { .. }
            | Self::ErrorInClear { .. }
            | Self::SpiUnknown
            | Self::RetransmissionStorm { .. } => SILENT,
            Self::CookieLoop { .. } => COOKIE,
            Self::FragmentationNegotiated
            | Self::InvalidKeRetry { .. }
            | Self::CookieChallenge
            | Self::NatDetected { .. }
            | Self::OneSidedCapture { .. }
            | Self::FollowsRekey
            | Self::CaptureStartsMidway
            | Self::Unfinished
            | Self::Clean => &[],
        }
    }
}
