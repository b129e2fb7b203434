//! What programs and scripts rely on: words of the command line, fields of JSON lines, codes, names and exit statuses, each held by a
//! snapshot in `tests/contracts` (written anew when IKEV2_BLESS is set).
//!
//! A line says one thing. Of JSON it is `KIND FIELD: TYPES`, with `?` after the field when not every object has it, and `[]` for what
//! stands in a list; and `KIND FIELD = "word"` for each word that a field of words has. A payload is a kind of its own.

mod certificate;
mod command_line;
mod compare;
mod diagnose;
mod fields;
mod handshake;
mod inspect;
mod keys;
mod names;
mod negotiate;
mod notation;
#[cfg(unix)]
mod probe;
mod status;

use fields::Fields;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contracts")
}

/// The lines of a snapshot.
fn snapshot(name: &str) -> Vec<String> {
    let path = folder().join(format!("{name}.txt"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(str::to_owned).collect()
}

/// What is in one of the two and not in the other, as a diff; empty when there is nothing.
fn difference(before: &[String], now: &[String]) -> String {
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), now.iter().collect());
    let gone = old.difference(&new).map(|line| (*line, "-"));
    let come = new.difference(&old).map(|line| (*line, "+"));
    let mut lines: Vec<_> = gone.chain(come).collect();
    lines.sort();
    lines.iter().map(|(line, sign)| format!("  {sign} {line}\n")).collect()
}

/// Compares what there is now with the snapshot, or writes that anew.
fn hold(name: &str, mut now: Vec<String>) {
    now.sort();
    now.dedup();
    if std::env::var_os("IKEV2_BLESS").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(folder().join(format!("{name}.txt")), now.join("\n") + "\n").unwrap();
        panic!("{name}: written anew, compared with nothing; run it again without IKEV2_BLESS");
    }
    let before = snapshot(name);
    let changed = difference(&before, &now);
    assert!(
        changed.is_empty(),
        "what others rely on has changed (tools/tests/contracts/{name}.txt):\n{changed}\
         Whoever reads it must be told, in CHANGELOG.md; IKEV2_BLESS=1 cargo test -p ikev2-tools --test cli contracts writes it anew"
    );
    assert!(before.is_sorted() && before.len() == now.len(), "{name}: the snapshot is not sorted, or says a thing twice");
}

#[test]
fn a_difference_names_what_is_gone_and_what_has_come() {
    let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(difference(&lines("a b c"), &lines("a c d")), "  - b\n  + d\n");
    assert_eq!(difference(&lines("a b"), &lines("a b")), "");
}
