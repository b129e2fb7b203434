//! The command line.

use super::contestants::{self, Contestant};
use super::paths::{self, Custom, Message, NamedPath};
use crate::input;
use ikev2::fragment::ReassemblyLimits;
use ikev2::fragment::strategy::Timers;
use ikev2::sim::profiles;
use ikev2_tools::evidence::measured::MeasuredPath;
use std::path::PathBuf;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  ike compare --quick
  ike compare --path custom --mtu 1400 --rtt 120 --loss 3 --size 9000
  ike compare --path-from probe.json
  ike compare --strategy paced --strategy fixed-1280-balanced

Exit status: 0 when the report was written; 2 when the command line is wrong or the report cannot be written.";

/// Delivers IKE messages over modelled paths by different fragmentation strategies, and tells which one to choose.
#[derive(Debug, clap::Args)]
#[command(after_long_help = format!("{}\n{EXAMPLES}", names()), after_help = EXAMPLES)]
pub(crate) struct Line {
    /// Fewer runs: under ten seconds.
    #[arg(long)]
    quick: bool,
    /// This strategy only; may be given more than once (fixed-N and fixed-N-balanced take any size N).
    #[arg(long, value_name = "NAME", value_parser = contestants::named)]
    strategy: Vec<Contestant>,
    /// This path only; may be given more than once; `custom` is the one that the options below describe.
    #[arg(long, value_name = "NAME")]
    path: Vec<String>,
    /// This message only, by name or as octets of content; may be given more than once.
    #[arg(long, value_name = "NAME", value_parser = paths::message)]
    size: Vec<Message>,
    /// Runs of each strategy, path and message (500).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: Option<u32>,
    /// The first run's seed; run n has seed N + n, the same for all strategies.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where report.html, runs.csv, *.svg and *.png go.
    #[arg(long, value_name = "FOLDER", default_value = "target/compare_strategies")]
    out: PathBuf,
    /// When to send again: strongswan (4 s, times 1.8), libreswan (0.5 s, doubled) or android; or
    /// SECONDS,PERCENT,TIMES,SECONDS: first wait, growth, number of retransmissions, time to give up.
    #[arg(long, value_name = "WHOSE", default_value = "strongswan")]
    timers: String,
    /// Octets of content of the answer, in fragments of SIZE (1280).
    #[arg(long, value_name = "N[,SIZE]", default_value = "200", value_parser = answer_of)]
    answer: (usize, u16),
    /// Whose limits the receiver has: ours (65531 octets, 1024 fragments), strongswan, libreswan, openiked.
    #[arg(long, value_name = "WHOSE", default_value = "ours")]
    receiver: String,
    /// What counts as in time.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = deadline)]
    deadline: Duration,
    /// Number of threads, by default one a core; the results do not depend on it.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    #[command(flatten)]
    custom: CustomLine,
}

