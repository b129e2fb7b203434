//! What is made from the command line itself: completions for shells, and manual pages.

use crate::console::{Colour, Console, UNUSABLE, WELL};
use clap::Command;
use clap_complete::Shell;
use std::io::{self, Write};

/// Prints the completions for a shell.
///
/// For bash: `ike completions bash > /usr/share/bash-completion/completions/ike`.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// Which shell.
    shell: Shell,
}

/// Prints a manual page in roff: that of `ike`, or of a subcommand.
///
/// To read it: `ike man diagnose | man -l -`.
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// Which subcommand.
    #[arg(value_name = "SUBCOMMAND")]
    of: Option<String>,
}

/// `whole` is the definition of the command line.
pub(crate) fn completions(args: &Completions, mut whole: Command) -> u8 {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut whole, "ike", &mut text);
    write("completions", &text)
}

/// `whole` is the definition of the command line.
pub(crate) fn man(args: &Man, mut whole: Command) -> u8 {
    whole.build();
    let page = match &args.of {
        None => Some(whole),
        Some(name) => {
            let found = whole.get_subcommands().find(|command| command.get_name() == name).cloned();
            found.map(|command| command.name(format!("ike-{name}")).bin_name(format!("ike {name}")))
        }
    };
    let Some(page) = page else {
        let name = args.of.as_deref().unwrap_or_default();
        return Console::new("man", Colour::Never).give_up(format_args!("there is no subcommand {name:?}"));
    };
    let mut text = Vec::new();
    match clap_mangen::Man::new(page).render(&mut text) {
        Ok(()) => write("man", &text),
        Err(_) => UNUSABLE,
    }
}

fn write(name: &'static str, text: &[u8]) -> u8 {
    let mut console = Console::new(name, Colour::Never);
    let done: io::Result<()> = console.out.write_all(text);
    console.finish(done.map(|()| WELL))
}
