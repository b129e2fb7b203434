//! Every strategy on every path with every message, on all cores.

use super::args::Args;
use super::contestants::{Contestant, Prepared};
use super::paths::{Message, NamedPath};
use ikev2::error::SuiteError;
use ikev2::fragment::Path;
use ikev2::protect::Suite;
use ikev2::provider::Provider;
use ikev2::registry::Encr;
use ikev2::sim::{Loss, SuiteCipher, TestMessage, run};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// One run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) seed: u64,
    pub(crate) delivered: Option<Duration>,
    /// Of the message and of feedback; answers are not counted.
    pub(crate) datagrams: u32,
    pub(crate) octets: u64,
    pub(crate) retransmissions: u32,
    pub(crate) spurious: u32,
    pub(crate) memory: usize,
}

/// All runs of one strategy on one path with one message.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) strategy: String,
    pub(crate) path: String,
    pub(crate) message: String,
    pub(crate) octets_in: usize,
    /// What is varied, in the cells of the curves.
    pub(crate) at: f64,
    pub(crate) runs: Vec<Run>,
}

/// What came out.
#[derive(Debug)]
pub(crate) struct Results {
    /// The table: by path, message and strategy.
    pub(crate) cells: Vec<Cell>,
    /// Curves over loss, and the message they are about.
    pub(crate) losses: Vec<Cell>,
    pub(crate) message: Message,
    /// Curves over the size of the message.
    pub(crate) sizes: Vec<Cell>,
}

/// Percent of packets lost, in the curves over loss.
const LOSSES: [f64; 8] = [0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0];
/// Octets of content in the curves over size, and the percentage lost there.
const SIZES: [u16; 7] = [500, 1600, 4700, 9400, 15200, 25000, 50000];
pub(crate) const LOSS_OF_SIZES: f64 = 0.02;

struct Job<'a> {
    strategy: &'a Contestant,
    path: NamedPath,
    message: Message,
    at: f64,
}

fn run_jobs(args: &Args, jobs: &[Job<'_>]) -> Result<Vec<Cell>, Box<dyn Error>> {
    let mut mtus: Vec<_> = jobs.iter().map(|job| job.path.route.mtu()).collect();
    mtus.sort_unstable();
    mtus.dedup();
    let mut prepared = BTreeMap::new();
    for job in jobs {
        if let std::collections::btree_map::Entry::Vacant(entry) = prepared.entry(job.message.octets) {
            let mut test_message = TestMessage::new(job.message.octets, cipher()?)?;
            let (octets, size) = args.answer;
            test_message.set_response(octets, Path::ipv4(size))?;
            entry.insert(Prepared::new(test_message, &args.strategies, &mtus)?);
        }
    }
    let bar = ProgressBar::new(u64::try_from(jobs.len())?);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {eta} left")?);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(jobs.len()));
    std::thread::scope(|scope| {
        for _ in 0..args.threads {
            scope.spawn(|| {
                while let Some((at, job)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, jobs.get(at)?))) {
                    bar.set_message(format!("{} on {}", job.strategy.name, job.path.name));
                    let cell = prepared.get(&job.message.octets).ok_or_else(|| "no such message".into()).and_then(|of| cell(args, job, of));
                    if let Ok(mut done) = done.lock() {
                        done.push((at, cell));
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    // Whichever thread was first: the order is that of the jobs.
    let mut done = done.into_inner()?;
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, cell)| cell.map_err(|error| -> Box<dyn Error> { error })).collect()
}

fn cell(args: &Args, job: &Job<'_>, of: &Prepared) -> Result<Cell, Box<dyn Error + Send + Sync>> {
    let mut runs = Vec::new();
    for number in 0..args.runs {
        let seed = args.seed.wrapping_add(number.into());
        let mut ends = of.ends(job.strategy, job.path.route.mtu(), (args.timers, args.limits), seed)?;
        let report = run(&of.test_message, &job.path.route, &mut *ends.strategy, &mut *ends.receiver, seed);
        runs.push(Run {
            seed,
            delivered: report.delivered,
            datagrams: report.sent.datagrams.saturating_add(report.feedback.datagrams),
            octets: report.sent.octets.saturating_add(report.feedback.octets),
            retransmissions: report.retransmissions,
            spurious: report.spurious,
            memory: report.memory_peak,
        });
    }
    let (strategy, path, message) = (job.strategy.name.clone(), job.path.name.clone(), job.message.name.clone());
    Ok(Cell { strategy, path, message, octets_in: job.message.octets, at: job.at, runs })
}

pub(crate) fn compare(args: &Args) -> Result<Results, Box<dyn Error>> {
    let mut jobs = Vec::new();
    for path in &args.paths {
        for message in &args.messages {
            for strategy in &args.strategies {
                jobs.push(Job { strategy, path: path.clone(), message: message.clone(), at: 0.0 });
            }
        }
    }
    let table = jobs.len();
    // The curves are about the first message of 15 kB or more, on the custom path if there is one, else on its defaults.
    let large = args.messages.iter().find(|message| message.octets >= 15_000).or(args.messages.last());
    let message = large.cloned().ok_or("no message")?;
    let given = args.paths.iter().find(|path| path.name == "custom").cloned();
    let base = given.unwrap_or_else(|| super::paths::Custom::default().path());
    let lossy = |share: f64, name: String| {
        let mut route = base.route.clone();
        if let Some(hop) = route.hops.to_mut().last_mut() {
            hop.loss = Loss::Independent(share);
        }
        NamedPath { name, about: String::new(), route }
    };
    for percent in LOSSES {
        for strategy in &args.strategies {
            let path = lossy(percent / 100.0, format!("custom-loss-{percent}"));
            jobs.push(Job { strategy, path, message: message.clone(), at: percent });
        }
    }
    let losses = jobs.len();
    for octets in SIZES {
        for strategy in &args.strategies {
            let path = lossy(LOSS_OF_SIZES, format!("custom-loss-{}", LOSS_OF_SIZES * 100.0));
            let message = Message { name: octets.to_string(), octets: octets.into() };
            jobs.push(Job { strategy, path, message, at: f64::from(octets) });
        }
    }
    let mut cells = run_jobs(args, &jobs)?;
    let sizes = cells.split_off(losses);
    let losses = cells.split_off(table);
    Ok(Results { cells, losses, message, sizes })
}

/// What protects the messages: ring has it in assembly.
fn cipher() -> Result<SuiteCipher, SuiteError> {
    SuiteCipher::new(Provider::ring(), Suite::new(Encr::ENCR_AES_GCM_16, Some(128), None)?)
}
