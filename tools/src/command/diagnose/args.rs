//! The command line.

use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const USAGE: &str =
    "usage: diagnose [--keys FILE].. [--policy POLICY] [--json] [--html FILE] [--port N].. FILE    (--help says more)";

pub(crate) const HELP: &str = r#"Tells from a capture (pcap or pcapng) why an IKEv2 tunnel does not come up, and what to change.

usage: diagnose [--keys FILE].. [--policy POLICY] [--json] [--html FILE] [--all] [--port N].. FILE

  FILE             the capture; - reads standard input
  --keys FILE      look into encrypted messages with the keys in FILE (keys.json, or Wireshark's ikev2_decryption_table); may be repeated
  --policy POLICY  what the responder allows: a profile (negotiate --list shows them), strongSwan or libreswan notation, or a Windows
                   Set-VpnConnectionIPsecConfiguration command line or CryptographySuite element; explains a refused proposal
  --json           JSON lines: one object a finding, the verdict last
  --html FILE      write the report as one HTML page, with the messages drawn
  --all            show every IKE SA, not only those that failed
  --port N         look for IKE on UDP port N as well; may be repeated
  --help           this text

The first line is the verdict: what is wrong and what to do, in one sentence. Below it each IKE SA has its findings with the packets that
prove them, who must change what, its messages as a ladder, and the sizes of the large ones.

JSON lines: {"kind":"finding","code":..,"severity":"error|warning|info","sa":"spi_i:spi_r","packets":[..],"text":..,"remedy":..,
"details":{..},"confidence":"high|medium|low","time":seconds} and last {"kind":"verdict","codes":[..],"windows_error":N or null,"text":..}.

The exit status is 0 when no error was found, 1 when one was, 2 when the command line is wrong or a file cannot be read.
"#;

#[derive(Clone, Debug, Default)]
pub(crate) struct Args {
    pub(crate) file: PathBuf,
    pub(crate) keys: Vec<PathBuf>,
    pub(crate) policy: Option<String>,
    pub(crate) json: bool,
    pub(crate) html: Option<PathBuf>,
    pub(crate) all: bool,
    pub(crate) ports: Vec<u16>,
}

#[derive(Debug)]
pub(crate) enum Parsed {
    Run(Args),
    Help,
}

pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Parsed, lexopt::Error> {
    let mut parser = Parser::from_args(args);
    let mut file = None;
    let mut found = Args::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("json") => found.json = true,
            Arg::Long("all") => found.all = true,
            Arg::Long("keys") => found.keys.push(PathBuf::from(parser.value()?)),
            Arg::Long("policy") => found.policy = Some(parser.value()?.string()?),
            Arg::Long("html") => found.html = Some(PathBuf::from(parser.value()?)),
            Arg::Long("port") => match parser.value()?.parse()? {
                0 => return Err("port 0 carries nothing".into()),
                port => found.ports.push(port),
            },
            Arg::Short('h') | Arg::Long("help") => return Ok(Parsed::Help),
            Arg::Value(value) if file.is_none() => file = Some(PathBuf::from(value)),
            _ => return Err(arg.unexpected()),
        }
    }
    found.file = file.ok_or("no capture file named")?;
    Ok(Parsed::Run(found))
}
