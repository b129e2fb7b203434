//! `ike`: IKEv2 captures read, offers and policies compared, handshakes made.
//!
//! ```text
//! command/   one subcommand each: its command line, files and terminal; what it says comes from the library
//! console.rs where output goes: width, colours, what is a pipe
//! input.rs   files and standard input
//! ```
#![forbid(unsafe_code)]

mod command;
mod console;
mod input;

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(command::run())
}
