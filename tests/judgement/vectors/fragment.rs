//! Fragment layouts and reassembly outcomes of other projects, beside ours. They are read in place from the folder IKEV2_SHARED
//! names.

use crate::kit::recorded::unhex;
use crate::kit::seal::{Keys, REQUEST, Sent, at, vendor};
use crate::kit::shared::vectors;
use ikev2::error::FragmentError;
use ikev2::fragment::{
    Budget, FragmentationSupport, IgnoreReason, Layout, OutgoingMessage, Overhead, Path, Progress, Reassembler, ReassemblyLimits, Splitter,
};
use ikev2::protect::{Sealer, open};
use ikev2::registry::PayloadType;
use ikev2::wire::Header;
use serde_json::Value;
use std::collections::BTreeMap;

fn int(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))).unwrap()
}

fn path(inputs: &Value, size: usize) -> Path {
    let size = u16::try_from(size).unwrap();
    let path = if inputs["ipv6"] == true { Path::ipv6(size) } else { Path::ipv4(size) };
    if inputs["non_esp_marker"] == true { path.with_non_esp_marker() } else { path }
}

fn overhead(protection: &str) -> Overhead {
    match protection {
        "cbc_sha256" => Overhead { iv_len: 16, icv_len: 16, block_len: 16 },
        "gcm16" | "chapoly" => Overhead { iv_len: 8, icv_len: 16, block_len: 1 },
        other => panic!("{other}"),
    }
}

/// A cipher that does nothing, with the lengths of another.
struct Null(Overhead);

impl Sealer for Null {
    fn iv_len(&self) -> usize {
        self.0.iv_len
    }
    fn icv_len(&self) -> usize {
        self.0.icv_len
    }
    fn block_len(&self) -> usize {
        self.0.block_len
    }
    fn seal(&mut self, _: &[u8], _: &mut [u8], _: &mut [u8], _: &mut [u8]) -> Result<(), ikev2::error::CryptoError> {
        Ok(())
    }
}

impl ikev2::protect::Opener for Null {
    fn iv_len(&self) -> usize {
        self.0.iv_len
    }
    fn icv_len(&self) -> usize {
        self.0.icv_len
    }
    fn block_len(&self) -> usize {
        self.0.block_len
    }
    fn open(&self, _: &[u8], _: &[u8], _: &mut [u8], _: &[u8]) -> Result<(), ikev2::error::CryptoError> {
        Ok(())
    }
}

