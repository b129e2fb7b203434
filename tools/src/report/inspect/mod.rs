//! Every IKE message of a capture, as a tree to read or as JSON lines. The contract of the JSON lines is in `ike inspect --help`.
//!
//! ```text
//! remarks.rs    what is worth a word besides
//! json.rs       one message -> one JSON line (payloads in json_payload.rs, faults in json_fault.rs)
//!   line.rs     JSON as text
//! tree.rs       one message -> a tree to read
//!   node.rs     a line and what stands below it
//!   describe.rs a payload in words: SA and selectors in detail.rs, notify data and configuration in values.rs, NAT detection
//!               in nat.rs, identities and certificates in identity.rs
//!   fingerprint.rs the stack that an IKE_SA_INIT message is of
//!   text.rs     escaping and hexadecimal; names no registry holds in names.rs
//! ```

mod describe;
mod detail;
mod fingerprint;
mod identity;
mod json;
mod json_fault;
mod json_payload;
mod line;
mod names;
mod nat;
mod node;
mod remarks;
mod text;
mod tree;
mod values;

use super::Style;
use crate::capture::{OpenError, Source, Traffic};
use crate::evidence::keys::Entry;
use crate::evidence::ports;
use crate::evidence::summary::Summary;
use crate::evidence::unlock::Unlock;
use crate::evidence::walk::{Report, Walk};
use json::Json;
use std::io::{self, Write};
use tree::Tree;

/// How a capture is shown.
#[derive(Default)]
pub struct ShowOptions {
    /// JSON lines in place of the tree.
    pub json: bool,
    /// In JSON lines, the octets of messages and payloads.
    pub octets: bool,
    /// UDP ports besides 500 and 4500.
    pub ports: Vec<u16>,
    /// Keys, if there are any to open SK and SKF payloads with.
    pub keys: Option<Vec<Entry>>,
    /// The layout of the tree.
    pub style: Style,
    /// Whether each message is to be seen before the next one comes: for a capture that grows while it is read.
    pub live: bool,
}

/// What is to be said besides of a capture that was shown.
#[derive(Debug)]
pub struct Outcome {
    /// What could not be read or opened, in words; `None` when everything could.
    pub unread: Option<String>,
    /// Why there may be no IKE message; `None` when there is one.
    pub nothing: Option<&'static str>,
    /// Reading ended before the capture did.
    pub broken: bool,
}

/// Problems told one by one; after that they are only counted.
const MAX_COMPLAINTS: u64 = 20;

/// Why a capture was not shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is none.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What was to be shown cannot be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

/// Writes every IKE message of a capture and a summary to `out`; `complain` hears of what cannot be read.
///
/// # Errors
/// It is no capture, or `out` takes no more.
pub fn show(source: Source, options: ShowOptions, out: &mut dyn Write, complain: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    let name = source.name().to_owned();
    let traffic = Traffic::open(source, ports::interest())?;
    let walk = Walk::new(&options.ports, options.keys.map(Unlock::new));
    let (summary, broken) = if options.json {
        read(walk, traffic, Json::new(out, options.live, options.octets), complain)?
    } else {
        read(walk, traffic, Tree::new(out, name, options.style, options.live), complain)?
    };
    let nothing = (summary.messages == 0).then(|| hint(&summary));
    Ok(Outcome { unread: summary.unread(), nothing, broken })
}

fn read(mut walk: Walk, mut traffic: Traffic, mut report: impl Report, complain: &mut dyn FnMut(&str)) -> io::Result<(Summary, bool)> {
    for item in traffic.by_ref() {
        if let Some(problem) = walk.item(item, &mut report)? {
            match walk.summary.problems {
                ..=MAX_COMPLAINTS => complain(&problem),
                n if n == MAX_COMPLAINTS.saturating_add(1) => complain("there are more problems; from here on they are counted"),
                _ => {}
            }
        }
    }
    walk.finish(&mut report)?;
    walk.summary.packets = traffic.packets();
    report.summary(&walk.summary)?;
    Ok((walk.summary, traffic.is_broken()))
}

fn hint(summary: &Summary) -> &'static str {
    match (summary.packets, summary.esp) {
        (0, _) => ": the capture holds no packet",
        (_, 0) => " on UDP ports 500 and 4500 or TCP port 4500; --port N looks at another UDP port",
        _ => ", only ESP",
    }
}
