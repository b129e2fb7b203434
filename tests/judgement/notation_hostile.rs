//! Texts cut short, changed, repeated without end and nested without end: in every notation an answer comes, and what the fuzz
//! target `notation` holds them to is true of them.

use ikev2::proposal::notation::{Hint, Notation};
use proptest::prelude::*;
use std::fs;

#[path = "../fuzz_bodies/notation.rs"]
#[allow(unreachable_pub, dead_code, reason = "shared with the fuzz target")]
mod body;

use body::{every_notation, taken_for};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/notations");

/// The case texts, each with its notation.
fn texts() -> Vec<(Notation, String)> {
    let rows = fs::read_to_string(format!("{FOLDER}/meanings.jsonl")).expect("meanings");
    let texts: Vec<_> = rows
        .lines()
        .map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).expect("a row");
            let text = fs::read_to_string(format!("{FOLDER}/{}", row["file"].as_str().expect("a file"))).expect("a text");
            (row["notation"].as_str().expect("a name").parse().expect("a notation"), text)
        })
        .collect();
    assert!(texts.len() >= 49);
    texts
}

/// As its notation, and as whatever it looks like.
fn both(text: &str, notation: Notation) {
    taken_for(text, Hint::default());
    taken_for(text, Hint { notation: Some(notation), ..Hint::default() });
}

#[test]
fn every_text_in_every_notation() {
    for (_, text) in texts() {
        every_notation(&text, None, None);
        every_notation(&text.replace('\n', "\r\n"), None, None);
        every_notation(&text.to_uppercase(), None, None);
    }
}

#[test]
fn every_prefix() {
    for (notation, text) in texts() {
        for (at, _) in text.char_indices() {
            both(&text[..at], notation);
        }
    }
}

#[test]
fn every_character_changed() {
    for (notation, text) in texts() {
        for (at, c) in text.char_indices() {
            let (head, tail) = (&text[..at], &text[at + c.len_utf8()..]);
            let rare = ["\0", "\n", "}", "\u{fffd}", "9", "'", ","][at % 7];
            for other in ["", "\"", rare] {
                both(&format!("{head}{other}{tail}"), notation);
            }
        }
    }
}

/// As much of it as makes so many octets.
fn filled(piece: &str, octets: usize) -> String {
    piece.repeat(octets / piece.len() + 1)
}

/// A reader that looks at the rest of the text for every piece of it would not end.
#[test]
fn a_megabyte_of_one_piece() {
    const PIECES: [&str; 24] = [
        " ",
        "\n",
        "\r\n",
        "a",
        "-",
        "=",
        "\"",
        "'",
        "\\",
        "\\\"",
        "`",
        "# ",
        "/*",
        "<a ",
        "[ ",
        "a=b\n",
        "a: ",
        "\u{e9}",
        "&#x41;",
        "phase",
        "\"[x",
        "proposal ",
        "IkeSaProposal.Builder(",
        "Phase1EncryptionAlgorithms=[",
    ];
    for piece in PIECES {
        taken_for(&filled(piece, 1_000_000), Hint::default());
        every_notation(&filled(piece, 200_000), None, None);
    }
}

#[test]
fn texts_again_and_again() {
    for (notation, text) in texts() {
        both(&filled(&text, 200_000), notation);
        // On one line.
        both(&filled(&text.replace('\n', " "), 200_000), notation);
    }
}

#[test]
fn nested_without_end() {
    for piece in ["{", "[", "(", "<a>", "{\"a\":", "[{", "a {\n", "<!--", "<a b=\"", "'{\"", "${", "set a { "] {
        every_notation(&piece.repeat(100_000), None, None);
        let (open, close) = (piece.repeat(10_000), "}])</a>}]}\n".repeat(10_000));
        every_notation(&format!("{open}{close}"), None, None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Lines of several texts in any order.
    #[test]
    fn lines_of_anything(picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..20)) {
        let texts = texts();
        let mut mixed = String::new();
        for (text, line) in picks {
            let (_, text) = &texts[text.index(texts.len())];
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            mixed.push_str(lines[line.index(lines.len())]);
        }
        every_notation(&mixed, None, None);
    }
}
