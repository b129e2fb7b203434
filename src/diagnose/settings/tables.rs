//! SettingList that are the same in every case.

use super::product::Product::{
    Azure, CiscoAsa, CiscoIos, FortiGate, Juniper, Libreswan, MikroTik, Network, OpenIked, OpnSense, PaloAlto, PfSense, Rras, StrongSwan,
    WindowsClient,
};
use super::setting::Setting;

/// IKE fragmentation switched on, or IP fragments let through.
pub(in crate::diagnose) const FRAGMENTATION: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "IKE fragmentation is announced from Windows 10 1803 on: update older clients; in a ProfileXML, <DisableIKEv2Fragmentation> (Windows 11 \
         24H2 and later) must be false or absent",
    ),
    Setting::new(
        Rras,
        "HKLM\\SYSTEM\\CurrentControlSet\\Services\\RemoteAccess\\Parameters\\Ikev2, DWORD EnableServerFragmentation = 1, then restart the \
         service RemoteAccess, and if the answer to IKE_SA_INIT still lacks the notify, restart the server (Windows Server 1803, 2019 and \
         later; Server 2016 cannot); not needed on NPS",
    ),
    Setting::new(StrongSwan, "swanctl.conf: connections.<name>.fragmentation = yes; strongswan.conf: charon.fragment_size = 1280"),
    Setting::new(Libreswan, "ipsec.conf: fragmentation=yes"),
    Setting::new(OpenIked, "iked.conf: set fragmentation"),
    Setting::new(FortiGate, "config vpn ipsec phase1-interface: set fragmentation enable, set fragmentation-mtu 1200"),
    Setting::new(CiscoIos, "crypto ikev2 fragmentation mtu 1280"),
    Setting::new(CiscoAsa, "crypto ikev2 fragmentation preferred-method ietf"),
    Setting::new(Juniper, "delete security ike gateway <name> fragmentation disable (it is on by default)"),
    Setting::new(Network, "let IP fragments of UDP 500 and 4500 pass, where fragmentation cannot be switched on"),
];

/// Smaller fragments.
pub(in crate::diagnose) const FRAGMENT_SIZE: &[Setting] = &[
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
    Setting::new(FortiGate, "config vpn ipsec phase1-interface: set fragmentation-mtu 576"),
    Setting::new(CiscoIos, "crypto ikev2 fragmentation mtu 576"),
    Setting::new(CiscoAsa, "crypto ikev2 fragmentation mtu 576"),
    Setting::new(Juniper, "set security ike gateway <name> fragmentation size 576"),
    Setting::new(Network, "let UDP 500 and 4500 pass, reordered or not; raise limits on packets of one flow"),
];

/// The two ports opened.
pub(in crate::diagnose) const PORTS: &[Setting] = &[
    Setting::new(WindowsClient, "outbound UDP 500 and 4500 allowed: Test-NetConnection cannot test UDP, a capture on the server can"),
    Setting::new(
        Rras,
        "New-NetFirewallRule -DisplayName IKEv2 -Direction Inbound -Protocol UDP -LocalPort 500,4500 -Action Allow; the edge NAT forwards both ports",
    ),
    Setting::new(StrongSwan, "strongswan.conf: charon.port = 500 and charon.port_nat_t = 4500; both open in the packet filter"),
    Setting::new(Libreswan, "ipsec.conf: ikev2=yes, listen on 500 and 4500; both open in the packet filter"),
    Setting::new(OpenIked, "pf.conf: pass in proto udp to port { 500 4500 }"),
    Setting::new(
        FortiGate,
        "config system settings: set ike-port 500; config firewall local-in-policy: no rule that denies UDP 500 and 4500",
    ),
    Setting::new(CiscoIos, "in the access list of the interface: permit udp any any eq isakmp, permit udp any any eq non500-isakmp"),
    Setting::new(CiscoAsa, "crypto ikev2 enable <interface>"),
    Setting::new(MikroTik, "/ip firewall filter add chain=input protocol=udp dst-port=500,4500 action=accept, before the rule that drops"),
    Setting::new(PfSense, "Firewall > Rules > WAN: pass UDP 500 and 4500, where Disable all auto-added VPN rules is set"),
    Setting::new(OpnSense, "Firewall: Rules: WAN: pass UDP 500 (ISAKMP) and 4500 (IPsec NAT-T)"),
    Setting::new(Azure, "no network security group on GatewaySubnet; the public address of the gateway"),
    Setting::new(Juniper, "set security zones security-zone <zone> host-inbound-traffic system-services ike"),
    Setting::new(PaloAlto, "Policies > Security: allow the applications ike and ipsec-esp-udp; IKE gateway: Enable NAT Traversal"),
    Setting::new(Network, "UDP 500 and 4500 open in both directions, answers allowed back"),
];

