//! The command line.

use ikev2::proposal::{Dialect, Prefer, Question};
use ikev2::registry::KeMethod;
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const USAGE: &str = "usage: negotiate --offer OFFER | --pcap FILE  --local POLICY  [options], or --list, --json, --help";

pub(crate) const HELP: &str = "\
Tells what an offer and a policy agree on, and why they do not.

  --offer OFFER      what the initiator offers: a profile (see --list), strongSwan notation, or an SA payload body in hexadecimal
  --pcap FILE        take the offers of a capture instead: every IKE_SA_INIT request in it
  --local POLICY     what the responder allows: a profile, strongSwan or libreswan notation, or a Windows
                     Set-VpnConnectionIPsecConfiguration command line or CryptographySuite element
  --dialect NAME     whose rules decide: rfc, strongswan (5.9), strongswan6, libreswan (4.10), libreswan5, openiked (7.2);
                     by default those of the profile, else rfc
  --prefer WHOSE     configured or supplied: whose order of preference decides (strongswan and rfc)
  --question WHICH   ike (default), auth_child, child, ike_rekey
  --ke GROUP         the group of the KE payload, as a number; by default the first one offered; none for no KE payload
  --list             the profiles, with confidence
  --json             JSON lines on standard input and output, for programs

The exit status is 0 for an agreement, 1 for a refusal, 2 when something cannot be read.
";

#[derive(Clone, Debug)]
pub(crate) struct Args {
    pub(crate) offer: Option<String>,
    pub(crate) pcap: Option<PathBuf>,
    pub(crate) local: String,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) prefer: Option<Prefer>,
    pub(crate) question: Question,
    pub(crate) ke: Ke,
}

/// Which KE payload comes with the offer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ke {
    FirstOffered,
    Given(Option<KeMethod>),
}

pub(crate) enum Parsed {
    Help,
    List,
    Json,
    Negotiate(Box<Args>),
}

pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Parsed, String> {
    let text = |error: lexopt::Error| error.to_string();
    let mut parser = Parser::from_args(args);
    let mut found =
        Args { offer: None, pcap: None, local: String::new(), dialect: None, prefer: None, question: Question::Ike, ke: Ke::FirstOffered };
    while let Some(arg) = parser.next().map_err(text)? {
        let value = |parser: &mut Parser| parser.value().and_then(ValueExt::string).map_err(text);
        match arg {
            Arg::Long("help") | Arg::Short('h') => return Ok(Parsed::Help),
            Arg::Long("list") => return Ok(Parsed::List),
            Arg::Long("json") => return Ok(Parsed::Json),
            Arg::Long("offer") => found.offer = Some(value(&mut parser)?),
            Arg::Long("pcap") => found.pcap = Some(parser.value().map_err(text)?.into()),
            Arg::Long("local") => found.local = value(&mut parser)?,
            Arg::Long("dialect") => found.dialect = Some(dialect(&value(&mut parser)?)?),
            Arg::Long("prefer") => found.prefer = Some(prefer(&value(&mut parser)?)?),
            Arg::Long("question") => found.question = question(&value(&mut parser)?)?,
            Arg::Long("ke") => found.ke = Ke::Given(ke(&value(&mut parser)?)?),
            other => return Err(other.unexpected().to_string()),
        }
    }
    if found.offer.is_some() == found.pcap.is_some() {
        return Err("either --offer or --pcap is needed".into());
    }
    if found.local.is_empty() {
        return Err("--local is needed".into());
    }
    Ok(Parsed::Negotiate(Box::new(found)))
}

pub(crate) fn dialect(name: &str) -> Result<Dialect, String> {
    Ok(match name {
        "rfc" => Dialect::Rfc,
        "strongswan" => Dialect::StrongSwan5,
        "strongswan6" => Dialect::StrongSwan6,
        "libreswan" => Dialect::Libreswan4,
        "libreswan5" => Dialect::Libreswan5,
        "openiked" => Dialect::OpenIked,
        other => return Err(format!("dialect: {other:?} is none of rfc, strongswan, strongswan6, libreswan, libreswan5, openiked")),
    })
}

pub(crate) fn prefer(name: &str) -> Result<Prefer, String> {
    match name {
        "configured" => Ok(Prefer::Configured),
        "supplied" => Ok(Prefer::Supplied),
        other => Err(format!("prefer: {other:?} is neither configured nor supplied")),
    }
}

pub(crate) fn question(name: &str) -> Result<Question, String> {
    match name {
        "ike" => Ok(Question::Ike),
        "auth_child" => Ok(Question::AuthChild),
        "child" => Ok(Question::Child),
        "ike_rekey" => Ok(Question::IkeRekey),
        other => Err(format!("question: {other:?} is none of ike, auth_child, child, ike_rekey")),
    }
}

fn ke(text: &str) -> Result<Option<KeMethod>, String> {
    match text {
        "none" => Ok(None),
        number => number.parse().map(|method| Some(KeMethod(method))).map_err(|_| format!("--ke: {number:?} is no group number")),
    }
}
