//! A lenient reading shows whatever the most tolerant daemon accepts: malformed IKE_SA_INIT requests that strongSwan, libreswan or
//! OpenIKED answered with an SA (`tests/data/lenient/README.md`), each whole, and each with its faults.

use crate::kit::recorded::{hex, unhex};
use crate::kit::shared::shared;
use ikev2::registry::TransformAttributeType;
use ikev2::wire::{Message, Payload, ProposalSubstructure, RawPayload, TransformSubstructure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A request that a daemon accepted, and what it has to be seen to hold.
struct Accepted {
    name: String,
    octets: Vec<u8>,
    /// The types of the payloads, in order.
    payloads: Vec<u8>,
    /// Of each SA payload its proposals: number, protocol, and each transform as type, id and all key lengths.
    sas: Vec<Vec<String>>,
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// The requests of a file, made from those that they were changed from.
fn accepted(bases: &Path, file: &Path) -> Vec<Accepted> {
    let bases: Value = serde_json::from_str(&std::fs::read_to_string(bases).unwrap()).unwrap();
    lines(file).iter().map(|line| one(&bases["bases"][line["base"].as_str().unwrap()], line)).collect()
}

fn one(base: &Value, line: &Value) -> Accepted {
    let mut octets = unhex(base["hex"].as_str().unwrap());
    octets[..8].copy_from_slice(&unhex(line["spi"].as_str().unwrap()));
    for edit in line["edit"].as_array().unwrap().iter().rev() {
        let number = |index: usize| usize::try_from(edit[index].as_u64().unwrap()).unwrap();
        octets.splice(number(0)..number(0) + number(1), unhex(edit[2].as_str().unwrap()));
    }
    let types = line.get("payloads").unwrap_or(&base["payloads"]).as_array().unwrap();
    let offered = strings(&base["sa"]);
    let proposal = |proposal: &Value| match proposal.as_u64() {
        Some(index) => offered[usize::try_from(index).unwrap()].clone(),
        None => proposal.as_str().unwrap().to_owned(),
    };
    let sas = line.get("sa").map(|sas| {
        let sa = |sa: &Value| sa.as_array().unwrap().iter().map(proposal).collect();
        sas.as_array().unwrap().iter().map(sa).collect()
    });
    Accepted {
        name: format!("{} {}", line["base"], line["name"]),
        octets,
        payloads: types.iter().map(|ty| u8::try_from(ty.as_u64().unwrap()).unwrap()).collect(),
        sas: sas.unwrap_or_else(|| vec![offered.clone()]),
    }
}

fn proposal(proposal: ProposalSubstructure<'_>) -> String {
    let head = format!("{} {}", proposal.number, proposal.protocol.0);
    proposal.transforms().fold(head, |text, transform| format!("{text} {}", self::transform(transform)))
}

/// Type, id and every key length, in either format.
fn transform(transform: TransformSubstructure<'_>) -> String {
    let lengths = transform.attributes().filter(|attribute| attribute.ty == TransformAttributeType::KEY_LENGTH);
    let lengths: Vec<_> = lengths.map(|attribute| attribute.value.number()).collect();
    assert_eq!(transform.key_length(), lengths.first().copied().flatten());
    let head = format!("{}.{}", transform.ty.0, transform.id.0);
    lengths.iter().flatten().fold(head, |text, bits| format!("{text}.{bits}"))
}

/// What a lenient reading shows of a request, as the file says it: payloads with their offsets, and the offers.
fn shown(octets: &[u8]) -> (Vec<(u8, usize)>, Vec<Vec<String>>) {
    let read = Message::parse_lenient(octets).unwrap();
    let sa = |raw: RawPayload<'_>| match raw.parse_lenient().0 {
        Payload::Sa(sa) => Some(sa.proposals().map(proposal).collect()),
        _ => None,
    };
    (read.payloads().map(|raw| (raw.ty.0, raw.offset())).collect(), read.payloads().filter_map(sa).collect())
}

/// That all of a file are shown whole; the codes of their faults, and how often each was met.
fn hold(requests: &[Accepted]) -> BTreeMap<&'static str, usize> {
    let mut codes = BTreeMap::new();
    for request in requests {
        let (payloads, sas) = shown(&request.octets);
        let place = format!("{}: {}", request.name, hex(&request.octets));
        let (wanted, more) = payloads.split_at(request.payloads.len().min(payloads.len()));
        let types: Vec<_> = wanted.iter().map(|(ty, _)| *ty).collect();
        assert_eq!(types, request.payloads, "{place}");
        // Behind Length more may be shown than who took the message has read: strongSwan reads it, and may have refused for something else.
        let length = u32::from_be_bytes(request.octets[24..28].try_into().unwrap());
        assert!(more.iter().all(|(_, offset)| *offset >= usize::try_from(length).unwrap()), "{place}");
        assert_eq!(sas, request.sas, "{place}");
        let mut found = BTreeSet::new();
        let read = Message::parse_lenient(&request.octets).unwrap();
        read.faults(|fault| {
            found.insert(fault.kind.code());
        });
        let strict = Message::parse(&request.octets);
        let is_sound = strict.is_ok_and(|message| message.payloads().all(|raw| raw.parse().is_ok()));
        assert_eq!(found.is_empty(), is_sound, "{place}");
        found.into_iter().for_each(|code| *codes.entry(code).or_default() += 1);
    }
    codes
}

fn committed(name: &str) -> PathBuf {
    Path::new("tests/data/lenient").join(name)
}

/// Each malformation that some daemon takes is there: without one of these the file would no longer say what it is for.
const MET: [&str; 11] = [
    "chain-ends",
    "count-mismatch",
    "last-substructure",
    "length-past-end",
    "length-too-small",
    "major-version",
    "proposal-number",
    "size-mismatch",
    "trailing-octets",
    "truncated",
    "unsupported-critical",
];

#[test]
fn what_a_daemon_accepted_is_shown_whole() {
    for file in ["accepted.jsonl", "live.jsonl"] {
        let requests = accepted(&committed("bases.json"), &committed(file));
        let codes = hold(&requests);
        println!("{file}: {} requests, {codes:?}", requests.len());
        assert!(requests.len() >= 1000, "{file}: {}", requests.len());
        let missing: Vec<_> = MET.iter().filter(|code| !codes.contains_key(*code)).collect();
        assert!(missing.is_empty(), "{file}: {missing:?}");
    }
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn all_that_a_daemon_accepted_is_shown_whole() {
    let folder = shared("cases/lenient");
    let requests = accepted(&folder.join("bases.json"), &folder.join("accepted.jsonl"));
    assert_eq!(requests.len(), 6424);
    println!("{:?}", hold(&requests));
}
