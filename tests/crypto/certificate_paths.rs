//! Certification paths, RFC 5280 section 6, against a table made beforehand and what openssl says of the same paths.

use crate::kit::pem;
use ikev2::cert::{Certificate, KeyPurposes, PathError, PathFault, PathLimits, PathRequest, ValidPath, validate};
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

fn judge(sent: &[Vec<u8>], anchors: &[Vec<u8>], now: i64) -> Result<usize, PathError> {
    let provider = Provider::builtin();
    let [sent, anchors] = [sent, anchors].map(|ders| ders.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let request = PathRequest::new(&provider, sent[0], &anchors, now).with_others(&sent[1..]);
    validate(&request.with_purposes(KeyPurposes::IKE.with_server_auth())).map(|path| path.certificates().len())
}

/// Keys of every kind, RSA with PKCS#1 among them, as openssl made them for handshakes and for `ike certificate`.
#[test]
fn paths_of_rsa_and_of_other_curves() {
    let ders = |file: &str| pem::blocks(file).into_iter().map(|(_, der)| der).collect::<Vec<_>>();
    let now = |leaf: &[u8]| Certificate::parse(leaf).unwrap().validity().not_before.unix() + 1000;
    for family in ["rsa4096", "p256", "p384", "ed25519"] {
        let root = ders(&format!("handshake/{family}-root.pem"));
        for side in ["server", "client"] {
            let mut sent = ders(&format!("handshake/{family}-{side}.pem"));
            let now = now(&sent[0]);
            assert!(judge(&sent, &root, now).is_ok(), "{family} {side}");
            assert!(judge(&sent, &ders("handshake/rsa4096-root.pem"), now).is_ok() == (family == "rsa4096"));
            // The last octet is of the signature.
            *sent[0].last_mut().unwrap() ^= 1;
            let error = judge(&sent, &root, now).unwrap_err();
            assert!(told(&error).starts_with("Leaf Signature(Failed"), "{error}");
        }
    }
    for (file, root, certificates) in [("rsa-chain", "rsa-root", 3), ("key-rsa2048", "root", 3), ("key-p521", "root", 3)] {
        let (sent, root) = (ders(&format!("certificates-made/{file}.pem")), ders(&format!("certificates-made/{root}.pem")));
        assert_eq!(judge(&sent, &root, now(&sent[0])), Ok(certificates), "{file}");
    }
}

/// Of `trust.pem`, where each certificate has its name above it.
#[test]
fn paths_of_a_file_made_for_handshakes() {
    let all = pem::blocks("handshake/trust.pem");
    let named = |names: &str| names.split(' ').map(|name| all.iter().find(|(own, _)| own == name).unwrap().1.clone()).collect::<Vec<_>>();
    let now = Certificate::parse(&named("good")[0]).unwrap().validity().not_before.unix() + 1000;
    for (sent, anchors, due) in [
        ("good", "root", "ok 2"),
        ("good", "good", "ok 1"),
        ("good", "leaf root", "ok 2"),
        ("shortleaf short", "root", "ok 3"),
        ("shortleaf", "short", "ok 2"),
        ("byrenewed renewed", "root", "ok 3"),
        ("byrenewed expired renewed", "root", "ok 3"),
        ("byrenewed", "expired renewed", "ok 2"),
        ("good good root root", "root", "ok 2"),
        ("good", "short", "Leaf NobodyVouches"),
        ("good root", "short", "Other(0) NobodyVouches"),
        // A leaf is no authority, neither below one nor as an anchor.
        ("byleaf leaf", "root", "Other(0) NotAnAuthority"),
        ("byleaf", "leaf", "Anchor(0) NotAnAuthority"),
        ("bynocertsign nocertsign", "root", "Other(0) KeyUsage"),
        ("bynocertsign", "nocertsign", "Anchor(0) KeyUsage"),
        // Longer than the path length lets it be, be that an intermediate's or the anchor's.
        ("deep below short", "root", "Other(1) PathLength"),
        ("deep below", "short", "Anchor(0) PathLength"),
        ("nosign", "root", "Leaf KeyUsage"),
        ("critical", "root", "Leaf CriticalExtension"),
        ("outside named", "root", "Leaf NameConstraints"),
        ("byrenewed expired", "root", "Other(0) Expired"),
        ("byrenewed", "expired", "Anchor(0) Expired"),
        ("looped loopa loopb", "root", "Other(1) NobodyVouches"),
    ] {
        let told = judge(&named(sent), &named(anchors), now).map_or_else(|error| told(&error), |count| format!("ok {count}"));
        assert!(told.starts_with(due), "{sent} < {anchors}: {told}");
    }
}

/// A peer that sends what it likes: the work is what the limits say, and one more of anything decides.
#[test]
fn what_a_peer_sends_takes_bounded_work() {
    let cases = cases();
    let maze = cases.iter().find(|case| case.row["leaf"] == "by-maze").unwrap();
    let with = |verifications: usize| {
        maze.with(&Provider::builtin(), |request| {
            let limits = PathLimits { verifications, ..PathLimits::default() };
            validate(&request.with_limits(limits)).unwrap_err().fault
        })
    };
    // Without a limit, so many: the search ends by itself, since no key comes twice in a path.
    let most = (0..2000).find(|limit| !matches!(with(*limit), PathFault::TooManyVerifications { .. })).unwrap();
    assert!((50..1000).contains(&most), "{most}");
    for limit in [0, 1, 32, most - 1] {
        assert_eq!(with(limit), PathFault::TooManyVerifications { limit });
    }
    let plain = cases.iter().find(|case| case.row["leaf"] == "leaf").unwrap();
    for (limits, due) in [
        (PathLimits { certificates: 2, depth: 2, verifications: 2, comparisons: 0 }, None),
        (
            PathLimits { certificates: 1, depth: 2, verifications: 2, comparisons: 0 },
            Some(PathFault::TooManyCertificates { count: 2, limit: 1 }),
        ),
        (PathLimits { certificates: 2, depth: 1, verifications: 2, comparisons: 0 }, Some(PathFault::PathTooLong { limit: 1 })),
        (PathLimits { certificates: 2, depth: 2, verifications: 1, comparisons: 0 }, Some(PathFault::TooManyVerifications { limit: 1 })),
    ] {
        let told = plain.with(&Provider::builtin(), |request| validate(&request.with_limits(limits)).err().map(|error| error.fault));
        assert_eq!(told, due);
    }
}
