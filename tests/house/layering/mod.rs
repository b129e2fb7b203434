//! The house keeps its plan: dependencies point down, no two files import each other, nom stays in one file, no file grows too
//! long.

mod diagnose;
mod imports;
mod tools;

use crate::kit::sources::sources;
use imports::{Tree, circles};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which modules a module may name: itself, these, and all below these.
const DOWN: &[(&str, &[&str])] = &[
    ("instant", &[]),
    ("role", &[]),
    ("registry", &[]),
    ("error", &["registry"]),
    ("transform", &["registry"]),
    ("wire", &["error", "role", "transform"]),
    // A hash that three floors use.
    ("fnv", &[]),
    ("fingerprint", &["wire", "fnv"]),
    ("der", &["error"]),
    // Types of signatures, which a provider's tables and `auth` share.
    ("signature", &["der"]),
    ("known", &["registry"]),
    ("provider", &["signature"]),
    ("protect", &["wire", "provider", "known"]),
    ("ke", &["registry"]),
    ("keys", &["wire", "provider", "ke"]),
    ("auth", &["keys", "signature"]),
    // A certificate holds a key, and a signature made by one.
    ("cert", &["auth"]),
    // An identity may be a name, and is compared with those of a certificate.
    ("identity", &["cert"]),
    ("selectors", &["wire"]),
    ("proposal", &["wire", "keys", "known"]),
    ("fragment", &["protect", "instant"]),
    ("exchange", &["keys", "fragment", "proposal"]),
    ("diagnose", &["fragment", "proposal", "keys", "fingerprint", "selectors"]),
    // `Watch` shows a `Diagnoser` what an endpoint sees.
    ("session", &["exchange", "auth", "identity", "selectors", "diagnose"]),
    ("probe", &["exchange", "diagnose"]),
    ("sim", &["fragment", "fnv"]),
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

/// The source files: path from `src` and text.
fn files() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: PathBuf| {
        let inside = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        (inside, std::fs::read_to_string(path).unwrap())
    };
    sources("src").into_iter().map(read).collect()
}

