//! The capture reader, against real captures and against files made here.
#![allow(
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, and its numbers are its own"
)]

mod bounds;
mod changed;
mod encapsulations;
mod files;
mod forge;
mod formats;
mod fragments;
mod packets;
mod real;
mod sight;
mod streams;
mod wraps;

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use crate::capture::{Interest, Item, OpenError, Problem, Source, Traffic};

/// A datagram as the tests write it down.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    packets: Vec<u64>,
    time: String,
    src: String,
    dst: String,
    payload: Vec<u8>,
    missing: Option<(usize, bool)>,
}

impl Seen {
    fn new(packets: &[u64], time: &str, src: &str, dst: &str, payload: &[u8]) -> Self {
        Self { packets: packets.to_vec(), time: time.into(), src: src.into(), dst: dst.into(), payload: payload.to_vec(), missing: None }
    }

    fn of(item: &Item) -> Option<Self> {
        let Item::Datagram(d) = item else { return None };
        assert_eq!(d.ip_fragments as usize, d.packets.len());
        Some(Self {
            packets: d.packets.clone(),
            time: d.time.to_string(),
            src: d.src.to_string(),
            dst: d.dst.to_string(),
            payload: d.payload.clone(),
            missing: d.truncation.map(|t| (t.missing, t.by_snap_length)),
        })
    }
}

fn run(bytes: &[u8], interest: Interest) -> Result<Vec<Item>, OpenError> {
    Traffic::open(source("forged", bytes), interest).map(Iterator::collect)
}

fn source(name: &str, bytes: &[u8]) -> Source {
    Source::new(name, Cursor::new(bytes.to_vec()))
}

fn items(bytes: &[u8]) -> Vec<Item> {
    run(bytes, Interest::default()).unwrap()
}

fn file(path: &Path) -> Source {
    let file = File::open(path).unwrap();
    let octets = file.metadata().unwrap().len();
    Source::new(&path.display().to_string(), file).with_len(octets)
}

/// The datagrams of a capture that has nothing else.
fn datagrams(bytes: &[u8]) -> Vec<Seen> {
    items(bytes).iter().map(|item| Seen::of(item).unwrap_or_else(|| panic!("{item:?}"))).collect()
}

fn problems(items: &[Item]) -> Vec<&Problem> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Problem(problem) => Some(problem),
            _ => None,
        })
        .collect()
}
