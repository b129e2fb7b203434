//! The tables of features on the front pages, of README.md and of the documentation, are those of Cargo.toml and of the code.

use crate::kit::sources::sources;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines of the tables in the part about features.
fn lines(text: &str, heading: &str, prefix: &str) -> Vec<String> {
    let (_, part) = text.split_once(heading).unwrap();
    let part = part.lines().skip(1).map_while(|line| line.strip_prefix(prefix)).take_while(|line| !line.starts_with("## "));
    part.map(str::trim_start).filter(|line| line.starts_with('|')).map(str::to_owned).collect()
}

fn of_readme() -> Vec<String> {
    lines(&read("README.md"), "\n### Features", "")
}

#[test]
fn both_front_pages_have_the_same_tables() {
    assert_eq!(lines(&read("src/lib.rs"), "\n//! # Features", "//!"), of_readme());
}

/// A row of the table of features.
struct Row {
    name: String,
    is_default: bool,
    brings: String,
    turns_on: String,
    rust: String,
    bare_metal: bool,
}

fn rows() -> Vec<Row> {
    let lines = of_readme();
    let lines = lines.iter().skip_while(|line| !line.starts_with("| feature |")).skip(2);
    let row = |line: &String| {
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let [_, name, brings, turns_on, rust, bare_metal, _] = &cells[..] else { panic!("{line}") };
        assert!(["yes", "no"].contains(&&**bare_metal), "{line}");
        let (name, is_default) = name.strip_suffix(" (default)").map_or((&**name, false), |name| (name, true));
        Row {
            name: name.trim_matches('`').to_owned(),
            is_default,
            brings: brings.clone(),
            turns_on: turns_on.clone(),
            rust: rust.clone(),
            bare_metal: bare_metal == "yes",
        }
    };
    lines.map(row).collect()
}

type Features = BTreeMap<String, BTreeSet<String>>;

/// The features of a manifest, each with the features that it names.
fn features(manifest: &str) -> Features {
    let (_, part) = manifest.split_once("\n[features]\n").unwrap();
    let (part, _) = part.split_once("\n[").unwrap();
    let code: String = part.lines().filter(|line| !line.starts_with('#')).collect();
    let mut found = Features::new();
    for entry in code.split_terminator(']') {
        let (name, list) = entry.split_once(" = [").unwrap_or_else(|| panic!("{entry}"));
        let named = list.split('"').skip(1).step_by(2).filter(|item| !item.contains([':', '/']));
        found.insert(name.to_owned(), named.map(str::to_owned).collect());
    }
    found
}

/// All that a feature turns on, itself included.
fn closure(features: &Features, name: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([name.to_owned()]);
    for named in features.get(name).into_iter().flatten() {
        all.extend(closure(features, named));
    }
    all
}

/// The words between backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_feature_has_a_row_and_turns_on_what_the_row_says() {
    let rows = rows();
    let mut features = features(&read("Cargo.toml"));
    let default = features.remove("default").unwrap();
    assert_eq!(rows.iter().filter(|row| row.is_default).map(|row| row.name.clone()).collect::<BTreeSet<_>>(), default);
    let names: BTreeSet<_> = rows.iter().skip(1).map(|row| row.name.clone()).collect();
    assert_eq!((&*rows[0].name, names.len()), ("none", rows.len() - 1));
    assert_eq!(names, features.keys().cloned().collect());

    for (at, row) in rows.iter().enumerate().skip(1) {
        let named = &features[&row.name];
        match &*row.turns_on {
            "the fifteen" => {
                let fifteen: BTreeSet<_> = rows[at - 15..at].iter().map(|row| row.name.clone()).collect();
                assert_eq!(*named, fifteen, "{}", row.name);
            }
            "all" => assert_eq!(closure(&features, &row.name), names, "{}", row.name),
            cell => assert_eq!(*named, quoted(cell), "{}", row.name),
        }
    }
}

