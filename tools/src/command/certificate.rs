//! `ike certificate`: what certificates are good for, from their files.

use crate::console::{BAD, Colour, Console, UNKNOWN, UNUSABLE, WELL};
use crate::input;
use ikev2_tools::evidence::certificate::{CertificateRole, ExamineOptions, Fitness, MAX_FILE, PATH_MTUS, examine};
use ikev2_tools::report::{self, unix_of_moment};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const MORE: &str = r#"The first line is the answer. Then: what speaks against the certificate, what to do about it, and the error Windows shows; the chain with the facts of each certificate; what the chain weighs in IKE_AUTH, and how many packets each path makes of it, with these keys and with others.

What is not in the files is not judged: which roots a machine trusts (but see --ca), whether a certificate is revoked, whether its private key is there. Private keys in the files are not looked at.

JSON: one object.
  {"verdict":"fit|not_fit|unknown|unreadable","text":..,
   "role":"server|client","role_given":bool,"name":.. or null,"at":epoch,
   "problems":[{"code":..,"severity":"error|doubt|warning|info",
     "certificate":place or null,"text":..,"remedy":..,
     "windows_error":N or null,"source":..}],
   "certificates":[{"file":..,"number":N,"octet":N,"trust_anchor":bool,
     "octets":N,"subject":..,"issuer":..,"serial":..,"names":[..],
     "key":..,"key_bits":N or null,"signature":..,
     "not_before":..,"not_after":..,"key_usage":[..] or null,
     "extended_key_usage":[oid, ..] or null,"ca":bool,
     "path_len":N or null,"subject_key_id":..,"authority_key_id":..,
     "crl":[..],"authority_access":[..],"self_issued":bool,
     "thumbprint":..,"certreq_hash":.. or null}],
   "chain":{"path":[place, ..],"links":[{"certificate":place,
     "issuer":place,"name_exact":bool,"key_identifiers":bool or null,
     "signature":"verified|wrong|not_verified","signature_detail":..}],
     "end":"anchor|self_signed|issuer_missing|too_long",
     "missing_issuer":..,"missing_key_id":..,"in_order":bool,
     "duplicates":[..],"extra":[..],"alternatives":[..]} or null,
   "weight":{"cert":octets,"auth":octets,"content":octets,
     "packet":octets,"paths":[{"mtu":N,"ip_fragments":N,
     "ike_packets":[octets, ..]}],"parts":[{"payload":..,"octets":N,
     "certificate":place or null}],"certreq":octets,
     "with_other_keys":[{"key":..,"cert":..,"auth":..,..}]} or null,
   "remarks":[..],"errors":[{"file":..,"octet":N,"text":..}],
   "tool":"ike VERSION"}
A place is an index into "certificates", the first is 0; those of --ca stand last.

Examples:
  ike certificate --name vpn.example.net chain.pem
  ike certificate --role client --name pc1.corp.example machine.cer
  ike certificate --ca root.pem --at 2027-01-15 server.pem
  ike certificate --json chain.p7b | jq .verdict

Exit status: 0 when the certificate is fit; 1 when it is not; 2 when the command line is wrong or something in a file cannot be read; 3 when it cannot be told from the files."#;

/// Tells from the files of certificates whether Windows and other IKEv2 peers take them, and what they weigh.
#[derive(Debug, clap::Args)]
#[command(after_long_help = MORE)]
pub(crate) struct Args {
    /// The certificate and its chain: PEM, DER or PKCS#7 (.p7b), in one file or several; - reads standard input.
    #[arg(required = true)]
    file: Vec<PathBuf>,
    /// Whose it is to be: a server's or a client's. By default what its extended key usage says.
    #[arg(long, value_name = "ROLE")]
    role: Option<Role>,
    /// The name or address that clients connect to; of a client its own name.
    #[arg(long, value_name = "HOST")]
    name: Option<String>,
    /// Certificates that the other side trusts: the chain must lead to one of them; may be repeated.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    ca: Vec<PathBuf>,
    /// Judge the dates at this moment: seconds since 1970, YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ. By default now.
    #[arg(long, value_name = "WHEN", value_parser = unix_of_moment, allow_hyphen_values = true)]
    at: Option<i64>,
    /// How many authorities CERTREQ names, at 20 octets each.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16))]
    certreq: u16,
    /// A path MTU in octets, in place of 1500, 1400, 1280 and 576; may be repeated.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(68..))]
    mtu: Vec<u16>,
    /// IPv6 and not IPv4.
    #[arg(long)]
    ipv6: bool,
    /// One JSON object, for programs.
    #[arg(long)]
    json: bool,
    /// Write the report as one HTML page.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    html: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Role {
    Server,
    Client,
}

pub(crate) fn run(args: Args, colour: Colour) -> u8 {
    let mut console = Console::new("certificate", colour);
    let (files, anchors) = match (read(&args.file), read(&args.ca)) {
        (Ok(files), Ok(anchors)) => (files, anchors),
        (Err(error), _) | (_, Err(error)) => return console.give_up(error),
    };
    let Some(at) = args.at.or_else(now) else { return console.give_up("the clock stands before 1970 or out of range: give --at") };
    let options = ExamineOptions {
        role: args.role.map(|role| match role {
            Role::Server => CertificateRole::Server,
            Role::Client => CertificateRole::Client,
        }),
        name: args.name,
        certreq: args.certreq.into(),
        mtus: if args.mtu.is_empty() { PATH_MTUS.to_vec() } else { args.mtu },
        ipv6: args.ipv6,
        ..ExamineOptions::at(at)
    };
    let found = examine(&borrowed(&files), &borrowed(&anchors), &options);
    for error in &found.errors {
        console.complain(error);
    }
    if let Err(status) = console.page(args.html.as_deref(), || report::certificate::html(&found)) {
        return status;
    }
    let text = match (args.json, found.certificates.is_empty()) {
        (true, _) => report::certificate::json(&found),
        (false, true) => String::new(),
        (false, false) => report::certificate::text(&found, console.style),
    };
    let status = match found.fitness {
        Fitness::Fit => WELL,
        Fitness::NotFit => BAD,
        Fitness::Unknown => UNKNOWN,
        Fitness::Unreadable => UNUSABLE,
    };
    let done = console.out.write_all(text.as_bytes());
    console.finish(status, done)
}

/// Names and contents.
type Files = Vec<(String, Vec<u8>)>;

fn borrowed(files: &Files) -> Vec<(&str, &[u8])> {
    files.iter().map(|(name, octets)| (name.as_str(), octets.as_slice())).collect()
}

fn read(paths: &[PathBuf]) -> Result<Files, String> {
    let most = u64::try_from(MAX_FILE).unwrap_or(u64::MAX).saturating_add(1);
    let one = |path: &PathBuf| {
        let mut octets = Vec::new();
        if path.as_path() == Path::new("-") {
            let read = io::stdin().take(most).read_to_end(&mut octets);
            return read.map(|_| ("standard input".to_owned(), octets)).map_err(|error| format!("standard input: {error}"));
        }
        let read = input::opened(path).and_then(|file| file.take(most).read_to_end(&mut octets));
        read.map(|_| (path.to_string_lossy().into_owned(), octets)).map_err(|error| format!("{}: {error}", input::name(path)))
    };
    paths.iter().map(one).collect()
}

/// The clock of this machine.
fn now() -> Option<i64> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}
