//! What stands in the tree is used, and what documents name stands in it.

use crate::kit::sources::sources;
use crate::kit::tokens::tokens;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files that may declare a module's file, and the name it has there.
fn declared_by(file: &Path) -> (Vec<PathBuf>, String) {
    let folder = file.parent().unwrap();
    let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
    // `a/mod.rs` is the module `a` of the folder above.
    let (folder, name) =
        if stem == "mod" { (folder.parent().unwrap(), folder.file_name().unwrap().to_str().unwrap().to_owned()) } else { (folder, stem) };
    let beside = ["mod.rs", "main.rs", "lib.rs"].map(|owner| folder.join(owner));
    (beside.into_iter().chain([folder.with_extension("rs")]).collect(), name)
}

/// A file that nobody declares is never compiled: a test in it is none.
#[test]
fn every_source_file_belongs_to_a_module() {
    let is_root = |file: &Path| file.ends_with("main.rs") || file.ends_with("lib.rs");
    let mut count = 0;
    let mut alone = Vec::new();
    for file in ["src", "tests", "tools", "fuzz/src"].iter().flat_map(|folder| sources(folder)).filter(|file| !is_root(file)) {
        count += 1;
        let (owners, name) = declared_by(&file);
        let declares = |owner: &PathBuf| {
            let text = std::fs::read_to_string(owner).unwrap_or_default();
            // By itself, or as a row of a table whose macro declares a module for each.
            let row = text.contains("mod $") && tokens(&text).contains(&name);
            row || text.lines().any(|line| line.trim().ends_with(&format!("mod {name};")))
        };
        // The kit and the bodies are declared by path, where they are used.
        let by_path =
            |owner: &&str| std::fs::read_to_string(root().join(owner)).unwrap().contains(&format!("/{name}/mod.rs\"]\nmod {name};"));
        let used = ["tests/wire/main.rs", "tests/house/fuzz_replay.rs"].iter().any(by_path) && file.ends_with(format!("{name}/mod.rs"));
        if !owners.iter().any(declares) && !used {
            alone.push(file.strip_prefix(root()).unwrap().display().to_string());
        }
    }
    assert!(alone.is_empty(), "no module has {alone:#?}");
    assert!(count > 400, "{count} files");
    let (owners, name) = declared_by(Path::new("a/b/mod.rs"));
    assert!(name == "b" && owners.contains(&PathBuf::from("a/main.rs")) && owners.contains(&PathBuf::from("a.rs")), "{owners:?}");
}

/// The documents of the repository.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["", "docs", "tests", "tests/data/oracles", "tests/interop", "tools", "fuzz", "benches"] {
        let folder = root().join(folder);
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        found.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    found.sort();
    assert!(found.len() > 10, "{found:?}");
    found
}

/// The paths that a document names between backticks, those with a placeholder left out.
pub(crate) fn paths(text: &str) -> impl Iterator<Item = &str> {
    fn placeholder(part: &str) -> bool {
        matches!(part.split('.').next(), Some("NAME" | "TARGET" | "regression-WHAT"))
    }
    let quoted = text.split('`').skip(1).step_by(2);
    let is_path = |word: &&str| {
        let top = word.split('/').next().unwrap_or_default();
        word.contains('/') && matches!(top, "src" | "tests" | "tools" | "docs" | "examples" | "benches" | "fuzz" | ".ci")
    };
    let plain = |word: &&str| !word.contains(['*', '{', '<', '[']) && !word.split('/').any(placeholder);
    quoted.flat_map(str::split_whitespace).map(|word| word.trim_end_matches(['.', ',', ';', ':'])).filter(is_path).filter(plain)
}

#[test]
fn what_the_documents_name_is_there() {
    let mut missing = Vec::new();
    let mut count = 0;
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for path in paths(&text) {
            count += 1;
            // From the top, or from where the document stands.
            if !root().join(path).exists() && !document.parent().unwrap().join(path).exists() {
                missing.push(format!("{}: {path}", document.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(count > 60, "{count} paths");
    let found: Vec<_> = paths("`src/a.rs`, `cargo run tests/b`, `src/NAME.rs`, `a/b`, `docs/*`").collect();
    assert_eq!(found, ["src/a.rs", "tests/b"]);
}

/// A command with `--test NAME` runs something.
#[test]
fn the_tests_that_documents_run_are_targets() {
    let targets = ["wire", "crypto", "judgement", "house", "cli", "diagnose"];
    let mut count = 0;
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for (_, after) in text.match_indices("--test ").map(|(at, word)| (at, &text[at + word.len()..])) {
            let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(targets.contains(&&*name), "{}: --test {name}", document.display());
            count += 1;
        }
    }
    assert!(count > 0);
}
