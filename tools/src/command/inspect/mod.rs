//! From a capture to text, one message at a time.
//!
//! ```text
//! args.rs       the command line
//! ../watch      a capture -> IKE messages, opened where there are keys
//! remarks.rs    what is worth a word besides
//! json.rs       one message -> one JSON line (payloads in json_payload.rs)
//! tree.rs       one message -> a tree to read
//!   describe.rs a payload in words: SA and selectors in detail.rs, notify data and configuration in values.rs, NAT detection
//!               in nat.rs, identities and certificates in identity.rs
//!   text.rs     escaping, hexadecimal, wrapping; names no registry holds in names.rs
//! ```

mod args;
mod describe;
mod detail;
mod identity;
mod json;
mod json_payload;
mod names;
mod nat;
mod remarks;
mod text;
mod tree;
mod values;
#[path = "../watch/mod.rs"]
mod watch;

use args::{Args, Parsed};
use json::Json;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use summary::Summary;
use support::{OpenError, Traffic};
use tree::Tree;
use unlock::Unlock;
use walk::{Report, Walk};
use watch::{decode, keys, ports, summary, support, unlock, walk};

/// Everything was read.
const OK: u8 = 0;
/// Something could not be read, or there was no IKE message.
const INCOMPLETE: u8 = 1;
/// The command line is wrong, a file cannot be opened or is not what it should be, or the output cannot be written.
const FAILED: u8 = 2;

/// Problems told on standard error one by one; after that they are only counted.
const MAX_COMPLAINTS: u64 = 20;

/// Runs the command line `args`, without the program's name; gives the exit status.
pub(crate) fn start(args: impl IntoIterator<Item = OsString>, out: &mut dyn Write, complaints: &mut dyn Write) -> u8 {
    let done = match args::parse(args) {
        Ok(Parsed::Run(args)) => run(&args, out, complaints),
        Ok(Parsed::Help) => out.write_all(args::HELP.as_bytes()).and_then(|()| out.flush()).map(|()| OK),
        Err(error) => {
            let _ = writeln!(complaints, "inspect: {error}\n{}", args::USAGE);
            Ok(FAILED)
        }
    };
    match done {
        Ok(status) => status,
        // The reader of a pipe has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => OK,
        Err(error) => {
            let _ = writeln!(complaints, "inspect: cannot write: {error}");
            FAILED
        }
    }
}

/// Reads the capture `args` names; gives the exit status. The errors are those of writing to `out`.
fn run(args: &Args, out: &mut dyn Write, complaints: &mut dyn Write) -> io::Result<u8> {
    let opened = unlock(&args.keys).and_then(|unlock| Ok((open(args).map_err(|error| error.to_string())?, unlock)));
    match opened {
        Ok((traffic, unlock)) => read(args, traffic, unlock, out, complaints),
        Err(error) => {
            let _ = writeln!(complaints, "inspect: {error}");
            Ok(FAILED)
        }
    }
}

/// `None` when no file of keys is named.
fn unlock(files: &[PathBuf]) -> Result<Option<Unlock>, String> {
    let mut entries = Vec::new();
    for file in files {
        entries.extend(keys::read(file).map_err(|error| format!("keys {}: {error}", file.display()))?);
    }
    Ok((!files.is_empty()).then(|| Unlock::new(entries)))
}

fn open(args: &Args) -> Result<Traffic, OpenError> {
    let interest = ports::interest();
    if args.file == Path::new("-") {
        Traffic::from_read(Path::new("standard input"), Box::new(io::stdin()), interest)
    } else {
        Traffic::open(&args.file, interest)
    }
}

/// Reads `traffic` to its end; gives the exit status.
fn read(args: &Args, traffic: Traffic, unlock: Option<Unlock>, out: &mut dyn Write, complaints: &mut dyn Write) -> io::Result<u8> {
    let walk = Walk::new(&args.ports, unlock);
    let summary =
        if args.json { go(walk, traffic, Json::new(out), complaints)? } else { go(walk, traffic, Tree::new(out, args), complaints)? };
    let file = args.file.display();
    if let Some(what) = summary.unread() {
        let _ = writeln!(complaints, "inspect: {file}: {what}");
    }
    if summary.messages == 0 {
        let _ = writeln!(complaints, "inspect: {file}: no IKE message found{}", hint(&summary));
    }
    Ok(if summary.unread().is_some() || summary.messages == 0 { INCOMPLETE } else { OK })
}

fn go(mut walk: Walk, mut traffic: Traffic, mut report: impl Report, complaints: &mut dyn Write) -> io::Result<Summary> {
    for item in traffic.by_ref() {
        if let Some(problem) = walk.item(item, &mut report)? {
            match walk.summary.problems {
                ..=MAX_COMPLAINTS => {
                    let _ = writeln!(complaints, "inspect: {problem}");
                }
                n if n == MAX_COMPLAINTS.saturating_add(1) => {
                    let _ = writeln!(complaints, "inspect: there are more problems; from here on they are counted");
                }
                _ => {}
            }
        }
    }
    walk.finish(&mut report)?;
    walk.summary.packets = traffic.packets();
    report.summary(&walk.summary)?;
    Ok(walk.summary)
}

fn hint(summary: &Summary) -> &'static str {
    match (summary.packets, summary.esp) {
        (0, _) => ": the capture holds no packet",
        (_, 0) => " on UDP ports 500 and 4500 or TCP port 4500; --port N looks at another UDP port",
        _ => ", only ESP",
    }
}
