//! Failures of real daemons on a path with defects, made by tests/interop/diagnose_cases.py, none of them with keys: the findings that are
//! expected, and no other that is an error or a warning. `-a` is what the initiator's end saw, `-b` the responder's.

use super::{Diagnosis, run};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Capture, codes of errors, Windows error, and a code of a finding with a value of its details.
type Row = (&'static str, &'static [&'static str], Option<u64>, &'static [(&'static str, &'static str, &'static str)]);

const LOST: &[&str] = &["IpFragmentLost", "FragmentationNotOffered", "RequestUnanswered"];
const BLOCKED: &[&str] = &["PortBlocked", "RequestUnanswered"];

const CASES: &[Row] = &[
    ("healthy-psk-a", &[], None, &[]),
    ("healthy-rsa4096-a", &[], None, &[]),
    ("healthy-natt-a", &[], None, &[("NatDetected", "side", "\"initiator\"")]),
    ("healthy-natt-b", &[], None, &[("NatDetected", "side", "\"initiator\"")]),
    (
        "healthy-ip-fragments-a",
        &[],
        None,
        &[("IpFragmentsSent", "sender", "\"initiator\""), ("FragmentationNotOffered", "side", "\"both\"")],
    ),
    ("healthy-libreswan-a", &[], None, &[]),
    ("healthy-eap-a", &[], None, &[]),
    // iked begins anew with another SPI: two IKE SAs, and nothing wrong.
    ("healthy-invalid-ke-openiked-b", &[], None, &[("InvalidKeRetry", "group", "20")]),
    ("loss-recovered-a", &[], None, &[]),
    ("loss-recovered-ip-fragments-a", &[], None, &[]),
    ("loss-recovered-ip-fragments-b", &[], None, &[]),
    ("cookie-a", &[], None, &[("CookieChallenge", "", "null")]),
    // 809: IP fragments are dropped on the path.
    (
        "ip-fragments-dropped-a",
        LOST,
        Some(809),
        &[("IpFragmentLost", "seen_here", "false"), ("FragmentationNotOffered", "side", "\"both\"")],
    ),
    ("ip-fragments-first-a", LOST, Some(809), &[("IpFragmentLost", "seen_here", "false")]),
    ("ip-fragments-first-b", LOST, Some(809), &[("IpFragmentLost", "arrived_octets", "1480"), ("IpFragmentLost", "transmissions", "4")]),
    ("ip-fragments-response-a", LOST, Some(809), &[("RequestUnanswered", "exchange", "\"IKE_AUTH\"")]),
    (
        "ip-fragments-response-b",
        &["IpFragmentLost", "FragmentationNotOffered", "ResponseNotReceived"],
        Some(809),
        &[("IpFragmentLost", "sender", "\"responder\"")],
    ),
    ("fragmentation-one-side-a", LOST, Some(809), &[("FragmentationNotOffered", "side", "\"responder\"")]),
    ("fragmentation-one-side-b", LOST, Some(809), &[("FragmentationNotOffered", "side", "\"responder\"")]),
    // A responder announces it only to an initiator that does: here it would have.
    ("fragmentation-other-side-a", LOST, Some(809), &[("FragmentationNotOffered", "side", "\"both\"")]),
    ("ike-fragments-too-large-a", &["RequestUnanswered"], Some(809), &[("RequestUnanswered", "largest_datagram", "1280")]),
    (
        "ike-fragments-too-large-b",
        &["IncompleteFragmentSet", "RequestUnanswered"],
        Some(809),
        &[("IncompleteFragmentSet", "missing", "[1,2,3,4]")],
    ),
    ("udp-500-blocked-a", BLOCKED, Some(809), &[("PortBlocked", "port", "500")]),
    ("udp-4500-blocked-a", BLOCKED, Some(809), &[("PortBlocked", "port", "4500")]),
    ("udp-4500-blocked-nat-a", BLOCKED, Some(809), &[("PortBlocked", "port", "4500"), ("NatDetected", "side", "\"initiator\"")]),
    // No daemon answers a stranger's IKE_AUTH: on the wire this is a port that is blocked, and the report says that it may be either.
    ("split-servers-a", BLOCKED, Some(809), &[("SpiUnknownOnNatPort", "known", "\"possible\"")]),
    ("split-servers-libreswan-a", BLOCKED, Some(809), &[("SpiUnknownOnNatPort", "known", "\"possible\"")]),
    ("split-servers-openiked-a", BLOCKED, Some(809), &[("SpiUnknownOnNatPort", "known", "\"possible\"")]),
    ("no-proposal-a", &["NoProposalChosen"], Some(800), &[]),
    (
        "no-proposal-windows-a",
        &["NoProposalChosen"],
        Some(800),
        &[("NoProposalChosen", "nearest_profile", "\"windows10-client-default-ike\""), ("NoProposalChosen", "profile_exact", "true")],
    ),
    ("invalid-ke-loop-a", &["InvalidKeLoop"], None, &[("InvalidKeLoop", "group", "14"), ("InvalidKeLoop", "rounds", "4")]),
    // The responder takes IKE SAs without a child SA: the small answer may be one, or refuse one.
    ("child-refused-a", &[], None, &[("ChildSaRefused", "unclear", "true")]),
    ("child-refused-libreswan-a", &[], None, &[("ChildSaRefused", "unclear", "true")]),
    ("wrong-psk-a", &["AuthenticationFailed"], Some(13801), &[("AuthenticationFailed", "by", "\"responder\"")]),
    ("wrong-psk-libreswan-a", &["AuthenticationFailed"], Some(13801), &[]),
    ("certificate-refused-a", &["AuthenticationFailed"], Some(13801), &[("AuthenticationFailed", "certificates", "true")]),
    ("certificate-refused-by-initiator-a", &["AuthenticationFailed"], Some(13801), &[]),
    ("eap-refused-a", &["EapFailed"], Some(812), &[]),
    ("limit-strongswan-a", &["FragmentsRefusedByLimit", "RequestUnanswered"], Some(809), &[]),
    ("limit-libreswan-a", &["FragmentsRefusedByLimit", "RequestUnanswered"], Some(809), &[]),
    // ICMP says so: no daemon runs there.
    ("port-refused-a", BLOCKED, Some(809), &[("PortBlocked", "icmp", "true")]),
    ("dead-peer-a", &["RequestUnanswered"], None, &[("RequestUnanswered", "exchange", "\"INFORMATIONAL\"")]),
    ("pfs-one-side-a", &["RekeyRefused"], None, &[("RekeyRefused", "rounds", "1")]),
    // Two attempts, of which the second comes up.
    ("offer-changed-a", &["NoProposalChosen"], Some(800), &[]),
    ("selectors-refused-a", &[], None, &[("ChildSaRefused", "unclear", "true")]),
    // Cut after the third transmission.
    (
        "ike-fragments-response-a",
        &["IncompleteFragmentSet", "RequestUnanswered"],
        Some(809),
        &[("IncompleteFragmentSet", "sender", "\"responder\""), ("IncompleteFragmentSet", "missing", "[1,2,3,4]")],
    ),
    // The responder's end of what never gets there: nothing follows, and the capture does not go on.
    ("ip-fragments-dropped-b", &[], None, &[("Unfinished", "", "null")]),
    ("fragmentation-other-side-b", &[], None, &[("Unfinished", "", "null")]),
    ("udp-4500-blocked-b", &[], None, &[("Unfinished", "", "null")]),
    ("udp-4500-blocked-nat-b", &[], None, &[("Unfinished", "", "null")]),
];

fn folder() -> PathBuf {
    crate::kit::root().join("tests/captures-diagnose")
}

fn of(name: &str) -> Diagnosis {
    run(&folder().join(format!("{name}.pcap")), &[])
}

#[test]
fn every_case_has_its_findings_and_no_other_error_or_warning() {
    for (name, codes, windows, details) in CASES {
        let found = of(name);
        assert_eq!((found.codes(), found.windows()), (codes.to_vec(), *windows), "{name}");
        assert_eq!(found.of("warning"), [""; 0], "{name}");
        assert_eq!(found.of("error").into_iter().collect::<BTreeSet<_>>(), codes.iter().copied().collect(), "{name}");
        for (code, field, value) in *details {
            let value: Value = serde_json::from_str(value).unwrap();
            let finding = found.findings.iter().find(|f| f["code"] == *code && f["details"].get(*field).unwrap_or(&Value::Null) == &value);
            assert!(finding.is_some(), "{name}: {code} {field} {value} in {:?}", found.findings);
        }
        let open = found.of("info").contains(&"Unfinished");
        assert_eq!(
            found.verdict["state"],
            if open {
                "undetermined"
            } else if codes.is_empty() {
                "healthy"
            } else {
                "fault"
            },
            "{name}"
        );
        if codes.is_empty() && !open {
            let attempts = if *name == "healthy-invalid-ke-openiked-b" { 2 } else { 1 };
            assert_eq!((&found.verdict["established"], &found.verdict["ike_sas"]), (&1.into(), &attempts.into()), "{name}");
            assert!(found.of("info").contains(&"Clean"), "{name}");
        }
    }
}

#[test]
fn every_capture_of_the_folder_is_in_the_table() {
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().trim_end_matches(".pcap").to_owned())
        .collect();
    assert_eq!(files, CASES.iter().map(|(name, ..)| (*name).to_owned()).collect());
}

#[test]
fn limits_are_named_by_stack() {
    let limits = |name: &str| of(name).finding("FragmentsRefusedByLimit")["details"]["limits"].to_string();
    assert!(limits("limit-strongswan-a").contains("10000 octets strongSwan"));
    assert!(limits("limit-libreswan-a").contains("32 fragments libreswan"));
}

#[test]
fn the_words_fit_the_case() {
    let says = |name: &str, code: &str, wanted: &str| {
        let text = of(name).finding(code)["text"].as_str().unwrap().to_owned();
        assert!(text.contains(wanted), "{name}: {text}");
    };
    says("port-refused-a", "PortBlocked", "no VPN service listens there");
    says("dead-peer-a", "RequestUnanswered", "had come through IKE_AUTH before");
    says("pfs-one-side-a", "RekeyRefused", "perfect forward secrecy");
    says("ike-fragments-response-a", "IncompleteFragmentSet", "only the last does, the smallest");
    says("ike-fragments-too-large-a", "RequestUnanswered", "may be too large for the path");
    let lead = |name: &str| of(name).verdict["text"].as_str().unwrap().to_owned();
    assert!(lead("port-refused-a").contains("VPN service runs there"));
    assert!(lead("dead-peer-a").starts_with("The peer was there and fell silent"));
    assert!(lead("offer-changed-a").ends_with("(1 of 2 IKE SAs failed, 1 came up)"));
    let child = of("selectors-refused-a").finding("ChildSaRefused")["text"].to_string();
    assert!(!child.contains("PFS"), "IKE_AUTH negotiates no group: {child}");
}

#[test]
fn the_windows_offer_is_told_in_words() {
    let text = of("no-proposal-windows-a").verdict["text"].as_str().unwrap().to_owned();
    assert!(text.contains("NativeProtocolType = IKEv2"), "{text}");
    let compared = run(&folder().join("no-proposal-windows-a.pcap"), &["--policy", "aes256-sha256-modp2048"]);
    let details = &compared.finding("NoProposalChosen")["details"];
    assert!(details["difference"].as_str().unwrap().contains("the peer's 18 proposals all use MODP_1024 (group 2)"), "{details}");
}

/// What the report says to set, pasted into `ike negotiate` as the offer, agrees with the policy it was computed from.
#[test]
fn what_is_pasted_back_agrees() {
    for policy in ["aes256-sha384-ecp384", "aes256gcm16-prfsha256-ecp256", "aes128-sha1-modp1024,aes256-sha256-modp2048"] {
        let finding = run(&folder().join("no-proposal-windows-a.pcap"), &["--policy", policy]).finding("NoProposalChosen").clone();
        let remedy = finding["remedy"].as_str().unwrap();
        let between = |before: &str| remedy.split_once(before).unwrap_or_else(|| panic!("{remedy}")).1.split([';', '(']).next().unwrap();
        let client = format!("Set-VpnConnectionIPsecConfiguration{}", between("Set-VpnConnectionIPsecConfiguration"));
        let server = format!("Set-VpnServerConfiguration{}", between("Set-VpnServerConfiguration"));
        let pluto = between("ipsec.conf: ike=").split(". ").next().unwrap();
        for offer in [&client, &server, between("connections.<name>.proposals = "), pluto] {
            let (status, out, _) = crate::kit::ike(["negotiate", "--offer", offer, "--local", policy], "");
            assert_eq!(status, 0, "{policy}: {offer}: {out}");
        }
        assert!(!remedy.contains("for example"), "{remedy}");
    }
    let plain = of("no-proposal-windows-a").finding("NoProposalChosen")["remedy"].as_str().unwrap().to_owned();
    assert!(plain.contains("for example Set-VpnServerConfiguration") && plain.contains("ike=, for example"), "{plain}");
}
