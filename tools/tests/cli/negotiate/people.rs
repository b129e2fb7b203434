//! What people are told, read as the administrator of a VPN gateway reads it.

use super::start;
use ikev2::proposal::profiles;

/// Status and what is told of one offer; no complaint.
fn told(args: &[&str]) -> (u8, String) {
    let (status, out, err) = start(args, "");
    assert_eq!(err, "", "{args:?}");
    (status, out)
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

/// Error 13868 of Windows, in the log of the gateway.
#[test]
fn a_windows_client_against_a_gateway_with_a_policy_of_its_own() {
    let (status, out) = told(&["--offer", "windows10", "--local", "aes256-sha384-ecp384"]);
    assert_eq!(status, 1);
    has(
        &out,
        &[
            "Offer:  windows10-client-default-ike\nPolicy: aes256-sha384-ecp384, under the rules of RFC 7296\n",
            "confidence medium",
            "\n  offered  local  ENCR      PRF       INTEG     KE\n",
            "\n       12      1  ok        ok        ok        DIFFERS\n",
            // GCM without an INTEG transform.
            "\n       18      1  DIFFERS   ok        -         DIFFERS\n",
            "\nOutcome: refused, the answer is NO_PROPOSAL_CHOSEN (14).\n",
            "the peer's 18 proposals all use MODP_1024 (group 2), and this policy needs ECP_384 (group 20). ",
            "Nearest: proposal 12 and local proposal 1, which differ in nothing else. ",
            "Remedy: the peer changes its proposal 12 to offer ECP_384 (group 20); ",
            "or this side changes its proposal 1 to allow MODP_1024 (group 2) - not advised: MODP_1024 (group 2) is weak (RFC 8247: SHOULD NOT).",
        ],
    );
}

/// Set-VpnConnectionIPsecConfiguration leaves the client one proposal (NativeProtocolType IKEv2): the same gateway takes it.
#[test]
fn the_same_client_after_the_policy_is_set_in_powershell() {
    let command = "Set-VpnConnectionIPsecConfiguration -ConnectionName vpn -AuthenticationTransformConstants SHA256128 \
                   -CipherTransformConstants AES256 -EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -DHGroup ECP384 -PfsGroup None";
    let (status, out) = told(&["--offer", command, "--local", "aes256-sha384-ecp384", "--dialect", "strongswan6"]);
    assert_eq!(status, 0);
    has(&out, &["under the rules of strongSwan 6\n", "\nOutcome: agreed on proposal 1, IKE: AES_CBC_256, ", "ECP_384 (group 20).\n"]);
    // The same as the profile's XML says it.
    let xml = "<CryptographySuite><AuthenticationTransformConstants>SHA256128</AuthenticationTransformConstants>\
               <CipherTransformConstants>AES256</CipherTransformConstants><EncryptionMethod>AES256</EncryptionMethod>\
               <IntegrityCheckMethod>SHA384</IntegrityCheckMethod><DHGroup>ECP384</DHGroup><PfsGroup>None</PfsGroup></CryptographySuite>";
    let (status, out) = told(&["--offer", xml, "--local", "aes256-sha384-ecp384"]);
    assert_eq!(status, 0, "{out}");
    // And as the policy of a gateway, the stock client fails against it.
    let (status, out) = told(&["--offer", "windows10", "--local", command]);
    assert_eq!(status, 1);
    has(&out, &["this policy needs ECP_384 (group 20)"]);
}

#[test]
fn a_wrong_group_is_no_disagreement() {
    let (status, out) = told(&["--offer", "aes256-sha256-modp2048-ecp256", "--local", "aes256-sha256-ecp256"]);
    assert_eq!(status, 1);
    has(
        &out,
        &[
            "Outcome: try again with another group: INVALID_KE_PAYLOAD (17).",
            "its key exchange group is ECP_256 (group 19), and the KE payload is for MODP_2048 (group 14).",
            "no setting has to change",
        ],
    );
    let with = ["--offer", "aes256-sha256-modp2048-ecp256", "--local", "aes256-sha256-ecp256", "--ke", "19"];
    assert_eq!(told(&with).0, 0);
    let without = ["--offer", "aes256-sha256-ecp256", "--local", "aes256-sha256-ecp256", "--ke", "none"];
    let (status, out) = told(&without);
    assert_eq!(status, 1);
    has(&out, &["there is no KE payload"]);
}

#[test]
fn several_settings_are_told_as_several() {
    let (_, out) = told(&["--offer", "aes256-sha256-modp2048", "--local", "aes256gcm16-prfsha384-ecp384", "--dialect", "strongswan"]);
    has(
        &out,
        &[
            "the peer's proposal uses AES_CBC_256 for encryption, and this policy needs AES_GCM_16_256; ",
            "uses PRF_HMAC_SHA2_256 as pseudorandom function (PRF), and this policy needs PRF_HMAC_SHA2_384; ",
            "uses HMAC_SHA2_256_128 for integrity, and this policy allows none: its ciphers have integrity of their own; ",
            "Remedy: the peer adds a proposal (IKE: AES_GCM_16_256, PRF_HMAC_SHA2_384, ECP_384 (group 20)); ",
            "or this side adds a proposal (IKE: AES_CBC_256, PRF_HMAC_SHA2_256, HMAC_SHA2_256_128, MODP_2048 (group 14)).",
        ],
    );
    let (_, out) = told(&["--offer", "aes256-sha256-modp2048", "--local", "aes256-sha384-ecp384"]);
    has(&out, &["the peer changes its proposal 1 to offer PRF_HMAC_SHA2_384, HMAC_SHA2_384_192 and ECP_384 (group 20); "]);
}

#[test]
fn whose_order_decides() {
    let offer = ["--offer", "aes128-aes256-sha256-ecp256", "--local", "aes256-aes128-sha256-ecp256"];
    for (prefer, cipher) in [("configured", "AES_CBC_256"), ("supplied", "AES_CBC_128")] {
        for dialect in ["rfc", "strongswan"] {
            let (status, out) = told(&[&offer[..], &["--prefer", prefer, "--dialect", dialect]].concat());
            assert_eq!(status, 0);
            has(&out, &[&format!("fits local proposal 1: {cipher}, ")]);
        }
    }
}

/// The dialect chooses the reader.
const IKED: &str = "ikesa enc aes-128 auth hmac-sha2-256 prf hmac-sha2-256 group ecp256";

#[test]
fn an_offer_in_hexadecimal() {
    let hex = "0000002c 01010004 0300000c0100000c800e0080 030000080300000c 0300000802000005 0000000804000013";
    for hex in [hex.to_owned(), hex.to_uppercase(), hex.replace(' ', ""), hex.replace(' ', ":")] {
        let (status, out) = told(&["--offer", &hex, "--local", "aes128-sha256-ecp256"]);
        assert_eq!(status, 0);
        has(&out, &["Offer:  an SA payload in hexadecimal\n", "HMAC_SHA2_256_128 and ECP_256 (group 19)"]);
    }
    // A transform of a type nobody knows, and octets that are no SA payload.
    let (status, out) = told(&[
        "--offer",
        "00000010 01010001 00000008 63000001",
        "--local",
        "aes128-sha256-ecp256",
        "--dialect",
        "libreswan",
        "--ke",
        "19",
    ]);
    assert_eq!(status, 1);
    has(&out, &["Proposal 1 is passed over: it holds a transform of type 99, which is unknown here."]);
    let (status, out) = told(&["--offer", "0000002c 01010004 0300000c", "--local", "aes128-sha256-ecp256"]);
    assert_eq!(status, 1);
    has(&out, &["Outcome: refused, the answer is INVALID_SYNTAX (7).", "the SA payload is not accepted: "]);
    let (_, out) = told(&["--offer", "0000002c 01010004 0300000c", "--local", IKED, "--dialect", "openiked"]);
    has(&out, &["Outcome: refused, without an answer.", "The message is dropped"]);
}

/// The initiator asks for ECP_256 first, and gives in.
#[test]
fn the_offers_of_a_capture() {
    let capture = "tests/captures/libreswan-invalid-ke.pcap";
    let (status, out) = told(&["--pcap", capture, "--local", "aes256-sha256-modp2048", "--dialect", "libreswan"]);
    assert_eq!(status, 1, "the worst of all offers counts");
    let outcomes: Vec<_> = out.lines().filter(|line| line.starts_with("Outcome")).collect();
    assert_eq!(outcomes[0], "Outcome: try again with another group: INVALID_KE_PAYLOAD (17).");
    assert!(outcomes[1].starts_with("Outcome: agreed on proposal 1, IKE: "), "{}", outcomes[1]);
    has(&out, &["Offer:  packet 1, 192.0.2.1:500 > 192.0.2.2:500\n", "MODP_2048 (group 14), and the KE payload is for ECP_256 (group 19)"]);

    let (status, out, err) = start(&["--pcap", "tests/captures/none.pcap", "--local", "aes256-sha256-modp2048"], "");
    assert_eq!((status, out.as_str()), (2, ""));
    has(&err, &["ike negotiate: ", "none.pcap"]);
    let (status, _, err) = start(&["--pcap", "Cargo.toml", "--local", "aes256-sha256-modp2048"], "");
    assert_eq!(status, 2);
    has(&err, &["Cargo.toml"]);
}

#[test]
fn the_profiles_with_their_confidence() {
    let (status, out) = told(&["--list"]);
    assert_eq!(status, 0);
    for profile in profiles::ALL {
        assert!(out.contains(&format!("{}: ", profile.name)), "{}", profile.name);
    }
    assert_eq!(out.matches("; confidence ").count(), profiles::ALL.len());
    has(&out, &["\nAliases:\n", "windows10: windows10-client-default-ike, windows-client-default-esp\n"]);
}

/// Every profile of an initiator against every one of a responder, in the questions both can stand in: some answer comes, and a
/// sentence about it.
#[test]
fn profiles_meet() {
    let (mut agreed, mut refused) = (0, 0);
    for offer in profiles::ALL {
        for local in profiles::ALL.iter().filter(|local| local.protocol == offer.protocol) {
            let context = if offer.protocol == ikev2::registry::SecurityProtocol::IKE { "ike" } else { "auth_child" };
            let (status, out) = told(&["--offer", offer.name, "--local", local.name, "--question", context]);
            match status {
                0 => agreed += 1,
                _ => refused += 1,
            }
            let last = out.lines().last().unwrap();
            assert!(last.len() > 60 && last.ends_with('.'), "{} and {}: {last}", offer.name, local.name);
            assert!(out.lines().all(|line| line == line.trim_end()), "{} and {}: {out}", offer.name, local.name);
        }
    }
    assert!(agreed > 100 && refused > 30, "{agreed} agree, {refused} do not");
}

#[test]
fn what_cannot_be_read() {
    for (args, expected) in [
        (&[][..], "Usage: ike negotiate"),
        (&["--local", "aes256"], "--offer <OFFER>"),
        (&["--offer", "windows10"], "--local <POLICY>"),
        (&["--offer", "windows10", "--pcap", "x", "--local", "windows10"], "cannot be used with"),
        (&["--offers"], "--offers"),
        (&["--offer", "windows10", "--local", "aes256-sha384-ecp384", "--dialect", "cisco"], "\"cisco\" is none of rfc"),
        (&["--offer", "windows10", "--local", "aes256-sha384-ecp384", "--ke", "ecp384"], "\"ecp384\" is no group number"),
        (&["--offer", "windows10", "--local", "aes256-sha384-ecp348"], "aes256-sha384-ecp348\n              ^^^^^^\n"),
        (
            &["--offer", "windows10-client-default-ike", "--local", "aes256-sha1", "--question", "auth_child"],
            "the profile is for IKE, and this exchange negotiates ESP or AH",
        ),
    ] {
        let (status, out, err) = start(args, "");
        assert_eq!((status, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(expected), "{args:?}: {err}");
    }
    let (status, out) = told(&["--help"]);
    assert_eq!(status, 0);
    has(&out, &["--offer", "--pcap", "--local", "--dialect", "--prefer", "--question", "--ke", "--list", "--json"]);
}
