//! The questions of tests/data/negotiate, each with what the answer must be and the reason: live daemons, RFCs, public reports.

use super::start;
use regex::RegexBuilder;
use serde_json::{Value, json};

/// The fields of a case that are fields of the question.
const ASKED: [&str; 10] =
    ["offer", "offer_hex", "local", "local_proposals", "dialect", "prefer", "question", "ke_method", "ike_group", "notifies"];

fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(all) => all.iter().for_each(|value| strings(value, found)),
        Value::Object(all) => all.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

fn found(pattern: &str, text: &str) -> bool {
    // What a look-ahead forbids is checked by hand: the expressions here know none.
    let (pattern, unless) = pattern.split_once("(?!").map_or((pattern, None), |(head, tail)| (head, tail.strip_suffix(')')));
    let built = |p: &str| RegexBuilder::new(p).case_insensitive(true).dot_matches_new_line(true).build().unwrap();
    let Some(hit) = built(pattern).find(text) else { return false };
    unless.is_none_or(|unless| !built(&format!("^{unless}")).is_match(&text[hit.end()..]))
}

fn list<'v>(case: &'v Value, field: &str) -> Vec<&'v str> {
    case[field].as_array().map(|all| all.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

fn transforms(answer: &Value) -> Vec<(u64, u64, Option<u64>)> {
    let of = |t: &Value| (t["type"].as_u64().unwrap(), t["id"].as_u64().unwrap(), t["key_bits"].as_u64());
    let mut all: Vec<_> = answer["transforms"].as_array().into_iter().flatten().map(of).collect();
    all.sort_unstable();
    all
}

fn held(case: &Value, answer: &Value) -> Result<(), String> {
    let outcome = answer["outcome"].as_str().unwrap_or(if answer["error"].is_string() { "error" } else { "none" });
    if let Some(due) = case["outcome"].as_str() {
        if !due.split('|').any(|due| due == outcome) {
            return Err(format!("{outcome}, and {due} is right"));
        }
    }
    if case["number"].is_u64() && case["number"] != answer["number"] {
        return Err("another proposal was chosen".into());
    }
    if let Some(due) = case["transforms"].as_array() {
        let mut due: Vec<_> = due.iter().map(|t| (t[0].as_u64().unwrap(), t[1].as_u64().unwrap(), t[2].as_u64())).collect();
        due.sort_unstable();
        if due != transforms(answer) {
            return Err(format!("chosen: {:?}, and {due:?} is right", transforms(answer)));
        }
    }
    if case["wanted"].is_u64() && case["wanted"] != answer["ke_method"] {
        return Err("another group is wanted".into());
    }
    let mut texts = Vec::new();
    strings(answer, &mut texts);
    let says = |pattern: &str| texts.iter().any(|text| found(pattern, text));
    if let Some(missing) = list(case, "says").into_iter().find(|pattern| !says(pattern)) {
        return Err(format!("does not say {missing:?}"));
    }
    if let Some(wrong) = list(case, "says_not").into_iter().find(|pattern| says(pattern)) {
        return Err(format!("says {wrong:?}"));
    }
    let lints = answer["lint"].as_array().ok_or("no list of lints")?;
    let has = |lint: &str| lints.iter().filter_map(Value::as_str).any(|text| lint.split(": ").all(|part| found(part, text)));
    if let Some(missing) = list(case, "lint").into_iter().find(|lint| !has(lint)) {
        return Err(format!("no lint {missing:?}"));
    }
    match list(case, "lint_not").into_iter().find(|lint| has(lint)) {
        Some(wrong) => Err(format!("a lint {wrong:?}")),
        None => Ok(()),
    }
}

#[test]
fn every_case_has_the_right_answer() {
    let rows = include_str!("../../../../tests/data/negotiate/cases.jsonl");
    let cases: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let question = |case: &Value| {
        let mut asked = json!({});
        for field in ASKED {
            // `null` is no method of a KE payload, and elsewhere nothing said.
            if let Some(value) = case.get(field) {
                asked[field] = value.clone();
            }
        }
        asked.to_string()
    };
    let input: Vec<String> = cases.iter().map(question).collect();
    let (_, out, err) = start(&["--json"], &input.join("\n"));
    assert_eq!(err, "");
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), cases.len());
    let told = |(case, answer): (&Value, &Value)| {
        held(case, answer).err().map(|why| format!("{}: {why}\n    {answer}", case["name"].as_str().unwrap()))
    };
    let wrong: Vec<String> = cases.iter().zip(&answers).filter_map(told).collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn a_case_that_does_not_hold_is_seen() {
    let answer =
        json!({ "outcome": "selected", "number": 1, "transforms": [{ "type": 1, "id": 12, "key_bits": 256 }], "lint": ["weak: x"] });
    assert!(held(&json!({ "outcome": "selected", "transforms": [[1, 12, 256]], "lint": ["weak: x"] }), &answer).is_ok());
    for wrong in [
        json!({ "outcome": "error" }),
        json!({ "outcome": "selected", "number": 2 }),
        json!({ "transforms": [[1, 12, 128]] }),
        json!({ "says": ["never said"] }),
        json!({ "says_not": ["sel.cted"] }),
        json!({ "lint": ["weak: y"] }),
        json!({ "lint_not": ["weak"] }),
    ] {
        assert!(held(&wrong, &answer).is_err(), "{wrong}");
    }
}
