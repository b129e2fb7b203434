//! `ike handshake`: an IKEv2 peer over UDP sockets. What the parts are, and who calls whom:
//!
//! ```text
//! args.rs         the command line
//! report.rs       what is printed: the exchange as it happens, and the verdict
//! link.rs         sockets, non-ESP marker        losses.rs   what our side loses, doubles and reorders on purpose
//! random.rs       random octets                  identity.rs IDi and IDr
//! ke.rs           the key exchanges of the library, with our random octets
//! suite.rs        what was negotiated -> algorithms and key lengths
//! sa.rs           an IKE SA: keys, windows, what is sealed and opened        keylog.rs  its keys for Wireshark
//! session.rs      the loop: a request and its answer, retransmission, whatever comes in meanwhile
//! initiator.rs    IKE_SA_INIT, and the plan      init.rs     the payloads both sides put into IKE_SA_INIT
//! authenticate.rs IKE_AUTH from the initiator    intermediate.rs  IKE_INTERMEDIATE        followup.rs  IKE_FOLLOWUP_KE
//! credentials.rs  AUTH made and verified         trust.rs    certificates up to a trust anchor        pem.rs  files
//! create.rs       CREATE_CHILD_SA and INFORMATIONAL from us        serve.rs  the same from the peer
//! responder.rs    IKE_SA_INIT answered           answer.rs   IKE_AUTH answered
//! explain.rs      why a proposal was refused; how large a message was that got no answer
//! ```
//!
//! Nothing is encrypted with the Child SAs that are set up: no ESP is sent.

mod answer;
pub(crate) mod args;
mod authenticate;
mod create;
mod credentials;
mod explain;
mod failure;
mod followup;
mod init;
mod initiator;
mod intermediate;
mod ke;
mod keylog;
mod link;
mod losses;
mod payloads;
mod pem;
mod random;
mod report;
mod responder;
mod sa;
mod serve;
mod session;
mod suite;
mod trust;

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
