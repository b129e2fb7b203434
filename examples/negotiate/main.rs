//! What a peer's offer and a policy agree on, and why they do not.
//!
//! ```text
//! cargo run --release --example negotiate -- --offer windows10 --local aes256-sha384-ecp384
//! cargo run --release --example negotiate -- --pcap tests/captures/err-npc-init.pcap --local strongswan5
//! cargo run --release --example negotiate -- --list
//! ```
//!
//! ```text
//! args.rs    the command line
//! side.rs    what an argument stands for: a profile, a notation, octets
//! people.rs  the pairs, the outcome, the explanation
//! pcap.rs    the offers of a capture, and what was answered
//! json.rs    JSON lines for programs
//! ```

mod args;
mod json;
mod pcap;
mod people;
mod side;
#[path = "../support/mod.rs"]
mod support;

use args::{Action, Parsed};
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let status = match args::parse(std::env::args_os().skip(1)) {
        Ok(Parsed::Help) => out.write_all(args::HELP.as_bytes()).map(|()| ExitCode::SUCCESS),
        Ok(Parsed::Run(action)) => run(action, &mut out),
        Err(error) => {
            eprintln!("negotiate: {error}\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    match status.and_then(|status| out.flush().map(|()| status)) {
        Ok(status) => status,
        // Who reads the output may have had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("negotiate: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(action: Action, out: &mut impl Write) -> io::Result<ExitCode> {
    match action {
        Action::List => people::list(out).map(|()| ExitCode::SUCCESS),
        Action::Json => json::run(io::stdin().lock(), out).map(|()| ExitCode::SUCCESS),
        Action::Offer { offer, local, ke } => {
            let agreed = people::negotiation(&offer, &local, ke, out)?;
            Ok(if agreed { ExitCode::SUCCESS } else { ExitCode::from(1) })
        }
        Action::Pcap { file, local } => match pcap::run(&file, local.as_ref(), out)? {
            Ok(()) => Ok(ExitCode::SUCCESS),
            Err(error) => {
                eprintln!("negotiate: {}: {error}", file.display());
                Ok(ExitCode::from(2))
            }
        },
    }
}
