//! What three daemons did with fragments right and wrong, and what we do: one line per case. The daemons' side is what was
//! recorded of them; ours comes from the same sequence, sealed, opened and pushed.

use crate::kit::seal::{Keys, REQUEST, Sent, at, cut, vendor};
use core::fmt::Write;
use ikev2::fragment::{Progress, Reassembler, ReassemblyLimits};
use ikev2::registry::ExchangeType;
use ikev2::wire::Header;
use serde_json::Value;
use std::collections::BTreeMap;

/// One case. A step is what came of what was sent in it: `A` an answer, `E` an error notify in SK, `-` nothing; one letter per
/// answer, steps apart by a blank. `!` behind the steps: the SA was not established. In our column `A` is the whole message,
/// handed out once and answered, or the response resent.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const CASES: &[Case] = &[
    // case                          ours       strongSwan libreswan  OpenIKED
    ("unfragmented",                 "A",       "A",       "A",       "A"),
    ("in_order_3",                   "A",       "A",       "A",       "A"),
    ("reverse_4",                    "A",       "A",       "A",       "A"),
    ("duplicates",                   "- A",     "- A",     "- A",     "- A"),
    ("duplicate_other_content_last", "A",       "A",       "A",       "A"),
    // RFC 7383 section 2.6: a greater total starts the set over.
    ("total_increase",               "- A",     "- A",     "- -!",    "- -!"),
    // RFC 7383 section 2.6: silently discarded.
    ("number_zero",                  "- A",     "E -!",    "- A",     "- A"),
    ("total_zero",                   "- A",     "E -!",    "- A",     "- A"),
    ("zero_of_zero",                 "-!",      "E!",      "-!",      "-!"),
    ("number_above_total",           "- A",     "E -!",    "- A",     "- A"),
    ("single_fragment",              "A",       "A",       "A",       "A"),
    // Ours: that fragment is refused; nothing is complete.
    ("next_payload_zero_in_first",   "-!",      "-!",      "-!",      "E!"),
    ("empty_first",                  "A",       "A",       "A",       "A"),
    ("bad_icv_then_good",            "- A",     "- A",     "- A",     "- A"),
    ("bad_icv_bigger_total",         "A",       "A",       "A",       "A"),
    // RFC 7383 section 2.3: only if both sides announced it.
    ("not_negotiated",               "- A",     "A -",     "- A",     "A A"),
    // Ours: SK wins.
    ("partial_then_sk",              "- A",     "- A",     "- A",     "- -!"),
    // Ours: fragment 1 of an answered request has the response resent, however the request came at first.
    ("sk_then_fragments",            "A A",     "A -",     "A -",     "A AA"),
    // RFC 7383 section 2.6.1: only fragment 1.
    ("retransmit_only_2",            "A - A A", "A - A A", "A - A A", "A A A AAA"),
    ("critical_bit",                 "A",       "A",       "A",       "A"),
    ("reserved_bits",                "A",       "A",       "A",       "A"),
    // RFC 7383 section 2.5.3 allows them, in fragment 1; those of fragment 1 count.
    ("unprotected_before_skf",       "A",       "-!",      "A",       "-!"),
    ("forty_fragments",              "A",       "A",       "-!",      "A"),
    // Ours: over the limit of 1024 fragments, refused before a set is opened.
    ("huge_total",                   "- A",     "- A",     "- A",     "- A"),
    // Ours: sets of both message IDs; the caller, who knows what it expects next, holds back the second.
    ("other_message_id",             "A A",     "- A",     "A -",     "A -"),
    ("exchange_mismatch",            "-!",      "-!",      "-!",      "-!"),
];

/// Rows of the record: case, then daemon.
fn recorded() -> BTreeMap<String, BTreeMap<String, Value>> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/oracles/fragment-behaviour.jsonl");
    let mut cases: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let daemon = row["peer"].as_str().unwrap().split(' ').next().unwrap().to_owned();
        assert!(cases.entry(row["case"].as_str().unwrap().to_owned()).or_default().insert(daemon, row).is_none());
    }
    cases
}

