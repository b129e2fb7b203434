//! What a capture loses on its way to who reads it, and what it gets that is not about it.

use super::packet::{Ends, ends, moved};
use super::record::{Record, View};

const HOUR: i64 = 3600 * 1_000_000_000;

/// What is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Packets,
    Octets,
    Nothing,
}

/// A capture changed.
pub(crate) struct Degraded {
    pub(crate) name: String,
    pub(crate) records: Vec<Record>,
    pub(crate) taken: Taken,
}

/// Captures of healthy tunnels over IPv4 without IP fragments; the neighbour's was taken outside of its NAT.
pub(crate) struct Donors {
    pub(crate) success: Vec<Record>,
    pub(crate) neighbour: Vec<Record>,
}

/// Every degradation that changes something; with `every`, any number of packets is gone at the start and at the end.
pub(crate) fn degradations(whole: &[Record], donors: &Donors, every: bool) -> Vec<Degraded> {
    let mut all = if every { fewer(whole, 1..whole.len(), 1..whole.len()) } else { fewer(whole, 1..=4, [1, 2, 4]) };
    all.extend(cut(whole));
    all.extend(more(whole, donors));
    all.retain(|one| !one.records.is_empty() && one.records != whole);
    all
}

fn keep(whole: &[Record], test: impl Fn(Option<&View<'_>>) -> bool) -> Vec<Record> {
    whole.iter().filter(|record| test(View::of(record).as_ref())).cloned().collect()
}

fn fewer(whole: &[Record], first: impl IntoIterator<Item = usize>, last: impl IntoIterator<Item = usize>) -> Vec<Degraded> {
    let mut all: Vec<(String, Vec<Record>)> = Vec::new();
    for gone in first {
        all.push((format!("first-{gone}-gone"), whole.get(gone..).unwrap_or_default().to_vec()));
    }
    for gone in last {
        all.push((format!("last-{gone}-gone"), whole[..whole.len().saturating_sub(gone)].to_vec()));
    }
    all.push(("second-half-gone".into(), whole[..whole.len() / 2].to_vec()));
    for port in [500, 4500] {
        all.push((format!("only-port-{port}"), keep(whole, |view| view.is_some_and(|view| view.has_port(port)))));
    }
    if let Some(Ends { server, .. }) = ends(whole) {
        all.push(("only-to-server".into(), keep(whole, |view| view.is_some_and(|view| view.target == server))));
        all.push(("only-from-server".into(), keep(whole, |view| view.is_some_and(|view| view.target != server))));
    }
    all.push(("later-fragments-gone".into(), keep(whole, |view| view.is_none_or(|view| !view.later))));
    all.push(("esp-gone".into(), keep(whole, |view| view.is_none_or(|view| !view.is_esp()))));
    all.into_iter().map(|(name, records)| Degraded { name, records, taken: Taken::Packets }).collect()
}

fn cut(whole: &[Record]) -> Vec<Degraded> {
    let at = |most: usize| {
        let short = |record: &Record| Record { octets: record.octets[..record.octets.len().min(most)].to_vec(), ..record.clone() };
        Degraded { name: format!("cut-at-{most}"), records: whole.iter().map(short).collect(), taken: Taken::Octets }
    };
    [68, 96, 128].map(at).into()
}

fn more(whole: &[Record], donors: &Donors) -> Vec<Degraded> {
    let mut all = Vec::new();
    for times in [2, 4] {
        let records = whole.iter().flat_map(|record| vec![record.clone(); times]).collect();
        all.push((format!("every-packet-{times}-times"), records));
    }
    if let (Some(known), Some(first)) = (ends(whole), whole.first()) {
        let donor = moved(&donors.success, &known, first.link, None);
        let shift = donor.last().unwrap().time - (first.time - HOUR);
        let earlier = donor.iter().map(|record| record.earlier(shift)).chain(whole.iter().cloned());
        all.push(("after-an-earlier-success".into(), earlier.collect()));
        let mut other = known.clone();
        *other.client.last_mut().unwrap() ^= 0x55;
        all.push(("with-another-client".into(), merged(whole, moved(&donors.success, &other, first.link, None))));
        let shared = moved(&donors.neighbour, &known, first.link, Some((51000, 51001)));
        all.push(("with-a-client-of-the-same-address".into(), merged(whole, shared)));
    }
    all.push(("order-shuffled-50ms".into(), shuffled(whole)));
    let middle = whole.len() / 2;
    let back = |(n, record): (usize, &Record)| record.earlier(if n >= middle { HOUR } else { 0 });
    all.push(("clock-back-in-the-middle".into(), whole.iter().enumerate().map(back).collect()));
    all.into_iter().map(|(name, records)| Degraded { name, records, taken: Taken::Nothing }).collect()
}

/// Both in the order of time, the foreign ones within the time of the others.
fn merged(whole: &[Record], foreign: Vec<Record>) -> Vec<Record> {
    let times = || whole.iter().map(|record| record.time);
    let (start, end) = (times().min().unwrap(), times().max().unwrap());
    let span = end - start;
    let start = start + span * 3 / 10;
    let (first, last) = (foreign[0].time, foreign.last().unwrap().time);
    let scale = ((span / 2) as f64 / (last - first).max(1) as f64).min(1.0);
    let laid = foreign.into_iter().map(|record| Record { time: start + ((record.time - first) as f64 * scale) as i64, ..record });
    let mut all: Vec<_> = whole.iter().cloned().chain(laid).collect();
    all.sort_by_key(|record| record.time);
    all
}

/// In the order of times that are up to 50 ms too late; the times written stay.
fn shuffled(whole: &[Record]) -> Vec<Record> {
    // SplitMix64: the same order in every run.
    let mut seed = whole.len() as u64;
    let mut late = || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % 50_000_000) as i64
    };
    let mut all: Vec<_> = whole.iter().map(|record| (record.time + late(), record)).collect();
    all.sort_by_key(|(time, _)| *time);
    all.into_iter().map(|(_, record)| record.clone()).collect()
}
