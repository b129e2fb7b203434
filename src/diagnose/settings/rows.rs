//! Where products keep the algorithms of a proposal, and an example in their own names.

use super::product::Product::{self, Azure, CiscoAsa, CiscoIos, FortiGate, Juniper, MikroTik, OpenIked, OpnSense, PaloAlto, PfSense};

/// A product, the names of its settings, and values for them.
pub(super) type Row = (Product, &'static str, &'static str);

/// Of the IKE SA.
pub(super) const IKE: &[Row] = &[
    (OpenIked, "iked.conf: ikesa enc, prf, auth and group", "ikesa enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048"),
    (FortiGate, "config vpn ipsec phase1-interface: set proposal, set dhgrp", "set proposal aes256-sha256, set dhgrp 14"),
    (
        CiscoIos,
        "crypto ikev2 proposal <name>: encryption, integrity and group; crypto ikev2 policy <name>: proposal <name>",
        "encryption aes-cbc-256, integrity sha256, group 14",
    ),
    (
        CiscoAsa,
        "crypto ikev2 policy <priority>: encryption, integrity, prf and group",
        "encryption aes-256, integrity sha256, prf sha256, group 14",
    ),
    (
        MikroTik,
        "/ip ipsec profile set <name>: enc-algorithm, hash-algorithm and dh-group",
        "enc-algorithm=aes-256 hash-algorithm=sha256 dh-group=modp2048",
    ),
    (PfSense, "VPN > IPsec > Tunnels, phase 1: Algorithm, Key length, Hash, DH Group", "AES, 256 bits, SHA256, 14 (2048 bit)"),
    (OpnSense, "VPN: IPsec: Connections: Proposals", "aes256-sha256-modp2048"),
    (
        Azure,
        "New-AzIpsecPolicy -IkeEncryption, -IkeIntegrity and -DhGroup; Set-AzVirtualNetworkGatewayConnection -IpsecPolicies",
        "-IkeEncryption AES256 -IkeIntegrity SHA256 -DhGroup DHGroup14",
    ),
    (
        Juniper,
        "set security ike proposal <name>: encryption-algorithm, authentication-algorithm and dh-group",
        "encryption-algorithm aes-256-cbc, authentication-algorithm sha-256, dh-group group14",
    ),
    (PaloAlto, "Network > Network Profiles > IKE Crypto: Encryption, Authentication, DH Group", "aes-256-cbc, sha256, group14"),
];

/// Of child SAs.
pub(super) const ESP: &[Row] = &[
    (OpenIked, "iked.conf: childsa enc, auth and group; from <network> to <network>", "childsa enc aes-256-gcm"),
    (
        FortiGate,
        "config vpn ipsec phase2-interface: set proposal, set pfs, set dhgrp; set src-subnet, set dst-subnet",
        "set proposal aes256gcm, set pfs disable",
    ),
    (
        CiscoIos,
        "crypto ipsec transform-set <name>; crypto ipsec profile <name>: set transform-set, set pfs; the access list of the crypto map",
        "crypto ipsec transform-set <name> esp-gcm 256",
    ),
    (
        CiscoAsa,
        "crypto ipsec ikev2 ipsec-proposal <name>: protocol esp encryption and integrity; crypto map <name> <number>: set pfs, match address",
        "protocol esp encryption aes-gcm-256",
    ),
    (
        MikroTik,
        "/ip ipsec proposal set <name>: enc-algorithms, auth-algorithms and pfs-group; /ip ipsec policy: src-address and dst-address",
        "enc-algorithms=aes-256-gcm pfs-group=none",
    ),
    (
        PfSense,
        "VPN > IPsec > Tunnels, phase 2: Encryption Algorithms, Hash Algorithms, PFS key group; Local Network, Remote Network",
        "AES256-GCM, 128 bits, PFS off",
    ),
    (OpnSense, "VPN: IPsec: Connections, Children: ESP proposals, Local, Remote", "aes256gcm16"),
    (
        Azure,
        "New-AzIpsecPolicy -IpsecEncryption, -IpsecIntegrity and -PfsGroup; the address space of the local network gateway",
        "-IpsecEncryption GCMAES256 -IpsecIntegrity GCMAES256 -PfsGroup None",
    ),
    (
        Juniper,
        "set security ipsec proposal <name> encryption-algorithm; set security ipsec policy <name> perfect-forward-secrecy keys; \
         set security ipsec vpn <name> traffic-selector",
        "encryption-algorithm aes-256-gcm",
    ),
    (PaloAlto, "Network > Network Profiles > IPSec Crypto; Network > IPSec Tunnels > Proxy IDs", "aes-256-gcm, no-pfs"),
];
