//! What the repository says of its own tests and checks is so: the list of hostile input, the tests that wait to be asked for, the lint
//! tables that stand four times.

use crate::kit::sources::sources;
use crate::kit::tokens::tokens;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// How much deeper in brackets a line of an attribute ends than it begins, texts in it left out.
fn depth(line: &str) -> isize {
    let outside = line.split('"').step_by(2);
    outside.flat_map(str::chars).map(|c| isize::from(c == '[') - isize::from(c == ']')).sum()
}

/// A line of a source file, or a whole attribute: from its `#[` to its `]`, in one line.
fn lines(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let mut whole = line.to_owned();
        if line.starts_with("#[") || line.starts_with("#![") {
            let mut open = depth(line);
            while open > 0 {
                let next = lines.next().unwrap_or_else(|| panic!("an attribute without an end: {whole}"));
                open += depth(next);
                whole = format!("{whole} {next}");
            }
        }
        found.push(whole);
    }
    found
}

/// Functions of a source file, with the attributes and comments above each.
fn functions(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut above = Vec::new();
    for line in lines(text) {
        let name = line.split_once("fn ").filter(|(before, _)| before.is_empty() || before.starts_with("pub"));
        if let Some((_, after)) = name {
            let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.push((name, core::mem::take(&mut above)));
        } else if line.starts_with("#[") || line.starts_with("//") {
            above.push(line);
        } else {
            above.clear();
        }
    }
    found
}

/// Places in the code, comments and texts left out, that make a test.
fn marks(text: &str) -> usize {
    tokens(text).windows(4).filter(|four| *four == ["#", "[", "test", "]"]).count()
}

/// Source files of everywhere tests are: path and text.
fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: std::path::PathBuf| {
        let file = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        (file, std::fs::read_to_string(&path).unwrap())
    };
    ["src", "tests", "examples", "tools"].iter().flat_map(|folder| sources(folder)).map(read).collect()
}

/// Tests with their file.
fn tests() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (file, text) in files() {
        let before = found.len();
        for (name, above) in functions(&text) {
            let is_test = above.iter().any(|line| line == "#[test]");
            assert!(is_test || !name.starts_with("hostile_"), "{file}: {name} is no #[test]");
            if is_test {
                found.push((name, file.clone()));
            }
        }
        // A test in another form would be seen by none of the checks here.
        assert_eq!(found.len() - before, marks(&text), "{file}: tests found, and attributes that make one");
    }
    assert!(found.len() > 500, "{} tests", found.len());
    found
}

/// The classes that a test's name begins with: `hostile_02_03_a_short_header` has two.
fn classes(name: &str) -> Vec<usize> {
    let words = name.strip_prefix("hostile_").into_iter().flat_map(|rest| rest.split('_'));
    words.map_while(|word| word.parse().ok().filter(|_| word.len() == 2)).collect()
}

#[test]
fn the_list_of_hostile_input_and_the_tests_agree() {
    let mut listed = BTreeSet::new();
    let mut count = 0;
    for line in read("tests/HOSTILE.md").lines() {
        if let Some(test) = line.strip_prefix("   - `") {
            let (name, file) = test.strip_suffix('`').unwrap().split_once("` in `").unwrap_or_else(|| panic!("{line}"));
            assert!(listed.insert((count, name.to_owned(), file.to_owned())), "twice in the list: {line}");
        } else if let Some((number, class)) = line.split_once(". ").filter(|(number, _)| number.parse::<usize>().is_ok()) {
            count += 1;
            assert_eq!(number.parse(), Ok(count), "the numbers of the list have a gap");
            assert!(class.len() > 20, "{line}");
        }
    }
    let mut written = BTreeSet::new();
    for (name, file) in tests().into_iter().filter(|(name, _)| name.starts_with("hostile")) {
        let classes = classes(&name);
        assert!(!classes.is_empty(), "{file}: {name} has no number of a class");
        written.extend(classes.into_iter().map(|class| (class, name.clone(), file.clone())));
    }
    let missing: Vec<_> = written.difference(&listed).collect();
    assert!(missing.is_empty(), "tests that tests/HOSTILE.md does not list: {missing:#?}");
    let gone: Vec<_> = listed.difference(&written).collect();
    assert!(gone.is_empty(), "tests/HOSTILE.md lists what is no test: {gone:#?}");
    let tested: BTreeSet<_> = listed.iter().map(|(class, ..)| *class).collect();
    assert_eq!(tested, (1..=count).collect(), "a class without a test");
    assert!(count >= 43, "{count} classes");
}

#[test]
fn the_number_of_a_class_is_read() {
    assert_eq!(classes("hostile_02_03_a_fragment_header_of_4_octets"), [2, 3]);
    assert_eq!(classes("hostile_7_is_not_two_digits"), [0; 0]);
    assert_eq!(functions("#[test]\n// why\nfn a() {}\nlet x;\npub fn b_1(c: u8) {}").len(), 2);
    assert_eq!(functions("#[test]\n// why\nfn a() {}")[0], ("a".to_owned(), vec!["#[test]".to_owned(), "// why".to_owned()]));
}

