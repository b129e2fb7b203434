//! That no field is written which no snapshot holds.

use super::snapshot;
use std::collections::BTreeSet;
use std::path::Path;

/// The last names of the paths in a snapshot.
fn held(name: &str) -> BTreeSet<String> {
    let fields = snapshot(name).into_iter().filter_map(|line| Some(line.split_once(": ")?.0.to_owned()));
    let last = |path: String| path.rsplit([' ', '.']).next().unwrap().trim_end_matches(['?', '[', ']']).to_owned();
    fields.map(last).collect()
}

/// What is code of a file, without its tests.
fn code(text: &str) -> String {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    code.split("#[cfg(test)]").next().unwrap().to_owned()
}

/// The names of fields in the text of a writer: before the colon in `json!`, put into an object, or into the line that is written.
fn written(text: &str) -> BTreeSet<String> {
    let code = code(text);
    let parts: Vec<&str> = code.split('"').collect();
    let texts = parts.windows(3).enumerate().filter(|(n, _)| n % 2 == 0).map(|(_, window)| window);
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let is_key = |before: &str, after: &str| {
        after.starts_with(':') && !after.starts_with("::")
            || ["insert(", "line.field("].iter().any(|call| before.trim_end().ends_with(call))
    };
    texts.filter(|window| is_name(window[1]) && is_key(window[0], window[2])).map(|window| window[1].to_owned()).collect()
}

/// The writers of each tool.
const WRITERS: [(&str, &[&str]); 6] = [
    ("certificate", &["src/report/certificate/json.rs"]),
    (
        "inspect",
        &[
            "src/report/inspect/fingerprint.rs",
            "src/report/inspect/json.rs",
            "src/report/inspect/json_fault.rs",
            "src/report/inspect/json_payload.rs",
        ],
    ),
    ("diagnose", &["src/report/diagnose/json.rs"]),
    ("negotiate", &["src/report/negotiate/json.rs"]),
    ("notation", &["src/report/notation/json.rs"]),
    ("handshake", &["src/command/handshake/report.rs"]),
];

#[test]
fn every_field_that_is_written_is_held_by_a_snapshot() {
    for (tool, files) in WRITERS {
        let held = held(tool);
        let texts = files.iter().map(|file| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap());
        let written: BTreeSet<_> = texts.flat_map(|text| written(&text)).collect();
        assert!(written.len() >= 8, "{tool}: {written:?}");
        let missing: Vec<_> = written.difference(&held).collect();
        assert!(missing.is_empty(), "`ike {tool}` writes fields that are in no line of tools/tests/contracts/{tool}.txt: {missing:?}");
    }
}

/// Nothing else writes JSON.
#[test]
fn no_other_file_writes_json() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut writers = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if ["json!(", "line.field("].iter().any(|call| code(&std::fs::read_to_string(&path).unwrap()).contains(call)) {
                writers.insert(path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    let known: BTreeSet<String> = WRITERS.iter().flat_map(|(_, files)| files.iter().map(|file| (*file).to_owned())).collect();
    assert_eq!(writers, known);
}

#[test]
fn the_fields_of_a_writer_are_found() {
    let text = r#"
        // "comment": 1
        json!({ "one": 1, "two_2": "word", "a text": 2 });
        object.insert("three".into(), x);
        line.field("six", 6u8);
        line.field(
            "seven",
            7u8,
        );
        let no = "four";
        let path = "five"::six;
    "#;
    let expected: BTreeSet<String> = ["one", "two_2", "three", "six", "seven"].map(str::to_owned).into();
    assert_eq!(written(text), expected);
}
