//! `ike diagnose`: why a tunnel does not come up.

use crate::console::{BAD, Colour, Console, UNKNOWN, UNUSABLE, WELL};
use crate::input::{self, Either};
use core::time::Duration;
use ikev2_tools::evidence::diagnosis::{self, DiagnoseOptions, Diagnosis, Progress, State};
use ikev2_tools::evidence::{logs, negotiation};
use ikev2_tools::report::{self, UtcOffset, diagnose::View};
use std::io::Write;
use std::path::PathBuf;

const MORE: &str = r#"The first line is the verdict: what is wrong and what to do, in one sentence. Then: what the capture does not show and how to capture again, where that matters; which cause is found in how many IKE SAs and clients; for each cause one IKE SA with the packets that prove it, who must change what, its messages as a ladder and the sizes of the large ones; the other IKE SAs in one line each. Clock times are those of the capture, in UTC. What is to be pasted stands in a line of its own.

JSON lines: one object a finding, the verdict last. Times are seconds after the first packet, epochs are seconds since 1970 (UTC).
  {"kind":"finding","code":..,"severity":"error|warning|info",
   "sa":"spi_i:spi_r","packets":[..],"text":..,"remedy":..,"details":{..},
   "confidence":"high|medium|low","time":seconds,"epoch":seconds or null,
   "windows_error":N or null,
   "stacks":{"initiator":.. or null,"responder":.. or null}}
  {"kind":"verdict","state":"healthy|fault|undetermined","codes":[..],
   "causes":[{"code":..,"sas":N,"clients":N}],"not_seen":[..],
   "windows_error":N or null,"text":..,"ike_sas":N,"failed":N,
   "established":N,"undetermined":N,"closed_early":N,
   "findings_dropped":N,"warnings":[..],
   "capture":{"names":[..],"packets":N,"start":epoch or null,
   "duration":seconds},"tool":"ike VERSION"}

Several captures of one connection, the client's first: their clocks are aligned by the messages that both have, what both have counts once, and what one sent and the other never got is told as lost between them. Packets are then named 3a (of the first file), 3b (of the second); in JSON a finding has "files":[{"file":..,"packets":[..]}] beside "packets", and the verdict "files":[{"file":..,"packets":N,"clock_ahead":seconds}].

Logs (--log FILE, or a FILE that is the text of one): charon of strongSwan (syslog, journal, its own file, what swanctl and ipsec print), pluto of libreswan, iked of OpenIKED, diagnose debug application ike of a FortiGate, debug crypto ikev2 of Cisco IOS, and in English the events of RasClient and RemoteAccess of Windows (event viewer, wevtutil, Get-WinEvent, XML). gzip is undone. What a log says becomes the same findings; the evidence is its lines. What it does not say is not seen: no silence, size or payload is concluded from a line that is missing. SPIs that a log does not tell begin with 4c4f47. In JSON a finding has "lines":[..] and its "packets" are empty, the verdict has "log":{"kind":..,"lines":N}; with several logs "files":[{"file":..,"lines":[..]}] and "files":[{"file":..,"lines":N}]. Each of several logs is judged by itself. A Windows error that has several causes, such as 809, is undetermined: the finding WindowsErrorTold names the causes.

Examples:
  ike diagnose tunnel.pcapng
  ike diagnose client.pcapng server.pcapng
  ike diagnose --html report.html --keys keys.txt tunnel.pcapng
  ike diagnose --policy "aes256-sha384-ecp384" tunnel.pcapng
  ike diagnose --utc-offset +02:00 tunnel.pcapng
  journalctl -u strongswan | ike diagnose --log -
  ike diagnose --log rasclient-events.txt

Exit status: 0 when an IKE SA came up and no error was found; 1 when an error was found; 2 when the command line is wrong or a file cannot be read; 3 when it cannot be told: no error was found, and no IKE SA came up."#;

