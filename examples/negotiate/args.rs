//! The command line.

use crate::side::{Local, Offer};
use ikev2::proposal::{Dialect, Prefer, Question};
use ikev2::registry::KeMethod;
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const USAGE: &str =
    "usage: negotiate --offer SIDE --local SIDE | --pcap FILE [--local SIDE] | --list | --json    (--help says more)";

pub(crate) const HELP: &str = r#"Says what a peer's offer and a policy agree on, and if they do not, why, and what would mend it.

usage: negotiate --offer SIDE --local SIDE [options]
       negotiate --pcap FILE [--local SIDE] [options]
       negotiate --list
       negotiate --json < LINES

  --offer SIDE     what is offered
  --local SIDE     what is allowed
  --pcap FILE      take the offers of a capture (pcap or pcapng); without --local they are shown, with what was answered
  --dialect NAME   whose rules decide: rfc (default), strongswan, strongswan6, libreswan, libreswan5, openiked;
                   a profile as --local brings its own
  --prefer WHOSE   configured (default) or supplied: whose order decides
  --question WHAT  ike (default), auth_child, child, ike_rekey: which exchange
  --ke GROUP       number of the key exchange group of the KE payload; by default the first the offer names
  --list           show the profiles
  --json           JSON lines: see below
  --help           this text

A SIDE is
  a profile        windows10, strongswan6-esp, ..  (--list)
  strongSwan       aes256-sha384-ecp384, aes256gcm16-prfsha384-ecp384,aes128-sha256-modp2048
  libreswan        aes_gcm256-sha2_512+sha2_256-dh19+dh14
  Windows          "-EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -DHGroup ECP384 .." or a CryptographySuite element
  octets           the body of an SA payload in hexadecimal (--offer only)

In the table of pairs, + marks what agrees, - what does not, and = what this question does not compare.

With --json, each line of standard input is an object
  {"offer_hex": SA payload body, "local": strongSwan notation, "local_proposals": [{"protocol": 1, "transforms":
   [{"type": 1, "id": 12, "attrs": [{"type": 14, "format": "TV", "value": 256}]}, ..]}, ..] (wins over local), "dialect": ..,
   "prefer": .., "question": .., "ke_method": group of the KE payload or null}
and is answered by one
  {"outcome": "selected|no_proposal_chosen|invalid_ke_payload|invalid_syntax|dropped|empty_sa_payload", "number": ..,
   "transforms": [{"type", "id", "key_bits"}, ..], "ke_method": chosen or wanted group, "explanation": ..}
or {"error": ..}.

The exit status is 0 when a proposal was chosen, 1 when not, 2 when the command line is wrong or a file cannot be read.
"#;

#[derive(Debug)]
pub(crate) enum Parsed {
    Run(Action),
    Help,
}

#[derive(Debug)]
pub(crate) enum Action {
    List,
    Json,
    Offer { offer: Offer, local: Local, ke: Option<KeMethod> },
    Pcap { file: PathBuf, local: Option<Local> },
}

/// The settings that are none of a side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) dialect: Option<Dialect>,
    pub(crate) prefer: Option<Prefer>,
    pub(crate) question: Question,
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Parsed, lexopt::Error> {
    let mut parser = Parser::from_args(args);
    let (mut offer, mut local, mut pcap, mut ke) = (None::<String>, None::<String>, None, None);
    let (mut list, mut json) = (false, false);
    let mut question = None;
    let mut settings = Settings { dialect: None, prefer: None, question: Question::Ike };
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("offer") => offer = Some(parser.value()?.string()?),
            Arg::Long("local") => local = Some(parser.value()?.string()?),
            Arg::Long("pcap") => pcap = Some(PathBuf::from(parser.value()?)),
            Arg::Long("dialect") => settings.dialect = Some(parser.value()?.parse_with(dialect)?),
            Arg::Long("prefer") => settings.prefer = Some(parser.value()?.parse_with(prefer)?),
            Arg::Long("question") => question = Some(parser.value()?.parse_with(self::question)?),
            Arg::Long("ke") => ke = Some(KeMethod(parser.value()?.parse()?)),
            Arg::Long("list") => list = true,
            Arg::Long("json") => json = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(Parsed::Help),
            other => return Err(other.unexpected()),
        }
    }
    let action = match (offer, local, pcap, list, json) {
        (None, None, None, true, false) => Action::List,
        (None, None, None, false, true) => Action::Json,
        (Some(offer), Some(local), None, false, false) => {
            // A profile says for itself whether it is about IKE or ESP.
            settings.question = question.unwrap_or(crate::side::question_of(&offer, &local));
            let offer = Offer::read(&offer, settings.question)?;
            Action::Offer { ke: ke.or(offer.ke), offer, local: Local::read(&local, settings)? }
        }
        (None, local, Some(file), false, false) => {
            settings.question = question.unwrap_or(Question::Ike);
            Action::Pcap { file, local: local.map(|local| Local::read(&local, settings)).transpose()? }
        }
        (None, None, None, false, false) => return Err("nothing to do".into()),
        _ => return Err("these arguments do not go together".into()),
    };
    Ok(Parsed::Run(action))
}

pub(crate) fn dialect(name: &str) -> Result<Dialect, String> {
    Ok(match name {
        "rfc" => Dialect::Rfc,
        "strongswan" => Dialect::StrongSwan5,
        "strongswan6" => Dialect::StrongSwan6,
        "libreswan" => Dialect::Libreswan4,
        "libreswan5" => Dialect::Libreswan5,
        "openiked" => Dialect::OpenIked,
        other => return Err(format!("{other:?} is none of rfc, strongswan, strongswan6, libreswan, libreswan5, openiked")),
    })
}

pub(crate) fn prefer(whose: &str) -> Result<Prefer, String> {
    Ok(match whose {
        "configured" => Prefer::Configured,
        "supplied" => Prefer::Supplied,
        other => return Err(format!("{other:?} is neither configured nor supplied")),
    })
}

pub(crate) fn question(what: &str) -> Result<Question, String> {
    Ok(match what {
        "ike" => Question::Ike,
        "auth_child" => Question::AuthChild,
        "child" => Question::Child,
        "ike_rekey" => Question::IkeRekey,
        other => return Err(format!("{other:?} is none of ike, auth_child, child, ike_rekey")),
    })
}
