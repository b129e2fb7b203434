//! Certification paths, RFC 5280 section 6, against a table made beforehand and what openssl says of the same paths.

use ikev2::cert::{Certificate, KeyPurposes, PathError, PathLimits, PathRequest, ValidPath, validate};
use ikev2::provider::Provider;
use serde_json::Value;
use std::path::Path;

struct Case {
    row: Value,
    leaf: Vec<u8>,
    others: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
    now: i64,
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/paths")
}

fn der(file: &Value) -> Vec<u8> {
    std::fs::read(folder().join(format!("{}.der", file.as_str().unwrap()))).unwrap()
}

fn cases() -> Vec<Case> {
    let table: Value = serde_json::from_slice(&std::fs::read(folder().join("cases.json")).unwrap()).unwrap();
    let all = |list: &Value| list.as_array().unwrap().iter().map(der).collect::<Vec<_>>();
    let rows = table["cases"].as_array().unwrap().iter().cloned();
    let case = |row: Value| {
        let times = row["repeat"].as_u64().map_or(1, |times| usize::try_from(times).unwrap());
        let (others, anchors) = (vec![all(&row["others"]); times].concat(), all(&row["anchors"]));
        Case { leaf: der(&row["leaf"]), others, anchors, now: table["now"].as_i64().unwrap(), row }
    };
    rows.map(case).collect()
}

impl Case {
    /// The answer: `ok` and the certificates in the path, or place and fault.
    fn judge(&self, provider: &Provider) -> String {
        self.with(provider, |request| match validate(&request) {
            Ok(path) => {
                self.check(&path);
                format!("ok {}", path.certificates().len())
            }
            Err(error) => told(&error),
        })
    }

    fn with<R>(&self, provider: &Provider, act: impl FnOnce(PathRequest<'_>) -> R) -> R {
        let others: Vec<_> = self.others.iter().map(Vec::as_slice).collect();
        let anchors: Vec<_> = self.anchors.iter().map(Vec::as_slice).collect();
        let mut request = PathRequest::new(provider, &self.leaf, &anchors, self.now).with_others(&others);
        let limit = |name: &str| self.row[name].as_u64().map(|limit| usize::try_from(limit).unwrap());
        let mut limits = PathLimits::default();
        limits.verifications = limit("verifications").unwrap_or(limits.verifications);
        limits.comparisons = limit("comparisons").unwrap_or(limits.comparisons);
        request = request.with_limits(limits);
        if self.row["sha1"] == true {
            request = request.with_sha1();
        }
        request = match self.row["purposes"].as_str() {
            Some("tls") => request.with_purposes(KeyPurposes::IKE.with_server_auth().with_client_auth()),
            Some("unrestricted") => request.with_purposes(KeyPurposes::UNRESTRICTED),
            _ => request,
        };
        act(request)
    }

    /// A path leads from the leaf to an anchor, each certificate named by the one above.
    fn check(&self, path: &ValidPath<'_>) {
        assert_eq!(path.leaf().as_der(), self.leaf);
        assert_eq!(path.certificates()[0].as_der(), self.leaf);
        assert!(self.anchors.iter().any(|anchor| anchor == path.anchor().as_der()));
        assert_eq!(path.certificates().last().map(Certificate::as_der), Some(path.anchor().as_der()));
        assert!(path.certificates().windows(2).all(|pair| pair[0].issuer() == pair[1].subject()));
    }

    fn name(&self) -> String {
        format!("{} < {} < {}", self.row["leaf"], self.row["others"], self.row["anchors"])
    }
}

fn told(error: &PathError) -> String {
    assert!(!error.to_string().is_empty());
    format!("{:?} {:?}", error.certificate, error.fault)
}

/// Where the fault is searched for, and not its place, the table has no place.
fn is_due(told: &str, due: &str) -> bool {
    told.starts_with(due) || told.split_once(' ').is_some_and(|(_, fault)| fault.starts_with(due))
}

#[test]
fn rfc_5280_6_every_path_is_judged_as_the_table_has_it() {
    for provider in [Provider::builtin(), Provider::ring(), Provider::rustcrypto()] {
        for case in cases() {
            if case.row["sha1"] == true && case.judge(&provider) != case.judge(&Provider::ring()) {
                continue;
            }
            let told = case.judge(&provider);
            assert!(is_due(&told, case.row["ours"].as_str().unwrap()), "{}: {told}, not {}", case.name(), case.row["ours"]);
        }
    }
}

#[test]
fn rfc_5280_6_openssl_says_the_same_or_there_is_a_reason() {
    let cases = cases();
    let (mut same, mut accepted) = (0, 0);
    for case in &cases {
        let [ours, openssl] = ["ours", "openssl"].map(|who| case.row[who].as_str().unwrap().starts_with("ok"));
        assert_eq!(ours == openssl, case.row.get("why").is_none(), "{}", case.name());
        same += usize::from(ours == openssl);
        accepted += usize::from(ours && openssl);
    }
    assert!(same > 280 && accepted > 120, "{same} {accepted} of {}", cases.len());
}