/// Tells from a capture (pcap or pcapng) or a log why an IKEv2 tunnel does not come up, and what to change.
#[derive(Debug, clap::Args)]
#[command(after_long_help = MORE)]
pub(crate) struct Args {
    /// The capture, or a log; - reads standard input. Of several captures, the initiator's side first: what one has and the other lacks was lost between.
    #[arg(required_unless_present = "log")]
    file: Vec<PathBuf>,
    /// The log of a daemon, or events of Windows; - reads standard input; may be repeated.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    log: Vec<PathBuf>,
    /// Look into encrypted messages with the keys in FILE (keys.json, or Wireshark's ikev2_decryption_table); may be repeated.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    keys: Vec<PathBuf>,
    /// What the responder allows: it explains a refused proposal.
    ///
    /// A profile (`ike negotiate --list` shows them), strongSwan or libreswan notation, or a Windows
    /// Set-VpnConnectionIPsecConfiguration command line or CryptographySuite element.
    #[arg(long, allow_hyphen_values = true)]
    policy: Option<String>,
    /// JSON lines: one object a finding, the verdict last.
    #[arg(long)]
    json: bool,
    /// Write the report as one HTML page, with the messages drawn.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    html: Option<PathBuf>,
    /// Show every IKE SA with its messages, not only one for each cause.
    #[arg(long)]
    all: bool,
    /// Show the settings of products that were not seen in the capture as well.
    #[arg(long)]
    all_products: bool,
    /// Show clock times that are so far ahead of UTC, such as +02:00.
    #[arg(long, value_name = "+HH:MM", allow_hyphen_values = true)]
    utc_offset: Option<UtcOffset>,
    /// The capture went on for so many seconds after its last packet: then a silence that follows is known to be one.
    #[arg(long, value_name = "SECONDS")]
    watched: Option<u64>,
    /// Look for IKE on UDP port N as well; may be repeated.
    #[arg(long = "port", value_name = "N", value_parser = input::port)]
    ports: Vec<u16>,
}

pub(crate) fn run(args: Args, colour: Colour) -> u8 {
    let mut console = Console::new("diagnose", colour);
    match read(&args, &console) {
        Ok(diagnosis) => write(&args, &diagnosis, &mut console),
        Err(error) => console.give_up(error),
    }
}

fn read(args: &Args, console: &Console) -> Result<Diagnosis, String> {
    let policy = args.policy.as_deref().map(negotiation::policy_of_either).transpose()?;
    let watched = args.watched.map(Duration::from_secs);
    let keys = input::keys(&args.keys)?;
    let warnings = keys.as_ref().map(|keys| keys.warnings.clone()).unwrap_or_default();
    warnings.iter().for_each(|warning| console.complain(warning));
    let options = DiagnoseOptions { ports: args.ports.clone(), keys: keys.map(|keys| keys.entries), policy, watched, warnings };
    let mut captures = Vec::new();
    let mut found = Vec::new();
    for file in &args.log {
        found.push(input::log(file)?);
    }
    for file in &args.file {
        match input::either(file)? {
            Either::Capture(source) => captures.push(source),
            Either::Log(log) => found.push(log),
        }
    }
    if !found.is_empty() {
        if !captures.is_empty() {
            return Err("captures and logs are diagnosed one kind at a time: what a log says has no packet numbers".into());
        }
        return logs::diagnose_logs(found, options).map_err(|error| error.to_string());
    }
    let sources = captures;
    let progress = &mut |progress| console.complain(so_far(progress));
    diagnosis::diagnose_several(sources, options, progress).map_err(|error| error.to_string())
}

fn so_far(progress: Progress) -> String {
    let percent = progress.octets.and_then(|all| progress.read.saturating_mul(100).checked_div(all));
    format!("{} packets{}", progress.packets, percent.map(|percent| format!(", {percent} %")).unwrap_or_default())
}

fn write(args: &Args, diagnosis: &Diagnosis, console: &mut Console) -> u8 {
    let view = View { all: args.all, all_products: args.all_products, zone: args.utc_offset.unwrap_or_default() };
    if let Err(status) = console.page(args.html.as_deref(), || report::diagnose::html(diagnosis, view)) {
        return status;
    }
    let text = if args.json { report::diagnose::json(diagnosis) } else { report::diagnose::text(diagnosis, view, console.style) };
    let status = match diagnosis.state() {
        State::Fault => BAD,
        _ if diagnosis.is_broken() => UNUSABLE,
        State::Healthy => WELL,
        State::Undetermined => UNKNOWN,
    };
    let done = console.out.write_all(text.as_bytes());
    console.finish(status, done)
}
