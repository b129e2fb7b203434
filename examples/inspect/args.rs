//! The command line.

use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const USAGE: &str = "usage: inspect [--json] [--port N].. FILE    (--help says more)";

pub(crate) const HELP: &str = "\
Shows every IKE message of a capture (pcap or pcapng), and a summary.

usage: inspect [--json] [--port N].. FILE

  FILE       the capture; - reads standard input
  --json     JSON lines, one object a message, in place of the tree
  --port N   look for IKE on UDP port N as well, with and without the non-ESP marker; may be repeated
  --help     this text

IKE is looked for on UDP ports 500 and 4500 and on TCP port 4500.
The exit status is 0 when everything was read, 1 when something could not be read or there was no IKE message,
2 when the command line is wrong or the file is no capture.
";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Args {
    pub(crate) file: PathBuf,
    pub(crate) json: bool,
    /// UDP ports besides 500 and 4500.
    pub(crate) ports: Vec<u16>,
}

#[derive(Debug)]
pub(crate) enum Parsed {
    Run(Args),
    Help,
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Parsed, lexopt::Error> {
    let mut parser = Parser::from_args(args);
    let mut file = None;
    let mut json = false;
    let mut ports = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("json") => json = true,
            Arg::Long("port") => match parser.value()?.parse()? {
                0 => return Err("port 0 carries nothing".into()),
                port => ports.push(port),
            },
            Arg::Short('h') | Arg::Long("help") => return Ok(Parsed::Help),
            Arg::Value(value) if file.is_none() => file = Some(PathBuf::from(value)),
            _ => return Err(arg.unexpected()),
        }
    }
    let file = file.ok_or("no capture file named")?;
    Ok(Parsed::Run(Args { file, json, ports }))
}
