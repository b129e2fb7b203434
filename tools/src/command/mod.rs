//! The command line: one subcommand, one file.

#[cfg(feature = "x509")]
mod certificate;
#[cfg(feature = "compare")]
mod compare;
mod diagnose;
#[cfg(feature = "generate")]
mod generate;
#[cfg(feature = "handshake")]
mod handshake;
mod inspect;
mod negotiate;
mod notation;
#[cfg(feature = "probe")]
mod probe;
mod usage;

use crate::console::Colour;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  ike diagnose tunnel.pcapng
  ike inspect --keys keys.txt tunnel.pcapng
  ike negotiate windows10 \"aes256-sha384-ecp384\"
  ike notation profile.xml";

const STATUS: &str = "\
Exit status:
  0  everything was done, and the answer is good
  1  the answer is bad: diagnose found a fault, negotiate a refusal, certificate one that is not fit,
     probe a way that is not
  2  the command line is wrong, or a file cannot be read or written
  3  it cannot be told: there is too little to judge";

#[cfg(feature = "handshake")]
const OTHERS: &str = "\nhandshake has an exit status of its own: see `ike handshake --help`.";
#[cfg(not(feature = "handshake"))]
const OTHERS: &str = "";

/// IKEv2 (RFC 7296): why a tunnel does not come up, what stands in its messages, what two sides agree on.
#[derive(Debug, Parser)]
#[command(name = "ike", bin_name = "ike", version, max_term_width = 110, after_long_help = format!("{EXAMPLES}\n\n{STATUS}{OTHERS}"),
    after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true, args_override_self = true)]
pub(crate) struct Line {
    /// When to use colours; by default on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_default_value = true)]
    color: Colour,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Diagnose(diagnose::Args),
    Inspect(inspect::Args),
    Negotiate(Box<negotiate::Args>),
    Notation(notation::Args),
    #[cfg(feature = "x509")]
    Certificate(certificate::Args),
    #[cfg(feature = "handshake")]
    Handshake(Box<handshake::args::Line>),
    #[cfg(feature = "probe")]
    Probe(Box<probe::Args>),
    #[cfg(feature = "compare")]
    Compare(Box<compare::args::Line>),
    #[cfg(feature = "generate")]
    Completions(generate::Completions),
    #[cfg(feature = "generate")]
    Man(generate::Page),
}

/// Runs the command line of this process; gives the exit status.
pub(crate) fn run() -> u8 {
    let words: Vec<_> = std::env::args_os().collect();
    let matches = match usage::parse(Line::command(), &words) {
        Ok(matches) => matches,
        Err(status) => return status,
    };
    let line = match Line::from_arg_matches(&matches) {
        Ok(line) => line,
        Err(error) => return usage::tell(error, clap::ColorChoice::Auto),
    };
    match line.command {
        Command::Diagnose(args) => diagnose::run(args, line.color),
        Command::Inspect(args) => inspect::run(args, line.color),
        Command::Negotiate(args) => negotiate::run(&args, line.color),
        Command::Notation(args) => notation::run(&args, line.color),
        #[cfg(feature = "x509")]
        Command::Certificate(args) => certificate::run(args, line.color),
        #[cfg(feature = "handshake")]
        Command::Handshake(args) => handshake::run(*args),
        #[cfg(feature = "probe")]
        Command::Probe(args) => probe::run(&args, line.color),
        #[cfg(feature = "compare")]
        Command::Compare(args) => compare::run(*args, line.color),
        #[cfg(feature = "generate")]
        Command::Completions(args) => generate::completions(&args, Line::command()),
        #[cfg(feature = "generate")]
        Command::Man(args) => generate::man(&args, Line::command()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        <super::Line as clap::CommandFactory>::command().debug_assert();
    }
}
