//! Tells from a capture why a tunnel does not come up.
//!
//! ```text
//! cargo run --release --features full --example diagnose -- tests/captures/err-npc-init.pcap
//! cargo run --release --features full --example diagnose -- --keys K --html report.html FILE.pcap
//! ```

#[path = "mod.rs"]
mod diagnose;

use std::io::{self, BufWriter};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut stdout = BufWriter::new(io::stdout().lock());
    let status = diagnose::start(std::env::args_os().skip(1), &mut stdout, &mut io::stderr().lock());
    ExitCode::from(status)
}
