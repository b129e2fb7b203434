//! The table of stacks: one row a sign, each with where it is known from.
//!
//! Two kinds of rows. A *vendor ID* is what a stack says of itself. An *order* is what its code does: the places of payloads in the order it
//! writes them, those it may leave out among them, and the values it gives. A row says what its sources show and no more; what they do not
//! show, nobody is taken for.

use super::order::{Order, Place, any_number, may, must, notify, payload};
use super::stack::Stack;
use crate::registry::{NotifyType, PayloadType, TransformType};

/// What a vendor ID begins with, and the stacks that send it.
pub(super) struct Mark {
    pub(super) start: &'static [u8],
    pub(super) stacks: &'static [Stack],
    /// What follows is the release, as text.
    pub(super) release: bool,
}

const fn mark(start: &'static [u8], stacks: &'static [Stack]) -> Mark {
    Mark { start, stacks, release: false }
}

const fn mark_with_release(start: &'static [u8], stacks: &'static [Stack]) -> Mark {
    Mark { start, stacks, release: true }
}

const CISCO: &[Stack] = &[Stack::CiscoIos, Stack::CiscoAsa];

/// Palo Alto and MikroTik have no vendor ID that a public source documents; strongSwan and libreswan send theirs only when they are told to.
pub(super) const MARKS: &[Mark] = &[
    // MD5 of "MS NT5 ISAKMPOAKLEY", and a version (MS-IKEE section 2.2.2; libreswan vendor.c). A gateway of Azure answers with the vendor IDs
    // of Windows Server (github.com/MicrosoftDocs/azure-docs issues 32421 and 104181).
    mark(b"\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61", &[Stack::Windows]),
    // MD5 of "MS-Negotiation Discovery Capable" (strongSwan ike_vendor.c, libreswan vendor.c).
    mark(b"\xfb\x1d\xe3\xcd\xf3\x41\xb7\xea\x16\xb7\xe5\xbe\x08\x55\xf1\x20", &[Stack::Windows]),
    // MD5 of "Vid-Initial-Contact" (the same).
    mark(b"\x26\x24\x4d\x38\xed\xdb\x61\xb3\x17\x2a\x36\xe3\xd0\xcf\xb8\x19", &[Stack::Windows]),
    // MD5 of "IKE CGA version 1" (libreswan vendor.c).
    mark(b"\xe3\xa5\x96\x6a\x76\x37\x9f\xe7\x07\x22\x82\x31\xe5\xce\x86\x52", &[Stack::Windows]),
    // KEY_MODS (libreswan vendor.c).
    mark(b"\x01\x52\x8b\xbb\xc0\x06\x96\x12\x18\x49\xab\x9a\x1c\x5b\x2a\x51", &[Stack::Windows]),
    // MD5 of "strongSwan" (strongSwan ike_vendor.c). libreswan sends it when fake-strongswan says so (ikev2_ike_sa_init.c).
    mark(b"\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb", &[Stack::StrongSwan, Stack::Libreswan]),
    // libreswan version.in.c.
    mark_with_release(b"OE-Libreswan-", &[Stack::Libreswan]),
    // OpenIKED types.h; tests/captures/openiked-*: 7.2; tools/tests/cases/diagnose/invalid-syntax-iked-live.pcap: 7.4.
    mark_with_release(b"OpenIKED-", &[Stack::OpenIked]),
    // Wireshark packet-isakmp.c: release and build follow.
    mark(b"\x82\x99\x03\x17\x57\xa3\x60\x82\xc6\xa6\x21\xde", &[Stack::FortiGate]),
    // strongSwan ike_vendor.c.
    mark(b"\x1d\x6e\x17\x8f\x6c\x2c\x0b\xe2\x84\x98\x54\x65\x45\x0f\xe9\xd4", &[Stack::FortiGate]),
    // strongSwan ike_vendor.c, libreswan vendor.c.
    mark(b"CISCO-DELETE-REASON", CISCO),
    mark(b"CISCO(COPYRIGHT)", CISCO),
    // FlexVPN and dynamic routes are of IOS (the same). strongSwan sends the first when charon.cisco_flexvpn says so.
    mark(b"FLEXVPN-SUPPORTED", &[Stack::CiscoIos, Stack::StrongSwan]),
    mark(b"CISCO-DYNAMIC-ROUTE", &[Stack::CiscoIos]),
    // NetScreen and SRX (strongSwan ike_vendor.c); an SRX sends both (github.com/libreswan/libreswan issue 786).
    mark(b"\x69\x93\x69\x22\x87\x41\xc6\xd4\xca\x09\x4c\x93\xe2\x42\xc9\xde\x19\xe7\xb7\xc6", &[Stack::Juniper]),
    mark(b"\xfd\x80\x88\x04\xdf\x73\xb1\x51\x50\x70\x9d\x87\x80\x44\xcd\xe0\xac\x1e\xfc\xde", &[Stack::Juniper]),
];

