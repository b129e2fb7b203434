//! The fuzz bodies on stable: over the committed corpus, and over a fixed number of inputs made from it and from nothing.

#[path = "../fuzz_bodies/mod.rs"]
mod fuzz_bodies;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

type Body = fn(&[u8]);

/// The committed corpus of a target, in the order of its names.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz_bodies/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() >= 40, "{} files in {}", files.len(), folder.display());
    files
}

fn run(body: Body, what: &str, input: &[u8]) {
    let hex = || input.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    assert!(catch_unwind(AssertUnwindSafe(|| body(input))).is_ok(), "{what}: {}", hex());
}

/// SplitMix64: the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

fn replay(target: &str, body: Body) -> usize {
    let files = corpus(target);
    files.iter().for_each(|(name, input)| run(body, name, input));
    files.len()
}

/// Corpus files with octets changed, taken out, doubled, and ends of others put on.
fn mutate(target: &str, body: Body, count: usize) {
    let files = corpus(target);
    let mut numbers = Numbers(1);
    for n in 0..count {
        let (name, seed) = &files[n % files.len()];
        let mut input = seed.clone();
        for _ in 0..=numbers.below(4) {
            let at = numbers.below(input.len());
            match numbers.below(5) {
                0 if !input.is_empty() => input[at] = numbers.next() as u8,
                1 if !input.is_empty() => input[at] ^= 1 << numbers.below(8),
                2 => drop(input.drain(at..(at + numbers.below(9)).min(input.len()))),
                3 => {
                    let piece = input[at..(at + numbers.below(33)).min(input.len())].to_vec();
                    input.splice(at..at, piece);
                }
                _ => {
                    let (_, other) = &files[numbers.below(files.len())];
                    input.truncate(at);
                    input.extend_from_slice(&other[numbers.below(other.len())..]);
                }
            }
        }
        run(body, &format!("{name}, change {n}"), &input);
    }
}

#[test]
fn message_replays_its_corpus() {
    println!("{} files", replay("message", fuzz_bodies::message));
}

#[test]
fn message_holds_on_inputs_made_from_the_corpus() {
    mutate("message", fuzz_bodies::message, 60_000);
}

#[test]
fn diagnose_replays_its_corpus() {
    println!("{} files", replay("diagnose", fuzz_bodies::diagnose));
}

#[test]
fn diagnose_holds_on_inputs_made_from_the_corpus() {
    mutate("diagnose", fuzz_bodies::diagnose, 20_000);
}

#[test]
fn negotiate_replays_its_corpus() {
    println!("{} files", replay("negotiate", fuzz_bodies::negotiate));
}

#[test]
fn negotiate_holds_on_inputs_made_from_the_corpus() {
    mutate("negotiate", fuzz_bodies::negotiate, 20_000);
}

#[test]
fn notation_replays_its_corpus() {
    println!("{} files", replay("notation", fuzz_bodies::notation));
}

#[test]
fn notation_holds_on_inputs_made_from_the_corpus() {
    mutate("notation", fuzz_bodies::notation, 8_000);
}

#[test]
fn identity_replays_its_corpus() {
    println!("{} files", replay("identity", fuzz_bodies::identity));
}

#[test]
fn identity_holds_on_inputs_made_from_the_corpus() {
    mutate("identity", fuzz_bodies::identity, 20_000);
}

#[test]
fn selectors_replays_its_corpus() {
    println!("{} files", replay("selectors", fuzz_bodies::selectors));
}

#[test]
fn selectors_holds_on_inputs_made_from_the_corpus() {
    mutate("selectors", fuzz_bodies::selectors, 4_000);
}

#[test]
fn paths_replays_its_corpus() {
    println!("{} files", replay("paths", fuzz_bodies::paths));
}

#[test]
fn paths_holds_on_inputs_made_from_the_corpus() {
    mutate("paths", fuzz_bodies::paths, 8_000);
}

#[test]
fn session_replays_its_corpus() {
    println!("{} files", replay("session", fuzz_bodies::session));
}

#[test]
fn session_holds_on_inputs_made_from_the_corpus() {
    mutate("session", fuzz_bodies::session, 2_000);
}

#[test]
fn probe_replays_its_corpus() {
    println!("{} files", replay("probe", fuzz_bodies::probe));
}

#[test]
fn probe_holds_on_inputs_made_from_the_corpus() {
    mutate("probe", fuzz_bodies::probe, 2_000);
}

mod structured {
    use super::*;

    #[test]
    fn roundtrip_replays_its_corpus() {
        println!("{} files", replay("roundtrip", fuzz_bodies::roundtrip));
    }

    #[test]
    fn roundtrip_holds_on_inputs_made_from_the_corpus() {
        mutate("roundtrip", fuzz_bodies::roundtrip, 600);
    }

    #[test]
    fn roundtrip_holds_on_inputs_made_from_nothing() {
        let mut numbers = Numbers(2);
        for n in 0..8_000 {
            let size = numbers.below(800);
            let mut input: Vec<u8> = (0..size).map(|_| numbers.next() as u8).collect();
            // Changing octets is dear: one input in 32.
            let what = if n % 32 == 0 { 3 + n / 32 % 2 } else { n % 3 };
            input.splice(0..0, [what as u8, n as u8]);
            run(fuzz_bodies::roundtrip, &format!("input {n}"), &input);
        }
    }
}

mod protected {
    use super::*;

    /// Inputs made from nothing, of some tens to some hundreds of octets.
    fn random(body: Body, count: usize, most: usize) {
        let mut numbers = Numbers(3);
        for n in 0..count {
            let input: Vec<u8> = (0..numbers.below(most)).map(|_| numbers.next() as u8).collect();
            run(body, &format!("input {n}"), &input);
        }
    }

    #[test]
    fn reassemble_replays_its_corpus() {
        println!("{} files", replay("reassemble", fuzz_bodies::reassemble));
    }

    #[test]
    fn reassemble_holds_on_inputs_made_from_the_corpus_and_from_nothing() {
        mutate("reassemble", fuzz_bodies::reassemble, 6_000);
        random(fuzz_bodies::reassemble, 3_000, 600);
    }

    #[test]
    fn split_replays_its_corpus() {
        println!("{} files", replay("split", fuzz_bodies::split));
    }

    #[test]
    fn split_holds_on_inputs_made_from_the_corpus_and_from_nothing() {
        mutate("split", fuzz_bodies::split, 4_000);
        random(fuzz_bodies::split, 2_000, 40);
    }

    #[test]
    fn open_replays_its_corpus() {
        println!("{} files", replay("open", fuzz_bodies::open));
    }

    #[test]
    fn open_holds_on_inputs_made_from_the_corpus_and_from_nothing() {
        mutate("open", fuzz_bodies::open, 20_000);
        random(fuzz_bodies::open, 5_000, 300);
    }
}
