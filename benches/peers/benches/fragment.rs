//! Fragments by `ikev2`, by ryke, and by hand around ring, in one run: prints the tables of `benches/README.md`.
//!
//! Times are medians of interleaved batches, so that a busy machine is busy for everybody; ratios are medians of the ratios within a
//! round. `cargo bench --bench fragment -- instructions` counts instructions with callgrind instead, which do not depend on the load.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a bench ends by panicking"
)]
#![allow(dead_code, reason = "the measuring code is shared with the benches of ikev2")]

#[path = "../../protected/mod.rs"]
mod protected;

use protected::{Arrivals, Case, Order, limit, ours};
use ryke::ikev2::fragment::{build_fragments, reassemble};
use ryke::ikev2::message::{ExchangeType, Flags, IkeHeader, PayloadType};
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The system's allocator, and how often it was asked.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is handed to `System` as it came.
#[allow(unsafe_code, reason = "an allocator is; this one hands everything on to the system's, and counts")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

const ROUNDS: usize = 301;
const BATCH: Duration = Duration::from_micros(200);

/// The time that so many runs take.
type Timed = Box<dyn FnMut(u64) -> Duration>;

/// The limit first.
struct Group {
    name: String,
    entries: Vec<(&'static str, Timed)>,
}

fn timed(mut work: impl FnMut() + 'static) -> Timed {
    Box::new(move |times| {
        let start = Instant::now();
        (0..times).for_each(|_| work());
        start.elapsed()
    })
}

fn header() -> IkeHeader {
    IkeHeader {
        initiator_spi: protected::HEADER.spis.initiator,
        responder_spi: protected::HEADER.spis.responder,
        next_payload: PayloadType::NoNext,
        major_version: 2,
        minor_version: 0,
        exchange_type: ExchangeType::IkeAuth,
        flags: Flags { initiator: true, version: false, response: false },
        message_id: protected::HEADER.message_id,
        length: 0,
    }
}

fn split(case: &Case) -> Group {
    let sent = ours::datagrams(case);
    let plan = limit::plan(case, &sent);
    let raw = limit::Ring::new(case);
    let octets = sent.iter().map(Vec::len).sum();
    let (mut counter, mut buf) = (0, vec![0; octets]);
    limit::split(&raw, &plan, &mut counter, &case.content, &mut buf);
    assert!(buf == sent.concat(), "not the same octets");
    let piece = plan[0].1;

    let mut entries: Vec<(&'static str, Timed)> = Vec::new();
    let content = case.content.clone();
    entries.push((
        "limit",
        timed(move || {
            black_box(limit::split(&raw, &plan, &mut counter, &content, &mut buf));
        }),
    ));
    let (mut sealer, mut buf, ours) = (ours::sealer(case), vec![0; octets], case.clone());
    entries.push((
        "ikev2",
        timed(move || {
            black_box(ours::split(&ours, &mut *sealer, &mut buf));
        }),
    ));
    if case.suite.key_bits() == 256 && case.name.starts_with("AES") {
        let (case, mut counter) = (case.clone(), 0);
        let mut build = move || {
            counter += 1000;
            build_fragments(&header(), PayloadType::IdInitiator, &case.content, case.sk_e(), counter, piece).unwrap()
        };
        assert_eq!(build().iter().map(Vec::len).collect::<Vec<_>>(), sent.iter().map(Vec::len).collect::<Vec<_>>());
        entries.push((
            "ryke",
            timed(move || {
                black_box(build());
            }),
        ));
    }
    Group { name: format!("split {}, {} fragments", case.name, sent.len()), entries }
}

fn arrived(case: &Case, order: Order) -> Group {
    let sent = ours::datagrams(case);
    let count = sent.len();
    let arrivals = || Arrivals::new(ours::datagrams(case), order);
    let octets = case.content.len();
    let mut entries: Vec<(&'static str, Timed)> = Vec::new();
    let (raw, mut set) = (limit::Ring::new(case), arrivals());
    entries.push(("limit", Box::new(move |times| set.time(times, |set| drop(black_box(limit::reassemble(&raw, set, octets)))))));
    let (opener, mut set) = (ours::opener(case), arrivals());
    set.time(1, |set| assert!(ours::reassemble(&*opener, set).content() == &case.content));
    entries.push(("ikev2", Box::new(move |times| set.time(times, |set| drop(black_box(ours::reassemble(&*opener, set)))))));
    // ryke takes a complete set and no duplicates.
    if case.name.starts_with("AES") && order != Order::Duplicated {
        let (case, mut set) = (case.clone(), arrivals());
        set.time(1, |set| assert!(reassemble(set, case.sk_e()).unwrap().1 == case.content));
        entries.push(("ryke", Box::new(move |times| set.time(times, |set| drop(black_box(reassemble(set, case.sk_e()).unwrap()))))));
    }
    // Restores the datagrams, which is no part of the times but of the instructions.
    let mut set = arrivals();
    entries.push(("", Box::new(move |times| set.time(times, |set| _ = black_box(set.len())))));
    Group { name: format!("reassemble {}, {count} fragments, {order:?}", case.name), entries }
}

/// The groups, made when their turn comes.
fn groups() -> Vec<Box<dyn Fn() -> Group>> {
    let sizes = [(6000, 1280), (6000, 576), (60_000, 1280), (60_000, 576)];
    let cases = || {
        let ciphers = ["AES-256-GCM-16", "ChaCha20-Poly1305"].into_iter();
        let named = ciphers.flat_map(move |cipher| sizes.map(|(octets, mtu)| Case::new(cipher, octets, mtu)));
        named.chain([2, 10, 100, 1000].map(|n| Case::in_fragments("AES-256-GCM-16", 60_000, n)))
    };
    let mut groups: Vec<Box<dyn Fn() -> Group>> = cases().map(|case| Box::new(move || split(&case)) as _).collect();
    for order in [Order::Forward, Order::Reverse, Order::Shuffled, Order::Duplicated] {
        groups.extend(cases().map(|case| Box::new(move || arrived(&case, order)) as Box<dyn Fn() -> Group>));
    }
    groups
}

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "run", group, entry, times] => {
            let (group, entry) = (group.parse::<usize>().unwrap(), entry.parse::<usize>().unwrap());
            groups()[group]().entries[entry].1(times.parse().unwrap());
        }
        [_, "instructions"] => instruction_table(""),
        [_, "instructions", filter] => instruction_table(filter),
        [_] => table(|_, group| measure(group), "us", ""),
        [_, filter] => table(|_, group| measure(group), "us", filter),
        _ => println!("usage: cargo bench --bench fragment [-- [instructions] [FILTER]]"),
    }
}

