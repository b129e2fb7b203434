//! A capture diagnosed: what [`ikev2::diagnose`] says of it, and the messages of each IKE SA as they are to be shown.
//!
//! ```text
//! watcher.rs  IKE messages -> ikev2::diagnose
//!   ladder.rs what is shown of a message
//!   order.rs  packets in the order in which they went by
//!   icmp.rs   ICMP errors about IKE packets and ESP
//! track.rs    the findings by IKE SA, as all outputs show them
//! ```

mod icmp;
pub(crate) mod ladder;
mod order;
pub(crate) mod track;
mod watcher;

pub use ikev2::diagnose::State;
pub use track::Diagnosis;

use super::around::tls::HTTPS;
use super::keys::Entry;
use super::ports;
use super::unlock::Unlock;
use super::walk::Walk;
use crate::capture::{Interest, OpenError, Source, Traffic};
use core::time::Duration;
use ikev2::proposal::Policy;
use order::Order;
use std::io;
use watcher::{Frame, Watcher};

/// Packets between two reports of progress.
const STEP: u64 = 1_000_000;

/// What a capture is diagnosed with.
#[derive(Default)]
pub struct DiagnoseOptions {
    /// UDP ports besides 500 and 4500.
    pub ports: Vec<u16>,
    /// Keys, if there are any to look into messages with.
    pub keys: Option<Vec<Entry>>,
    /// What the responder allows.
    pub policy: Option<Policy>,
    /// How long the capture went on after its last packet, if the file does not say it itself.
    pub watched: Option<Duration>,
    /// What is wrong with the keys or the rest of what was given, to be told with the verdict.
    pub warnings: Vec<String>,
}

/// How far a capture has been read.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Packets so far.
    pub packets: u64,
    /// Octets so far.
    pub read: u64,
    /// Octets the capture has, where that is known.
    pub octets: Option<u64>,
}

/// Reads the capture to its end; `progress` hears of it after every million packets.
///
/// # Errors
/// It is no capture.
pub fn diagnose(source: Source, options: DiagnoseOptions, progress: &mut dyn FnMut(Progress)) -> Result<Diagnosis, OpenError> {
    let name = source.name().to_owned();
    let interest = Interest { ip_protocols: vec![ports::ESP, icmp::V4, icmp::V6], tcp_openings: vec![HTTPS], ..ports::interest() };
    let mut traffic = Traffic::open(source, interest)?;
    let mut walk = Walk::new(&options.ports, options.keys.map(Unlock::new));
    let mut watcher = Watcher::new(options.policy);
    let mut order = Order::default();
    let mut told = STEP;
    // A watcher writes nothing, so that nothing fails.
    let cannot = |source: io::Error| OpenError::Io { name: name.clone(), source };
    while let Some(item) = traffic.next() {
        order.push(item);
        while let Some(item) = order.next() {
            if let Some(problem) = walk.item(item, &mut watcher).map_err(cannot)? {
                watcher.problem(problem);
            }
        }
        if traffic.packets() >= told {
            told = told.saturating_add(STEP);
            let (read, octets) = traffic.progress();
            progress(Progress { packets: traffic.packets(), read, octets });
        }
    }
    for item in order.finish() {
        if let Some(problem) = walk.item(item, &mut watcher).map_err(cannot)? {
            watcher.problem(problem);
        }
    }
    walk.finish(&mut watcher).map_err(cannot)?;
    let watched = traffic.watched_until().or(options.watched.map(|span| traffic.clock().saturating_add(span)));
    let frame = Frame {
        name,
        packets: traffic.packets(),
        messages: walk.summary.messages,
        broken: traffic.is_broken(),
        start: traffic.start(),
        origin: order.origin(),
        end: order.at(traffic.clock().max(watched.unwrap_or_default())),
        watched: watched.is_some_and(|until| until > traffic.clock()),
        cut: traffic.cut_at().and_then(|octets| u32::try_from(octets).ok()),
        later_fragments: traffic.later_fragments() > 0,
        went_back: order.went_back,
    };
    let mut diagnosis = watcher.finish(frame);
    diagnosis.warnings = options.warnings;
    Ok(diagnosis)
}
