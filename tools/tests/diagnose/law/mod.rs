//! The law of `diagnose`: what is taken from a capture may make its verdict weaker, never another one.
//!
//! Of every committed capture, degraded in every way, with its keys and without:
//! - the verdict names no error code that the whole capture's verdict does not name, nor truth.rs;
//! - it is never healthy where the whole is a fault, unless a success of that very IKE SA is left and what speaks against it is gone;
//! - it is never a fault where the whole is none, nor healthy where the whole is undetermined.
//!
//! Where nothing is taken away (copies, strangers, order, clock), nine verdicts of ten stay as strong as they were.
//!
//! To look at single violations: `IKEV2_LAW_CAPTURE` and `IKEV2_LAW_DEGRADATION` are parts of names to try no others;
//! `IKEV2_LAW_LIST=FILE` gets a JSON object for each violation and each verdict that became weaker where nothing was taken;
//! `IKEV2_LAW_KEEP=FOLDER` gets the degraded captures of these. With `IKEV2_LAW_EVERY=1` any number of packets is gone at the start and at
//! the end, not up to four.

mod degrade;
mod file;
mod judge;
mod packet;
mod record;
mod run;
mod truth;

use run::{Line, Tried, try_all};
use std::collections::BTreeMap;
use std::env::var_os;
use std::sync::LazyLock;

/// Every capture is tried once for both tests.
static TRIED: LazyLock<Tried> = LazyLock::new(try_all);

/// Lines by degradation, the most first.
fn by_degradation<'l>(lines: impl Iterator<Item = &'l Line>) -> (usize, String) {
    let mut groups: BTreeMap<(&str, &str), Vec<&Line>> = BTreeMap::new();
    lines.for_each(|line| groups.entry((line.rule, &line.degradation)).or_default().push(line));
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, lines)| std::cmp::Reverse(lines.len()));
    let mut text = String::new();
    for ((rule, degradation), lines) in &groups {
        text.push_str(&format!("{} {rule}, {degradation}:\n", lines.len()));
        lines.iter().for_each(|line| text.push_str(&format!("    {line}\n")));
    }
    (groups.iter().map(|(_, lines)| lines.len()).sum(), text)
}

fn is_whole_run() -> bool {
    ["IKEV2_LAW_CAPTURE", "IKEV2_LAW_DEGRADATION", "IKEV2_LAW_EVERY"].iter().all(|name| var_os(name).is_none())
}

#[test]
fn the_law_holds_for_every_capture() {
    let (count, text) = by_degradation(TRIED.lines.iter().filter(|line| line.rule != judge::WEAKER));
    println!("{}", TRIED.summary());
    assert!(count == 0, "{count} violations; {}\n{text}", TRIED.summary());
    if is_whole_run() {
        assert!(TRIED.captures >= 500 && TRIED.degraded >= 9000 && TRIED.names.len() == 24, "{}", TRIED.summary());
    }
}

#[test]
fn what_takes_nothing_away_leaves_the_verdict() {
    let (count, text) = by_degradation(TRIED.lines.iter().filter(|line| line.rule == judge::WEAKER));
    let of = TRIED.unimpaired;
    println!("{count} of {of} verdicts are not as strong as they were");
    assert!(count * 10 <= of, "{count} of {of} verdicts are not as strong as they were; {}\n{text}", TRIED.summary());
    assert!(!is_whole_run() || of >= 2500, "{of} tried");
}