fn instruction_table(filter: &str) {
    table(|at, group| (0..group.entries.len()).map(|entry| vec![instructions(at, entry)]).collect(), "instructions", filter);
}

/// Prints what `rounds` found for every entry of every group.
fn table(rounds: impl Fn(usize, &mut Group) -> Vec<Vec<f64>>, unit: &str, filter: &str) {
    println!("| | limit, {unit} | ikev2, {unit} | ikev2 to limit | ryke to limit | allocations, ikev2 | ryke |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for (at, make) in groups().into_iter().enumerate() {
        let mut group = make();
        if !group.name.contains(filter) {
            continue;
        }
        let mut found = rounds(at, &mut group);
        if unit == "instructions" && group.entries.last().is_some_and(|(name, _)| name.is_empty()) {
            let restoring = found.pop().unwrap()[0];
            found.iter_mut().for_each(|found| found[0] -= restoring);
        }
        let ratio = |entry: usize| median(found[entry].iter().zip(&found[0]).map(|(a, b)| a / b).collect());
        let ryke = group.entries.iter().position(|(name, _)| *name == "ryke");
        let (allocated, ryke_allocated) = (allocations(&mut group, 1), ryke.map(|ryke| allocations(&mut group, ryke).to_string()));
        println!(
            "| {} | {:.2} | {:.2} | {:.3} | {} | {} | {} |",
            group.name,
            median(found[0].clone()),
            median(found[1].clone()),
            ratio(1),
            ryke.map_or("-".into(), |ryke| format!("{:.2}", ratio(ryke))),
            allocated,
            ryke_allocated.unwrap_or_else(|| "-".into()),
        );
    }
}

fn allocations(group: &mut Group, entry: usize) -> u64 {
    let before = ALLOCATIONS.load(Relaxed);
    group.entries[entry].1(1);
    ALLOCATIONS.load(Relaxed) - before
}

/// Microseconds of every entry in every round.
fn measure(group: &mut Group) -> Vec<Vec<f64>> {
    group.entries.retain(|(name, _)| !name.is_empty());
    let batches: Vec<u64> = group.entries.iter_mut().map(|(_, entry)| batch(entry)).collect();
    let mut rounds = vec![Vec::new(); batches.len()];
    for _ in 0..ROUNDS {
        for (((_, entry), &times), found) in group.entries.iter_mut().zip(&batches).zip(&mut rounds) {
            found.push(entry(times).as_secs_f64() * 1e6 / times as f64);
        }
    }
    rounds
}

/// How often an entry runs in about [`BATCH`].
fn batch(entry: &mut Timed) -> u64 {
    let mut times = 16;
    loop {
        let took = entry(times);
        if took > BATCH / 2 {
            return ((times as f64 * BATCH.as_secs_f64() / took.as_secs_f64()) as u64).max(1);
        }
        times *= 2;
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Instructions of one run: the difference of two counts, so that starting up falls out.
fn instructions(group: usize, entry: usize) -> f64 {
    let (few, many) = (64u64, 320u64);
    let collected = |times: u64| -> f64 {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().unwrap())
            .args(["run".into(), group.to_string(), entry.to_string(), times.to_string()])
            .output()
            .expect("valgrind");
        let report = String::from_utf8_lossy(&output.stderr);
        let line = report.lines().find(|line| line.contains("Collected :")).expect("a count");
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    (collected(many) - collected(few)) / (many - few) as f64
}