/// The path `custom`.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "The path `custom`")]
pub(crate) struct CustomLine {
    /// Take --mtu, --rtt and --ip-fragments from what `ike probe --json` measured; what is given beside it counts.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    path_from: Option<PathBuf>,
    /// Octets, behind the sender's own Ethernet of 1500 (1500).
    #[arg(long, value_name = "N")]
    mtu: Option<String>,
    /// Milliseconds (80).
    #[arg(long, value_name = "N")]
    rtt: Option<String>,
    /// Milliseconds each way (0).
    #[arg(long, value_name = "N")]
    jitter: Option<String>,
    /// Percent of IP packets lost, each way (0).
    #[arg(long, value_name = "N")]
    loss: Option<String>,
    /// Milliseconds the losses come together; 0 for independent ones (0).
    #[arg(long, value_name = "N")]
    burst: Option<String>,
    /// Instead of both: percent, with each packet, of good turning bad, of bad turning good, and of loss when bad.
    #[arg(long, value_name = "P,R,B")]
    gilbert: Option<String>,
    /// kbit/s, 0 for unlimited (0).
    #[arg(long, value_name = "N")]
    rate: Option<String>,
    /// Octets of the queue in front of that rate (64000).
    #[arg(long, value_name = "N")]
    queue: Option<String>,
    /// pass, drop, first-only, or the percentage of paths that drop them (pass).
    #[arg(long, value_name = "HOW")]
    ip_fragments: Option<String>,
    /// ICMP too-big is filtered.
    #[arg(long)]
    no_icmp: bool,
    /// Percent of packets that come later than others (0).
    #[arg(long, value_name = "N")]
    reorder: Option<String>,
    /// Percent of packets that come twice (0).
    #[arg(long, value_name = "N")]
    duplicate: Option<String>,
    /// Seconds after which a NAT forgets; 0 for no NAT (0).
    #[arg(long, value_name = "N")]
    nat: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Args {
    pub(crate) strategies: Vec<Contestant>,
    pub(crate) paths: Vec<NamedPath>,
    pub(crate) messages: Vec<Message>,
    pub(crate) runs: u32,
    pub(crate) seed: u64,
    pub(crate) out: PathBuf,
    pub(crate) timers: Timers,
    pub(crate) timers_name: String,
    pub(crate) limits: ReassemblyLimits,
    pub(crate) receiver_name: String,
    /// Octets of the answer's content, and of its largest packet.
    pub(crate) answer: (usize, u16),
    pub(crate) deadline: Duration,
    pub(crate) threads: usize,
    /// What was given, for the report.
    pub(crate) line: String,
}

/// The names that options take.
fn names() -> String {
    [contestants::list(), paths::list()].concat()
}

impl CustomLine {
    /// What a probe measured, as options.
    fn measured(&self) -> Result<Vec<(&'static str, String)>, String> {
        let Some(file) = &self.path_from else { return Ok(Vec::new()) };
        let path = MeasuredPath::read(&input::file(file)?, None).map_err(|error| format!("{}: {error}", input::name(file)))?;
        let fragments = path.ip_fragments.map(|pass| if pass { "pass" } else { "drop" });
        let options = [
            ("mtu", path.mtu.map(|mtu| mtu.to_string())),
            ("rtt", path.round_trip.map(|trip| trip.as_millis().to_string())),
            ("ip-fragments", fragments.map(str::to_owned)),
        ];
        Ok(options.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
    }

    fn custom(&self) -> Result<Custom, String> {
        let mut custom = Custom::default();
        for (name, value) in self.measured()? {
            custom.set(name, &value)?;
        }
        let options = [
            ("mtu", &self.mtu),
            ("rtt", &self.rtt),
            ("jitter", &self.jitter),
            ("loss", &self.loss),
            ("burst", &self.burst),
            ("gilbert", &self.gilbert),
            ("rate", &self.rate),
            ("queue", &self.queue),
            ("ip-fragments", &self.ip_fragments),
            ("reorder", &self.reorder),
            ("duplicate", &self.duplicate),
            ("nat", &self.nat),
        ];
        for (name, value) in options {
            if let Some(value) = value {
                custom.set(name, value)?;
            }
        }
        if self.no_icmp {
            custom.without_icmp();
        }
        Ok(custom)
    }
}

impl Line {
    /// What is to be done; `line` is what was given, in words.
    pub(crate) fn read(self, line: String) -> Result<Args, String> {
        let timers = match self.timers.as_str() {
            "strongswan" => Timers::STRONGSWAN,
            "libreswan" => Timers::LIBRESWAN,
            "android" => Timers::ANDROID,
            other => own_timers(other)
                .ok_or_else(|| format!("--timers {other}: strongswan, libreswan or android, or SECONDS,PERCENT,TIMES,SECONDS"))?,
        };
        let limits = match self.receiver.as_str() {
            "ours" => ReassemblyLimits::default(),
            "strongswan" => profiles::STRONGSWAN,
            "libreswan" => profiles::LIBRESWAN,
            "openiked" => profiles::OPENIKED,
            other => return Err(format!("--receiver {other}: ours, strongswan, libreswan or openiked")),
        };
        let threads = self.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        Ok(Args {
            strategies: if self.strategy.is_empty() { contestants::all() } else { self.strategy },
            paths: paths::chosen(&self.path, &self.custom.custom()?)?,
            messages: if self.size.is_empty() { paths::messages() } else { self.size },
            runs: self.runs.unwrap_or(if self.quick { 100 } else { 500 }),
            seed: self.seed,
            out: self.out,
            timers,
            timers_name: self.timers,
            limits,
            receiver_name: self.receiver,
            answer: self.answer,
            deadline: self.deadline,
            threads: threads.max(1),
            line,
        })
    }
}

fn deadline(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0 && *seconds < 1e6);
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "a deadline of more than 0 seconds".to_owned())
}

/// First wait, growth, retransmissions, and when to give up.
fn own_timers(text: &str) -> Option<Timers> {
    let [first, growth, times, give_up] = text.split(',').collect::<Vec<_>>().try_into().ok()?;
    let seconds = |text: &str| text.parse().ok().filter(|seconds| (0.001..1e6).contains(seconds)).map(Duration::from_secs_f64);
    let (growth_percent, retransmissions) = (growth.parse().ok()?, times.parse().ok()?);
    Some(Timers { first: seconds(first)?, growth_percent, retransmissions, give_up: seconds(give_up)? })
}

fn answer_of(text: &str) -> Result<(usize, u16), String> {
    let (octets, size) = text.split_once(',').unwrap_or((text, "1280"));
    match (octets.parse(), size.parse()) {
        (Ok(octets @ 1..=65000), Ok(size @ 100..=9000)) => Ok((octets, size)),
        _ => Err("1 to 65000 octets, and a size of 100 to 9000".to_owned()),
    }
}
