//! `ike probe`: the way to a gateway, checked without credentials.
//!
//! ```text
//! args.rs    the command line
//! name.rs    a name and its addresses
//! talk.rs    the run loop over a prober: one address
//! udp/       sockets that send with DF and without
//! logins.rs  logins without credentials; login.rs: one of them
//! tcp.rs     whether TCP ports take connections
//! record.rs  the run as a capture
//! ```

mod args;
#[cfg(feature = "handshake")]
mod login;
#[cfg(feature = "handshake")]
mod logins;
mod name;
mod record;
mod talk;
mod tcp;
mod udp;

use crate::console::{BAD, Colour, Console, UNKNOWN, WELL};
pub(crate) use args::Args;
use ikev2::probe::Fitness;
use ikev2_tools::report::probe::{self, Probed};
use record::Record;

/// Asks every address of the name, one after the other; gives the exit status.
pub(crate) fn run(args: &Args, colour: Colour) -> u8 {
    let mut console = Console::new("probe", colour);
    let mut record = match args.record.as_deref().map(Record::create).transpose() {
        Ok(record) => record,
        Err(error) => return console.give_up(error),
    };
    let offer = match args.offer() {
        Ok(offer) => offer,
        Err(error) => return console.give_up(error),
    };
    let mut probed = Probed::new(&args.host);
    match name::addresses(&args.host) {
        Ok(addresses) => {
            for address in addresses {
                match talk::ask(args, args.plan(address, &offer), record.as_mut(), &console) {
                    Ok(report) => probed.add(report),
                    Err(error) => probed.leave_out(address, error.to_string()),
                }
            }
        }
        Err(error) => probed.name_failed(error.to_string()),
    }
    if let Some(Err(error)) = record.map(Record::close) {
        return console.give_up(error);
    }
    finish(args, &probed, &mut console)
}

fn finish(args: &Args, probed: &Probed, console: &mut Console) -> u8 {
    let status = match probed.verdict().state {
        Fitness::Fit => WELL,
        Fitness::Unfit => BAD,
        _ => UNKNOWN,
    };
    if let Err(status) = console.page(args.html.as_deref(), || probe::html(probed)) {
        return status;
    }
    let done = if args.json { probe::json(probed, &mut console.out) } else { probe::text(probed, console.style, &mut console.out) };
    console.finish(status, done)
}
