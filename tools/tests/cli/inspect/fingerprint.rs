//! Whom `ike inspect` takes the sender of IKE_SA_INIT for, against who it was (`tests/data/fingerprint/truth.csv`): precision and recall, which
//! docs/fingerprint.md states. `cargo test -p ikev2-tools --test cli inspect::fingerprint -- --nocapture` prints them.

use crate::kit::{ike, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;

/// The folders with the captures of one occasion each. The rules were written over the first; the last but one was recorded when they were
/// done, and the last when they had been mended for that.
const FOLDERS: [&str; 6] = [
    "tests/captures",
    "tests/captures-causes",
    "tests/captures-diagnose",
    "tools/tests/cases/diagnose",
    "tests/captures-fingerprint",
    "tests/captures-fingerprint/again",
];

const STACKS: [&str; 3] = ["strongSwan", "libreswan", "OpenIKED"];

/// One message of IKE_SA_INIT.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    folder: &'static str,
    /// Who sent it, as truth.csv says.
    truth: String,
    kind: Kind,
    /// The part of the form that the stack decides.
    form: String,
    product: Option<String>,
    perhaps: Option<String>,
    spi_i: String,
    place: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Request,
    Answer,
    /// A response without an SA payload: an error, a cookie, a redirection.
    Refusal,
}

struct Row {
    capture: String,
    spi_i: String,
    sides: [String; 2],
}

fn truth() -> Vec<Row> {
    let text = std::fs::read_to_string(root().join("tests/data/fingerprint/truth.csv")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| {
        let [capture, spi_i, initiator, responder] = line.split(',').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        Row { capture, spi_i, sides: [initiator, responder] }
    });
    rows.collect()
}

/// Whether a name fits a pattern with `*`.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name
            .strip_prefix(start)
            .is_some_and(|name| name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| fits(rest, &name[at..]))),
    }
}

fn captures(folder: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let is_capture =
        |path: &PathBuf| path.extension().is_some_and(|extension| ["pcap", "pcapng", "gz"].iter().any(|one| extension == *one));
    let mut files: Vec<_> = files.filter(is_capture).collect();
    files.sort();
    files
}

/// Every message of IKE_SA_INIT with a truth, each once, however often and in however many captures it was seen.
static SEEN: LazyLock<Vec<Seen>> = LazyLock::new(|| {
    let truth = truth();
    let mut used = BTreeSet::new();
    let mut seen = BTreeMap::new();
    for folder in FOLDERS {
        for file in captures(folder) {
            let stem = file.file_name().unwrap().to_str().unwrap().split(".pcap").next().unwrap();
            let name = format!("{folder}/{stem}");
            let (_, out, _) = ike([&"inspect", &"--json" as &dyn AsRef<std::ffi::OsStr>, &file].map(|arg| arg.as_ref().to_owned()), "");
            for line in out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
                let Some(print) = line.get("fingerprint") else { continue };
                let (spi_i, response) = (line["spi_i"].as_str().unwrap().to_owned(), line["response"].as_bool().unwrap());
                let at = truth.iter().position(|row| fits(&row.capture, &name) && fits(&row.spi_i, &spi_i));
                let at = at.unwrap_or_else(|| panic!("{name}: no row"));
                used.insert(at);
                let text = |field: &str| print[field].as_str().map(str::to_owned);
                let truth = truth[at].sides[usize::from(response)].clone();
                // A vendor ID in a message made by hand: it says who it wants to be, and nobody is that.
                if truth == "-" || truth == "other" && text("sign").as_deref() == Some("vendor_id") {
                    continue;
                }
                let whole = text("form").unwrap();
                let form = whole.rsplit_once('_').unwrap().0.to_owned();
                let has_sa = form.split('_').nth(2).unwrap().split(',').any(|payload| payload == "33");
                let kind = match (response, has_sa) {
                    (false, _) => Kind::Request,
                    (true, true) => Kind::Answer,
                    (true, false) => Kind::Refusal,
                };
                let (product, perhaps) = (text("product"), text("perhaps"));
                let one = Seen { folder, truth, kind, form, product, perhaps, spi_i: spi_i.clone(), place: name.clone() };
                seen.entry((folder, spi_i, response, whole)).or_insert(one);
            }
        }
    }
    let idle: Vec<_> = truth.iter().enumerate().filter(|(at, _)| !used.contains(at)).map(|(_, row)| &row.capture).collect();
    assert!(idle.is_empty(), "rows that fit nothing: {idle:?}");
    seen.into_values().collect()
});

