//! `diagnose` over every recorded capture: what is wrong is found, and nothing else.

use super::{recorded, run, with_keys};

/// Capture, codes and Windows error without keys, codes and Windows error with keys. What is not listed came up, and is healthy.
type Row = (&'static str, (&'static [&'static str], Option<u64>), (&'static [&'static str], Option<u64>));

const FAILED: &[Row] = &[
    ("eap-mschapv2-fail", (&["EapFailed"], Some(812)), (&["EapFailed"], Some(812))),
    ("err-auth-failed-cert", (&["AuthenticationFailed"], Some(13801)), (&["AuthenticationFailed"], Some(13801))),
    ("err-auth-failed-psk", (&["AuthenticationFailed"], Some(13801)), (&["AuthenticationFailed"], Some(13801))),
    // Without keys: the responder takes IKE SAs without a child SA, and a small answer may be one.
    ("err-npc-child", (&[], None), (&["ChildSaRefused", "NoProposalChosen"], Some(13868))),
    ("err-npc-create-child", (&["ChildSaRefused"], None), (&["ChildSaRefused", "NoProposalChosen"], Some(13868))),
    ("err-npc-init", (&["NoProposalChosen"], Some(800)), (&["NoProposalChosen"], Some(800))),
    ("err-ts-unacceptable", (&[], None), (&["ChildSaRefused"], None)),
    ("libreswan-npc-child", (&[], None), (&["ChildSaRefused", "NoProposalChosen"], Some(13868))),
    ("libreswan-npc-init", (&["NoProposalChosen"], Some(800)), (&["NoProposalChosen"], Some(800))),
    ("openiked-npc-child", (&["ChildSaRefused"], None), (&["ChildSaRefused", "NoProposalChosen"], Some(13868))),
    ("openiked-npc-init", (&["NoProposalChosen"], Some(800)), (&["NoProposalChosen"], Some(800))),
];

/// Captures that begin with a probe which nobody follows up, and SAs in them.
const PROBED: &[&str] = &["cookie", "cookie-invalid-ke", "pq-psk-cookie-mlkem768"];

/// Captures in which a message travels as IP fragments.
const IP_FRAGMENTS: &[&str] = &[
    "libreswan-rsa4096-nofrag",
    "openiked-rsa4096-nofrag",
    "rsa4096-frag-accept-responder",
    "rsa4096-frag-one-sided",
    "rsa4096-nofrag-ccm-v6",
    "rsa4096-nofrag-v4",
];

#[test]
fn every_capture_has_the_findings_it_deserves_and_no_other() {
    let (mut healthy, mut failed) = (0, 0);
    for name in recorded() {
        let row = FAILED.iter().find(|(failed, _, _)| *failed == name);
        let clear = run(&crate::recorded::capture_path(&name, ".pcap"), &[]);
        let (codes, windows) = row.map_or((&[][..], None), |row| row.1);
        assert_eq!((clear.codes(), clear.windows()), (codes.to_vec(), windows), "{name} without keys");
        assert_eq!(clear.of("warning"), [""; 0], "{name} without keys");
        let keyed = with_keys(&name);
        let (codes, windows) = row.map_or((&[][..], None), |row| row.2);
        assert_eq!((keyed.codes(), keyed.windows()), (codes.to_vec(), windows), "{name} with keys");
        assert_eq!(keyed.of("warning"), [""; 0], "{name} with keys");
        if row.is_some() {
            failed += 1;
            let told = !row.is_some_and(|row| row.1.0.is_empty());
            assert_eq!((clear.status, keyed.status), (if told { 1 } else { 3 }, 1), "{name}");
            assert!(told || clear.finding("ChildSaRefused")["details"]["unclear"] == true, "{name}");
            continue;
        }
        healthy += 1;
        assert_eq!(clear.status, 0, "{name}");
        let probes = u64::from(PROBED.contains(&name.as_str()));
        assert_eq!(clear.verdict["established"].as_u64().unwrap() + probes, clear.verdict["ike_sas"].as_u64().unwrap(), "{name}");
        assert!(clear.of("info").contains(&"Clean"), "{name}");
        assert_eq!(clear.of("info").contains(&"IpFragmentsSent"), IP_FRAGMENTS.contains(&name.as_str()), "{name}");
    }
    assert_eq!(failed, FAILED.len());
    assert!(healthy >= 100, "{healthy} healthy captures");
}

#[test]
fn what_is_no_alarm_is_told_all_the_same() {
    let info = |name: &str| run(&crate::recorded::capture_path(name, ".pcap"), &[]);
    assert!(info("psk-v4").of("info").contains(&"FragmentationNegotiated"));
    assert_eq!(info("rsa4096-frag-one-sided").finding("FragmentationNotOffered")["details"]["side"], "responder");
    assert_eq!(info("libreswan-rsa4096-nofrag").finding("IpFragmentsSent")["details"]["sizes"].as_array().unwrap().len(), 4);
    assert!(info("cookie").of("info").contains(&"CookieChallenge"));
    assert_eq!(info("invalid-ke-retry").finding("InvalidKeRetry")["details"]["group"], 14);
    assert_eq!(info("psk-natt-4500").finding("NatDetected")["details"]["side"], "initiator");
    assert!(info("rekey-ike").of("info").contains(&"FollowsRekey"));
}

#[test]
fn evidence_and_remedy_come_with_every_error() {
    for (name, _, _) in FAILED {
        for finding in run(&crate::recorded::capture_path(name, ".pcap"), &[]).findings {
            let packets: Vec<u64> = finding["packets"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
            assert!(packets.is_sorted() && packets.len() <= 16, "{name}: {packets:?}");
            assert!(finding["text"].as_str().unwrap().len() > 20, "{name}");
            let spis = finding["sa"].as_str().unwrap();
            assert!(spis.len() == 33 && spis.as_bytes()[16] == b':', "{name}: {spis}");
            if finding["severity"] == "error" {
                assert!(!packets.is_empty(), "{name}: {finding}");
                let remedy = finding["remedy"].as_str().unwrap();
                for product in ["Windows client", "RRAS", "strongSwan", "libreswan"] {
                    assert!(remedy.contains(product), "{name}: {remedy}");
                }
            }
        }
    }
    let refused = run(&crate::recorded::capture_path("err-auth-failed-psk", ".pcap"), &[]);
    assert_eq!(refused.finding("AuthenticationFailed")["packets"], serde_json::json!([3, 4]));
    assert_eq!(refused.finding("AuthenticationFailed")["confidence"], "medium");
    let keyed = with_keys("err-auth-failed-psk");
    assert_eq!(keyed.finding("AuthenticationFailed")["confidence"], "high");
    assert_eq!(keyed.finding("AuthenticationFailed")["details"]["notify"], "AUTHENTICATION_FAILED");
}

#[test]
fn a_refused_offer_is_named_and_compared_with_the_policy_given() {
    let path = crate::recorded::capture_path("err-npc-init", ".pcap");
    let plain = run(&path, &[]);
    let details = &plain.finding("NoProposalChosen")["details"];
    assert_eq!(details["offer"], serde_json::json!(["IKE: AES_CBC_128, HMAC_SHA2_256_128, PRF_HMAC_SHA2_256, MODP_2048 (group 14)"]));
    assert_eq!(details["difference"], serde_json::Value::Null);
    let compared = run(&path, &["--policy", "aes256-sha384-ecp384"]);
    let details = &compared.finding("NoProposalChosen")["details"];
    assert!(details["difference"].as_str().unwrap().contains("this policy needs ECP_384 (group 20)"), "{details}");
    assert!(details["change"].as_str().unwrap().contains("MODP_2048"), "{details}");
}
