//! The fields of a case, as the table's README has them.

use crate::kit::{Outcome, Report, texts};
use regex::{Regex, RegexBuilder};
use serde_json::Value;

/// Codes that are information by nature: not to be there means not at all.
const INFORMATION: [&str; 10] = [
    "Clean",
    "FollowsRekey",
    "InvalidKeRetry",
    "CaptureStartsMidway",
    "OneSidedCapture",
    "Unfinished",
    "NatDetected",
    "CookieChallenge",
    "IpFragmentsSent",
    "FragmentationNegotiated",
];

/// Every way in which an outcome is not what the case says.
pub(crate) fn wrong(case: &Value, outcome: &Outcome) -> Vec<String> {
    let states = case["state"].as_str().unwrap();
    if states == "unreadable" {
        let mut wrong = says(case, &[&outcome.err]);
        if outcome.status != 2 {
            wrong.push(format!("exit status {} instead of 2", outcome.status));
        }
        return wrong;
    }
    let report = match Report::parse(&outcome.out) {
        Ok(report) => report,
        Err(error) => return vec![format!("exit status {}: {error}: {}", outcome.status, outcome.err.trim())],
    };
    let mut wrong = state(states, outcome.status, &report.verdict);
    let findings: Vec<_> = report.findings.iter().collect();
    wrong.extend(codes(case, &findings, &report.verdict["codes"]));
    let mut said: Vec<_> = words(&findings);
    said.extend(report.verdict["text"].as_str());
    wrong.extend(says(case, &said));
    for (spi, of_sa) in case["sas"].as_object().into_iter().flatten() {
        let findings = report.of_sa(spi);
        let both = codes(of_sa, &findings, &Value::Null).into_iter().chain(says(of_sa, &words(&findings)));
        wrong.extend(both.map(|what| format!("IKE SA {spi}: {what}")));
    }
    wrong.extend(verdict(case, &report.verdict));
    wrong.extend(confidence(case, &findings));
    wrong.extend(times(case, &findings));
    wrong
}

/// The verdict's state and the exit status, of which each may be the only one that is wrong.
fn state(allowed: &str, status: u8, verdict: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let state = verdict["state"].as_str().unwrap_or("no state");
    if !allowed.split('|').any(|one| one == state) {
        wrong.push(format!("state: {state} instead of {allowed}; codes {}", verdict["codes"]));
    }
    let expected = match state {
        "healthy" => 0,
        "fault" => 1,
        "undetermined" => 3,
        _ => return wrong,
    };
    if status != expected {
        wrong.push(format!("exit status {status} of a verdict that is {state}"));
    }
    wrong
}

fn is_one_of(finding: &Value, codes: &str) -> bool {
    codes.split('|').any(|code| finding["code"] == code)
}

/// `must` and `must_not`.
fn codes(case: &Value, findings: &[&Value], of_verdict: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for code in texts(&case["must"]) {
        if !findings.iter().any(|finding| is_one_of(finding, &code)) {
            let there: Vec<_> = findings.iter().filter_map(|finding| finding["code"].as_str()).collect();
            wrong.push(format!("must: no {code} among {there:?}"));
        }
    }
    for code in texts(&case["must_not"]) {
        let (name, only_error) = code.strip_suffix(":error").map_or((code.as_str(), false), |name| (name, true));
        let counts = |finding: &&&Value| match finding["severity"].as_str() {
            Some("error") => true,
            Some("warning") => !only_error,
            _ => INFORMATION.contains(&name),
        };
        if let Some(finding) = findings.iter().filter(|finding| finding["code"] == name).find(counts) {
            wrong.push(format!("must_not: {} {code}: {}", finding["severity"], finding["text"]));
        } else if texts(of_verdict).iter().any(|code| code == name) {
            wrong.push(format!("must_not: the verdict has {code}"));
        }
    }
    wrong
}

/// Every text a reader is shown, of findings.
fn words<'r>(findings: &[&'r Value]) -> Vec<&'r str> {
    findings.iter().flat_map(|finding| [&finding["text"], &finding["remedy"]]).filter_map(Value::as_str).collect()
}

fn pattern(text: &str) -> Regex {
    RegexBuilder::new(text).case_insensitive(true).dot_matches_new_line(true).build().unwrap_or_else(|error| panic!("{error}"))
}

/// `says` and `says_not`.
fn says(case: &Value, said: &[&str]) -> Vec<String> {
    let found = |text: &String| {
        let pattern = pattern(text);
        said.iter().find(|said| pattern.is_match(said)).copied()
    };
    let missing = texts(&case["says"]).into_iter().filter(|text| found(text).is_none());
    let mut wrong: Vec<_> = missing.map(|text| format!("says: nothing like /{text}/ in {said:?}")).collect();
    let said_not = texts(&case["says_not"]);
    wrong.extend(said_not.iter().filter_map(|text| Some(format!("says_not: /{text}/ is in: {}", found(text)?))));
    wrong
}