const COOKIE: Place = may(notify(&[NotifyType::COOKIE]));
const SA: Place = must(payload(PayloadType::SA));
const KE: Place = must(payload(PayloadType::KE));
const NONCE: Place = must(payload(PayloadType::NONCE));
/// One for every address that the sender may have (RFC 7296 section 2.23).
const NAT_SOURCE: Place = any_number(must(notify(&[NotifyType::NAT_DETECTION_SOURCE_IP])));
const NAT_DESTINATION: Place = must(notify(&[NotifyType::NAT_DETECTION_DESTINATION_IP]));
const CERTREQ: Place = any_number(may(payload(PayloadType::CERTREQ)));
const VENDOR_IDS: Place = any_number(may(payload(PayloadType::V)));

const FRAGMENTATION: Place = may(notify(&[NotifyType::IKEV2_FRAGMENTATION_SUPPORTED]));
const HASHES: Place = may(notify(&[NotifyType::SIGNATURE_HASH_ALGORITHMS]));
const REDIRECT: Place = may(notify(&[NotifyType::REDIRECT_SUPPORTED, NotifyType::REDIRECTED_FROM]));
const PPK: Place = may(notify(&[NotifyType::USE_PPK]));
/// libreswan 5.2 has a private number for it (tests/captures-fingerprint/pluto5-pluto4-intermediate.pcap).
const PPK_INT: Place = may(notify(&[NotifyType::USE_PPK_INT, NotifyType(50209)]));
const CHILDLESS: Place = may(notify(&[NotifyType::CHILDLESS_IKEV2_SUPPORTED]));
const INTERMEDIATE: Place = may(notify(&[NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED]));
const TRANSCRIPT: Place = may(notify(&[NotifyType::IKE_SA_INIT_FULL_TRANSCRIPT_AUTH]));
const AUTH_METHODS: Place = may(notify(&[NotifyType::SUPPORTED_AUTH_METHODS]));
const MULTIPLE_AUTH: Place = may(notify(&[NotifyType::MULTIPLE_AUTH_SUPPORTED]));

/// SHA-1 is 1, the SHA-2 are 2 to 4, IDENTITY is 5.
const SHA2: &[u16] = &[2, 3, 4];
const SHA2_IDENTITY: &[u16] = &[2, 3, 4, 5];

/// ENCR, INTEG, PRF, KE: charon's.
const INTEG_BEFORE_PRF: &[TransformType] =
    &then_additional([TransformType::ENCR, TransformType::INTEG, TransformType::PRF, TransformType::KE]);
/// ENCR, PRF, INTEG, KE: that of their numbers, and of pluto and iked.
const PRF_BEFORE_INTEG: &[TransformType] =
    &then_additional([TransformType::ENCR, TransformType::PRF, TransformType::INTEG, TransformType::KE]);

/// These, and the additional key exchanges behind them.
const fn then_additional([a, b, c, d]: [TransformType; 4]) -> [TransformType; 11] {
    let [e, f, g, h, i, j, k] = TransformType::ADDITIONAL_KEY_EXCHANGES;
    [a, b, c, d, e, f, g, h, i, j, k]
}