/// No unsafe code: the compiler refuses it in the crate, and what counts allocations for the benches is no part of it.
#[test]
fn hostile_43_unsafe_code_is_forbidden() {
    assert!(read("src/lib.rs").lines().any(|line| line == "#![forbid(unsafe_code)]"));
    assert_eq!(lints("Cargo.toml")["rust.unsafe_code"], "forbid");
    assert_eq!(lints("fuzz/Cargo.toml")["rust.unsafe_code"], "forbid");
}

/// What a test may wait for. Each is asked for by `cargo test -- --include-ignored` and then fails without it.
const NEEDS: &[&str] = &["needs IKEV2_SHARED", "needs openssl", "needs IKEV2_INTEROP, root and Debian"];

/// Attributes by which a test may be left out: whatever has the word `ignore` in it, `cfg_attr` included.
fn ignoring(text: &str) -> Vec<String> {
    let word = |line: &String| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "ignore");
    lines(text).into_iter().filter(|line| line.starts_with('#') && word(line)).collect()
}

/// The need that an attribute gives as its reason.
fn need(attribute: &str) -> Option<&'static str> {
    NEEDS.iter().copied().find(|need| attribute == format!("#[ignore = \"{need}\"]"))
}

#[test]
fn a_test_that_waits_to_be_asked_for_says_what_it_needs() {
    let mut waiting = BTreeSet::new();
    for (file, text) in files() {
        let found = ignoring(&text);
        waiting.extend(found.iter().map(|line| need(line).unwrap_or_else(|| panic!("{file}: {line}"))));
        // One in the middle of a line begins none, and would not be seen.
        let code = tokens(&text).iter().filter(|token| *token == "ignore").count();
        assert_eq!(code, found.len(), "{file}: the word `ignore` in the code, and in attributes that are a line");
    }
    assert_eq!(waiting, NEEDS.iter().copied().collect(), "each need is some test's");
}

#[test]
fn an_attribute_is_read_to_its_end() {
    let text =
        "#[cfg_attr(\n    not(unix),\n    ignore = \"]\",\n)]\n#[test]\nfn a() {}\n#[ignore]\nfn b() {}\n// #[ignore]\nlet ignore = 1;";
    let due = "#[cfg_attr( not(unix), ignore = \"]\", )]";
    assert_eq!(ignoring(text), [due, "#[ignore]"]);
    assert_eq!(functions(text)[0], ("a".to_owned(), vec![due.to_owned(), "#[test]".to_owned()]));
    assert!(ignoring(text).iter().all(|line| need(line).is_none()));
    assert_eq!(need("#[ignore = \"needs IKEV2_SHARED\"]"), Some("needs IKEV2_SHARED"));
    assert_eq!(marks("#[test] fn a() {} // #[test]\n/* #[test] */ const B: &str = \"#[test]\"; #[ test ]\nfn c() {}"), 2);
}

/// One place asks for the data, and panics without it: a test that returned instead would pass without comparing anything.
#[test]
fn the_shared_data_is_asked_for_in_one_place() {
    let asks = |path: &Path| std::fs::read_to_string(path).unwrap().contains(concat!("(\"IKEV2_", "SHARED\")"));
    let found: Vec<_> =
        ["src", "tests", "examples", "tools", "benches", "fuzz"].iter().flat_map(|folder| sources(folder)).filter(|p| asks(p)).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(found, [root.join("tests/kit/shared.rs")]);
}

/// `rust.NAME` and `clippy.NAME` of a manifest, with their levels.
fn lints(manifest: &str) -> BTreeMap<String, String> {
    let text = read(manifest);
    let mut found = BTreeMap::new();
    let mut tool = None;
    for line in text.lines() {
        if line.starts_with('[') {
            tool = line
                .strip_prefix("[workspace.")
                .unwrap_or(line)
                .trim_start_matches('[')
                .strip_prefix("lints.")
                .and_then(|rest| rest.strip_suffix(']'));
        } else if let (Some(tool), Some((name, level))) = (tool, line.split_once(" = ")) {
            found.insert(format!("{tool}.{name}"), level.trim_matches('"').to_owned());
        }
    }
    assert!(found.len() > 15, "{manifest}: {} lints", found.len());
    found
}

/// A workspace of its own cannot inherit the table. Where it departs from it, its manifest says why.
#[test]
fn the_lint_tables_of_the_other_workspaces_are_the_crates() {
    for (manifest, departures) in [
        ("fuzz/Cargo.toml", &[("rust.missing_docs", "allow")][..]),
        ("examples/firmware/Cargo.toml", &[("rust.unsafe_code", "deny")]),
        ("tools/web/Cargo.toml", &[]),
        ("benches/peers/Cargo.toml", &[("rust.unsafe_code", "deny"), ("rust.missing_docs", "allow"), ("rust.unreachable_pub", "allow")]),
    ] {
        let mut due = lints("Cargo.toml");
        for (lint, level) in departures {
            assert!(due.insert((*lint).to_owned(), (*level).to_owned()).is_some(), "{lint}");
        }
        assert_eq!(lints(manifest), due, "{manifest}");
    }
}
