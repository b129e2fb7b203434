//! Shows every IKE message of a capture, as a tree for people or as JSON lines for programs.
//!
//! ```text
//! cargo run --release --features full --example inspect -- tests/captures/rsa4096-frag576-aes256gcm16.pcap
//! cargo run --release --features full --example inspect -- --keys tests/captures/dpd.keys.json tests/captures/dpd.pcap
//! ```

#[path = "mod.rs"]
mod inspect;

use std::io::{self, BufWriter};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut stdout = BufWriter::new(io::stdout().lock());
    let status = inspect::start(std::env::args_os().skip(1), &mut stdout, &mut io::stderr().lock());
    ExitCode::from(status)
}
