//! `ike negotiate`: an offer and a policy, and what becomes of them.

use crate::console::{BAD, Colour, Console, UNKNOWN, UNUSABLE, WELL};
use crate::input;
use ikev2::proposal::{Dialect, NegotiationContext, Preference};
use ikev2::registry::KeMethod;
use ikev2_tools::evidence::offers::{self, Captured, Ke, Terms};
use ikev2_tools::report::negotiate;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

const USAGE: &str = "\
ike negotiate --offer OFFER --local POLICY [OPTIONS]
       ike negotiate --pcap FILE --local POLICY [OPTIONS]
       ike negotiate --list | --json";

const MORE: &str = r#"A line of --json is an object, and so is its answer:
  {"offer_hex":"..","question":"ike","dialect":"rfc","prefer":"configured",
   "ke_method":N or null,"local":"a text"}
The policy may be "local_proposals" instead of "local":
  [{"protocol":1,"transforms":[{"type":1,"id":20,"key_bits":256}, ..]}, ..]
The answer has "outcome" (selected, no_proposal_chosen, invalid_ke_payload, invalid_syntax, dropped, empty_sa_payload), what goes with that, and an "explanation"; or "error" when the line cannot be answered.

Examples:
  ike negotiate --offer windows10 --local 'aes256-sha384-ecp384'
  ike negotiate --pcap refused.pcap --local 'aes256-sha256-modp2048'
  ike negotiate --list

Exit status: 0 for an agreement; 1 for a refusal; 2 when something cannot be read; 3 when the capture holds no offer. With --json it is 0 when every line was answered, else 2."#;

/// Tells what an offer and a policy agree on, and why they do not.
#[derive(Debug, clap::Args)]
#[command(after_long_help = MORE, override_usage = USAGE, arg_required_else_help = true)]
pub(crate) struct Args {
    /// What the initiator offers: a profile (see --list), strongSwan notation, or an SA payload body in hexadecimal.
    #[arg(long, allow_hyphen_values = true, conflicts_with = "pcap", required_unless_present_any = ["pcap", "list", "json"], requires = "local")]
    offer: Option<String>,
    /// Take the offers of a capture instead: every IKE_SA_INIT request in it; - reads standard input.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true, requires = "local")]
    pcap: Option<PathBuf>,
    /// What the responder allows: a profile, strongSwan or libreswan notation, or a Windows Set-VpnConnectionIPsecConfiguration command
    /// line or CryptographySuite element.
    #[arg(long, value_name = "POLICY", allow_hyphen_values = true)]
    local: Option<String>,
    /// Whose rules decide: rfc, strongswan (5.9), strongswan6, libreswan (4.10), libreswan5, openiked (7.2). By default those of the
    /// profile, else rfc.
    #[arg(long, value_name = "NAME")]
    dialect: Option<Dialect>,
    /// Whose order of preference decides (strongswan and rfc): configured or supplied.
    #[arg(long, value_name = "WHOSE")]
    prefer: Option<Preference>,
    /// Which exchange the offer stands in: ike, auth_child, child or ike_rekey.
    #[arg(long = "question", value_name = "WHICH", default_value = "ike")]
    context: NegotiationContext,
    /// The group of the KE payload, as a number; none for no KE payload. By default the first one offered.
    #[arg(long, value_name = "GROUP", value_parser = ke)]
    ke: Option<Ke>,
    /// The profiles, with confidence.
    #[arg(long)]
    list: bool,
    /// JSON lines on standard input and output, for programs.
    #[arg(long)]
    json: bool,
}

fn ke(text: &str) -> Result<Ke, String> {
    match text {
        "none" => Ok(Ke::Given(None)),
        number => number.parse().map(|method| Ke::Given(Some(KeMethod(method)))).map_err(|_| format!("{number:?} is no group number")),
    }
}

pub(crate) fn run(args: &Args, colour: Colour) -> u8 {
    let mut console = Console::new("negotiate", colour);
    if args.list {
        let done = negotiate::list(console.style, &mut console.out);
        return console.finish(WELL, done);
    }
    if args.json {
        let mut input = BufReader::new(io::stdin());
        return match negotiate::json(&mut input, &mut console.out) {
            Ok(all) => console.finish(if all { WELL } else { UNUSABLE }, Ok(())),
            Err(error) => console.finish(WELL, Err(error)),
        };
    }
    people(args, &mut console)
}

fn people(args: &Args, console: &mut Console) -> u8 {
    let ke = args.ke.unwrap_or(Ke::FirstOffered);
    let terms = Terms { context: args.context, dialect: args.dialect, prefer: args.prefer, ke };
    let local = args.local.as_deref().unwrap_or_default();
    let policy = match offers::policy(local, &terms) {
        Ok(policy) => policy,
        Err(error) => return console.give_up(error),
    };
    let found = match offered(args, &terms) {
        Ok(found) => found,
        Err(error) => return console.give_up(error),
    };
    let mut status = if found.offers.is_empty() { UNKNOWN } else { WELL };
    let mut done = Ok(());
    for (place, offer) in found.offers.iter().enumerate() {
        let separated = if place > 0 { writeln!(console.out) } else { Ok(()) };
        match separated.and_then(|()| negotiate::outcome(offer, local, &policy, &terms, console.style, &mut console.out)) {
            Ok(true) => {}
            Ok(false) => status = BAD,
            Err(error) => {
                done = Err(error);
                break;
            }
        }
    }
    for problem in &found.problems {
        console.complain(problem);
    }
    if let Some(file) = args.pcap.as_deref().filter(|_| found.offers.is_empty()) {
        console.complain(format_args!("{}: no IKE_SA_INIT request with an SA payload", input::name(file)));
    }
    console.finish(if found.broken { UNUSABLE } else { status }, done)
}

fn offered(args: &Args, terms: &Terms) -> Result<Captured, String> {
    let named = |text: &str| offers::named(text, terms).map(|offer| Captured { offers: vec![offer], problems: Vec::new(), broken: false });
    let captured = |file: &Path| input::capture(file).and_then(|source| offers::captured(source, terms)).map_err(|error| error.to_string());
    match (&args.offer, &args.pcap) {
        (Some(text), _) => named(text),
        (None, Some(file)) => captured(file),
        (None, None) => Err("either --offer or --pcap is needed".into()),
    }
}
