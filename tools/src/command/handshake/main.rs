//! An IKEv2 peer over UDP sockets, as small as it can be and still shake hands with strongSwan, libreswan and OpenIKED.
//!
//! ```text
//! cargo run --features full --example handshake -- initiate 192.0.2.1 --id carol@example.org --psk secret
//! cargo run --features full --example handshake -- respond --id moon.example.org --psk secret
//! ```

#[path = "mod.rs"]
mod handshake;

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(handshake::start(std::env::args_os().skip(1), Box::new(io::stdout())))
}
