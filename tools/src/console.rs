//! Where output goes: how wide it is, whether it takes colours, and what is said when it takes no more.

use crate::input;
use anstream::{AutoStream, ColorChoice};
use ikev2_tools::report::{Style, html::Html, printable};
use std::fmt::Display;
use std::fs;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::Path;

/// Everything was done, and the answer is good.
pub(crate) const WELL: u8 = 0;
/// The answer is bad: a fault, a refusal.
pub(crate) const BAD: u8 = 1;
/// The command line is wrong, or a file cannot be read or written.
pub(crate) const UNUSABLE: u8 = 2;
/// There is no answer: too little was there to tell.
pub(crate) const UNKNOWN: u8 = 3;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless the environment has NO_COLOR.
    #[default]
    Auto,
    /// Into files and pipes as well.
    Always,
    /// Not even on a terminal.
    Never,
}

/// Standard output and standard error, as one subcommand sees them.
pub(crate) struct Console {
    pub(crate) out: BufWriter<Box<dyn Write + Send>>,
    pub(crate) style: Style,
    name: &'static str,
}

impl Console {
    pub(crate) fn new(name: &'static str, colour: Colour) -> Self {
        let stdout = io::stdout();
        let choice = match colour {
            Colour::Auto => AutoStream::choice(&stdout),
            Colour::Always => ColorChoice::AlwaysAnsi,
            Colour::Never => ColorChoice::Never,
        };
        let width = if stdout.is_terminal() { terminal_size::terminal_size().map(|(width, _)| width.0.into()) } else { None };
        let style = Style { width, colour: choice != ColorChoice::Never };
        // What has no colours is written as it is: a stripper would take characters out of JSON.
        let out: Box<dyn Write + Send> = if style.colour { Box::new(AutoStream::new(stdout, choice)) } else { Box::new(stdout) };
        Self { out: BufWriter::new(out), style, name }
    }

    /// Says on standard error what went wrong, or how far things are.
    pub(crate) fn complain(&self, what: impl Display) {
        complain(self.name, what);
    }

    /// The exit status: `status`, unless it could not be written. Who reads a pipe may have seen enough.
    pub(crate) fn finish(&mut self, status: u8, done: io::Result<()>) -> u8 {
        written(self.name, status, done.and_then(|()| self.out.flush()))
    }

    /// Writes the report as a page into a file, where one is named.
    pub(crate) fn page(&self, path: Option<&Path>, report: impl FnOnce() -> Html) -> Result<(), u8> {
        let Some(path) = path else { return Ok(()) };
        fs::write(path, report().page()).map_err(|error| self.give_up(format_args!("{}: {error}", input::name(path))))
    }

    /// A complaint that ends it.
    pub(crate) fn give_up(&self, error: impl Display) -> u8 {
        self.complain(error);
        UNUSABLE
    }
}

/// The exit status of a subcommand after what it had to write.
pub(crate) fn written(name: &str, status: u8, done: io::Result<()>) -> u8 {
    match done {
        Ok(()) => status,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => status,
        Err(error) => {
            complain(name, format_args!("cannot write: {error}"));
            UNUSABLE
        }
    }
}

/// Says `what` on standard error, in the name of a subcommand; nothing in it moves the cursor but its own ends of lines. Standard error
/// may be gone: then there is nobody to tell.
pub(crate) fn complain(name: &str, what: impl Display) {
    let lines: Vec<_> = what.to_string().split('\n').map(printable).collect();
    let _ = writeln!(io::stderr(), "ike {name}: {}", lines.join("\n"));
}
