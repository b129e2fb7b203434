//! The command line.

use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const USAGE: &str = "usage: inspect [--json] [--keys FILE].. [--port N].. FILE    (--help says more)";

pub(crate) const HELP: &str = r#"Shows every IKE message of a capture (pcap or pcapng), and a summary.

usage: inspect [--json] [--keys FILE].. [--port N].. FILE

  FILE         the capture; - reads standard input
  --json       JSON lines, one object a message, in place of the tree
  --keys FILE  open SK and SKF payloads with the keys in FILE, and put fragments together; may be repeated
  --port N     look for IKE on UDP port N as well, with and without the non-ESP marker; may be repeated
  --help       this text

IKE is looked for on UDP ports 500 and 4500 and on TCP port 4500.

A file of keys is one of two, told apart by its content:
  keys.json as in tests/captures: {"ike_sas": [{"spi_i": "..", "spi_r": "..", "encr_id": 12, "encr_key_bits": 256, "integ_id": 12,
    "sk_ei": "..", "sk_er": "..", "sk_ai": "..", "sk_ar": ".."}, ..]}, SPIs and keys in hexadecimal
  Wireshark's ikev2_decryption_table: SPIi,SPIr,SK_ei,SK_er,"AES-CBC-256 [RFC3602]",SK_ai,SK_ar,"HMAC_SHA2_256_128 [RFC4868]"
Several entries may have the SPIs of one IKE SA, whose keys change with each additional key exchange: all are tried.
With --json an SK or SKF payload then has a field "decrypt":
  "ok"            SK has "inner", its payloads, and "inner_fault", the first fault in them (offsets count from the content's start);
                  SKF has "reassembly", how far its fragment set is
  "unchecked"     the same, by a line of Wireshark's table whose integrity algorithm checks nothing
  "ICV mismatch"  no key of this IKE SA fits
  other text      why else it was not opened
and none when there is no key for its IKE SA. After the message with the fragment that completes a set comes an object of kind
"reassembled": "packets" (all that carried one of its fragments), "message_id", "exchange", "initiator", "response", "fragments",
"payloads", "fault", and where it belongs. The summary has "encrypted", the numbers of messages "opened", with an "icv_mismatch",
"not_opened" for another reason, with "no_key", and of those "reassembled".

The exit status is 0 when everything was read, 1 when something could not be read or opened with its keys or there was no IKE
message, 2 when the command line is wrong, the file is no capture, or a file of keys is none.
"#;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Args {
    pub(crate) file: PathBuf,
    pub(crate) json: bool,
    /// Files of keys.
    pub(crate) keys: Vec<PathBuf>,
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
    let mut keys = Vec::new();
    let mut ports = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("json") => json = true,
            Arg::Long("keys") => keys.push(PathBuf::from(parser.value()?)),
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
    Ok(Parsed::Run(Args { file, json, keys, ports }))
}
