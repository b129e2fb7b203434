//! Writes seeds for every target: `cargo run --example seed -- CAPTURES OUT`.
//!
//! CAPTURES is tests/captures. OUT/message gets each IKE message of each capture and the decrypted content of each (after an
//! octet with the type of its first payload), OUT/roundtrip the same for its ways of changing octets, and inputs for its
//! generators, OUT/negotiate each offer of tests/data/oracles with the policy it met, OUT/notation each text of
//! tests/data/notations, OUT/paths each path of tests/data/paths, OUT/session handshakes with things that happen after them,
//! OUT/probe gateways that answer and fail to.
//! `minimise.sh` makes the committed corpus out of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::string_slice,
    reason = "a tool ends by panicking"
)]

#[path = "../../tests/kit/recorded/pcap.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests; who sent a datagram is of no interest here")]
mod pcap;

use serde_json::Value;
use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().collect();
    let [_, captures, out] = &arguments[..] else {
        return Err("usage: seed CAPTURES OUT".into());
    };
    let (mut messages, mut contents) = (BTreeSet::new(), BTreeSet::new());
    let mut talks = BTreeSet::new();
    for entry in std::fs::read_dir(captures)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "pcap") {
            let rows: Value = serde_json::from_slice(&std::fs::read(path.with_extension("messages.json"))?)?;
            let mut talk = Vec::new();
            for (datagram, row) in pcap::udp_datagrams(&std::fs::read(&path)?).iter().zip(rows.as_array().ok_or("no rows")?) {
                let message = datagram.payload.strip_prefix(&[0; 4]).unwrap_or(&datagram.payload);
                messages.insert(message.to_vec());
                observe(&mut talk, message, row["plaintext"].as_str().map(unhex).transpose()?.as_deref())?;
                let whole = if row.get("reassembled").is_some() {
                    ["reassembled_first_payload", "reassembled"]
                } else {
                    ["inner_first_payload", "plaintext"]
                };
                if let (Some(first), Some(octets)) = (row[whole[0]].as_u64(), row[whole[1]].as_str()) {
                    contents.insert([vec![u8::try_from(first)?], unhex(octets)?].concat());
                }
            }
            talks.insert(talk);
        }
    }
    let talks = talks.into_iter().filter(|talk: &Vec<u8>| talk.len() <= 4096).collect();
    write(&Path::new(out).join("diagnose"), "talk", &talks)?;
    let message = Path::new(out).join("message");
    write(&message, "message", &messages)?;
    write(&message, "content", &contents)?;
    write(&message, "stream", &[stream(&messages)].into())?;
    write(&message, "marked", &messages.iter().take(1).map(|message| [&[0; 4], &message[..]].concat()).collect())?;

    let roundtrip = Path::new(out).join("roundtrip");
    let under = |what: u8, all: &BTreeSet<Vec<u8>>| {
        all.iter().filter(|octets| octets.len() <= 600).map(|octets| [&[what, 1], &octets[..]].concat()).collect()
    };
    write(&roundtrip, "message", &under(5, &messages))?;
    write(&roundtrip, "content", &under(6, &contents))?;
    write(&roundtrip, "drawn", &drawn())?;

    let mut texts = BTreeSet::new();
    for entry in std::fs::read_dir(Path::new(captures).with_file_name("data").join("notations"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            // Dialect and question 7: neither.
            texts.insert([vec![0x3f], std::fs::read(path)?].concat());
        }
    }
    write(&Path::new(out).join("notation"), "text", &texts)?;

    let paths = Path::new(captures).with_file_name("data").join("paths");
    let table: Value = serde_json::from_slice(&std::fs::read(paths.join("cases.json"))?)?;
    let rows = table["cases"].as_array().ok_or("no cases")?.iter();
    let bags: Result<BTreeSet<_>, _> = rows.map(|row| bag(row, &paths)).collect();
    write(&Path::new(out).join("paths"), "case", &bags?.into_iter().filter(|bag| bag.len() <= 4096).collect())?;

    write(&Path::new(out).join("session"), "life", &(0..96).map(life).collect())?;
    write(&Path::new(out).join("probe"), "run", &(0..128).map(run).collect())?;

    let oracles = Path::new(captures).with_file_name("data").join("oracles");
    for (name, dialect, what) in [
        ("strongswan", 1, 0),
        ("child-strongswan", 1, 5),
        ("libreswan", 3, 0),
        ("child-libreswan", 3, 5),
        ("openiked", 5, 0),
        ("child-openiked", 5, 5),
        // Others' offers are good for the RFC's rules and those of later versions, too.
        ("strongswan", 0, 0),
        ("child-libreswan", 0, 5),
        ("strongswan", 2, 0),
        ("libreswan", 4, 0),
    ] {
        let rows = std::fs::read_to_string(oracles.join(format!("proposals-{name}.jsonl")))?;
        let inputs: Result<BTreeSet<_>, _> = rows.lines().map(|row| observed(&serde_json::from_str(row)?, dialect, what)).collect();
        write(&Path::new(out).join("negotiate"), &format!("{name}-{dialect}"), &inputs?)?;
    }
    Ok(())
}

/// A message as the body `diagnose` reads it; with content as two halves of one length.
fn observe(talk: &mut Vec<u8>, message: &[u8], content: Option<&[u8]>) -> Result<(), Box<dyn Error>> {
    let response = message.get(19).is_some_and(|flags| flags & 0x08 == 0);
    let direction = if response { 8 } else { 0 };
    let octets = match content {
        Some(content) => {
            let half = message.len().max(content.len());
            let padded = |octets: &[u8]| octets.iter().copied().chain(core::iter::repeat(0)).take(half).collect::<Vec<u8>>();
            [padded(message), padded(content)].concat()
        }
        None => message.to_vec(),
    };
    talk.extend(u16::try_from(octets.len())?.to_be_bytes());
    talk.extend([direction | if content.is_some() { 4 } else { 0 }, 1]);
    talk.extend(octets);
    Ok(())
}

