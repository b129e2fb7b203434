//! The command line.

use crate::contestants::{self, Contestant};
use crate::paths::{self, Custom, Message, NamedPath};
use ikev2::fragment::Limits;
use ikev2::fragment::strategy::Timers;
use ikev2::sim::profiles;
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) const USAGE: &str =
    "usage: compare_strategies [--quick] [--strategy NAME].. [--path NAME].. [--size NAME].. [options], or --help";

pub(crate) const HELP: &str = "\
Delivers IKE messages over modelled paths by different fragmentation strategies, and tells which one to choose.

  --quick            fewer runs: under ten seconds
  --strategy NAME    this strategy only; may be given more than once (fixed-N and fixed-N-balanced take any size N)
  --path NAME        this path only; may be given more than once; `custom` is the one that the options below describe
  --size NAME        this message only, by name or as octets of content; may be given more than once
  --runs N           runs of each strategy, path and message (500)
  --seed N           the first run's seed (1); run n has seed N + n, the same for all strategies
  --out FOLDER       where report.html, runs.csv, *.svg and *.png go (target/compare_strategies)
  --timers WHOSE     strongswan (4 s, times 1.8), libreswan (0.5 s, doubled) or android: when to send again;
                     or one's own: SECONDS,PERCENT,TIMES,SECONDS (first wait, growth, how often, when to give up)
  --answer N[,SIZE]  octets of content of the answer (200), in fragments of SIZE (1280)
  --receiver WHOSE   whose limits the receiver has: ours (65531 octets, 1024 fragments), strongswan, libreswan, openiked
  --deadline SECONDS what counts as in time (10)
  --threads N        all cores by default; the results are the same

The path `custom`, each option with its default:
  --mtu 1500         octets, behind the sender's own Ethernet of 1500
  --rtt 80           milliseconds; --jitter 0 milliseconds each way
  --loss 0           percent of IP packets, each way
  --burst 0          milliseconds the losses come together; 0 for independent ones
  --gilbert P,R,B    instead of both: percent, with each packet, of good turning bad, of bad turning good, and of loss when bad
  --rate 0           kbit/s, 0 for unlimited; --queue 64000 octets in front of it
  --ip-fragments pass   or drop, first-only, or the percentage of paths that drop them
  --no-icmp          ICMP too-big is filtered
  --reorder 0, --duplicate 0   percent of packets
  --nat 0            seconds after which a NAT forgets; 0 for no NAT
";

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
    pub(crate) limits: Limits,
    pub(crate) receiver_name: String,
    /// Octets of the answer's content, and of its largest packet.
    pub(crate) answer: (usize, u16),
    pub(crate) deadline: Duration,
    pub(crate) threads: usize,
    /// What was given, for the report.
    pub(crate) line: String,
}

pub(crate) enum Parsed {
    Help,
    Compare(Box<Args>),
}

pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Parsed, String> {
    let text = |error: lexopt::Error| error.to_string();
    let given: Vec<_> = args.into_iter().collect();
    let line = given.iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let mut parser = Parser::from_args(given);
    let (mut strategies, mut path_names, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    let mut custom = Custom::default();
    let (mut runs, mut quick, mut seed, mut deadline) = (None, false, 1, 10.0);
    let mut out = PathBuf::from("target/compare_strategies");
    let (mut timers_name, mut receiver_name) = ("strongswan".to_owned(), "ours".to_owned());
    let mut answer = (200, 1280);
    let mut threads = std::thread::available_parallelism().map_or(1, usize::from);
    while let Some(arg) = parser.next().map_err(text)? {
        let value = |parser: &mut Parser| parser.value().and_then(ValueExt::string).map_err(text);
        match arg {
            Arg::Long("help") | Arg::Short('h') => return Ok(Parsed::Help),
            Arg::Long("quick") => quick = true,
            Arg::Long("strategy") => strategies.push(contestants::named(&value(&mut parser)?)?),
            Arg::Long("path") => path_names.push(value(&mut parser)?),
            Arg::Long("size") => messages.push(paths::message(&value(&mut parser)?)?),
            Arg::Long("runs") => runs = Some(number(&mut parser)?),
            Arg::Long("seed") => seed = number(&mut parser)?,
            Arg::Long("out") => out = parser.value().map_err(text)?.into(),
            Arg::Long("timers") => timers_name = value(&mut parser)?,
            Arg::Long("receiver") => receiver_name = value(&mut parser)?,
            Arg::Long("deadline") => deadline = number(&mut parser)?,
            Arg::Long("answer") => answer = answer_of(&value(&mut parser)?)?,
            Arg::Long("threads") => threads = number(&mut parser)?,
            Arg::Long("no-icmp") => custom.icmp = false,
            Arg::Long(name) => {
                let name = name.to_owned();
                if !custom.set(&name, &value(&mut parser)?)? {
                    return Err(format!("there is no option --{name}"));
                }
            }
            _ => return Err(arg.unexpected().to_string()),
        }
    }
    let timers = match timers_name.as_str() {
        "strongswan" => Timers::STRONGSWAN,
        "libreswan" => Timers::LIBRESWAN,
        "android" => Timers::ANDROID,
        other => own_timers(other)
            .ok_or_else(|| format!("--timers {other}: strongswan, libreswan or android, or SECONDS,PERCENT,TIMES,SECONDS"))?,
    };
    let limits = match receiver_name.as_str() {
        "ours" => Limits::default(),
        "strongswan" => profiles::STRONGSWAN,
        "libreswan" => profiles::LIBRESWAN,
        "openiked" => profiles::OPENIKED,
        other => return Err(format!("--receiver {other}: ours, strongswan, libreswan or openiked")),
    };
    if strategies.is_empty() {
        strategies = contestants::all();
    }
    let paths = paths::chosen(&path_names, &custom)?;
    if messages.is_empty() {
        messages = paths::messages();
    }
    let runs = runs.unwrap_or(if quick { 100 } else { 500 });
    if runs == 0 || !(deadline > 0.0 && deadline < 1e6) {
        return Err("at least one run, and a deadline of more than 0 seconds".to_owned());
    }
    let deadline = Duration::from_secs_f64(deadline);
    let threads = threads.max(1);
    Ok(Parsed::Compare(Box::new(Args {
        strategies,
        paths,
        messages,
        runs,
        seed,
        out,
        timers,
        timers_name,
        limits,
        receiver_name,
        answer,
        deadline,
        threads,
        line,
    })))
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
        _ => Err(format!("--answer {text}: 1 to 65000 octets, and a size of 100 to 9000")),
    }
}

fn number<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(parser: &mut Parser) -> Result<T, String> {
    parser.value().and_then(|value| value.parse()).map_err(|error| error.to_string())
}
