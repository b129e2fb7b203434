//! The case texts, cut anywhere and with any sign changed: an answer, and places within the text.

use ikev2::proposal::notation::{Hint, Notation, Settings, Span, detect, read};
use std::fs;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/notations");

fn spans(settings: &Settings) -> Vec<Span> {
    let proposals = settings.ike.iter().chain(&settings.esp).filter_map(|stated| stated.span);
    let numbers =
        [settings.ike_lifetime, settings.esp_lifetime, settings.esp_octets].into_iter().flatten().filter_map(|stated| stated.span);
    let others = [
        settings.pfs.as_ref().and_then(|stated| stated.span),
        settings.tunnel_type.and_then(|stated| stated.span),
        settings.fragmentation.and_then(|stated| stated.span),
        settings.remote_identity.as_ref().and_then(|stated| stated.span),
    ];
    let remarks = settings.remarks.iter().filter_map(|remark| remark.span);
    proposals.chain(numbers).chain(others.into_iter().flatten()).chain(remarks).collect()
}

fn check(text: &str, notation: Notation) {
    let within = |at: usize, len: usize| text.get(at..at + len).is_some();
    if let Some(found) = detect(text) {
        assert!(within(found.span.at, found.span.len), "{notation} {found:?}\n{text}");
    }
    match read(text, Hint { notation: Some(notation), ..Hint::default() }) {
        Ok(settings) => {
            for span in spans(&settings) {
                assert!(within(span.at, span.len), "{notation} {span:?}\n{text}");
            }
        }
        Err(error) => {
            assert!(within(error.error.at, error.error.len), "{notation} {error:?}\n{text}");
            assert!(!error.on(text).to_string().is_empty());
        }
    }
}

#[test]
fn every_cut_and_every_changed_sign() {
    let mut texts = 0;
    for row in fs::read_to_string(format!("{FOLDER}/meanings.jsonl")).expect("meanings").lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect("a row");
        let notation: Notation = row["notation"].as_str().expect("a notation").parse().expect("one of ours");
        let text = fs::read_to_string(format!("{FOLDER}/{}", row["file"].as_str().expect("a file"))).expect("a text");
        texts += 1;
        for (at, sign) in text.char_indices() {
            check(&text[..at], notation);
            check(&text[at..], notation);
            for other in ["", "ä", "<", "\"", "{", "&", "0"] {
                // A few of all, one of each place.
                if (at + other.len()) % 3 == 0 {
                    check(&format!("{}{other}{}", &text[..at], &text[at + sign.len_utf8()..]), notation);
                }
            }
        }
    }
    assert!(texts > 40, "{texts}");
}
