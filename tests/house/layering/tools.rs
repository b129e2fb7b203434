//! The floors of the tools: their library reads octets and writes text, and leaves files, sockets, clocks and terminals to the program.

use super::imports::{Tree, circles};
use super::{below, code, edges, module};
use crate::kit::sources::sources;
use std::collections::BTreeMap;
use std::path::Path;

/// Which modules of the library a module may name: itself, these, and all below these.
const LIBRARY: &[(&str, &[&str])] = &[("capture", &[]), ("eap", &[]), ("evidence", &["capture"]), ("report", &["evidence"])];

/// The same of the program.
const PROGRAM: &[(&str, &[&str])] =
    &[("input", &[]), ("random", &[]), ("console", &["input"]), ("command", &["console", "input", "random"])];

/// The files of `tools/src` that belong to these modules, and the one that declares them, called `lib.rs`.
fn files(root: &str, modules: &[(&str, &[&str])]) -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/src");
    let mut found = Vec::new();
    for path in sources("tools/src") {
        let inside = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        let text = || std::fs::read_to_string(&path).unwrap();
        if inside == root {
            found.push(("lib.rs".to_owned(), text()));
        } else if modules.iter().any(|(name, _)| *name == module(&inside)) {
            found.push((inside, text()));
        }
    }
    assert!(found.len() > modules.len(), "{root}: {} files", found.len());
    found
}

#[test]
fn the_floors_of_the_tools_point_down() {
    let mut files_seen = 0;
    for (root, plan) in [("lib.rs", LIBRARY), ("main.rs", PROGRAM)] {
        let files = files(root, plan);
        files_seen += files.len();
        let plan: BTreeMap<_, _> = plan.iter().copied().collect();
        let wrong: Vec<_> = edges(&files)
            .into_iter()
            .filter(|(file, name)| module(file) != "lib" && !below(module(file), &plan).contains(name))
            .map(|(file, name)| format!("tools/src/{file}: {} names {name}", module(&file)))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    // Each file is on a floor.
    assert_eq!(files_seen, sources("tools/src").len(), "a file of tools/src that no plan has");
}

#[test]
fn no_two_files_of_the_tools_import_each_other() {
    for (root, plan) in [("lib.rs", LIBRARY), ("main.rs", PROGRAM)] {
        for circle in circles(&Tree::read(&files(root, plan)).imports()) {
            // The handshake peer is one state machine in many files; `session` will take its place.
            assert!(circle.iter().all(|file| file.starts_with("command/handshake/")), "{circle:?}");
        }
    }
}

/// What opens, listens, waits or asks the machine.
const MACHINE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "std::time",
    "UdpSocket",
    "TcpStream",
    "SystemTime",
    "stdin(",
    "stdout(",
    "stderr(",
    "println!",
    "print!",
    "IsTerminal",
    "terminal_size",
];

fn touches(text: &str) -> Option<&'static str> {
    MACHINE.iter().copied().find(|word| text.contains(word))
}

#[test]
fn the_library_of_the_tools_touches_no_machine() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/src");
    let mut wrong = Vec::new();
    let for_tests = |file: &str| ["capture/tests/", "eap/tests/"].iter().any(|folder| file.starts_with(folder));
    for (file, _) in files("lib.rs", LIBRARY).iter().filter(|(file, _)| !for_tests(file)) {
        for (line, text) in code(&src.join(file)) {
            wrong.extend(touches(&text).map(|word| format!("tools/src/{file}:{line}: {word}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(touches("use std::fs::File;"), Some("std::fs"));
}
