//! Every cause is asked for by a case.

use crate::kit::{cases, recorded, root, rows, texts};
use serde_json::Value;
use std::collections::BTreeSet;

/// Causes that no case names, and the test that does.
const ELSEWHERE: [(&str, &str); 7] = [
    ("Clean", "tools/tests/cli/diagnose/cases.rs"),
    ("ErrorInClear", "tests/judgement/diagnose.rs"),
    ("FollowsRekey", "tools/tests/cli/diagnose/captures.rs"),
    ("FragmentsRefusedByLimit", "tools/tests/cli/diagnose/cases.rs"),
    ("IkeAuthRefused", "tools/tests/diagnose/refused.rs"),
    ("RetransmissionStorm", "tools/tests/cli/diagnose/changed.rs"),
    ("WindowsErrorTold", "tools/tests/diagnose/logs.rs"),
];

/// The codes of the causes' files.
fn codes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(root().join("src/diagnose/cause")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let text = std::fs::read_to_string(path).unwrap();
            let code = text.split_once("const CODE: &'static str = \"").and_then(|(_, rest)| rest.split_once('"'));
            found.extend(code.map(|(code, _)| code.to_owned()));
        }
    }
    found
}

/// What a row says is there: a code, or several of which one is.
fn named(row: &Value) -> Vec<String> {
    let of_sas = row["sas"].as_object().into_iter().flatten().flat_map(|(_, of_sa)| texts(&of_sa["must"]));
    texts(&row["must"]).into_iter().chain(of_sas).collect()
}

#[test]
fn every_code_is_in_a_case() {
    let codes = codes();
    assert!(codes.len() >= 28, "{codes:?}");
    let mut rows = rows(&cases().join("cases.jsonl"));
    if recorded().exists() {
        rows.extend(crate::kit::rows(&recorded().join("truth.jsonl")));
    }
    let named: BTreeSet<_> = rows.iter().flat_map(named).collect();
    let unknown: Vec<_> = named.iter().filter(|one| !one.split('|').any(|code| codes.contains(code))).collect();
    assert!(unknown.is_empty(), "no cause has the code {unknown:?}");
    let mut asked: BTreeSet<_> = named.iter().flat_map(|one| one.split('|')).map(str::to_owned).collect();
    for (code, file) in ELSEWHERE {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        assert!(text.contains(&format!("\"{code}\"")), "{file} does not ask for {code}");
        assert!(asked.insert(code.to_owned()), "a case asks for {code}");
    }
    let missing: Vec<_> = codes.difference(&asked).collect();
    assert!(missing.is_empty(), "no case asks for {missing:?}");
}
