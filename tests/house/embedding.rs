//! docs/embedding.md and docs/suricata.md show the programs as they are: each piece of Rust stands word for word in the file named before it.

use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A piece of Rust with the source file that the text before it names last.
struct Snippet {
    file: String,
    code: String,
}

fn snippets(page: &str) -> Vec<Snippet> {
    let (mut found, mut file) = (Vec::new(), None);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line == "```rust" {
            let code = lines.by_ref().take_while(|line| *line != "```").fold(String::new(), |code, line| code + line + "\n");
            let file = file.clone().unwrap_or_else(|| panic!("no file is named before:\n{code}"));
            found.push(Snippet { file, code });
        } else {
            let named = line.split("](../").skip(1).filter_map(|rest| rest.split_once(')')).map(|(path, _)| path.to_owned());
            file = named.filter(|path| path.ends_with(".rs")).last().or(file);
        }
    }
    found
}

/// Whether the file has the code, as lines that follow each other.
fn has(file: &str, code: &str) -> bool {
    format!("\n{file}").contains(&format!("\n{code}"))
}

#[test]
fn the_code_on_the_page_is_that_of_the_programs() {
    let shown: BTreeSet<_> = compared("docs/embedding.md").into_iter().map(|snippet| snippet.file).collect();
    let programs = ["core", "monitor", "fragment", "negotiate", "strategy", "gateway", "firmware/src/main"];
    for program in programs.map(|name| format!("examples/{name}.rs")) {
        assert!(shown.contains(&program), "docs/embedding.md shows nothing of {program}");
    }
}

/// The pieces of a page, each of which its file has.
fn compared(page: &str) -> Vec<Snippet> {
    let snippets = snippets(&read(page));
    for Snippet { file, code } in &snippets {
        assert!(code.lines().count() >= 3, "{file}: too little to be a piece of it:\n{code}");
        assert!(has(&read(file), code), "{file} does not have this piece of {page}:\n{code}");
    }
    snippets
}

/// Lines of a file that are neither empty nor a comment.
fn lines_of_code(path: &str) -> usize {
    read(path).lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[test]
fn the_loop_of_a_monitor_is_shown_and_counted_as_it_is() {
    const LOOP: &str = "benches/peers/src/suricata";
    let shown = compared("docs/suricata.md");
    assert!(shown.len() >= 2 && shown.iter().all(|snippet| snippet.file == format!("{LOOP}/ikev2.rs")));
    let row = ["ipsec_parser", "ikev2"].map(|side| format!("{} |", lines_of_code(&format!("{LOOP}/{side}.rs"))));
    let row = format!("| lines of Rust, comments aside | {}", row.join(" "));
    assert!(read("docs/suricata.md").contains(&row), "docs/suricata.md does not have the row: {row}");
}

#[test]
fn every_program_for_embedders_is_on_the_page() {
    let page = read("docs/embedding.md");
    for entry in Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").read_dir().unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".rs") {
            assert!(page.contains(&format!("](../examples/{name})")), "docs/embedding.md does not link to examples/{name}");
        }
    }
}

#[test]
fn a_piece_that_differs_is_told() {
    let page = "See [a](../a.rs) and [b](../b/c.rs).\n\n```rust\nfn x() {\n}\n```\n```sh\nls\n```\n[page](../d.md)\n```rust\n    y\n```\n";
    let found: Vec<_> = snippets(page).into_iter().map(|snippet| (snippet.file, snippet.code)).collect();
    assert_eq!(found, [("b/c.rs".to_owned(), "fn x() {\n}\n".to_owned()), ("b/c.rs".to_owned(), "    y\n".to_owned())]);
    let file = "fn w() {}\nfn x() {\n}\n";
    assert!(has(file, "fn x() {\n}\n") && has(file, "fn w() {}\n"));
    assert!(!has(file, "fn x() {\n    }\n") && !has(file, "x() {\n}\n") && !has(file, "fn x() {\n}\n}\n"));
}