/// The user's authentication.
pub(in crate::diagnose) const EAP: &[Setting] = &[
    Setting::new(WindowsClient, "EapConfiguration of the profile: method, server names and roots; the user's certificate or password"),
    Setting::new(
        Rras,
        "Network Policy Server: connection request and network policy, EAP types; Framed-MTU = 1344 in the policy makes the packets of NPS \
         smaller, and no others (RFC 3579 section 2.4): what RRAS sends to NPS stays fragmented, so let IP fragments pass between the two",
    ),
    Setting::new(
        StrongSwan,
        "swanctl.conf: connections.<name>.remote.auth = eap-.. and .eap_id; strongswan.conf: charon.plugins.eap-radius, charon.plugins.eap-tls.fragment_size",
    ),
    Setting::new(Libreswan, "ipsec.conf: leftauth=eaponly, rightauth=eaponly (EAP-TLS only)"),
    Setting::new(OpenIked, "iked.conf: ikev2 .. eap \"mschap-v2\"; user <name> <password>"),
    Setting::new(FortiGate, "config vpn ipsec phase1-interface: set eap enable, set eap-identity send-request, set authusrgrp <group>"),
    Setting::new(CiscoIos, "crypto ikev2 profile <name>: authentication remote eap query-identity, aaa authentication eap <list>"),
    Setting::new(CiscoAsa, "tunnel-group <name> ipsec-attributes: ikev2 remote-authentication eap query-identity"),
    Setting::new(MikroTik, "/ip ipsec identity set auth-method=eap-radius; /radius add service=ipsec"),
    Setting::new(PfSense, "VPN > IPsec > Mobile Clients: User Authentication; phase 1: Authentication Method EAP-MSChapv2 or EAP-RADIUS"),
    Setting::new(OpnSense, "VPN: IPsec: Connections: Remote Authentication, EAP; VPN: IPsec: Pre-Shared Keys, type EAP"),
    Setting::new(Azure, "Set-AzVirtualNetworkGateway -RadiusServerAddress and -RadiusServerSecret"),
    Setting::new(Juniper, "set security ike gateway <name> aaa access-profile <profile>"),
];

/// Where to look when a peer keeps silent.
pub(in crate::diagnose) const SILENT: &[Setting] = &[
    Setting::new(WindowsClient, "outbound UDP 500 and 4500; Windows Firewall; the connection's server name"),
    Setting::new(Rras, "the service RemoteAccess runs and has an IKEv2 port left; event log RemoteAccess; UDP 500 and 4500"),
    Setting::new(StrongSwan, "journalctl -u strongswan, charon.filelog; the packet filter for UDP 500 and 4500"),
    Setting::new(Libreswan, "ipsec status, logfile=; the packet filter for UDP 500 and 4500"),
    Setting::new(OpenIked, "ikectl log verbose, ikectl show sa"),
    Setting::new(FortiGate, "diagnose debug application ike -1, diagnose debug enable; diagnose vpn ike gateway list"),
    Setting::new(CiscoIos, "debug crypto ikev2; show crypto ikev2 sa"),
    Setting::new(CiscoAsa, "debug crypto ikev2 protocol 127; show crypto ikev2 sa"),
    Setting::new(MikroTik, "/system logging add topics=ipsec,!packet; /ip ipsec active-peers print"),
    Setting::new(PfSense, "Status > System Logs > VPN > IPsec"),
    Setting::new(OpnSense, "VPN: IPsec: Log File"),
    Setting::new(Azure, "diagnostic settings of the gateway: IKEDiagnosticLog"),
    Setting::new(Juniper, "show security ike security-associations; set security ike traceoptions flag all"),
    Setting::new(PaloAlto, "show vpn ike-sa gateway <name>; less mp-log ikemgr.log"),
];