/// `windows_error`, `windows_error_not`, `not_seen`, `causes`, `verdict`.
fn verdict(case: &Value, verdict: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let error = &verdict["windows_error"];
    if let Some(expected) = case.get("windows_error").filter(|expected| *expected != error) {
        wrong.push(format!("windows_error: {error} instead of {expected}"));
    }
    if case["windows_error_not"].as_array().into_iter().flatten().any(|not| not == error) {
        wrong.push(format!("windows_error_not: {error}"));
    }
    match verdict["not_seen"].as_array() {
        None => wrong.push("not_seen: the verdict has no such list".into()),
        Some(list) => {
            let all = Value::from(list.clone()).to_string();
            let missing = texts(&case["not_seen"]).into_iter().filter(|text| !pattern(text).is_match(&all));
            wrong.extend(missing.map(|text| format!("not_seen: nothing like /{text}/ in {all}")));
        }
    }
    let fields = ["code", "sas", "clients"];
    match verdict["causes"].as_array() {
        None => wrong.push("causes: the verdict has no such list".into()),
        Some(list) => {
            let same = |one: &Value, other: &Value| fields.iter().all(|field| one.get(field).is_some() && one[field] == other[field]);
            let expected = case["causes"].as_array().into_iter().flatten();
            let missing = expected.filter(|cause| !list.iter().any(|other| same(cause, other)));
            wrong.extend(missing.map(|cause| format!("causes: no {cause} in {}", verdict["causes"])));
        }
    }
    for (field, expected) in case["verdict"].as_object().into_iter().flatten() {
        if verdict[field] != *expected {
            wrong.push(format!("verdict: {field} is {} instead of {expected}", verdict[field]));
        }
    }
    wrong
}

fn confidence(case: &Value, findings: &[&Value]) -> Vec<String> {
    let expected = case["confidence"].as_object().into_iter().flatten();
    let missing = expected
        .filter(|(codes, expected)| !findings.iter().any(|finding| is_one_of(finding, codes) && finding["confidence"] == **expected));
    missing.map(|(codes, expected)| format!("confidence: no {codes} with {expected}")).collect()
}

/// Every finding has its time of day, and the first packet is at `epoch`.
fn times(case: &Value, findings: &[&Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    for finding in findings {
        let (code, epoch, time) = (&finding["code"], finding["epoch"].as_f64(), finding["time"].as_f64());
        let (Some(epoch), Some(time)) = (epoch, time) else {
            wrong.push(format!("epoch: {code} has {} and time {}", finding["epoch"], finding["time"]));
            break;
        };
        if let Some(start) = case["epoch"].as_f64().filter(|start| (start + time - epoch).abs() > 1e-5) {
            wrong.push(format!("epoch: {code} has {epoch}, {time} s after {start}"));
        }
    }
    wrong
}

/// The checks themselves: each is seen to fail.
#[test]
fn a_wrong_outcome_is_seen() {
    let out = concat!(
        r#"{"kind":"finding","code":"PortBlocked","severity":"error","sa":"0102:0304","text":"Port 4500","remedy":"Open it.\nNow",
"confidence":"low","time":1.5,"epoch":101.5}"#,
        "\n",
        r#"{"kind":"verdict","state":"fault","codes":["PortBlocked"],"windows_error":809,"text":"Blocked","not_seen":["cut"],
"causes":[{"code":"PortBlocked","sas":1,"clients":1}],"ike_sas":1}"#,
    );
    let out = out.replace(",\n\"", ",\"");
    let of = |case: &str, status| {
        let outcome = Outcome { status, out: out.clone(), err: "neither\n".into() };
        wrong(&serde_json::from_str(case).unwrap(), &outcome)
    };
    let right = r#"{"state":"fault|healthy","must":["X|PortBlocked"],"must_not":["Clean","PortBlocked:warning"],"says":["OPEN.*now"],"says_not":["b"],
        "windows_error":809,"windows_error_not":[null],"not_seen":["cut"],"verdict":{"ike_sas":1},"confidence":{"PortBlocked":"low"},"epoch":100,
        "causes":[{"code":"PortBlocked","sas":1,"clients":1}],"sas":{"0102":{"must":["PortBlocked"]}}}"#;
    assert_eq!(of(&right.replace(r#","says_not":["b"]"#, ""), 1), Vec::<String>::new());
    let changes = [
        (r#"state":"fault|healthy"#, r#"state":"healthy"#, "state: fault instead"),
        ("X|PortBlocked", "X", "must: no X"),
        ("PortBlocked:warning", "PortBlocked:error", "must_not: \"error\" PortBlocked:error"),
        ("OPEN.*now", "shut", "says: nothing like"),
        ("809", "null", "windows_error: 809 instead of null"),
        ("[null]", "[809]", "windows_error_not: 809"),
        (r#"["cut"]"#, r#"["other"]"#, "not_seen: nothing like"),
        (r#""ike_sas":1"#, r#""ike_sas":2"#, "verdict: ike_sas is 1"),
        (r#""PortBlocked":"low""#, r#""PortBlocked":"high""#, "confidence: no"),
        (r#""epoch":100"#, r#""epoch":99"#, "epoch: "),
        (r#""sas":1"#, r#""sas":2"#, "causes: no"),
        (r#""0102":{"must":["#, r#""0102":{"must_not":["#, "IKE SA 0102: must_not"),
        (r#""0102":{"must""#, r#""0103":{"must""#, "IKE SA 0103: must"),
    ];
    for (from, to, expected) in changes {
        assert!(right.contains(from), "{from}");
        let wrong = of(&right.replace(r#","says_not":["b"]"#, "").replace(from, to), 1);
        assert!(wrong.len() == 1 && wrong[0].starts_with(expected), "{to}: {wrong:?}");
    }
    assert!(of(right, 1)[0].starts_with("says_not: /b/ is in: Blocked"), "{:?}", of(right, 1));
    assert_eq!(of(r#"{"state":"fault"}"#, 0), ["exit status 0 of a verdict that is fault"]);
    assert_eq!(of(r#"{"state":"unreadable","says":["neither\\s*$"]}"#, 2), Vec::<String>::new());
    assert_eq!(of(r#"{"state":"unreadable","says_not":["neither\\s*$"]}"#, 3).len(), 2);
}
