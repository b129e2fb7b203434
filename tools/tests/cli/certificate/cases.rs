//! What is to be said of each certificate.

use super::{codes, committed, read, when};
use ikev2_tools::evidence::certificate::{CertificateCode, CertificateRole, ExamineOptions, examine};
use std::collections::BTreeSet;
use std::path::Path;

/// A certificate, and what is asked of it.
pub(crate) struct Case {
    pub(crate) file: &'static str,
    pub(crate) role: CertificateRole,
    pub(crate) name: Option<&'static str>,
    /// Days after [`when`].
    pub(crate) days: i64,
    pub(crate) ca: &'static str,
    pub(crate) verdict: &'static str,
    pub(crate) codes: &'static str,
    /// The error of the first problem.
    pub(crate) windows: Option<u32>,
}

const VPN: Option<&str> = Some("vpn.example.net");

const fn server(file: &'static str, verdict: &'static str, codes: &'static str, windows: Option<u32>) -> Case {
    Case { file, role: CertificateRole::Server, name: VPN, days: 0, ca: "", verdict, codes, windows }
}

const fn client(file: &'static str, verdict: &'static str, codes: &'static str, windows: Option<u32>) -> Case {
    Case { role: CertificateRole::Client, ..server(file, verdict, codes, windows) }
}

const fn named(file: &'static str, name: &'static str, verdict: &'static str, codes: &'static str, windows: Option<u32>) -> Case {
    Case { name: Some(name), ..server(file, verdict, codes, windows) }
}

const fn later(file: &'static str, days: i64, verdict: &'static str, codes: &'static str, windows: Option<u32>) -> Case {
    Case { days, ..server(file, verdict, codes, windows) }
}

const fn under(file: &'static str, ca: &'static str, verdict: &'static str, codes: &'static str, windows: Option<u32>) -> Case {
    Case { ca, ..server(file, verdict, codes, windows) }
}

