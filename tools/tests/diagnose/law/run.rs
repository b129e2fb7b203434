//! Every capture of the repository, degraded and diagnosed.

use super::degrade::{Degraded, Donors, Taken, degradations};
use super::file;
use super::judge::{Told, WEAKER, violations};
use super::record::Record;
use super::truth;
use crate::kit::{cases, json, recorded, root};
use ikev2_tools::evidence::diagnosis::DiagnoseOptions;
use ikev2_tools::evidence::keys;
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A violation, or a verdict that became weaker where nothing was taken.
pub(super) struct Line {
    pub(super) rule: &'static str,
    pub(super) degradation: String,
    capture: String,
    whole: Told,
    degraded: Told,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {}", self.capture, self.whole, self.degraded)
    }
}

#[derive(Default)]
pub(super) struct Tried {
    /// Captures, those with keys once with and once without.
    pub(super) captures: usize,
    pub(super) degraded: usize,
    /// Of these, those from which nothing was taken.
    pub(super) unimpaired: usize,
    /// Of the degradations.
    pub(super) names: BTreeSet<String>,
    pub(super) lines: Vec<Line>,
}

impl Tried {
    pub(super) fn summary(&self) -> String {
        let names = self.names.len();
        format!("{} degraded captures of {} (with keys and without) in {names} ways", self.degraded, self.captures)
    }

    fn join(&mut self, other: Self) {
        self.captures += other.captures;
        self.degraded += other.degraded;
        self.unimpaired += other.unimpaired;
        self.names.extend(other.names);
        self.lines.extend(other.lines);
    }
}

/// A capture, and the file of keys beside it if they are to be used.
struct Job {
    name: String,
    records: Vec<Record>,
    keys: Option<PathBuf>,
}

impl Job {
    fn told(&self, records: &[Record]) -> Told {
        let entries = self.keys.as_ref().map(|file| keys::parse(&crate::kit::read(file)).unwrap());
        let options = DiagnoseOptions { keys: entries.map(|file| file.entries), ..DiagnoseOptions::default() };
        let lines = json("capture", file::write(records), options);
        lines.and_then(|lines| Told::parse(&lines)).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    fn run(&self, donors: &Donors) -> Tried {
        let whole = self.told(&self.records);
        let mut tried = Tried { captures: 1, ..Tried::default() };
        let every = std::env::var_os("IKEV2_LAW_EVERY").is_some();
        for degraded in
            degradations(&self.records, donors, every).iter().filter(|degraded| is_asked("IKEV2_LAW_DEGRADATION", &degraded.name))
        {
            tried.degraded += 1;
            tried.unimpaired += usize::from(degraded.taken == Taken::Nothing);
            tried.names.insert(degraded.name.clone());
            let told = self.told(&degraded.records);
            let mut rules = violations(&whole, &self.records, degraded, &told, &truth::codes(&self.name, &degraded.name));
            rules.extend((degraded.taken == Taken::Nothing && !told.is_as_strong_as(&whole)).then_some(WEAKER));
            if !rules.is_empty() {
                self.keep(degraded);
            }
            tried.lines.extend(rules.into_iter().map(|rule| self.line(rule, degraded, &whole, &told)));
        }
        tried
    }

    fn line(&self, rule: &'static str, degraded: &Degraded, whole: &Told, told: &Told) -> Line {
        Line { rule, degradation: degraded.name.clone(), capture: self.name.clone(), whole: whole.clone(), degraded: told.clone() }
    }

    fn keep(&self, degraded: &Degraded) {
        if let Some(folder) = std::env::var_os("IKEV2_LAW_KEEP") {
            std::fs::create_dir_all(&folder).unwrap();
            let name = format!("{}.{}.pcap", self.name.replace([' ', '/'], "_"), degraded.name);
            std::fs::write(Path::new(&folder).join(name), file::write(&degraded.records)).unwrap();
        }
    }
}

/// Whether the variable asks for this name: where it is not set, it asks for all.
fn is_asked(variable: &str, name: &str) -> bool {
    std::env::var(variable).map_or(true, |part| name.contains(&part))
}

/// Every capture that is a pcap or pcapng file with packets.
fn jobs() -> Vec<Job> {
    let mut jobs = Vec::new();
    for folder in [root().join("tests/captures"), root().join("tests/captures-diagnose"), cases(), recorded()] {
        let files = std::fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files.filter(|path| path.is_file()).collect();
        files.sort();
        for path in files {
            let Some(records) = file::read(&crate::kit::read(&path)) else { continue };
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            let beside = ["keys.json", "keys.txt"].map(|ending| path.with_extension(ending)).into_iter().find(|keys| keys.exists());
            // Whether a table of keys can be read is not this test's question.
            if let Some(keys) = beside.filter(|keys| keys::parse(&crate::kit::read(keys)).is_ok()) {
                jobs.push(Job { name: format!("{name} with keys"), records: records.clone(), keys: Some(keys) });
            }
            jobs.push(Job { name, records, keys: None });
        }
    }
    jobs.retain(|job| is_asked("IKEV2_LAW_CAPTURE", &job.name));
    assert!(!jobs.is_empty(), "no capture has such a name");
    jobs
}

fn donor(name: &str) -> Vec<Record> {
    file::read(&crate::kit::read(&root().join("tests/captures-diagnose").join(name))).unwrap()
}

/// Tries all, in two threads.
pub(super) fn try_all() -> Tried {
    let donors = Donors { success: donor("healthy-psk-a.pcap"), neighbour: donor("healthy-natt-b.pcap") };
    let queue = Mutex::new(jobs());
    let work = || {
        let mut tried = Tried::default();
        loop {
            let next = queue.lock().unwrap().pop();
            let Some(job) = next else { return tried };
            tried.join(job.run(&donors));
        }
    };
    let mut all = std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut all = work();
        all.join(other.join().unwrap());
        all
    });
    all.lines.sort_by(|a, b| (&a.degradation, &a.capture).cmp(&(&b.degradation, &b.capture)));
    if let Some(file) = std::env::var_os("IKEV2_LAW_LIST") {
        let lines: Vec<_> = all.lines.iter().map(|line| format!("{}\n", as_json(line))).collect();
        std::fs::write(file, lines.concat()).unwrap();
    }
    all
}

fn as_json(line: &Line) -> serde_json::Value {
    let told = |told: &Told| json!({ "state": told.state, "codes": told.codes });
    let (whole, degraded) = (told(&line.whole), told(&line.degraded));
    json!({ "rule": line.rule, "degradation": line.degradation, "capture": line.capture, "whole": whole, "degraded": degraded })
}