/// Messages, those named rightly, those of which the right name is given as possible or as one of two, and those named wrongly.
#[derive(Default, Clone, Copy)]
struct Count {
    all: usize,
    right: usize,
    perhaps: usize,
    wrong: usize,
}

impl Count {
    fn of<'s>(seen: impl Iterator<Item = &'s Seen>) -> Self {
        let mut count = Self::default();
        for one in seen {
            let said = one.product.as_ref().or(one.perhaps.as_ref());
            count.all += 1;
            match said {
                None => {}
                Some(names) if !names.split(" or ").any(|name| name == one.truth) => {
                    count.wrong += 1;
                    println!("WRONG {}: {} of {} taken for {names}: {}", one.place, one.truth, one.spi_i, one.form);
                }
                Some(_) if one.product.as_ref() == Some(&one.truth) => count.right += 1,
                Some(_) => count.perhaps += 1,
            }
        }
        count
    }
}

/// The rows of the document's table: folder, who it is; requests, answers, refusals: how many, named, named as possible, wrong.
fn figures() -> Vec<String> {
    let mut rows = Vec::new();
    for folder in FOLDERS {
        for truth in STACKS.iter().chain(&["other"]) {
            let of = |kind| Count::of(SEEN.iter().filter(|one| (one.folder, one.kind) == (folder, kind) && one.truth == *truth));
            let counts = [Kind::Request, Kind::Answer, Kind::Refusal].map(of);
            if counts.iter().any(|count| count.all > 0) {
                let cells = counts.map(|Count { all, right, perhaps, wrong }| format!("{all}, {right}, {perhaps}, {wrong}"));
                rows.push(format!("| {folder} | {truth} | {} |", cells.join(" | ")));
            }
        }
    }
    rows
}

#[test]
fn nobody_is_taken_for_another_and_most_are_recognised() {
    let figures = figures();
    figures.iter().for_each(|row| println!("{row}"));
    let document = std::fs::read_to_string(root().join("docs/fingerprint.md")).unwrap();
    let missing: Vec<_> = figures.iter().filter(|row| !document.lines().any(|line| line == *row)).collect();
    for folder in FOLDERS {
        let of = |kinds: &[Kind], truths: &[&str]| {
            Count::of(SEEN.iter().filter(|one| one.folder == folder && kinds.contains(&one.kind) && truths.contains(&&*one.truth)))
        };
        let all = of(&[Kind::Request, Kind::Answer, Kind::Refusal], &["strongSwan", "libreswan", "OpenIKED", "other"]);
        let said = all.right + all.perhaps + all.wrong;
        let stacks = of(&[Kind::Request, Kind::Answer], &STACKS);
        println!(
            "{folder}: precision {}/{said}; recall {}/{}, and {} as possible",
            said - all.wrong,
            stacks.right,
            stacks.all,
            stacks.perhaps
        );
        assert!(all.wrong * 100 <= said, "{folder}: more than 1 % wrong");
        assert!((stacks.right + stacks.perhaps) * 100 >= stacks.all * 80, "{folder}: fewer than 80 % recognised");
        assert!(stacks.right * 100 >= stacks.all * 60, "{folder}: fewer than 60 % for certain");
    }
    assert!(SEEN.len() > 700, "{} messages", SEEN.len());
    assert!(missing.is_empty(), "not in docs/fingerprint.md: {missing:#?}");
}

/// What a table of whole forms would be worth, made of one occasion and tried on the others: why the table is one of rules.
#[test]
fn a_table_of_forms_recognises_less() {
    for known in FOLDERS {
        let mut table: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for one in SEEN.iter().filter(|one| one.folder == known && one.kind != Kind::Refusal) {
            table.entry(&one.form).or_default().insert(&one.truth);
        }
        let others = || SEEN.iter().filter(|one| one.folder != known && one.kind != Kind::Refusal && STACKS.contains(&&*one.truth));
        let named =
            others().filter(|one| table.get(&*one.form).is_some_and(|truths| truths.len() == 1 && truths.contains(&*one.truth))).count();
        let ruled = others().filter(|one| one.product.as_deref() == Some(&one.truth)).count();
        println!("forms of {known}: {named} of {} messages of the others; rules: {ruled}", others().count());
        assert!(named < ruled, "{known}");
    }
}

#[test]
fn patterns_fit() {
    for (pattern, name, due) in
        [("a*", "ab", true), ("*b*", "abc", true), ("a*c", "abc", true), ("a", "ab", false), ("*x*", "abc", false), ("*", "", true)]
    {
        assert_eq!(fits(pattern, name), due, "{pattern} {name}");
    }
}