pub(crate) const CASES: &[Case] = &[
    // Keys and signatures.
    server("key-rsa2048.pem", "fit", "", None),
    server("key-rsa4096.pem", "fit", "", None),
    server("key-p256.pem", "fit", "", None),
    server("key-p384.pem", "fit", "", None),
    server("rsa-chain.pem", "fit", "", None),
    server("key-rsa1024.pem", "not_fit", "rsa_key_too_small!", Some(13801)),
    client("key-rsa1024.pem", "not_fit", "client_auth_missing! rsa_key_too_small!", Some(13806)),
    server("key-p521.pem", "not_fit", "key_not_of_windows!", Some(13801)),
    server("key-ed25519.pem", "not_fit", "key_not_of_windows!", Some(13801)),
    server("pss.pem", "fit", "pss_signature", None),
    server("sha1.pem", "not_fit", "weak_signature!", Some(13801)),
    server("below-small.pem", "not_fit", "rsa_key_too_small! signature_not_verified?", Some(13801)),
    // Dates.
    server("day.pem", "fit", "expires_soon", None),
    later("day.pem", 2, "not_fit", "expired!", Some(13801)),
    later("day.pem", -2, "not_fit", "not_yet_valid! not_yet_valid! not_yet_valid!", Some(13801)),
    later("below-short.pem", 3, "not_fit", "expired!", Some(13801)),
    Case { days: 3, ..client("below-short.pem", "not_fit", "client_auth_missing! expired!", Some(13806)) },
    later("key-p256.pem", 3640, "fit", "expires_soon", None),
    // Purposes and key usage.
    server("eku-server.pem", "fit", "", None),
    server("eku-both.pem", "fit", "", None),
    client("eku-both.pem", "fit", "", None),
    client("eku-client.pem", "fit", "", None),
    server("eku-client.pem", "not_fit", "server_auth_missing!", Some(13801)),
    client("eku-server.pem", "not_fit", "client_auth_missing!", Some(13806)),
    server("eku-none.pem", "not_fit", "server_auth_missing!", Some(13801)),
    server("eku-any.pem", "not_fit", "server_auth_missing!", Some(13801)),
    server("eku-ike.pem", "not_fit", "server_auth_missing!", Some(13801)),
    server("eku-code.pem", "not_fit", "server_auth_missing!", Some(13801)),
    server("usage-encipher.pem", "not_fit", "key_usage!", Some(13806)),
    server("no-crl.pem", "fit", "no_revocation_pointer", None),
    server("critical.pem", "not_fit", "critical_extension!", Some(13801)),
    // Names.
    server("san-only.pem", "fit", "", None),
    server("cn-only.pem", "fit", "name_only_in_subject", None),
    server("cn-other.pem", "fit", "", None),
    server("wildcard.pem", "fit", "wildcard_name", None),
    server("cn-wildcard.pem", "fit", "wildcard_name", None),
    server("several.pem", "fit", "", None),
    server("no-name.pem", "not_fit", "no_name!", Some(13801)),
    named("cn-other.pem", "server01", "fit", "name_only_in_subject", None),
    named("key-p256.pem", "VPN.example.net.", "fit", "", None),
    named("key-p256.pem", "vpn2.example.net", "not_fit", "name_mismatch!", Some(13801)),
    named("key-p256.pem", "example.net", "not_fit", "name_mismatch!", Some(13801)),
    named("wildcard.pem", "a.vpn.example.net", "not_fit", "name_mismatch!", Some(13801)),
    named("wildcard.pem", "example.net", "not_fit", "name_mismatch!", Some(13801)),
    named("several.pem", "A.example.net", "fit", "", None),
    named("ip-name.pem", "192.0.2.1", "not_fit", "address_as_address!", Some(13801)),
    named("ip-dns.pem", "192.0.2.1", "fit", "", None),
    named("several.pem", "2001:db8::1", "not_fit", "address_as_address!", Some(13801)),
    named("ip-name.pem", "192.0.2.2", "not_fit", "name_mismatch!", Some(13801)),
    Case { name: Some("192.0.2.1"), ..client("ip-name.pem", "not_fit", "client_auth_missing!", Some(13806)) },
    Case { name: None, ..server("key-p256.pem", "fit", "", None) },
    Case { name: None, ..server("ip-name.pem", "fit", "", None) },
    // Chains.
    server("order.pem", "fit", "order", None),
    server("order-above.pem", "fit", "order", None),
    server("gap.pem", "not_fit", "issuer_missing! unrelated", Some(13801)),
    server("alone.pem", "unknown", "issuer_not_in_file?", None),
    server("no-root.pem", "fit", "", None),
    server("twice.pem", "fit", "duplicate", None),
    server("unrelated.pem", "fit", "unrelated", None),
    server("cross.pem", "fit", "", None),
    server("self.pem", "fit", "self_signed", None),
    server("twin.pem", "not_fit", "signature_wrong! key_identifier", Some(13801)),
    server("by-end.pem", "not_fit", "issuer_not_authority!", Some(13801)),
    server("by-no-sign.pem", "not_fit", "issuer_not_authority!", Some(13801)),
    server("too-deep.pem", "not_fit", "path_length!", Some(13801)),
    server("by-clients.pem", "not_fit", "authority_purposes!", Some(13801)),
    client("by-clients.pem", "not_fit", "client_auth_missing!", Some(13806)),
    server("ca-int.pem", "not_fit", "server_auth_missing! key_usage! name_mismatch! authority_as_end!", Some(13801)),
    server("ca-alone.pem", "not_fit", "server_auth_missing! key_usage! name_mismatch! authority_as_end! self_signed", Some(13801)),
    // Under trust anchors that are given.
    under("no-root.pem", "root.pem", "fit", "", None),
    under("key-p256.pem", "root.pem", "fit", "", None),
    under("alone.pem", "root.pem", "not_fit", "anchor_not_reached!", Some(13801)),
    under("no-root.pem", "other-root.pem", "not_fit", "anchor_not_reached!", Some(13801)),
    under("key-p256.pem", "other-root.pem", "not_fit", "anchor_not_reached!", Some(13801)),
    under("self.pem", "root.pem", "not_fit", "anchor_not_reached!", Some(13801)),
    under("self.pem", "self.pem", "fit", "", None),
    under("cross.pem", "root.pem", "fit", "", None),
];

