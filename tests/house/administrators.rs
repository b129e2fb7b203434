//! docs/windows-always-on-vpn.md leads from every error number and event that the tools print or read to the codes they print for it, and from
//! there to a section with the setting.

use ikev2::Instant;
use ikev2::diagnose::{Capabilities, Cause, Diagnoser, Observation, Observed, Transport, WatchLimits, WindowsEvent};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const HEAD: &str = "| event or error | what is seen | codes | setting |";

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn page() -> String {
    read("docs/windows-always-on-vpn.md")
}

/// A row of the table.
struct Row {
    numbers: BTreeSet<u32>,
    /// The first cell begins with a number, and is no event.
    is_error: bool,
    codes: BTreeSet<String>,
    setting: String,
    text: String,
}

/// The words between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Numbers of three digits or more that stand alone, in their order.
fn numbers(text: &str) -> Vec<u32> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() >= 3);
    words.filter_map(|word| word.parse().ok()).collect()
}

fn rows(page: &str) -> Vec<Row> {
    let (_, table) = page.split_once(HEAD).expect("the page has one table of errors and events");
    let lines = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [what, _, codes, setting] = cells[..] else { panic!("not four cells: {line}") };
        // What an error is called is no number of its own.
        let named = if what.starts_with("event") { what } else { what.split(": ").next().unwrap() };
        Row {
            numbers: numbers(named).into_iter().collect(),
            is_error: what.starts_with(|c: char| c.is_ascii_digit()),
            codes: quoted(codes).map(str::to_owned).collect(),
            setting: setting.to_owned(),
            text: line.to_owned(),
        }
    };
    lines.map(row).collect()
}

/// `the codes of 809` stands for those of the rows of 809.
fn codes_of(rows: &[Row], error: u32) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for row in rows.iter().filter(|row| row.is_error && row.numbers.contains(&error)) {
        found.extend(row.codes.iter().cloned());
        if let Some((_, after)) = row.text.split_once("the codes of ") {
            found.extend(codes_of(rows, numbers(after)[0]));
        }
    }
    found
}

/// The code of every finding, and the numbers that stand in the function that gives its error.
fn findings() -> BTreeMap<String, BTreeSet<u32>> {
    let mut found = BTreeMap::new();
    for entry in Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnose/cause").read_dir().unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let Some((_, after)) = text.split_once("const CODE: &'static str = \"") else { continue };
        let body = after.split_once("fn windows_error(&self").map_or("", |(_, body)| body.split("\n    }").next().unwrap());
        let code: Vec<_> = body.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        found.insert(after.split('"').next().unwrap().to_owned(), numbers(&code.join(" ")).into_iter().collect());
    }
    let listed = read("src/diagnose/cause/mod.rs");
    let listed = listed.split_once("\ncauses! {\n").unwrap().1.split("\n}").next().unwrap();
    assert_eq!(
        found.len(),
        listed.lines().filter(|line| !line.trim_start().starts_with("//")).count(),
        "findings, and rows of their table"
    );
    found
}

/// The codes of `ike certificate`.
fn certificate_codes() -> BTreeSet<String> {
    let text = read("tools/src/evidence/certificate/problem.rs");
    let (_, table) = text.split_once("\ncodes! {\n").unwrap();
    let found: BTreeSet<_> = table
        .split("\n}")
        .next()
        .unwrap()
        .lines()
        .filter_map(|line| Some(line.split_once(" = \"")?.1.split('"').next()?.to_owned()))
        .collect();
    assert!(found.len() >= 40, "{found:?}");
    found
}

/// What the library makes of an event with an error: whether it knows what it means, and the codes that may be meant.
fn told(error: u32) -> (bool, Vec<&'static str>) {
    let mut diagnoser = Diagnoser::new(WatchLimits::default(), Capabilities::default(), None);
    let (client, server) = ("192.0.2.1:0".parse().unwrap(), "192.0.2.2:0".parse().unwrap());
    let event = Observed::WindowsEvent(WindowsEvent::new(20227, Some(error), false));
    diagnoser.observe(&Observation::new(Instant::START, client, server, Transport::Udp, event).with_packets(&[1]));
    let findings = diagnoser.finish().0;
    let of_event = findings.iter().find_map(|finding| match &finding.cause {
        Cause::WindowsErrorTold(cause) => Some((cause.meaning.is_some(), cause.causes.clone())),
        _ => None,
    });
    of_event.unwrap_or_else(|| panic!("an event with error {error} is told"))
}