/// CI builds those that say 1.85 with that version, and sees that it refuses the others.
#[test]
fn what_is_turned_on_needs_no_newer_rust_and_no_more_than_bare_metal() {
    let manifest = read("Cargo.toml");
    let features = features(&manifest);
    let rows = rows();
    let rust: BTreeMap<_, _> = rows.iter().map(|row| (row.name.clone(), row.rust.clone())).collect();
    let least = manifest.split_once("\nrust-version = \"").unwrap().1.split('"').next().unwrap();
    for row in &rows {
        let all = closure(&features, &row.name);
        assert_eq!(row.bare_metal, !all.contains("std"), "{}", row.name);
        assert!([least, "1.87"].contains(&&*row.rust), "{}: {}", row.name, row.rust);
        assert!(all.iter().all(|name| rust[name] <= row.rust), "{} turns on what needs a newer Rust", row.name);
    }
    assert_eq!(rust["none"], least);
}

/// What is declared in a file for everybody: the feature that it waits for or `none`, and the names.
fn gates(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut feature = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("#[cfg(feature = \"") {
            feature = rest.strip_suffix("\")]").map(str::to_owned);
            continue;
        }
        let feature = feature.take().unwrap_or_else(|| "none".to_owned());
        if let Some(name) = line.strip_prefix("pub mod ") {
            found.push((feature, vec![name.trim_end_matches(';').to_owned()]));
        } else if let Some(path) = line.strip_prefix("pub use ") {
            let names = path.rsplit("::").next().unwrap().trim_end_matches(';').trim_matches(['{', '}']);
            found.push((feature, names.split(", ").map(str::to_owned).collect()));
        }
    }
    found
}

#[test]
fn every_module_stands_in_the_row_of_its_feature() {
    let brings: BTreeMap<_, _> = rows().into_iter().map(|row| (row.name, quoted(&row.brings))).collect();
    let library = read("src/lib.rs");
    let modules: Vec<_> = library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut count = 0;
    for (feature, names) in gates(&library).into_iter().filter(|(_, names)| modules.contains(&&*names[0])) {
        for (row, brings) in &brings {
            // A row may also name the module that its own things stand in.
            let named = brings.contains(&names[0]);
            assert!(named == (*row == feature) || (named && feature == "none"), "{row}: {}", names[0]);
        }
        count += 1;
    }
    assert!(count > 12, "{count}");

    let mut inside = 0;
    for file in sources("src").iter().filter(|file| modules.iter().any(|module| file.ends_with(format!("src/{module}/mod.rs")))) {
        let module = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let own = library.split_once(&format!("\npub mod {module};")).unwrap().0.lines().last().unwrap();
        for (feature, names) in gates(&std::fs::read_to_string(file).unwrap()) {
            // What comes with the module stands in the row of the module.
            if feature == "none" || own.contains(&format!("\"{feature}\"")) {
                continue;
            }
            let row = &brings[&feature];
            assert!(names.iter().any(|name| row.contains(&format!("{module}::{name}"))), "{feature}: {module}::{names:?}");
            inside += 1;
        }
    }
    assert!(inside >= 5, "{inside}");
}

#[test]
fn a_table_and_a_manifest_are_read() {
    let page = "# a\n\n### Features\n\n| x | y |\n|---|---|\n| `a` | b |\n\ntext\n## Next\n| not this |\n";
    assert_eq!(lines(page, "\n### Features", ""), ["| x | y |", "|---|---|", "| `a` | b |"]);
    let of =
        features("[a]\n\n[features]\ndefault = [\"b\"]\n# c = []\nb = [\"c\", \"dep:x\", \"y?/z\"]\nc = [\n    \"d\",\n]\nd = []\n\n[x]\n");
    assert_eq!(of.keys().collect::<Vec<_>>(), ["b", "c", "d", "default"]);
    assert_eq!(closure(&of, "b"), ["b", "c", "d"].map(str::to_owned).into());
    let text = "mod a;\npub mod b;\n#[cfg(feature = \"f\")]\npub use c::{D, E};\n#[cfg(feature = \"g\")]\nmod h;\npub use i::J;\n";
    let of: Vec<_> = gates(text).into_iter().map(|(feature, names)| format!("{feature} {}", names.join(" "))).collect();
    assert_eq!(of, ["none b", "f D E", "none J"]);
}
