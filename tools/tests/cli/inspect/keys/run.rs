//! Runs `ike inspect --keys`.

use crate::kit::ike;
use crate::recorded::capture_path;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Exit status, standard output, standard error.
pub(crate) fn start(args: &[&str]) -> (u8, String, String) {
    ike(["inspect"].iter().chain(args), "")
}

/// Exit status, the lines that `--json` prints, standard error.
pub(crate) fn json(file: &Path, keys: &[&Path]) -> (u8, Vec<Value>, String) {
    let mut args = vec!["--json", file.to_str().unwrap()];
    for keys in keys {
        args.extend(["--keys", keys.to_str().unwrap()]);
    }
    let (status, out, err) = start(&args);
    let line = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    (status, out.lines().map(line).collect(), err)
}

/// The same for a recorded capture, with other keys than those recorded with it.
pub(crate) fn with_keys(name: &str, keys: &Path) -> (u8, Vec<Value>, String) {
    json(&capture_path(name, ".pcap"), &[keys])
}

/// A file of the tests' own.
pub(crate) fn file(name: &str, content: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("inspect_keys");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// `N(COOKIE)` for a Notify, the notation for all else: how the other decoder writes a payload.
pub(crate) fn notation(payload: &Value) -> String {
    match payload["notify_name"].as_str() {
        Some(name) => format!("{}({name})", payload["name"].as_str().unwrap()),
        None => payload["name"].as_str().unwrap().into(),
    }
}

pub(crate) fn notations(payloads: &Value) -> Vec<String> {
    payloads.as_array().unwrap().iter().map(notation).collect()
}

/// The SK or SKF payload of a message line.
pub(crate) fn sealed(line: &Value) -> Option<&Value> {
    line["payloads"].as_array()?.last().filter(|payload| matches!(payload["type"].as_u64(), Some(46 | 53)))
}

pub(crate) fn of_kind<'l>(lines: &'l [Value], kind: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

/// The last line's count of encrypted messages.
pub(crate) fn encrypted(lines: &[Value]) -> &Value {
    let last = lines.last().unwrap();
    assert_eq!(last["kind"], "summary");
    &last["encrypted"]
}

/// What is printed without keys: all that they add is taken away.
pub(crate) fn without_keys(mut lines: Vec<Value>) -> Vec<Value> {
    lines.retain(|line| line["kind"] != "reassembled");
    for line in &mut lines {
        line.as_object_mut().unwrap().remove("encrypted");
        for payload in line.get_mut("payloads").and_then(Value::as_array_mut).into_iter().flatten() {
            for field in ["decrypt", "inner", "inner_fault", "inner_faults", "reassembly"] {
                payload.as_object_mut().unwrap().remove(field);
            }
        }
    }
    lines
}
