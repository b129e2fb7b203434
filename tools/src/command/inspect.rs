//! `ike inspect`: every IKE message of a capture.

use crate::console::{Colour, Console, UNUSABLE, WELL};
use crate::input;
use ikev2_tools::report::inspect::{Error, Outcome, ShowOptions, show};
use std::path::PathBuf;

const MORE: &str = r#"Files of keys: one of two formats, told apart by content.
  keys.json      {"ike_sas": [{"spi_i": "..", "spi_r": "..", "encr_id": 12,
                 "encr_key_bits": 256, "integ_id": 12, "sk_ei": "..",
                 "sk_er": "..", "sk_ai": "..", "sk_ar": ".."}, ..]}
                 with SPIs and keys in hexadecimal
  Wireshark's    ikev2_decryption_table:
                 SPIi,SPIr,SK_ei,SK_er,"AES-CBC-256 [RFC3602]",
                 SK_ai,SK_ar,"HMAC_SHA2_256_128 [RFC4868]" in one line
Several entries may have the SPIs of one IKE SA, whose keys change with each additional key exchange: all are tried.

JSON lines: one object a message, the summary last. What lengths frame is shown, whatever else is wrong with it:
  "version"       the major version of the header
  "len"           the Length of the header, right or wrong
  "fault"         the first fault, null where there is none
  "faults"        every fault, in the order of the octets: "element", "offset",
                  "code", a name of the cause that does not change, and "cause"
  "key_bits"      the first key length of a transform; further ones, and one
                  that is no number of 16 bits, are "attributes" of type 14
  "octets"        with --octets: in hexadecimal the whole message, in a payload
                  its body, in an object of kind "reassembled" its content;
                  "inner_octets" in an SK payload what was encrypted
A message of IKEv1 has its own fields: "version" 1, "cookie_i", "cookie_r", "exchange", "exchange_name", "encrypted", "commit", "authentication_only" and "message_id"; nothing behind its header is read, so that "payloads" is empty. Of a version that is neither 1 nor 2 the header is shown as it stands, with "flags" in place of "initiator" and "response". With an exchange type of 34 or more, which only IKEv2 has, any version is read as IKEv2, and is a fault.

With keys an SK or SKF payload has a field "decrypt", and none when there is no key for its IKE SA:
  "ok"            SK has "inner", its payloads, "inner_fault", the first fault
                  in them, and "inner_faults", every one (offsets count from
                  the content's start);
                  SKF has "reassembly", how far its fragment set is
  "unchecked"     the same, by a line of Wireshark's table whose integrity
                  algorithm checks nothing
  "ICV mismatch"  no key of this IKE SA fits
  other text      why else it was not opened
A message of IKE_SA_INIT has "fingerprint": "version", "form" and "hash" (docs/fingerprint.md); "product", the stack, or stacks with " or " between them, or null where it is unknown; "release", as its vendor ID says; "sign", by what it was recognised: "vendor_id", "form", or "order", which is no proof: the stack stands in "perhaps" then.
After the message with the fragment that completes a set comes an object of kind "reassembled": "packets" (all that carried one of its fragments), "message_id", "exchange", "initiator", "response", "fragments", "payloads", "fault", "faults", and where it belongs. The summary has "encrypted": the numbers of messages "opened", with an "icv_mismatch", "not_opened" for another reason, with "no_key", and of those "reassembled".

Examples:
  ike inspect tunnel.pcap
  ike inspect --keys keys.json --json tunnel.pcap | jq .exchange
  ike inspect --json --octets tunnel.pcap | jq -r .octets
  tcpdump -U -w - 'udp port 500 or udp port 4500' | ike inspect -

Exit status: 0 when the file was read, whatever stands in it; 2 when the command line is wrong, the file is no capture or is damaged so that it could not be read to its end, or a file of keys is none. What could not be read or opened is told on standard error."#;

/// Shows every IKE message of a capture (pcap or pcapng), and a summary.
///
/// IKE is looked for on UDP ports 500 and 4500 and on TCP port 4500.
#[derive(Debug, clap::Args)]
#[command(after_long_help = MORE)]
pub(crate) struct Args {
    /// The capture; - reads standard input.
    file: PathBuf,
    /// JSON lines, one object a message, in place of the tree.
    #[arg(long)]
    json: bool,
    /// With --json, the octets of each message and payload as well, those that keys opened too.
    #[arg(long, requires = "json")]
    octets: bool,
    /// Open SK and SKF payloads with the keys in FILE, and put fragments together; may be repeated.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    keys: Vec<PathBuf>,
    /// Look for IKE on UDP port N as well, with and without the non-ESP marker; may be repeated.
    #[arg(long = "port", value_name = "N", value_parser = input::port)]
    ports: Vec<u16>,
}

pub(crate) fn run(args: Args, colour: Colour) -> u8 {
    let mut console = Console::new("inspect", colour);
    let keys = match input::keys(&args.keys) {
        Ok(keys) => keys,
        Err(error) => return console.give_up(error),
    };
    let warnings = keys.as_ref().map(|keys| keys.warnings.as_slice()).unwrap_or_default();
    warnings.iter().for_each(|warning| console.complain(warning));
    let keys = keys.map(|keys| keys.entries);
    let options = ShowOptions {
        json: args.json,
        octets: args.octets,
        ports: args.ports,
        keys,
        style: console.style,
        live: args.file.as_os_str() == "-",
    };
    let shown = input::capture(&args.file).map_err(Error::from);
    let shown =
        shown.and_then(|source| show(source, options, &mut console.out, &mut |problem| crate::console::complain("inspect", problem)));
    match shown {
        Ok(outcome) => {
            let status = report_unread(&console, &input::name(&args.file), &outcome);
            console.finish(status, Ok(()))
        }
        Err(Error::Write(error)) => console.finish(WELL, Err(error)),
        Err(error) => console.give_up(error),
    }
}

fn report_unread(console: &Console, file: &str, outcome: &Outcome) -> u8 {
    if let Some(what) = &outcome.unread {
        console.complain(format_args!("{file}: {what}"));
    }
    if let Some(hint) = outcome.nothing {
        console.complain(format_args!("{file}: no IKE message found{hint}"));
    }
    if outcome.broken { UNUSABLE } else { WELL }
}
