#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test fails by panicking")]

use super::{Event, Kind, Reader, Tokens};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::prelude::*;
use serde_json::Value;

/// The tokens of a text: words as they are, other things by their sign.
fn spell(text: &str) -> Vec<&str> {
    Tokens::of(text).filter(|token| token.kind != Kind::Line).map(|token| token.word.text).collect()
}

#[test]
fn quotes_around_documents_are_stepped_over() {
    let plain = spell(r#"{"a": ["b", "c d"]}"#);
    assert_eq!(plain, ["{", "a", ":", "[", "b", ",", "c d", "]", "}"]);
    for text in [
        r#"'{"a": ["b", "c d"]}'"#,
        r#""{\"a\": [\"b\", \"c d\"]}""#,
        "{'a': ['b', 'c d']}",
        "{\u{201c}a\u{201d}: ['b', \"c d\"]}",
        "{ # \"x\n\"a\": /* [ */ [\"b\", // ]\n \"c d\"]}",
    ] {
        assert_eq!(spell(text), plain, "{text}");
    }
    assert_eq!(spell(r#""{\"x\": \"[{\\\"y\\\": 1}]\"}" z"#), ["{", "x", ":", "[", "{", "y", ":", "1", "}", "]", "}", "z"]);
    // Quotes of prose, brackets of names, and quotes that end nowhere.
    assert_eq!(spell("I don't, it's \"fine"), ["I", "don", "t", ",", "it", "s", "fine"]);
    assert_eq!(spell(r#""[Branch] x", "y""#), ["[Branch] x", ",", "y"]);
    assert_eq!(spell("a \\\n b ^\r\n c `\n d - - e"), ["a", "b", "c", "d", "-", "-", "e"]);
}

#[test]
fn values_of_a_key() {
    let values = |text: &str| -> Vec<String> {
        let mut reader = Reader::of(text);
        loop {
            match reader.next().unwrap() {
                Event::Key { name, .. } if name.text == "k" => {
                    return reader.values().iter().map(|word| word.text.to_string()).collect();
                }
                _ => {}
            }
        }
    };
    for text in [
        "k: [a, b] c",
        "k = [\n a,\n b,\n]\nc = 1",
        "\"k\":\n[{\"Value\": \"a\"}, {\"Value\": \"b\"}], \"c\": 1",
        "k:\n- a\n- b\nc: 1",
        "k:\n  - Value: a # one\n\n  -\n    Value: b\n  - c: 1",
        "k = toset([\"a\", \"b\"])",
        "k=[{Value=a},{Value=b}],c=1",
    ] {
        assert_eq!(values(text), ["a", "b"], "{text}");
    }
    assert_eq!(values("k: a, b"), ["a"]);
    assert_eq!(values("k: \"a b\"\n"), ["a b"]);
    for text in ["k:\nc: 1", "k:\nprose", "k: []", "k:", "k: }", "k:\n- c: 1"] {
        assert!(values(text).is_empty(), "{text}");
    }
}

/// Keys and scalars of a document in order.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                found.push(key.clone());
                leaves(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::String(text) => found.push(text.clone()),
        other => found.push(other.to_string()),
    }
}

fn documents() -> impl Strategy<Value = Value> {
    let word = "[a-zA-Z0-9_. /:@-]{0,6}[a-zA-Z0-9][{}, \\[\\]'#]{0,2}";
    let leaf = prop_oneof![any::<bool>().prop_map(Value::from), any::<u32>().prop_map(Value::from), word.prop_map(Value::from)];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let members = prop::collection::vec((word, inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// What a parser of JSON reads, in its order, whatever the white space; and every word stands where it says.
    #[test]
    fn json_is_read_as_a_parser_reads_it(document in documents(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&document).unwrap() } else { document.to_string() };
        let mut meant = Vec::new();
        leaves(&document, &mut meant);
        // A list of words in quotes could be the name of something.
        let argument = if document.as_object().is_some_and(|members| !members.is_empty()) { text.clone() } else { String::from("{}") };
        let meant_there = if argument == text { meant.clone() } else { Vec::new() };
        let argument = format!("'{}'", argument.replace('\'', " "));
        let meant_there = meant_there.iter().map(|word| word.replace('\'', " ")).collect();
        let escaped = text.replace('"', "\\\"");
        for (text, meant) in [(text, meant.clone()), (argument, meant_there), (escaped, meant)] {
            let tokens = Tokens::of(&text).filter(|token| token.is_word());
            let read: Vec<String> = tokens
                .map(|token| {
                    assert_eq!(&text[token.word.at..token.word.at + token.word.text.len()], token.word.text);
                    token.word.text.to_string()
                })
                .collect();
            prop_assert!(read == meant, "{read:?} {meant:?} in {text}");
        }
    }

    /// No text is too odd, no token is lost or read twice.
    #[test]
    fn tokens_go_on(text in "[{}\\[\\]():=,;#/*'\"\\\\\n a-c-]{0,60}") {
        let mut at = 0;
        for token in Tokens::of(&text) {
            prop_assert!(token.word.at >= at && !token.word.text.is_empty() || token.kind == Kind::Quoted);
            at = token.word.at + token.word.text.len();
        }
        let mut reader = Reader::of(&text);
        while let Some(event) = reader.next() {
            if let Event::Key { .. } = event {
                reader.values();
            }
        }
    }
}