/// What code does. Each row has two signs that do not depend on each other, or says that it has one.
pub(super) const ORDERS: &[Order] = &[
    // tests/captures (5.9.8), tests/captures/pq-* (6.0.6); its rules of payload order are in message.c. Signs: the hash algorithms, and
    // redirection after them.
    Order {
        stack: Stack::StrongSwan,
        response: false,
        places: &[
            COOKIE,
            SA,
            KE,
            NONCE,
            NAT_SOURCE,
            NAT_DESTINATION,
            FRAGMENTATION,
            must(HASHES),
            must(REDIRECT),
            PPK,
            CHILDLESS,
            INTERMEDIATE,
            VENDOR_IDS,
        ],
        hashes: &[SHA2_IDENTITY, SHA2],
        transforms: INTEG_BEFORE_PRF,
        ..Order::OF_32
    },
    // The same captures. Signs: MULTIPLE_AUTH_SUPPORTED at the end, and one of those before it in this place.
    Order {
        stack: Stack::StrongSwan,
        response: true,
        places: &[
            SA,
            KE,
            NONCE,
            NAT_SOURCE,
            NAT_DESTINATION,
            CERTREQ,
            FRAGMENTATION,
            HASHES,
            PPK,
            CHILDLESS,
            INTERMEDIATE,
            must(MULTIPLE_AUTH),
            VENDOR_IDS,
        ],
        one_of: &[NotifyType::IKEV2_FRAGMENTATION_SUPPORTED, NotifyType::SIGNATURE_HASH_ALGORITHMS, NotifyType::CHILDLESS_IKEV2_SUPPORTED],
        hashes: &[SHA2_IDENTITY, SHA2],
        transforms: INTEG_BEFORE_PRF,
        ..Order::OF_32
    },
    // libreswan ikev2_ike_sa_init.c. Signs: its hash algorithms, and these before NAT detection.
    Order {
        stack: Stack::Libreswan,
        response: false,
        places: &[
            COOKIE,
            SA,
            KE,
            NONCE,
            FRAGMENTATION,
            PPK,
            INTERMEDIATE,
            PPK_INT,
            TRANSCRIPT,
            REDIRECT,
            must(HASHES),
            NAT_SOURCE,
            NAT_DESTINATION,
            VENDOR_IDS,
        ],
        hashes: &[SHA2],
        transforms: PRF_BEFORE_INTEG,
        ..Order::OF_32
    },
    // tests/captures/libreswan-initiator-default.pcap (4.10): with a pre-shared key it sends no hash algorithms. One sign: fragmentation before
    // NAT detection.
    Order {
        stack: Stack::Libreswan,
        response: false,
        certain: false,
        places: &[
            COOKIE,
            SA,
            KE,
            NONCE,
            must(FRAGMENTATION),
            PPK,
            INTERMEDIATE,
            PPK_INT,
            TRANSCRIPT,
            REDIRECT,
            NAT_SOURCE,
            NAT_DESTINATION,
            VENDOR_IDS,
        ],
        transforms: PRF_BEFORE_INTEG,
        ..Order::OF_32
    },
    // tests/captures/libreswan-* (4.10), ikev2_ike_sa_init.c. Signs: CHILDLESS_IKEV2_SUPPORTED after NAT detection, and one of these before it.
    Order {
        stack: Stack::Libreswan,
        response: true,
        places: &[
            SA,
            KE,
            NONCE,
            FRAGMENTATION,
            INTERMEDIATE,
            PPK,
            PPK_INT,
            TRANSCRIPT,
            HASHES,
            AUTH_METHODS,
            NAT_SOURCE,
            NAT_DESTINATION,
            must(CHILDLESS),
            CERTREQ,
            VENDOR_IDS,
        ],
        one_of: &[NotifyType::IKEV2_FRAGMENTATION_SUPPORTED, NotifyType::SIGNATURE_HASH_ALGORITHMS],
        hashes: &[SHA2],
        transforms: PRF_BEFORE_INTEG,
        ..Order::OF_32
    },
    // Before CHILDLESS_IKEV2_SUPPORTED was in it (github.com/hwdsl2/setup-ipsec-vpn issue 307). Signs: fragmentation and hash algorithms before
    // NAT detection, and these algorithms.
    Order {
        stack: Stack::Libreswan,
        response: true,
        places: &[SA, KE, NONCE, must(FRAGMENTATION), must(HASHES), NAT_SOURCE, NAT_DESTINATION, CERTREQ, VENDOR_IDS],
        hashes: &[SHA2],
        transforms: PRF_BEFORE_INTEG,
        ..Order::OF_32
    },
    // tests/captures/openiked-* (7.2), OpenIKED ikev2.c: told to send no vendor ID. Signs: fragmentation before NAT detection, and its hash
    // algorithms after that. It offers transforms in the order of its configuration.
    Order {
        stack: Stack::OpenIked,
        response: false,
        places: &[COOKIE, SA, KE, NONCE, VENDOR_IDS, must(FRAGMENTATION), NAT_SOURCE, NAT_DESTINATION, must(HASHES)],
        hashes: &[SHA2],
        ..Order::OF_32
    },
    Order {
        stack: Stack::OpenIked,
        response: true,
        places: &[SA, KE, NONCE, VENDOR_IDS, must(FRAGMENTATION), NAT_SOURCE, NAT_DESTINATION, CERTREQ, must(HASHES)],
        hashes: &[SHA2],
        transforms: PRF_BEFORE_INTEG,
        ..Order::OF_32
    },
    // Logs of gateways: github.com/libreswan/libreswan issue 1157 (macOS 13: the nonce too), github.com/strongX509/docker issue 7 (iOS 16),
    // github.com/jawj/IKEv2-setup issue 12 (macOS 10.12). Signs: redirection before NAT detection, and a nonce of 16 octets.
    Order {
        stack: Stack::Apple,
        response: false,
        nonce: 16,
        places: &[COOKIE, SA, KE, NONCE, must(REDIRECT), NAT_SOURCE, NAT_DESTINATION, FRAGMENTATION],
        ..Order::OF_32
    },
];
