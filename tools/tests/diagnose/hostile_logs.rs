//! Logs that nobody has written: whatever the lines are, they are read to their end, and what is said of them is well formed.

use crate::kit::{Report, read, root, texts};
use ikev2_tools::evidence::diagnosis::DiagnoseOptions;
use ikev2_tools::evidence::logs::{Log, diagnose_logs, recognise};
use ikev2_tools::report;
use proptest::prelude::*;
use std::io::Cursor;
use std::sync::LazyLock;

/// Lines of every kind of log.
static LINES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut files: Vec<_> = std::fs::read_dir(root().join("tests/logs-causes")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let lines = |file: &std::path::PathBuf| String::from_utf8(read(file)).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let mut all: Vec<String> = files.iter().filter(|file| file.extension().is_some_and(|ext| ext == "log")).flat_map(lines).collect();
    all.extend(crate::logs::EXAMPLES.iter().flat_map(|text| text.lines()).map(str::to_owned));
    all
});

/// Reads it, and checks what holds of every log.
fn check(octets: Vec<u8>) {
    let lines = octets.split(|octet| *octet == b'\n').count() as u64;
    let known = recognise(&octets).is_some();
    let log = Log { name: "log".into(), source: Box::new(Cursor::new(octets)) };
    let Ok(diagnosis) = diagnose_logs(vec![log], DiagnoseOptions::default()) else {
        assert!(!known);
        return;
    };
    let report = Report::parse(&report::diagnose::json(&diagnosis)).unwrap();
    for finding in &report.findings {
        let evidence = finding["lines"].as_array().unwrap();
        assert!(evidence.iter().all(|line| (1..=lines).contains(&line.as_u64().unwrap())), "{finding}");
        assert!(!finding["text"].as_str().unwrap().chars().any(char::is_control), "{finding}");
    }
    assert_eq!(texts(&report.verdict["codes"]).is_empty(), report.verdict["state"] != "fault");
}

/// Which line, and what becomes of it.
fn change() -> impl Strategy<Value = (prop::sample::Index, u8, prop::sample::Index, String)> {
    (any::<prop::sample::Index>(), 0..9_u8, any::<prop::sample::Index>(), "\\PC{0,12}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_in_any_order_and_cut_anywhere_are_read(changes in prop::collection::vec(change(), 1..200)) {
        let mut text = String::new();
        for (line, what, at, piece) in &changes {
            let line = &LINES[line.index(LINES.len())];
            let cut = (0..=line.len()).filter(|at| line.is_char_boundary(*at)).nth(at.index(line.len() + 1)).unwrap_or(0);
            let (before, after) = line.split_at(cut);
            match what {
                0 => text.push_str(before),
                1 => text.push_str(after),
                2 => text.extend([before, piece, after]),
                3 => text.extend([after, before]),
                4 => text.extend([before, "99999999999999999999", after]),
                _ => text.push_str(line),
            }
            text.push('\n');
        }
        check(text.into_bytes());
    }

    #[test]
    fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..2000)) {
        check(octets);
    }
}
