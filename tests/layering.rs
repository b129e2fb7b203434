//! The house keeps its plan: dependencies point down, nom stays in one file, no file grows too long.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, reason = "a test fails by panicking")]

#[path = "common/sources.rs"]
mod sources;

use sources::sources;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Which modules a module may name: itself, these, and all below these.
const DOWN: &[(&str, &[&str])] = &[
    ("instant", &[]),
    ("role", &[]),
    ("registry", &[]),
    ("error", &["registry"]),
    ("wire", &["error", "role"]),
    ("der", &["error"]),
    ("xcbc", &[]),
    ("protect", &["wire", "xcbc"]),
    ("keys", &["wire", "xcbc"]),
    ("auth", &["keys", "der"]),
    // A certificate holds a key, and a signature made by one.
    ("cert", &["auth"]),
    ("proposal", &["wire"]),
    ("fragment", &["protect", "instant"]),
    ("exchange", &["keys", "fragment"]),
    ("diagnose", &["fragment", "proposal"]),
    ("sim", &["fragment"]),
    ("arbitrary", &["wire"]),
];

const MAX_LINES: usize = 600;

/// The lines that are code: (number, text before any comment).
fn code(path: &Path) -> Vec<(usize, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().enumerate().map(|(at, line)| (at.saturating_add(1), line.split("//").next().unwrap().to_owned()));
    lines.collect()
}

/// The crate's modules that some code names: `crate::x` and `crate::{x, y::z}`.
fn named(code: &str) -> BTreeSet<String> {
    let ident = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (_, after) in code.match_indices("crate::").map(|(at, word)| (at, &code[at.saturating_add(word.len())..])) {
        match after.strip_prefix('{') {
            None => drop(found.insert(ident(after))),
            Some(list) => {
                let mut depth = 0usize;
                let mut start = true;
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth = depth.saturating_add(1),
                        '}' if depth == 0 => break,
                        '}' => depth = depth.saturating_sub(1),
                        ',' if depth == 0 => start = true,
                        c if start && c.is_alphabetic() => {
                            found.insert(ident(&list[at..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

/// The module of the crate's root that a file belongs to.
fn module(path: &Path) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let first = path.strip_prefix(src).unwrap().components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn below(module: &str, plan: &BTreeMap<&str, &[&str]>) -> BTreeSet<String> {
    let own = plan.get(module).unwrap_or_else(|| panic!("module {module} has no place in the plan"));
    let mut all: BTreeSet<_> = own.iter().flat_map(|next| below(next, plan)).collect();
    all.insert(module.to_owned());
    all
}

#[test]
fn dependencies_point_down() {
    let plan: BTreeMap<_, _> = DOWN.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut edges = 0usize;
    for path in sources("src") {
        let module = module(&path);
        if module == "lib" {
            continue;
        }
        let allowed = below(&module, &plan);
        let text: Vec<_> = code(&path).into_iter().map(|(_, line)| line).collect();
        for name in named(&text.join("\n")) {
            edges = edges.saturating_add(1);
            if !allowed.contains(&name) {
                wrong.push(format!("{}: {module} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(edges > 50, "{edges} found");
}

#[test]
fn the_grep_finds_what_it_looks_for() {
    let found = named("use crate::error::{A, B};\nuse crate::{wire::{Sa, x}, registry, keys::K};\nlet x = crate::protect::open;");
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["error", "keys", "protect", "registry", "wire"]);
}

/// Whether `code` names `word` as a path or a whole word.
fn names(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        !code[..at].ends_with(part) && code[at..].strip_prefix(word).is_some_and(|after| after.starts_with("::") || after.starts_with(';'))
    })
}

#[test]
fn foreign_crates_stay_where_they_belong() {
    // Where a crate may be named at all.
    let homes: &[(&str, &[&str])] = &[
        // x509-parser's own parser trait is one of the nom it brings.
        ("nom", &["wire/codec.rs", "cert/certificate.rs"]),
        ("x509_parser", &["cert"]),
        ("ring", &["protect", "keys", "auth"]),
        ("bytes", &["fragment", "protect", "proposal", "diagnose", "sim"]),
    ];
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for path in sources("src") {
        let inside = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        for (line, text) in code(&path) {
            for (word, homes) in homes {
                if names(&text, word) && !homes.iter().any(|home| inside.starts_with(home)) && !text.contains(&format!("self::{word}")) {
                    wrong.push(format!("src/{inside}:{line}: {text}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(names("use nom::Parser;", "nom") && names("use bytes;", "bytes") && !names("octets.to_be_bytes()", "bytes"));
}

#[test]
fn no_file_is_too_long() {
    let mut long = Vec::new();
    let mut count = 0usize;
    for path in ["src", "tests", "examples", "benches", "fuzz"].iter().flat_map(|folder| sources(folder)) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        count = count.saturating_add(1);
        if lines > MAX_LINES {
            long.push(format!("{}: {lines} lines", path.display()));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
    assert!(count > 40, "{count} files");
}
