//! `ike`: IKEv2 captures read, offers and policies compared, handshakes made.
//!
//! ```text
//! command/   one subcommand each: its command line, files and terminal; what it says comes from the library
//! console.rs where output goes: width, colours, what is a pipe
//! input.rs   files and standard input
//! random.rs  random octets
//! ```
#![forbid(unsafe_code)]

mod command;
mod console;
mod input;
#[cfg(any(feature = "handshake", feature = "probe"))]
mod random;

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(command::run())
}