/// Numbers in the lines of a source file that have one of these words.
fn numbers_in(path: &str, words: &[&str]) -> BTreeSet<u32> {
    let text = read(path);
    let code = text.split("#[cfg(test)]").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//") && words.iter().any(|word| line.contains(word)));
    lines.flat_map(numbers).collect()
}

#[test]
fn every_error_number_has_a_row_with_the_codes_that_are_printed_for_it() {
    let rows = rows(&page());
    let mut known = 0;
    for error in (600..=900).chain(13800..=13924) {
        let (is_known, codes) = told(error);
        known += usize::from(is_known);
        let of_page = codes_of(&rows, error);
        assert!(!is_known || rows.iter().any(|row| row.is_error && row.numbers.contains(&error)), "no row for error {error}");
        let missing: Vec<_> = codes.iter().filter(|code| !of_page.contains(**code)).collect();
        assert!(missing.is_empty(), "the rows of error {error} lack {missing:?}");
    }
    assert!(known >= 60, "{known} errors are known");
    // A finding gives a number by itself; the log reader, two sides that disagree, and a certificate do as well.
    for (code, errors) in findings() {
        for error in errors {
            assert!(codes_of(&rows, error).contains(&code), "no row leads from error {error} to {code}");
        }
    }
    let mut others = numbers_in("tools/src/evidence/logs/windows.rs", &["\", "]);
    others.extend(numbers_in("tools/src/evidence/negotiation/answer.rs", &["Some(if default"]));
    for file in ["links", "judge"] {
        others.extend(numbers_in(&format!("tools/src/evidence/certificate/{file}.rs"), &["Some(809)", "Some(13", "=> 13"]));
    }
    assert!(others.len() >= 10 && [649, 800, 809, 13801, 13806].iter().all(|error| others.contains(error)), "{others:?}");
    for error in others {
        assert!(rows.iter().any(|row| row.is_error && row.numbers.contains(&error)), "no row for error {error}");
    }
}

#[test]
fn numbers_come_first_and_in_their_order() {
    let rows = rows(&page());
    let errors: Vec<u32> = rows.iter().filter(|row| row.is_error).map(|row| *row.numbers.first().unwrap()).collect();
    assert!(errors.len() >= 60 && errors.is_sorted(), "{errors:?}");
    let first_other = rows.iter().position(|row| !row.is_error).unwrap();
    assert!(rows[first_other..].iter().all(|row| !row.is_error), "a number stands below the events");
}

#[test]
fn every_event_that_is_read_has_a_row() {
    let rows = rows(&page());
    let of_events: BTreeSet<u32> = rows.iter().filter(|row| row.text.starts_with("| event")).flat_map(|row| row.numbers.clone()).collect();
    let text = read("tools/src/evidence/logs/windows.rs");
    let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}"));
    let client = numbers(line("const CLIENT: ").split(" = ").nth(1).unwrap());
    let server = numbers(line("const SERVER: ").split(" = ").nth(1).unwrap());
    assert!(client.len() == 2 && server.len() >= 8, "{client:?} {server:?}");
    for event in (client[0]..=client[1]).chain(server).chain([6273]) {
        assert!(of_events.contains(&event), "no row for event {event}");
    }
}

/// What stands between backticks in the page, is written like a code, and is none: names of Windows and others.
const NAMES: &[&str] = &[
    "DHGroup",
    "EapConfiguration",
    "EncryptionMethod",
    "IkeNumEstablishedForInitialQuery",
    "IntegrityCheckMethod",
    "NativeProtocolType",
    "PfsGroup",
    "TlsVersion",
];

