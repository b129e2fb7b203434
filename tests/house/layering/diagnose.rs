//! The floors inside `diagnose`, from what is observed to the verdict; and that no cause comes without its row and its tests.

use super::imports::Tree;
use super::{below, files};
use std::collections::{BTreeMap, BTreeSet};

/// Which parts of `diagnose` a part may name: itself, these, and all below these.
const DOWN: &[(&str, &[&str])] = &[
    ("severity", &[]),
    ("settings", &[]),
    ("capabilities", &[]),
    ("observation", &[]),
    ("sizes", &[]),
    ("facts", &["observation", "capabilities"]),
    ("visibility", &["facts"]),
    ("cause", &["visibility", "severity", "settings"]),
    ("finding", &["cause"]),
    ("serial", &["finding"]),
    ("judged", &["finding", "visibility"]),
    ("verdict", &["judged"]),
    ("products", &["facts", "settings"]),
    ("track", &["judged", "products"]),
    ("meant", &["cause"]),
    ("diagnoser", &["track", "verdict", "meant"]),
];

/// The part of `diagnose` that a file belongs to; `None` for another file, and for the one that declares the parts.
fn part(file: &str) -> Option<&str> {
    let inside = file.strip_prefix("diagnose/")?;
    let part = inside.split('/').next().unwrap().trim_end_matches(".rs");
    (part != "mod").then_some(part)
}

/// Which file names which part.
fn edges(files: &[(String, String)]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (from, to) in Tree::read(files).imports() {
        let parts = to.keys().filter_map(|to| part(to)).map(str::to_owned);
        found.extend(parts.filter(|_| part(&from).is_some()).map(|to| (from.clone(), to)));
    }
    found
}

/// What names a part that does not lie below its own.
fn upward(files: &[(String, String)]) -> Vec<String> {
    let plan: BTreeMap<_, _> = DOWN.iter().copied().collect();
    let wrong = edges(files).into_iter().filter(|(from, to)| !below(part(from).unwrap(), &plan).contains(to));
    wrong.map(|(from, to)| format!("src/{from} names {to}")).collect()
}

#[test]
fn the_floors_of_diagnose_point_down() {
    let files = files();
    assert_eq!(upward(&files), Vec::<String>::new());
    let parts: BTreeSet<_> = files.iter().filter_map(|(file, _)| part(file)).collect();
    assert_eq!(parts, DOWN.iter().map(|(name, _)| *name).collect(), "the plan and the files");
    let edges = edges(&files);
    assert!(edges.len() > 100, "{} found", edges.len());
}

#[test]
fn a_step_up_is_seen() {
    let files = [
        ("lib.rs", "pub mod diagnose;"),
        ("diagnose/mod.rs", "mod facts; mod visibility; mod cause; pub use visibility::View;"),
        ("diagnose/facts/mod.rs", "mod auth; pub(super) struct Sa;"),
        ("diagnose/facts/auth.rs", "use super::super::visibility::Visibility; use crate::diagnose::View;"),
        ("diagnose/visibility.rs", "use super::facts::Sa; pub struct View; pub(super) struct Visibility(Sa);"),
        ("diagnose/cause/mod.rs", "use super::visibility::Visibility; fn f(_: Visibility) {}"),
    ];
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    assert_eq!(upward(&files), ["src/diagnose/facts/auth.rs names visibility"]);
}

const CAUSES: &str = "diagnose/cause/";

/// The rows of the table of causes: file and struct.
fn rows(table: &str) -> Vec<(&str, &str)> {
    let (_, after) = table.split_once("\ncauses! {\n").unwrap_or_default();
    let (body, _) = after.split_once("\n}").unwrap_or_default();
    let lines = body.lines().map(str::trim).filter(|line| !line.starts_with("//")).filter_map(|line| line.split_once("::"));
    lines.map(|(file, rest)| (file, rest.split(|c: char| !c.is_alphanumeric()).next().unwrap())).collect()
}

/// What a cause's file lacks: tests, and among them one that looks for the cause in facts.
fn lacks(text: &str, name: &str) -> Option<&'static str> {
    let Some((_, tests)) = text.split_once("#[cfg(test)]\nmod tests {") else { return Some("no `mod tests`") };
    // A cause that is looked for in the capture as a whole is called by what that is.
    let whole = "Whole { surroundings".to_owned();
    let looks = [format!("find::<{name}>"), format!("find_after::<{name}>"), whole].iter().any(|call| tests.contains(call));
    (!looks).then_some("no test of its condition")
}

#[test]
fn every_cause_has_a_row_and_a_test_of_its_condition() {
    let files: BTreeMap<_, _> = files().into_iter().filter(|(file, _)| file.starts_with(CAUSES)).collect();
    let table = &files["diagnose/cause/mod.rs"];
    let rows = rows(table);
    assert!(rows.len() >= 28, "{rows:?}");
    let mut wrong = Vec::new();
    for (file, name) in &rows {
        let text = files.get(&format!("{CAUSES}{file}.rs")).unwrap_or_else(|| panic!("{file}.rs"));
        wrong.extend(lacks(text, name).map(|what| format!("{file}.rs: {what}")));
    }
    for (file, text) in &files {
        let name = file.strip_prefix(CAUSES).unwrap().trim_end_matches(".rs");
        if name != "mod" && !table.lines().any(|line| line.trim_end_matches(';').ends_with(&format!("mod {name}"))) {
            wrong.push(format!("{file} is not declared"));
        }
        if text.contains("\nimpl Contract for ") && !rows.iter().any(|(row, _)| *row == name) {
            wrong.push(format!("{file} has no row"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_row_is_read_and_a_missing_test_is_seen() {
    let table = "mod a;\ncauses! {\n    // A word about a::B.\n    port_blocked::PortBlocked,\n    clean::Clean { form just after PortBlocked },\n}\n";
    assert_eq!(rows(table), [("port_blocked", "PortBlocked"), ("clean", "Clean")]);
    assert_eq!(lacks("struct Clean;", "Clean"), Some("no `mod tests`"));
    assert_eq!(lacks("#[cfg(test)]\nmod tests {\n    find::<Other>()\n}", "Clean"), Some("no test of its condition"));
    assert_eq!(lacks("#[cfg(test)]\nmod tests {\n    find::<Clean>()\n}", "Clean"), None);
}
