//! What is made from the command line itself: completions for shells, and manual pages.

use crate::console::{Colour, Console, UNUSABLE, WELL};
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;
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
pub(crate) struct Page {
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
pub(crate) fn man(args: &Page, mut whole: Command) -> u8 {
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
    match render(&page, &mut text) {
        Ok(()) => write("man", &text),
        Err(_) => UNUSABLE,
    }
}

/// A page: clap_mangen's but for what follows the options, which it would fill into one paragraph.
fn render(page: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    let more = page.get_after_long_help().or_else(|| page.get_after_help()).map(ToString::to_string).unwrap_or_default();
    let man = Man::new(page.clone());
    man.render_title(text)?;
    man.render_name_section(text)?;
    man.render_synopsis_section(text)?;
    man.render_description_section(text)?;
    man.render_options_section(text)?;
    if page.has_subcommands() {
        man.render_subcommands_section(text)?;
    }
    if !more.is_empty() {
        text.extend_from_slice(b".SH NOTES\n");
    }
    for paragraph in more.split("\n\n") {
        verbatim(paragraph, text);
    }
    Ok(())
}

/// Lines as they stand: those that are indented are a table or an example, the others are filled.
fn verbatim(paragraph: &str, text: &mut Vec<u8>) {
    text.extend_from_slice(b".PP\n");
    let mut as_is = false;
    for line in paragraph.lines() {
        let indented = line.starts_with(' ');
        if indented != as_is {
            text.extend_from_slice(if indented { b".nf\n" } else { b".fi\n" });
            as_is = indented;
        }
        // A backslash begins an escape, and a point or an apostrophe at the beginning of a line a request.
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
        text.extend_from_slice(format!("{guard}{line}\n").as_bytes());
    }
    if as_is {
        text.extend_from_slice(b".fi\n");
    }
}

fn write(name: &'static str, text: &[u8]) -> u8 {
    let mut console = Console::new(name, Colour::Never);
    let done = console.out.write_all(text);
    console.finish(WELL, done)
}