/// Judges every case with the certificates of a folder.
pub(crate) fn judge_all(folder: &Path) {
    let now = when(folder);
    for case in CASES {
        let octets = read(folder, case.file);
        let anchor = if case.ca.is_empty() { Vec::new() } else { read(folder, case.ca) };
        let anchors: &[(&str, &[u8])] = if case.ca.is_empty() { &[] } else { &[(case.ca, &anchor)] };
        let options =
            ExamineOptions { role: Some(case.role), name: case.name.map(str::to_owned), ..ExamineOptions::at(now + case.days * 86_400) };
        let found = examine(&[(case.file, &octets)], anchors, &options);
        let place = format!("{} as {:?} for {:?} under {:?} after {} days", case.file, case.role, case.name, case.ca, case.days);
        assert!(found.errors.is_empty(), "{place}: {:?}", found.errors);
        assert_eq!((found.fitness.name(), codes(&found).join(" ").as_str()), (case.verdict, case.codes), "{place}: {:#?}", found.problems);
        let first = found.problems.first().and_then(|problem| problem.windows_error.filter(|_| case.verdict == "not_fit"));
        assert_eq!(first, case.windows, "{place}");
        for problem in &found.problems {
            let whole = |text: &str| text.ends_with(['.', ';']) || text.ends_with(" it.");
            assert!(whole(&problem.text), "{place}: {}", problem.text);
            assert!(problem.text.len() < 400 && !problem.remedy.is_empty(), "{place}: {problem:?}");
        }
    }
}

#[test]
fn each_certificate_is_judged_by_the_rules() {
    judge_all(&committed());
}

/// What no certificate that is made here has.
const ELSEWHERE: [&str; 7] = [
    "malformed_extension",
    "name_constraints",
    "name_encoding",
    "too_long",
    "larger_than_strongswan_takes",
    "more_fragments_than_libreswan_takes",
    "name_not_compared",
];

#[test]
fn every_rule_has_a_case() {
    let known: BTreeSet<&str> = CASES.iter().flat_map(|case| case.codes.split(' ')).map(|code| code.trim_end_matches(['!', '?'])).collect();
    let told = ["ike_intermediate_missing", "root_not_in_file", "root_needed", "cross_signed", "ip_fragments"];
    let untested: Vec<&str> = CertificateCode::ALL
        .iter()
        .map(|code| code.name())
        .filter(|name| !known.contains(name) && !told.contains(name) && !ELSEWHERE.contains(name))
        .collect();
    assert!(untested.is_empty(), "{untested:?}");
}

#[test]
fn what_is_worth_knowing_is_told() {
    let folder = committed();
    let info = |file: &str| {
        let found = examine(&[(file, &read(&folder, file))], &[], &ExamineOptions::at(when(&folder)));
        found.problems.iter().map(|problem| problem.code.name()).collect::<Vec<_>>()
    };
    assert!(info("eku-server.pem").contains(&"ike_intermediate_missing") && !info("key-p256.pem").contains(&"ike_intermediate_missing"));
    assert!(info("no-root.pem").contains(&"root_not_in_file") && info("key-p256.pem").contains(&"root_needed"));
    assert!(info("cross.pem").contains(&"cross_signed") && info("key-rsa4096.pem").contains(&"ip_fragments"));
    assert!(info("key-p256.pem").contains(&"name_not_compared"));
}

#[test]
fn the_role_is_that_of_the_purposes_when_nobody_says() {
    let folder = committed();
    for (file, role) in [("eku-client.pem", "client"), ("eku-server.pem", "server"), ("eku-both.pem", "server"), ("eku-none.pem", "server")]
    {
        let found = examine(&[(file, &read(&folder, file))], &[], &ExamineOptions::at(when(&folder)));
        assert_eq!((found.role.name(), found.role_is_given), (role, false), "{file}");
    }
}
