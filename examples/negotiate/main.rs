//! What an offer and a policy agree on, and why they do not.
//!
//! `cargo run --features full --example negotiate -- --offer windows10 --local "aes256-sha384-ecp384"`

#[path = "mod.rs"]
mod negotiate;

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    let status = negotiate::start(std::env::args_os().skip(1), io::stdin().lock(), &mut io::stdout().lock(), &mut io::stderr().lock());
    ExitCode::from(status)
}
