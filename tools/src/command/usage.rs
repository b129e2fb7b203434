//! What is printed when the command line asks for help, or cannot be read.

use crate::console::{UNUSABLE, WELL, written};
use anstream::AutoStream;
use clap::error::{ContextKind, ContextValue};
use clap::{ArgMatches, ColorChoice, Command, Error};
use ikev2_tools::report::printable;
use std::ffi::OsString;
use std::io::{self, Write};

/// Reads a command line, the program's name first; the error is the exit status when help was printed or a complaint.
pub(crate) fn parse(definition: Command, line: &[OsString]) -> Result<ArgMatches, u8> {
    let colour = colour(line);
    definition.color(colour).try_get_matches_from(line).map_err(|error| tell(error, colour))
}

/// What `--color` says, looked for before the line is read: that it cannot be read is told in these colours too.
fn colour(line: &[OsString]) -> ColorChoice {
    let words = line.iter().map(|word| word.to_str().unwrap_or_default());
    let values = words.clone().zip(words.clone().skip(1)).filter(|(word, _)| *word == "--color").map(|(_, value)| value);
    match values.chain(words.filter_map(|word| word.strip_prefix("--color="))).last() {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

/// Prints help, or what is wrong; gives the exit status.
pub(crate) fn tell(mut error: Error, colour: ColorChoice) -> u8 {
    // What was given may be the name of a file, which may be anything.
    let given: Vec<(ContextKind, ContextValue)> = error.context().filter_map(|(kind, value)| Some((kind, escaped(value)?))).collect();
    for (kind, value) in given {
        error.insert(kind, value);
    }
    let (text, wrong) = (error.render(), error.use_stderr());
    let stream: Box<dyn Write> = if wrong { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
    let auto = if wrong { AutoStream::choice(&io::stderr()) } else { AutoStream::choice(&io::stdout()) };
    let coloured = match colour {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => auto != anstream::ColorChoice::Never,
    };
    let text = if coloured { text.ansi().to_string() } else { text.to_string() };
    let done = print(stream, &text);
    // Standard error may be gone: then there is nobody to tell.
    if wrong { UNUSABLE } else { written("help", WELL, done) }
}

fn escaped(value: &ContextValue) -> Option<ContextValue> {
    match value {
        ContextValue::String(text) => Some(ContextValue::String(printable(text))),
        ContextValue::Strings(texts) => Some(ContextValue::Strings(texts.iter().map(|text| printable(text)).collect())),
        _ => None,
    }
}

fn print(mut stream: Box<dyn Write>, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