/// Octets of each message and of its content.
fn split(path: Path, layout: Layout, overhead: Overhead, content: &[u8]) -> Vec<(usize, usize)> {
    let mut sealer = Null(overhead);
    let message = OutgoingMessage { header: REQUEST, unprotected: &[], first_payload: PayloadType::V, content };
    let mut datagrams = Splitter::new(path, layout, FragmentationSupport::Both).datagrams(&message, &mut sealer).unwrap();
    let (mut sizes, mut buf) = (Vec::new(), vec![0; datagrams.max_len()]);
    while let Some(datagram) = datagrams.next_into(&mut buf) {
        let datagram = datagram.unwrap();
        let len = datagram.len();
        sizes.push((len, open(datagram, &Null(overhead)).unwrap().content().len()));
    }
    sizes
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn fragment_sizes_and_splits() {
    let vectors = vectors(&["fragment_size", "fragment_split"]);
    let mut counts = BTreeMap::new();
    for vector in &vectors {
        let (inputs, expect, name) = (&vector["inputs"], &vector["expect"], &vector["name"]);
        let overhead = Overhead { iv_len: int(&inputs["iv_len"]), icv_len: int(&inputs["icv_len"]), block_len: int(&inputs["block_size"]) };
        let kind = vector["kind"].as_str().unwrap();
        *counts.entry(kind).or_insert(0) += 1;
        if kind == "fragment_size" {
            let path = path(inputs, int(&inputs["ip_datagram_size"]));
            let budget = Budget::new(path, overhead).unwrap();
            let content = budget.content_in_fragment(0).unwrap();
            let found = (path.max_message(), content, budget.fragment_len(content, 0));
            let [largest, full, message] =
                ["max_ike_message", "plaintext_per_full_fragment", "full_fragment_message_len"].map(|key| int(&expect[key]));
            assert_eq!(found, (largest, full, message), "{name}");
            let sizes = split(path, Layout::Fill, overhead, &vec![0; 3 * full]);
            assert_eq!(sizes, [(message, full); 3], "{name}");
        } else {
            // The vector counts the IKE message: a path without IP and UDP headers has 28 octets more.
            let limit = int(&inputs["max_message_len"]);
            let path = Path::ipv4(u16::try_from(limit + 28).unwrap());
            for layout in [Layout::Fill, Layout::Balanced] {
                let sizes = split(path, layout, overhead, &vec![0; int(&inputs["plaintext_len"])]);
                assert_eq!((sizes.len(), limit), (int(&expect["fragments"]), int(&expect["max_len"])), "{name}");
                assert!(sizes.iter().all(|(message, _)| *message <= limit), "{name}");
                assert_eq!(sizes.iter().map(|(_, content)| content).sum::<usize>(), int(&inputs["plaintext_len"]), "{name}");
            }
        }
    }
    assert_eq!(counts, BTreeMap::from([("fragment_size", 9), ("fragment_split", 1)]));
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn layouts_of_peers() {
    let vectors = vectors(&["peer_fragment_layout"]);
    let mut counts = BTreeMap::new();
    for vector in &vectors {
        let (inputs, expect, name) = (&vector["inputs"], &vector["expect"], vector["name"].as_str().unwrap());
        if name == "ls-unencrypted-payloads-counted-not-sliced" {
            // A remark, without a layout: the counts of libreswan are then too high. Ours come from what is sent.
            counted_from_what_is_sent();
            *counts.entry("remark").or_insert(0) += 1;
            continue;
        }
        let (content, overhead) =
            (vendor(u16::try_from(int(&inputs["inner_plaintext_len"])).unwrap()), overhead(inputs["protection"].as_str().unwrap()));
        let [full, fragments, last] = ["plaintext_per_full_fragment", "fragments", "last_fragment_plaintext"].map(|key| int(&expect[key]));
        let origin = vector["origin"]["project"].as_str().unwrap();
        *counts.entry(origin).or_insert(0) += 1;

        // As its maker cuts it: every layout is accepted, in both directions.
        let mut sizes = vec![full; fragments - 1];
        sizes.push(last);
        assert_eq!(sizes.iter().sum::<usize>(), content.len(), "{name}");
        let total = u16::try_from(fragments).unwrap();
        let mut rest = &content[..];
        let mut pieces = Vec::new();
        for (number, size) in (1..).zip(&sizes) {
            let (piece, after) = rest.split_at(*size);
            pieces.push(Sent::skf(number, total, piece));
            rest = after;
        }
        for _ in 0..2 {
            let (mut keys, mut reassembler) = (Keys::aes_gcm(), Reassembler::new(ReassemblyLimits::default()));
            let mut last = None;
            for (have, piece) in (1..).zip(&pieces) {
                let progress = keys.pass(&mut reassembler, piece, at(0)).unwrap();
                assert!(have == total || progress == Progress::Pending { received: have, total }, "{name}: {progress:?}");
                last = Some(progress);
            }
            let Some(Progress::Complete(whole)) = last else { panic!("{name}: {last:?}") };
            assert_eq!((whole.content().as_ref(), whole.first_payload()), (&*content, PayloadType::V), "{name}");
            pieces.reverse();
        }

        if origin == "strongSwan" {
            assert_eq!(expect["fits_configured_ip_size"], true, "{name}");
            let path = path(inputs, int(&inputs["configured_size"]));
            let ours = split(path, Layout::Fill, overhead, &content);
            assert_eq!(ours.iter().map(|(_, content)| *content).collect::<Vec<_>>(), sizes, "{name}");
            assert!(ours[..fragments - 1].iter().all(|(message, _)| *message == int(&expect["full_fragment_ike_len"])), "{name}");
            assert_eq!(path.packet_len(ours[0].0), int(&expect["full_fragment_ip_len"]), "{name}");
            assert_eq!(split(path, Layout::Balanced, overhead, &content).len(), fragments, "{name}");
        }
    }
    assert_eq!(counts["strongSwan"], 30, "{counts:?}");
    assert_eq!(counts.values().sum::<usize>(), 48, "{counts:?}");
}

/// Payloads in clear take room in fragment 1 and count nowhere else.
fn counted_from_what_is_sent() {
    let (path, gcm) = (Path::ipv4(576), overhead("gcm16"));
    let body = [1; 300];
    let clear = [ikev2::wire::Payload::Unknown(ikev2::wire::RawPayload::new(PayloadType::V, false, &body))];
    for octets in 150..2000 {
        let (content, mut sealer) = (vec![0; octets], Null(gcm));
        let message = OutgoingMessage { header: REQUEST, unprotected: &clear, first_payload: PayloadType::V, content: &content };
        let datagrams = Splitter::new(path, Layout::Fill, FragmentationSupport::Both).datagrams(&message, &mut sealer).unwrap();
        // 487 octets fit a fragment; 304 of payloads in clear leave 183 in the first (187 in SK).
        let count = if octets <= 187 { 1 } else { 1 + (octets - 183).div_ceil(487) };
        assert_eq!(datagrams.remaining(), count, "{octets}");
    }
}

/// Plays the events of a vector; what became of each, in the words of the vectors.
fn play(vector: &Value, limits: ReassemblyLimits) -> (Vec<&'static str>, Vec<Result<Progress, FragmentError>>, Vec<String>) {
    let (mut keys, mut reassembler) = (Keys::aes_gcm(), Reassembler::new(limits));
    let (mut words, mut results, mut states) = (Vec::new(), Vec::new(), Vec::new());
    for event in vector["events"].as_array().unwrap() {
        let header = Header { message_id: u32::try_from(int(&event["message_id"])).unwrap(), ..REQUEST };
        let number = |key: &str| u16::try_from(int(&event[key])).unwrap();
        let sent = match event["event"].as_str().unwrap() {
            "skf" => Sent {
                fragment: Some((number("fragment_number"), number("total_fragments"))),
                first: u8::try_from(number("next_payload")).unwrap(),
                ..Sent::sk(&unhex(event["plaintext"].as_str().unwrap()))
            },
            "sk" => Sent::sk(&event["plaintext"].as_str().map(unhex).unwrap_or_default()),
            other => panic!("{other}"),
        };
        let mut datagram = keys.seal(&sent.with_header(header));
        if event["icv_valid"] == false {
            *datagram.last_mut().unwrap() ^= 1;
        }
        let before = format!("{reassembler:?}");
        match keys.receive(&mut reassembler, &datagram, at(0)) {
            Ok(result) => {
                words.push(match &result {
                    Ok(Progress::Pending { .. }) => "incomplete",
                    Ok(Progress::Complete(_)) => "complete",
                    Ok(_) => "discarded",
                    Err(FragmentError::TooLarge { .. }) => "too_large",
                    Err(FragmentError::TooManyFragments { .. }) => "too_many",
                    Err(error) => panic!("{error}"),
                });
                results.push(result);
            }
            Err(_) => {
                words.push("discarded");
                assert_eq!(before, format!("{reassembler:?}"));
            }
        }
        states.push(format!("{reassembler:?}"));
    }
    (words, results, states)
}

/// Where the RFC is silent and we do not do what the vector's maker does.
const OTHERWISE: &[(&str, &[&str], &str)] = &[
    (
        "reasm-complete-sk-during-reassembly",
        &["incomplete", "complete"],
        "RFC 7383 is silent; an authentic SK message is whole, so it is taken and the fragments are dropped",
    ),
    (
        "reasm-wrong-message-id-discarded",
        &["incomplete", "incomplete"],
        "the maker's window is 1 and its message ID known; ours opens a set for each message ID of the window",
    ),
];

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn sequences_of_fragments() {
    let vectors = vectors(&["skf_sequence"]);
    let mut otherwise = 0;
    for vector in &vectors {
        let (name, expect) = (vector["name"].as_str().unwrap(), &vector["expect"]);
        let octets =
            vector["max_reassembled_len"].as_u64().map_or(ReassemblyLimits::default().octets, |octets| usize::try_from(octets).unwrap());
        let (words, results, states) = play(vector, ReassemblyLimits { octets, ..ReassemblyLimits::default() });
        if let Some((_, ours, why)) = OTHERWISE.iter().find(|(other, ..)| *other == name) {
            println!("{name}: {words:?}: {why}");
            assert_eq!(words, *ours, "{name}");
            otherwise += 1;
            continue;
        }
        let expected = expect.get("results").unwrap_or(&expect["streaming"]);
        assert_eq!(&Value::from(words.clone()), expected, "{name}");
        if expect["queue_kept"] == true || expect["kept"].is_string() {
            assert_eq!(states[states.len() - 1], states[states.len() - 2], "{name}");
        }
        if let Some(queue) = expect.get("queue_after") {
            let received = queue["received"].as_array().unwrap().len();
            let of = u16::try_from(int(&queue["total"])).unwrap();
            assert_eq!(results.last(), Some(&Ok(Progress::Pending { received: u16::try_from(received).unwrap(), total: of })), "{name}");
        }
        let complete = results.into_iter().find_map(|result| match result {
            Ok(Progress::Complete(whole)) => Some(whole),
            _ => None,
        });
        assert_eq!(complete.is_some(), expect.get("plaintext").is_some(), "{name}");
        if let Some(whole) = complete {
            assert_eq!(whole.content().as_ref(), unhex(expect["plaintext"].as_str().unwrap()), "{name}");
            assert_eq!(usize::from(whole.first_payload().0), int(&expect["first_inner_payload"]), "{name}");
            if let Some(inner) = expect.get("inner_payloads") {
                let types: Vec<_> = whole.payloads().unwrap().payloads().map(|raw| (usize::from(raw.ty.0), raw.body.len() + 4)).collect();
                let expected: Vec<_> = inner.as_array().unwrap().iter().map(|row| (int(&row["type"]), int(&row["length"]))).collect();
                assert_eq!(types, expected, "{name}");
            }
        }
    }
    assert_eq!((vectors.len(), otherwise), (13, OTHERWISE.len()));
}

/// Our outcome of one vector: its name, what becomes of each event, why the last was refused, and whether that is what the RFC
/// says ("" where the vector has no word of it).
struct Ours {
    name: &'static str,
    words: &'static [&'static str],
    why: &'static str,
    rfc7383: &'static str,
}

const fn ours(name: &'static str, words: &'static [&'static str], why: &'static str, rfc7383: &'static str) -> Ours {
    Ours { name, words, why, rfc7383 }
}

const OUTCOMES: &[Ours] = &[
    ours("outcome-smaller-total", &["incomplete", "discarded"], "SmallerTotal { total: 2, open: 3 }", "discard the new fragment (2.6)"),
    ours("outcome-larger-total", &["incomplete", "incomplete"], "Pending { received: 1, total: 3 }", "discard old set, accept new (2.6)"),
    ours("outcome-duplicate-same", &["incomplete", "discarded"], "Duplicate", "replay check: discard"),
    ours(
        "outcome-other-message-id",
        &["incomplete", "incomplete"],
        "Pending { received: 1, total: 2 }",
        "message ID is part of the match (2.6)",
    ),
    ours("outcome-bad-icv", &["incomplete", "discarded"], "not opened", "discard"),
    ours("outcome-number-zero", &["discarded"], "not opened", "discard"),
    ours("outcome-total-zero", &["discarded"], "not opened", "discard"),
    ours("outcome-number-above-total", &["discarded"], "not opened", "discard"),
    // Ours: accepted, and reported by `later_next_payload`.
    ours(
        "outcome-second-fragment-next-payload-set",
        &["incomplete", "complete"],
        "Complete",
        "sender MUST set 0; receiver behaviour not stated",
    ),
    // Ours: refused, the set as it was.
    ours("outcome-first-fragment-next-payload-zero", &["discarded"], "NoFirstPayload", "not stated"),
    ours("outcome-total-33", &["incomplete"], "Pending { received: 1, total: 33 }", ""),
    ours("outcome-total-112", &["incomplete"], "Pending { received: 1, total: 112 }", ""),
    ours("outcome-total-256", &["incomplete"], "Pending { received: 1, total: 256 }", ""),
    ours("outcome-total-112-bad-icv-while-queued", &["incomplete", "discarded"], "not opened", ""),
    ours("outcome-zero-length-last", &["incomplete", "complete"], "Complete", ""),
];

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn outcomes_of_peers_and_ours() {
    let vectors = vectors(&["peer_reassembly_outcome"]);
    for vector in &vectors {
        let (name, outcomes) = (vector["name"].as_str().unwrap(), &vector["expect"]["outcomes"]);
        let stated = OUTCOMES.iter().find(|ours| ours.name == name).unwrap_or_else(|| panic!("{name}: no outcome of ours is stated"));
        let (words, results, _) = play(vector, ReassemblyLimits::default());
        let last = match results.last() {
            Some(Ok(Progress::Ignored(reason))) if results.len() == words.len() => format!("{reason:?}"),
            Some(Ok(Progress::Complete(_))) => "Complete".to_owned(),
            Some(Ok(progress)) if results.len() == words.len() => format!("{progress:?}"),
            _ => "not opened".to_owned(),
        };
        println!("{name}: ours {words:?} ({last}); {outcomes}");
        assert_eq!(
            (&*words, &*last, outcomes["rfc7383"].as_str().unwrap_or_default()),
            (stated.words, stated.why, stated.rfc7383),
            "{name}"
        );
        if let Some(Ok(Progress::Complete(whole))) = results.last() {
            assert_eq!(whole.later_next_payload(), name == "outcome-second-fragment-next-payload-set");
        }
        if words.last() == Some(&"discarded") {
            assert!(!matches!(results.last(), Some(Ok(Progress::Ignored(IgnoreReason::Done | IgnoreReason::Old)))), "{name}");
        }
    }
    assert_eq!(vectors.len(), OUTCOMES.len());
}
