//! `ike handshake`: an IKEv2 peer over UDP sockets, or TCP connections. What the parts are, and who calls whom:
//!
//! ```text
//! args.rs         the command line               configure.rs  what it means for a session
//! initiator.rs    the plan of an initiator       responder.rs  the loop of a responder
//! talk.rs         the run loop over a session: sockets on one side, the report on the other
//! witness.rs      what the session sees and sends, kept until it is told
//! options         options that belong together, each with what it means
//! eap.rs          the methods of EAP that run
//! credentials.rs  what the session asks of us: signatures, and whose a certificate is
//! trust.rs        certificates up to a trust anchor        pem.rs  files
//! report.rs       what is printed: the exchange as it happens, and the verdict
//! link.rs         sockets, non-ESP marker        losses.rs   what our side loses, doubles and reorders on purpose
//! link/tcp.rs     TCP connections
//! explain.rs      why a proposal was refused; how large a message was that got no answer
//! keylog.rs       keys for Wireshark             suite.rs, names.rs  what was negotiated and what was sent, in words
//! ```
//!
//! Nothing is encrypted with the Child SAs that are set up: no ESP is sent.

pub(crate) mod args;
mod configure;
mod credentials;
mod eap;
mod explain;
mod failure;
mod initiator;
mod key;
mod keylog;
mod link;
mod losses;
mod names;
mod options;
mod pem;
mod report;
mod responder;
mod suite;
mod talk;
mod trust;
mod witness;

#[cfg(test)]
mod tests;

use crate::console::{self, UNUSABLE};
use args::{Args, Line};
use failure::Failure;
use std::io::{self, Write};

/// Shakes hands as the command line says; gives the exit status, which is this subcommand's own.
pub(crate) fn run(line: Line) -> u8 {
    match line.read() {
        Ok(args) => {
            // Each line is to be seen at once: nothing is held back.
            let style = console::Console::new("handshake", console::Colour::Never).style;
            carry_out(Args { style, ..args }, Box::new(io::stdout()))
        }
        Err(error) => {
            console::complain("handshake", error);
            UNUSABLE
        }
    }
}

fn carry_out(args: Args, out: Box<dyn Write + Send>) -> u8 {
    let done = match args.peer {
        Some(address) => initiator::run(args, address, out),
        None => responder::run(args, out),
    };
    done.unwrap_or_else(|failure: Failure| {
        console::complain("handshake", failure);
        UNUSABLE
    })
}