#[test]
fn the_codes_of_the_page_are_those_of_the_tools() {
    let page = page();
    let rows = rows(&page);
    let mut known: BTreeSet<_> = findings().into_keys().collect();
    known.extend(certificate_codes());
    let named: BTreeSet<_> = rows.iter().flat_map(|row| row.codes.clone()).collect();
    let missing: Vec<_> = known.difference(&named).collect();
    assert!(missing.is_empty(), "no row has {missing:#?}");
    let gone: Vec<_> = named.difference(&known).collect();
    assert!(gone.is_empty(), "codes that the tools do not have: {gone:#?}");
    // In the sections as well.
    let like_a_code = |word: &&str| {
        let letters = word.chars().all(|c| c.is_ascii_alphanumeric());
        let camel = word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().skip(1).any(|c| c.is_ascii_uppercase());
        letters && camel && word.chars().any(|c| c.is_ascii_lowercase()) && !word.starts_with("IKEv")
    };
    let outside: String = page.split("```").step_by(2).collect();
    let words: BTreeSet<_> = quoted(&outside).filter(like_a_code).collect();
    for word in &words {
        assert!(known.contains(*word) || NAMES.contains(word), "`{word}` is neither a code nor a known name");
    }
    assert!(NAMES.iter().all(|name| words.contains(name)), "a name that the page does not have: {words:?}");
}

/// The part of an address that leads to a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Headings with the text below each, down to the next.
fn sections(page: &str) -> Vec<(usize, String, String)> {
    let mut found: Vec<(usize, String, String)> = Vec::new();
    let mut fenced = false;
    for line in page.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let depth = line.chars().take_while(|c| *c == '#').count();
        if !fenced && depth > 0 && line[depth..].starts_with(' ') {
            found.push((depth, line[depth..].trim().to_owned(), String::new()));
        } else if let Some((_, _, text)) = found.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}

fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](#").skip(1).map(|after| after.split(')').next().unwrap())
}

#[test]
fn links_lead_to_sections_and_every_row_to_a_setting() {
    let page = page();
    let sections = sections(&page);
    let anchors: BTreeSet<_> = sections.iter().map(|(_, heading, _)| anchor(heading)).collect();
    assert_eq!(anchors.len(), sections.len(), "two headings have one anchor");
    let linked: BTreeSet<_> = links(&page).collect();
    assert!(linked.len() >= 20, "{linked:?}");
    for link in &linked {
        assert!(anchors.contains(*link), "no heading for #{link}");
    }
    let rows = rows(&page);
    for row in &rows {
        let as_another = row.setting.strip_prefix("as ").and_then(|number| number.parse::<u32>().ok());
        let leads = links(&row.setting).next().is_some()
            || matches!(&*row.setting, "nothing" | "the row of the number")
            || as_another
                .is_some_and(|number| rows.iter().any(|row| row.is_error && row.numbers.contains(&number) && row.setting.contains("](#")));
        assert!(leads, "no setting: {}", row.text);
    }
}

#[test]
fn every_section_of_settings_is_linked_and_says_where_and_how_to_check() {
    let page = page();
    let sections = sections(&page);
    let from = sections.iter().position(|(_, heading, _)| heading == "Settings").unwrap() + 1;
    let of_settings: Vec<_> = sections[from..].iter().take_while(|(depth, ..)| *depth == 3).collect();
    assert!(of_settings.len() >= 15, "{} sections", of_settings.len());
    for (_, heading, text) in of_settings {
        assert!(page.contains(&format!("](#{})", anchor(heading))), "nothing leads to \"{heading}\"");
        assert!(["lient", "RRAS", "NPS"].iter().any(|machine| text.contains(machine)), "\"{heading}\" names no machine");
        // A section that only leads on to the next ones has commands to judge by.
        assert!(text.contains("Check: ") || text.contains("Exit status 0"), "\"{heading}\" does not say how to check");
    }
}

#[test]
fn a_table_and_its_links_are_read() {
    let text = format!(
        "## One, and two\n{HEAD}\n|---|---|---|---|\n| 691, 812: x 900 | y | `A`, `b_c` | [s](#one-and-two) |\n| event 20227 | | `A` | as 691 |\n\n```sh\n# no\n```\n"
    );
    let rows = rows(&text);
    assert_eq!((rows.len(), rows[0].is_error, rows[1].is_error), (2, true, false));
    assert_eq!((Vec::from_iter(rows[0].numbers.clone()), rows[0].codes.len()), (vec![691, 812], 2));
    assert_eq!((sections(&text).len(), anchor("The client's \"a_b\" - c")), (1, "the-clients-a_b---c".to_owned()));
    assert_eq!(links(&text).collect::<Vec<_>>(), ["one-and-two"]);
}