/// What a daemon did, as the table writes it.
fn summary(row: &Value) -> String {
    let steps = row["steps"].as_array().unwrap().iter().map(|step| {
        let letters =
            step["answers"].as_array().unwrap().iter().map(|answer| if answer.as_str().unwrap().contains("N(") { 'E' } else { 'A' });
        let letters: String = letters.collect();
        if letters.is_empty() { "-".to_owned() } else { letters }
    });
    let steps = steps.collect::<Vec<_>>().join(" ");
    if row["established"] == true { steps } else { steps + "!" }
}

/// The message that is sent in pieces: as large as the recorded ones.
fn content() -> Vec<u8> {
    vendor(224)
}

/// Fragment `number` of the content in `total`.
fn piece(number: u16, total: u16) -> Sent {
    cut(&content(), total).swap_remove(usize::from(number - 1))
}

/// A fragment of the content with another number and total.
fn numbered(number: u16, total: u16) -> Sent {
    Sent { fragment: Some((number, total)), ..piece(1, 2) }
}

/// What is sent in each step of a case, and which of it is forged.
fn steps(case: &str) -> Vec<Vec<(Sent, bool)>> {
    let all = |total: u16| (1..=total).map(|number| piece(number, total)).collect::<Vec<_>>();
    let each = |total: u16, change: fn(Sent) -> Sent| all(total).into_iter().map(change).collect::<Vec<_>>();
    let sk = || vec![Sent::sk(&content())];
    let id_2 = |sent: Sent| sent.with_header(Header { message_id: 2, ..REQUEST });
    let steps = match case {
        "unfragmented" => vec![sk()],
        "in_order_3" => vec![all(3)],
        "reverse_4" => vec![all(4).into_iter().rev().collect()],
        "duplicates" => vec![[1, 1, 2, 2].map(|number| piece(number, 3)).to_vec(), vec![piece(3, 3)]],
        "duplicate_other_content_last" => {
            let bad = Sent { content: vec![0xee; 75], ..piece(2, 3) };
            vec![vec![piece(1, 3), piece(2, 3), bad, piece(3, 3)]]
        }
        "total_increase" => vec![vec![piece(1, 2)], all(3)],
        "number_zero" => vec![vec![numbered(0, 2)], all(2)],
        "total_zero" => vec![vec![numbered(1, 0)], all(2)],
        "zero_of_zero" => vec![vec![numbered(0, 0)]],
        "number_above_total" => vec![vec![numbered(3, 2)], all(2)],
        "single_fragment" => vec![all(1)],
        "next_payload_zero_in_first" => vec![each(3, |sent| Sent { first: 0, ..sent })],
        "empty_first" => {
            let [one, two] = [piece(1, 2), piece(2, 2)];
            vec![vec![Sent::skf(1, 3, &[]), Sent::skf(2, 3, &one.content), Sent::skf(3, 3, &two.content)]]
        }
        "bad_icv_then_good" => {
            let first = vec![(piece(1, 3), false), (piece(2, 3), true), (piece(3, 3), false)];
            return vec![first, vec![(piece(2, 3), false)]];
        }
        "bad_icv_bigger_total" => {
            return vec![vec![(piece(1, 3), false), (numbered(1, 9), true), (piece(2, 3), false), (piece(3, 3), false)]];
        }
        "not_negotiated" => vec![all(2), sk()],
        "partial_then_sk" => vec![vec![piece(1, 3)], sk()],
        "sk_then_fragments" => vec![sk(), all(2)],
        "retransmit_only_2" => vec![all(3), vec![piece(2, 3)], vec![piece(1, 3)], all(3)],
        "critical_bit" => vec![each(2, |sent| Sent { flags: 0x80, ..sent })],
        "reserved_bits" => vec![each(2, |sent| Sent { flags: 0x7f, ..sent })],
        "unprotected_before_skf" => vec![each(2, |sent| sent.in_clear(&[b"vendor"]))],
        "forty_fragments" => vec![all(40)],
        "huge_total" => vec![vec![numbered(1, 65535)], all(2)],
        "other_message_id" => vec![vec![piece(1, 2), id_2(piece(1, 2)), id_2(piece(2, 2))], vec![piece(2, 2)]],
        "exchange_mismatch" => {
            let informational = Header { exchange: ExchangeType::INFORMATIONAL, ..REQUEST };
            vec![vec![piece(1, 2), piece(2, 2).with_header(informational)]]
        }
        other => panic!("{other}: no such case"),
    };
    steps.into_iter().map(|step| step.into_iter().map(|sent| (sent, false)).collect()).collect()
}

