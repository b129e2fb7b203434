//! What the parts are, and who calls whom:
//!
//! ```text
//! args.rs         the command line
//! report.rs       what is printed: the exchange as it happens, and the verdict
//! link.rs         sockets, non-ESP marker        losses.rs   what our side loses, doubles and reorders on purpose
//! random.rs       random octets                  identity.rs IDi and IDr
//! ke.rs           X25519, P-256, P-384, P-521, ML-KEM        modp.rs  the MODP groups
//! suite.rs        what was negotiated -> algorithms and key lengths
//! sa.rs           an IKE SA: keys, windows, what is sealed and opened        keylog.rs  its keys for Wireshark
//! session.rs      the loop: a request and its answer, retransmission, whatever comes in meanwhile
//! initiator.rs    IKE_SA_INIT, and the plan      init.rs     the payloads both sides put into IKE_SA_INIT
//! authenticate.rs IKE_AUTH from the initiator    intermediate.rs  IKE_INTERMEDIATE        followup.rs  IKE_FOLLOWUP_KE
//! credentials.rs  AUTH made and verified         chain.rs    certificates up to a trust anchor        pem.rs  files
//! create.rs       CREATE_CHILD_SA and INFORMATIONAL from us        serve.rs  the same from the peer
//! responder.rs    IKE_SA_INIT answered           answer.rs   IKE_AUTH answered
//! explain.rs      why a proposal was refused; how large a message was that got no answer
//! ```
//!
//! Nothing is encrypted with the Child SAs that are set up: no ESP is sent.

mod answer;
pub(crate) mod args;
mod authenticate;
mod chain;
mod create;
mod credentials;
mod explain;
mod failure;
mod followup;
mod identity;
mod init;
mod initiator;
mod intermediate;
mod ke;
mod keylog;
mod link;
mod losses;
mod modp;
mod payloads;
mod pem;
mod random;
mod report;
mod responder;
mod sa;
mod serve;
mod session;
mod suite;

use args::Parsed;
use failure::Failure;
use std::ffi::OsString;
use std::io::Write;

/// The command line or a file cannot be read.
const USAGE: u8 = 2;

/// Runs with these arguments and prints to `out`; gives the exit status.
pub(crate) fn start(args: impl IntoIterator<Item = OsString>, out: Box<dyn Write + Send>) -> u8 {
    start_changed(args, |_| (), out)
}

/// The same with what no command line can say: tests make a side that breaks the rules.
pub(crate) fn start_changed(
    args: impl IntoIterator<Item = OsString>,
    change: impl FnOnce(&mut args::Args),
    mut out: Box<dyn Write + Send>,
) -> u8 {
    match args::parse(args) {
        Ok(Parsed::Help) => out.write_all(args::HELP.as_bytes()).map_or(USAGE, |()| 0),
        Ok(Parsed::Run(mut args)) => {
            change(&mut args);
            run(*args, out).unwrap_or_else(|failure| {
                eprintln!("handshake: {failure}");
                USAGE
            })
        }
        Err(error) => {
            eprintln!("handshake: {error}\n{}", args::USAGE);
            USAGE
        }
    }
}

fn run(args: args::Args, out: Box<dyn Write + Send>) -> Result<u8, Failure> {
    match args.peer {
        Some(address) => initiator::run(args, address, out),
        None => responder::run(args, out),
    }
}
