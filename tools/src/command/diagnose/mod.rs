//! From a capture to a report.
//!
//! ```text
//! args.rs     the command line
//! ../watch    a capture -> IKE messages, opened where there are keys
//! watcher.rs  IKE messages -> ikev2::diagnose, and the messages of each IKE SA as they are to be shown
//!   ladder.rs what is shown of a message
//!   icmp.rs   ICMP errors about IKE packets
//! report.rs   the findings by IKE SA, as all outputs show them
//! json.rs, text.rs, html.rs (with svg.rs)   the outputs
//! ```

mod args;
mod html;
mod icmp;
mod json;
mod ladder;
#[path = "../support/notation.rs"]
mod notation;
mod report;
mod svg;
mod text;
#[path = "../watch/mod.rs"]
mod watch;
mod watcher;

use args::{Args, Parsed};
use ikev2::Role;
use ikev2::proposal::profiles;
use ikev2::proposal::{Dialect, Policy, Question};
use report::Report;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use watch::support::{Interest, Traffic};
use watch::unlock::Unlock;
use watch::walk::Walk;
use watch::{keys, ports};
use watcher::Watcher;

const OK: u8 = 0;
const ERRORS: u8 = 1;
const FAILED: u8 = 2;

/// Packets between two lines of progress.
const PROGRESS: u64 = 1_000_000;

/// Runs the command line `args`, without the program's name; gives the exit status.
pub(crate) fn start(args: impl IntoIterator<Item = OsString>, out: &mut dyn Write, complaints: &mut dyn Write) -> u8 {
    let args = match args::parse(args) {
        Ok(Parsed::Run(args)) => args,
        Ok(Parsed::Help) => return status(out.write_all(args::HELP.as_bytes()).and_then(|()| out.flush()).map(|()| OK), complaints),
        Err(error) => {
            let _ = writeln!(complaints, "diagnose: {error}\n{}", args::USAGE);
            return FAILED;
        }
    };
    match read(&args, complaints) {
        Ok(report) => {
            let written = write(&args, &report, out, complaints);
            status(written, complaints)
        }
        Err(error) => {
            let _ = writeln!(complaints, "diagnose: {error}");
            FAILED
        }
    }
}

fn status(done: io::Result<u8>, complaints: &mut dyn Write) -> u8 {
    match done {
        Ok(status) => status,
        // The reader of a pipe has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => OK,
        Err(error) => {
            let _ = writeln!(complaints, "diagnose: cannot write: {error}");
            FAILED
        }
    }
}

/// Reads the capture to its end.
pub(crate) fn read(args: &Args, complaints: &mut dyn Write) -> Result<Report, String> {
    let policy = args.policy.as_deref().map(policy).transpose()?;
    let mut entries = Vec::new();
    for file in &args.keys {
        entries.extend(keys::read(file).map_err(|error| format!("keys {}: {error}", file.display()))?);
    }
    let unlock = (!args.keys.is_empty()).then(|| Unlock::new(entries));
    let interest = Interest { ip_protocols: vec![ports::ESP, icmp::V4, icmp::V6], ..ports::interest() };
    let traffic = if args.file == Path::new("-") {
        Traffic::from_read(Path::new("standard input"), Box::new(io::stdin()), interest)
    } else {
        Traffic::open(&args.file, interest)
    };
    let mut traffic = traffic.map_err(|error| error.to_string())?;
    let mut walk = Walk::new(&args.ports, unlock);
    let mut watcher = Watcher::new(policy);
    let mut told = PROGRESS;
    let cannot = |error: io::Error| error.to_string();
    while let Some(item) = traffic.next() {
        if let Some(problem) = walk.item(item, &mut watcher).map_err(cannot)? {
            watcher.problem(problem);
        }
        if traffic.packets() >= told {
            told = told.saturating_add(PROGRESS);
            progress(&traffic, complaints);
        }
    }
    walk.finish(&mut watcher).map_err(cannot)?;
    let name = args.file.display().to_string();
    Ok(watcher.finish(name, traffic.packets(), walk.summary.messages, traffic.clock()))
}

fn progress(traffic: &Traffic, complaints: &mut dyn Write) {
    let (read, all) = traffic.progress();
    let percent = all.and_then(|all| read.saturating_mul(100).checked_div(all)).map(|percent| format!(", {percent} %"));
    let _ = writeln!(complaints, "diagnose: {} packets{}", traffic.packets(), percent.unwrap_or_default());
}

fn write(args: &Args, report: &Report, out: &mut dyn Write, complaints: &mut dyn Write) -> io::Result<u8> {
    if let Some(path) = &args.html {
        if let Err(error) = fs::write(path, html::page(report, args.all)) {
            let _ = writeln!(complaints, "diagnose: {}: {error}", path.display());
            return Ok(FAILED);
        }
    }
    let text = if args.json { json::lines(report) } else { text::report(report, args.all) };
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(if report.verdict.codes.is_empty() { OK } else { ERRORS })
}

/// What the responder allows.
fn policy(text: &str) -> Result<Policy, String> {
    let profile = profiles::find_for(text, Question::Ike, Role::Responder).or_else(|| profiles::find(text));
    if let Some(profile) = profile.filter(|profile| Question::Ike.takes(profile.protocol)) {
        return profile.policy(profile.dialect, Question::Ike).map_err(|error| error.to_string());
    }
    // What has no key exchange or PRF is for a child SA.
    let proposals =
        notation::proposals(text, Question::Ike).or_else(|error| notation::proposals(text, Question::Child).map_err(|_| error))?;
    Policy::new(Dialect::Rfc, proposals).map_err(|error| error.to_string())
}
