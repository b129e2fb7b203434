//! `ike negotiate`: what two sides agree on, and why they do not.

use crate::console::{BAD, Colour, Console, UNKNOWN, UNUSABLE, WELL};
use crate::input;
use ikev2::Role;
use ikev2::proposal::notation::Hint;
use ikev2::proposal::{Dialect, NegotiationContext, Preference};
use ikev2::registry::{KeMethod, NotifyType};
use ikev2_tools::evidence::negotiation::{Answer, Captured, Ke, Offer, Side, Terms, answer, captured, whole};
use ikev2_tools::report::negotiate;
use std::io::{self, BufReader, Write};
use std::path::PathBuf;

const USAGE: &str = "\
ike negotiate INITIATOR RESPONDER [OPTIONS]
       ike negotiate --offer OFFER --local POLICY [OPTIONS]
       ike negotiate --pcap FILE --local POLICY [OPTIONS]
       ike negotiate --list | --json";

const MORE: &str = r#"INITIATOR, RESPONDER, OFFER and POLICY are files, `-` for standard input, or texts: the configuration, command, profile or log line of a product in any notation that `ike notation` reads, or the name of a profile. OFFER may be an SA payload body in hexadecimal. The rules that decide choose the grammar of proposals that several products could have written: with --dialect libreswan a POLICY is read as libreswan 4 reads it.

INITIATOR and RESPONDER are asked four questions: IKE_SA_INIT, the first Child SA in IKE_AUTH, that Child SA rekeyed, the IKE SA rekeyed. A difference in perfect forward secrecy shows in the third, hours after the tunnel came up. With --json one object is written: {"dialect":..,"agreed":true, false or null,"ike":{..},"auth_child":{..},"child":{..},"ike_rekey":{..}}, each as below.

A line of --json is an object, and so is its answer:
  {"offer":"a text" or "offer_hex":"..","local":"a text","dialect":"rfc",
   "question":"ike","prefer":"configured","ke_method":N or null,
   "ike_group":N,"notifies":[N,..]}
The policy may be "local_proposals" instead of "local":
  [{"protocol":1,"transforms":[{"type":1,"id":20,"key_bits":256}, ..]}, ..]
Without "ke_method" the KE payload is of the first group offered; null: there is none. "ike_group" is the group of the IKE SA, for the question "child". "notifies" are all notifies of the IKE_SA_INIT request.
The answer has "outcome" (selected, no_proposal_chosen, invalid_ke_payload, invalid_syntax, dropped, empty_sa_payload), what goes with that ("number", "transforms", "ke_method"), an "explanation", "lint" (texts: what speaks against either side), "remedies" ({"side","notation","change":[..],"text","not_advised"}), "remarks" and "windows_error"; or "error" when the line cannot be answered, with "field", "notation", "at" and "len" (octets) where a text is at fault.

Examples:
  ike negotiate profile.xml swanctl.conf
  ike negotiate windows10 "aes256-sha256-modp2048"
  ike negotiate --offer windows10 --local "aes256-sha384-ecp384"
  ike negotiate --pcap refused.pcap --local "aes256-sha256-modp2048"
  ike negotiate --list

Exit status: 0 for an agreement; 1 for a refusal; 2 when something cannot be read; 3 when there is nothing to judge. With --json and without INITIATOR and RESPONDER it is 0 when every line was answered, else 2."#;

/// Tells what two sides agree on, and why they do not.
#[derive(Debug, clap::Args)]
#[command(after_long_help = MORE, override_usage = USAGE, arg_required_else_help = true)]
pub(crate) struct Args {
    /// What the initiator has: a file, a text, or the name of a profile (see --list).
    #[arg(requires = "responder", conflicts_with_all = ["offer", "pcap", "local", "list", "context", "ke"])]
    initiator: Option<String>,
    /// What the responder has.
    responder: Option<String>,
    /// What the initiator offers, for one question.
    #[arg(long, allow_hyphen_values = true, conflicts_with = "pcap", required_unless_present_any = ["initiator", "pcap", "list", "json"], requires = "local")]
    offer: Option<String>,
    /// Take the offers of a capture instead: every IKE_SA_INIT request in it; - reads standard input.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true, requires = "local")]
    pcap: Option<PathBuf>,
    /// What the responder allows, for one question.
    #[arg(long, value_name = "POLICY", allow_hyphen_values = true)]
    local: Option<String>,
    /// Whose rules decide: rfc, strongswan (5.9), strongswan6, libreswan (4.10), libreswan5, openiked (7.2), openiked7.4. By default
    /// those of the profile, or of the product whose configuration the policy is, else rfc.
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
    /// The group of the IKE SA in which a Child SA is asked for, as a number.
    #[arg(long, value_name = "GROUP")]
    ike_group: Option<u16>,
    /// The notifies of the IKE_SA_INIT request, as numbers with commas between them; none for no notify. By default they are not
    /// known.
    #[arg(long, value_name = "LIST", value_parser = notifies)]
    notifies: Option<Notifies>,
    /// The profiles, with confidence.
    #[arg(long)]
    list: bool,
    /// JSON lines on standard input and output, for programs; with INITIATOR and RESPONDER, one object.
    #[arg(long)]
    json: bool,
    /// Write what becomes of INITIATOR and RESPONDER as one HTML page.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true, requires = "initiator")]
    html: Option<PathBuf>,
}