/// The module of the crate's root that a file belongs to.
fn module(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

/// Which file names which module of the crate's root: by what it imports, whatever the path, re-exports followed to the file that has the
/// item; and by `crate::` anywhere, test code and re-exports included.
fn edges(files: &[(String, String)]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (from, to) in Tree::read(files).imports() {
        found.extend(to.into_keys().map(|to| (from.clone(), module(&to).to_owned())));
    }
    for (file, text) in files {
        let code: Vec<_> = text.lines().map(|line| line.split("//").next().unwrap()).collect();
        found.extend(named(&code.join("\n")).into_iter().map(|name| (file.clone(), name)));
    }
    found
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
    let edges = edges(&files());
    let wrong: Vec<_> = edges
        .iter()
        .filter(|(file, name)| module(file) != "lib" && !below(module(file), &plan).contains(name))
        .map(|(file, name)| format!("src/{file}: {} names {name}", module(file)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(edges.len() > 500, "{} found", edges.len());
}

#[test]
fn a_dependency_is_seen_whatever_its_path() {
    let files = [
        ("lib.rs", "pub mod low; pub mod high; mod top; pub use top::Top;"),
        ("high.rs", "pub struct High; pub fn high() {}"),
        ("top.rs", "pub struct Top;"),
        ("low/mod.rs", "mod a; mod b; mod c; mod d; mod e;"),
        ("low/a.rs", "use super::super::high::High;"),
        ("low/b.rs", "fn f() { super::super::high::high() }"),
        ("low/c.rs", "use crate::Top; // use crate::high::High;"),
        ("low/d.rs", "#[cfg(test)] mod tests { use crate::high::High; }"),
        ("low/e.rs", "mod inner { use super::super::super::{high::{self, High}}; }"),
    ];
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let found: Vec<_> = edges(&files).into_iter().filter(|(file, _)| file.starts_with("low/")).collect();
    // The name `Top` of the root stands beside the module that has it.
    let due = [("a", "high"), ("b", "high"), ("c", "Top"), ("c", "top"), ("d", "high"), ("e", "high")];
    assert_eq!(found, due.map(|(file, name)| (format!("low/{file}.rs"), name.to_owned())));
}

#[test]
fn the_grep_finds_what_it_looks_for() {
    let found = named("use crate::error::{A, B};\nuse crate::{wire::{Sa, x}, registry, keys::K};\nlet x = crate::protect::open;");
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["error", "keys", "protect", "registry", "wire"]);
}

/// A circle is one file cut in two: what imports and what counts as importing is told in `layering/imports.rs`.
#[test]
fn no_two_files_import_each_other() {
    let imports = Tree::read(&files()).imports();
    let edges: usize = imports.values().map(BTreeMap::len).sum();
    assert!(edges > 500, "{edges} found");
    let mut open = Vec::new();
    for circle in circles(&imports) {
        for from in &circle {
            open.extend(imports[from].iter().filter(|(to, _)| circle.contains(*to)).map(|(to, names)| format!("{from} -> {to} {names:?}")));
        }
    }
    assert!(open.is_empty(), "{}", open.join("\n"));
}

#[test]
fn every_kind_of_import_is_seen_and_a_circle_is_found() {
    let files = [
        ("lib.rs", "pub mod a; mod b; mod macros; #[cfg(test)] mod probe; pub use b::three::Three; pub struct Root(Three);"),
        // A re-export is none; what a name is passed on by leads on, also by way of a glob and of another name.
        ("a/mod.rs", "mod one; mod two; mod lone; pub use one::One as First; pub use two::*; pub enum Kind { First, Other { two: u8 } }"),
        (
            "a/one.rs",
            "use super::Two; // use crate::b::B;\npub struct One<'a>(&'a Two, char); const C: &str = \"crate::b::B\"; const Q: char = '\"';",
        ),
        ("a/two.rs", "pub fn two() -> u8 { crate::b::make!() } pub struct Two; fn f() { use crate::a::First; }"),
        (
            "a/lone.rs",
            "/// [`crate::a::Two`]\n#[cfg(test)] mod tests { use super::super::Two; } #[cfg(test)] use super::Two;\nfn f(x: u8) -> u8 { x.two }",
        ),
        // A circle of three, by a module's name, a path in the code and a trait from the parent.
        ("b/mod.rs", "pub mod three; mod four; mod five; mod b { pub fn b() { super::five::f(super::four::g) } } pub trait B { type T; }"),
        ("b/three.rs", "use super::{self as all, four}; pub struct Three; fn f() { four::g::<all::five::Five>() }"),
        ("b/four.rs", "pub use inner::g; mod inner { pub fn g() { crate::b::five::f() } }"),
        ("b/five.rs", "use crate::{a::Kind, b::{three::{Three}}}; pub struct Five; pub(super) fn f() {}"),
        (
            "macros.rs",
            "macro_rules! made { ($($n:ident)+) => { use core::{$($n),+}; pub struct Made; } } pub struct Unused; use crate::b::B; impl B for Unused {}",
        ),
        ("probe.rs", "use crate::macros::Unused; pub fn in_macros() {}"),
    ];
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let imports = Tree::read(&files).imports();
    let edges: Vec<_> = imports.iter().flat_map(|(from, to)| to.keys().map(move |to| format!("{from} {to}"))).collect();
    let due = [
        "a/one.rs a/two.rs",
        "a/two.rs a/one.rs",
        "a/two.rs b/mod.rs",
        "b/five.rs a/mod.rs",
        "b/five.rs b/three.rs",
        "b/four.rs b/five.rs",
        "b/mod.rs b/five.rs",
        "b/mod.rs b/four.rs",
        "b/three.rs b/five.rs",
        "b/three.rs b/four.rs",
        "lib.rs b/three.rs",
        "macros.rs b/mod.rs",
    ];
    assert_eq!(edges, due);
    let circles: Vec<Vec<_>> = circles(&imports).into_iter().map(|circle| circle.into_iter().collect()).collect();
    assert_eq!(circles, [vec!["a/one.rs", "a/two.rs"], vec!["b/five.rs", "b/four.rs", "b/three.rs"]]);
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
        ("ring", &["provider/ring", "provider/mod.rs", "provider/rustcrypto/mod.rs"]),
        ("bytes", &["fragment", "protect", "proposal", "diagnose", "session", "sim"]),
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

/// Whoever embeds the crate decides where random numbers come from. The one exception is named: ring's signers draw from the operating
/// system, under feature `ring-os-random`.
#[test]
fn no_random_number_is_drawn_but_by_ring_signers() {
    let drawing = ["SystemRandom", "OsRng", "SysRng", "getrandom", "thread_rng", "RandomState"];
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    for path in sources("src") {
        let inside = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        for (_, text) in code(&path) {
            *found.entry(inside.clone()).or_insert(0) += drawing.iter().filter(|word| text.contains(*word)).count();
        }
    }
    found.retain(|_, count| *count > 0);
    assert_eq!(found.into_keys().collect::<Vec<_>>(), ["provider/ring/sign.rs"]);
    let gate = std::fs::read_to_string(src.join("provider/ring/mod.rs")).unwrap();
    assert!(gate.contains("#[cfg(feature = \"ring-os-random\")]\nmod sign;"), "the signers have lost their feature");
}

#[test]
fn no_file_is_too_long() {
    let mut long = Vec::new();
    let mut count = 0usize;
    for path in ["src", "tests", "examples", "tools", "benches", "fuzz"].iter().flat_map(|folder| sources(folder)) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        count = count.saturating_add(1);
        if lines > MAX_LINES {
            long.push(format!("{}: {lines} lines", path.display()));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
    assert!(count > 40, "{count} files");
}
