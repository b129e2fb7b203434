//! What an offer and a policy agree on, and why they do not.
//!
//! ```text
//! args.rs     the command line
//! sources.rs  names, notations, hexadecimal and captures -> offers and policies
//! table.rs    every offered proposal beside every local one
//! json.rs     JSON lines in, JSON lines out, for programs
//! ```
//!
//! `cargo run --features full --example negotiate -- --offer windows10 --local "aes256-sha384-ecp384"`

mod args;
mod json;
#[path = "../support/notation.rs"]
mod notation;
mod sources;
#[path = "../support/mod.rs"]
mod support;
mod table;

use args::{Args, Parsed};
use ikev2::proposal::{Policy, Refusal, Selection, negotiate, profiles};
use sources::Offer;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// An agreement, or a list.
const AGREED: u8 = 0;
/// At least one offer was refused.
const REFUSED: u8 = 1;
/// The command line, a notation or a file cannot be read.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    let status = match args::parse(std::env::args_os().skip(1)) {
        Ok(Parsed::Help) => out.write_all(args::HELP.as_bytes()).map(|()| AGREED),
        Ok(Parsed::List) => list(&mut out).map(|()| AGREED),
        Ok(Parsed::Json) => json::run(io::stdin().lock(), &mut out).map(|()| AGREED),
        Ok(Parsed::Negotiate(args)) => people(&args, &mut out),
        Err(error) => {
            eprintln!("negotiate: {error}\n{}", args::USAGE);
            Ok(FAILED)
        }
    };
    ExitCode::from(match status {
        Ok(status) => status,
        // The reader of a pipe has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => AGREED,
        Err(error) => {
            eprintln!("negotiate: cannot write: {error}");
            FAILED
        }
    })
}

fn list(out: &mut impl Write) -> io::Result<()> {
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

fn people(args: &Args, out: &mut impl Write) -> io::Result<u8> {
    let policy = match sources::policy(args) {
        Ok(policy) => policy,
        Err(error) => {
            eprintln!("negotiate: {error}");
            return Ok(FAILED);
        }
    };
    let (offers, complaints) = match sources::offers(args) {
        Ok(offers) => offers,
        Err(error) => {
            eprintln!("negotiate: {error}");
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
    for complaint in &complaints {
        eprintln!("negotiate: {complaint}");
    }
    Ok(if complaints.is_empty() { status } else { FAILED })
}

fn one(offer: &Offer, args: &Args, policy: &Policy, out: &mut impl Write) -> io::Result<u8> {
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
            writeln!(out, "{selection}")?;
            Ok(AGREED)
        }
        Err(refusal) => {
            let answer = refusal.notify().map_or("no Notify".into(), |notify| notify.ty.to_string());
            writeln!(out, "Outcome: refused, the answer is {answer}.")?;
            writeln!(out, "{refusal}")?;
            Ok(REFUSED)
        }
    }
}