/// An offer made to a daemon, and the policy it met.
fn observed(row: &Value, dialect: u8, what: u8) -> Result<Vec<u8>, Box<dyn Error>> {
    let number = |value: &Value| u16::try_from(value.as_u64().unwrap_or(0));
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let supplied = if row["prefer"] == "supplied" { 16 } else { 0 };
    let without_ke = if row["ke_group"].is_null() { 4 } else { 0 };
    let policy = list(&row["responder"]);
    let mut input = vec![dialect | supplied, what | without_ke];
    input.extend(number(&row["ke_group"])?.to_be_bytes());
    input.push(u8::try_from(policy.len())?);
    for proposal in policy {
        let transforms = list(&proposal["transforms"]);
        input.extend([u8::try_from(number(&proposal["protocol"])?)?, u8::try_from(transforms.len())?]);
        for transform in transforms {
            let [high, low] = number(&transform[1])?.to_be_bytes();
            input.extend([u8::try_from(number(&transform[0])?)?, high, low, u8::try_from(number(&transform[2])? / 8)?]);
        }
    }
    input.extend(unhex(row["offer"].as_str().unwrap_or_default())?);
    Ok(input)
}

/// A path as the body `paths` reads it.
fn bag(row: &Value, folder: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let how = match row["purposes"].as_str() {
        Some("tls") => 2,
        Some(_) => 4,
        None => 0,
    };
    let mut bag = vec![how];
    let mut add = |files: &[Value], mark: u16| {
        files.iter().try_for_each(|file| {
            let der = std::fs::read(folder.join(format!("{}.der", file.as_str().unwrap_or_default())))?;
            bag.extend((u16::try_from(der.len())? | mark).to_be_bytes());
            bag.extend(der);
            Ok::<_, Box<dyn Error>>(())
        })
    };
    add(std::slice::from_ref(&row["leaf"]), 0)?;
    add(row["others"].as_array().ok_or("no others")?, 0)?;
    add(row["anchors"].as_array().ok_or("no anchors")?, 0x8000)?;
    Ok(bag)
}

/// The first frames of a TCP stream: small messages, and an ESP packet.
fn stream(messages: &BTreeSet<Vec<u8>>) -> Vec<u8> {
    let mut stream = b"IKETCP".to_vec();
    for message in messages.iter().filter(|message| message.len() < 100).take(3) {
        stream.extend(u16::try_from(message.len() + 6).unwrap_or(u16::MAX).to_be_bytes());
        stream.extend([0; 4]);
        stream.extend(message);
    }
    stream.extend(b"\0\x0a\xca\xfe\0\x01esp!");
    stream
}

/// Inputs for the generators, from a fixed sequence of numbers.
fn drawn() -> BTreeSet<Vec<u8>> {
    let mut state = 1u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let inputs = (0..120u32).map(|n| {
        let size = next() % 2000 + 8;
        let what = if n % 16 == 0 { 3 + n / 16 % 2 } else { n % 3 };
        let input = core::iter::repeat_with(|| next().to_le_bytes()[3]).take(usize::try_from(size).unwrap_or(8));
        what.to_le_bytes().into_iter().take(1).chain([0]).chain(input).collect()
    });
    inputs.collect()
}

/// A gateway that a prober asks, as the body `probe` reads it: one that answers most of the time, or of which anything may come.
fn run(number: u64) -> Vec<u8> {
    // Silence, INVALID_KE_PAYLOAD, NO_PROPOSAL_CHOSEN, COOKIE, an acceptance; then the rest.
    const WHATS: [u8; 16] = [1, 1, 1, 5, 1, 2, 0, 3, 1, 14, 5, 10, 8, 9, 11, 13];
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    let mut run = vec![number.to_le_bytes()[0] & 127];
    let mask = if number < 64 { 3 } else { 15 };
    for _ in 0..140 {
        let what = WHATS[usize::from(next() & mask)];
        // The group that most gateways take.
        let with = if what == 1 { 31 } else { next() };
        run.extend([what, with]);
    }
    run
}

/// A handshake of two endpoints and what happens after it, as the body `session` reads it.
fn life(number: u64) -> Vec<u8> {
    // Deliver, decide, let time pass, command, lose, double, change, send from elsewhere.
    const WHATS: [u8; 16] = [0, 0, 0, 11, 11, 11, 9, 9, 13, 13, 13, 4, 5, 6, 7, 8];
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    let how = number.to_le_bytes()[0] & 127;
    let mut life = vec![how, 13, next() & 1];
    // EAP takes more exchanges.
    for _ in 0..if how & 32 == 0 { 6 } else { 14 } {
        life.extend([0, 0, 11, 0, 11, 1]);
    }
    for _ in 0..number {
        let what = WHATS[usize::from(next() & 15)];
        let with = match what {
            // Most decisions are for it, and most waits are short.
            9 | 11 => next() & 0x83,
            _ => next(),
        };
        life.extend([what, with]);
        if what == 7 {
            life.extend([next(), next()]);
        }
    }
    life
}

fn write(folder: &Path, prefix: &str, inputs: &BTreeSet<Vec<u8>>) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    inputs.iter().enumerate().try_for_each(|(n, octets)| std::fs::write(folder.join(format!("{prefix}-{n:04}")), octets))
}

fn unhex(text: &str) -> Result<Vec<u8>, std::num::ParseIntError> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16)).collect()
}
