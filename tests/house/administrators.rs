//! docs/windows-always-on-vpn.md leads from every error number that `diagnose` prints to the causes it prints it for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The table of error numbers: its rows.
fn rows() -> Vec<String> {
    let page = std::fs::read_to_string(root().join("docs/windows-always-on-vpn.md")).unwrap();
    let (_, table) = page.split_once("| error |").unwrap();
    table.lines().skip(2).take_while(|line| line.starts_with('|')).map(str::to_owned).collect()
}

/// Of each cause with an error number, its code and the numbers that stand in the code that gives them.
fn causes() -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for entry in root().join("src/diagnose/cause").read_dir().unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let Some((_, after)) = text.split_once("const CODE: &'static str = \"") else { continue };
        let Some((_, body)) = after.split_once("fn windows_error(&self") else { continue };
        let body = body.split_once("{\n").unwrap().1.split("\n    }").next().unwrap();
        if body.trim() != "None" {
            let code: String = body.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let numbers = code.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() >= 3 && word.parse::<u32>().is_ok());
            found.insert(after.split('"').next().unwrap().to_owned(), numbers.map(str::to_owned).collect());
        }
    }
    found
}

#[test]
fn every_cause_with_an_error_number_is_in_the_table_of_numbers() {
    let (rows, causes) = (rows(), causes());
    assert!(rows.len() >= 20 && causes.len() >= 13, "{} rows, {} causes", rows.len(), causes.len());
    for (code, numbers) in causes {
        let of_cause: Vec<_> = rows.iter().filter(|row| row.contains(&format!("`{code}`"))).collect();
        assert!(!of_cause.is_empty(), "no row names {code}");
        for number in numbers {
            assert!(rows.iter().any(|row| row.split('|').nth(1).unwrap().contains(&number)), "no row for {number} of {code}");
        }
    }
}

#[test]
fn the_numbers_people_ask_for_are_in_the_table() {
    let rows = rows();
    for number in ["691", "800", "809", "812", "868", "13801", "13802", "13806", "13838", "13843", "13868"] {
        assert!(rows.iter().any(|row| row.split('|').nth(1).unwrap().contains(number)), "{number}");
    }
}
