//! openssl as a second opinion, over certificates that are made for it: names, dates, purposes, signatures, chains.

use super::cases::{CASES, Case, judge_all};
use super::when;
use ikev2_tools::evidence::certificate::{CertificateRole, ExamineOptions, ProblemSeverity, examine};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Standard output and standard error of openssl, and whether it was content.
fn openssl(folder: &Path, words: &[&str]) -> (bool, String) {
    let output = Command::new("openssl").args(words).current_dir(folder).output().unwrap_or_else(|error| panic!("openssl: {error}"));
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// A fresh set.
fn made() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("certificates-made");
    let _ = std::fs::remove_dir_all(&folder);
    let script = super::committed().join("make.sh");
    let status = Command::new("bash").arg(&script).arg(&folder).status().unwrap();
    assert!(status.success(), "{}: {status}", script.display());
    folder
}

/// Rules that are Windows' or IKE's, and not those by which openssl verifies a chain for TLS.
const NOT_OF_OPENSSL: [&str; 7] = [
    "name_mismatch",
    "no_name",
    "address_as_address",
    "key_not_of_windows",
    "authority_as_end",
    // openssl's sslserver takes keyEncipherment, and a certificate without any extended key usage.
    "key_usage",
    "issuer_missing",
];

/// Whether `openssl verify` takes the chain as we were asked about it.
fn verified(folder: &Path, case: &Case, now: i64) -> (bool, String) {
    let purpose = match case.role {
        CertificateRole::Server => "sslserver",
        CertificateRole::Client => "sslclient",
    };
    let time = (now + case.days * 86_400).to_string();
    let (anchor, leaf) = (if case.ca.is_empty() { root(case.file) } else { case.ca }, folder.join("leaf.pem"));
    // The file's first certificate is what openssl judges; of the cases about order it is another.
    let text = std::fs::read_to_string(folder.join(case.file)).unwrap();
    let blocks: Vec<&str> = text.split_inclusive("-----END CERTIFICATE-----\n").collect();
    let first = if case.file == "order.pem" { blocks[2] } else { blocks[0] };
    std::fs::write(&leaf, first).unwrap();
    // 112 bits: neither SHA-1 nor RSA keys below 2048 bits.
    let words = ["verify", "-auth_level", "2", "-purpose", purpose, "-attime", &*time, "-no-CApath", "-no-CAstore", "-CAfile", anchor];
    openssl(folder, &[&words[..], &["-untrusted", case.file, "leaf.pem"]].concat())
}

/// The root of a chain whose file names none.
fn root(file: &str) -> &'static str {
    match file {
        "rsa-chain.pem" | "pss.pem" | "sha1.pem" | "below-small.pem" => "rsa-root.pem",
        "self.pem" => "self.pem",
        _ => "root.pem",
    }
}

#[test]
#[ignore = "needs openssl"]
fn openssl_says_the_same_of_certificates_made_now() {
    let folder = made();
    judge_all(&folder);
    let now = when(&folder);
    let (mut good, mut bad) = (0, 0);
    for case in CASES {
        let place = format!("{} as {:?} under {:?} after {} days", case.file, case.role, case.ca, case.days);
        let ours: Vec<&str> =
            case.codes.split(' ').filter_map(|code| code.strip_suffix('!')).filter(|code| !NOT_OF_OPENSSL.contains(code)).collect();
        let due = match case.file {
            // Openssl is not given their issuers either, and does not take authorities that may sign certificates alone.
            "alone.pem" | "gap.pem" | "ca-alone.pem" | "ca-int.pem" => false,
            // One without purposes is for all of them there.
            "eku-none.pem" => true,
            _ => ours.is_empty(),
        };
        let (is_good, said) = verified(&folder, case, now);
        assert_eq!(is_good, due, "{place}: we say {:?}, openssl says {said}", case.codes);
        if is_good { good += 1 } else { bad += 1 }
    }
    assert!(good > 25 && bad > 20, "{good} taken, {bad} refused");
    names(&folder, now);
}

/// `openssl x509 -checkhost` and `-checkip`, over every certificate and name.
fn names(folder: &Path, now: i64) {
    let files = ["key-p256", "san-only", "cn-only", "cn-other", "wildcard", "cn-wildcard", "ip-name", "ip-dns", "no-name", "several"];
    let hosts = ["vpn.example.net", "VPN.EXAMPLE.NET", "a.example.net", "example.net", "x.vpn.example.net", "server01", "address", "net"];
    let mut compared = 0;
    for file in files.map(|file| format!("{file}.pem")) {
        let octets = std::fs::read(folder.join(&file)).unwrap();
        for host in hosts {
            let options = ExamineOptions { role: Some(CertificateRole::Server), name: Some(host.into()), ..ExamineOptions::at(now) };
            let found = examine(&[(&file, &octets)], &[], &options);
            let refused = |name: &str| found.problems.iter().any(|one| one.severity == ProblemSeverity::Error && one.code.name() == name);
            let ours = !refused("name_mismatch") && !refused("no_name");
            let (_, said) = openssl(folder, &["x509", "-in", &file, "-noout", "-checkhost", host]);
            let theirs = said.contains("does match certificate");
            // openssl does not look at the subject where there is a name of type DNS; Windows takes either.
            let by_subject = found.problems.iter().any(|one| one.code.name() == "name_only_in_subject");
            if !(ours && !theirs && by_subject) {
                assert_eq!(ours, theirs, "{file} for {host}: {said}");
            }
            compared += 1;
        }
        let (_, said) = openssl(folder, &["x509", "-in", &file, "-noout", "-checkip", "192.0.2.1"]);
        let options = ExamineOptions { role: Some(CertificateRole::Client), name: Some("192.0.2.1".into()), ..ExamineOptions::at(now) };
        let found = examine(&[(&file, &octets)], &[], &options);
        let ours = found.problems.iter().all(|one| !matches!(one.code.name(), "name_mismatch" | "no_name"));
        assert_eq!(ours, said.contains("does match certificate"), "{file}: {said}");
    }
    assert_eq!(compared, 80);
}