/// All notifies of a request.
#[derive(Clone, Debug)]
struct Notifies(Vec<NotifyType>);

fn ke(text: &str) -> Result<Ke, String> {
    match text {
        "none" => Ok(Ke::Given(None)),
        number => number.parse().map(|method| Ke::Given(Some(KeMethod(method)))).map_err(|_| format!("{number:?} is no group number")),
    }
}

fn notifies(text: &str) -> Result<Notifies, String> {
    if text == "none" {
        return Ok(Notifies(Vec::new()));
    }
    let number = |part: &str| part.trim().parse().map(NotifyType).map_err(|_| format!("{part:?} is no notify number"));
    text.split(',').map(number).collect::<Result<_, _>>().map(Notifies)
}

pub(crate) fn run(args: &Args, colour: Colour) -> u8 {
    let mut console = Console::new("negotiate", colour);
    if args.list {
        let done = negotiate::list(console.style, &mut console.out);
        return console.finish(WELL, done);
    }
    if let (Some(initiator), Some(responder)) = (&args.initiator, &args.responder) {
        return both(initiator, responder, args, &mut console);
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

/// A side from a file, standard input, or the word itself.
fn side(word: &str, role: Role, hint: Hint) -> Result<Side, String> {
    let text = input::text(word)?;
    Side::read(&text, role, hint).map_err(|error| format!("{}: {}", input::short(word), error.on(&text)))
}

fn both(initiator: &str, responder: &str, args: &Args, console: &mut Console) -> u8 {
    let hint = Hint { dialect: args.dialect, ..Hint::default() };
    let sides = side(initiator, Role::Initiator, Hint::default())
        .and_then(|initiator| side(responder, Role::Responder, hint).map(|responder| (initiator, responder)));
    let (initiator, responder) = match sides {
        Ok(sides) => sides,
        Err(error) => return console.give_up(error),
    };
    let notifies = args.notifies.as_ref().map(|notifies| notifies.0.as_slice());
    let outcome = whole(&initiator, &responder, args.dialect, args.prefer, notifies);
    let status = match outcome.agrees() {
        Some(true) => WELL,
        Some(false) => BAD,
        None => UNKNOWN,
    };
    if let Err(status) = console.page(args.html.as_deref(), || negotiate::whole_html(&initiator, &responder, &outcome)) {
        return status;
    }
    let done = if args.json {
        negotiate::whole_json(&outcome, &mut console.out)
    } else {
        negotiate::whole(&initiator, &responder, &outcome, console.style, &mut console.out)
    };
    console.finish(status, done)
}

fn terms(args: &Args) -> Terms {
    Terms {
        context: args.context,
        dialect: args.dialect,
        prefer: args.prefer,
        ke: args.ke.unwrap_or(Ke::FirstOffered),
        ike_group: args.ike_group.map(KeMethod),
        notifies: args.notifies.clone().map(|notifies| notifies.0),
    }
}

fn people(args: &Args, console: &mut Console) -> u8 {
    let terms = terms(args);
    let hint = Hint { notation: None, dialect: args.dialect, context: Some(args.context) };
    let local = match side(args.local.as_deref().unwrap_or_default(), Role::Responder, hint) {
        Ok(local) => local,
        Err(error) => return console.give_up(error),
    };
    let found = match offered(args, &terms) {
        Ok(found) => found,
        Err(error) => return console.give_up(error),
    };
    let mut status = if found.offers.is_empty() { UNKNOWN } else { WELL };
    let mut done = Ok(());
    for (place, offer) in found.offers.iter().enumerate() {
        let answer = match answer(offer, &local, &terms) {
            Ok(answer) => answer,
            Err(error) => return console.give_up(error),
        };
        if answer.outcome.is_err() {
            status = BAD;
        }
        done = tell(place, offer, &local, &answer, &terms, console);
        if done.is_err() {
            break;
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

fn tell(place: usize, offer: &Offer, local: &Side, answer: &Answer, terms: &Terms, console: &mut Console) -> io::Result<()> {
    if place > 0 {
        writeln!(console.out)?;
    }
    negotiate::outcome(offer, &local.label(terms.context), answer, console.style, &mut console.out)
}

fn offered(args: &Args, terms: &Terms) -> Result<Captured, String> {
    let hint = Hint { context: Some(args.context), ..Hint::default() };
    let named = |word: &str| {
        let offer = side(word, Role::Initiator, hint)?.offer(terms)?;
        Ok(Captured { offers: vec![offer], problems: Vec::new(), broken: false })
    };
    match (&args.offer, &args.pcap) {
        (Some(word), _) => named(word),
        (None, Some(file)) => input::capture(file).and_then(captured).map_err(|error| error.to_string()),
        (None, None) => Err("either --offer or --pcap is needed".into()),
    }
}
