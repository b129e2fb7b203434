//! Prints the table of `benches/README.md`.
//!
//! Times are medians of interleaved batches, so that a busy machine is busy for everybody; ratios are medians of the ratios within a
//! round. Allocations are counted by the global allocator. Instructions come from `valgrind --tool=callgrind`, which runs this same
//! program on one contestant at a time; they do not depend on the load of the machine.
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

use std::alloc::{GlobalAlloc, Layout, System};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use ikev2_peers::{Entry, Group, groups};

const ROUNDS: usize = 201;
const BATCH: Duration = Duration::from_micros(100);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The system's allocator; counts only when told to, and so costs the contestants one load otherwise.
struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static OCTETS: AtomicU64 = AtomicU64::new(0);

impl Counting {
    fn count(octets: usize) {
        if ON.load(Relaxed) {
            ALLOCATIONS.fetch_add(1, Relaxed);
            OCTETS.fetch_add(octets as u64, Relaxed);
        }
    }
}

// SAFETY: every call is handed to `System` as it came.
#[allow(unsafe_code, reason = "an allocator is; this one hands everything on to the system's, and counts")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::count(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, command, group, entry, times] = &arguments[..] {
        let numbers = (group.parse::<usize>(), entry.parse::<usize>(), times.parse());
        if let ("run", (Ok(group), Ok(entry), Ok(times))) = (command.as_str(), numbers) {
            return match groups().get(group).and_then(|g| g.entries.get(entry)).map(|e| (e.run)(times)) {
                Some(Ok(_)) => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            };
        }
    }
    if arguments.len() > 1 {
        eprintln!("usage: ikev2-peers [run GROUP ENTRY TIMES]");
        return ExitCode::FAILURE;
    }
    let valgrind = Command::new("valgrind").arg("--version").output().is_ok_and(|o| o.status.success());
    if !valgrind {
        eprintln!("valgrind is not installed: no instruction counts");
    }
    for (index, group) in groups().iter().enumerate() {
        print(index, group, valgrind);
    }
    ExitCode::SUCCESS
}

fn print(index: usize, group: &Group, valgrind: bool) {
    let rounds = measure(&group.entries);
    let instructions: Vec<Option<f64>> =
        (0..group.entries.len()).map(|entry| valgrind.then(|| instructions(index, entry, group.reads)).flatten()).collect();
    println!("\n**{} {}**\n", group.task, group.name);
    println!("| | ns | to limit | to ikev2 | instructions | to limit | to ikev2 | allocations | octets allocated |");
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    let position = |name| group.entries.iter().position(|e| e.name == name);
    let (limit, ours) = (position("limit"), position("ikev2"));
    for (i, entry) in group.entries.iter().enumerate() {
        if let Err(error) = (entry.run)(1) {
            println!("| {} | {error} | | | | | | | |", entry.name);
            continue;
        }
        let reads = group.reads as f64;
        let (allocations, octets) = allocated(entry);
        let digits = usize::from(group.reads > 1);
        let (allocations, octets) = (cell(Some(allocations as f64 / reads), digits), cell(Some(octets as f64 / reads), 0));
        let times = median(rounds[i].clone()) / reads;
        let time_ratio = |to: Option<usize>| cell(to.map(|to| median(rounds[i].iter().zip(&rounds[to]).map(|(a, b)| a / b).collect())), 2);
        let instruction_ratio = |to: Option<usize>| cell(to.and_then(|to| Some(instructions[i]? / instructions[to]?)), 2);
        println!(
            "| {} | {times:.1} | {} | {} | {} | {} | {} | {allocations} | {octets} |",
            entry.name,
            time_ratio(limit),
            time_ratio(ours),
            cell(instructions[i], 0),
            instruction_ratio(limit),
            instruction_ratio(ours),
        );
    }
}

fn cell(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{value:.digits$}"))
}

/// Nanoseconds of every entry in every round.
fn measure(entries: &[Entry]) -> Vec<Vec<f64>> {
    let batches: Vec<u64> = entries.iter().map(batch).collect();
    let mut rounds = vec![Vec::with_capacity(ROUNDS); entries.len()];
    for _ in 0..ROUNDS {
        for ((entry, &times), found) in entries.iter().zip(&batches).zip(&mut rounds) {
            found.push(nanoseconds(entry, times) / times as f64);
        }
    }
    rounds
}

/// How often an entry runs in about [`BATCH`].
fn batch(entry: &Entry) -> u64 {
    if (entry.run)(1).is_err() {
        return 1;
    }
    let mut times = 64;
    loop {
        let took = nanoseconds(entry, times);
        if took > BATCH.as_nanos() as f64 / 2.0 {
            return ((times as f64 * BATCH.as_nanos() as f64 / took) as u64).max(1);
        }
        times *= 2;
    }
}

fn nanoseconds(entry: &Entry, times: u64) -> f64 {
    let start = Instant::now();
    // What it came to is looked at elsewhere; a contestant that refuses must not stop the others.
    let _ = (entry.run)(times);
    start.elapsed().as_nanos() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Allocations, and octets allocated, of one run.
fn allocated(entry: &Entry) -> (u64, u64) {
    let before = (ALLOCATIONS.load(Relaxed), OCTETS.load(Relaxed));
    ON.store(true, Relaxed);
    let _ = (entry.run)(1);
    ON.store(false, Relaxed);
    (ALLOCATIONS.load(Relaxed) - before.0, OCTETS.load(Relaxed) - before.1)
}

/// Instructions of one message: the difference of two counts, so that starting up and tearing down fall out.
fn instructions(group: usize, entry: usize, reads: u64) -> Option<f64> {
    let (few, many) = if reads > 1 { (1, 3) } else { (200, 1200) };
    let difference = collected(group, entry, many)?.checked_sub(collected(group, entry, few)?)?;
    Some(difference as f64 / ((many - few) * reads) as f64)
}

fn collected(group: usize, entry: usize, times: u64) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args(["run".into(), group.to_string(), entry.to_string(), times.to_string()])
        .output()
        .ok()?;
    let report = String::from_utf8_lossy(&output.stderr);
    let line = report.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(' ').next()?.parse().ok()
}
