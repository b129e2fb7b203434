//! From an offer and a policy to an outcome and its explanation.
//!
//! ```text
//! args.rs     the command line
//! sources.rs  names, notations, hexadecimal and captures -> offers and policies
//! table.rs    every offered proposal beside every local one
//! json.rs     JSON lines in, JSON lines out, for programs
//! ```

mod args;
mod json;
#[path = "../support/notation.rs"]
mod notation;
mod sources;
#[path = "../support/mod.rs"]
mod support;
mod table;

use args::{Args, Parsed};
use ikev2::proposal::{Policy, Reason, Refusal, Selection, negotiate, profiles};
use sources::Offer;
use std::ffi::OsString;
use std::io::{self, BufRead, ErrorKind, Write};

/// An agreement, or a list.
const AGREED: u8 = 0;
/// At least one offer was refused.
const REFUSED: u8 = 1;
/// The command line, a notation or a file cannot be read.
const FAILED: u8 = 2;

/// Runs the command line `args`, without the program's name; gives the exit status. `input` is read for `--json` only.
pub(crate) fn start(args: impl IntoIterator<Item = OsString>, input: impl BufRead, out: &mut dyn Write, complaints: &mut dyn Write) -> u8 {
    let done = match args::parse(args) {
        Ok(Parsed::Help) => out.write_all(args::HELP.as_bytes()).map(|()| AGREED),
        Ok(Parsed::List) => list(out).map(|()| AGREED),
        Ok(Parsed::Json) => json::run(input, &mut *out).map(|()| AGREED),
        Ok(Parsed::Negotiate(args)) => people(&args, out, complaints),
        Err(error) => {
            let _ = writeln!(complaints, "negotiate: {error}\n{}", args::USAGE);
            Ok(FAILED)
        }
    };
    match done {
        Ok(status) => status,
        // The reader of a pipe has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => AGREED,
        Err(error) => {
            let _ = writeln!(complaints, "negotiate: cannot write: {error}");
            FAILED
        }
    }
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    for profile in profiles::ALL {
        writeln!(out, "{profile}")?;
    }
    writeln!(out, "\nAliases:")?;
    for alias in profiles::ALIASES {
        let names: Vec<_> = alias.profiles.iter().map(|profile| profile.name).collect();
        writeln!(out, "{}: {}", alias.name, names.join(", "))?;
    }
    Ok(())
}

fn people(args: &Args, out: &mut dyn Write, complaints: &mut dyn Write) -> io::Result<u8> {
    let policy = match sources::policy(args) {
        Ok(policy) => policy,
        Err(error) => {
            let _ = writeln!(complaints, "negotiate: {error}");
            return Ok(FAILED);
        }
    };
    let (offers, problems) = match sources::offers(args) {
        Ok(offers) => offers,
        Err(error) => {
            let _ = writeln!(complaints, "negotiate: {error}");
            return Ok(FAILED);
        }
    };
    let mut status = AGREED;
    for (place, offer) in offers.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        status = status.max(one(offer, args, &policy, out)?);
    }
    for problem in &problems {
        let _ = writeln!(complaints, "negotiate: {problem}");
    }
    Ok(if problems.is_empty() { status } else { FAILED })
}

fn one(offer: &Offer, args: &Args, policy: &Policy, out: &mut dyn Write) -> io::Result<u8> {
    writeln!(out, "Offer:  {}", offer.label)?;
    writeln!(out, "Policy: {}, under the rules of {}", args.local, policy.dialect().name())?;
    for caveat in sources::caveats(offer, args) {
        writeln!(out, "Note:   {caveat}")?;
    }
    writeln!(out)?;
    let outcome: Result<Selection, Refusal> = negotiate(&offer.body, args.question, offer.ke, policy);
    table::print(&offer.body, policy, outcome.as_ref().err(), outcome.as_ref().ok(), out)?;
    match &outcome {
        Ok(selection) => {
            writeln!(out, "Outcome: agreed on proposal {}.", selection.number())?;
            writeln!(out, "What:    {selection}")?;
            Ok(AGREED)
        }
        Err(refusal) => {
            let answer = match refusal.reason() {
                Reason::InvalidKePayload { .. } => "try again with another group: INVALID_KE_PAYLOAD (17)".into(),
                Reason::Dropped(_) => "refused, without an answer".into(),
                Reason::EmptySaPayload => "refused, the answer is an SA payload without a proposal".into(),
                _ => refusal.notify().map_or("refused".into(), |notify| format!("refused, the answer is {}", notify.ty)),
            };
            writeln!(out, "Outcome: {answer}.")?;
            writeln!(out, "Why:     {refusal}")?;
            Ok(REFUSED)
        }
    }
}