/// What we do, as the table writes it, and in words.
fn ours(case: &str) -> (String, String) {
    let (mut keys, mut reassembler) = (Keys::aes_gcm(), Reassembler::new(ReassemblyLimits::default()));
    reassembler.set_negotiated(case != "not_negotiated");
    let (mut letters, mut words, mut now, mut established) = (Vec::new(), String::new(), 0, false);
    for step in steps(case) {
        let mut answers = String::new();
        for (sent, forged) in step {
            now += 20;
            let mut datagram = keys.seal(&sent);
            if forged {
                *datagram.last_mut().unwrap() ^= 1;
            }
            match keys.receive(&mut reassembler, &datagram, at(now)) {
                Ok(Ok(Progress::Complete(whole))) => {
                    assert_eq!((whole.content().as_ref(), whole.first_payload().0), (&*content(), 43), "{case}");
                    assert_eq!(whole.unprotected().count(), usize::from(case == "unprotected_before_skf"), "{case}");
                    assert_eq!(whole.payloads().unwrap().payloads().count(), 1, "{case}");
                    reassembler.mark_answered(whole.header().message_id);
                    established = true;
                    answers.push('A');
                    words.push_str(" complete");
                }
                Ok(Ok(Progress::ResendResponse)) => {
                    answers.push('A');
                    words.push_str(" resend");
                }
                Ok(Ok(Progress::Pending { received: have, total: of })) => write!(words, " {have}/{of}").unwrap(),
                Ok(Ok(Progress::Ignored(reason))) => write!(words, " [{reason}]").unwrap(),
                Ok(other) => write!(words, " [{}]", other.unwrap_err()).unwrap(),
                Err(error) => write!(words, " [{error}]").unwrap(),
            }
        }
        letters.push(if answers.is_empty() { "-".to_owned() } else { answers });
        words.push(';');
    }
    let letters = letters.join(" ");
    (if established { letters } else { letters + "!" }, words)
}

#[test]
fn every_case_has_our_stated_outcome_beside_that_of_three_daemons() {
    let recorded = recorded();
    let names: Vec<_> = recorded.keys().map(String::as_str).collect();
    let mut stated: Vec<_> = CASES.iter().map(|case| case.0).collect();
    stated.sort_unstable();
    assert_eq!(stated, names, "a line for every case");
    let mut rows = 0;
    for (case, stated, strongswan, libreswan, openiked) in CASES {
        let daemons = &recorded[*case];
        for (daemon, stated) in [("strongSwan", strongswan), ("libreswan", libreswan), ("OpenIKED", openiked)] {
            assert_eq!(summary(&daemons[daemon]), **stated, "{case} of {daemon}");
            rows += 1;
        }
        let (found, words) = ours(case);
        println!("{case}: {found}:{words}");
        assert_eq!(found, *stated, "{case}:{words}");
        assert_eq!(steps(case).len(), daemons["strongSwan"]["steps"].as_array().unwrap().len(), "{case}: as many steps as were sent");
    }
    assert_eq!(rows, 78);
}

/// Where the daemons disagree and RFC 7383 decides, we are on its side.
#[test]
fn ours_is_what_the_rfc_says_where_it_says_something() {
    let words = |case| ours(case).1;
    assert_eq!(words("total_increase"), " 1/2; 1/3 2/3 complete;");
    assert_eq!(
        words("retransmit_only_2"),
        " 1/3 2/3 complete; [the message is complete already]; resend; resend [the message is complete already] [the message is complete already];"
    );
    assert_eq!(words("not_negotiated"), " [fragmentation was not negotiated] [fragmentation was not negotiated]; complete;");
    assert_eq!(words("exchange_mismatch"), " 1/2 [a set of exchange IKE_AUTH (35) is open under this message ID];");
    assert_eq!(words("huge_total"), " [65535 fragments, the limit is 1024]; 1/2 complete;");
    assert_eq!(words("other_message_id"), " 1/2 1/2 complete; complete;");
}
